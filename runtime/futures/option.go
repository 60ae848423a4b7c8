package futures

// This file defines the optional arguments of calls that wait.

import (
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
)

// A WaitOption is an optional argument of Result, Exception, Wait, AsCompleted and Map: a Timeout, or for Wait a
// ReturnWhen.
type WaitOption interface{ apply(*waitOptions) }

type waitOptions struct {
	until time.Duration // on the waiter's clock; negative: never
	when  ReturnWhen
}

type timeout time.Duration

// Timeout limits a wait: timeout=…. A negative one is 0, as in Python.
func Timeout(d time.Duration) WaitOption { return timeout(max(d, 0)) }

func (d timeout) apply(o *waitOptions) { o.until = time.Duration(d) }

// ReturnWhen says what Wait waits for.
type ReturnWhen string

func (r ReturnWhen) apply(o *waitOptions) { o.when = r }

// What Wait can wait for, by Python's names.
const (
	FIRST_COMPLETED ReturnWhen = "FIRST_COMPLETED" // any is done
	FIRST_EXCEPTION ReturnWhen = "FIRST_EXCEPTION" // any has failed, or all are done
	ALL_COMPLETED   ReturnWhen = "ALL_COMPLETED"   // all are done
)

func optionsOf(t *machine.Thread, opts []WaitOption) waitOptions {
	o := waitOptions{until: -1, when: ALL_COMPLETED}
	for _, p := range opts {
		if p != nil {
			p.apply(&o)
		}
	}
	switch o.when {
	case FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED:
	default:
		panic(exceptions.Value("Invalid return condition: '%s'", string(o.when)))
	}
	o.until = machine.Deadline(t, o.until)
	return o
}

// sleep waits until w isn't 0, without the GIL, and reports whether that came before the time until.
func sleep(t *machine.Thread, w *machine.Word, until time.Duration, why machine.Why) bool {
	if w.Load(t) != 0 {
		return true
	}
	if t != nil {
		t.Detach()
		defer t.Resume()
	}
	for w.Load(t) == 0 {
		if t.Wait(w, 0, machine.Remaining(t, until), why) == machine.TimedOut {
			return w.Load(t) != 0
		}
	}
	return true
}
