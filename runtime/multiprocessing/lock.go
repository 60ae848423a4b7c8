package multiprocessing

// This file defines locks and semaphores: multiprocessing/synchronize.py.

import (
	"fmt"
	"math"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
)

// semLock is what all of them are: synchronize.SemLock.
type semLock struct {
	s   *process.System
	sem *process.Semaphore
}

// semMax is SEM_VALUE_MAX.
const semMax = math.MaxInt32

func (m *module) semLock(t *machine.Thread, k process.Kind, value, limit uint32, name string) semLock {
	sem, err := m.s.NewSemaphore(t, k, value, limit, name)
	if err != nil {
		panic(&exceptions.OSError{Message: err.Error()})
	}
	return semLock{m.s, sem}
}

func (l *semLock) check() *process.Semaphore {
	if l.sem == nil {
		panic(exceptions.Type("a lock that processes share is made by NewLock, NewRLock, NewSemaphore or " +
			"NewBoundedSemaphore: its zero value can't be used"))
	}
	return l.sem
}

func (l *semLock) acquire(opts []WaitOption) bool {
	return l.check().Acquire(machine.Current(), patience(opts))
}

func (l *semLock) release() {
	if err := l.check().Release(machine.Current()); err != nil {
		panic(err)
	}
}

// with calls fn between the two.
func (l *semLock) with(fn func()) {
	l.acquire(nil)
	defer l.release()
	fn()
}

// owner returns the holder of a lock, in the words of repr.
func (l *semLock) owner() string {
	who, own, ok := l.check().HolderName()
	switch {
	case !ok && l.sem.Value(nil) > 0:
		return "None"
	case !ok:
		return "SomeOtherProcess"
	case own && l.sem.Mine(machine.Current()), own && l.sem.Count() == 0:
		return who
	case own:
		return "SomeOtherThread"
	}
	return "SomeOtherProcess"
}

// A Lock is multiprocessing.Lock: any thread of any process may release it. It differs from threading's: which of the
// waiting threads acquires it next isn't determined. NewLock makes one; it is sent to other processes in the arguments
// of NewProcess.
type Lock struct{ semLock }

// NewLock returns a lock. The name is for timelines and reports.
func NewLock(name ...string) *Lock {
	t, m := here("NewLock")
	return m.newLock(t, m.name("Lock", name))
}

func (m *module) newLock(t *machine.Thread, name string) *Lock {
	return &Lock{m.semLock(t, process.Counting, 1, 1, name)}
}

// newHeldLock returns a lock that only its holder releases.
func (m *module) newHeldLock(t *machine.Thread, name string) *Lock {
	return &Lock{m.semLock(t, process.Held, 1, 1, name)}
}

// Acquire blocks until the lock is free, acquires it, and reports whether it did: with Block(false) it doesn't block,
// with Timeout(d) for at most d.
func (l *Lock) Acquire(opts ...WaitOption) bool { return l.acquire(opts) }

// Release releases the lock. It panics with a ValueError if the lock is free, "semaphore or lock released too many
// times".
func (l *Lock) Release() { l.release() }

// With calls fn with the lock: "with lock: …". It is released after a panic too.
func (l *Lock) With(fn func()) { l.with(fn) }

// Locked reports whether any thread holds the lock.
func (l *Lock) Locked() bool { return l.check().Value(machine.Current()) == 0 }

// String returns what repr shows: "<Lock(owner=MainProcess)>".
func (l *Lock) String() string { return fmt.Sprintf("<Lock(owner=%s)>", l.owner()) }

// An RLock is multiprocessing.RLock: the thread that holds it can acquire it again, and must release it as often.
type RLock struct{ semLock }

// NewRLock returns a lock that its holder can acquire again. The name is for timelines and reports.
func NewRLock(name ...string) *RLock {
	t, m := here("NewRLock")
	return m.newRLock(t, m.name("RLock", name))
}

func (m *module) newRLock(t *machine.Thread, name string) *RLock {
	return &RLock{m.semLock(t, process.Recursive, 1, 1, name)}
}

// Acquire is Lock.Acquire.
func (l *RLock) Acquire(opts ...WaitOption) bool { return l.acquire(opts) }

