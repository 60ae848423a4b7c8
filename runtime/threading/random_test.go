package threading_test

// This file runs random programs on the simulated machine.

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// program is a random one: threads that use a handful of primitives in ways that may deadlock, misuse them or panic.
type program struct {
	r       *rand.Rand
	locks   []*threading.Lock
	rlocks  []*threading.RLock
	conds   []*threading.Condition
	sems    []*threading.Semaphore
	events  []*threading.Event
	barrier *threading.Barrier
	left    int // threads that may still be started

	mu      sync.Mutex // protects threads
	threads []*threading.Thread
}

func newProgram(seed uint64) *program {
	p := &program{r: rand.New(rand.NewPCG(seed, 1)), left: 6}
	for range 2 {
		p.locks = append(p.locks, threading.NewLock())
		p.rlocks = append(p.rlocks, threading.NewRLock())
		p.sems = append(p.sems, threading.NewSemaphore(1+p.r.IntN(2)))
		p.events = append(p.events, threading.NewEvent())
	}
	p.conds = []*threading.Condition{threading.NewCondition(p.rlocks[0]), threading.NewCondition(p.locks[0]),
		threading.NewCondition(nil)}
	p.barrier = threading.NewBarrier(2)
	return p
}

func (p *program) add(t *threading.Thread) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.threads = append(p.threads, t)
}

// thread returns the i-th that was made, nil if there are fewer.
func (p *program) thread(i int) *threading.Thread {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i < len(p.threads) {
		return p.threads[i]
	}
	return nil
}

// body returns what a thread does: its steps are drawn when it is made, so that they don't depend on the schedule.
func (p *program) body(depth int) func() {
	var steps []func()
	for range 1 + p.r.IntN(5) {
		steps = append(steps, p.step(depth))
	}
	return func() {
		for _, s := range steps {
			s()
			gil.Checks(50)
		}
	}
}

func (p *program) step(depth int) func() {
	i := p.r.IntN(2)
	short := threading.Timeout(time.Duration(p.r.IntN(2000)) * time.Microsecond)
	inner := func() {}
	if depth < 3 && p.r.IntN(2) == 0 {
		inner = p.step(depth + 1)
	}
	wait := []threading.WaitOption{short}
	if p.r.IntN(4) == 0 {
		wait = nil
	}
	l, r, s, e, c := p.locks[i], p.rlocks[i], p.sems[i], p.events[i], p.conds[p.r.IntN(3)]
	switch p.r.IntN(20) {
	case 0, 1:
		return func() { l.With(inner) }
	case 2, 3:
		return func() { r.With(inner) }
	case 4:
		return func() {
			if l.Acquire(short) {
				inner()
				l.Release()
			}
		}
	case 5:
		return func() { c.With(func() { inner(); c.Wait(short) }) }
	case 6:
		return func() { c.With(func() { inner(); c.Wait(wait...) }) }
	case 7:
		return func() { c.With(c.NotifyAll) }
	case 8:
		return func() { s.With(inner) }
	case 9:
		return func() { s.Release() }
	case 10:
		return e.Set
	case 11:
		return func() { e.Wait(wait...) }
	case 12:
		return func() { e.Wait(short) }
	case 13:
		return func() { _, _ = p.barrier.Wait(short); p.barrier.Reset() }
	case 14:
		return func() { _, _ = p.barrier.Wait(wait...) }
	case 15:
		if p.left > 0 {
			p.left--
			body := p.body(depth + 1)
			return func() {
				t := threading.NewThread(body)
				p.add(t)
				t.Start()
			}
		}
	case 16:
		k := p.r.IntN(4)
		return func() {
			if t := p.thread(k); t != nil {
				t.Join()
			}
		}
	case 17:
		return l.Release // perhaps misuse
	case 18:
		if p.r.IntN(4) == 0 {
			return func() { panic("on purpose") }
		}
	}
	n := p.r.IntN(2000)
	return func() { gil.Checks(n) }
}

// playRandom runs a program and returns what happened, event by event, as a hash.
func playRandom(tb testing.TB, seed uint64, version string) (trace string, ended bool, what error) {
	tb.Helper()
	rec := timeline.NewRecorder(1<<14, timeline.Info{})
	w := newWorld(tb, true, version, machine.Options{Seed: seed, Cores: 1 + int(seed%4), Recorder: rec, Site: site})
	err := w.runRandom(seed)
	ended = err == nil
	h := sha256.New()
	tl := rec.Snapshot()
	for _, e := range tl.Events {
		fmt.Fprintln(h, e.At, e.Thread, e.Other, tl.Name(e.Object), e.Kind, e.Core)
	}
	fmt.Fprintln(h, err, len(w.stderr.String())) // tracebacks have addresses of this run
	w.over(tb, seed)
	return hex.EncodeToString(h.Sum(nil)), ended, err
}

// runRandom runs a program in a cell, and what comes after the last one.
func (w *world) runRandom(seed uint64) error {
	err := w.run(func() {
		p := newProgram(seed)
		p.left--
		bodies := []func(){p.body(0), p.body(0), p.body(0)}
		for _, b := range bodies {
			t := threading.NewThread(b)
			p.add(t)
			t.Start()
		}
		for i := 0; p.thread(i) != nil; i++ {
			p.thread(i).Join()
		}
	})
	if err == nil {
		err = threading.Shutdown(w.in)
	}
	return err
}

// over stops the machine: nothing may be left then but the main thread, which is the host's.
func (w *world) over(tb testing.TB, seed uint64) {
	w.m.Stop(errors.New("the test is over"))
	w.m.Drain(-1)
	if left := len(w.m.Threads()); left > 1 {
		tb.Errorf("seed %d: %d threads are left", seed, left)
	}
}

// Each program ends or reports a deadlock, and the same seed gives the same trace.
func TestRandomPrograms(t *testing.T) {
	seeds := 1000
	if testing.Short() || raceEnabled {
		seeds = 150
	}
	versions := []string{"2.7", "3.8", "3.11", "3.13", "3.14t"}
	ended, deadlocks := 0, 0
	for seed := range uint64(seeds) {
		v := versions[seed%uint64(len(versions))]
		first, end, err := playRandom(t, seed, v)
		var d *machine.Deadlock
		var f *machine.Failure
		switch {
		case end:
			ended++
		case errors.As(err, &d):
			deadlocks++
		case errors.As(err, &f):
			ended++ // a misuse in the cell itself
		default:
			t.Errorf("seed %d, Python %s: %v", seed, v, err)
		}
		if second, _, _ := playRandom(t, seed, v); first != second {
			t.Errorf("seed %d, Python %s: another trace the second time", seed, v)
		}
	}
	t.Logf("%d programs ended, %d deadlocked", ended, deadlocks)
	if ended == 0 || deadlocks == 0 {
		t.Error("the programs are too much alike")
	}
}

// On a real machine schedules differ, but the programs end or report a deadlock too.
func TestRandomProgramsForReal(t *testing.T) {
	versions := []string{"2.7", "3.8", "3.11", "3.13", "3.14t"}
	for seed := range uint64(60) {
		w := newWorld(t, false, versions[seed%5], machine.Options{Site: site})
		err := w.runRandom(seed)
		var d *machine.Deadlock
		var f *machine.Failure
		if err != nil && !errors.As(err, &d) && !errors.As(err, &f) {
			t.Errorf("seed %d: %v", seed, err)
		}
		w.over(t, seed)
	}
}
