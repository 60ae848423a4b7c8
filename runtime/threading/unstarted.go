package threading

// This file defines which threads were made and not started: a host may remind its learner of them.

import (
	"slices"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// maxUnstarted is how many threads that were not started an interpreter keeps for Unstarted: the first ones. They
// stay in memory until then.
const maxUnstarted = 100

// Unstarted returns the threads that NewThread and NewTimer have made in an interpreter since the last call and that
// Start wasn't called for, in the order in which they were made, at most 100. It forgets them. It is for the
// interpreter's host, and safe for concurrent use.
func Unstarted(in *gil.Interpreter) []*Thread {
	m := moduleOf(in)
	m.mu.Lock()
	list := m.unstarted
	m.unstarted = nil
	m.mu.Unlock()
	return slices.DeleteFunc(list, func(th *Thread) bool { return th.begun.Load() || th.hasRun() })
}

// Running returns the threads of an interpreter that were started and haven't ended, without MainThread and the dummies
// of plain goroutines, in the order of their starts. It is for the interpreter's host, and safe for concurrent use.
func Running(in *gil.Interpreter) []*Thread {
	m := moduleOf(in)
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.threads), func(th *Thread) bool {
		mt := th.mt.Load()
		return th.kind != usual || mt == nil || mt.Ended()
	})
}

// hasRun reports whether Run has called the target.
func (th *Thread) hasRun() bool {
	th.mu.Lock()
	defer th.mu.Unlock()
	return th.ran
}

// Made returns where in the learner's code NewThread made the thread, the zero Site if that isn't known.
func (th *Thread) Made() machine.Site { return th.made }

// remember keeps a new thread for Unstarted.
func (m *module) remember(th *Thread) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.unstarted) >= maxUnstarted { // most of them have been started: a cell makes a few and starts them
		m.unstarted = slices.DeleteFunc(m.unstarted, func(th *Thread) bool { return th.begun.Load() })
	}
	if len(m.unstarted) < maxUnstarted {
		m.unstarted = append(m.unstarted, th)
	}
}
