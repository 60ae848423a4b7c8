package asyncio

// This file defines futures: Lib/asyncio/futures.py.

import (
	"errors"
	"slices"
)

// A Future is a result that isn't there yet. NewFuture makes one; a Task is one. Only the loop's thread may use it.
type Future struct {
	l         *loop
	state     state
	result    any
	err       error
	unseen    bool // err wasn't retrieved
	callbacks []*callback
	cancelIt  func() bool // how it is cancelled, if it isn't a mere future
	of        named       // what it belongs to, for reports; may be nil
	how       string      // "empty": what it is that is waited for
}

type state uint8

const (
	pending state = iota
	cancelled
	finished
)

// named is what a report can name.
type named interface{ Name() string }

// NewFuture returns a Future of the running loop: loop.create_future. It panics with a RuntimeError, "no running event
// loop", if there is none.
func NewFuture() *Future { return here().newFuture(nil, "") }

func (l *loop) newFuture(of named, how string) *Future { return &Future{l: l, of: of, how: how} }

// name is what a report calls f, for a task that waits for it.
func (f *Future) name() string {
	switch {
	case f.of == nil:
		return "a Future"
	case f.how == "":
		return f.of.Name()
	}
	return f.of.Name() + " (" + f.how + ")"
}

// Done reports whether there is a result, an exception or a cancellation.
func (f *Future) Done() bool { return f.state != pending }

// Cancelled reports whether it was cancelled.
func (f *Future) Cancelled() bool { return f.state == cancelled }

// Cancel cancels it, and reports whether that was possible: it was not done.
func (f *Future) Cancel() bool {
	if f.cancelIt != nil {
		return f.cancelIt()
	}
	return f.cancel()
}

func (f *Future) cancel() bool {
	f.unseen = false
	if f.state != pending {
		return false
	}
	f.state, f.err = cancelled, &CancelledError{}
	f.schedule()
	return true
}

// Result returns the result, or what went wrong: a *CancelledError if it was cancelled. It panics with an
// *InvalidStateError, "Result is not set.", if it isn't done: Await waits.
func (f *Future) Result() (any, error) {
	if f.state == pending {
		panic(&InvalidStateError{"Result is not set."})
	}
	f.unseen = false
	return f.result, f.err
}

// Exception returns what went wrong, nil if nothing did. It panics with an *InvalidStateError, "Exception is not set.",
// if it isn't done.
func (f *Future) Exception() error {
	if f.state == pending {
		panic(&InvalidStateError{"Exception is not set."})
	}
	f.unseen = false
	return f.err
}

// SetResult sets the result. It panics with an *InvalidStateError, "invalid state", if it is done.
func (f *Future) SetResult(result any) {
	if f.state != pending {
		panic(&InvalidStateError{"invalid state"})
	}
	f.result, f.state = result, finished
	f.schedule()
}

// SetException sets what went wrong. It panics with an *InvalidStateError, "invalid state", if it is done.
func (f *Future) SetException(err error) {
	if f.state != pending {
		panic(&InvalidStateError{"invalid state"})
	}
	f.err, f.state, f.unseen = err, finished, true
	f.schedule()
}

// settle sets a result unless it is done.
func (f *Future) settle() {
	if f.state == pending {
		f.SetResult(nil)
	}
}

// AddDoneCallback lets the loop call fn soon after the Future is done, at once if it is.
func (f *Future) AddDoneCallback(fn func(*Future)) { f.onDone(func() { fn(f) }) }

// A callback is one of a Future's.
type callback struct{ fn func() }

// onDone is AddDoneCallback, and returns a function that removes the callback: remove_done_callback.
func (f *Future) onDone(fn func()) (forget func()) {
	if f.state != pending {
		f.l.soon(fn)
		return func() {}
	}
	c := &callback{fn}
	f.callbacks = append(f.callbacks, c)
	return func() {
		if i := slices.Index(f.callbacks, c); i >= 0 {
			f.callbacks = slices.Delete(f.callbacks, i, i+1)
		}
	}
}

func (f *Future) schedule() {
	for _, c := range f.callbacks {
		f.l.soon(c.fn)
	}
	f.callbacks = nil
}

// Await waits until it is done and returns Result's: "await f". It panics with a *CancelledError if the task that waits
// is cancelled, which cancels the Future too.
func (f *Future) Await() (any, error) {
	k := waiting("Await")
	k.sameLoop(f)
	k.await(f)
	return f.Result()
}

func isCancelled(err error) bool { return errors.Is(err, &CancelledError{}) }
