package threading

// This file defines conditions.

import (
	"sync"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// A Condition is threading.Condition: threads that hold its lock wait for each other's notifications, and are notified
// in the order in which they came. The zero Condition has an RLock of its own (Lib/threading.py).
type Condition struct {
	once    sync.Once // sets lock, if NewCondition hasn't
	lock    Locker
	label   label
	waiters waiters
	why     machine.Why // of waits, if it isn't the usual one
}

const conditionKind = "Condition"

// NewCondition returns a condition with a lock, which several can share; nil is an RLock of its own. The name is for
// timelines and reports.
func NewCondition(lock Locker, name ...string) *Condition {
	c := &Condition{}
	switch l := lock.(type) {
	case *Lock:
		if l != nil {
			c.lock = l
		}
	case *RLock:
		if l != nil {
			c.lock = l
		}
	}
	c.label.set(conditionKind, name)
	return c
}

func (c *Condition) locker() Locker {
	c.once.Do(func() {
		if c.lock == nil {
			c.lock = &RLock{of: c}
		}
	})
	return c.lock
}

// Acquire acquires the condition's lock: see Lock.Acquire.
func (c *Condition) Acquire(opts ...WaitOption) bool { return c.locker().Acquire(opts...) }

// Release unlocks the condition's lock. It panics as the lock's Release does.
func (c *Condition) Release() { c.locker().Release() }

// Locked reports whether the lock is held.
func (c *Condition) Locked() bool { return c.locker().Locked() }

// With calls fn while it holds the lock: "with condition: …".
func (c *Condition) With(fn func()) { c.locker().With(fn) }

// Wait releases the lock, however often it was acquired, until another thread notifies, and acquires it again. It
// reports whether it was notified: false is a time-out. What it waited for may no longer hold by then, so call Wait in
// a loop, or use WaitFor. It panics with a RuntimeError, "cannot wait on un-acquired lock", if the caller doesn't hold
// the lock.
func (c *Condition) Wait(opts ...WaitOption) bool {
	t := machine.Current()
	l := c.locker()
	python(t, turnsCondition)
	if !l.owned(t) {
		misuse(t, exceptions.Runtime("cannot wait on un-acquired lock"))
	}
	why := c.why
	if why.Kind == 0 {
		c.label.fix(t, conditionKind)
		why = machine.Why{Kind: timeline.WaitEvent, On: c}
	}
	return c.waiters.wait(t, waitTime("wait", opts), l, why)
}

// WaitFor waits until predicate is true, for at most the time-out, and returns its last result. predicate is called
// with the lock held.
func (c *Condition) WaitFor(predicate func() bool, opts ...WaitOption) bool {
	if predicate == nil {
		panic(exceptions.Type("'nil' object is not callable"))
	}
	t := machine.Current()
	d := waitTime("wait_for", opts)
	end := machine.Deadline(t, d)
	for first := true; ; first = false {
		if predicate() {
			return true
		}
		if d >= 0 && !first {
			if d = machine.Remaining(t, end); d == 0 {
				return false
			}
		}
		if d < 0 {
			c.Wait()
		} else {
			c.Wait(Timeout(d))
		}
	}
}

// Notify wakes up to n of the threads that wait, one if n is left out. They continue when they get the lock. It panics
// with a RuntimeError, "cannot notify on un-acquired lock", if the caller doesn't hold the lock.
func (c *Condition) Notify(n ...int) {
	k := 1
	if len(n) > 0 {
		k = n[0]
	}
	c.notify(k)
}

// NotifyAll wakes all threads that wait. It panics as Notify does.
func (c *Condition) NotifyAll() { c.notify(all) }

func (c *Condition) notify(n int) {
	t := machine.Current()
	python(t, turnsCondition)
	if !c.locker().owned(t) {
		misuse(t, exceptions.Runtime("cannot notify on un-acquired lock"))
	}
	c.waiters.notify(t, n, func(woken *machine.Thread) {
		if !t.Recording() {
			return
		}
		if c.why.On != nil {
			t.RecordOn(timeline.Wake, woken, c.why.On, t.ObjectName(c.why.On.Name()), 0)
			return
		}
		c.label.record(t, timeline.Wake, woken, c, conditionKind)
	})
}

// Name returns what the condition is called in timelines and reports: "Condition full", "Condition-1".
func (c *Condition) Name() string { return c.label.name(conditionKind) }

// Holders implements machine.Resource: it isn't known which thread will notify.
func (c *Condition) Holders() []machine.Holder { return nil }
