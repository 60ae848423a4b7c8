package machine_test

// This file defines tests of how threads and machines end: kill, stop, Goexit, and what comes after.

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// TestKill kills a thread wherever it may be. It must end at once, and only once.
func TestKill(t *testing.T) {
	boom := errors.New("boom")
	places := map[string]func(th *machine.Thread, e *event, never *machine.Thread){
		"wait":             func(th *machine.Thread, e *event, _ *machine.Thread) { e.wait(th, forever) },
		"wait with a time": func(th *machine.Thread, e *event, _ *machine.Thread) { e.wait(th, time.Hour) },
		"sleep":            func(th *machine.Thread, _ *event, _ *machine.Thread) { th.Sleep(time.Hour) },
		"I/O":              func(th *machine.Thread, _ *event, _ *machine.Thread) { th.IO("read", time.Hour) },
		"join":             func(th *machine.Thread, _ *event, never *machine.Thread) { never.Join(th, forever) },
		"check": func(th *machine.Thread, _ *event, _ *machine.Thread) {
			for {
				th.Check()
			}
		},
		"many checks": func(th *machine.Thread, _ *event, _ *machine.Thread) {
			for {
				th.CheckN(1000)
			}
		},
		"native": func(th *machine.Thread, _ *event, _ *machine.Thread) {
			th.Native("sort", 1000*time.Hour)
			th.Check()
		},
	}
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, m *machine.Machine) {
				ok(t, m, func(main *machine.Thread) {
					var e, begun event
					never := m.NewThread(nil, "never")
					var after machine.Status
					th := main.Go("victim", func(th *machine.Thread) {
						begun.set(th)
						if v := panicOf(func() { place(th, &e, never) }); v != boom {
							t.Errorf("panicked with %v", v)
						}
						th.Check() // once is once
						var w machine.Word
						for after == machine.Woken { // the kill's own wake-up may come late
							after = th.Wait(&w, 0, ms, event1())
						}
					})
					begun.wait(main, forever)
					main.Sleep(ms)
					th.Kill(boom)
					if f := join(t, main, th); f != nil || after != machine.TimedOut {
						t.Error(f, after)
					}
				})
			})
		})
	}
}

func TestKillDoesNotReachAnInnerWait(t *testing.T) {
	onBoth(t, func(t *testing.T, m *machine.Machine) {
		ok(t, m, func(main *machine.Thread) {
			var w, arrived machine.Word
			th := main.Go("victim", func(th *machine.Thread) {
				arrived.Add(th, 1)
				for w.Load(th) == 0 {
					th.Wait(&w, 0, forever, machine.Why{})
				}
			})
			asleep(main, &arrived, 1)
			th.Kill(errStop)
			main.Sleep(ms)
			if th.Ended() {
				t.Error("it has ended")
			}
			th.Pardon()
			w.Store(main, 1)
			w.Wake(main, 1)
			if f := join(t, main, th); f != nil {
				t.Error(f)
			}
		})
	})
}

func TestKillOfWhoWillSleep(t *testing.T) {
	m := simulate(t, machine.Options{})
	ok(t, m, func(main *machine.Thread) {
		main.Kill(errStop)
		main.Yield() // the machine has seen the message, and main runs
		if v := panicOf(func() { main.Sleep(time.Hour) }); v != errStop || main.Now() > ms {
			t.Error(v, main.Now())
		}
	})
}

func TestRunAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, m *machine.Machine) {
		c := &clerk{}
		main := m.NewThread(c, "main")
		for range 2 {
			if err := main.Run(func(*machine.Thread) {}); err != nil {
				t.Fatal(err)
			}
		}
		boom := errors.New("boom")
		err := main.Run(func(*machine.Thread) { panic(boom) })
		var f *machine.Failure
		if !errors.As(err, &f) || !errors.Is(err, boom) || len(f.Stack) == 0 {
			t.Errorf("%#v", err)
		}
		if main.Ended() {
			t.Error("it has ended")
		}
		main.End()
		main.End()
		if !main.Ended() || !main.Join(nil, forever) || len(m.Threads()) != 0 {
			t.Error("it hasn't ended")
		}
		if panicOf(func() { _ = main.Run(func(*machine.Thread) {}) }) == nil {
			t.Error("it runs after its end")
		}
		c.want(t, "begin attach detach attach detach attach detach end")
	})
}

