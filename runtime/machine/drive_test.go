package machine_test

// This file tests how a simulated machine is driven: Run, Drain, what comes from outside, and ends of time.

import (
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// For a daemon that never stops, the end of the time was never checked: Drain didn't return.
func TestDrainOfALoneThreadEnds(t *testing.T) {
	m := simulate(t, machine.Options{})
	turns := 0
	m.NewThread(nil, "daemon").Start(nil, func(th *machine.Thread) {
		for ; ; turns++ {
			th.Check()
		}
	})
	m.Drain(10 * time.Millisecond)
	if now := m.Now(); turns == 0 || now < 10*time.Millisecond || now > 12*time.Millisecond {
		t.Errorf("%d turns until %v", turns, now)
	}
	before := turns
	m.Drain(10 * time.Millisecond)
	if turns == before {
		t.Error("it stands still in the second Drain")
	}
	m.Stop(errStop)
	m.Drain(forever)
}

// A sleeper's timer fired whenever it was, and took the machine's time along.
func TestDrainDoesNotPassItsEnd(t *testing.T) {
	m := simulate(t, machine.Options{})
	th := m.NewThread(nil, "sleeper")
	th.Start(nil, func(th *machine.Thread) { th.Sleep(time.Hour) })
	for i := range 3 {
		m.Drain(25 * time.Minute)
		if want := i == 2; th.Ended() != want {
			t.Errorf("after %d times 25 minutes, at %v: ended %v", i+1, m.Now(), th.Ended())
		}
	}
	if now := m.Now(); now < time.Hour || now > time.Hour+ms {
		t.Error(now)
	}
}

func TestDrainWaitsForCallsInRealTime(t *testing.T) {
	m := simulate(t, machine.Options{})
	hold := make(chan int)
	th := m.NewThread(nil, "away")
	th.Start(nil, func(th *machine.Thread) { th.Blocking(timeline.IO, "read", func() { <-hold }) })
	m.Drain(30 * time.Millisecond) // it came to an end only with the call
	if th.Ended() {
		t.Error("it has ended")
	}
	close(hold)
	m.Drain(forever)
	if !th.Ended() {
		t.Error("it hasn't ended")
	}
}

// A coroutine must be resumed by a goroutine that is as locked as the one that made it, or Go ends the process.
func TestRunByALockedGoroutine(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	m := simulate(t, machine.Options{})
	started := m.NewThread(nil, "started")
	started.Start(nil, func(*machine.Thread) {})
	ok(t, m, func(main *machine.Thread) {
		join(t, main, started)
		join(t, main, main.Go("another", func(th *machine.Thread) { th.Sleep(ms) }))
	})
}

// Threads that are started from outside while the machine moves come through the inbox: run with -race.
func TestStartFromOutside(t *testing.T) {
	m := simulate(t, machine.Options{})
	const n = 100
	ended := 0
	m.AddOutsiders(nil, 1)
	ok(t, m, func(main *machine.Thread) {
		var all, done machine.Word
		go func() { // ends when it has started all
			for range n {
				m.NewThread(nil, "t").Start(nil, func(th *machine.Thread) {
					ended++
					if all.Add(th, 1) == n {
						done.Store(th, 1)
						done.Wake(th, 1)
					}
				})
			}
			m.AddOutsiders(nil, -1)
		}()
		for done.Load(main) == 0 {
			main.Wait(&done, 0, forever, event1())
		}
	})
	if ended != n {
		t.Error(ended)
	}
}

// Run and Drain by one of the machine's own threads waited for themselves.
func TestRunWithinRun(t *testing.T) {
	m := simulate(t, machine.Options{})
	ok(t, m, func(*machine.Thread) {
		for name, fn := range map[string]func(){
			"Run":   func() { _ = m.NewThread(nil, "x").Run(func(*machine.Thread) {}) },
			"Drain": func() { m.Drain(0) },
		} {
			if s, _ := panicOf(fn).(string); !strings.Contains(s, name+" was called by a thread of the same") {
				t.Errorf("%s: %q", name, s)
			}
		}
	})
}

// A thread that waits for one of another interpreter, which waits for something that never comes, is in no deadlock as
// far as the threads of one interpreter show: Run returned as if all were well, with its thread still waiting.
func TestRunDoesNotReturnBeforeItsEnd(t *testing.T) {
	m := simulate(t, machine.Options{})
	var w machine.Word
	a, b := &clerk{}, &clerk{}
	main, gave := m.NewThread(a, "main"), m.NewThread(b, "gave")
	gave.Start(nil, func(th *machine.Thread) {
		for w.Load(th) == 0 {
			th.Wait(&w, 0, forever, machine.Why{Kind: timeline.WaitQueue, On: &event{name: "what nobody gives"}})
		}
	})
	err := main.Run(func(main *machine.Thread) { gave.Join(main, forever) })
	var d *machine.Deadlock
	if !errors.As(err, &d) || !strings.Contains(d.Error(), "main waits for the end of gave") {
		t.Errorf("%v", err)
	}
	if err := main.Run(func(*machine.Thread) {}); err != nil {
		t.Error(err)
	}
}

func TestStopWithoutReason(t *testing.T) {
	onBoth(t, func(t *testing.T, m *machine.Machine) {
		err := run(t, m, func(main *machine.Thread) {
			m.Stop(nil)
			main.Check()
		})
		var s *machine.Stopped
		if !errors.As(err, &s) {
			t.Errorf("a run that was stopped went well: %v", err)
		}
	})
}

// Time-outs of years overflowed, and ended at once.
func TestEndsOfTime(t *testing.T) {
	onBoth(t, func(t *testing.T, m *machine.Machine) {
		ok(t, m, func(main *machine.Thread) {
			th := main.Go("long", func(th *machine.Thread) {
				defer func() { _ = recover() }()
				th.Sleep(math.MaxInt64)
			})
			work := main.Go("work", func(th *machine.Thread) {
				defer func() { _ = recover() }()
				th.Work(math.MaxInt64)
				th.Check()
			})
			if !m.Simulated() || m.Cores() > 1 {
				main.Sleep(ms)
			}
			if th.Ended() || work.Ended() {
				t.Error("MaxInt64 is over")
			}
			th.Kill(errStop)
			work.Kill(errStop)
			join(t, main, th)
			join(t, main, work)
			main.Sleep(-1)
			main.Work(-1)
			main.CheckN(-1)
			if main.Now() > time.Hour {
				t.Error(main.Now())
			}
		})
	})
	m := simulate(t, machine.Options{})
	ok(t, m, func(main *machine.Thread) {
		for last := main.Now(); last < 280*365*24*time.Hour; last = main.Now() {
			if main.Sleep(math.MaxInt64); main.Now() <= last {
				t.Fatalf("from %v to %v", last, main.Now())
			}
		}
	})
}

// Timers of waits that ended long before their time stayed until then.
func TestTimersOfEndedWaitsGo(t *testing.T) {
	m := simulate(t, machine.Options{})
	ok(t, m, func(main *machine.Thread) {
		var ping, pong machine.Word
		const n = 20000
		main.Go("pong", func(th *machine.Thread) {
			for i := range uint32(n) {
				for ping.Load(th) == i {
					th.Wait(&ping, i, 1000*time.Hour, event1())
				}
				pong.Add(th, 1)
				pong.Wake(th, 1)
			}
		})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for i := range uint32(n) {
			ping.Add(main, 1)
			ping.Wake(main, 1)
			for pong.Load(main) == i {
				main.Wait(&pong, i, 1000*time.Hour, event1())
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
			t.Errorf("%d bytes more", grown)
		}
	})
}

// A word whose waiters belong to another simulated machine isn't touched.
func TestTwoSimulatedMachinesMeetAtAWord(t *testing.T) {
	var w machine.Word
	a, b := simulate(t, machine.Options{}), simulate(t, machine.Options{})
	th := a.NewThread(nil, "a")
	th.Start(nil, func(th *machine.Thread) {
		for w.Load(th) == 0 {
			th.Wait(&w, 0, forever, event1())
		}
	})
	a.Drain(forever)
	ok(t, b, func(main *machine.Thread) {
		if v := panicOf(func() { main.Wait(&w, 0, ms, event1()) }); v == nil {
			t.Error("it waits beside a thread of another machine")
		}
		w.Store(main, 1)
		w.Wake(main, 1)
	})
	if a.Drain(forever); !th.Ended() {
		t.Error("it wasn't woken")
	}
	ok(t, b, func(main *machine.Thread) { main.Wait(&w, 1, ms, event1()) }) // nobody of a waits any more
}

// A thread that ends another's call outside of the machine, as with a value for a channel, wakes it at its own time,
// and not when the next timer fires. That needs a turn of Go's scheduler, which a loaded computer may give too late;
// without it, nearly none is in time.
func TestCallsReturnInTime(t *testing.T) {
	const tries = 20
	inTime := 0
	for range tries {
		ok(t, simulate(t, machine.Options{Cores: 2}), func(main *machine.Thread) {
			value := make(chan bool, 1)
			var at time.Duration
			waiter := main.Go("waiter", func(th *machine.Thread) {
				th.Blocking(timeline.WaitEvent, "channel", func() { <-value })
				at = th.Now()
			})
			main.Go("waker", func(th *machine.Thread) {
				th.Sleep(30 * time.Millisecond)
				value <- true
			})
			main.Sleep(300 * time.Millisecond)
			join(t, main, waiter)
			if at < 40*time.Millisecond {
				inTime++
			}
		})
	}
	t.Logf("%d of %d calls returned in time", inTime, tries)
	if inTime < tries/2 {
		t.Errorf("%d of %d calls returned in time", inTime, tries)
	}
}
