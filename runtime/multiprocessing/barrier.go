package multiprocessing

// This file defines barriers: threading.Barrier on shared memory.

import (
	"encoding/binary"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
	"gilkernel/runtime/threading"
)

// A Barrier is multiprocessing.Barrier: a fixed number of threads, of any processes, wait in it until all have arrived.
// It can be used again and again. NewBarrier makes one.
type Barrier struct {
	parties int
	action  func()
	timeout time.Duration
	cond    *Condition
	mem     *process.Memory // state and count, 4 bytes each; protected by cond
}

const (
	filling   int32 = 0
	draining  int32 = 1
	resetting int32 = -1
	broken    int32 = -2
)

// A BarrierOption is an optional argument of NewBarrier: an Action, or the Timeout of each Wait that has none of its
// own.
type BarrierOption interface{ barrier(*Barrier) }

// Action is called by one of the threads when all have arrived, before they are released. nil is none.
type Action func()

func (a Action) barrier(b *Barrier) { b.action = a }

func (o WaitOption) barrier(b *Barrier) { b.timeout = timeout("__init__", []WaitOption{o}) }

// NewBarrier returns a barrier for so many threads. It panics with a ValueError, "parties must be > 0", if there are
// none.
func NewBarrier(parties int, opts ...BarrierOption) *Barrier {
	t, m := here("NewBarrier")
	if parties < 1 {
		panic(exceptions.Value("parties must be > 0"))
	}
	mem, err := m.s.NewMemory(t, 8)
	if err != nil {
		panic(&exceptions.OSError{Message: err.Error()})
	}
	name := m.name("Barrier", nil)
	b := &Barrier{parties: parties, timeout: forever, cond: m.newCondition(t, m.newLock(t, name), name), mem: mem}
	for _, o := range opts {
		o.barrier(b)
	}
	return b
}

func (b *Barrier) check() {
	if b == nil || b.cond == nil {
		panic(exceptions.Type("a Barrier that processes share is made by NewBarrier: its zero value can't be used"))
	}
}

func (b *Barrier) state() int32 { return int32(binary.NativeEndian.Uint32(b.mem.Bytes())) }
func (b *Barrier) count() int   { return int(int32(binary.NativeEndian.Uint32(b.mem.Bytes()[4:]))) }

func (b *Barrier) setState(s int32) { binary.NativeEndian.PutUint32(b.mem.Bytes(), uint32(s)) }
func (b *Barrier) setCount(n int)   { binary.NativeEndian.PutUint32(b.mem.Bytes()[4:], uint32(int32(n))) }

// Wait blocks until all threads have arrived, and returns the caller's number, from 0 to parties-1 in the order of
// arrival. The error is a *threading.BrokenBarrierError: after a time-out of any thread, Abort or Reset. A panic of the
// action breaks the barrier and propagates in the thread that called it.
func (b *Barrier) Wait(opts ...WaitOption) (index int, err error) {
	b.check()
	d := timeout("wait", opts)
	if d < 0 {
		d = b.timeout
	}
	t := machine.Current()
	b.cond.With(func() {
		for b.state() == resetting || b.state() == draining {
			b.cond.Wait() // the former round drains
		}
		if b.state() < 0 {
			err = &threading.BrokenBarrierError{}
			return
		}
		index = b.count()
		b.setCount(index + 1)
		defer func() {
			b.setCount(b.count() - 1)
			if b.count() == 0 && (b.state() == resetting || b.state() == draining) {
				b.setState(filling)
				b.cond.notify(t, 1<<30)
			}
		}()
		if index+1 == b.parties {
			b.release(t)
			return
		}
		opts := []WaitOption(nil)
		if d >= 0 {
			opts = append(opts, Timeout(d))
		}
		if !b.cond.WaitFor(func() bool { return b.state() != filling }, opts...) {
			b.breakUp(t)
			err = &threading.BrokenBarrierError{}
		} else if b.state() < 0 {
			err = &threading.BrokenBarrierError{}
		}
	})
	if err != nil {
		index = 0
	}
	return index, err
}

// release wakes all.
func (b *Barrier) release(t *machine.Thread) {
	returned := false
	defer func() {
		if !returned {
			b.breakUp(t)
		}
	}()
	if b.action != nil {
		b.action()
	}
	b.setState(draining)
	b.cond.notify(t, 1<<30)
	returned = true
}

func (b *Barrier) breakUp(t *machine.Thread) {
	b.setState(broken)
	b.cond.notify(t, 1<<30)
}

// Reset empties the barrier: threads that wait get a BrokenBarrierError, and it can be used again.
func (b *Barrier) Reset() {
	b.check()
	b.cond.With(func() {
		if b.count() == 0 {
			b.setState(filling)
		} else if b.state() == filling || b.state() == broken {
			b.setState(resetting)
		}
		b.cond.notify(machine.Current(), 1<<30)
	})
}

// Abort breaks the barrier: threads that wait, and those that come later, get a BrokenBarrierError until Reset.
func (b *Barrier) Abort() {
	b.check()
	b.cond.With(func() { b.breakUp(machine.Current()) })
}

// Parties returns how many threads the barrier is for.
func (b *Barrier) Parties() int { b.check(); return b.parties }

// NWaiting returns how many threads wait in the barrier.
func (b *Barrier) NWaiting() (n int) {
	b.check()
	b.cond.With(func() {
		if b.state() == filling {
			n = b.count()
		}
	})
	return n
}

// Broken reports whether the barrier is broken.
func (b *Barrier) Broken() (is bool) {
	b.check()
	b.cond.With(func() { is = b.state() == broken })
	return is
}
