package asyncio

// This file defines conditions and bounded semaphores: Lib/asyncio/locks.py.

import (
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
)

// A Condition is asyncio.Condition: tasks that hold its lock wait for each other's notifications. NewCondition makes
// one.
type Condition struct {
	label   string
	id      gil.Identity
	lock    *Lock
	waiters []*Future
}

// NewCondition returns a condition with a lock, which several can share; nil is a lock of its own. The name, if there
// is one, is for reports.
func NewCondition(lock *Lock, name ...string) *Condition {
	c := &Condition{label: labelOf("Condition", name), lock: lock}
	if lock == nil {
		c.lock = &Lock{label: "the lock of " + c.label}
	}
	return c
}

// Name returns what it is called in reports: "Condition-1".
func (c *Condition) Name() string { return c.label }

// Acquire waits until the lock is free and acquires it.
func (c *Condition) Acquire() bool { return c.lock.Acquire() }

// Release releases the lock. It panics as Lock.Release does.
func (c *Condition) Release() { c.lock.Release() }

// Locked reports whether a task holds the lock.
func (c *Condition) Locked() bool { return c.lock.Locked() }

// With calls fn while the task holds the lock: "async with condition".
func (c *Condition) With(fn func()) { c.lock.With(fn) }

// Wait releases the lock until another task notifies, and acquires it again, also when it is cancelled meanwhile. It
// panics with a RuntimeError, "cannot wait on un-acquired lock", if no task holds the lock.
func (c *Condition) Wait() bool {
	if !c.lock.locked {
		panic(exceptions.Runtime("cannot wait on un-acquired lock"))
	}
	k := waiting("Condition.Wait")
	f := k.l.newFuture(c, "")
	c.lock.Release()
	ended := false
	defer func() {
		if k.l.over {
			return
		}
		remove(&c.waiters, f)
		if !ended && f.Done() && !f.Cancelled() {
			c.notify(1) // it was notified and can't act on it
		}
		c.takeBack()
	}()
	c.waiters = append(c.waiters, f)
	k.await(f)
	ended = true
	return true
}

// takeBack acquires the lock even if the task is cancelled meanwhile; the cancellation takes effect afterwards.
func (c *Condition) takeBack() {
	cancelled := false
	for !c.tryTake() {
		cancelled = true
	}
	if cancelled {
		panic(&CancelledError{})
	}
}

// tryTake acquires the lock, and reports whether it wasn't cancelled.
func (c *Condition) tryTake() (taken bool) {
	defer func() {
		if taken {
			return
		}
		v := recover()
		if e, _ := v.(error); v != nil && !isCancelled(e) {
			panic(v)
		}
	}()
	c.lock.Acquire()
	return true
}

// WaitFor waits until predicate returns true. predicate is called with the lock held.
func (c *Condition) WaitFor(predicate func() bool) bool {
	if predicate == nil {
		panic(exceptions.Type("'nil' object is not callable"))
	}
	for !predicate() {
		c.Wait()
	}
	return true
}

// Notify wakes up to n of the tasks that wait, one if n is left out. It panics with a RuntimeError, "cannot notify on
// un-acquired lock", if no task holds the lock.
func (c *Condition) Notify(n ...int) {
	if !c.lock.locked {
		panic(exceptions.Runtime("cannot notify on un-acquired lock"))
	}
	k := 1
	if len(n) > 0 {
		k = n[0]
	}
	c.notify(k)
}

func (c *Condition) notify(n int) {
	for _, f := range c.waiters {
		if n <= 0 {
			return
		}
		if !f.Done() {
			n--
			f.settle()
		}
	}
}

// NotifyAll wakes all tasks that wait. It panics as Notify does.
func (c *Condition) NotifyAll() { c.Notify(len(c.waiters)) }

// A BoundedSemaphore is asyncio.BoundedSemaphore: a Semaphore whose counter never exceeds its initial value.
// NewBoundedSemaphore makes one.
type BoundedSemaphore struct {
	Semaphore
	bound int
}

// NewBoundedSemaphore returns a semaphore for value tasks, 1 if it isn't given. It panics as NewSemaphore does.
func NewBoundedSemaphore(value ...int) *BoundedSemaphore {
	b := &BoundedSemaphore{Semaphore: Semaphore{label: labelOf("BoundedSemaphore", nil), value: initial(value)}}
	b.bound = b.value
	return b
}

// Release is Semaphore.Release. It panics with a ValueError, "BoundedSemaphore released too many times", if the counter
// would exceed its initial value.
func (b *BoundedSemaphore) Release() {
	if b.value >= b.bound {
		panic(exceptions.Value("BoundedSemaphore released too many times"))
	}
	b.Semaphore.Release()
}

// With calls fn within the semaphore: "async with semaphore". It is released after a panic too.
func (b *BoundedSemaphore) With(fn func()) {
	b.Acquire()
	defer b.Release()
	fn()
}
