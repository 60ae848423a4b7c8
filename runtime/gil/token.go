package gil

// This file defines the GIL on a machine that is explored.

import (
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// token stands for a GIL of any form on a machine that runs one thread at a time. There it matters only where a drop
// can take effect, not how long each thread waits. Its fields belong to the thread that runs.
type token struct {
	last     *machine.Thread // the last holder
	released uint64          // see machine.Thread.Released
}

// take never waits. Between a drop and a take, another thread may have taken the token: the explorer is asked if the
// thread didn't block.
func (g *token) take(t *machine.Thread, name timeline.Name) {
	if g.last == t {
		t.Released(g.released)
	}
	kind, former := timeline.Take, (*machine.Thread)(nil)
	if g.last != t {
		kind, former, g.last = timeline.Switch, g.last, t
	}
	t.Record(kind, former, name, 0)
}

func (g *token) drop(t *machine.Thread, name timeline.Name) {
	g.released = t.Machine().Picked()
	t.Record(timeline.Drop, nil, name, 0)
}
