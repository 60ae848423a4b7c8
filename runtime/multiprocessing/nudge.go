package multiprocessing

// This file defines when the tasks of a large pool wake workers.

import (
	"sync"
	"time"

	"gilkernel/runtime/process"
)

const (
	// awakeByCore is how many tasks for each core wake a worker at once.
	awakeByCore = 2
	// nudgeTime is the time between two looks at the tasks behind these, and nudgeLooks how many looks wake one worker
	// more.
	nudgeTime  = time.Millisecond
	nudgeLooks = 4
)

// A nudger wakes the workers of a pool that has many more than the computer has cores. Tasks that compute only need as
// many as there are cores: these take the next task when they have done one, and to wake all others in turn for one
// short task each takes longer than the tasks do. Tasks that wait need all workers: those awake take no more tasks
// then, and the others are woken, twice as many each time.
type nudger struct {
	tasks *process.End
	awake int // tasks under way that wake a worker each

	mu      sync.Mutex // protects the fields below; held for short
	timer   *time.Timer
	pending bool // the timer runs
	over    bool
	taken   uint32 // see End.Unread; at the last look
	looks   int
	n       int // how many were woken last
}

func newNudger(tasks *process.End, awake int) *nudger {
	return &nudger{tasks: tasks, awake: awake}
}

// later makes look run after a while, because a task was sent that has woken no worker.
func (g *nudger) later() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pending || g.over {
		return
	}
	g.pending, g.looks, g.n = true, 0, 0
	_, g.taken = g.tasks.Unread(nil)
	if g.timer == nil {
		g.timer = time.AfterFunc(nudgeTime, g.look)
	} else {
		g.timer.Reset(nudgeTime)
	}
}

// look wakes workers until no task waits.
func (g *nudger) look() {
	g.mu.Lock()
	defer g.mu.Unlock()
	unread, taken := g.tasks.Unread(nil)
	if g.pending = unread && !g.over; !g.pending {
		return
	}
	g.looks++
	if taken != g.taken {
		g.taken, g.n = taken, 0
	}
	switch {
	case g.looks%nudgeLooks == 0 && g.n == 0:
		g.n = 1
		g.tasks.Nudge(nil, g.n)
	case g.n > 0: // all that are awake are busy
		g.n *= 2
		g.tasks.Nudge(nil, g.n)
	}
	g.timer.Reset(nudgeTime)
}

// stop stops the nudger. On a nil nudger it does nothing.
func (g *nudger) stop() {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.over = true; g.timer != nil {
		g.timer.Stop()
	}
}
