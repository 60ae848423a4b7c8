package multiprocessing

// This file defines conditions and events: multiprocessing/synchronize.py.

import (
	"fmt"
	"math"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
)

// A Locker is what a Condition can have: a *Lock or an *RLock.
type Locker interface {
	Acquire(opts ...WaitOption) bool
	Release()
	With(fn func())
	lock() *semLock
}

func (l *Lock) lock() *semLock  { return &l.semLock }
func (l *RLock) lock() *semLock { return &l.semLock }

// A Condition is multiprocessing.Condition: threads of all processes that have its lock wait for each other's
// notifications. NewCondition makes one.
type Condition struct {
	held Locker
	// how many wait, how many of them have been woken since, and what they wait on
	sleeping, woken, waitingRoom *Semaphore
	name                         string
}

// NewCondition returns a condition with a lock, which several can share; nil is an RLock of its own. The name is for
// timelines and reports.
func NewCondition(lock Locker, name ...string) *Condition {
	t, m := here("NewCondition")
	return m.newCondition(t, lock, m.name("Condition", name))
}

func (m *module) newCondition(t *machine.Thread, lock Locker, name string) *Condition {
	switch l := lock.(type) {
	case *Lock:
		if l == nil {
			lock = nil
		}
	case *RLock:
		if l == nil {
			lock = nil
		}
	}
	if lock == nil {
		lock = m.newRLock(t, name)
	}
	return &Condition{lock, m.newSemaphore(t, 0, name), m.newSemaphore(t, 0, name), m.newSemaphore(t, 0, name), name}
}

func (c *Condition) check() {
	if c == nil || c.held == nil {
		panic(exceptions.Type("a Condition that processes share is made by NewCondition: its zero value can't be used"))
	}
}

// Acquire takes the condition's lock: see Lock.Acquire.
func (c *Condition) Acquire(opts ...WaitOption) bool { c.check(); return c.held.Acquire(opts...) }

// Release releases the condition's lock. It panics as the lock's Release does.
func (c *Condition) Release() { c.check(); c.held.Release() }

// With calls fn with the lock: "with condition: …".
func (c *Condition) With(fn func()) { c.check(); c.held.With(fn) }

// Wait releases the lock, however often it was acquired, until another thread notifies, and acquires it again. It
// reports whether it was notified: false is a time-out. What was notified may be over by then, so it stands in a loop,
// or is WaitFor. It panics with an AssertionError, "must acquire() condition before using wait()", if the caller
// doesn't have the lock.
func (c *Condition) Wait(opts ...WaitOption) bool {
	c.check()
	t := machine.Current()
	d := timeout("wait", opts)
	l := c.held.lock()
	assert(l.sem.Mine(t), "must acquire() condition before using wait()")
	c.sleeping.release()
	count := l.sem.Count()
	for range count {
		l.release()
	}
	defer func() {
		c.woken.release()
		for range count {
			l.acquire(nil)
		}
	}()
	return c.waitingRoom.sem.Acquire(t, d)
}

// WaitFor waits until predicate is true, for at most the time-out, and returns its last result. The caller must hold
// the lock.
func (c *Condition) WaitFor(predicate func() bool, opts ...WaitOption) bool {
	if predicate == nil {
		panic(exceptions.Type("'nil' object is not callable"))
	}
	t := machine.Current()
	end := machine.Deadline(t, timeout("wait_for", opts))
	for !predicate() {
		rest := machine.Remaining(t, end)
		switch {
		case rest == 0:
			return false
		case rest < 0:
			c.Wait()
		default:
			c.Wait(Timeout(rest))
		}
	}
	return true
}

// Notify wakes up to n threads that wait, one if n is left out; they return when they have acquired the lock. It panics
// with an AssertionError, "lock is not owned", if the caller doesn't have the lock.
func (c *Condition) Notify(n ...int) {
	k := 1
	if len(n) > 0 {
		k = n[0]
	}
	c.notify(machine.Current(), k)
}

// NotifyAll wakes all threads that wait. It panics as Notify does.
func (c *Condition) NotifyAll() { c.notify(machine.Current(), math.MaxInt) }

func (c *Condition) notify(t *machine.Thread, n int) {
	c.check()
	assert(c.held.lock().sem.Mine(t), "lock is not owned")
	assert(!c.waitingRoom.sem.Acquire(t, 0), "notify: Should not have been able to acquire _wait_semaphore")
	// Those whose time was up since the last notification don't sleep any more.
	for c.woken.sem.Acquire(t, 0) {
		assert(c.sleeping.sem.Acquire(t, 0), "notify: Bug in sleeping_count.acquire. res should not be False")
	}
	sleepers := 0
	for sleepers < n && c.sleeping.sem.Acquire(t, 0) {
		c.waitingRoom.release() // wake up one sleeper
		sleepers++
	}
	for range sleepers { // and wait for each
		c.woken.sem.Acquire(t, forever)
	}
	if sleepers > 0 {
		for c.waitingRoom.sem.Acquire(t, 0) { // some timed out just then
		}
	}
}

// String returns what repr shows: "<Condition(<RLock(None, 0)>, 0)>".
func (c *Condition) String() string {
	c.check()
	return fmt.Sprintf("<Condition(%v, %d)>", c.held, c.sleeping.GetValue()-c.woken.GetValue())
}

// An Event is multiprocessing.Event: a flag that threads of all processes wait for. NewEvent makes one.
type Event struct {
	cond *Condition
	flag *Semaphore
}

// NewEvent returns an event that isn't set. The name is for timelines and reports.
func NewEvent(name ...string) *Event {
	t, m := here("NewEvent")
	return m.newEvent(t, m.name("Event", name))
}

func (m *module) newEvent(t *machine.Thread, name string) *Event {
	return &Event{m.newCondition(t, m.newLock(t, name), name), m.newSemaphore(t, 0, name)}
}

func (e *Event) check() *Condition {
	if e == nil || e.cond == nil {
		panic(exceptions.Type("an Event that processes share is made by NewEvent: its zero value can't be used"))
	}
	return e.cond
}

// look reports whether the flag is set. The caller must hold the lock.
func (e *Event) look(t *machine.Thread) bool {
	if !e.flag.sem.Acquire(t, 0) {
		return false
	}
	e.flag.release()
	return true
}

// IsSet reports whether the event is set.
func (e *Event) IsSet() (set bool) {
	e.check().With(func() { set = e.look(machine.Current()) })
	return set
}

// Set sets the event and wakes all threads that wait.
func (e *Event) Set() {
	e.check().With(func() {
		t := machine.Current()
		e.flag.sem.Acquire(t, 0)
		e.flag.release()
		e.cond.notify(t, math.MaxInt)
	})
}

// Clear makes the event not set.
func (e *Event) Clear() {
	e.check().With(func() { e.flag.sem.Acquire(machine.Current(), 0) })
}

// Wait waits until the event is set, for at most a Timeout, and reports whether it is.
func (e *Event) Wait(opts ...WaitOption) (set bool) {
	d := timeout("wait", opts)
	e.check().With(func() {
		t := machine.Current()
		if set = e.look(t); set {
			return
		}
		if d < 0 {
			e.cond.Wait()
		} else {
			e.cond.Wait(Timeout(d))
		}
		set = e.look(t)
	})
	return set
}

// String returns what repr shows: "<Event is unset>".
func (e *Event) String() string {
	if e.IsSet() {
		return "<Event is set>"
	}
	return "<Event is unset>"
}
