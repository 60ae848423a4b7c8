package machine

// This file defines crews: goroutines that machines share which are made one after the other.

import (
	"iter"
	"sync"
)

// A Crew keeps the goroutines of simulated threads that have ended for the threads of the next machine with the same
// Options.Crew: making a goroutine, and growing its stack to what the code needs, takes longer than a short run.
//
// A machine with a Crew runs on the goroutine that calls Thread.Run or Drain, which must not be locked to a thread of
// the operating system. The Crew's goroutines keep the profiler labels of the one that needed them first.
//
// The zero Crew is ready, and its methods and machines may be used concurrently. Close ends the goroutines that have
// nothing to do; a nil Crew has none.
type Crew struct {
	mu     sync.Mutex // protects the fields below; held briefly
	idle   []*hand
	closed bool
}

// maxIdle is how many goroutines a Crew keeps at most.
const maxIdle = 256

// A hand is a goroutine of a Crew: a coroutine that ends with Close, or after its work if the Crew is closed or has
// enough of them.
type hand struct {
	next func() (struct{}, bool) // continues the work
	stop func()
	t    *Thread // whose body is its work; nil: none
	body func()
	gone bool // the work has called runtime.Goexit
}

// hire returns what resumes a goroutine that performs t's body.
func (c *Crew) hire(t *Thread, body func()) (resume func() (struct{}, bool)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.idle); n > 0 {
		h := c.idle[n-1]
		c.idle = c.idle[:n-1]
		h.t, h.body = t, body
		return h.next
	}
	h := &hand{t: t, body: body}
	next, stop := iter.Pull(func(yield func(struct{}) bool) {
		Enter(nil, func() { h.serve(c, yield) }) // so that each thread finds an entry for its goroutine
	})
	h.stop = stop
	h.next = func() (struct{}, bool) {
		next()
		if h.gone {
			go stop() // ends at once, and not the driver: iter.Pull hands runtime.Goexit on to its caller
		}
		return struct{}{}, true
	}
	return h.next
}

// serve does the work, and what is given to it later.
func (h *hand) serve(c *Crew, yield func(struct{}) bool) {
	over := false
	defer func() {
		if over {
			return
		}
		if v := recover(); v != nil {
			panic(v) // the machine's own: what a thread panics with ends that thread
		}
		h.gone = true
		yield(struct{}{})
	}()
	for {
		h.t.m.sim.perform(h.t, yield, h.body)
		h.t, h.body = nil, nil
		if !c.rests(h) || !yield(struct{}{}) {
			over = true
			return
		}
	}
}

// rests takes a goroutine back, and reports whether there may be more work for it.
func (c *Crew) rests(h *hand) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || len(c.idle) == maxIdle {
		return false
	}
	c.idle = append(c.idle, h)
	return true
}

// Close ends the goroutines that have nothing to do. Those of machines that still run end with their threads. Machines
// that are made later get new ones for each thread.
func (c *Crew) Close() {
	if c == nil {
		return
	}
	c.mu.Lock()
	idle := c.idle
	c.idle, c.closed = nil, true
	c.mu.Unlock()
	for _, h := range idle {
		h.stop()
	}
}
