package machine

// This file defines what a simulated machine does with calls that leave it.

import (
	"runtime"
	"sync/atomic"
	"time"
)

// callGrace is how long, in real time, the whole machine waits for a call that leaves it. The time begins with the call
// and passes in graceTurns turns, each of which needs a core: on a loaded computer, where the call gets one late, it is
// longer, so that the same calls count as short.
const (
	callGrace  = 20 * time.Millisecond
	graceTurns = 20
)

// outward is a call that leaves the machine.
type outward struct {
	begun    atomic.Bool   // fn was called
	done     chan struct{} // closed when it is over
	settled  atomic.Bool   // it is over, or its thread is away: whichever comes first sets it
	returned bool          // fn has returned
	panicked any           // or this
}

// call runs fn, which blocks outside of the machine, while the other threads run, if it takes long. A kill ends the
// wait for fn but not fn itself.
func (s *simulator) call(t *Thread, fn func()) {
	c := &outward{done: make(chan struct{})}
	go func() { // ends with fn; t waits for it, unless t is killed
		defer func() {
			if !c.returned {
				c.panicked = recover()
			}
			close(c.done)
			if !c.settled.CompareAndSwap(false, true) {
				s.post(message{t: t, back: c})
			}
		}()
		c.begun.Store(true)
		fn()
		c.returned = true
	}()
	kind, name := t.doing, t.object
	if s.m.rec != nil {
		s.m.left.add(kind, name, 1, 0)
	}
	// The wait isn't a function of its own: from the stack, the host recognizes the wait for a call.
	timer := time.NewTimer(callGrace / graceTurns)
	defer timer.Stop()
	short := false
	for turns := 0; turns < graceTurns && !short; {
		select {
		case <-c.done:
			short = true
		case <-timer.C:
			if c.begun.Load() {
				turns++
			}
			timer.Reset(callGrace / graceTurns)
		}
	}
	if !short {
		if c.settled.CompareAndSwap(false, true) {
			if s.m.rec != nil {
				s.m.left.add(kind, name, 0, 1)
			}
			s.away(t, c)
		}
		<-c.done // at once
	}
	if c.returned {
		return
	}
	if c.panicked == nil {
		panic("machine: the call ended its goroutine")
	}
	panic(c.panicked)
}

// away blocks t until c is over. It panics if t is killed before.
func (s *simulator) away(t *Thread, c *outward) {
	for {
		t.die()
		s.external++
		s.pauses = returnPauses
		s.block(t)
		t.sim.state, t.sim.away = simAway, c
		s.leave(t)
		select {
		case <-c.done:
			return
		default: // killed; or pardoned since, and then it waits again
		}
	}
}

// returnTurns is how often a machine on which no thread can run lets Go's scheduler run other goroutines before time
// jumps. One is enough for a goroutine that has just been woken, unless another core has taken it: that may need
// returnPause, for which the machine waits at most returnPauses times until a call begins or ends, so that a call that
// takes long doesn't slow all timers down.
const (
	returnTurns  = 20
	returnPause  = 20 * time.Microsecond
	returnPauses = 50
)

// inTime reports whether something came from outside before time jumps to the next timer, as no thread can run until
// then. A thread may just have ended what another waits for in a call that left the machine, such as
// sync.WaitGroup.Wait or a receive from a channel: its return belongs to this time, not to that of the timer.
func (s *simulator) inTime() bool {
	if s.external == 0 {
		return false
	}
	for turns := 0; turns < returnTurns && !s.full.Load(); turns++ {
		runtime.Gosched()
	}
	if !s.full.Load() && s.pauses > 0 {
		s.pauses--
		time.Sleep(returnPause)
	}
	return s.full.Load()
}

// returned makes t, which is away, ready: its call is over, or it is killed.
func (s *simulator) returned(t *Thread) {
	s.external--
	s.pauses = returnPauses
	t.sim.away = nil
	s.wakeAt(t, max(s.time, t.clock))
}
