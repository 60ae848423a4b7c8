package interp

// This file defines the order of what processes print: what a cell prints behind a result comes behind what the process
// printed before it sent the result.
//
// A result travels through the arena, and output through a pipe that a goroutine reads, which may run later. So each
// process counts what it has written to its pipe, in the arena, before it sends anything, and its parent counts what it
// has passed on. Before the parent prints, it waits until the two counts agree.

import (
	"sync/atomic"
	"time"

	"gilkernel/kernel/link"
	"gilkernel/runtime/process"
)

const (
	// orderTime is how long a process waits for what its children have written. It lies in the pipe already, so only a
	// computer that hangs, or a kernel process that doesn't read, lets it take that long.
	orderTime = time.Second
	// The pauses between two looks.
	leastOrderPause = 20 * time.Microsecond
	mostOrderPause  = time.Millisecond
)

// printing is what is known of the output of a child.
type printing struct {
	process atomic.Pointer[process.Process] // nil: it does nothing yet
	passed  atomic.Uint32                   // how many pieces were passed on
	missed  atomic.Uint32                   // the count that a wait was given up at
}

// shown reports whether an event is one that its reader sees.
func shown(ev *link.Event) bool {
	return ev.Stream != nil || ev.Display != nil || ev.Clear != nil || ev.Error != nil
}

// order waits until what the children have printed up to now is passed on, for at most orderTime.
func (ps *processes) order() {
	if ps.busy.Load() == 0 {
		return
	}
	type want struct {
		c *child
		n uint32
	}
	var list []want // most often empty
	ps.mu.Lock()
	for c := range ps.running {
		if n, late := c.printing.late(); late {
			list = append(list, want{c, n})
		}
	}
	ps.mu.Unlock()
	var end time.Time
	for _, w := range list {
		if end.IsZero() {
			end = time.Now().Add(orderTime)
		}
		w.c.printing.await(w.n, end)
	}
}

// late returns how many pieces the child has sent, and reports whether some of them weren't passed on and are worth
// waiting for.
func (p *printing) late() (n uint32, late bool) {
	child := p.process.Load()
	if child == nil {
		return 0, false
	}
	n = child.Printed()
	return n, int32(n-p.passed.Load()) > 0 && n != p.missed.Load()
}

// await waits until n pieces were passed on. It sleeps: the watch takes a thread that waits for a channel here for one
// that only other threads of the cell can wake.
func (p *printing) await(n uint32, end time.Time) {
	for pause := leastOrderPause; int32(n-p.passed.Load()) > 0; pause = min(2*pause, mostOrderPause) {
		if time.Now().After(end) {
			p.missed.Store(n)
			return
		}
		time.Sleep(pause)
	}
}
