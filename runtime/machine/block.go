package machine

// This file defines what a thread does outside of the interpreted code: with the GIL and without it.

import (
	"time"

	"gilkernel/runtime/timeline"
)

// Attach takes the GIL back after Detach. The two nest: only the outermost pair does something. A thread
// that belongs to no interpreter has no GIL, nor has nobody (nil), so nothing happens.
func (t *Thread) Attach() {
	if t == nil || t.interp == nil {
		return
	}
	if t.away--; t.away == 0 {
		t.interp.Attach(t)
		t.inside = true
	}
}

// Detach releases the GIL until Attach: Py_BEGIN_ALLOW_THREADS. Checks do nothing meanwhile.
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
	if t.claim.Load() != unclaimed {
		t.settle()
	}
	return t.inside
}

// CallCost is what a call takes up to where it gives the GIL up: finding the function, parsing the arguments. In that
// time the thread that had the GIL before goes to sleep, and so the caller can have the GIL back after a short call.
const CallCost = time.Microsecond

// AllowThreads calls fn, a native function that needs no interpreter, without the GIL. name is the
// function's in the timeline.
func (t *Thread) AllowThreads(name string, fn func()) {
	t.Blocking(timeline.NativeFree, name, fn)
}

// Blocking calls fn without the GIL, and says in the timeline that the thread is in the state kind
// meanwhile, with an object called name. fn must not use the thread.
//
// On a simulated machine fn takes no virtual time if it returns within callGrace of real time; that is the
// same in each run. What takes longer waits for the world outside: the other threads go on, and virtual time with
// them, so runs with such calls aren't repeatable.
func (t *Thread) Blocking(kind timeline.Kind, name string, fn func()) {
	t.Detach()
	defer t.Resume() // after a panic too: whoever recovers is attached again
	t.Do(kind, t.ObjectName(name))
	t.m.backend.call(t, fn)
}

// Free calls fn, the learner's own code in the place of a native function, without the GIL. Freed reports true
// meanwhile.
func (t *Thread) Free(name string, fn func()) {
	t.Detach()
	old := t.free
	t.free = true
	defer func() {
		t.free = old
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
	if t.interp == nil { // Attach has said it otherwise
		t.Do(timeline.Run, 0)
	}
}

// IO is a blocking system call that takes d, as a simulation knows it: it gives the GIL up, even if d
// is 0 and the call doesn't block. A negative d is 0.
func (t *Thread) IO(name string, d time.Duration) { t.pause(timeline.IO, name, d) }

// Sleep is time.sleep: it gives the GIL up, even for 0. A negative d is 0; Python's error for it is the
// caller's matter. It panics if the thread shall end.
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
	kind, after, object := timeline.Native, timeline.Run, timeline.Name(0)
	if t.free {
		kind, after, object = timeline.NativeFree, timeline.NativeFree, t.object
	}
	t.Do(kind, t.ObjectName(name))
	t.Work(d)
	t.Do(after, object)
}

// Work uses the core for d. A thread that is attached holds the GIL all the while, as in a native call;
// one that isn't works beside the others. It ends early if the thread shall end.
func (t *Thread) Work(d time.Duration) {
	if d > 0 {
		t.m.backend.work(t, int64(d))
	}
}

// Yield lets another thread have the core: sched_yield. It has nothing to do with the GIL.
func (t *Thread) Yield() { t.m.backend.yield(t) }
