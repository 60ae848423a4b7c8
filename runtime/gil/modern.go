package gil

// This file defines the GIL from 3.2 on: Python/ceval_gil.h, from 3.12 on ceval_gil.c.

import (
	"sync/atomic"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// modern is struct _gil_runtime_state.
type modern struct {
	interval atomic.Int64 // ns

	mu     mutex // protects the fields below
	cond   cond  // for the threads that wait for the GIL
	locked bool
	// switches counts how often the holder changed: a thread that waits starts its interval anew when it moves.
	switches uint64

	switchMu   mutex // protects last, together with mu
	switchCond cond  // for a thread that was made to release it, until another has taken it
	last       *machine.Thread
}

// take is take_gil. A thread that finds the GIL taken waits for an interval at least, unless it is released
// before: even a thread that wants it for a microsecond.
func (g *modern) take(t *machine.Thread, name timeline.Name) {
	g.mu.lock(t)
	if g.locked {
		t.Do(timeline.WaitGIL, name)
	}
	for g.locked {
		seen := g.switches
		signalled := g.cond.wait(t, &g.mu, max(time.Duration(g.interval.Load()), time.Microsecond))
		if !signalled && g.locked && g.switches == seen {
			t.Record(timeline.DropRequest, g.last, name, 0)
			g.last.SetFlag(machine.FlagDrop)
		}
	}
	g.switchMu.lock(t)
	g.locked = true
	kind, former := timeline.Take, (*machine.Thread)(nil)
	if g.last != t {
		kind, former = timeline.Switch, g.last
		g.last = t
		g.switches++
	}
	g.switchCond.signal(t)
	g.switchMu.unlock(t)
	t.ClearFlag(machine.FlagDrop)
	t.Record(kind, former, name, 0) // while the GIL can't change hands: the order of these events is theirs
	g.mu.unlock(t)
}

// drop is drop_gil. It wakes one thread that waits, and hands nothing over: the caller may be the first to take the GIL
// again, unless it was asked to release it. Then it waits until another thread has had it (FORCE_SWITCHING).
func (g *modern) drop(t *machine.Thread, name timeline.Name) {
	g.mu.lock(t)
	g.locked = false
	t.Record(timeline.Drop, nil, name, 0)
	g.cond.signal(t)
	g.mu.unlock(t)
	if !t.HasFlag(machine.FlagDrop) {
		return
	}
	t.Do(timeline.WaitGIL, name)
	g.switchMu.lock(t)
	if g.last == t {
		t.ClearFlag(machine.FlagDrop)
		g.switchCond.wait(t, &g.switchMu, -1)
	}
	g.switchMu.unlock(t)
}
