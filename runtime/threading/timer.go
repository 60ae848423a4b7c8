package threading

// This file defines timers.

import "time"

// A Timer is threading.Timer: a Thread that calls a function after a time, unless it is cancelled before. It has all
// methods of Thread; Start begins the time (Lib/threading.py).
type Timer struct {
	Thread
	finished Event
}

// NewTimer returns a timer that will call function with the arguments of Args after interval; a negative one is 0. It
// panics as NewThread does, but a function that isn't callable is noticed only when the time is up, as in Python.
func NewTimer(interval time.Duration, function any, opts ...Option) *Timer {
	base := newThread("NewTimer", nil, opts)
	t := &Timer{}
	t.in, t.name, t.daemon, t.args, t.made = base.in, base.name, base.daemon, base.args, base.made
	moduleOf(t.in).remember(&t.Thread)
	t.finished.label.set(eventKind, []string{"of " + t.name})
	t.label = "function"
	if function != nil {
		t.label = lambdaName(function, t.in)
	}
	args := base.args
	t.run = func(*Thread) {
		t.finished.Wait(Timeout(interval))
		if !t.finished.IsSet() {
			callable(function, notCallable(function))
			callTarget(t.in, function, t.label, args)
		}
		t.finished.Set()
	}
	return t
}

// Cancel ends the wait if it isn't over: the function will not be called.
func (t *Timer) Cancel() { t.finished.Set() }
