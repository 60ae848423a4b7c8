package interp

// This file replaces the waits of package sync: threads wait without the GIL, and an interrupt ends each wait. sync
// supports neither, so the wait itself happens in a separate goroutine, which may be left behind.

import (
	"log"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"gilkernel/kernel/exec"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// syncs has the functions that replace methods of package sync. Stack traces show such waits as methods of this type,
// see syncsFrame.
type syncs struct{ s *runner }

// Method implements exec.Host.
func (h *host) Method(t reflect.Type, name string) (reflect.Value, bool) {
	y := syncs{h.s}
	var f any
	if h.s.arena {
		if f = y.exploredMethod(t, name); f != nil {
			return reflect.ValueOf(f), true
		}
	}
	if f = h.s.tests.Method(t, name); f != nil {
		return reflect.ValueOf(f), true
	}
	switch t {
	case reflect.TypeFor[*log.Logger]():
		f = h.s.loggerMethod(name)
	case reflect.TypeFor[*sync.WaitGroup]():
		switch name {
		case "Go":
			f = y.goFunc
		case "Wait":
			f = y.waitGroup
		}
	case reflect.TypeFor[*sync.Mutex]():
		if name == "Lock" {
			f = func(mu *sync.Mutex) { y.lock("sync.Mutex", mu.TryLock, mu.Lock, mu.Unlock) }
		}
	case reflect.TypeFor[*sync.RWMutex]():
		switch name {
		case "Lock":
			f = func(mu *sync.RWMutex) { y.lock("sync.RWMutex", mu.TryLock, mu.Lock, mu.Unlock) }
		case "RLock":
			f = func(mu *sync.RWMutex) { y.lock("sync.RWMutex (to read)", mu.TryRLock, mu.RLock, mu.RUnlock) }
		}
	case reflect.TypeFor[*sync.Cond]():
		if name == "Wait" {
			f = y.cond
		}
	case reflect.TypeFor[*time.Timer]():
		switch name {
		case "Reset":
			f = h.s.timers.reset
		case "Stop":
			f = h.s.timers.stop
		}
	}
	return reflect.ValueOf(f), f != nil
}

// goFunc is (*sync.WaitGroup).Go.
func (y syncs) goFunc(g *exec.G, wg *sync.WaitGroup, f func()) {
	s := y.s
	s.tick()
	r := s.threads.current()
	if r == nil {
		return
	}
	if x := r.exploring.Load(); x != nil {
		x.run.leaves(rt.Current(), "WaitGroup.Go starts "+aGoroutine)
		return
	}
	wg.Add(1)
	// Done is called after a panic was reported, so that the report precedes what the waiter does next.
	site := ""
	if frames := g.Callers(); len(frames) > 0 {
		site = frames[0].Pos
	}
	s.startIn(&goroutine{run: r}, site, f, wg.Done)
}

// lock acquires one of Go's own locks.
func (y syncs) lock(name string, try func() bool, wait, undo func()) {
	if try() {
		return
	}
	y.await(timeline.WaitLock, name, wait, undo)
}

// waitGroup is (*sync.WaitGroup).Wait.
func (y syncs) waitGroup(wg *sync.WaitGroup) {
	y.await(timeline.WaitEvent, "sync.WaitGroup", wg.Wait, func() {})
}

// relockTime is how long an interrupted Cond.Wait tries to acquire its lock again.
const relockTime = 20 * time.Millisecond

// cond is (*sync.Cond).Wait. A deferred Unlock of an unlocked mutex would end the process, so an interrupted wait locks
// the mutex again, as a normal one does. A Locker of a cell's type may depend on its thread, so sync itself waits for
// it.
func (y syncs) cond(c *sync.Cond) {
	var try func() bool
	switch mu := c.L.(type) {
	case *sync.Mutex:
		try = mu.TryLock
	case *sync.RWMutex:
		try = mu.TryLock
	default:
		if t := rt.Current(); t != nil && !t.Machine().Simulated() {
			t.Blocking(timeline.WaitEvent, "sync.Cond", c.Wait)
		} else {
			c.Wait()
		}
		return
	}
	locked := false
	defer func() {
		if locked {
			return
		}
		for until := time.Now().Add(relockTime); !try(); time.Sleep(time.Millisecond) {
			if time.Now().After(until) {
				select {} // the run is abandoned: the holder keeps the lock
			}
		}
	}()
	y.await(timeline.WaitEvent, "sync.Cond", c.Wait, func() {
		c.L.Unlock()
		c.Signal() // pass the signal on to a goroutine that still waits
	})
	locked = true
}

// The states of await.
const (
	waits int32 = iota
	waited
	abandoned
)

// await calls wait without the GIL. If the run is interrupted, it panics, and undo is called when wait returns.
func (y syncs) await(kind timeline.Kind, name string, wait, undo func()) {
	s := y.s
	r := s.threads.current()
	if r != nil {
		if x := r.exploring.Load(); x != nil {
			x.run.leaves(rt.Current(), "a wait for "+name+", which no machine knows; package threading has "+
				"what one knows")
			return
		}
	}
	var state atomic.Int32
	body := func() {
		wait()
		if !state.CompareAndSwap(waits, waited) {
			undo()
		}
	}
	// After leave, body calls undo when wait returns, unless it has just returned.
	leave := func() {
		if !state.CompareAndSwap(waits, abandoned) {
			undo()
		}
	}
	t := rt.Current()
	switch {
	case t != nil && t.Machine().Simulated(): // body runs in a separate goroutine, which a kill leaves behind
		over := false
		defer func() {
			if !over {
				leave()
			}
		}()
		t.Blocking(kind, name, body)
		over = true
	case r == nil:
		wait()
	case t != nil:
		t.Blocking(kind, name, func() { y.beside(r, &state, body, undo) })
		y.end(t, &state)
	default:
		if r.beside() != nil {
			defer s.laneOf(rt.GoroutineID()).do(kind, name)()
		}
		y.beside(r, &state, body, undo)
		y.end(t, &state)
	}
}

// beside runs body in a goroutine and waits until body ends or the run is interrupted. If the run is interrupted
// already, it is executing deferred functions, and body gets the time that these have.
func (y syncs) beside(r *run, state *atomic.Int32, body, undo func()) {
	over := make(chan any, 1)
	go func() { // ends with body; never if that blocks forever
		defer func() { over <- recover() }()
		body()
	}()
	cancel, late := r.cancel, (<-chan time.Time)(nil)
	if r.dying.Load() {
		cancel, late = nil, time.After(unwindTime)
	}
	select {
	case v := <-over:
		if v != nil {
			panic(v)
		}
		return
	case <-cancel:
	case <-late:
	}
	if !state.CompareAndSwap(waits, abandoned) {
		undo()
	}
	state.Store(abandoned)
}

// end ends the calling goroutine, which may be the thread t, if its wait was abandoned.
func (y syncs) end(t *rt.Thread, state *atomic.Int32) {
	if state.Load() != abandoned {
		return
	}
	for until := time.Now().Add(unwindTime); time.Now().Before(until); time.Sleep(time.Millisecond) {
		if t != nil {
			t.Check()
		}
		y.s.tick()
	}
	panic(interrupted{}) // the checks didn't panic, as deferred functions may continue, but not for longer than this
}
