package threading

// This file defines what other packages build their primitives from, as Python's queue and concurrent.futures are built
// from locks and conditions.

import (
	"io"
	"os"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// NewInnerLock returns a lock that is a part of something: "the lock of Queue jobs". Nothing is recorded unless a
// thread must wait for it.
func NewInnerLock(of machine.Resource) *Lock { return &Lock{of: of} }

// NewInnerCondition returns a condition that is a part of something, whose waits are recorded as waits for why: a
// WaitQueue on "Queue jobs (empty)", say. The thread that a Notify wakes is recorded with the same name.
func NewInnerCondition(lock Locker, why machine.Why) *Condition {
	return &Condition{lock: lock, why: why}
}

// FuncName returns what Python calls a function, "<lambda>" for a literal without a name, and "" if that isn't known. t
// is the calling thread.
func FuncName(t *machine.Thread, fn any) string {
	in := gil.Of(t)
	if in == nil {
		return ""
	}
	return lambdaName(fn, in)
}

// DefaultName returns the name of an object that was given none: "Queue-1", "Queue-2", …, counted by the interpreter of
// t for each kind. Without an interpreter it is the kind itself.
func DefaultName(t *machine.Thread, kind string) string {
	if m := of(t); m != nil {
		return m.number(kind)
	}
	return kind
}

// Report writes text to the stderr of the interpreter of t, the calling thread, in one piece: what Python prints by
// itself, such as socketserver's handle_error.
func Report(t *machine.Thread, text string) {
	w := io.Writer(os.Stderr)
	if m := of(t); m != nil {
		w = m.theHost().Stderr
	}
	_, _ = io.WriteString(w, text)
}

// FormatException returns what traceback.format_exc would: where a panic or an error came from, its name and what it
// says. stack is debug.Stack's; nil is an error that was returned, which came from nowhere. t is the calling thread.
func FormatException(t *machine.Thread, v any, stack []byte) string {
	m := of(t)
	if m == nil {
		m = &module{}
	}
	if stack == nil {
		v = exceptions.Of(v)
		name, text := nameOf(v)
		return ExceptHookArgs{ExcType: name, text: text}.body()
	}
	return m.describe(nil, v, stack).body()
}

// LineOf returns the line of code at a place, as the host knows it; "" if it doesn't. t is the calling thread.
func LineOf(t *machine.Thread, site machine.Site) string {
	if m := of(t); m != nil {
		if h := m.theHost(); h.Line != nil {
			return h.Line(site)
		}
	}
	return ""
}

// ThreadName returns the name that Python gives to a thread whose target is called label: "Thread-3 (label)", or
// "Thread-3" before 3.10. Like DefaultName it counts.
func ThreadName(t *machine.Thread, label string) string {
	name := DefaultName(t, "Thread")
	if in := gil.Of(t); in != nil && in.Minor() < 310 {
		return name
	}
	return name + " (" + label + ")"
}
