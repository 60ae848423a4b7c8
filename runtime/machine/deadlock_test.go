package machine_test

// This file defines tests of deadlocks: which waits count as deadlocks, what the report says, and which thread receives
// it.

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// TestDeadlockReports writes each deadlock's text and picture to testdata. Both machines say the same.
func TestDeadlockReports(t *testing.T) {
	for _, row := range []struct {
		name string
		test func(main *machine.Thread)
	}{
		{"ab-ba", func(main *machine.Thread) {
			a, b := &lock{name: "Lock a", owned: true}, &lock{name: "Lock b", owned: true}
			meet := &event{name: "Event meet"}
			at(main, 1)
			a.acquire(main, forever)
			th := main.Go("worker", func(th *machine.Thread) {
				at(th, 2)
				b.acquire(th, forever)
				meet.set(th)
				at(th, 3)
				a.acquire(th, forever)
			})
			at(main, 4)
			meet.wait(main, forever)
			main.Sleep(ms) // so that the worker is the first that waits
			at(main, 5)
			defer th.Join(main, forever)
			b.acquire(main, forever)
		}},
		{"self", func(main *machine.Thread) {
			a := &lock{name: "Lock a"}
			at(main, 1)
			a.acquire(main, forever)
			at(main, 2)
			a.acquire(main, forever)
		}},
		{"join-self", func(main *machine.Thread) {
			at(main, 7)
			main.Join(main, forever)
		}},
		{"join-each-other", func(main *machine.Thread) {
			th := main.Go("worker", func(th *machine.Thread) {
				at(th, 1)
				main.Join(th, forever)
			})
			main.Sleep(ms)
			at(main, 2)
			th.Join(main, forever)
		}},
		{"ring", func(main *machine.Thread) {
			var locks [3]*lock
			var all []*machine.Thread
			var holding machine.Word
			for i := range locks {
				locks[i] = &lock{name: fmt.Sprintf("Lock \"<%d>\"\n", i), owned: true}
			}
			for i := range locks {
				all = append(all, main.Go(fmt.Sprintf("worker %d", i), func(th *machine.Thread) {
					locks[i].acquire(th, forever)
					holding.Add(th, 1)
					for holding.Load(th) < 3 {
						th.Yield()
					}
					untilStuck(th, main) // it belongs to the report
					locks[(i+1)%3].acquire(th, forever)
				}))
			}
			for _, th := range all {
				th.Join(main, forever)
			}
		}},
		{"nobody", func(main *machine.Thread) {
			(&event{name: "Event e"}).wait(main, forever)
		}},
		{"all", func(main *machine.Thread) {
			jobs := &event{name: "Queue jobs (empty)"}
			main.Go("consumer", func(th *machine.Thread) { at(th, 8); jobs.wait(th, forever) })
			main.Sleep(3 * ms)
			at(main, 9)
			(&event{name: "Event results"}).wait(main, forever)
		}},
		{"nameless", func(main *machine.Thread) {
			var w machine.Word
			main.Wait(&w, 0, forever, event1())
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, kind := range []string{"simulated", "real"} {
				t.Run(kind, func(t *testing.T) {
					make := simulate
					if kind == "real" {
						make = realMachine
					}
					m := make(t, machine.Options{Site: site})
					err := run(t, m, row.test)
					var d *machine.Deadlock
					if !errors.As(err, &d) {
						t.Fatalf("%#v", err)
					}
					golden(t, "deadlock-"+row.name+".md", d.Error()+"\n\n```mermaid\n"+d.Mermaid()+"```\n")
					m.Stop(nil)
					m.Drain(forever)
				})
			}
		})
	}
}

