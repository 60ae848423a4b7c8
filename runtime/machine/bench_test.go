package machine_test

// This file defines what is measured of machines: prices of checks, switches and threads.

import (
	"runtime"
	"testing"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// within runs a benchmark as a thread of each machine.
func within(b *testing.B, fn func(b *testing.B, main *machine.Thread)) {
	b.Helper()
	for _, kind := range []string{"simulated", "real"} {
		b.Run(kind, func(b *testing.B) {
			make := simulate
			if kind == "real" {
				make = realMachine
			}
			if err := make(b, machine.Options{}).NewThread(nil, "main").Run(func(main *machine.Thread) {
				fn(b, main)
			}); err != nil {
				b.Fatal(err)
			}
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	within(b, func(b *testing.B, main *machine.Thread) {
		for b.Loop() {
			main.Check()
		}
	})
}

func BenchmarkCurrent(b *testing.B) {
	within(b, func(b *testing.B, main *machine.Thread) {
		for b.Loop() {
			if machine.Current() != main {
				b.Fatal("another thread")
			}
		}
	})
}

// BenchmarkPingPong is how long two threads take to wake each other once.
func BenchmarkPingPong(b *testing.B) {
	within(b, func(b *testing.B, main *machine.Thread) {
		var ping, pong machine.Word
		n := uint32(b.N)
		th := main.Go("pong", func(th *machine.Thread) {
			for i := range n {
				for ping.Load(th) == i {
					th.Wait(&ping, i, forever, event1())
				}
				pong.Add(th, 1)
				pong.Wake(th, 1)
			}
		})
		for i := range n {
			ping.Add(main, 1)
			ping.Wake(main, 1)
			for pong.Load(main) == i {
				main.Wait(&pong, i, forever, event1())
			}
		}
		th.Join(main, forever)
	})
}

// BenchmarkEvents counts all that a simulated machine does for threads that sleep, wake and continue: an event is a
// thread that blocks or is dispatched.
func BenchmarkEvents(b *testing.B) {
	m := simulate(b, machine.Options{Cores: 4})
	const threads = 8
	n := max(b.N/(2*threads), 1)
	if err := m.NewThread(nil, "main").Run(func(main *machine.Thread) {
		var all []*machine.Thread
		for range threads {
			all = append(all, main.Go("worker", func(th *machine.Thread) {
				for range n {
					th.CheckN(100)
					th.Sleep(1000)
				}
			}))
		}
		for _, th := range all {
			th.Join(main, forever)
		}
	}); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkStartJoin(b *testing.B) {
	within(b, func(b *testing.B, main *machine.Thread) {
		for b.Loop() {
			main.Go("t", func(*machine.Thread) {}).Join(main, forever)
		}
	})
}

func BenchmarkRecord(b *testing.B) {
	m := simulate(b, machine.Options{Recorder: timeline.NewRecorder(1<<16, timeline.Info{})})
	if err := m.NewThread(nil, "main").Run(func(main *machine.Thread) {
		for b.Loop() {
			main.Record(timeline.Mark, nil, 0, 0)
		}
	}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkTenThousandThreads reports the memory of a simulated machine with 10,000 threads that wait.
func BenchmarkTenThousandThreads(b *testing.B) {
	for b.Loop() {
		m := simulate(b, machine.Options{})
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		if err := m.NewThread(nil, "main").Run(func(main *machine.Thread) {
			var e event
			var all []*machine.Thread
			for range 10_000 {
				all = append(all, main.Go("t", func(th *machine.Thread) { e.wait(th, forever) }))
			}
			main.Sleep(1000 * ms)
			runtime.ReadMemStats(&after)
			e.set(main)
			for _, th := range all {
				th.Join(main, forever)
			}
		}); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(after.HeapInuse+after.StackInuse-before.HeapInuse-before.StackInuse)/10_000, "B/thread")
	}
}
