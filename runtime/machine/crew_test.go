package machine_test

// This file defines tests of machines that share their goroutines.

import (
	"runtime"
	"slices"
	"testing"

	"gilkernel/runtime/machine"
)

// TestCrew makes machines one after the other, whose threads run on the goroutines of the first.
func TestCrew(t *testing.T) {
	crew := &machine.Crew{}
	goroutines := func() (all []int64) {
		m := simulate(t, machine.Options{Crew: crew})
		ok(t, m, func(main *machine.Thread) {
			all = append(all, machine.GoroutineID())
			for range 3 {
				th := main.Go("worker", func(th *machine.Thread) {
					th.Check()
					all = append(all, machine.GoroutineID())
					if machine.Current() != th {
						t.Error("the goroutine is another thread's")
					}
				})
				join(t, main, th)
			}
			if machine.Current() != main {
				t.Error("the goroutine isn't main's any more")
			}
		})
		slices.Sort(all)
		return slices.Compact(all)
	}
	first := goroutines()
	for range 100 {
		if again := goroutines(); !slices.Equal(again, first) {
			t.Fatalf("goroutines %v after %v", again, first)
		}
	}
	if machine.Current() != nil {
		t.Error("the caller is a thread still")
	}
	crew.Close()
	if again := goroutines(); slices.ContainsFunc(again, func(id int64) bool { return slices.Contains(first, id) }) {
		t.Errorf("goroutines %v after the end of %v", again, first)
	}
}

// TestCrewOfGoexit ends threads by runtime.Goexit: their goroutines serve no other thread, and the one that drives the
// machine doesn't end.
func TestCrewOfGoexit(t *testing.T) {
	crew := &machine.Crew{}
	defer crew.Close()
	before := runtime.NumGoroutine()
	for range 100 {
		m := simulate(t, machine.Options{Crew: crew})
		ok(t, m, func(main *machine.Thread) {
			th := main.Go("worker", func(*machine.Thread) { runtime.Goexit() })
			other := main.Go("other", func(th *machine.Thread) { th.Sleep(ms) })
			if f := join(t, main, th); f != nil {
				t.Error(f)
			}
			join(t, main, other)
		})
	}
	for runtime.NumGoroutine() > before+10 { // a watchdog ends the test
		runtime.Gosched()
	}
}