// TestEachVictimIsTold: one of a ring panics with the Deadlock, the others with a Deadlocked of the same.
func TestEachVictimIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, m *machine.Machine) {
		ok(t, m, func(main *machine.Thread) {
			a, b := &lock{name: "a", owned: true}, &lock{name: "b", owned: true}
			var holding machine.Word
			third := m.NewThread(nil, "third")
			both := func(x, y *lock) func(*machine.Thread) {
				return func(th *machine.Thread) {
					x.acquire(th, forever)
					holding.Add(th, 1)
					untilStuck(th, third)
					y.acquire(th, forever)
				}
			}
			all := []*machine.Thread{main.Go("ab", both(a, b)), main.Go("ba", both(b, a)), third}
			// A thread that waits for one of the two must end too.
			third.Start(main, func(th *machine.Thread) {
				for holding.Load(th) < 2 {
					th.Yield()
				}
				a.acquire(th, forever)
			})
			var words []string
			for _, th := range all {
				for !th.Join(main, ms) { // without an end, main would be a victim too
				}
				f := th.Failure()
				if f == nil {
					t.Fatalf("%s ended well", th.Name())
				}
				words = append(words, strings.TrimPrefix(fmt.Sprintf("%T", f.Value), "*machine."))
			}
			sort.Strings(words[:2])
			if got := strings.Join(words[:2], " "); got != "Deadlock Deadlocked" {
				t.Error(got)
			}
		})
	})
}

// TestNoDeadlock are waits that end, though it doesn't look like it.
func TestNoDeadlock(t *testing.T) {
	for _, row := range []struct {
		name string
		test func(t *testing.T, main *machine.Thread)
	}{
		{"a wait with a time", func(t *testing.T, main *machine.Thread) {
			a := &lock{name: "a", owned: true}
			a.acquire(main, forever)
			if a.acquire(main, 2*ms) || (&event{}).wait(main, ms) {
				t.Error("got what nobody gave")
			}
		}},
		{"somebody waits with a time", func(t *testing.T, main *machine.Thread) {
			e, never := &event{}, &event{}
			th := main.Go("timer", func(th *machine.Thread) { never.wait(th, 2*ms); e.set(th) })
			e.wait(main, forever)
			join(t, main, th)
		}},
		{"somebody sleeps", func(t *testing.T, main *machine.Thread) {
			e := &event{}
			th := main.Go("timer", func(th *machine.Thread) { th.Sleep(2 * ms); e.set(th) })
			e.wait(main, forever)
			join(t, main, th)
		}},
		{"somebody is away", func(t *testing.T, main *machine.Thread) {
			e := &event{}
			th := main.Go("reader", func(th *machine.Thread) {
				th.Blocking(timeline.IO, "read", func() { e.set(nil) })
			})
			e.wait(main, forever)
			join(t, main, th)
		}},
		{"outsiders exist", func(t *testing.T, main *machine.Thread) {
			e := &event{}
			m := main.Machine()
			m.AddOutsiders(main.Interpreter(), 1)
			go func() { // ends when the machine has waited
				var w machine.Word
				(*machine.Thread)(nil).Wait(&w, 0, 5*ms, machine.Why{})
				e.set(nil)
			}()
			e.wait(main, forever)
			m.AddOutsiders(main.Interpreter(), -1)
		}},
		{"a lock that somebody else may release", func(t *testing.T, main *machine.Thread) {
			a, b := &lock{name: "a"}, &lock{name: "b"}
			a.acquire(main, forever)
			go_ := &event{}
			th := main.Go("worker", func(th *machine.Thread) {
				b.acquire(th, forever)
				go_.set(th)
				a.acquire(th, forever)
			})
			third := main.Go("releases", func(t3 *machine.Thread) {
				untilStuck(t3, th, main)
				a.release(t3)
				b.release(t3)
			})
			go_.wait(main, forever)
			b.acquire(main, forever)
			join(t, main, third)
			join(t, main, th)
		}},
		{"a thread of another interpreter goes on", func(t *testing.T, main *machine.Thread) {
			th := main.Machine().NewThread(&clerk{}, "foreign")
			th.Start(main, func(th *machine.Thread) { th.Sleep(3 * ms) })
			th.Join(main, forever)
		}},
		{"all others stuck, but main runs", func(t *testing.T, main *machine.Thread) {
			e := &event{}
			th := main.Go("waits", func(th *machine.Thread) { e.wait(th, forever) })
			main.Sleep(3 * ms)
			e.set(main)
			join(t, main, th)
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, m *machine.Machine) {
				ok(t, m, func(main *machine.Thread) { row.test(t, main) })
			})
		})
	}
}

