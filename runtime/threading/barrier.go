package threading

// This file defines barriers.

import (
	"sync/atomic"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// A Barrier is threading.Barrier: so many threads wait in it until all are there. It can be used again and again. There
// is no zero Barrier (Lib/threading.py).
type Barrier struct {
	parties int
	action  func()
	timeout time.Duration

	gate    gate // protects the fields below
	state   barrierState
	count   int
	waiters waiters
	label   label
	shown   atomic.Int32 // what String says: how many wait, -1 if it is broken
}

type barrierState int8

const (
	filling   barrierState = 0
	draining  barrierState = 1
	resetting barrierState = -1
	broken    barrierState = -2
)

const barrierKind = "Barrier"

// A BrokenBarrierError is what Wait returns if the barrier is broken or reset while the thread waits, or was broken
// before.
type BrokenBarrierError struct{}

// Error returns a text of our own: Python's has none.
func (*BrokenBarrierError) Error() string { return "the barrier is broken" }

// Exception returns "BrokenBarrierError".
func (*BrokenBarrierError) Exception() string { return "BrokenBarrierError" }

// A BarrierOption is an optional argument of NewBarrier: an Action, the Timeout of each Wait that has none of its own,
// and Name.
type BarrierOption interface{ barrier(*Barrier) }

// Action is called by one of the threads when all have arrived, before they continue. nil is none.
type Action func()

func (a Action) barrier(b *Barrier) { b.action = a }

func (o WaitOption) barrier(b *Barrier) {
	b.timeout = waitTime("__init__", []WaitOption{o})
}

func (o Option) barrier(b *Barrier) {
	if o.what != optName {
		panic(exceptions.Type("__init__() got an unexpected keyword argument '%s'", o.what))
	}
	b.label.set(barrierKind, []string{o.name})
}

// NewBarrier returns a barrier for so many threads. It panics with a ValueError, "parties must be > 0", if there are
// none (Python says so since 3.13; in older versions, such a barrier never opens).
func NewBarrier(parties int, opts ...BarrierOption) *Barrier {
	if parties < 1 {
		panic(exceptions.Value("parties must be > 0"))
	}
	b := &Barrier{parties: parties, timeout: forever}
	for _, o := range opts {
		o.barrier(b)
	}
	b.label.fix(machine.Current(), barrierKind)
	return b
}

// Wait waits until all threads have arrived, and returns the caller's number, from 0 to parties-1 in the order of their
// arrival. The error is a *BrokenBarrierError: a time-out of this or another thread, Abort or Reset. A panic of the
// action breaks the barrier and continues in the thread that called it.
func (b *Barrier) Wait(opts ...WaitOption) (int, error) {
	t := machine.Current()
	d := waitTime("wait", opts)
	if d < 0 {
		d = b.timeout
	}
	b.label.fix(t, barrierKind)
	python(t, turnsBarrier/2)
	b.gate.enter(t, b)
	defer b.gate.exit(t)
	python(t, turnsBarrier/2)
	for b.state == resetting || b.state == draining {
		b.sleep(t, forever) // the former round drains
	}
	if b.state == broken {
		return 0, &BrokenBarrierError{}
	}
	index := b.count
	b.count++
	b.show()
	defer func() {
		if b.gate.holder.Load() != t {
			return // interrupted twice
		}
		if b.count--; b.count == 0 && (b.state == resetting || b.state == draining) {
			b.state = filling
			b.wake(t)
		}
		b.show()
	}()
	if index+1 == b.parties {
		b.release(t)
		return index, nil
	}
	if !b.await(t, d) || b.state < 0 {
		return 0, &BrokenBarrierError{}
	}
	return index, nil
}

// release wakes all threads that wait.
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
	b.state = draining
	b.show()
	b.wake(t)
	returned = true
}

// await waits until the round is over; a time-out breaks the barrier.
func (b *Barrier) await(t *machine.Thread, d time.Duration) bool {
	end := machine.Deadline(t, d)
	for first := true; b.state == filling; first = false {
		if d >= 0 && !first && machine.Remaining(t, end) == 0 {
			b.breakUp(t)
			return false
		}
		b.sleep(t, machine.Remaining(t, end))
	}
	return true
}

func (b *Barrier) sleep(t *machine.Thread, d time.Duration) {
	b.waiters.wait(t, d, inside{g: &b.gate, of: b, soft: true}, machine.Why{Kind: timeline.WaitEvent, On: b})
}

func (b *Barrier) wake(t *machine.Thread) {
	b.waiters.notify(t, all, func(woken *machine.Thread) {
		if t.Recording() {
			b.label.record(t, timeline.Wake, woken, b, barrierKind)
		}
	})
}

func (b *Barrier) breakUp(t *machine.Thread) {
	b.state = broken
	b.show()
	b.wake(t)
}

// Reset empties the barrier: the threads that wait get a BrokenBarrierError, and it can be used again.
func (b *Barrier) Reset() {
	t := machine.Current()
	b.gate.enter(t, b)
	defer b.gate.exit(t)
	if b.count == 0 {
		b.state = filling
	} else if b.state == filling || b.state == broken {
		b.state = resetting
	}
	b.show()
	b.wake(t)
}

// Abort breaks the barrier: the threads that wait and those that come get a BrokenBarrierError, until Reset.
func (b *Barrier) Abort() {
	t := machine.Current()
	b.gate.enter(t, b)
	defer b.gate.exit(t)
	b.breakUp(t)
}

// Parties returns how many threads the barrier is for.
func (b *Barrier) Parties() int { return b.parties }

// NWaiting returns how many wait in it.
func (b *Barrier) NWaiting() int {
	t := machine.Current()
	b.gate.enter(t, b)
	defer b.gate.exit(t)
	if b.state != filling {
		return 0
	}
	return b.count
}

// Broken reports whether it is broken.
func (b *Barrier) Broken() bool {
	t := machine.Current()
	b.gate.enter(t, b)
	defer b.gate.exit(t)
	return b.state == broken
}

// Name returns what the barrier is called in timelines and reports: "Barrier round", "Barrier-1".
func (b *Barrier) Name() string { return b.label.name(barrierKind) }

// Holders implements machine.Resource: it isn't known which threads will still arrive.
func (b *Barrier) Holders() []machine.Holder { return nil }
