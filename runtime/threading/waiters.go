package threading

// This file defines the queue of threads that wait for a notification: the core of Condition, and of all that CPython
// builds on it.

import (
	"sync"
	"time"

	"gilkernel/runtime/machine"
)

// waiters is Condition._waiters. CPython gives each waiter a lock of its own, which the waiter acquires twice and the
// notifying thread releases; a Word does the same.
type waiters struct {
	mu   sync.Mutex // protects list: a condition of a Lock doesn't know the lock's holder
	list []*sleeper
}

type sleeper struct {
	t *machine.Thread
	w machine.Word
}

// monitor is the lock that a waiter releases.
type monitor interface {
	letGo(t *machine.Thread) (state int)
	takeBack(t *machine.Thread, state int)
}

// inside is the lock inside a primitive.
type inside struct {
	g    *gate
	of   machine.Resource
	soft bool // an interrupt may end the wait for it: its holders may wait for anything
}

func (i inside) letGo(t *machine.Thread) int { i.g.exit(t); return 0 }

func (i inside) takeBack(t *machine.Thread, _ int) {
	if i.soft {
		i.g.enter(t, i.of)
		return
	}
	i.g.mustEnter(t, i.of)
}

// wait is Condition.wait without the check of the lock.
func (ws *waiters) wait(t *machine.Thread, d time.Duration, m monitor, why machine.Why) (notified bool) {
	s := &sleeper{t: t}
	ws.mu.Lock()
	ws.list = append(ws.list, s)
	ws.mu.Unlock()
	state := m.letGo(t)
	defer func() { // after a panic too
		m.takeBack(t, state)
		if !notified {
			ws.remove(s)
		}
	}()
	if d == 0 {
		return s.w.Load(t) != 0
	}
	return s.sleep(t, d, why)
}

func (s *sleeper) sleep(t *machine.Thread, d time.Duration, why machine.Why) bool {
	until := machine.Deadline(t, d)
	if s.w.Load(t) != 0 {
		return true
	}
	if d >= 0 && old(t) {
		return poll(t, until, func() bool { return s.w.Load(t) != 0 })
	}
	for range rulesOf(t).spins { // the waiter's lock is a PyMutex too
		t.Yield()
	}
	if s.w.Load(t) != 0 {
		return true
	}
	if t != nil {
		t.Detach()
		defer t.Resume()
	}
	for s.w.Load(t) == 0 {
		if t.Wait(&s.w, 0, machine.Remaining(t, until), why) == machine.TimedOut {
			return s.w.Load(t) != 0
		}
	}
	return true
}

func (ws *waiters) remove(s *sleeper) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for i, u := range ws.list {
		if u == s {
			ws.list = append(ws.list[:i], ws.list[i+1:]...)
			return
		}
	}
}

// notify wakes up to n waiters, the first first, and calls woken with each unless it is nil.
func (ws *waiters) notify(t *machine.Thread, n int, woken func(*machine.Thread)) {
	for ; n > 0; n-- {
		ws.mu.Lock()
		if len(ws.list) == 0 {
			ws.mu.Unlock()
			return
		}
		s := ws.list[0]
		ws.list[0] = nil
		ws.list = ws.list[1:]
		ws.mu.Unlock()
		if woken != nil {
			woken(s.t)
		}
		s.w.Store(t, 1)
		s.w.Wake(t, 1)
	}
}

// all is an n for notify.
const all = 1 << 30
