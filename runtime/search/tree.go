package search

// This file defines the tree of schedules that a search walks: one path at a time, depth first.

import (
	"errors"

	"gilkernel/runtime/machine"
)

// tree is the Explorer of a search. It keeps the path to where the search is, and what it knows of states.
type tree struct {
	bound int
	path  []node
	seen  memo // states
	ends  memo // the runs that ended, by what happened

	// Of this run:
	at    int // the depth of the next node
	cost  int // preemptions so far
	known bool
	rest  int  // how much has happened since it was known
	cut   bool // a branch was left out because of the bound
	fresh bool // the level begins anew
	again bool // the run makes the same choices as the former one, to be looked at
	looks bool // the next point is none of the tree
	turns bool // it is one, whatever else the step touches
	sleep sleep
	trace trace
	watch watch
}

// maxSeen and maxEnds are how many states, and how many ends, a search knows at most: with fewer it only does more than
// it must. They take 24 MB and 12 MB.
const (
	maxSeen = 1 << 20
	maxEnds = 1 << 19
)

// reached is with what a state was reached.
type reached struct {
	left   int32  // how many preemptions were left
	asleep uint64 // which threads were not tried there, as sleep.mask says
}

// node is a point on the path.
type node struct {
	ways   int32 // how many threads there were to choose from
	chosen int32
	ready  int32
	goes   bool
	before int32 // preemptions before it
	state  state

	// Of a level without a bound:
	ids   []int // the threads' numbers
	sleep []sleeper
	done  []sleeper // the threads that were chosen here before
	step  sleeper   // the one that is chosen
}

// costs returns how many preemptions a choice takes.
func (n *node) costs(choice int32) int {
	if choice > 0 && n.goes || choice >= n.ready && n.ready > 0 {
		return 1
	}
	return 0
}

// from begins a level. What was known of states holds for the points that there were.
func (w *tree) from(bound int) {
	w.bound, w.path = bound, w.path[:0]
	w.sleep.on = bound == unbounded
	if w.trace.learn() {
		w.seen.forget()
	}
}

// begin begins a run.
func (w *tree) begin() {
	w.at, w.cost, w.known, w.rest, w.cut, w.again = 0, 0, false, 0, false, false
	w.turns, w.sleep.rec, w.sleep.set = false, nil, w.sleep.set[:0]
	w.watch.reset()
	w.trace.reset()
}

// Next implements machine.Explorer.
func (w *tree) Next(p *machine.Point) int {
	if w.passes(p.Threads[0]) {
		return 0
	}
	w.watch.next(p)
	w.turns = false
	if w.looks {
		w.looks = false
		return 0
	}
	st := w.trace.state(p)
	if w.at > 0 && w.path[w.at-1].state == st && w.path[w.at-1].chosen == 0 {
		return 0 // nothing has happened since the last point
	}
	last := w.at >= len(w.path)-1 && !w.again
	if w.at == len(w.path) {
		if w.again || w.watch.stuck != nil || w.meets(st) {
			return 0
		}
		n := w.extend()
		n.state, n.ways, n.ready, n.goes = st, int32(len(p.Threads)), int32(p.Ready), p.Goes
		n.before = int32(w.cost)
		if w.sleep.on && !w.sleeps(n, p) {
			w.path = w.path[:w.at]
			w.known = true
			return 0
		}
	}
	n := &w.path[w.at]
	w.at++
	if w.sleep.on && last {
		w.sleep.enter(n)
	}
	if w.cost == w.bound && n.chosen == 0 {
		w.cut = w.cut || n.goes && n.ways > 1 || n.ready < n.ways
	}
	w.cost += n.costs(n.chosen)
	return int(n.chosen)
}

