package multiprocessing

// This file defines when tasks wake the workers of a large pool.

import (
	"sync"
	"time"

	"gilkernel/runtime/process"
)

const (
	// awakeByCore is how many tasks per core wake a worker immediately.
	awakeByCore = 2
	// nudgeTime is the time between two looks at the tasks behind these; after nudgeLooks looks, one more worker is
	// woken.
	nudgeTime  = time.Millisecond
	nudgeLooks = 4
)

// A nudger wakes the workers of a pool that has many more workers than the computer has cores. Tasks that compute need
// only as many workers as there are cores: each of these takes the next task when it has finished one, and waking all
// the others in turn, for one short task each, takes longer than the tasks do. Tasks that wait need all workers: the
// workers that are awake take no more tasks then, so the others are woken, twice as many each time. Its methods are
// safe for concurrent use.
type nudger struct {
	tasks *process.End
	awake int // up to this many tasks under way, each wakes a worker

	mu      sync.Mutex // protects the fields below; held briefly
	timer   *time.Timer
	pending bool // the timer is running
	over    bool
	taken   uint32 // as End.Unread returned it at the last look
	looks   int
	n       int // how many workers were woken last
}

func newNudger(tasks *process.End, awake int) *nudger {
	return &nudger{tasks: tasks, awake: awake}
}

// later schedules look: a task was sent that has woken no worker.
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

// look wakes workers, and schedules itself again until no task waits.
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
	case g.n > 0: // all workers that are awake are busy
		g.n *= 2
		g.tasks.Nudge(nil, g.n)
	}
	g.timer.Reset(nudgeTime)
}

// stop stops the nudger for good. On a nil nudger it does nothing.
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
