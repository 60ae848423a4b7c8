package machine

// This file defines how the host of a machine detects that threads of several interpreters wait for each other: the
// interpreters are processes, and the machine doesn't know what they share.

import "slices"

// AllWait reports whether an interpreter has threads that run a function, and all of them wait for another thread
// without an end, or seem to: Waits looks closer. Any goroutine may call it.
func (m *Machine) AllWait(in Interpreter) bool {
	g := m.groupOf(in)
	m.waits.Lock()
	defer m.waits.Unlock()
	return g.live > 0 && g.stuck >= g.live
}

// SetJudge makes the machine call judge when all threads of an interpreter wait without an end and one of these waits
// is Beyond: another interpreter of the machine may end it, and only the caller knows which. judge is called by the
// last of the threads before it blocks, or by any goroutine; it must not wait, and calls Sentence if no thread can end
// the waits. nil is none.
func (m *Machine) SetJudge(judge func(Interpreter)) { m.judge.Store(&judge) }

// Sentence ends threads that wait for each other, as the caller has determined: the first one panics with a Deadlock,
// the others with a Deadlocked. It does nothing, and returns false, if one of them doesn't wait without an end any
// more, or is ending already.
func (m *Machine) Sentence(threads []*Thread) bool {
	m.waits.Lock()
	if len(threads) == 0 || slices.ContainsFunc(threads, func(t *Thread) bool { return !t.isStuck() }) {
		m.waits.Unlock()
		return false
	}
	report(threads).sentence(threads)
	m.waits.Unlock()
	wakeAll(threads)
	return true
}

// beyond reports whether a thread of another process may end t's wait: its Why says so, or its Resource, which knows
// the processes that there are by now, has a method Outside.
func (t *Thread) beyond() bool {
	on, ok := t.waiting.why.On.(interface{ Outside() bool })
	return t.waiting.why.Beyond || ok && on.Outside()
}