// TestOutsidersLeave: the last goroutine that could have helped is gone.
func TestOutsidersLeave(t *testing.T) {
	onBoth(t, func(t *testing.T, m *machine.Machine) {
		m.AddOutsiders(nil, 2)
		e := &event{name: "e"}
		go func() { // ends at once
			var w machine.Word
			(*machine.Thread)(nil).Wait(&w, 0, 3*ms, machine.Why{})
			m.AddOutsiders(nil, -1)
			m.AddOutsiders(nil, -1)
		}()
		var d *machine.Deadlock
		if err := run(t, m, func(main *machine.Thread) { e.wait(main, forever) }); !errors.As(err, &d) {
			t.Error(err)
		}
	})
}

// TestThreadsOfALaterRun: daemon threads that wait for what a later cell gives them are in no deadlock.
func TestThreadsOfALaterRun(t *testing.T) {
	onBoth(t, func(t *testing.T, m *machine.Machine) {
		e := &event{name: "jobs"}
		var th *machine.Thread
		main := m.NewThread(nil, "main")
		if err := main.Run(func(main *machine.Thread) {
			th = main.Go("daemon", func(th *machine.Thread) { e.wait(th, forever) })
		}); err != nil {
			t.Fatal(err)
		}
		m.Drain(3 * ms)
		if th.Ended() {
			t.Fatal("it has ended")
		}
		if err := main.Run(func(main *machine.Thread) {
			e.set(main)
			if f := join(t, main, th); f != nil {
				t.Error(f)
			}
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestDeadlockAcrossInterpreters: a thread waits for one of another interpreter, which gets stuck later.
func TestDeadlockAcrossInterpreters(t *testing.T) {
	m := simulate(t, machine.Options{})
	err := run(t, m, func(main *machine.Thread) {
		th := m.NewThread(&clerk{}, "foreign")
		th.Start(main, func(th *machine.Thread) { th.Sleep(ms); (&event{name: "never"}).wait(th, forever) })
		th.Join(main, forever)
	})
	var d *machine.Deadlock
	if !errors.As(err, &d) {
		t.Fatalf("%#v", err)
	}
}

// While a goroutine may set an event, a thread that waits for it is in no deadlock; one that waits for what another
// holds is.
func TestDeadlockBesideOutsiders(t *testing.T) {
	onBoth(t, func(t *testing.T, m *machine.Machine) {
		m.AddOutsiders(nil, 1)
		a, b := &lock{name: "a"}, &lock{name: "b"}
		var holding machine.Word
		err := run(t, m, func(main *machine.Thread) {
			both := func(x, y *lock) func(*machine.Thread) {
				return func(th *machine.Thread) {
					x.acquire(th, forever)
					holding.Add(th, 1)
					for holding.Load(th) < 2 {
						th.Yield()
					}
					untilStuck(th, main) // it belongs to the report
					y.acquire(th, forever)
				}
			}
			th := main.Go("ab", both(a, b))
			main.Go("ba", both(b, a))
			join(t, main, th)
		})
		var d *machine.Deadlock
		if !errors.As(err, &d) || len(d.Waits) != 3 {
			t.Errorf("%#v", err)
		}
		set := false
		e := &event{}
		ok(t, m, func(main *machine.Thread) {
			go func() { // ends when it has set the event
				time.Sleep(5 * ms)
				set = true
				e.set(nil)
			}()
			e.wait(main, forever)
			if !set {
				t.Error("nobody has set the event")
			}
		})
		if err := run(t, m, func(main *machine.Thread) {
			go m.AddOutsiders(nil, -1) // ends at once: the last that might have set the event
			(&event{}).wait(main, forever)
		}); !errors.As(err, &d) {
			t.Errorf("%#v", err)
		}
	})
}
