package machine

// This file defines what a machine does beside its threads: the events of a simulated machine's devices, such as the
// arrival of a packet, and what packages keep for a machine.

import (
	"math"
	"time"
)

// An event is what a device does at a time. Events of the same moment happen in the order in which they were planned.
type event struct {
	at  int64
	seq uint64
	fn  func(now time.Duration)
}

// At plans an event of a device of a simulated machine: fn is called at a virtual time, or now if that is past, on no
// thread. It must not block, and the only thing it may do with threads is to Rouse them; it may plan further events.
// Only the running thread of the machine, and such a function, may call At: t is that thread, or nil in the function.
// When the machine is stopped, planned calls are dropped. At panics on a real machine, whose devices are the
// computer's.
func (m *Machine) At(t *Thread, at time.Duration, fn func(now time.Duration)) {
	s := m.sim
	if s == nil {
		panic("machine: only a simulated machine has devices that can be told what to do")
	}
	s.seq++
	s.events.push(event{max(int64(at), s.time), s.seq, fn})
	if t != nil {
		s.limit(t)
	}
}

// Rouse wakes up to n threads that wait for w, from within an event: what Word.Wake is for threads. Change the value
// before.
func (m *Machine) Rouse(w *Word, n int) {
	s := m.sim
	for ; n > 0 && w.first != nil && w.sim.Load() == s; n-- {
		s.rouse(s.chooseWaiter(w, s.time), Woken, s.time, nil)
	}
}

// nextEvent returns when the next event of a device happens, never if there is none.
func (s *simulator) nextEvent() int64 {
	if len(s.events.list) == 0 {
		return never
	}
	if s.m.stop.Load() != nil {
		s.events.list = nil // from now on threads only end: nothing must arrive
		return never
	}
	return s.events.list[0].at
}

// happen runs the next event.
func (s *simulator) happen() {
	e := s.events.pop()
	s.setTime(e.at)
	e.fn(time.Duration(e.at))
}

// Await calls fn, a system call that blocks, until it returns true. It is for real machines: the caller has released
// the GIL and recorded what it waits for (Detach, Do). fn must return false when a signal interrupts the call, and not
// block for longer than PollLimit. Await panics if the thread must end; Kill interrupts the call. A nil Thread, a plain
// goroutine, waits too, but nothing can end that.
func (t *Thread) Await(fn func() (done bool)) {
	if t == nil {
		for !fn() {
		}
		return
	}
	t.die()
	t.real.calling.Store(true)
	defer t.real.calling.Store(false)
	for t.fate.Load() == nil && !fn() {
	}
	t.die()
}

// PollLimit is how long a call within Await may block at most: forever where a signal can interrupt it.
func PollLimit() time.Duration {
	if canInterrupt {
		return math.MaxInt64
	}
	return 50 * time.Millisecond
}

// State returns what is kept under a key for this machine, and makes it if there is nothing. May be called by any
// goroutine.
func (m *Machine) State(key any, makeIt func() any) any {
	m.kept.Lock()
	defer m.kept.Unlock()
	v, ok := m.states[key]
	if !ok {
		v = makeIt()
		if m.states == nil {
			m.states = map[any]any{}
		}
		m.states[key] = v
	}
	return v
}

// OnStop adds a function that Stop calls, on its caller's goroutine, after it has asked the threads to end: to close
// what the operating system keeps for them. If the machine was stopped before, it is called at once. May be called by
// any goroutine.
func (m *Machine) OnStop(fn func()) {
	m.mu.Lock()
	late := m.stop.Load() != nil
	if !late {
		m.ends = append(m.ends, fn)
	}
	m.mu.Unlock()
	if late {
		fn()
	}
}

// atStop calls the functions that OnStop has added.
func (m *Machine) atStop() {
	m.mu.Lock()
	ends := m.ends
	m.ends = nil
	m.mu.Unlock()
	for _, fn := range ends {
		fn()
	}
}

// Nudge makes a system call within Await return early, once: the caller has changed what the thread should look at. It
// may come too early to interrupt anything, so it must be repeated. Called by any goroutine; a nil Thread isn't nudged.
func (t *Thread) Nudge() {
	if t != nil && t.real.calling.Load() {
		interruptThread(t.real.tid.Load())
	}
}
