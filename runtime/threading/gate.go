package threading

// This file defines the lock that everything else is built of.

import (
	"sync"
	"sync/atomic"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// gate is a lock as CPython has it: PyThread_acquire_lock_timed on a POSIX semaphore (Python/thread_pthread.h) through
// 3.12, PyMutex (Python/lock.c, parking_lot.c) since. With both, the first thread to ask gets the lock, and waiters are
// woken in the order of their arrival. They differ in whether a waiter acquires the GIL before or after the lock, and a
// PyMutex is handed over to a thread that has waited for a millisecond. So one queue serves both, and each waiter has
// its own rules.
//
// The word's bits are changed under mu if parkedBit is set, so that it is set exactly while a thread may be in the
// queue. What happens under mu never waits: the thread takes its place in time before (a simulated machine's Word would
// let others run).
type gate struct {
	w      machine.Word // bits
	holder atomic.Pointer[machine.Thread]
	since  atomic.Uint32          // cell and line where the holder acquired it
	file   atomic.Pointer[string] // the file, if it isn't a cell

	mu          sync.Mutex // protects the queue
	first, last *waiter
}

const (
	lockedBit = 1
	parkedBit = 2
)

// fairAfter is TIME_TO_BE_FAIR_NS.
const fairAfter = time.Millisecond

// waiter is a thread in a gate's queue.
type waiter struct {
	t      *machine.Thread
	w      machine.Word  // 1: out of the queue
	fair   time.Duration // from this time on the lock is handed over; negative: never
	tired  bool          // it was woken in vain before, where time stands still
	handed bool          // the lock was handed over to it; written before w
	queued bool          // protected by gate.mu
	prev   *waiter
	next   *waiter
}

// try takes the lock if it is free.
func (g *gate) try(t *machine.Thread) bool {
	if g.w.CompareAndSwap(t, 0, lockedBit) {
		return true
	}
	for {
		v := g.w.Load(nil)
		if v&lockedBit != 0 {
			return false
		}
		if g.w.CompareAndSwap(t, v, v|lockedBit) {
			return true
		}
	}
}

// locked reports whether the lock is held.
func (g *gate) locked(t *machine.Thread) bool { return g.w.Load(t)&lockedBit != 0 }

// took notes that t holds the lock.
func (g *gate) took(t *machine.Thread) {
	if t == nil {
		return // release has left no holder
	}
	s := t.Site()
	g.since.Store(uint32(s.Cell)<<16 | uint32(s.Line))
	if f := g.file.Load(); f == nil && s.File != "" || f != nil && *f != s.File {
		file := s.File // so that only this allocates
		g.file.Store(&file)
	}
	g.holder.Store(t)
}

// site returns where the holder acquired it.
func (g *gate) site() machine.Site {
	v := g.since.Load()
	s := machine.Site{Cell: uint16(v >> 16), Line: uint16(v)}
	if f := g.file.Load(); f != nil {
		s.File = *f
	}
	return s
}

// holders is for machine.Resource. A lock that is taken and has no holder is a plain goroutine's.
func (g *gate) holders() []machine.Holder {
	t := g.holder.Load()
	if t == nil {
		if g.w.Load(nil)&lockedBit != 0 {
			return []machine.Holder{{}}
		}
		return nil
	}
	return []machine.Holder{{Thread: t, Since: g.site()}}
}

// wait takes the lock when it becomes free, and reports whether that was within d; a negative d has no end. The caller
// has tried already.
func (g *gate) wait(t *machine.Thread, d time.Duration, why machine.Why) bool {
	r := rulesOf(t)
	until := machine.Deadline(t, d)
	if t != nil && !r.fair {
		// Through 3.12: without the GIL until the lock is there, so that its holder waits for the GIL.
		t.Detach()
		defer t.Resume()
	}
	fair := time.Duration(-1)
	if r.fair {
		fair = t.Now() + fairAfter
	}
	v := g.w.Load(t)
	for spins, tries := 0, 0; ; v, tries = g.w.Load(t), tries+1 {
		if v&lockedBit == 0 && g.try(t) {
			return true
		}
		// The spins of 3.13 and 3.14 don't look at the word again, so they are 40 yields before the queue: some 12 µs.
		for ; v&parkedBit == 0 && spins < r.spins; spins++ {
			t.Yield()
		}
		e := &waiter{t: t, fair: fair, tired: tries > 1 && t != nil && t.Machine().Explored()}
		if !g.enqueue(t, e) {
			continue
		}
		if !g.park(t, e, until, why, r) {
			return false
		}
		if e.handed {
			return true
		}
	}
}

// enqueue puts e into the queue, unless the lock has become free.
func (g *gate) enqueue(t *machine.Thread, e *waiter) bool {
	g.w.Touch(t)
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		v := g.w.Load(nil)
		if v&lockedBit == 0 {
			return false
		}
		if v&parkedBit != 0 || g.w.CompareAndSwap(nil, v, v|parkedBit) {
			break
		}
	}
	e.queued = true
	if e.prev = g.last; g.last == nil {
		g.first = e
	} else {
		g.last.next = e
	}
	g.last = e
	return true
}

