package machine

// This file defines what a thread records in the timeline.

import (
	"time"

	"gilkernel/runtime/timeline"
)

// Recording reports whether events are recorded or observed. Check it before building what Record needs.
func (t *Thread) Recording() bool { return t != nil && (t.m.rec != nil || t.m.observer.Load() != nil) }

// Record adds an event of this thread to the timeline, at its time, place and core. other may be nil.
// It does nothing if nothing is recorded. Own goroutine only.
func (t *Thread) Record(kind timeline.Kind, other *Thread, object timeline.Name, value int32) {
	t.RecordOn(kind, other, nil, object, value)
}

// record is Record for the timeline alone.
func (t *Thread) record(kind timeline.Kind, other *Thread, object timeline.Name, value int32) {
	if t.m.rec == nil {
		return
	}
	e := timeline.Event{
		At: t.m.backend.now(t), Thread: t.lane, Other: other.Lane(), Object: object, Value: value, Kind: kind,
	}
	if t.m.sim != nil && kind.IsBusy() && t.sim.core >= 0 {
		e.Core = uint16(t.sim.core) + 1
	}
	if t.m.opts.Site != nil {
		s := t.m.opts.Site(t)
		e.Cell, e.Line = s.Cell, s.Line
	}
	t.m.rec.Add(e)
}

// Site returns where in the learner's code the thread is, as Options.Site says; the zero Site if that isn't known. Own
// goroutine only; a nil Thread has no site.
func (t *Thread) Site() Site {
	if t == nil || t.m.opts.Site == nil {
		return Site{}
	}
	return t.m.opts.Site(t)
}

// recordAt is Record for the scheduler, while the thread stands still.
func (t *Thread) recordAt(at int64, kind timeline.Kind, object timeline.Name) {
	if t.m.rec == nil {
		return
	}
	e := timeline.Event{At: at, Thread: t.lane, Object: object, Kind: kind}
	if kind.IsBusy() && t.sim.core >= 0 {
		e.Core = uint16(t.sim.core) + 1
	}
	t.m.rec.Add(e)
}

// Span records afterwards what the thread has done since a time of its clock, and that it runs interpreted code again.
// It is for calls that are worth an event only if they took long. Own goroutine only.
func (t *Thread) Span(kind timeline.Kind, name string, since time.Duration) {
	if t.m.rec == nil {
		return
	}
	e := timeline.Event{At: int64(since), Thread: t.lane, Object: t.m.rec.Name(name), Kind: kind}
	if t.m.opts.Site != nil {
		s := t.m.opts.Site(t)
		e.Cell, e.Line = s.Cell, s.Line
	}
	t.m.rec.Add(e)
	after, object := timeline.Run, timeline.Name(0)
	if t.free {
		after, object = timeline.NativeFree, t.object
	}
	t.doing, t.object, t.shown = kind, e.Object, true
	t.Do(after, object)
}

// recordReady records that t queues for a core, recordAgain that it has one. Called by the scheduler. A thread that has
// ended still wakes those that join it, and may lose its core over that; its lane has ended all the same.
func (t *Thread) recordReady() {
	if t.m.rec != nil && !t.Ended() {
		t.recordAt(t.clock, timeline.Ready, 0)
	}
}

func (t *Thread) recordAgain() {
	if t.m.rec != nil && !t.Ended() {
		t.recordAt(t.clock, t.doing, t.object)
	}
}

// Do records what the thread does from now on: Run, Native, WaitGIL, … Nothing is recorded if it does that already. Own
// goroutine only.
func (t *Thread) Do(kind timeline.Kind, object timeline.Name) {
	if t.doing == kind && t.object == object && t.shown {
		return
	}
	t.shown = true
	t.doing, t.object = kind, object
	t.Record(kind, nil, object, 0)
}

// ObjectName returns the number of a string for Record and Do.
func (t *Thread) ObjectName(s string) timeline.Name { return t.m.rec.Name(s) }
