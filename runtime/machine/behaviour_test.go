package machine_test

// This file defines the table of the behaviour of threads on both machines.

import (
	"fmt"
	"runtime"
	"strconv"
	"testing"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func itoa(n int) string { return strconv.Itoa(n) }

const ms = time.Millisecond

func TestBehaviour(t *testing.T) {
	for _, row := range behaviours() {
		t.Run(row.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, m *machine.Machine) {
				ok(t, m, func(main *machine.Thread) { row.test(t, main) })
			})
		})
	}
}

type behaviour struct {
	name string
	test func(t *testing.T, main *machine.Thread)
}

func behaviours() []behaviour {
	return []behaviour{
		{"a word holds a number", func(t *testing.T, main *machine.Thread) {
			for _, th := range []*machine.Thread{main, nil} {
				var w machine.Word
				got := fmt.Sprint(w.Load(th), w.Swap(th, 7), w.Add(th, -2), w.CompareAndSwap(th, 4, 9),
					w.CompareAndSwap(th, 5, 9), w.Load(th))
				w.Store(th, 0)
				if got += fmt.Sprint(" ", w.Add(th, -1)); got != "0 0 5 false true 9 4294967295" {
					t.Errorf("%s: %s", th.Name(), got)
				}
			}
		}},
		{"a wait for another value ends at once", func(t *testing.T, main *machine.Thread) {
			var w machine.Word
			for _, d := range []time.Duration{forever, 0, time.Hour} {
				if s := main.Wait(&w, 1, d, event1()); s != machine.Changed {
					t.Error(d, s)
				}
			}
		}},
		{"a wait times out", func(t *testing.T, main *machine.Thread) {
			var w machine.Word
			for _, d := range []time.Duration{0, 1, 3 * ms} {
				for _, why := range []machine.Why{event1(), {}} {
					begun := main.Now()
					if s := main.Wait(&w, 0, d, why); s != machine.TimedOut {
						t.Error(d, s)
					}
					if took := main.Now() - begun; took < d {
						t.Errorf("%v took %v", d, took)
					}
				}
			}
		}},
		{"a wake-up wakes as many as it says", func(t *testing.T, main *machine.Thread) {
			var w, arrived machine.Word
			var all []*machine.Thread
			for i := range 4 {
				all = append(all, main.Go(itoa(i), func(th *machine.Thread) {
					arrived.Add(th, 1)
					th.Wait(&w, 0, forever, machine.Why{})
				}))
			}
			asleep(main, &arrived, 4)
			if n := w.Wake(main, 0); n != 0 {
				t.Errorf("none: woke %d", n)
			}
			n := 0
			for n < 3 { // a real thread may not sleep yet
				n += w.Wake(main, 3-n)
			}
			ended := 0
			for ended < 3 {
				ended = 0
				for _, th := range all {
					if th.Join(main, 0) {
						ended++
					}
				}
				main.Yield()
			}
			main.Sleep(ms)
			if len(main.Machine().Threads()) != 2 {
				t.Errorf("woke too many: %d are left", len(main.Machine().Threads()))
			}
			w.Store(main, 1)
			w.Wake(main, 1)
			for _, th := range all {
				join(t, main, th)
			}
			if n := w.Wake(main, 1); n != 0 {
				t.Errorf("nobody waits: woke %d", n)
			}
		}},
		{"ping-pong", func(t *testing.T, main *machine.Thread) {
			var w machine.Word
			const turns = 300
			player := func(th *machine.Thread, me uint32) {
				for range turns {
					for v := w.Load(th); v%2 != me; v = w.Load(th) {
						th.Wait(&w, v, forever, event1())
					}
					w.Add(th, 1)
					w.Wake(th, 1)
				}
			}
			other := main.Go("pong", func(th *machine.Thread) { player(th, 1) })
			player(main, 0)
			join(t, main, other)
			if v := w.Load(main); v != 2*turns {
				t.Error(v)
			}
		}},
		{"a plain goroutine waits and wakes", func(t *testing.T, main *machine.Thread) {
			var ping, pong machine.Word
			main.Machine().AddOutsiders(nil, 1)
			go func() { // ends when main has pinged
				var nobody *machine.Thread
				for ping.Load(nil) == 0 {
					nobody.Wait(&ping, 0, forever, event1())
				}
				pong.Store(nil, 1)
				pong.Wake(nil, 1)
			}()
			ping.Store(main, 1)
			ping.Wake(main, 1)
			for pong.Load(main) == 0 {
				main.Wait(&pong, 0, forever, event1())
			}
			main.Machine().AddOutsiders(nil, -1)
		}},
		{"sleep takes its time", func(t *testing.T, main *machine.Thread) {
			for _, d := range []time.Duration{-1, 0, 1, 2 * ms} {
				begun := main.Now()
				main.Sleep(d)
				main.IO("read", d)
				if took := main.Now() - begun; took < 2*d {
					t.Errorf("two times %v took %v", d, took)
				}
			}
		}},
		{"join", func(t *testing.T, main *machine.Thread) {
			var go_ event
			th := main.Go("worker", func(th *machine.Thread) { go_.wait(th, forever) })
			if th.Join(main, 0) || th.Join(main, ms) || th.Ended() {
				t.Error("joined a thread that runs")
			}
			go_.set(main)
			if !th.Join(main, forever) || !th.Join(main, 0) || !th.Join(main, time.Hour) || !th.Ended() ||
				th.Failure() != nil {
				t.Error("didn't join a thread that has ended")
			}
			if !th.Join(nil, forever) {
				t.Error("nobody can't join")
			}
			if fresh := main.Machine().NewThread(nil, "fresh"); fresh.Started() || fresh.Join(main, ms) ||
				fresh.Join(nil, ms) {
				t.Error("joined a thread that wasn't started")
			}
		}},
		{"a panic ends its thread only", func(t *testing.T, main *machine.Thread) {
			th := main.Go("worker", func(*machine.Thread) { panic(fmt.Errorf("boom")) })
			f := join(t, main, th)
			if f == nil || f.Error() != "boom" || f.Unwrap() == nil || len(f.Stack) == 0 {
				t.Errorf("%v", f)
			}
		}},
		{"runtime.Goexit ends a thread", func(t *testing.T, main *machine.Thread) {
			th := main.Go("worker", func(*machine.Thread) { runtime.Goexit() })
			if f := join(t, main, th); f != nil {
				t.Error(f)
			}
			main.Sleep(ms) // the machine goes on
		}},
		{"a thread can't be started twice", func(t *testing.T, main *machine.Thread) {
			th := main.Go("worker", func(*machine.Thread) {})
			if panicOf(func() { th.Start(main, func(*machine.Thread) {}) }) == nil {
				t.Error("no panic")
			}
			join(t, main, th)
		}},
		{"a goroutine knows its thread", func(t *testing.T, main *machine.Thread) {
			if machine.Current() != main {
				t.Error("main isn't current")
			}
			th := main.Go("worker", func(th *machine.Thread) {
				if machine.Current() != th {
					t.Error("the worker isn't current")
				}
				machine.Enter(nil, func() {
					if machine.Current() != nil {
						t.Error("it isn't nobody")
					}
					_ = panicOf(func() { machine.Enter(main, func() { panic("out") }) })
					if machine.Current() != nil {
						t.Error("it isn't nobody again")
					}
				})
				if machine.Current() != th {
					t.Error("the worker isn't current again")
				}
			})
			join(t, main, th)
			done := make(chan *machine.Thread)
			go func() { done <- machine.Current() }() // ends when it is heard
			if th := <-done; th != nil {
				t.Error("a plain goroutine is", th.Name())
			}
		}},
		{"a thread keeps values", func(t *testing.T, main *machine.Thread) {
			if main.Local("a") != nil {
				t.Error("there is a value at the beginning")
			}
			main.SetLocal("a", 1)
			th := main.Go("worker", func(th *machine.Thread) { th.SetLocal("a", 2) })
			join(t, main, th)
			if main.Local("a") != 1 || th.Local("a") != 2 {
				t.Error(main.Local("a"), th.Local("a"))
			}
		}},
		{"names and numbers", func(t *testing.T, main *machine.Thread) {
			th := main.Go("worker", func(th *machine.Thread) {
				if th.NativeID() == 0 && runtime.GOOS == "linux" {
					t.Error("no native id")
				}
			})
			join(t, main, th)
			th.SetName("other")
			if main.ID() != 1 || th.ID() != 2 || th.Name() != "other" || (*machine.Thread)(nil).Name() != "nobody" {
				t.Error(main.ID(), th.ID(), th.Name())
			}
		}},
		{"a blocking call runs beside the others", func(t *testing.T, main *machine.Thread) {
			a, b := make(chan int), make(chan int)
			th := main.Go("worker", func(th *machine.Thread) { th.Blocking(timeline.IO, "read", func() { b <- <-a }) })
			main.AllowThreads("write", func() { a <- 1; <-b })
			join(t, main, th)
			if v := panicOf(func() { main.AllowThreads("bad", func() { panic("out") }) }); v != "out" {
				t.Error(v)
			}
		}},
		{"nobody pays for what isn't simulated", func(t *testing.T, main *machine.Thread) {
			main.Work(-1)
			main.Work(0)
			main.CheckN(-1)
			main.Cost(-1)
			main.Native("sort", ms)
			main.Yield()
		}},
	}
}

// event1 is a reason to wait that can be interrupted.
func event1() machine.Why { return machine.Why{Kind: timeline.WaitEvent} }
