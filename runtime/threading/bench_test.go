package threading_test

import (
	"fmt"
	"testing"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// bench runs fn as a cell of a real machine.
func bench(b *testing.B, version string, rec *timeline.Recorder, fn func()) {
	w := newWorld(b, false, version, machine.Options{Recorder: rec})
	b.ReportAllocs()
	if err := w.run(fn); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkUncontended(b *testing.B) {
	type locker interface {
		Acquire(...threading.WaitOption) bool
		Release()
	}
	for _, c := range []struct {
		name string
		make func() locker
	}{
		{"Lock", func() locker { return threading.NewLock() }},
		{"RLock", func() locker { return threading.NewRLock() }},
		{"Condition", func() locker { return threading.NewCondition(nil) }},
		{"Semaphore", func() locker { return permit{threading.NewSemaphore(1)} }},
	} {
		b.Run(c.name, func(b *testing.B) {
			bench(b, "3.13", nil, func() {
				l := c.make()
				for b.Loop() {
					l.Acquire()
					l.Release()
				}
			})
		})
	}
	b.Run("Lock recorded", func(b *testing.B) {
		bench(b, "3.13", timeline.NewRecorder(0, timeline.Info{}), func() {
			l := threading.NewLock()
			for b.Loop() {
				l.Acquire()
				l.Release()
			}
		})
	})
	b.Run("Lock plain goroutine", func(b *testing.B) {
		var l threading.Lock
		for b.Loop() {
			l.Acquire()
			l.Release()
		}
	})
}

type permit struct{ s *threading.Semaphore }

func (p permit) Acquire(o ...threading.WaitOption) bool { return p.s.Acquire(o...) }
func (p permit) Release()                               { p.s.Release() }

// BenchmarkHandoff is the ping-pong of two threads: one operation is there and back, two hand-offs.
func BenchmarkHandoff(b *testing.B) {
	for _, v := range []string{"2.7", "3.11", "3.13", "3.14t"} {
		b.Run("Lock/"+v, func(b *testing.B) {
			var ping, pong threading.Lock
			pingPong(b, v, func() { ping.Acquire(); pong.Acquire() }, func() { ping.Acquire(); pong.Release() },
				func() { ping.Release(); pong.Acquire() })
		})
		b.Run("Semaphore/"+v, func(b *testing.B) {
			ping, pong := threading.NewSemaphore(0), threading.NewSemaphore(0)
			pingPong(b, v, func() {}, func() {
				ping.Acquire()
				pong.Release()
			}, func() { ping.Release(); pong.Acquire() })
		})
		b.Run("Event/"+v, func(b *testing.B) {
			var ping, pong threading.Event
			pingPong(b, v, func() {}, func() {
				ping.Wait()
				ping.Clear()
				pong.Set()
			}, func() { ping.Set(); pong.Wait(); pong.Clear() })
		})
		b.Run("Condition/"+v, func(b *testing.B) {
			var c threading.Condition
			turn := 0
			pass := func(from, to int) func() {
				return func() {
					c.With(func() { c.WaitFor(func() bool { return turn == from }); turn = to; c.Notify() })
				}
			}
			pingPong(b, v, func() {}, pass(1, 0), pass(0, 1))
		})
	}
}

func pingPong(b *testing.B, version string, begin, other, own func()) {
	bench(b, version, nil, func() {
		begin()
		n := b.N
		t := threading.NewThread(func() {
			for range n {
				other()
			}
		})
		t.Start()
		b.ResetTimer()
		for range n {
			own()
		}
		t.Join()
	})
}

func BenchmarkStartJoin(b *testing.B) {
	for _, v := range []string{"2.7", "3.11", "3.13", "3.14t"} {
		b.Run(v, func(b *testing.B) {
			bench(b, v, nil, func() {
				for b.Loop() {
					t := threading.NewThread(func() {})
					t.Start()
					t.Join()
				}
			})
		})
	}
}

// BenchmarkSimulated is how fast a simulated machine does contended locks.
func BenchmarkSimulated(b *testing.B) {
	for _, threads := range []int{2, 8} {
		b.Run(fmt.Sprint(threads), func(b *testing.B) {
			w := newWorld(b, true, "3.13", machine.Options{})
			n := b.N
			if err := w.run(func() {
				var l threading.Lock
				var all []*threading.Thread
				for range threads {
					t := threading.NewThread(func() {
						for range n {
							l.Acquire()
							machine.Current().Sleep(1000)
							l.Release()
						}
					})
					t.Start()
					all = append(all, t)
				}
				for _, t := range all {
					t.Join()
				}
			}); err != nil {
				b.Fatal(err)
			}
		})
	}
}
