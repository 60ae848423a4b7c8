package machine

// This file defines observers, which receive what the threads of a machine do, and to which objects. A timeline has
// only the names of objects, and a session's own machine has no timeline.

import "gilkernel/runtime/timeline"

// An Observer receives the events of threads, as the timeline does.
type Observer interface {
	// Observe is called on the goroutine of e.Thread, before other threads can notice what happened; on a real machine
	// by several threads at once. It must not block, and may use only the names of the threads and objects in the
	// event.
	Observe(e Event)
}

// An Event is what happened to a thread. Its kind says what the other fields mean, as for timeline.Event.
type Event struct {
	Kind          timeline.Kind
	Thread, Other *Thread  // Other may be nil
	On            Resource // what was waited for, acquired, …; nil for none
	Value         int32
	// Failure is, for timeline.Failed, the panic that ended the thread, or with Value 1 what it ran in Thread.Run,
	// which may be called again; nil for other kinds.
	Failure *Failure
}

// Observe makes o the observer of events from now on; nil means none. A replaced observer may still receive the events
// of that moment.
func (m *Machine) Observe(o Observer) {
	if o == nil {
		m.observer.Store(nil)
		return
	}
	m.observer.Store(&o)
}

// Object returns what e happened to as the learner knows it: the queue, not the lock inside of it or that it is empty.
// A Resource that is a part of something has a method Whole, which returns that, or nil if it isn't. Nil is nothing.
func (e Event) Object() any {
	var what any = e.On
	for what != nil {
		part, ok := what.(interface{ Whole() any })
		if !ok {
			return what
		}
		whole := part.Whole()
		if whole == nil {
			return what
		}
		what = whole
	}
	return nil
}

// tell passes an event to the observer, if there is one.
func (t *Thread) tell(kind timeline.Kind, other *Thread, on Resource, value int32) {
	o := t.m.observer.Load()
	if o == nil {
		return
	}
	e := Event{Kind: kind, Thread: t, Other: other, On: on, Value: value}
	if kind == timeline.Failed {
		e.Failure = t.failed
	}
	(*o).Observe(e)
}

// RecordOn is Record of something that happened to an object: on is what it is, object its name in the timeline. Own
// goroutine only.
func (t *Thread) RecordOn(kind timeline.Kind, other *Thread, on Resource, object timeline.Name, value int32) {
	t.tell(kind, other, on, value)
	t.record(kind, other, object, value)
}
