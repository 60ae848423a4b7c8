package search_test

// This file tests what a search says of runs that don't end.

import (
	"testing"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/search"
	"gilkernel/runtime/threading"
)

// greedy is a thread that has a lock nearly always, until another one gets it.
func greedy(*machine.Thread) string {
	var done variable
	l := threading.NewLock()
	return pair(func(t *machine.Thread) {
		for done.load(t) == 0 {
			l.With(func() {
				for range 10 {
					t.Check() // the only places at which it loses the core
				}
			})
		}
	}, func(t *machine.Thread) {
		l.With(func() { done.store(t, 1) })
	})(nil)
}

// mutual are two threads that wait in loops for each other.
func mutual(*machine.Thread) string {
	var ready [2]variable
	meet := func(me int) func(*machine.Thread) {
		return func(t *machine.Thread) {
			for ready[1-me].load(t) == 0 {
				t.Check()
			}
			ready[me].store(t, 1)
		}
	}
	return pair(meet(0), meet(1))(nil)
}

func TestStuck(t *testing.T) {
	for _, row := range []struct {
		name, python, want string // want is "" for a search that finds nothing
		main               func(*machine.Thread) string
	}{
		{"a lock that isn't fair", "3.12", "b starves: it could have run, but a made 10000 steps instead", greedy},
		{"a lock that is handed over to a thread that has waited", "3.13", "", greedy},
		{"two that wait for each other in loops", "3.12",
			"the run has no end: after 100000 steps a and b still run", mutual},
		{"one that waits for the other in a loop", "3.12", "", func(*machine.Thread) string {
			var ready variable
			return pair(func(t *machine.Thread) {
				for ready.load(t) == 0 {
					t.Check()
				}
			}, func(t *machine.Thread) { ready.store(t, 1) })(nil)
		}},
		{"two that hand the core to each other until a third has run", "3.12", "", func(*machine.Thread) string {
			var stop variable
			nap := func(t *machine.Thread) {
				for stop.load(t) == 0 {
					t.Sleep(0)
					t.Check()
				}
			}
			c := threading.NewThread(func() { stop.store(machine.Current(), 1) })
			pair(func(t *machine.Thread) { c.Start(); nap(t) }, nap)(nil)
			return "done"
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := &search.Options{Preemptions: 1, Schedules: 500}
			run := python(t, row.python, row.main)
			r := search.Search(o, run)
			got := ""
			if r.Broken != nil {
				got = r.Broken.Err.Error()
			}
			if got != row.want {
				t.Errorf("%q after %d schedules of %d runs", got, r.Schedules, r.Runs)
			}
			if r.Broken == nil {
				return
			}
			out, n := search.Replay(r.Broken.Schedule, nil, run)
			if n != len(r.Broken.Schedule) || out.Err == nil || out.Err.Error() != row.want {
				t.Errorf("replayed: %+v after %d turns of %d", out, n, len(r.Broken.Schedule))
			}
		})
	}
}
