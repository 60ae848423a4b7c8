package threading

// This file defines locks that their holder may acquire again.

import (
	"sync/atomic"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// An RLock is threading.RLock: a lock with an owner, which may acquire it again and must release it as often. The zero
// RLock is free (Modules/_threadmodule.c).
type RLock struct {
	gate  gate
	label label
	of    *Condition   // whose own lock it is, or nil
	count atomic.Int32 // changed by the gate's holder
	plain plainOwner
}

const rlockKind = "RLock"

// NewRLock returns a free lock. The name, if there is one, is for timelines and reports.
func NewRLock(name ...string) *RLock {
	l := &RLock{}
	l.label.set(rlockKind, name)
	return l
}

// Acquire waits until the lock is free or the caller's own, and takes it (once more). Options, result and panics are
// Lock.Acquire's.
func (l *RLock) Acquire(opts ...WaitOption) bool {
	t := machine.Current()
	d := forever
	if len(opts) > 0 {
		d = lockTime(t, opts)
	}
	if old(t) {
		python(t, turnsRLock)
	}
	return l.acquire(t, d, 1)
}

// mine reports whether the caller is the owner.
func (l *RLock) mine(t *machine.Thread) bool {
	if t != nil {
		return l.gate.holder.Load() == t
	}
	return l.plain.isMe()
}

func (l *RLock) acquire(t *machine.Thread, d time.Duration, count int) bool {
	if l.mine(t) {
		l.count.Add(1)
		return true
	}
	if !l.gate.try(t) {
		if d == 0 {
			return false
		}
		why := machine.Why{Kind: timeline.WaitLock, On: l, Owned: true}
		l.fix(t)
		if !l.gate.wait(t, d, why) {
			return false
		}
	}
	l.gate.took(t)
	if t == nil {
		l.plain.set()
	}
	l.count.Store(int32(count))
	l.record(t, timeline.Acquire, nil)
	return true
}

// fix makes sure that there is a name.
func (l *RLock) fix(t *machine.Thread) {
	if l.of != nil {
		l.of.label.fix(t, conditionKind)
		return
	}
	l.label.fix(t, rlockKind)
}

func (l *RLock) record(t *machine.Thread, kind timeline.Kind, other *machine.Thread) {
	if !t.Recording() {
		return
	}
	if l.of != nil {
		t.RecordOn(kind, other, l, t.ObjectName(l.Name()), 0)
		return
	}
	l.label.record(t, kind, other, l, rlockKind)
}

// Release undoes one Acquire. It panics with a RuntimeError, "cannot release un-acquired lock", if the caller isn't the
// owner.
func (l *RLock) Release() {
	t := machine.Current()
	if !l.release(t) {
		misuse(t, exceptions.Runtime("cannot release un-acquired lock"))
	}
	if old(t) {
		python(t, turnsRLock)
	}
}

func (l *RLock) release(t *machine.Thread) bool {
	if !l.mine(t) {
		return false
	}
	if l.count.Add(-1) == 0 {
		l.free(t)
	}
	return true
}

// free unlocks the lock, whatever the count.
func (l *RLock) free(t *machine.Thread) {
	l.count.Store(0)
	if t == nil {
		l.plain.clear()
	}
	if !t.Recording() {
		l.gate.release(t, nil)
		return
	}
	l.gate.release(t, func(woken *machine.Thread) { l.record(t, timeline.Release, woken) })
}

// Locked reports whether the lock is held (in Python since 3.14).
func (l *RLock) Locked() bool { return l.gate.locked(machine.Current()) }

// With calls fn while it holds the lock: "with lock: …". The lock is released after a panic too.
func (l *RLock) With(fn func()) {
	l.Acquire()
	with(fn, l.Release, func() { l.release(machine.Current()) })
}

// Name returns what the lock is called in timelines and reports: "RLock accounts", "RLock-1".
func (l *RLock) Name() string {
	if l.of != nil {
		return "the lock of " + l.of.Name()
	}
	return l.label.name(rlockKind)
}

// Whole returns the Condition whose lock l is, or nil.
func (l *RLock) Whole() any {
	if l.of == nil {
		return nil
	}
	return l.of
}

// Holders implements machine.Resource.
func (l *RLock) Holders() []machine.Holder { return l.gate.holders() }

func (l *RLock) letGo(t *machine.Thread) int {
	count := int(l.count.Load())
	l.free(t)
	return count
}

func (l *RLock) takeBack(t *machine.Thread, count int) { l.acquire(t, forever, count) }

func (l *RLock) owned(t *machine.Thread) bool { return l.mine(t) }
