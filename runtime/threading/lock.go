package threading

// This file defines locks.

import (
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// A Lock is threading.Lock: a mutex that isn't owned, so any thread may release it. The zero Lock is free and gets its
// name ("Lock-1") when it is first waited for. It isn't fair: the first thread to ask after a release gets it, but
// since 3.13 it is handed to a thread that has waited for a millisecond (Modules/_threadmodule.c, Python/lock.c).
type Lock struct {
	gate  gate
	label label
	of    machine.Resource // what it is a part of, see NewInnerLock; or nil
}

const lockKind = "Lock"

// NewLock returns a free lock. The name, if there is one, is for timelines and reports: "Lock accounts".
func NewLock(name ...string) *Lock {
	l := &Lock{}
	l.label.set(lockKind, name)
	return l
}

// A Locker is a *Lock or an *RLock: a lock for a Condition.
type Locker interface {
	machine.Resource
	monitor
	// Acquire waits for the lock; see Lock.Acquire.
	Acquire(opts ...WaitOption) bool
	// Release unlocks the lock; see Lock.Release.
	Release()
	// Locked reports whether the lock is held.
	Locked() bool
	// With calls fn while it holds the lock.
	With(fn func())
	owned(t *machine.Thread) bool
}

// Acquire waits until the lock is free, takes it, and returns true. It returns false if it can't: Blocking(false)
// doesn't wait, Timeout(d) waits at most for d. A wait releases the GIL. It panics with a ValueError if both are given
// or the time-out is negative but not -1, and with what ends the thread if that happens during the wait.
func (l *Lock) Acquire(opts ...WaitOption) bool {
	t := machine.Current()
	d := forever
	if len(opts) > 0 {
		d = lockTime(t, opts)
	}
	return l.acquire(t, d)
}

func (l *Lock) acquire(t *machine.Thread, d time.Duration) bool {
	if !l.gate.try(t) {
		if d == 0 {
			return false
		}
		if l.of == nil {
			l.label.fix(t, lockKind)
		}
		if !l.gate.wait(t, d, machine.Why{Kind: timeline.WaitLock, On: l}) {
			return false
		}
	}
	l.gate.took(t)
	if l.of == nil && t.Recording() {
		l.label.record(t, timeline.Acquire, nil, l, lockKind)
	}
	return true
}

// Release unlocks the lock and wakes the thread that has waited longest. Any thread may release it. It panics with a
// RuntimeError (before 3.3 a ThreadError), "release unlocked lock", if no thread holds it.
func (l *Lock) Release() {
	t := machine.Current()
	if !l.release(t) {
		misuse(t, unlocked(t))
	}
}

// unlocked is the exception for the release of a free lock: before 3.3 thread.error was a separate type.
func unlocked(t *machine.Thread) error {
	if gil.Of(t).Minor() < 303 {
		return &ThreadError{"release unlocked lock"}
	}
	return exceptions.Runtime("release unlocked lock")
}

// A ThreadError is Python 2's thread.error. Since 3.3 that is RuntimeError.
type ThreadError struct{ Message string }

// Error returns the message.
func (e *ThreadError) Error() string { return e.Message }

// Exception returns "thread.error".
func (*ThreadError) Exception() string { return "thread.error" }

func (l *Lock) release(t *machine.Thread) bool {
	if l.of != nil || !t.Recording() {
		return l.gate.release(t, nil)
	}
	return l.gate.release(t, func(woken *machine.Thread) {
		l.label.record(t, timeline.Release, woken, l, lockKind)
	})
}

// Locked reports whether the lock is held.
func (l *Lock) Locked() bool { return l.gate.locked(machine.Current()) }

// With calls fn while it holds the lock: "with lock: …". The lock is released after a panic too.
func (l *Lock) With(fn func()) {
	l.Acquire()
	with(fn, l.Release, func() {
		if t := machine.Current(); l.gate.holder.Load() == t {
			l.release(t)
		}
	})
}

// Name returns what the lock is called in timelines and reports: "Lock accounts", "Lock-1".
func (l *Lock) Name() string {
	if l.of != nil {
		return "the lock of " + l.of.Name()
	}
	return l.label.name(lockKind)
}

// Whole returns what l is a part of, see NewInnerLock, or nil.
func (l *Lock) Whole() any {
	if l.of == nil {
		return nil
	}
	return l.of
}

// Holders implements machine.Resource.
func (l *Lock) Holders() []machine.Holder { return l.gate.holders() }

func (l *Lock) letGo(t *machine.Thread) int       { l.release(t); return 0 }
func (l *Lock) takeBack(t *machine.Thread, _ int) { l.acquire(t, forever) }

// owned is Condition._is_owned for a lock without an owner.
func (l *Lock) owned(t *machine.Thread) bool { return l.gate.locked(t) }

// with is the with statement. After a panic, abort is called instead of exit; it must not panic itself, so that the
// panic of fn is reported.
func with(fn, exit, abort func()) {
	if fn == nil {
		abort()
		panic(exceptions.Type("'nil' object is not callable"))
	}
	returned := false
	defer func() {
		if !returned {
			abort()
		}
	}()
	fn()
	returned = true
	exit()
}

// misuse panics with an exception, unless the thread must end anyway: what it leaves half done then, such as a wait
// that couldn't acquire its lock again, isn't the learner's mistake.
func misuse(t *machine.Thread, err error) {
	if t != nil {
		t.Check()
	}
	panic(err)
}
