package threading

// This file defines events.

import (
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// An Event is threading.Event: a flag that threads can wait for. The zero Event isn't set (Lib/threading.py: a
// Condition of a Lock).
type Event struct {
	gate    gate
	flag    machine.Word // changed by the gate's holder
	waiters waiters
	label   label
}

const eventKind = "Event"

// NewEvent returns an event that isn't set. The name is for timelines and reports.
func NewEvent(name ...string) *Event {
	e := &Event{}
	e.label.set(eventKind, name)
	return e
}

// Set sets the flag and wakes all threads that wait for it.
func (e *Event) Set() {
	t := machine.Current()
	python(t, turnsEvent/2)
	e.gate.enter(t, e)
	defer e.gate.exit(t)
	python(t, turnsEvent/2)
	e.flag.Store(t, 1)
	e.waiters.notify(t, all, func(woken *machine.Thread) {
		if t.Recording() {
			e.label.record(t, timeline.Wake, woken, e, eventKind)
		}
	})
}

// Clear resets the flag.
func (e *Event) Clear() {
	t := machine.Current()
	python(t, turnsEvent/2)
	e.gate.enter(t, e)
	defer e.gate.exit(t)
	python(t, turnsEvent/2)
	e.flag.Store(t, 0)
}

// IsSet reports whether the flag is set.
func (e *Event) IsSet() bool { return e.flag.Load(machine.Current()) == 1 }

// Wait waits until the flag is set, and reports whether it was within the time-out, if there is one. A thread that Set
// has woken returns true even if the flag was cleared meanwhile.
func (e *Event) Wait(opts ...WaitOption) bool {
	t := machine.Current()
	d := waitTime("wait", opts)
	python(t, turnsEvent/2)
	e.gate.enter(t, e)
	defer e.gate.exit(t)
	python(t, turnsEvent/2)
	if e.flag.Load(t) == 1 {
		return true
	}
	e.label.fix(t, eventKind)
	return e.waiters.wait(t, d, inside{g: &e.gate, of: e}, machine.Why{Kind: timeline.WaitEvent, On: e})
}

// Name returns what the event is called in timelines and reports: "Event ready", "Event-1".
func (e *Event) Name() string { return e.label.name(eventKind) }

// Holders implements machine.Resource: it isn't known which thread will set it.
func (e *Event) Holders() []machine.Holder { return nil }
