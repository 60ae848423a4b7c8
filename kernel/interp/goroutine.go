package interp

// This file defines the goroutines that go statements of cells start.

import (
	"sync"
	"sync/atomic"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/std/frees"
	"gilkernel/runtime/timeline"
)

// A goroutine is one of them. It is the origin that the engine carries in it, and implements exec.Origin.
type goroutine struct {
	run  *run
	lane *lane                  // in the timeline; nil: nothing is recorded
	g    atomic.Pointer[exec.G] // nil until it executes something
}

// Runs implements exec.Origin.
func (g *goroutine) Runs(x *exec.G) { g.g.Store(x) }

// Blocking implements exec.Origin.
func (g *goroutine) Blocking(_ frees.How, name string, fn func()) {
	defer g.lane.do(timeline.WaitEvent, name)()
	fn()
}

// runOf returns the run of an origin, nil if it is none of ours.
func runOf(origin any) *run {
	switch o := origin.(type) {
	case *run:
		return o
	case *goroutine:
		return o.run
	case *member:
		return o.run
	}
	return nil
}

// goroutines are those that haven't ended, by Go's number. The zero value is empty; its methods may be called
// concurrently.
type goroutines struct {
	mu   sync.Mutex // protects the field below
	byID map[int64]*goroutine
}

func (gs *goroutines) add(id int64, g *goroutine) {
	gs.mu.Lock()
	defer gs.mu.Unlock()
	if gs.byID == nil {
		gs.byID = map[int64]*goroutine{}
	}
	gs.byID[id] = g
}

func (gs *goroutines) remove(id int64) {
	gs.mu.Lock()
	defer gs.mu.Unlock()
	delete(gs.byID, id)
}

func (gs *goroutines) find(id int64) *goroutine {
	gs.mu.Lock()
	defer gs.mu.Unlock()
	return gs.byID[id]
}
