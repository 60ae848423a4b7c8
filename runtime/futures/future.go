package futures

// This file defines futures: Lib/concurrent/futures/_base.py.

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// A Future is the outcome of a call that another thread makes. An Executor makes them, and NewFuture. All methods may
// be called by several threads at once.
type Future struct {
	id     gil.Identity
	label  string
	old    bool         // a second outcome replaces the first: before 3.8
	over   machine.Word // 1 when it is done
	runner atomic.Pointer[machine.Thread]

	mu        sync.Mutex // protects the fields below; held briefly, never while anything waits
	state     state
	result    any
	err       error
	callbacks []func(*Future)
	waiters   []*waiter
}

// state is the state of a Future, by Python's names.
type state string

const (
	pending           state = "PENDING"
	running           state = "RUNNING"
	cancelled         state = "CANCELLED"              // but the executor hasn't noticed
	cancelledNotified state = "CANCELLED_AND_NOTIFIED" // it has noticed: Wait and AsCompleted know
	finished          state = "FINISHED"
)

func (s state) done() bool  { return s == finished || s == cancelled || s == cancelledNotified }
func (s state) known() bool { return s == finished || s == cancelledNotified } // to Wait

// NewFuture returns a Future that is pending: for tests and for executors.
func NewFuture() *Future { return newFuture(machine.Current()) }

func newFuture(t *machine.Thread) *Future {
	return &Future{label: threading.DefaultName(t, "Future"), old: minor(gil.Of(t)) < 8, state: pending}
}

// minor is the second number of an interpreter's version, 0 before 3.0; that of the default version for nil.
func minor(in *gil.Interpreter) (n int) {
	version := gil.DefaultVersion
	if in != nil {
		version = in.Profile().Version
	}
	digits, ok := strings.CutPrefix(version, "3.")
	for i := 0; ok && i < len(digits) && digits[i] >= '0' && digits[i] <= '9'; i++ {
		n = 10*n + int(digits[i]-'0')
	}
	return n
}

// Name is what a timeline and a report call it: "Future-1 (running)".
func (f *Future) Name() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.label + " (" + f.state.word() + ")"
}

func (s state) word() string { return strings.ToLower(strings.TrimSuffix(string(s), "_AND_NOTIFIED")) }

// Holders implements machine.Resource: the thread that makes the call.
func (f *Future) Holders() []machine.Holder {
	if t := f.runner.Load(); t != nil {
		return []machine.Holder{{Thread: t}}
	}
	return nil
}

// String shows it as Python's repr does: "<Future at 0xc00012 state=finished returned int>".
func (f *Future) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.stringLocked()
}

func (f *Future) stringLocked() string {
	text := ""
	if f.state == finished {
		if text = " returned " + typeName(f.result); f.err != nil {
			text = " raised " + errorName(f.err)
		}
	}
	return fmt.Sprintf("<Future at %s state=%s%s>", f.id.Address(f), f.state.word(), text)
}

// GoString is String, so that %#v shows the same.
func (f *Future) GoString() string { return f.String() }