// Release is Lock.Release. It panics with an AssertionError if the calling thread doesn't have the lock, "attempt to
// release recursive lock not owned by thread".
func (l *RLock) Release() { l.release() }

// With calls fn with the lock: "with lock: …". It is released after a panic too.
func (l *RLock) With(fn func()) { l.with(fn) }

// Locked reports whether any thread has the lock.
func (l *RLock) Locked() bool { return l.check().Value(machine.Current()) == 0 }

// String returns what repr shows: "<RLock(MainProcess, 1)>".
func (l *RLock) String() string {
	count := any("nonzero")
	if l.check().Mine(machine.Current()) {
		count = l.sem.Count()
	} else if l.sem.Value(nil) > 0 {
		count = 0
	}
	return fmt.Sprintf("<RLock(%s, %v)>", l.owner(), count)
}

// A Semaphore is multiprocessing.Semaphore: a counter. Acquire waits until it is more than 0.
type Semaphore struct{ semLock }

// NewSemaphore returns a semaphore whose counter is value. The name is for timelines and reports. It panics with a
// ValueError if value is negative or more than 2147483647.
func NewSemaphore(value int, name ...string) *Semaphore {
	t, m := here("NewSemaphore")
	return m.newSemaphore(t, value, m.name("Semaphore", name))
}

func (m *module) newSemaphore(t *machine.Thread, value int, name string) *Semaphore {
	checkValue(value)
	return &Semaphore{m.semLock(t, process.Counting, uint32(value), semMax, name)}
}

func checkValue(value int) {
	if value < 0 || value > semMax {
		panic(exceptions.Value("semaphore initial value must be between 0 and %d, not %d", semMax, value))
	}
}

// Acquire blocks until the counter is more than 0, subtracts 1, and reports whether it did: with Block(false) it
// doesn't block, with Timeout(d) for at most d.
func (s *Semaphore) Acquire(opts ...WaitOption) bool { return s.acquire(opts) }

// Release adds 1 to the counter and wakes one waiting thread.
func (s *Semaphore) Release() { s.release() }

// With calls fn between Acquire and Release: "with semaphore: …".
func (s *Semaphore) With(fn func()) { s.with(fn) }

// GetValue returns the counter: get_value().
func (s *Semaphore) GetValue() int { return int(s.check().Value(machine.Current())) }

// String returns what repr shows: "<Semaphore(value=2)>".
func (s *Semaphore) String() string { return fmt.Sprintf("<Semaphore(value=%d)>", s.GetValue()) }

// zero reports whether the counter is 0: SemLock._is_zero.
func (s *Semaphore) zero(t *machine.Thread) bool { return s.sem.Value(t) == 0 }

// A BoundedSemaphore is multiprocessing.BoundedSemaphore: a Semaphore whose counter never exceeds its first value.
type BoundedSemaphore struct {
	semLock
	limit int
}

// NewBoundedSemaphore returns a semaphore whose counter is value. It panics as NewSemaphore does.
func NewBoundedSemaphore(value int, name ...string) *BoundedSemaphore {
	t, m := here("NewBoundedSemaphore")
	return m.newBounded(t, value, m.name("BoundedSemaphore", name))
}

func (m *module) newBounded(t *machine.Thread, value int, name string) *BoundedSemaphore {
	checkValue(value)
	return &BoundedSemaphore{m.semLock(t, process.Counting, uint32(value), uint32(value), name), value}
}

// Acquire is Semaphore.Acquire.
func (s *BoundedSemaphore) Acquire(opts ...WaitOption) bool { return s.acquire(opts) }

// Release is Semaphore.Release; it panics with a ValueError, "semaphore or lock released too many times", if the
// counter would exceed its first value.
func (s *BoundedSemaphore) Release() { s.release() }

// With calls fn between Acquire and Release: "with semaphore: …".
func (s *BoundedSemaphore) With(fn func()) { s.with(fn) }

// GetValue returns the counter: get_value().
func (s *BoundedSemaphore) GetValue() int { return int(s.check().Value(machine.Current())) }

// String returns what repr shows: "<BoundedSemaphore(value=1, maxvalue=1)>".
func (s *BoundedSemaphore) String() string {
	return fmt.Sprintf("<BoundedSemaphore(value=%d, maxvalue=%d)>", s.GetValue(), s.limit)
}
