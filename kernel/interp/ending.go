package interp

// This file defines how a run is answered: by its own goroutine, or by one that attends it.

import (
	"context"
	"runtime"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"time"

	"gilkernel/kernel/link"
)

// pulseTime is how often a timer runs out while a run is under way. It bounds a fault of Go 1.26 (runtime/proc.go):
// entersyscall looks for a pending stop of the world before it says that it is in a system call, so the stop can miss a
// thread in between, and then only sysmon can take its P away, which sleeps for a minute during stops unless a timer is
// due before. On a loaded computer one stop in 10,000 took that minute.
const pulseTime = 50 * time.Millisecond

// finish has a goroutine of the run's own do work, and answers the run when that has ended, or when it is given up
// after an interrupt. tidy is called if it has ended; a run that was abandoned may continue beside the next, and keeps
// what it has.
//
//	work ──ends──► tidy ─────────────────────► flush, Done
//	  └─interrupted─► up to abandonTime for it and what it started ─┘
//
// The goroutine answers itself if it ends within pulseTime, as most do: to wake another one for it would take longer
// than a small cell. A run that takes longer, or is interrupted, is attended.
func (s *runner) finish(r *run, work func() *link.Done, tidy func()) {
	e := &ending{s: s, r: r, tidy: tidy, watch: newWatch(s, r), began: time.Now(), result: make(chan *link.Done, 1)}
	attend, forget := forgettable(func() {
		go e.attend(false) // ends with the run
	})
	e.forget = forget
	// Only now: whichever comes first, the interrupt or the pulse, calls forget.
	r.onInterrupt(attend)
	s.pulse.begin(e)
	go e.run(r.ownLabels(), work) // ends with the cell's code, or never if that is blocked in compiled code
	// The caller is about to block in a read, which is a system call: another thread would have to wake up and take the
	// new goroutine from it. Now it begins at once, and the other thread takes the caller.
	runtime.Gosched()
}

// An ending is how a run is answered: by its own goroutine, or by one that attends it.
type ending struct {
	s     *runner
	r     *run
	tidy  func()
	watch *watch
	began time.Time
	// forget keeps an interrupt from calling attend: a run may live longer than what the ending holds
	forget func()

	claimed atomic.Bool     // by the one that answers
	result  chan *link.Done // 1 slot; of work, if the run is attended
}

// A pulse attends the run that is under way when it has been so for pulseTime. It is one timer for many runs, because a
// new one wakes a thread of Go's scheduler. Its methods may be called concurrently.
type pulse struct {
	mu    sync.Mutex // protects the fields below
	last  *ending
	timer *time.Timer // nil before the first run
	set   bool        // it will run out
}

// begin notes the run that begins.
func (p *pulse) begin(e *ending) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = e
	switch {
	case p.set:
		return
	case p.timer == nil:
		p.timer = time.AfterFunc(pulseTime, p.beat)
	default:
		p.timer.Reset(pulseTime)
	}
	p.set = true
}

// beat is what the timer calls.
func (p *pulse) beat() {
	p.mu.Lock()
	e := p.last
	due := time.Until(e.began.Add(pulseTime))
	p.set = due > 0 && !e.claimed.Load()
	if p.set {
		p.timer.Reset(due)
	}
	p.mu.Unlock()
	if due <= 0 {
		e.attend(true)
	}
}

// run is the run's own goroutine: see runFrame.
func (e *ending) run(labels context.Context, work func() *link.Done) {
	pprof.SetGoroutineLabels(labels)
	e.s.threads.know(e.r, nil)
	done := &link.Done{Status: "ok"} // of runtime.Goexit
	defer func() {
		e.ended(done)
		e.s.leave(e.r)
	}()
	done = work()
}

// ended is called when the work has ended.
func (e *ending) ended(done *link.Done) {
	if !e.claimed.CompareAndSwap(false, true) {
		e.result <- done // it has room, so an abandoned goroutine isn't blocked
		return
	}
	e.forget()
	e.tidy()
	e.s.end(e.r, done)
}

// attend answers the run, unless another does. due says that the watch has to look.
func (e *ending) attend(due bool) {
	if !e.claimed.CompareAndSwap(false, true) {
		return
	}
	e.forget()
	s, r := e.s, e.r
	_ = s.events.Flush()
	var done *link.Done
	givenUp := false
	pulse := time.NewTicker(pulseTime)
	defer pulse.Stop()
	turn := func() {
		if next := e.watch.turn(); next != e.watch.pulse {
			e.watch.pulse = next
			pulse.Reset(next)
		}
	}
	if due {
		turn()
	}
	for done == nil {
		select {
		case done = <-e.result:
		case <-pulse.C:
			turn()
		case <-r.cancel:
			late := time.After(abandonTime)
			select {
			case done = <-e.result:
				select {
				case <-r.ended():
				case <-late:
				}
			case <-late:
				if r.showing.Load() { // see there: it takes what it takes
					done = <-e.result
					break
				}
				givenUp = true
				done = s.abandoned(r)
			}
		}
	}
	if !givenUp {
		e.tidy()
	}
	s.end(r, done)
}
