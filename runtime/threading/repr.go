package threading

// This file defines the texts of primitives, which are those of Python's repr in each version. They can be asked for at
// any time, by anything, and don't move a simulated machine's time.

import (
	"fmt"

	"gilkernel/runtime/gil"
)

// reprVersion is minor for a text.
func reprVersion() int { return gil.Current().Minor() }

// newReprs is the version since which Event, Semaphore and Barrier show their states.
const newReprs = 311

// lockedWord is how a lock's text begins.
func (g *gate) lockedWord() string {
	if g.w.Load(nil)&lockedBit != 0 {
		return "locked"
	}
	return "unlocked"
}

// plainText is object.__repr__.
func (l *label) plainText(class string, p any) string {
	return fmt.Sprintf("<%s object at %s>", class, l.id.Address(p))
}

// class returns a class's name: in Python 2, threading.Event is a function that makes a threading._Event.
func class(name string) string {
	if reprVersion() < 300 {
		return "threading._" + name
	}
	return "threading." + name
}

// String returns the lock's repr: "<locked _thread.lock object at 0x7f3a00000040>".
func (l *Lock) String() string {
	if reprVersion() < 300 {
		return l.label.plainText("thread.lock", l)
	}
	return fmt.Sprintf("<%s %s>", l.gate.lockedWord(), trim(l.label.plainText("_thread.lock", l)))
}

// trim removes a text's angle brackets.
func trim(s string) string { return s[1 : len(s)-1] }

// String returns the lock's repr, with its owner's Ident and how often the owner holds it: "<locked _thread.RLock
// object owner=1 count=2 at 0x7f3a00000040>".
func (l *RLock) String() string {
	owner, count := "0", int(l.count.Load())
	h := l.gate.holder.Load()
	if h != nil {
		owner = fmt.Sprint(h.ID())
	} else if id := l.plain.id.Load(); id != 0 {
		owner = fmt.Sprint(plainIdent + id)
	}
	if owner == "0" {
		count = 0
	}
	if reprVersion() < 300 {
		switch {
		case h != nil:
			owner = "'" + h.Name() + "'"
		case owner == "0":
			owner = "None"
		}
		return fmt.Sprintf("<_RLock owner=%s count=%d>", owner, count)
	}
	return fmt.Sprintf("<%s _thread.RLock object owner=%s count=%d at %s>", l.gate.lockedWord(), owner, count,
		l.label.id.Address(l))
}

// String returns the condition's repr, with its lock and how many wait: "<Condition(<unlocked _thread.lock object at
// 0x7f3a00000040>, 0)>".
func (c *Condition) String() string {
	c.waiters.mu.Lock()
	n := len(c.waiters.list)
	c.waiters.mu.Unlock()
	return fmt.Sprintf("<Condition(%v, %d)>", c.locker(), n)
}

// String returns the event's repr: "<threading.Event at 0x7f3a00000040: unset>", and before 3.11 without its state.
func (e *Event) String() string {
	if reprVersion() < newReprs {
		return e.label.plainText(class("Event"), e)
	}
	state := "unset"
	if e.flag.Load(nil) == 1 {
		state = "set"
	}
	return fmt.Sprintf("<threading.Event at %s: %s>", e.label.id.Address(e), state)
}

// String returns the semaphore's repr: "<threading.Semaphore at 0x7f3a00000040: value=2>", and before 3.11 without its
// value.
func (s *Semaphore) String() string {
	if reprVersion() < newReprs {
		return s.label.plainText(class("Semaphore"), s)
	}
	return fmt.Sprintf("<threading.Semaphore at %s: value=%d>", s.label.id.Address(s), 1-s.taken.Load())
}

// String returns the semaphore's repr: "<threading.BoundedSemaphore at 0x7f3a00000040: value=1/2>", and before 3.11
// without its value.
func (b *BoundedSemaphore) String() string {
	if reprVersion() < newReprs {
		return b.s.label.plainText(class("BoundedSemaphore"), b)
	}
	return fmt.Sprintf("<threading.BoundedSemaphore at %s: value=%d/%d>", b.s.label.id.Address(b), 1-b.s.taken.Load(),
		b.limit+1)
}

// String returns the barrier's repr: "<threading.Barrier at 0x7f3a00000040: waiters=1/2>" or "…: broken>", and before
// 3.11 without its state.
func (b *Barrier) String() string {
	if reprVersion() < newReprs {
		return b.label.plainText("threading.Barrier", b)
	}
	n := b.shown.Load()
	if n < 0 {
		return fmt.Sprintf("<threading.Barrier at %s: broken>", b.label.id.Address(b))
	}
	return fmt.Sprintf("<threading.Barrier at %s: waiters=%d/%d>", b.label.id.Address(b), n, b.parties)
}

// show stores what String returns. Callers hold the gate.
func (b *Barrier) show() {
	switch b.state {
	case broken:
		b.shown.Store(-1)
	case filling:
		b.shown.Store(int32(b.count))
	default:
		b.shown.Store(0)
	}
}

// String returns the repr: "<_thread._local object at 0x7f3a00000040>".
func (l *Local) String() string {
	module := "_thread"
	if reprVersion() < 300 {
		module = "thread"
	}
	return fmt.Sprintf("<%s._local object at %s>", module, l.id.Address(l))
}

// String returns the timer's repr: "<Timer(Thread-1, initial)>".
func (t *Timer) String() string {
	if reprVersion() < 300 {
		return t.text("_Timer")
	}
	return t.text("Timer")
}

// GoString is String, so that %#v shows the same.
func (l *Lock) GoString() string { return l.String() }

// GoString is String, so that %#v shows the same.
func (l *RLock) GoString() string { return l.String() }

// GoString is String, so that %#v shows the same.
func (c *Condition) GoString() string { return c.String() }

// GoString is String, so that %#v shows the same.
func (e *Event) GoString() string { return e.String() }

// GoString is String, so that %#v shows the same.
func (s *Semaphore) GoString() string { return s.String() }

// GoString is String, so that %#v shows the same.
func (b *BoundedSemaphore) GoString() string { return b.String() }

// GoString is String, so that %#v shows the same.
func (b *Barrier) GoString() string { return b.String() }

// GoString is String, so that %#v shows the same.
func (l *Local) GoString() string { return l.String() }

// GoString is String, so that %#v shows the same.
func (th *Thread) GoString() string { return th.String() }

// GoString is String, so that %#v shows the same.
func (t *Timer) GoString() string { return t.String() }