// remove takes e out of the queue. Callers hold mu.
func (g *gate) remove(e *waiter) {
	if e.prev == nil {
		g.first = e.next
	} else {
		e.prev.next = e.next
	}
	if e.next == nil {
		g.last = e.prev
	} else {
		e.next.prev = e.prev
	}
	e.queued, e.prev, e.next = false, nil, nil
}

// park waits until e is out of the queue, and reports whether that was before the time until.
func (g *gate) park(t *machine.Thread, e *waiter, until time.Duration, why machine.Why, r rules) bool {
	if r.fair {
		t.Detach()
		defer t.Resume()
	}
	ended := false
	defer func() {
		if !ended { // a panic ends the wait
			g.abandon(t, e)
		}
	}()
	for e.w.Load(t) == 0 {
		if t.Wait(&e.w, 0, machine.Remaining(t, until), why) == machine.TimedOut {
			break
		}
	}
	ended = true
	g.w.Touch(t)
	g.mu.Lock()
	defer g.mu.Unlock()
	if e.queued {
		g.remove(e)
		return false
	}
	return true
}

// abandon undoes what was done for a waiter that ends.
func (g *gate) abandon(t *machine.Thread, e *waiter) {
	g.mu.Lock()
	queued, handed := e.queued, e.handed
	if queued {
		g.remove(e)
	}
	g.mu.Unlock()
	switch {
	case handed:
		g.release(t, nil)
	case !queued && g.try(t): // it was woken: another waiter must be
		g.release(t, nil)
	}
}

// release unlocks the gate and reports whether it was locked. If tell is non-nil, it is called with the new owner or
// the woken waiter before that thread can run.
func (g *gate) release(t *machine.Thread, tell func(woken *machine.Thread)) bool {
	if g.w.Load(t)&lockedBit == 0 {
		return false
	}
	g.holder.Store(nil)
	if g.w.CompareAndSwap(t, lockedBit, 0) {
		if tell != nil {
			tell(nil)
		}
		return true
	}
	g.mu.Lock()
	if g.w.Load(nil)&lockedBit == 0 {
		g.mu.Unlock()
		return false
	}
	e := g.first
	var v uint32
	if e != nil {
		g.remove(e)
		e.handed = e.fair >= 0 && (e.tired || fairNow(t, e.t) > e.fair)
		// Before it is the holder: else it would seem to wait for itself, and a search for deadlocks would say so. It
		// can't go on before mu is free.
		e.w.Store(nil, 1)
		if e.handed {
			v |= lockedBit
			g.since.Store(0)
			g.holder.Store(e.t)
		}
		if g.first != nil {
			v |= parkedBit
		}
	}
	g.w.Store(nil, v)
	g.mu.Unlock()
	switch {
	case e != nil:
		if tell != nil {
			tell(e.t)
		}
		e.w.Wake(t, 1)
	case tell != nil:
		tell(nil)
	}
	return true
}

// fairNow is the time at which t, perhaps a plain goroutine, looks at how long u has waited.
func fairNow(t, u *machine.Thread) time.Duration {
	if t == nil {
		return u.Machine().Now()
	}
	return t.Now()
}

// part is the lock inside a primitive, as a Resource.
type part struct {
	of machine.Resource
	g  *gate
}

// Name implements machine.Resource.
func (p part) Name() string { return "the lock of " + p.of.Name() }

// Whole returns what the lock is inside of.
func (p part) Whole() any { return p.of }

// Holders implements machine.Resource.
func (p part) Holders() []machine.Holder { return p.g.holders() }

// enter takes the lock inside a primitive, exit releases it: "with self._cond". Nothing is recorded unless a thread
// must wait.
func (g *gate) enter(t *machine.Thread, of machine.Resource) {
	if !g.try(t) {
		g.wait(t, forever, machine.Why{Kind: timeline.WaitLock, On: part{of, g}})
	}
	g.took(t)
}

// mustEnter is enter for what must be undone or released: nothing interrupts it. It is for locks whose holders wait for
// nothing but the GIL.
func (g *gate) mustEnter(t *machine.Thread, of machine.Resource) {
	if !g.try(t) {
		if t.Recording() {
			t.Do(timeline.WaitLock, t.ObjectName(part{of, g}.Name()))
		}
		g.wait(t, forever, machine.Why{})
	}
	g.took(t)
}

// exit does nothing if the lock isn't t's: an interrupt ended the wait in which t would have acquired it again.
func (g *gate) exit(t *machine.Thread) {
	if g.holder.Load() == t {
		g.release(t, nil)
	}
}
