package interp

// This file defines Explorers: one that follows a list of choices, one that chooses nothing, and the one of all runs.

import (
	"errors"
	"slices"

	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/multiprocessing"
	view "gilkernel/runtime/steps"
)

// errChosen ends a run whose choices are used up.
var errChosen = errors.New("the choices are used up")

// chooser is the Explorer of a run that follows the numbers of threads.
type chooser struct {
	x       *exploring
	list    []int
	next    int
	bad     int        // the choice that wasn't possible, -1 if all were
	stopped bool       // before its end
	view    *view.View // of the run until then
}

// Checked implements machine.Explorer.
func (c *chooser) Checked(*rt.Thread) bool { return true }

// Accessing implements machine.Explorer.
func (c *chooser) Accessing(*rt.Thread, any, bool) bool { return true }

// Accessed implements machine.Explorer.
func (c *chooser) Accessed(*rt.Thread, any, bool) {}

// Next implements machine.Explorer.
func (c *chooser) Next(p *rt.Point) int {
	if c.stopped {
		return 0
	}
	// A thread that was ended, as all are that wait for each other, can only end: that is no choice.
	if i := slices.IndexFunc(p.Threads, func(t *rt.Thread) bool { return t.HasFlag(rt.FlagStop) }); i >= 0 {
		return i
	}
	if c.next < len(c.list) {
		want := c.list[c.next]
		for i, t := range p.Threads {
			if t.ID() == want {
				c.next++
				return i
			}
		}
		c.bad = c.next
	}
	c.stopped, c.view = true, c.x.rec.View(view.Outcome{}) // before threads end because the machine stops
	c.view.Now = c.x.rec.Now(p)
	p.Threads[0].Machine().Stop(errChosen)
	return 0
}

// idle is the Explorer of a run in which a thread is preempted by nobody but the machine, which is patient.
type idle struct{}

// Checked implements machine.Explorer.
func (idle) Checked(*rt.Thread) bool { return true }

// Accessing implements machine.Explorer.
func (idle) Accessing(*rt.Thread, any, bool) bool { return false }

// Accessed implements machine.Explorer.
func (idle) Accessed(*rt.Thread, any, bool) {}

// Next implements machine.Explorer.
func (idle) Next(*rt.Point) int { return 0 }

// spinner is idle, and determines whether the threads of a run do the same again and again.
type spinner struct {
	idle
	spins  bool // so it was in the last complete part of the run
	checks int
	wrote  bool // in the present part
	states map[uint64]bool
}

const (
	// spinChecks is how many checks a part of a run has in which spinner looks at states, and spinStates how many
	// states the threads of one have at most if they do the same again and again.
	spinChecks, spinStates = 1 << 14, 64
)

// Checked implements machine.Explorer.
func (s *spinner) Checked(t *rt.Thread) bool {
	if s.states == nil {
		s.states = map[uint64]bool{}
	}
	if len(s.states) <= spinStates {
		s.states[own(t)] = true
	}
	if s.checks++; s.checks == spinChecks {
		s.spins = !s.wrote && len(s.states) <= spinStates
		s.checks, s.wrote = 0, false
		clear(s.states)
	}
	return true
}

// Accessed implements machine.Explorer.
func (s *spinner) Accessed(_ *rt.Thread, key any, write bool) {
	_, word := key.(*rt.Word)
	s.wrote = s.wrote || write && !word && key != rt.Clock{}
}

// errLong ends a run that is too long to be compared, or at all.
var errLong = errors.New("this run is too long")

// newGuarded returns one that asks e.
func newGuarded(e rt.Explorer, x *exploring) *guarded {
	g := &guarded{by: e, x: x}
	g.told, _ = e.(rt.Witness)
	return g
}

// guarded is the Explorer of all runs: it asks another one, and ends a run that is interrupted or far too long.
type guarded struct {
	by     rt.Explorer
	told   rt.Witness // the same; nil if it is none
	x      *exploring
	events int
}

const (
	// lookEvery is how often, in events, a run looks whether it is interrupted.
	lookEvery = 1 << 10
	// maxEvents is the maximum length of a run that has no other limit.
	maxEvents = 1 << 20
)

// Checked implements machine.Explorer.
func (g *guarded) Checked(t *rt.Thread) bool {
	g.count(t)
	if g.x.rec != nil {
		g.x.comes(t)
	}
	return g.by.Checked(t)
}

// Accessing implements machine.Explorer.
func (g *guarded) Accessing(t *rt.Thread, key any, write bool) bool {
	if g.x.rec != nil {
		g.x.comes(t)
	}
	return g.by.Accessing(t, key, write)
}

// Accessed implements machine.Explorer.
func (g *guarded) Accessed(t *rt.Thread, key any, write bool) {
	g.count(t)
	if g.x.rec != nil {
		g.x.path.accessed(t, g.x.rec)
		if e, ok := key.(multiprocessing.Element); ok {
			g.x.shares(t, e, write)
		}
	}
	g.by.Accessed(t, key, write)
}

// Next implements machine.Explorer.
func (g *guarded) Next(p *rt.Point) int {
	i := g.by.Next(p)
	if i > 0 && g.x.rec != nil {
		if p.Goes {
			g.x.rec.Preempted(p.Threads[0])
		}
		g.x.turned()
	}
	return i
}

// Waits implements machine.Witness.
func (g *guarded) Waits(t *rt.Thread, w *rt.Word, blocks bool) {
	if g.told != nil {
		g.told.Waits(t, w, blocks)
	}
}

// Wakes implements machine.Witness.
func (g *guarded) Wakes(t *rt.Thread, w *rt.Word, n int) {
	if g.told != nil {
		g.told.Wakes(t, w, n)
	}
}

// Roused implements machine.Witness.
func (g *guarded) Roused(t *rt.Thread) {
	if g.told != nil {
		g.told.Roused(t)
	}
}

// Left implements machine.Witness.
func (g *guarded) Left(t *rt.Thread) {
	if g.told != nil {
		g.told.Left(t)
	}
}

func (g *guarded) count(t *rt.Thread) {
	g.events++
	switch {
	case g.events == maxEvents:
		g.x.run.endless = true
		t.Machine().Stop(errLong)
	case g.events%lookEvery == 0 && g.x.interrupted():
		t.Machine().Stop(errStopped)
	}
}

// errStopped ends the run that is under way when its search is interrupted.
var errStopped = errors.New("the search was interrupted")
