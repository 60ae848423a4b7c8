package interp

// This file defines how an interrupt ends the goroutines of one run, and of no other.
//
//   - the engine asks its flag at each loop and function entry. While an interrupted run has
//     goroutines it is up, and Tick panics in those (and in no other);
//   - a thread of a python has a flag of its own, which is up as well; if it waits for a lock, a queue or
//     the clock, it is woken and panics there (machine.Thread.Kill);
//   - channel operations that wait also watch the run's cancel, so closing it wakes those of this run;
//   - what blocks in compiled code and can be replaced (time.Sleep, reading stdin) watches cancel too;
//   - what can't (Mutex.Lock, WaitGroup.Wait, Cond.Wait) is given up: the run is answered, and should
//     the goroutine ever wake up, its next check ends it.
//
// A panic runs deferred functions, in which there are checks as well; they get unwindTime to finish.
// After that a check panics again, so that neither recover nor an endless deferred function can keep
// a goroutine alive.

import (
	"errors"
	"slices"
	"sync/atomic"
	"time"

	rt "gilkernel/runtime/machine"
)

// unwindTime is how long an interrupted goroutine's deferred functions may run.
const unwindTime = 50 * time.Millisecond

// interrupted is what Tick panics with.
type interrupted struct{}

func (interrupted) Error() string { return "interrupted" }

// Uncatchable keeps recover from seeing it.
func (interrupted) Uncatchable() {}

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
func (s *runner) interrupt(id int) {
	s.mu.Lock()
	r := s.current
	s.mu.Unlock()
	if r == nil || r.id != id {
		return
	}
	if x := r.exploring.Load(); x != nil {
		x.interrupt()
		return
	}
	if r.dying.Load() { // again: the person has waited enough
		r.mu.Lock()
		again := r.again
		r.again = nil
		r.mu.Unlock()
		if again != nil {
			again()
		}
		return
	}
	s.interruptBy(r, nil)
}

// interruptBy ends a run. Its own goroutine panics with cause if there is one, and the others as they do when they are
// interrupted.
func (s *runner) interruptBy(r *run, cause *asleep) {
	// The threads end one after the other; those that are left are in no deadlock, they are about to be woken from
	// here.
	s.addOutsiders(1)
	defer s.addOutsiders(-1)
	r.mu.Lock()
	if r.dying.Load() {
		r.mu.Unlock()
		return
	}
	r.cause = cause
	r.dying.Store(true)
	r.mu.Unlock()
	s.dying.Add(1)
	if s.host != nil {
		s.host.engine.Flag().Store(1)
	}
	s.mu.Lock()
	s.unwinding = append(s.unwinding, r)
	s.mu.Unlock()
	r.mu.Lock()
	closers := r.closers
	r.closers = nil
	r.mu.Unlock()
	for _, p := range s.allPythons() {
		p.interrupt(r, time.Now().Add(unwindTime))
	}
	close(r.cancel)
	for _, f := range closers {
		f()
	}
}

// unwoundTime is how long a cell waits for the deferred functions of interrupted runs. What is blocked in compiled code
// never gets to them.
const unwoundTime = 500 * time.Millisecond

// awaitUnwound makes a run wait until the goroutines of interrupted runs have ended. It declares variables anew, and
// one of those might unlock a sync.Mutex that is new: Go ends the process for that.
func (s *runner) awaitUnwound(r *run) {
	s.mu.Lock()
	list := s.unwinding
	s.unwinding = nil
	s.mu.Unlock()
	if len(list) == 0 {
		return
	}
	late := time.After(unwoundTime)
	turn := time.NewTicker(time.Millisecond)
	defer turn.Stop()
	for _, u := range list {
		select {
		case <-u.ended():
		case <-late:
			return
		case <-r.cancel:
			return
		}
		for s.unwinds(u) { // no count of theirs is kept
			select {
			case <-turn.C:
			case <-late:
				return
			case <-r.cancel:
				return
			}
		}
	}
}

// unwinds reports whether a real thread of an interrupted run hasn't ended: an executor's worker might still take a
// call of the next cell.
func (s *runner) unwinds(r *run) bool {
	return slices.ContainsFunc(s.allPythons(), func(p *python) bool { return !p.spec.simulated && p.unwinds(r) })
}

// unflag notes that an interrupted run has no goroutine left.
func (s *runner) unflag(r *run) {
	if s.dying.Add(-1) == 0 && s.host != nil {
		s.host.engine.Flag().Store(0)
		for _, p := range s.allPythons() {
			p.calm()
		}
		if s.dying.Load() != 0 { // another run was interrupted just now
			s.host.engine.Flag().Store(1)
		}
	}
}

// onInterrupt makes an interrupt of the run call f; if the run was interrupted already, it calls f at once.
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

// whileRunning makes an interrupt of the run call f, until forget is called.
func (r *run) whileRunning(f func()) (forget func()) {
	call, forget := forgettable(f)
	r.onInterrupt(call)
	return forget
}

// forgettable returns a function that calls f until forget is called. From then on it doesn't hold f: a run, which
// holds the function, may outlive many of them. Both may be called concurrently.
func forgettable(f func()) (call, forget func()) {
	var live atomic.Pointer[func()]
	live.Store(&f)
	call = func() {
		if f := live.Load(); f != nil {
			(*f)()
		}
	}
	return call, func() { live.Store(nil) }
}

// tick is the check: it panics if the calling goroutine belongs to an interrupted run.
func (s *runner) tick() {
	if s.dying.Load() == 0 {
		return
	}
	r := s.threads.current()
	if r == nil || !r.dying.Load() {
		return
	}
	var id any
	if t := rt.Current(); t != nil {
		id = t
	} else {
		id = rt.GoroutineID()
	}
	now := time.Now()
	r.mu.Lock()
	u := r.unwinding[id]
	if u != nil && now.Before(u.until) {
		r.mu.Unlock()
		return
	}
	r.unwind(id, now.Add(unwindTime))
	end := r.fate(id)
	r.mu.Unlock()
	panic(end)
}

// fate is what a goroutine or thread of an interrupted run panics with. The caller holds r.mu.
func (r *run) fate(id any) error {
	if r.cause == nil || id != r.main {
		return interrupted{}
	}
	return r.cause
}

// unwind lets a goroutine's or thread's deferred functions run uninterrupted for a while. The caller holds r.mu.
func (r *run) unwind(id any, until time.Time) {
	if r.unwinding == nil {
		r.unwinding = map[any]*unwinding{}
	}
	r.unwinding[id] = &unwinding{until: until}
}
