package asyncio

// This file defines the primitives by which tasks wait for each other: Lib/asyncio/locks.py.

import (
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
)

// An Event is a flag that tasks wait for. NewEvent makes one; the zero Event is ready and isn't set.
type Event struct {
	label   string
	id      gil.Identity
	set     bool
	waiters []*Future
}

// NewEvent returns an Event that isn't set. The name, if there is one, is for reports.
func NewEvent(name ...string) *Event { return &Event{label: labelOf("Event", name)} }

func labelOf(kind string, name []string) string {
	if len(name) > 0 && name[0] != "" {
		return kind + " " + name[0]
	}
	return kind + "-" + unnamed(kind)
}

// Name returns what it is called in reports: "Event go".
func (e *Event) Name() string {
	if e.label == "" {
		return "an Event"
	}
	return e.label
}

// IsSet reports whether it is set.
func (e *Event) IsSet() bool { return e.set }

// Set sets it and wakes all tasks that wait.
func (e *Event) Set() {
	if e.set {
		return
	}
	e.set = true
	for _, f := range e.waiters {
		f.settle()
	}
}

// Clear resets it.
func (e *Event) Clear() { e.set = false }

// Wait waits until it is set.
func (e *Event) Wait() bool {
	if e.set {
		return true
	}
	k := waiting("Event.Wait")
	f := k.l.newFuture(e, "")
	e.waiters = append(e.waiters, f)
	defer remove(&e.waiters, f)
	k.await(f)
	return true
}

// A Lock is a mutex for tasks: fair, first come first served. NewLock makes one; the zero Lock is ready and free.
// Within one loop it is needed only around code that waits.
type Lock struct {
	label   string
	id      gil.Identity
	locked  bool
	owner   *Task // for reports
	waiters []*Future
}

// NewLock returns a free Lock. The name, if there is one, is for reports.
func NewLock(name ...string) *Lock { return &Lock{label: labelOf("Lock", name)} }

// Name returns what it is called in reports: "Lock accounts".
func (m *Lock) Name() string {
	if m.label == "" {
		return "a Lock"
	}
	return m.label
}

func (m *Lock) holder() *Task { return m.owner }

// Locked reports whether a task holds the lock.
func (m *Lock) Locked() bool { return m.locked }

// Acquire waits until the lock is free and acquires it.
func (m *Lock) Acquire() bool {
	k := waiting("Lock.Acquire")
	if m.locked || m.someoneWaits() {
		m.wait(k)
	}
	m.locked, m.owner = true, k
	return true
}

func (m *Lock) someoneWaits() bool {
	for _, f := range m.waiters {
		if !f.Cancelled() {
			return true
		}
	}
	return false
}

func (m *Lock) wait(k *Task) {
	f := k.l.newFuture(m, "")
	m.waiters = append(m.waiters, f)
	ended := false
	defer func() {
		remove(&m.waiters, f)
		if !ended && !m.locked {
			m.wakeFirst()
		}
	}()
	k.await(f)
	ended = true
}

func (m *Lock) wakeFirst() {
	if len(m.waiters) > 0 {
		m.waiters[0].settle()
	}
}

// Release unlocks it and wakes the first task that waits. It panics with a RuntimeError, "Lock is not acquired.", if it
// is free.
func (m *Lock) Release() {
	if !m.locked {
		panic(exceptions.Runtime("Lock is not acquired."))
	}
	m.locked, m.owner = false, nil
	m.wakeFirst()
}

// With calls fn while the task holds the lock: "async with lock". The lock is released after a panic too.
func (m *Lock) With(fn func()) {
	m.Acquire()
	defer func() {
		if m.locked {
			m.Release()
		}
	}()
	fn()
}

// A Semaphore admits a number of tasks. NewSemaphore makes one.
type Semaphore struct {
	label   string
	id      gil.Identity
	value   int
	waiters []*Future
}

// NewSemaphore returns a Semaphore for value tasks, 1 if it isn't given. It panics with a ValueError, "Semaphore
// initial value must be >= 0", if it is negative.
func NewSemaphore(value ...int) *Semaphore {
	return &Semaphore{label: labelOf("Semaphore", nil), value: initial(value)}
}

// initial returns a semaphore's initial value.
func initial(value []int) int {
	switch {
	case len(value) == 0:
		return 1
	case value[0] < 0:
		panic(exceptions.Value("Semaphore initial value must be >= 0"))
	}
	return value[0]
}

// Name returns what it is called in reports: "Semaphore-1".
func (s *Semaphore) Name() string { return s.label }

// Locked reports whether Acquire would wait.
func (s *Semaphore) Locked() bool {
	if s.value == 0 {
		return true
	}
	for _, f := range s.waiters {
		if !f.Cancelled() {
			return true
		}
	}
	return false
}

// Acquire waits until the Semaphore isn't 0, and counts down.
func (s *Semaphore) Acquire() bool {
	if !s.Locked() {
		s.value--
		return true
	}
	k := waiting("Semaphore.Acquire")
	f := k.l.newFuture(s, "")
	s.waiters = append(s.waiters, f)
	ended := false
	func() {
		defer func() {
			remove(&s.waiters, f)
			if !ended && f.Done() && !f.Cancelled() {
				s.value++ // it was woken, but can't take the call
			}
			if !ended {
				s.wakeNext()
			}
		}()
		k.await(f)
		ended = true
	}()
	if s.value > 0 {
		s.wakeNext()
	}
	return true
}

// wakeNext gives one unit to the first task that waits.
func (s *Semaphore) wakeNext() {
	for _, f := range s.waiters {
		if s.value > 0 && !f.Done() {
			s.value--
			f.SetResult(nil)
			return
		}
	}
}

// Release counts up, and admits the first task that waits.
func (s *Semaphore) Release() {
	s.value++
	s.wakeNext()
}

// With calls fn within the Semaphore: "async with semaphore". It is released after a panic too.
func (s *Semaphore) With(fn func()) {
	s.Acquire()
	defer s.Release()
	fn()
}
