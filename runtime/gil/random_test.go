package gil_test

// This file runs random programs under each GIL: on the simulated machine a thousand, on the real one for -race.

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// inside is what only the holder of a GIL may touch: plain variables, so that -race sees who does without.
type inside struct {
	holder *machine.Thread
	turns  int
	bad    int
}

func (p *inside) touch(t *machine.Thread) {
	p.holder = t
	p.turns++
	if p.holder != t {
		p.bad++
	}
}

// random returns what a thread does: drawn before it begins, so that it doesn't depend on the schedule.
func (p *inside) random(r *rand.Rand, depth int) func(t *machine.Thread) {
	var steps []func(t *machine.Thread)
	for range 2 + r.IntN(6) {
		n, d := r.IntN(3000), time.Duration(r.IntN(500))*time.Microsecond
		switch r.IntN(9) {
		case 0, 1, 2:
			steps = append(steps, func(t *machine.Thread) {
				for range n {
					p.touch(t)
					t.Check()
				}
			})
		case 3:
			steps = append(steps, func(t *machine.Thread) { t.CheckN(n) })
		case 4:
			steps = append(steps, func(t *machine.Thread) { t.Sleep(d) })
		case 5:
			steps = append(steps, func(t *machine.Thread) { t.IO("read", d) })
		case 6:
			steps = append(steps, func(t *machine.Thread) { t.Native("sort", d) })
		case 7:
			steps = append(steps, func(*machine.Thread) { gil.AllowThreads(func() { gil.Work(d) }) })
		case 8:
			if depth < 2 {
				inner := p.random(r, depth+1)
				steps = append(steps, func(t *machine.Thread) { together(t, inner) })
			}
		}
	}
	return func(t *machine.Thread) {
		for _, step := range steps {
			step(t)
			p.touch(t)
		}
	}
}

// program runs a random program.
func program(t *testing.T, w *world, seed uint64) *inside {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 7))
	p := &inside{}
	var all []func(t *machine.Thread)
	for range 1 + r.IntN(5) {
		all = append(all, p.random(r, 0))
	}
	interval, ticks := time.Duration(1+r.IntN(1000))*time.Microsecond, r.IntN(300)
	if err := w.m.NewThread(w.in, "MainThread").Run(func(main *machine.Thread) {
		gil.SetSwitchInterval(interval)
		if w.in.Profile().Kind == gil.Legacy {
			gil.SetCheckInterval(ticks)
		}
		together(main, all...)
	}); err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	if p.bad != 0 {
		t.Errorf("seed %d: two threads were inside %d times", seed, p.bad)
	}
	return p
}

func TestRandomPrograms(t *testing.T) {
	seeds := 1000
	if testing.Short() {
		seeds = 100
	}
	versions := gil.Versions()
	for seed := range seeds {
		version := versions[seed%len(versions)]
		w := newWorld(t, true, machine.Options{Cores: 1 + seed%5, Seed: uint64(seed)}, gil.Options{Version: version})
		program(t, w, uint64(seed))
	}
}

// TestHammer is for -race: the plain variables are touched by threads that hold the GIL, at several versions.
func TestHammer(t *testing.T) {
	for _, version := range []string{"2.7", "3.11"} {
		for seed := range uint64(20) {
			program(t, newWorld(t, false, machine.Options{}, gil.Options{Version: version}), seed)
		}
	}
}

// TestSameSeedSameTrace: byte for byte, whatever GOMAXPROCS is; another seed gives another trace.
func TestSameSeedSameTrace(t *testing.T) {
	trace := func(version string, seed uint64, procs int) [32]byte {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		w := newWorld(t, true, machine.Options{Cores: 3, Seed: seed}, gil.Options{Version: version})
		program(t, w, 42)
		var b bytes.Buffer
		if err := w.rec.Snapshot().WriteTrace(&b); err != nil {
			t.Fatal(err)
		}
		return sha256.Sum256(b.Bytes())
	}
	for _, version := range gil.Versions() {
		first := trace(version, 1, 1)
		for procs := range 4 {
			if trace(version, 1, 1+procs) != first {
				t.Errorf("%s: another trace with GOMAXPROCS %d", version, 1+procs)
			}
		}
		if trace(version, 2, 1) == first {
			t.Errorf("%s: the seed makes no difference", version)
		}
	}
}

// A thread can be ended while it wants the GIL or holds it: the others go on.
func TestKilledThreadsGiveBackTheGIL(t *testing.T) {
	boom := errors.New("boom")
	for _, version := range []string{"2.7", "3.11", "3.14t"} {
		onBoth(t, version, func(t *testing.T, w *world) {
			w.run(t, func(main *machine.Thread) {
				var all []*machine.Thread
				for range 3 {
					all = append(all, main.Go("worker", func(th *machine.Thread) {
						for {
							th.CheckN(100)
						}
					}))
				}
				main.Sleep(2 * ms)
				for _, th := range all {
					th.Kill(boom)
					th.Join(main, forever)
					if f := th.Failure(); f == nil || f.Value != boom {
						t.Errorf("%v", f)
					}
				}
				together(main, countdown(1000))
			})
		})
	}
}
