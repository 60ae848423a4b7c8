package threading_test

// This file hammers each primitive with threads of both machines and with plain goroutines: for the race detector,
// and for lost wake-ups, which would hang.

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

// hammer runs fn in several threads, on the real machine also in plain goroutines, which come first.
func hammer(t *testing.T, w *world, rounds int, fn func(i int)) {
	t.Helper()
	const threads = 4
	var plain sync.WaitGroup
	if !w.m.Simulated() {
		w.m.AddOutsiders(w.in, 2)
		for g := range 2 {
			plain.Go(func() {
				for i := range rounds {
					fn(g + i)
				}
			})
		}
	}
	err := w.run(func() {
		var all []*threading.Thread
		for range threads {
			th := threading.NewThread(func(k int) {
				for i := range rounds {
					fn(k + i)
					gil.Check()
				}
			}, threading.Args(len(all)))
			th.Start()
			all = append(all, th)
		}
		for _, th := range all {
			th.Join()
			if err := th.Exception(); err != nil {
				t.Error(err, th.Stack())
			}
		}
	})
	if err != nil {
		t.Error(err)
	}
	plain.Wait()
}

// soon is a time-out that is sometimes too short.
func soon(i int) threading.WaitOption {
	return threading.Timeout(time.Duration(i%7) * 5 * time.Microsecond)
}

// region checks that no other thread is inside.
type region struct {
	in atomic.Int32
	n  int // without protection: for the race detector
}

func (r *region) enter(t *testing.T) {
	if r.in.Add(1) != 1 {
		t.Error("two have the lock")
	}
	r.n++
	r.in.Add(-1)
}

func TestHammerLock(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		l := threading.NewLock()
		var r region
		hammer(t, w, 200, func(i int) {
			switch i % 3 {
			case 0:
				l.With(func() { r.enter(t) })
			case 1:
				if l.Acquire(soon(i)) {
					r.enter(t)
					l.Release()
				}
			default:
				if l.Acquire(threading.Blocking(false)) {
					r.enter(t)
					l.Release()
				}
			}
		})
		if l.Locked() {
			t.Error("locked at the end")
		}
	})
}

func TestHammerRLock(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		l := threading.NewRLock()
		var r region
		hammer(t, w, 200, func(i int) {
			l.With(func() {
				if l.Acquire(soon(i)) {
					r.enter(t)
					l.Release()
				}
			})
			if l.Acquire(soon(i)) {
				r.enter(t)
				l.Release()
			}
		})
		if l.Locked() {
			t.Error("locked at the end")
		}
	})
}

func TestHammerCondition(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		var plain threading.Lock
		for _, c := range []*threading.Condition{threading.NewCondition(nil), threading.NewCondition(&plain)} {
			turn, n := 0, 0
			hammer(t, w, 100, func(i int) {
				c.With(func() {
					turn++
					n++
					c.Notify(i % 3)
					if i%5 == 0 {
						c.NotifyAll()
					}
					mine := turn
					c.WaitFor(func() bool { return turn != mine }, soon(i))
				})
			})
			if n%100 != 0 || n == 0 {
				t.Error(n)
			}
		}
	})
}

func TestHammerSemaphore(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		s, b := threading.NewSemaphore(2), threading.NewBoundedSemaphore(2)
		var in atomic.Int32
		enter := func() {
			if n := in.Add(1); n > 2 {
				t.Error(n, "of 2 are in")
			}
			in.Add(-1)
		}
		hammer(t, w, 100, func(i int) {
			s.With(enter)
			if s.Acquire(soon(i)) {
				enter()
				s.Release()
			}
			b.With(func() {})
			if b.Acquire(soon(i)) {
				b.Release()
			}
		})
		for range 2 {
			if !s.Acquire(threading.Blocking(false)) || !b.Acquire(threading.Blocking(false)) {
				t.Error("a permit was lost")
			}
		}
		if s.Acquire(threading.Blocking(false)) {
			t.Error("a permit too many")
		}
	})
}

