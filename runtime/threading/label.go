package threading

// This file defines what primitives are called in timelines and reports.

import (
	"sync/atomic"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// label is a primitive's name. The zero label gets the next number of its kind when it is first needed.
type label struct {
	text atomic.Pointer[string]
	mark atomic.Pointer[mark]
	id   gil.Identity
}

// mark is the text's number in a timeline.
type mark struct {
	rec  *timeline.Recorder
	name timeline.Name
}

// set is for constructors: name is their optional argument.
func (l *label) set(kind string, name []string) {
	if len(name) > 0 && name[0] != "" {
		text := kind + " " + name[0]
		l.text.Store(&text)
		return
	}
	l.fix(machine.Current(), kind)
}

// fix makes sure that there is a name, if t belongs to an interpreter, which numbers them.
func (l *label) fix(t *machine.Thread, kind string) {
	if l.text.Load() != nil {
		return
	}
	if m := of(t); m != nil {
		text := m.number(kind)
		l.text.CompareAndSwap(nil, &text)
	}
}

// name returns the text, the kind if there is none yet.
func (l *label) name(kind string) string {
	if s := l.text.Load(); s != nil {
		return *s
	}
	return kind
}

// object returns the text's number in t's timeline.
func (l *label) object(t *machine.Thread, kind string) timeline.Name {
	rec := t.Machine().Recorder()
	if k := l.mark.Load(); k != nil && k.rec == rec {
		return k.name
	}
	l.fix(t, kind)
	k := &mark{rec, rec.Name(l.name(kind))}
	l.mark.Store(k)
	return k.name
}

// record writes an instant that has to do with the primitive, which is on.
func (l *label) record(t *machine.Thread, e timeline.Kind, other *machine.Thread, on machine.Resource, kind string) {
	if t.Recording() {
		t.RecordOn(e, other, on, l.object(t, kind), 0)
	}
}
