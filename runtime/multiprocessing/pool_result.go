package multiprocessing

// This file defines results that come later: ApplyResult and MapResult.

import (
	"runtime/debug"
	"sync"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// An AsyncResult is the result of ApplyAsync, MapAsync or StarmapAsync, which may not be there yet:
// multiprocessing.pool.AsyncResult. Its methods may be called by any thread of the process.
type AsyncResult struct {
	id       gil.Identity
	class    string
	pool     *Pool // keeps the pool alive until there is a result
	name     string
	over     machine.Word
	callback func(any)
	errback  func(error)

	mu    sync.Mutex // protects the fields below; held briefly, never while anything waits
	value any
	err   error
	// Of a map.
	values []any
	chunk  int
	left   int
}

// Name implements machine.Resource: "the result of square".
func (r *AsyncResult) Name() string { return "the result of " + r.name }

// Holders implements machine.Resource.
func (r *AsyncResult) Holders() []machine.Holder { return nil }

// String returns its repr: "<multiprocessing.pool.ApplyResult object at 0x7f3a00000040>".
func (r *AsyncResult) String() string {
	return "<multiprocessing.pool." + r.class + " object at " + r.id.Address(r) + ">"
}

// GoString is String, so that %#v shows the same.
func (r *AsyncResult) GoString() string { return r.String() }

// Ready reports whether there is a result or an exception.
func (r *AsyncResult) Ready() bool { return r.over.Load(machine.Current()) == 1 }

// Successful reports whether there is a result and no exception. Before the task is done it panics with a ValueError
// (in Python 3.6, with an AssertionError).
func (r *AsyncResult) Successful() bool {
	if !r.Ready() {
		if gil.Of(machine.Current()).Minor() < 307 {
			assert(false, "")
		}
		panic(exceptions.Value("%v not ready", r))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err == nil
}

// Wait waits until there is a result or an exception, for at most a Timeout.
func (r *AsyncResult) Wait(opts ...WaitOption) {
	t := machine.Current()
	await(t, &r.over, 0, timeout("wait", opts), machine.Why{Kind: timeline.WaitEvent, On: r})
}

// Get waits for the result and returns it. It panics with the exception of the task, a *TaskError, and with a
// *TimeoutError after a Timeout.
func (r *AsyncResult) Get(opts ...WaitOption) any {
	r.Wait(opts...)
	if !r.Ready() {
		panic(&TimeoutError{})
	}
	r.mu.Lock()
	v, err := r.value, r.err
	r.mu.Unlock()
	if err != nil {
		panic(err)
	}
	return v
}

// await releases the GIL and waits until a word differs from old, for at most d.
func await(t *machine.Thread, word *machine.Word, old uint32, d time.Duration, why machine.Why) {
	if word.Load(t) != old || d == 0 {
		return
	}
	end := machine.Deadline(t, d)
	t.Detach()
	defer t.Attach()
	for word.Load(t) == old && t.Wait(word, old, machine.Remaining(t, end), why) != machine.TimedOut {
	}
}

// set implements sink.
func (r *AsyncResult) set(t *machine.Thread, index int, v any, err error) (done bool) {
	r.mu.Lock()
	if r.left == 0 {
		r.mu.Unlock()
		return true
	}
	switch list, ok := v.([]any); {
	case err != nil && r.err == nil:
		r.err = err
	case r.values == nil:
		r.value = v
	case ok:
		copy(r.values[index*r.chunk:], list)
	}
	if r.left--; r.left > 0 {
		r.mu.Unlock()
		return false
	}
	if r.values != nil {
		r.value = r.values
	}
	r.mu.Unlock()
	r.finish(t)
	return true
}

// fail implements sink.
func (r *AsyncResult) fail(t *machine.Thread, err error) {
	r.mu.Lock()
	if r.left == 0 {
		r.mu.Unlock()
		return
	}
	r.left = 0
	if r.err == nil {
		r.err = err
	}
	r.mu.Unlock()
	r.finish(t)
}

// finish calls the callback and wakes the threads that wait.
func (r *AsyncResult) finish(t *machine.Thread) {
	defer func() { // after the callback, as in Python, even if the callback ends the thread
		r.pool = nil
		r.over.Store(t, 1)
		r.over.Wake(t, 1<<30)
	}()
	call := func() {}
	switch {
	case r.err == nil && r.callback != nil:
		call = func() { r.callback(r.value) }
	case r.err != nil && r.errback != nil:
		call = func() { r.errback(r.err) }
	}
	callBack(t, call)
}

// callBack calls a callback. If the callback panics, the panic is printed; in Python it ends the thread that receives
// results, and the pool waits forever.
func callBack(t *machine.Thread, call func()) {
	defer func() {
		if v := recover(); v != nil {
			if ends(v, true) {
				panic(v)
			}
			threading.PrintException(t, "Exception in a callback of a pool:\n", v, debug.Stack())
		}
	}()
	call()
}