func TestHammerEvent(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		e := threading.NewEvent()
		hammer(t, w, 100, func(i int) {
			switch i % 4 {
			case 0:
				e.Set()
			case 1:
				e.Clear()
			case 2:
				e.Wait(soon(i))
			default:
				e.IsSet()
			}
		})
	})
}

func TestHammerBarrier(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		parties := 4
		if !w.m.Simulated() {
			parties = 6
		}
		rounds := 0
		b := threading.NewBarrier(parties, threading.Action(func() { rounds++ }))
		hammer(t, w, 50, func(int) {
			if _, err := b.Wait(); err != nil {
				t.Error(err)
			}
		})
		if rounds != 50 || b.NWaiting() != 0 {
			t.Error(rounds, b.NWaiting())
		}
		var broken, passed atomic.Int32
		hammer(t, w, 50, func(i int) {
			if i%10 == 9 {
				b.Abort()
				b.Reset()
			}
			if _, err := b.Wait(soon(i)); err != nil {
				broken.Add(1)
				b.Reset()
			} else {
				passed.Add(1)
			}
		})
		if int(broken.Load()+passed.Load()) != 50*parties {
			t.Error(broken.Load(), passed.Load())
		}
	})
}

func TestHammerThreads(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		d := threading.NewLocal()
		err := w.run(func() {
			var all []*threading.Thread
			for i := range 10 {
				th := threading.NewThread(func() {
					d.Set("x", i)
					c := threading.NewThread(func() { _, ok := d.Lookup("x"); threading.ActiveCount(); _ = ok })
					c.Start()
					timer := threading.NewTimer(time.Microsecond, func() {})
					timer.Start()
					threading.StartNewThread(func() { threading.CurrentThread() })
					c.SetName("renamed")
					for _, u := range threading.Enumerate() {
						_ = u.Name() + u.String()
					}
					c.Join()
					timer.Cancel()
					timer.Join()
					if d.Get("x") != i {
						t.Error("another thread's attribute")
					}
				})
				th.Start()
				all = append(all, th)
			}
			for _, th := range all {
				th.Join()
				if err := th.Exception(); err != nil {
					t.Error(err, th.Stack())
				}
			}
		})
		if err != nil {
			t.Error(err)
		}
		if err := threading.Shutdown(w.in); err != nil {
			t.Error(err)
		}
		if n := len(w.stderr.String()); n > 0 {
			t.Error(w.stderr.String())
		}
	})
}

// Interrupts come at any time: no thread may wait forever for what an interrupted one held.
func TestHammerKill(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		l, r, c, s := threading.NewLock(), threading.NewRLock(), threading.NewCondition(nil), threading.NewSemaphore(1)
		err := w.run(func() {
			var workers []*threading.Thread
			var current [4]atomic.Pointer[machine.Thread]
			var done atomic.Int32
			for k := range current {
				th := threading.NewThread(func() {
					current[k].Store(machine.Current())
					for i := range 60 {
						raised(func() {
							l.With(func() { gil.Check() })
							r.With(func() { r.With(func() { gil.Check() }) })
							c.With(func() { c.Notify(); c.Wait(soon(i)) })
							s.With(func() { gil.Check() })
						})
					}
					done.Add(1)
				})
				th.Start()
				workers = append(workers, th)
			}
			for i := 0; done.Load() < 4 && i < 400; i++ {
				if u := current[i%4].Load(); u != nil && !u.Ended() {
					u.Kill(&exitNow{})
				}
				l.With(func() {})
				r.With(func() {})
				gil.Checks(200)
			}
			for _, th := range workers {
				th.Join()
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if l.Locked() || r.Locked() || c.Locked() || !s.Acquire(threading.Blocking(false)) {
			t.Error("something stayed locked", l.Locked(), r.Locked(), c.Locked())
		}
	})
}

type exitNow struct{}

func (*exitNow) Error() string { return "interrupted" }
