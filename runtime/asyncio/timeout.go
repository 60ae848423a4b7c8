package asyncio

// This file defines time-outs: Lib/asyncio/timeouts.py.

import (
	"time"

	"gilkernel/runtime/exceptions"
)

// Timeout calls fn, and cancels what it waits for when d is over: "async with asyncio.timeout(d)". It returns a
// *TimeoutError then, and nil otherwise. NewTimeout makes one whose deadline can be changed.
func Timeout(d time.Duration, fn func()) error {
	waiting("Timeout")
	return NewTimeout(d).With(fn)
}

// A TimeoutContext is asyncio.Timeout: a deadline for the calls that With makes. NewTimeout and NewTimeoutAt make one.
type TimeoutContext struct {
	when   time.Duration // negative: no deadline
	after  time.Duration // until when, if it isn't known yet
	state  timeoutState
	task   *Task
	timer  *timer
	before int // Task.Cancelling at the beginning
}

type timeoutState string

const (
	created  timeoutState = "created"
	active   timeoutState = "active"
	expiring timeoutState = "expiring"
	expired  timeoutState = "expired"
	exited   timeoutState = "finished"
)

// NewTimeout returns a time-out of d from the beginning of With on: asyncio.timeout(d). Without d there is no deadline:
// timeout(None).
func NewTimeout(d ...time.Duration) *TimeoutContext {
	c := &TimeoutContext{when: -1, after: -1, state: created}
	if len(d) > 0 {
		c.after = max(d[0], 0)
	}
	return c
}

// NewTimeoutAt returns a time-out at a time of the loop's clock, which Time reads: asyncio.timeout_at(when).
func NewTimeoutAt(when time.Duration) *TimeoutContext {
	return &TimeoutContext{when: max(when, 0), after: -1, state: created}
}

// Time returns the running loop's time, from which NewTimeoutAt and Reschedule count: loop.time().
func Time() time.Duration { return here().t.Now() }

// When returns the deadline on the loop's clock; ok is false if there is none.
func (c *TimeoutContext) When() (when time.Duration, ok bool) { return c.when, c.when >= 0 }

// Expired reports whether the time was up before With ended.
func (c *TimeoutContext) Expired() bool { return c.state == expiring || c.state == expired }

// Reschedule moves the deadline to a time of the loop's clock; a negative one removes it: reschedule(None). It panics
// with a RuntimeError, "Cannot change state of expired Timeout", outside of With and when the time is up.
func (c *TimeoutContext) Reschedule(when time.Duration) {
	if c.state != active {
		if c.state == created {
			panic(exceptions.Runtime("Timeout has not been entered"))
		}
		panic(exceptions.Runtime("Cannot change state of %s Timeout", c.state))
	}
	c.schedule(when)
}

func (c *TimeoutContext) schedule(when time.Duration) {
	c.when = max(when, -1)
	if c.timer != nil {
		c.timer.cancel()
		c.timer = nil
	}
	l := c.task.l
	switch now := l.t.Now(); {
	case when < 0:
	case when <= now:
		tm := &timer{}
		tm.fn = c.expire
		c.timer = tm
		l.soon(func() {
			if !tm.void {
				c.expire()
			}
		})
	default:
		c.timer = l.later(when-now, c.expire)
	}
}

func (c *TimeoutContext) expire() {
	c.task.Cancel()
	c.state = expiring
	c.timer = nil
}

// With calls fn, and cancels what it waits for when the time is up: "async with t". It returns a *TimeoutError then,
// and nil otherwise. Any other panic of fn continues, and so does a cancellation of the task from elsewhere. It panics
// with a RuntimeError, "Timeout has already been entered", the second time.
func (c *TimeoutContext) With(fn func()) (err error) {
	k := waiting("Timeout.With")
	if c.state != created {
		panic(exceptions.Runtime("Timeout has already been entered"))
	}
	c.state, c.task, c.before = active, k, k.Cancelling()
	when := c.when
	if c.after >= 0 {
		when = k.l.t.Now() + min(c.after, 1<<62-k.l.t.Now())
	}
	c.schedule(when)
	returned := false
	defer func() {
		if c.timer != nil {
			c.timer.cancel()
			c.timer = nil
		}
		if c.state != expiring {
			c.state = exited
			return
		}
		c.state = expired
		own := k.Uncancel() <= c.before
		if returned {
			if own { // what the time-out asked for, and nothing waited for any more
				k.mustCancel = false
			}
			return
		}
		if !own || k.l.over {
			return
		}
		v := recover()
		if e, _ := v.(error); !isCancelled(e) {
			panic(v)
		}
		err = &TimeoutError{}
	}()
	fn()
	returned = true
	return nil
}
