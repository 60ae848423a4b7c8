package interp

// This file records the pending timers that call functions, because they may wake goroutines that would wait forever
// otherwise. Timers that send on a channel are known from their channels.

import (
	"context"
	"sync"
	"time"
)

// lateTimer is how late a timer can be before it is considered stopped.
const lateTimer = time.Second

// timers holds the times at which timers are due. Its methods may be called concurrently.
type timers struct {
	mu    sync.Mutex // protects the field below
	until map[any]time.Time
}

func (ts *timers) add(key any, until time.Time) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.until == nil {
		ts.until = map[any]time.Time{}
	}
	ts.until[key] = until
}

func (ts *timers) remove(key any) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	delete(ts.until, key)
}

// pending reports whether any timer is pending, and removes timers that are late.
func (ts *timers) pending() bool {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for key, until := range ts.until {
		if time.Since(until) < lateTimer {
			return true
		}
		delete(ts.until, key)
	}
	return false
}

// reset is (*time.Timer).Reset.
func (ts *timers) reset(t *time.Timer, d time.Duration) bool {
	if t.C == nil { // it calls a function
		ts.add(t, time.Now().Add(d))
	}
	return t.Reset(d)
}

// stop is (*time.Timer).Stop.
func (ts *timers) stop(t *time.Timer) bool {
	ts.remove(t)
	return t.Stop()
}

// afterFunc is time.AfterFunc.
func (s *runner) afterFunc(d time.Duration, f func()) *time.Timer {
	s.threads.current().beside().timer()
	f, over := s.outsider(f)
	time.AfterFunc(d+lateTimer, over)
	key := new(byte)
	s.timers.add(key, time.Now().Add(d)) // before it can expire
	t := time.AfterFunc(d, s.callback("", f))
	s.timers.add(t, time.Now().Add(d))
	s.timers.remove(key)
	return t
}

// contextAfterFunc is context.AfterFunc.
func (s *runner) contextAfterFunc(ctx context.Context, f func()) func() bool {
	s.threads.current().beside().callback()
	f, over := s.outsider(f)
	stop := context.AfterFunc(ctx, s.callback("", f))
	return func() bool {
		stopped := stop()
		if stopped {
			over()
		}
		return stopped
	}
}

// deadline records a context's deadline as a timer.
func (s *runner) deadline(ctx context.Context) {
	if until, ok := ctx.Deadline(); ok && ctx.Err() == nil {
		s.threads.current().beside().timer()
		s.timers.add(ctx, until)
		context.AfterFunc(ctx, func() { s.timers.remove(ctx) })
	}
}

// contextFunctions returns replacements for the functions of package context that start timers or call functions.
func (s *runner) contextFunctions() map[string]any {
	type ctx = context.Context
	return map[string]any{
		"AfterFunc": s.contextAfterFunc,
		"WithDeadline": func(parent ctx, at time.Time) (ctx, context.CancelFunc) {
			c, cancel := context.WithDeadline(parent, at)
			s.deadline(c)
			return c, cancel
		},
		"WithDeadlineCause": func(parent ctx, at time.Time, cause error) (ctx, context.CancelFunc) {
			c, cancel := context.WithDeadlineCause(parent, at, cause)
			s.deadline(c)
			return c, cancel
		},
		"WithTimeout": func(parent ctx, d time.Duration) (ctx, context.CancelFunc) {
			c, cancel := context.WithTimeout(parent, d)
			s.deadline(c)
			return c, cancel
		},
		"WithTimeoutCause": func(parent ctx, d time.Duration, cause error) (ctx, context.CancelFunc) {
			c, cancel := context.WithTimeoutCause(parent, d, cause)
			s.deadline(c)
			return c, cancel
		},
	}
}