func TestGoexitInRun(t *testing.T) {
	onBoth(t, func(t *testing.T, m *machine.Machine) {
		main := m.NewThread(nil, "main")
		done := make(chan bool)
		go func() { // ends at once
			defer close(done)
			_ = main.Run(func(*machine.Thread) { runtime.Goexit() })
		}()
		<-done
		again := false
		if err := main.Run(func(*machine.Thread) { again = true }); err != nil || !again {
			t.Error(err, again)
		}
	})
}

func TestStop(t *testing.T) {
	onBoth(t, func(t *testing.T, m *machine.Machine) {
		var e event
		var arrived machine.Word
		var all []*machine.Thread
		err := run(t, m, func(main *machine.Thread) {
			for _, fn := range []func(*machine.Thread){
				func(th *machine.Thread) { e.wait(th, forever) },
				func(th *machine.Thread) { th.Sleep(time.Hour) },
				func(th *machine.Thread) {
					for {
						th.Check()
					}
				},
				func(th *machine.Thread) { // a second panic, as of a deferred release, changes nothing
					defer th.Sleep(time.Hour)
					th.Work(time.Hour)
					th.Check()
				},
			} {
				all = append(all, main.Go("worker", func(th *machine.Thread) {
					arrived.Add(th, 1)
					fn(th)
				}))
			}
			asleep(main, &arrived, 4)
			m.Stop(errStop)
			m.Stop(errors.New("another reason"))
			main.Sleep(time.Hour)
		})
		if err != errStop {
			t.Errorf("%#v", err)
		}
		m.Drain(forever)
		for _, th := range all {
			var s *machine.Stopped
			if !th.Ended() || !errors.As(th.Failure(), &s) || s.Reason != errStop {
				t.Errorf("%v %v", th.Ended(), th.Failure())
			}
		}
		if err := run(t, m, func(main *machine.Thread) { main.Check() }); err != errStop {
			t.Errorf("a thread of a machine that was stopped: %#v", err)
		}
	})
}

// TestStopLeavesNoGoroutines gives up machines whose threads are in all states.
func TestStopLeavesNoGoroutines(t *testing.T) {
	leaves := func(t *testing.T, m *machine.Machine, crew *machine.Crew) {
		before := runtime.NumGoroutine()
		var e event
		hold := make(chan int)
		ok(t, m, func(main *machine.Thread) {
			for range 10 {
				main.Go("waits", func(th *machine.Thread) { e.wait(th, forever) })
				main.Go("sleeps", func(th *machine.Thread) { th.Sleep(time.Hour) })
				main.Go("runs", func(th *machine.Thread) {
					for {
						th.Check()
					}
				})
				main.Go("away", func(th *machine.Thread) { th.Blocking(timeline.IO, "read", func() { <-hold }) })
			}
			main.Sleep(ms)
		})
		m.NewThread(nil, "never started")
		close(hold)
		m.Stop(nil)
		m.Drain(forever)
		m.Drain(forever) // nobody is left
		crew.Close()
		for late := time.Now().Add(time.Minute); runtime.NumGoroutine() > before; {
			if time.Now().After(late) {
				t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
			}
			time.Sleep(ms)
		}
	}
	t.Run("simulated", func(t *testing.T) { leaves(t, simulate(t, machine.Options{}), nil) })
	t.Run("real", func(t *testing.T) { leaves(t, realMachine(t, machine.Options{}), nil) })
	t.Run("crew", func(t *testing.T) {
		crew := &machine.Crew{}
		leaves(t, simulate(t, machine.Options{Crew: crew}), crew)
	})
}

// TestDrainWaitsForTheLastAct: when Drain returns, no thread that has ended is counted among the machine's.
func TestDrainWaitsForTheLastAct(t *testing.T) {
	onBoth(t, func(t *testing.T, m *machine.Machine) {
		for range 500 {
			ok(t, m, func(main *machine.Thread) {
				for range 4 {
					main.Go("short", func(th *machine.Thread) { th.CheckN(10) })
				}
			})
			m.Drain(forever)
			for _, th := range m.Threads() {
				if th.Ended() {
					t.Fatalf("%s has ended and is still one of the machine's threads", th.Name())
				}
			}
		}
	})
}
