package gil_test

// This file tests the GIL of 2.7 and 3.1 against what Python/ceval.c promises. With a check of three ticks and
// an interval of n, each (n/3+1)-th check in a row lets go.

import (
	"testing"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// The lock doesn't exist before there is a second thread.
func TestLegacyBeforeTheSecondThread(t *testing.T) {
	onBoth(t, "2.7", func(t *testing.T, w *world) {
		tl := w.run(t, func(main *machine.Thread) { main.CheckN(100_000) })
		if n := count(tl, 0, timeline.Drop); n > 1 {
			t.Errorf("released %d times", n)
		}
	})
}

// Interpreted code calls Check only while the thread's flag isn't 0. That is enough for the GIL to change hands,
// whichever thread was first; and a single thread pays nothing for it.
func TestLegacyTicksThroughTheFlag(t *testing.T) {
	for _, cores := range []int{1, 2} {
		for _, simulated := range []bool{true, false} {
			w := newWorld(t, simulated, machine.Options{Cores: cores}, gil.Options{Version: "2.7"})
			w.run(t, func(main *machine.Thread) {
				if !simulated && main.Flag().Load() != 0 {
					t.Error("a single thread counts ticks")
				}
				stop := false // the GIL protects it
				spin := func(th *machine.Thread) {
					for !stop {
						if th.Flag().Load() != 0 {
							th.Check()
						}
					}
				}
				a, b := main.Go("a", spin), main.Go("b", spin)
				main.Sleep(ms)
				done := main.Go("c", func(th *machine.Thread) { stop = true })
				spin(main)
				for _, th := range []*machine.Thread{a, b, done} {
					th.Join(main, forever)
				}
			})
		}
	}
}

func TestLegacyTicks(t *testing.T) {
	onBoth(t, "2.7", func(t *testing.T, w *world) {
		var ids []int32
		tl := w.run(t, func(main *machine.Thread) {
			for _, interval := range []int{100, 1000, 10, 0, -5} {
				gil.SetCheckInterval(interval)
				if got := gil.GetCheckInterval(); got != interval {
					t.Errorf("the interval is %d, not %d", got, interval)
				}
				main.CheckN(400) // what is left of the former interval isn't cut
				together(main, func(th *machine.Thread) {
					ids = append(ids, int32(th.ID()))
					th.CheckN(3400)
				})
			}
		})
		// What the thread's start and end do: a few more or less.
		for i, want := range []int{100, 10, 850, 3400, 3400} {
			if n := count(tl, ids[i], timeline.Drop); n < want-2 || n > want+4 {
				t.Errorf("row %d: released %d times, not %d", i, n, want)
			}
		}
	})
}

// The ticks belong to the lock, not to the thread: what one has used up, the next doesn't have.
func TestLegacyTicksAreCarriedOver(t *testing.T) {
	w := simulate(t, "2.7", 1)
	passes := func(first, second int) int {
		var id int32
		tl := w.run(t, func(main *machine.Thread) {
			main.CheckN(34) // lets go, and begins an interval
			together(main, func(th *machine.Thread) {
				for th.Budget() != 97 { // a known state
					th.Check()
				}
				th.CheckN(first)
				before := count(w.rec.Snapshot(), 0, timeline.Drop)
				th.Sleep(ms)
				id = int32(th.ID())
				th.CheckN(second)
				if n := count(w.rec.Snapshot(), 0, timeline.Drop); n < before {
					t.Error(n)
				}
			})
		})
		return count(tl, id, timeline.Drop)
	}
	if a, b := passes(0, 32), passes(1, 32); b != a+1 {
		t.Errorf("33 checks let go %d times, 34 %d times", a, b)
	}
}

// On one core a thread that is woken doesn't get the GIL before the holder's time slice ends, on several it may
// at any pass: more cores make the legacy GIL's two threads slower.
func TestLegacyIsSlowerOnTwoCores(t *testing.T) {
	var took [2]int64
	for i := range took {
		w := simulate(t, "2.7", i+1)
		w.run(t, func(main *machine.Thread) {
			begun := main.Now()
			together(main, countdown(1_000_000), countdown(1_000_000))
			took[i] = int64(main.Now() - begun)
		})
	}
	if took[1] < took[0]*6/5 {
		t.Errorf("%d ns on one core, %d ns on two", took[0], took[1])
	}
}
