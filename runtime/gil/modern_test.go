package gil_test

// This file tests the GIL from 3.2 on against what Python/ceval_gil.c promises.

import (
	"testing"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// countdown is so many turns of a loop.
func countdown(n int) func(*machine.Thread) {
	return func(t *machine.Thread) { t.CheckN(n) }
}

func TestWhoWaitsAsksAfterAnInterval(t *testing.T) {
	for _, interval := range []time.Duration{ms, 5 * ms, 20 * ms} {
		w := newWorld(t, true, machine.Options{}, gil.Options{Version: "3.11", SwitchInterval: interval})
		tl := w.run(t, func(main *machine.Thread) { together(main, countdown(10_000_000), countdown(10_000_000)) })
		all := holds(tl)
		if len(all) < int(400*ms/interval) {
			t.Errorf("interval %v: %d switches", interval, len(all))
		}
		for i, d := range all {
			if i > 0 && (d < interval || d > interval+interval/5+ms/2) {
				t.Errorf("interval %v: hold %d took %v", interval, i, d)
			}
		}
	}
}

// Whoever waits begins a new interval when it sees that the GIL has changed hands: otherwise a thread that had
// just got it would be asked to let go by one that began to wait earlier.
func TestIntervalBeginsAnewWithASwitch(t *testing.T) {
	w := simulate(t, "3.11", 4)
	tl := w.run(t, func(main *machine.Thread) {
		var all []*machine.Thread
		for range 3 {
			all = append(all, main.Go("worker", countdown(5_000_000)))
			main.Sleep(2 * ms) // the waits don't begin together
		}
		for _, th := range all {
			th.Join(main, forever)
		}
	})
	short := 0
	var took int64
	for _, e := range tl.Events {
		switch e.Kind {
		case timeline.Switch, timeline.Take:
			took = e.At
		case timeline.DropRequest:
			if e.At-took < int64(49*ms/10) {
				short++
			}
		}
	}
	if n := count(tl, 0, timeline.DropRequest); n < 30 || short > 1 { // the main thread's first wait began before
		t.Errorf("%d of %d requests came before the holder had had its interval", short, n)
	}
}

// Who was made to let go waits until another has had the GIL: FORCE_SWITCHING.
func TestForcedSwitching(t *testing.T) {
	onBoth(t, "3.11", func(t *testing.T, w *world) {
		tl := w.run(t, func(main *machine.Thread) {
			gil.SetSwitchInterval(ms)
			// The GIL protects them: how often it changed hands within the loop, and who had it last. A thread alone
			// waits for the other, which a loaded computer may begin late.
			var switches int
			var last *machine.Thread
			work := func(th *machine.Thread) {
				for begun := th.Now(); switches < 20 && th.Now()-begun < time.Minute; {
					th.CheckN(1000)
					if last != th {
						switches, last = switches+1, th
					}
				}
			}
			together(main, work, work)
		})
		asked := map[int32]bool{}
		var last int32
		forced := 0
		for _, e := range tl.Events {
			switch e.Kind {
			case timeline.DropRequest:
				asked[e.Other] = true
			case timeline.Drop:
				last = e.Thread
			case timeline.Take, timeline.Switch:
				if asked[last] {
					forced++
					if e.Thread == last {
						t.Errorf("thread %d was asked to let go, and took the GIL again at once", last)
					}
				}
				asked[e.Thread], asked[last] = false, false
			}
		}
		if forced == 0 {
			t.Error("nobody was ever asked to let go")
		}
	})
}

// A native call that doesn't let go keeps the GIL however often others ask.
func TestNativeHolds(t *testing.T) {
	w := simulate(t, "3.11", 2)
	tl := w.run(t, func(main *machine.Thread) {
		together(main, func(th *machine.Thread) { th.Native("sort", 40*ms); th.Check() }, countdown(1_000_000))
	})
	if n := count(tl, 0, timeline.DropRequest); n < 7 {
		t.Errorf("asked %d times in 40 ms", n)
	}
	longest := time.Duration(0)
	for _, d := range holds(tl) {
		longest = max(longest, d)
	}
	if longest < 40*ms {
		t.Errorf("the longest hold is %v", longest)
	}
}

// Calls that release the GIL run side by side; the loop of another thread runs meanwhile.
func TestAllowThreads(t *testing.T) {
	w := simulate(t, "3.11", 4)
	var took, alone time.Duration
	w.run(t, func(main *machine.Thread) {
		free := func(*machine.Thread) { gil.AllowThreads(func() { gil.Work(50 * ms) }) }
		begun := main.Now()
		together(main, free)
		alone = main.Now() - begun
		begun = main.Now()
		together(main, free, free, free)
		took = main.Now() - begun
	})
	if took > alone+alone/10 {
		t.Errorf("three calls took %v, one %v", took, alone)
	}
}

func TestFreeThreadedHasNoGIL(t *testing.T) {
	w := simulate(t, "3.14t", 2)
	var one, two time.Duration
	tl := w.run(t, func(main *machine.Thread) {
		if gil.IsGILEnabled() {
			t.Error("IsGILEnabled")
		}
		begun := main.Now()
		together(main, countdown(1_000_000))
		one = main.Now() - begun
		begun = main.Now()
		together(main, countdown(1_000_000), countdown(1_000_000))
		two = main.Now() - begun
	})
	if two > one+one/10 {
		t.Errorf("two threads take %v, one %v", two, one)
	}
	if n := count(tl, 0, timeline.Take) + count(tl, 0, timeline.Switch); n != 0 {
		t.Errorf("a GIL was taken %d times", n)
	}
}

// Interpreters made by Sub share the GIL, or have their own.
func TestSub(t *testing.T) {
	for _, own := range []bool{false, true} {
		w := simulate(t, "3.12", 2)
		sub, err := w.in.Sub(own)
		if err != nil {
			t.Fatal(err)
		}
		var took, alone time.Duration
		w.run(t, func(main *machine.Thread) {
			begun := main.Now()
			together(main, countdown(1_000_000))
			alone = main.Now() - begun
			begun = main.Now()
			other := w.m.NewThread(sub, "other")
			other.Start(main, countdown(1_000_000))
			together(main, countdown(1_000_000))
			other.Join(main, forever)
			took = main.Now() - begun
		})
		if parallel := took < alone*3/2; parallel != own {
			t.Errorf("own GIL %v: together %v, one %v", own, took, alone)
		}
	}
}
