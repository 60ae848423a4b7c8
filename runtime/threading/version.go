package threading

// This file defines what depends on the version of Python, beside the words of errors.

import (
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// rules are those of a lock.
type rules struct {
	fair bool // PyMutex
	// none where time stands still: a thread that must wait leaves the choice of the next one to the explorer
	spins int
}

func rulesOf(t *machine.Thread) rules {
	in := gil.Of(t)
	if in == nil {
		return rules{}
	}
	p := in.Profile()
	if t.Machine().Explored() {
		return rules{fair: p.FairLocks}
	}
	return rules{p.FairLocks, p.LockSpins}
}

// old reports whether locks have no time-outs yet and RLock is Python code: before 3.2.
func old(t *machine.Thread) bool {
	in := gil.Of(t)
	return in != nil && in.Profile().Kind == gil.Legacy
}

// How much Python code the methods of Lib/threading.py are, in turns of the loop that a profile's Check is the time
// of: what was measured for Semaphore, of 0.3 to 0.9 µs a call, is 11 to 45 turns, and the others' bytecodes are in
// proportion. Within it a thread can lose the GIL, with the lock of the primitive in hand.
const (
	turnsSemaphore = 22
	turnsEvent     = 16
	turnsCondition = 12
	turnsBarrier   = 30
	turnsRLock     = 18 // before 3.2
)

// python spends the time of so many turns of Python code.
func python(t *machine.Thread, turns int) {
	if t != nil && t.Attached() {
		t.CheckN(turns)
	}
}

// The delays of a wait with a time-out before 3.2.
const (
	firstPoll = time.Millisecond
	lastPoll  = 50 * time.Millisecond
)

// poll is how Pythons before 3.2 wait with a time-out (Lib/threading.py of 2.7, _Condition.wait): they sleep, a little
// at first, never longer than 50 ms, and look again. So a waiter notices a notification late.
func poll(t *machine.Thread, until time.Duration, over func() bool) bool {
	for delay := firstPoll; ; delay = min(2*delay, lastPoll) {
		if over() {
			return true
		}
		rest := machine.Remaining(t, until)
		if rest == 0 {
			return false
		}
		t.Sleep(min(delay, rest))
		t.Do(timeline.Run, 0)
	}
}
