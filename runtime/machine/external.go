package machine

// This file defines what a simulated machine does with calls that leave it.

import (
	"sync/atomic"
	"time"
)

// callGrace is how long, in real time, everybody waits for a call that leaves the machine.
const callGrace = 20 * time.Millisecond

// outward is such a call.
type outward struct {
	done     chan struct{} // closed when it is over
	settled  atomic.Bool   // it is over, or nobody waits any more: whoever comes first says which
	returned bool          // fn has returned
	panicked any           // or this
}

// call lets fn, which isn't of this machine, go on while the others do, if it takes long.
func (s *simulator) call(t *Thread, fn func()) {
	c := &outward{done: make(chan struct{})}
	go func() { // ends with fn; t waits for it
		defer func() {
			if !c.returned {
				c.panicked = recover()
			}
			close(c.done)
			if !c.settled.CompareAndSwap(false, true) {
				s.post(message{t: t, back: true})
			}
		}()
		fn()
		c.returned = true
	}()
	timer := time.NewTimer(callGrace)
	select {
	case <-c.done:
	case <-timer.C:
		if c.settled.CompareAndSwap(false, true) {
			s.external++
			s.block(t)
			t.sim.state = simAway
			s.leave(t)
		}
		<-c.done // at once
	}
	timer.Stop()
	if c.returned {
		return
	}
	if c.panicked == nil {
		panic("machine: the call ended its goroutine")
	}
	panic(c.panicked)
}
