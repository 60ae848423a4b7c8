package queue

// This file defines the texts of queues, which are those of Python's repr.

import (
	"fmt"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// repr is object.__repr__, and in Python 2 that of an old-style class.
func (l *label) repr(p any) string {
	in := gil.Of(machine.Current())
	switch {
	case l.kind == "SimpleQueue":
		return fmt.Sprintf("<_queue.SimpleQueue object at %s>", l.id.Address(p))
	case in != nil && in.Profile().Version[0] == '2':
		return fmt.Sprintf("<Queue.%s instance at %s>", l.kind, l.id.Address(p))
	}
	return fmt.Sprintf("<queue.%s object at %s>", l.kind, l.id.Address(p))
}

// String returns the queue's repr: "<queue.Queue object at 0x7f3a00000040>".
func (q *Queue) String() string { return q.label.repr(q) }

// String returns the queue's repr.
func (q *LifoQueue) String() string { return q.label.repr(q) }

// String returns the queue's repr.
func (q *PriorityQueue) String() string { return q.label.repr(q) }

// String returns the queue's repr: "<_queue.SimpleQueue object at 0x7f3a00000040>".
func (q *SimpleQueue) String() string { return q.label.repr(q) }

// GoString is String, so that %#v shows the same.
func (q *Queue) GoString() string { return q.String() }

// GoString is String, so that %#v shows the same.
func (q *LifoQueue) GoString() string { return q.String() }

// GoString is String, so that %#v shows the same.
func (q *PriorityQueue) GoString() string { return q.String() }

// GoString is String, so that %#v shows the same.
func (q *SimpleQueue) GoString() string { return q.String() }
