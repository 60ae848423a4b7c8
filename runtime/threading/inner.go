package threading

// This file defines what other packages build their primitives of, as Python's queue and concurrent.futures are built of
// locks and conditions.

import (
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// NewInnerLock returns a lock that is a part of something: "the lock of Queue jobs". The timeline has nothing of it
// unless somebody must wait for it.
func NewInnerLock(of machine.Resource) *Lock { return &Lock{of: of} }

// NewInnerCondition returns a condition that is a part of something, whose waits are said to be for why: a WaitQueue on
// "Queue jobs (empty)", say. Whom a Notify wakes is recorded with the same name.
func NewInnerCondition(lock Locker, why machine.Why) *Condition {
	return &Condition{lock: lock, why: why}
}

// FuncName returns what Python calls a function, "<lambda>" for a literal without a name, and "" if that isn't known. t is the calling thread.
func FuncName(t *machine.Thread, fn any) string {
	in := gil.Of(t)
	if in == nil {
		return ""
	}
	return lambdaName(fn, in)
}

// DefaultName returns the name of something that was given none: "Queue-1", "Queue-2", …, counted by the interpreter of t for
// each kind. Without an interpreter it is the kind itself.
func DefaultName(t *machine.Thread, kind string) string {
	if m := of(t); m != nil {
		return m.number(kind)
	}
	return kind
}
