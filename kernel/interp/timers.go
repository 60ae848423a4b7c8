package interp

// This file defines which timers are under way that call functions: they may wake what waits forever otherwise. Timers
// that send on a channel are seen by their channels.

import (
	"context"
	"sync"
	"time"
)

// lateTimer is when a timer that hasn't called by then is taken for one that was stopped.
const lateTimer = time.Second

// timers holds until when each of them may be expected. Its methods may be called concurrently.
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

// pending reports whether there is one.
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
	s.timers.add(key, time.Now().Add(d)) // before it can run out
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

// deadline records that a context ends by itself.
func (s *runner) deadline(ctx context.Context) {
	if until, ok := ctx.Deadline(); ok && ctx.Err() == nil {
		s.threads.current().beside().timer()
		s.timers.add(ctx, until)
		context.AfterFunc(ctx, func() { s.timers.remove(ctx) })
	}
}

// contextFunctions returns what replaces the functions of package context that make such contexts.
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
