package queue

// This file defines what queues are called.

import (
	"sync/atomic"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// label is a queue's name.
type label struct {
	kind string
	text atomic.Pointer[string]
	mark atomic.Pointer[mark]
	id   gil.Identity
}

// mark is the name's number in a timeline.
type mark struct {
	text *string
	rec  *timeline.Recorder
	name timeline.Name
}

// init gives a queue the next number of its kind.
func (l *label) init(kind string) {
	l.kind = kind
	text := threading.DefaultName(machine.Current(), kind)
	l.text.Store(&text)
}

// set gives it a name, unless that is empty.
func (l *label) set(name string) {
	if name != "" {
		text := l.kind + " " + name
		l.text.Store(&text)
	}
}

func (l *label) name() string {
	if s := l.text.Load(); s != nil {
		return *s
	}
	return "a queue"
}

// record writes what happened to the queue, on, into the timeline: size is its size after it.
func (l *label) record(t *machine.Thread, kind timeline.Kind, on machine.Resource, size int) {
	if !t.Recording() {
		return
	}
	text, rec := l.text.Load(), t.Machine().Recorder()
	k := l.mark.Load()
	if k == nil || k.rec != rec || k.text != text {
		k = &mark{text, rec, rec.Name(*text)}
		l.mark.Store(k)
	}
	t.RecordOn(kind, nil, on, k.name, int32(size))
}