// extend adds a node to the path. It has the memory of one that was there before.
func (w *tree) extend() *node {
	if len(w.path) == cap(w.path) {
		w.path = append(w.path, node{})
		return &w.path[len(w.path)-1]
	}
	w.path = w.path[:len(w.path)+1]
	n := &w.path[len(w.path)-1]
	*n = node{ids: n.ids[:0], sleep: n.sleep[:0], done: n.done[:0]}
	return n
}

// sleeps gives a new point its sleep set, and reports whether there is a thread that isn't in it.
func (w *tree) sleeps(n *node, p *machine.Point) bool {
	n.sleep = append(n.sleep, w.sleep.set...)
	for _, t := range p.Threads {
		n.ids = append(n.ids, t.ID())
	}
	for n.chosen < n.ways && asleep(n.sleep, n.ids[n.chosen]) {
		n.chosen++
	}
	return n.chosen < n.ways
}

// meets reports whether the state at a new point was reached before with as few preemptions, and notes it.
func (w *tree) meets(st state) bool {
	now := reached{left: int32(w.bound - w.cost), asleep: w.sleep.mask()}
	hash := mix(st.happened, st.who)
	then, ok := w.seen.get(hash)
	if ok && then.left >= now.left && then.asleep&^now.asleep == 0 {
		w.known = true
		return true
	}
	if ok && then.left >= now.left {
		now = reached{then.left, then.asleep & now.asleep}
	}
	w.seen.put(hash, now)
	return false
}

// ended notes the end of a run, and reports whether no former run was the same but for the order of steps that touch
// different things.
func (w *tree) ended() bool {
	if _, ok := w.ends.get(w.trace.sum); ok {
		return false
	}
	w.ends.put(w.trace.sum, reached{})
	return true
}

// Checked implements machine.Explorer.
func (w *tree) Checked(t *machine.Thread) bool {
	if w.passes(t) {
		return false
	}
	w.watch.checked(t)
	return w.asks(w.trace.checked(t))
}

// Accessing implements machine.Explorer.
func (w *tree) Accessing(t *machine.Thread, key any, write bool) bool {
	if w.known {
		return false
	}
	w.watch.accessing(t)
	return w.asks(w.trace.accessing(t, key, write))
}

// restMost is how much may happen in a run after it was known. A short rest takes less time than to end all threads.
const restMost = 100

// errKnown ends a run whose rest is long.
var errKnown = errors.New("a former run has shown the rest of this one")

// passes reports whether the run does only what a former one did: that is not looked at. t does something.
func (w *tree) passes(t *machine.Thread) bool {
	if !w.known {
		return false
	}
	if w.rest++; w.rest == restMost {
		t.Machine().Stop(errKnown)
	}
	return true
}

// asks returns whether a point is wanted here: because the search may turn there, or to look at it.
func (w *tree) asks(turns bool) bool {
	if turns = turns || w.turns; turns { // of a step over several things, any may want the point
		w.turns, w.looks = true, false
		return true
	}
	w.looks = w.watch.look()
	return w.looks
}

// Accessed implements machine.Explorer.
func (w *tree) Accessed(t *machine.Thread, key any, write bool) {
	w.turns = false
	if w.passes(t) {
		return
	}
	w.watch.accessed(t, key)
	th, first := w.trace.access(t, key, write)
	if _, starts := key.(*machine.Thread); w.sleep.on && !starts {
		w.sleep.accessed(t, th, first, write)
	}
}

// next turns to the next path, and reports whether there is one.
func (w *tree) next() bool {
	if w.fresh {
		w.fresh = false
		return true
	}
	for i := len(w.path) - 1; i >= 0; i-- {
		n := &w.path[i]
		if w.sleep.on {
			n.done = append(n.done, n.step)
		}
		for n.chosen++; n.chosen < n.ways; n.chosen++ {
			if w.sleep.on && asleep(n.sleep, n.ids[n.chosen]) {
				continue
			}
			if int(n.before)+n.costs(n.chosen) <= w.bound {
				w.path = w.path[:i+1]
				return true
			}
		}
	}
	return false
}