func (f *Future) read(t *machine.Thread) state {
	f.over.Load(t)
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

// Done reports whether there is a result, an exception or a cancellation.
func (f *Future) Done() bool { return f.read(machine.Current()).done() }

// Running reports whether the call is being made.
func (f *Future) Running() bool { return f.read(machine.Current()) == running }

// Cancelled reports whether it was cancelled.
func (f *Future) Cancelled() bool {
	s := f.read(machine.Current())
	return s == cancelled || s == cancelledNotified
}

// Cancel prevents the call, and reports whether it could: not if it is being made or done.
func (f *Future) Cancel() bool {
	t := machine.Current()
	f.over.Touch(t)
	f.mu.Lock()
	switch f.state {
	case running, finished:
		f.mu.Unlock()
		return false
	case cancelled, cancelledNotified:
		f.mu.Unlock()
		return true
	}
	f.state, f.err = cancelled, &CancelledError{}
	f.mu.Unlock()
	f.announce(t, nil)
	return true
}

// announce wakes the threads that wait for the Future, notifies the waiters, and calls the callbacks.
func (f *Future) announce(t *machine.Thread, waiters []*waiter) {
	for _, w := range waiters {
		w.tell(t, f)
	}
	f.over.Store(t, 1)
	f.over.Wake(t, 1<<30)
	f.mu.Lock()
	list := f.callbacks
	f.callbacks = nil
	f.mu.Unlock()
	for _, fn := range list {
		f.callBack(fn)
	}
}

// callBack calls a callback; a panic in it is reported, but for those that end the thread.
func (f *Future) callBack(fn func(*Future)) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if exceptions.Uncatchable(v) {
			panic(v)
		}
		threading.Report(machine.Current(), fmt.Sprintf("exception calling callback for %v\n%s\n", f, describe(v)))
	}()
	fn(f)
}

// AddDoneCallback makes the thread that ends the Future call fn with it; if it is done already, fn is called at once.
// Callbacks are called in the order in which they were added; a panic in one is reported and ends nothing.
func (f *Future) AddDoneCallback(fn func(*Future)) {
	if fn == nil {
		panic(exceptions.Type("'nil' object is not callable"))
	}
	f.over.Load(machine.Current())
	f.mu.Lock()
	if !f.state.done() {
		f.callbacks = append(f.callbacks, fn)
		f.mu.Unlock()
		return
	}
	f.mu.Unlock()
	f.callBack(fn)
}

// Result waits until the Future is done, for at most a Timeout, and returns the result and the exception: what the call
// panicked with or returned as its last result, a *CancelledError if the Future was cancelled, or a *TimeoutError.
func (f *Future) Result(opts ...WaitOption) (any, error) {
	t := machine.Current()
	return f.wait(t, optionsOf(t, opts))
}

// Exception is Result without the result: nil if the call succeeded.
func (f *Future) Exception(opts ...WaitOption) error {
	_, err := f.Result(opts...)
	return err
}

func (f *Future) wait(t *machine.Thread, o waitOptions) (any, error) {
	if !sleep(t, &f.over, o.until, machine.Why{Kind: timeline.WaitEvent, On: f}) {
		return nil, &TimeoutError{}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.result, f.err
}

// SetRunningOrNotifyCancel announces that the call will be made, and reports whether to make it: not if the Future was
// cancelled. It is for executors. It panics with a RuntimeError, "Future in unexpected state", the second time.
func (f *Future) SetRunningOrNotifyCancel() bool {
	t := machine.Current()
	f.over.Touch(t)
	f.mu.Lock()
	switch f.state {
	case pending:
		f.state = running
		f.mu.Unlock()
		return true
	case cancelled:
		f.state = cancelledNotified
		waiters := f.waiters
		f.mu.Unlock()
		for _, w := range waiters {
			w.tell(t, f)
		}
		return false
	}
	f.mu.Unlock()
	panic(exceptions.Runtime("Future in unexpected state"))
}

// SetResult ends the Future with a result. It is for executors. It panics with an *InvalidStateError if it is done;
// before 3.8 the result is replaced.
func (f *Future) SetResult(result any) { f.end(result, nil) }

// SetException ends the Future with an exception. It is for executors. It panics with an *InvalidStateError if it is
// done; before 3.8 the outcome is replaced.
func (f *Future) SetException(err error) { f.end(nil, err) }

func (f *Future) end(result any, err error) {
	t := machine.Current()
	f.over.Touch(t)
	f.mu.Lock()
	if f.state.done() && !f.old {
		message := fmt.Sprintf("%s: %s", f.state, f.stringLocked())
		f.mu.Unlock()
		panic(&InvalidStateError{message})
	}
	f.result, f.err, f.state = result, err, finished
	waiters := f.waiters
	f.mu.Unlock()
	f.runner.Store(nil)
	f.announce(t, waiters)
}
