package interp

// This file defines how an interrupt ends the goroutines of one run, and of no other.
//
// yaegi can be cancelled only as a whole: its run number ends the background goroutines of every
// earlier cell, silently. So nothing of that is used. Instead:
//
//   - the lowered source asks __flag at each loop, function entry and after each call. While an
//     interrupted run has goroutines it is set, and Tick panics in those (and in no other);
//   - yaegi's channel operations also watch a channel which each frame inherits from its caller; it is
//     the run's cancel, so closing it wakes the operations of this run. They then return from their
//     function, and the next check in the caller panics;
//   - what blocks in compiled code and can be replaced (time.Sleep, reading stdin) watches cancel too;
//   - what can't (Mutex.Lock, WaitGroup.Wait, Cond.Wait) is given up: the run is answered, and should
//     the goroutine ever wake up, its next check ends it.
//
// A panic runs deferred functions, in which there are checks as well; they get unwindTime to finish.
// After that a check panics again, so that neither recover nor an endless deferred function can keep
// a goroutine alive.

import (
	"errors"
	"time"
)

// unwindTime is how long an interrupted goroutine's deferred functions may run.
const unwindTime = 50 * time.Millisecond

// interrupted is what Tick panics with.
type interrupted struct{}

func (interrupted) Error() string { return "interrupted" }

// errInterrupted is what reads and writes of an interrupted run return.
var errInterrupted error = interrupted{}

func isInterrupted(v any) bool {
	err, ok := v.(error)
	return ok && errors.As(err, new(interrupted))
}

// unwinding is the state of a goroutine that Tick has panicked in.
type unwinding struct {
	until time.Time // checks are silent until then
}

// interrupt asks the current run to end if it has this ID.
func (s *session) interrupt(id int) {
	s.mu.Lock()
	r := s.current
	s.mu.Unlock()
	if r == nil || r.id != id || !r.dying.CompareAndSwap(false, true) {
		return
	}
	s.dying.Add(1)
	if s.machine != nil {
		s.machine.registers.setFlag(true)
	}
	r.mu.Lock()
	closers := r.closers
	r.closers = nil
	r.mu.Unlock()
	close(r.cancel)
	for _, f := range closers {
		f()
	}
}

// unflag notes that an interrupted run has no goroutine left.
func (s *session) unflag(r *run) {
	if s.dying.Add(-1) == 0 && s.machine != nil {
		s.machine.registers.setFlag(false)
	}
}

// onInterrupt has f called when the run is interrupted; at once if it was.
func (r *run) onInterrupt(f func()) {
	r.mu.Lock()
	if r.dying.Load() {
		r.mu.Unlock()
		f()
		return
	}
	r.closers = append(r.closers, f)
	r.mu.Unlock()
}

// tick is the check: it panics if the calling goroutine belongs to an interrupted run.
func (s *session) tick() {
	if s.dying.Load() == 0 {
		return
	}
	r := s.threads.current()
	if r == nil || !r.dying.Load() {
		return
	}
	id, now := goroutineID(), time.Now()
	r.mu.Lock()
	if r.unwinding == nil {
		r.unwinding = map[int64]*unwinding{}
	}
	u := r.unwinding[id]
	if u != nil && now.Before(u.until) {
		r.mu.Unlock()
		return
	}
	r.unwinding[id] = &unwinding{until: now.Add(unwindTime)}
	r.mu.Unlock()
	panic(interrupted{})
}
