//go:build unix

package process_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
	"gilkernel/runtime/process/processtest"
)

// Many threads that run side by side acquire one semaphore, some of them with short time-outs. No wake-up is lost, and
// there are never more holders than the limit.
func TestSemaphoreLosesNoWakeUp(t *testing.T) {
	const threads, turns = 8, 3000
	for _, limit := range []uint32{1, 3} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			w := processtest.NewWorld(t, true, "3.13t", 1)
			err := w.Run(func(mt *machine.Thread) {
				m, err := w.System.NewSemaphore(mt, process.Counting, limit, limit, "Semaphore-1")
				if err != nil {
					t.Fatal(err)
				}
				var inside, most, done atomic.Int32
				var all []*machine.Thread
				for i := range threads {
					all = append(all, mt.Go(fmt.Sprint("T", i), func(th *machine.Thread) {
						for range turns {
							for i%2 == 0 && !m.Acquire(th, 20*time.Microsecond) || i%2 == 1 && !m.Acquire(th, -1) {
							}
							n := inside.Add(1)
							for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
							}
							inside.Add(-1)
							done.Add(1)
							if err := m.Release(th); err != nil {
								t.Error(err)
							}
						}
					}))
				}
				for _, th := range all {
					th.Join(mt, -1)
				}
				if done.Load() != threads*turns || most.Load() > int32(limit) || m.Value(mt) != limit ||
					m.Waiters() != 0 {
					t.Errorf("%d turns, at most %d holders, in the end the value is %d and %d wait", done.Load(),
						most.Load(), m.Value(mt), m.Waiters())
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// A process that is killed after it was woken leaves the others their wake-ups.
func TestKilledOnceWoken(t *testing.T) {
	w := processtest.NewWorld(t, true, "3.13", 1)
	err := w.Run(func(mt *machine.Thread) {
		a, b, _ := w.System.NewPipe(mt, false, "Pipe-1")
		m, err := w.System.NewSemaphore(mt, process.Counting, 1, 1, "Lock-1")
		if err != nil {
			t.Fatal(err)
		}
		p := spawn(t, mt, w.System, "hang", b.Handle())
		b.Close(mt)
		_, _, _ = a.Recv(mt, -1) // it is there
		m.Acquire(mt, -1)
		th := mt.Go("T", func(th *machine.Thread) { m.Acquire(th, -1) })
		for m.Waiters() == 0 {
			mt.Sleep(time.Millisecond)
		}
		m.Call()
		if err := p.Signal(9); err != nil {
			t.Fatal(err)
		}
		p.Wait(mt, -1)
		if err := m.Release(mt); err != nil {
			t.Error(err)
		}
		th.Join(mt, -1)
	})
	if err != nil {
		t.Fatal(err)
	}
}
