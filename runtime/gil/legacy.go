package gil

// This file defines the GIL through 3.1: Python/ceval.c of 2.7.

import (
	"sync/atomic"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// legacy is interpreter_lock with _Py_CheckInterval and _Py_Ticker.
type legacy struct {
	lock     semaphore
	interval atomic.Int64    // ticks
	ticker   int64           // left of them; owned by the lock's holder
	last     *machine.Thread // owned by the lock's holder
}

// take is PyEval_AcquireLock: the first thread to ask gets it, however long others have waited.
func (g *legacy) take(t *machine.Thread, name timeline.Name) {
	if !g.lock.try(t) {
		t.Do(timeline.WaitGIL, name)
		g.lock.wait(t)
	}
	kind, former := timeline.Take, (*machine.Thread)(nil)
	if g.last != t {
		kind, former, g.last = timeline.Switch, g.last, t
	}
	t.Record(kind, former, name, 0)
	t.SetBudget(g.ticker)
}

// drop is PyEval_ReleaseLock.
func (g *legacy) drop(t *machine.Thread, name timeline.Name) {
	g.ticker = t.Budget()
	t.Record(timeline.Drop, nil, name, 0)
	g.lock.post(t)
}

// pass is what the eval loop does when the ticker has run out: it releases the lock and takes it at once. A
// thread that was woken by that comes too late nearly always if it has a core of its own, and then has been
// woken for nothing.
func (g *legacy) pass(t *machine.Thread, name timeline.Name) {
	t.SetBudget(max(g.interval.Load(), 0))
	g.drop(t, name)
	g.take(t, name)
}
