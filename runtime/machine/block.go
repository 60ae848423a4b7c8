package machine

// This file defines what a thread does outside of the interpreted code: with the GIL and without it.

import (
	"time"

	"gilkernel/runtime/timeline"
)

// Attach acquires the GIL again after Detach. The two nest: only the outermost pair has an effect. For a nil thread,
// and for one that belongs to no interpreter, Attach does nothing.
func (t *Thread) Attach() {
	if t == nil || t.interp == nil {
		return
	}
	if t.away--; t.away == 0 {
		t.interp.Attach(t)
		t.inside = true
	}
}

// Detach releases the GIL until Attach: Py_BEGIN_ALLOW_THREADS. Until then, checks do nothing.
func (t *Thread) Detach() {
	if t == nil || t.interp == nil {
		return
	}
	if t.away++; t.away == 1 {
		t.inside = false
		t.interp.Detach(t)
	}
}

// Attached reports whether the thread may run interpreted code. Own goroutine only.
func (t *Thread) Attached() bool {
	t.back()
	return t.inside
}

// CallCost is the time from the beginning of a call until it releases the GIL: finding the function, parsing the
// arguments. Meanwhile the thread that held the GIL before goes to sleep, so the caller can acquire the GIL again after
// a short call.
const CallCost = time.Microsecond

// AllowThreads calls fn, a native function that needs no interpreter, without the GIL. name is the
// function's in the timeline.
func (t *Thread) AllowThreads(name string, fn func()) {
	t.Blocking(timeline.NativeFree, name, fn)
}

// Blocking calls fn without the GIL, and says in the timeline that the thread is in the state kind
// meanwhile, with an object called name. fn must not use the thread.
//
// On a simulated machine fn takes no virtual time if it returns within callGrace of real time; that is the same in each
// run. If it takes longer, the other threads run and virtual time passes, so runs with such calls aren't repeatable.
func (t *Thread) Blocking(kind timeline.Kind, name string, fn func()) {
	t.Detach()
	defer t.Resume() // after a panic too: the code that recovers must be attached
	t.Do(kind, t.ObjectName(name))
	t.m.backend.call(t, fn)
}

// Free calls fn, the learner's own code in place of a native function, without the GIL. During the call, Freed returns
// true.
func (t *Thread) Free(name string, fn func()) {
	t.Detach()
	old := t.free
	t.free = true
	defer func() {
		t.free = old
		t.sim.offered++
		t.Attach()
	}()
	t.Do(timeline.NativeFree, t.ObjectName(name))
	fn()
}

// Freed reports whether the thread is in a call of Free: interpreted code that runs in it needs no GIL. Only the thread
// itself may ask.
func (t *Thread) Freed() bool { return t.free }

// Resume is Attach at the end of a wait, after which the thread is in interpreted code again: the timeline says so, for
// a thread without an interpreter too. Nothing happens to a nil thread. Own goroutine only.
func (t *Thread) Resume() {
	if t == nil {
		return
	}
	t.Attach()
	if t.interp == nil { // otherwise Attach has recorded it
		t.Do(timeline.Run, 0)
	}
}

// IO is a blocking system call that takes d, as a simulation models it: it releases the GIL, even if d is 0 and the
// call doesn't block. A negative d is 0.
func (t *Thread) IO(name string, d time.Duration) { t.pause(timeline.IO, name, d) }

// Sleep is time.sleep: it releases the GIL, even for 0. A negative d is 0; raising Python's error for it is up to the
// caller. It panics if the thread must end.
func (t *Thread) Sleep(d time.Duration) { t.pause(timeline.Sleep, "", d) }

func (t *Thread) pause(kind timeline.Kind, name string, d time.Duration) {
	t.die()
	if t.interp != nil {
		t.Cost(CallCost)
	}
	t.Detach()
	defer t.Resume()
	t.Do(kind, t.ObjectName(name))
	t.m.backend.sleep(t, max(int64(d), 0))
	t.die()
}

// Native is a native call that takes d of the core's time and doesn't release the GIL. In a call of Free the thread
// doesn't hold the GIL, and the timeline says so. Only the thread's own end (Kill, Stop) cuts it short; the thread
// notices at its next check.
func (t *Thread) Native(name string, d time.Duration) {
	t.back()
	kind, after, object := timeline.Native, timeline.Run, timeline.Name(0)
	if t.free {
		kind, after, object = timeline.NativeFree, timeline.NativeFree, t.object
	}
	t.Do(kind, t.ObjectName(name))
	t.Work(d)
	t.Do(after, object)
}

// Work uses the core for d. An attached thread holds the GIL throughout, as in a native call; a detached one runs
// beside the others. It ends early if the thread must end.
func (t *Thread) Work(d time.Duration) {
	t.back()
	if d > 0 {
		t.m.backend.work(t, int64(d))
	}
}

// Yield lets another thread have the core: sched_yield. It has nothing to do with the GIL.
func (t *Thread) Yield() { t.m.backend.yield(t) }
