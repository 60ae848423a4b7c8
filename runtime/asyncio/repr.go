package asyncio

// This file defines the texts of tasks, futures and locks, which are those of Python's repr:
// Lib/asyncio/base_futures.py, base_tasks.py.

import (
	"errors"
	"fmt"

	"gilkernel/runtime/builtins"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

// repr shows a value as Python's repr does, as far as Go's are like Python's.
func repr(v any) string {
	if isFunc(v) {
		return fmt.Sprint(v)
	}
	return builtins.Repr(v)
}

// failureText shows an exception as Python's repr does: "ValueError('no')".
func failureText(err error) string {
	var x exceptions.Exception
	if errors.As(err, &x) {
		return builtins.Repr(x)
	}
	return builtins.Repr(err)
}

// outcome is how a text of a Future ends: " result=3".
func (f *Future) outcome() string {
	switch {
	case f.state != finished:
		return ""
	case f.err != nil:
		return " exception=" + failureText(f.err)
	}
	return " result=" + repr(f.result)
}

func (f *Future) stateWord() string {
	return [...]string{pending: "pending", cancelled: "cancelled", finished: "finished"}[f.state]
}

// wakes is what a text adds for a Future that a task awaits.
const wakes = " cb=[Task.task_wakeup()]"

// String returns the Future's repr: "<Future finished result=3>".
func (f *Future) String() string { return f.text("") }

func (f *Future) text(cb string) string {
	if k, ok := f.of.(*Task); ok && k.Future == f {
		return k.text(cb)
	}
	class := "Future"
	if _, ok := f.of.(gathering); ok {
		class = "_GatheringFuture"
	}
	if f.state != pending {
		cb = ""
	}
	return "<" + class + " " + f.stateWord() + f.outcome() + cb + ">"
}

// String returns the task's repr, with what it awaits and where: "<Task pending name='Task-1' coro=<f() running at
// In[3]:4> wait_for=<Future pending cb=[Task.task_wakeup()]>>".
func (k *Task) String() string { return k.text("") }

func (k *Task) text(cb string) string {
	state := k.stateWord()
	if k.state == pending && k.cancels > 0 && gil.Of(k.l.t).Minor() >= 311 {
		state = "cancelling"
	}
	name := threading.FuncName(k.l.t, k.target)
	if name == "" {
		name = "func"
	}
	coro := name + "() running"
	switch {
	case k.state != pending:
		coro = name + "() done"
	case k.at != (machine.Site{}):
		coro += " at " + k.at.String()
	}
	text := fmt.Sprintf("<Task %s name=%s coro=<%s>", state, repr(k.label), coro)
	if k.state == pending {
		if k.waiter != nil {
			text += " wait_for=" + k.waiter.text(wakes)
		}
		text += cb
	}
	return text + k.outcome() + ">"
}

// lockText is the repr of what tasks wait for.
func lockText(class, address, state string, waiters []*Future) string {
	if n := len(waiters); n > 0 {
		state += fmt.Sprintf(", waiters:%d", n)
	}
	return fmt.Sprintf("<asyncio.locks.%s object at %s [%s]>", class, address, state)
}

func lockedWord(locked bool) string {
	if locked {
		return "locked"
	}
	return "unlocked"
}

// String returns the lock's repr: "<asyncio.locks.Lock object at 0x7f3a00000040 [locked, waiters:1]>".
func (m *Lock) String() string {
	return lockText("Lock", m.id.Address(m), lockedWord(m.locked), m.waiters)
}

// String returns the event's repr: "<asyncio.locks.Event object at 0x7f3a00000040 [unset]>".
func (e *Event) String() string {
	state := "unset"
	if e.set {
		state = "set"
	}
	return lockText("Event", e.id.Address(e), state, e.waiters)
}

// String returns the condition's repr: "<asyncio.locks.Condition object at 0x7f3a00000040 [unlocked]>".
func (c *Condition) String() string {
	return lockText("Condition", c.id.Address(c), lockedWord(c.lock.locked), c.waiters)
}

// String returns the semaphore's repr: "<asyncio.locks.Semaphore object at 0x7f3a00000040 [unlocked, value:2]>".
func (s *Semaphore) String() string { return s.text("Semaphore", s) }

func (s *Semaphore) text(class string, p any) string {
	state := "locked"
	if !s.Locked() {
		state = fmt.Sprintf("unlocked, value:%d", s.value)
	}
	return lockText(class, s.id.Address(p), state, s.waiters)
}

// String returns the semaphore's repr.
func (b *BoundedSemaphore) String() string { return b.text("BoundedSemaphore", b) }

// String returns the queue's repr: "<Queue at 0x7f3a00000040 maxsize=3 _queue=[1] tasks=1>".
func (q *Queue) String() string {
	text := fmt.Sprintf("<Queue at %s maxsize=%d", q.id.Address(q), q.max)
	if items := q.items.list[q.items.head:]; len(items) > 0 {
		text += " _queue=" + builtins.Repr(items)
	}
	if n := len(q.getters); n > 0 {
		text += fmt.Sprintf(" _getters[%d]", n)
	}
	if n := len(q.putters); n > 0 {
		text += fmt.Sprintf(" _putters[%d]", n)
	}
	if q.tasks > 0 {
		text += fmt.Sprintf(" tasks=%d", q.tasks)
	}
	if q.shut {
		text += " shutdown"
	}
	return text + ">"
}

// String returns the loop's repr: "<_UnixSelectorEventLoop running=True closed=False debug=False>".
func (h *Loop) String() string {
	running := loopOf(machine.Current()) == h.l
	return fmt.Sprintf("<_UnixSelectorEventLoop running=%s closed=%s debug=False>", repr(running), repr(h.IsClosed()))
}

// String returns the time-out's repr: "<Timeout [active] when=5.25>".
func (c *TimeoutContext) String() string {
	if when, ok := c.When(); ok && c.state == active {
		return fmt.Sprintf("<Timeout [active] when=%.3f>", when.Seconds())
	}
	return fmt.Sprintf("<Timeout [%s]>", c.state)
}

// GoString is String, so that %#v shows the same.
func (f *Future) GoString() string { return f.String() }

// GoString is String, so that %#v shows the same.
func (k *Task) GoString() string { return k.String() }

// GoString is String, so that %#v shows the same.
func (m *Lock) GoString() string { return m.String() }

// GoString is String, so that %#v shows the same.
func (e *Event) GoString() string { return e.String() }

// GoString is String, so that %#v shows the same.
func (c *Condition) GoString() string { return c.String() }

// GoString is String, so that %#v shows the same.
func (s *Semaphore) GoString() string { return s.String() }

// GoString is String, so that %#v shows the same.
func (b *BoundedSemaphore) GoString() string { return b.String() }

// GoString is String, so that %#v shows the same.
func (q *Queue) GoString() string { return q.String() }

// GoString is String, so that %#v shows the same.
func (h *Loop) GoString() string { return h.String() }

// GoString is String, so that %#v shows the same.
func (c *TimeoutContext) GoString() string { return c.String() }
