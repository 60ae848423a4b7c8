package steps

// This file defines what a recorder makes of what happens to threads.

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// Observe implements machine.Observer.
func (r *Recorder) Observe(e machine.Event) {
	switch e.Kind {
	case timeline.Run, timeline.Sleep, timeline.IO, timeline.NativeFree, timeline.WaitLock, timeline.WaitQueue,
		timeline.WaitEvent, timeline.WaitJoin, timeline.Acquire, timeline.Release, timeline.Put, timeline.Get,
		timeline.Wake, timeline.Spawn, timeline.Done, timeline.Failed, timeline.Blocked:
	default:
		return
	}
	what := e.Object()
	r.mu.Lock()
	defer r.mu.Unlock()
	th := r.thread(e.Thread, 0)
	if th.dead {
		return
	}
	r.settle(th)
	var other *thread
	if e.Other != nil {
		other = r.thread(e.Other, 0)
	}
	switch e.Kind {
	case timeline.Blocked:
		th.dead = true
	case timeline.Run:
		r.goesOn(th)
	case timeline.Sleep:
		r.add(&row{th: th, op: Wait, at: r.site(th), text: "sleeps", n: -1})
		th.doing = released
	case timeline.IO, timeline.NativeFree:
		th.doing = released
	case timeline.WaitLock, timeline.WaitQueue, timeline.WaitEvent:
		r.blocks(th, r.object(what))
	case timeline.WaitJoin:
		w := r.happens(th, Wait, nil)
		w.other = other
		if other == nil && what != nil {
			w.obj = r.object(what)
		}
		th.doing, th.waits = waits, w
	case timeline.Spawn:
		r.happens(th, Start, nil).other = other
	case timeline.Done, timeline.Failed:
		r.leaveCall(th)
		if text := r.failure(e.Failure); text != "" && !r.panicked(th) {
			at := th.where
			if r.c.Where != nil {
				label, line := r.c.Where(e.Failure.Value, e.Failure.Stack)
				if label != "" && (label != at.Label || line != at.Line) {
					at = Access{Label: label, Line: line}
				}
			}
			r.add(&row{th: th, op: Panic, at: at, text: text, n: -1})
		}
		if e.Kind == timeline.Done || e.Value == 0 {
			r.add(&row{th: th, op: End, n: -1})
			th.doing = ended
		}
	default:
		r.touches(th, e, r.object(what), other)
	}
}

// failure returns the text of a thread's panic, "" if there is none that is worth a step.
func (r *Recorder) failure(f *machine.Failure) string {
	switch {
	case f == nil:
		return ""
	case r.c.Panic != nil:
		return r.c.Panic(f.Value, f.Stack)
	}
	return Failure(f.Value)
}

// Failure returns the text of what was panicked with: Python's name of the exception and its message, if it is one. It
// is "" for what ends a thread from outside, and for a deadlock.
func Failure(v any) string {
	err, _ := v.(error)
	if errors.As(err, new(*machine.Stopped)) || errors.As(err, new(*machine.Deadlock)) ||
		errors.As(err, new(*machine.Deadlocked)) {
		return ""
	}
	var e interface {
		error
		Exception() string
	}
	if errors.As(err, &e) {
		return strings.TrimSuffix(e.Exception()+": "+e.Error(), ": ")
	}
	return fmt.Sprint(v)
}

// panicked reports whether it was said already that th panics.
func (r *Recorder) panicked(th *thread) bool {
	for _, w := range slices.Backward(r.rows) {
		if w.th == th {
			return w.op == Panic
		}
	}
	return false
}

// touches is an event of an object. Callers hold mu.
func (r *Recorder) touches(th *thread, e machine.Event, o *object, other *thread) {
	if o == nil {
		return
	}
	switch e.Kind {
	case timeline.Acquire:
		r.late(th, o)
		waited := th.waits
		w := r.happens(th, Acquire, o)
		if waited != nil && waited.obj == o {
			w.waited = true
		}
		o.holders = append(o.holders, th)
		r.awake(th)
	case timeline.Release:
		i := slices.Index(o.holders, th)
		if i < 0 && len(o.holders) > 0 {
			if th.call != nil && th.call.did == o {
				return // told already, see late
			}
			i = 0 // any thread may release a Lock
		}
		if i >= 0 {
			o.holders = slices.Delete(o.holders, i, i+1)
		}
		r.happens(th, Release, o).other = other
	case timeline.Put, timeline.Get:
		w := r.happens(th, Sync, o)
		w.n = int(e.Value)
		if w.method == "" {
			w.method = map[timeline.Kind]string{timeline.Put: "Put", timeline.Get: "Get"}[e.Kind]
		}
	case timeline.Wake:
		if o.kind == "Semaphore" || o.kind == "BoundedSemaphore" || whole(e.On) ||
			th.call != nil && !o.has(th.call.method) {
			return // the release, or the Put, says it
		}
		r.happens(th, Notify, o).other = other
	}
}

// whole reports whether an event is about a part of an object: what wakes is that a queue isn't empty any more.
func whole(on machine.Resource) bool {
	part, ok := on.(interface{ Whole() any })
	return ok && part.Whole() != nil
}

// late tells of the release of a lock before another thread has it: on a real machine that one may say so first.
func (r *Recorder) late(th *thread, o *object) {
	if o.kind != "Lock" && o.kind != "RLock" || len(o.holders) == 0 || o.holders[0] == th {
		return
	}
	u := o.holders[0]
	o.holders = o.holders[:0]
	if c := u.call; c != nil && !c.settled {
		c.gone, c.settled = true, true
		r.add(&row{th: u, op: Release, obj: o, name: c.name, method: c.method, at: c.at, n: -1})
		c.did = o
	}
}

// happens adds a step in which something happens to an object, in the call that th makes, if it makes one. What is
// known of the call then is that step. Callers hold mu.
func (r *Recorder) happens(th *thread, op string, o *object) *row {
	call := r.calls(th, o)
	w := &row{th: th, op: op, obj: o, n: -1}
	w.at = r.site(th)
	if call != nil && w.at.Line == call.at.Line && w.at.Label == call.at.Label {
		if o != nil && (o.has(call.method) || call.method == "Wait") && call.name != "" {
			r.binds(call, o)
		}
		call.gone = call.gone || !call.settled
		call.settled = true
		if call.obj == nil {
			call.obj = o
		}
		w.at, w.name, w.method, w.internal = call.at, call.name, call.method, o != nil && r.inside(call, o)
	}
	r.add(w)
	return w
}

// site returns where the calling thread is: the line at least.
func (r *Recorder) site(th *thread) Access {
	s := th.t.Site()
	if s.Line == 0 || int(s.Line) == th.where.Line && labelOf(s) == th.where.Label {
		return Access{Label: th.where.Label, Line: th.where.Line}
	}
	return Access{Label: labelOf(s), Line: int(s.Line)}
}

// calls returns the call in which something happens to an object, nil if there is none: the one that th made last, or
// one whose argument that was.
func (r *Recorder) calls(th *thread, o *object) *row {
	for th.call != nil && th.call.settled && len(th.outer) > 0 {
		n := len(th.outer)
		if up := th.outer[n-1]; o == nil || o == th.call.obj || !o.has(up.method) {
			break
		}
		th.call, th.outer = th.outer[n-1], th.outer[:n-1]
	}
	return th.call
}

// inside reports whether an object is something inside of what a call is about: a future's own condition.
func (r *Recorder) inside(call *row, o *object) bool {
	return !o.has(call.method) && call.method != "Wait" && call.method != "WaitFor"
}

// binds gives an object the name on which its method is called.
func (r *Recorder) binds(call *row, o *object) {
	if call.method == "Wait" && !o.has("Wait") {
		return // the lock of a condition
	}
	o.call(r, call.name)
}

func labelOf(s machine.Site) string {
	if s.Cell > 0 {
		return fmt.Sprintf("In[%d]", s.Cell)
	}
	return s.File
}

// blocks is a thread that waits for an object.
func (r *Recorder) blocks(th *thread, o *object) {
	if th.waits != nil && th.waits.obj == o || o == nil && th.takes != nil {
		return // it was woken in vain, or its wait was told
	}
	w := r.happens(th, Wait, o)
	if o != nil {
		w.holders = slices.Clone(o.holders)
		o.waiters = append(o.waiters, th)
	}
	th.doing, th.waits = waits, w
}

// awake is a thread that waits no longer.
func (r *Recorder) awake(th *thread) {
	if w := th.waits; w != nil && w.obj != nil {
		if i := slices.Index(w.obj.waiters, th); i >= 0 {
			w.obj.waiters = slices.Delete(w.obj.waiters, i, i+1)
		}
	}
	th.waits, th.doing = nil, runs
}

// goesOn is a thread that runs after a wait. That of a lock is told when it has the lock.
func (r *Recorder) goesOn(th *thread) {
	w := th.waits
	slept := th.doing == released
	if th.doing == ended {
		return
	}
	th.doing = runs
	if w == nil || slept {
		return
	}
	if w.obj != nil && (w.obj.kind == "Lock" || w.obj.kind == "RLock") && !w.internal {
		return
	}
	r.awake(th)
	wake := &row{th: th, op: Wake, obj: w.obj, other: w.other, at: w.at, n: -1, internal: w.internal, name: w.name,
		method: w.method}
	r.add(wake)
}
