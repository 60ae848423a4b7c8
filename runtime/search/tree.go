package search

// This file defines the tree of schedules that a search walks: one path at a time, depth first.

import "gilkernel/runtime/machine"

// tree is the Explorer of a search. It keeps the path to where the search is, and what it knows of states.
type tree struct {
	bound int
	path  []node
	seen  memo[reached] // states
	ends  memo[reached] // the runs that ended, by what happened

	// Of this level:
	cut   bool // a choice was left out because of the bound
	fresh bool // it begins anew

	// Of this run:
	at    int // the depth of the next node
	cost  int // preemptions so far
	known bool
	rest  int  // how much has happened since it was known
	again bool // the run makes the same choices as the former one, to be looked at
	looks bool // the next point is none of the tree
	turns bool // it is one, whatever else the step touches
	late  bool // what happens next is that a time passes although a thread could run
	sleep sleep
	trace trace
	past  past
	history
	watch watch
	fore  forecast
	skim  skim
	spot  spot                         // the point that is looked at
	own   func(*machine.Thread) uint64 // as Options.Own
	// Of the path that was foreseen last:
	fate   int32 // the number of the outcome to which it leads; noFate: that isn't known
	played int   // how many checks and accesses it has
	// astray says that a run came to another point than was foreseen, strayed that one has done so before.
	astray, strayed bool
}

// spot is a point, of a run or of one that is foreseen.
type spot struct {
	ids    []int // the numbers of the threads that can run, as machine.Point has them
	ready  int
	goes   bool
	ending bool // some thread was told to end
	state  state
}

// maxSeen and maxEnds are how many states, and how many ends, a search knows at most: with fewer it only does more than
// it must. They take 24 MB and 12 MB.
const (
	maxSeen = 1 << 20
	maxEnds = 1 << 19
)

// reached is with what a state was reached, and what happened from there on.
type reached struct {
	left  int32 // how many preemptions were left
	later later
}

// node is a point on the path.
type node struct {
	ways   []way // the threads that there were to choose from
	chosen int
	ready  int
	goes   bool
	ending bool
	before int // preemptions before it
	left   int32
	state  state
	later  later // what may happen after it
	beat   int   // where the tape has the choice here, from 1; 0: no run has passed it

	// Of a level without a bound:
	at     int   // its place on the path
	counts clock // how many accesses each thread had made
	from   int   // and how many steps there were
	log    int   // and all of them, and to how many things
	things int
	sleep  []sleeper
	done   []sleeper // the threads that were chosen here before
}

// costs returns how many preemptions a choice takes.
func (n *node) costs(choice int) int {
	if choice > 0 && n.goes || choice >= n.ready && n.ready > 0 {
		return 1
	}
	return 0
}

// late reports whether the choice lets a time pass although a thread could run.
func (n *node) late() bool { return n.chosen >= n.ready && n.ready > 0 }

// from begins a level. What was known of states doesn't hold if the runs were looked at in another way.
func (w *tree) from(bound int) {
	w.bound, w.path, w.cut = bound, w.path[:0], false
	w.sleep.on, w.branch = bound == unbounded, 0
	if w.trace.again {
		w.trace.again = false
		w.seen.forget()
	}
	if w.astray {
		w.astray, w.strayed, w.fore = false, true, forecast{off: true}
		w.seen.forget()
	}
}

// begin begins a run.
func (w *tree) begin() {
	w.at, w.cost, w.known, w.rest, w.again, w.late = 0, 0, false, 0, false, false
	w.turns, w.sleep.set = false, w.sleep.set[:0]
	w.history.reset()
	w.watch.reset()
	w.trace.reset()
	w.past.reset()
	w.fore.begin()
	w.looks, w.skim.on, w.skim.at = false, false, 0
}

// records reports whether what happens is to be remembered.
func (w *tree) records() bool {
	return w.fore.on && !w.again && !w.known && !w.skim.on && w.watch.stuck == nil
}

// stateOf determines the state at a point.
func (w *tree) stateOf(x *spot) {
	who := uint64(x.ready)
	if x.goes {
		who = mix(who, w.trace.by(x.ids[0]).id)
	}
	x.state = state{w.trace.sum, who}
}

// turn chooses a thread at a point, by its index.
func (w *tree) turn(x *spot) int {
	if w.at > 0 && w.path[w.at-1].stands(x.state, x.goes) {
		return 0
	}
	last := w.at >= len(w.path)-1 && !w.again
	if w.at == len(w.path) {
		if w.again || w.watch.stuck != nil || w.meets(x.state, x.goes) {
			return 0
		}
		if !w.extend(x) {
			w.known = true
			return 0
		}
	}
	n := &w.path[w.at]
	if w.astrays(n, x) {
		return 0
	}
	w.at++
	if w.sleep.on && last {
		w.sleep.enter(n)
	}
	w.cost += n.costs(n.chosen)
	w.late = n.late()
	return n.chosen
}

// astrays reports whether a run came to another point than was foreseen. A search that foresees nothing, because that
// has happened before, takes what comes.
func (w *tree) astrays(n *node, x *spot) bool {
	if n.chosen < len(x.ids) && n.state == x.state && n.runs() == x.ids[n.chosen] {
		return false
	}
	w.astray = !w.fore.off
	return w.astray || n.chosen >= len(x.ids)
}

// stands reports whether nothing has happened since a node, so that what could be chosen now could be chosen there, and
// at no higher price. A thread that has released the GIL since then is the exception: now switching to another thread
// costs nothing.
func (n *node) stands(st state, goes bool) bool {
	return n.state.happened == st.happened && (n.chosen != 0 || goes || !n.goes)
}

// extend adds a node to the path, which has the memory of one that was there before, and chooses a thread. It reports
// whether there is one that needs to be.
func (w *tree) extend(x *spot) bool {
	if len(w.path) == cap(w.path) {
		w.path = append(w.path, node{})
	} else {
		w.path = w.path[:len(w.path)+1]
	}
	n := &w.path[len(w.path)-1]
	*n = node{ways: n.ways[:0], counts: n.counts[:0], sleep: n.sleep[:0], done: n.done[:0], at: len(w.path) - 1,
		log: len(w.log), things: w.trace.pool.used}
	n.ready, n.goes, n.ending, n.state = x.ready, x.goes, x.ending, x.state
	n.before, n.left = w.cost, int32(w.bound-w.cost)
	for i, id := range x.ids {
		late := i >= x.ready && x.ready > 0 // it may be what all else depends on
		n.ways = append(n.ways, way{id: id, step: w.trace.by(id).n, wanted: late})
	}
	if w.sleep.on {
		n.sleep = append(n.sleep, w.sleep.set...)
		for n.chosen < len(n.ways) && asleep(n.sleep, n.runs()) {
			n.chosen++
		}
		if n.chosen == len(n.ways) {
			w.path = w.path[:len(w.path)-1]
			return false
		}
	}
	n.ways[n.chosen].wanted = true
	w.mark(n)
	return true
}

// anyone is in place of who may go on in what is known of a state.
const anyone = 0x616e_796f

// meets reports whether the state at a new point was reached before with as few preemptions, or with fewer by another
// thread, which could have been preempted by this one.
func (w *tree) meets(st state, goes bool) bool {
	if w.bound == unbounded {
		return false
	}
	left := int32(w.bound - w.cost)
	then, ok := w.seen.get(mix(st.happened, st.who))
	if !ok || then.left < left {
		then, ok = w.seen.get(mix(st.happened, anyone))
		ok = ok && then.left > left
	}
	if ok {
		w.known = true
		w.expects(then.later, goes)
	}
	return ok
}

// leave notes what is known of the last node on the path, from which all was tried.
func (w *tree) leave() {
	n := &w.path[len(w.path)-1]
	w.path = w.path[:len(w.path)-1]
	if i := len(w.path) - 1; i >= 0 {
		w.path[i].later |= n.later
	}
	if w.bound == unbounded {
		return
	}
	now := reached{n.left, n.later}
	w.seen.put(mix(n.state.happened, n.state.who), now)
	if then, ok := w.seen.get(mix(n.state.happened, anyone)); !ok || then.left < now.left {
		w.seen.put(mix(n.state.happened, anyone), now)
	}
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

// touched follows an access; before is what the thread had done, and a nil th is anything.
func (w *tree) touched(s *step, before uint64, th *thing, write bool) {
	if w.late {
		th, w.late = nil, false
	}
	if !w.sleep.on {
		w.orders(s, th, write)
		return
	}
	w.log = append(w.log, event{before: before, step: s, thing: th, write: write, node: w.at - 1})
	if w.at == len(w.path) && !w.again && !w.sleep.accessed(s.thread, before, th, write) {
		w.known = true
	}
}

// starts notes that a thread starts another.
func (w *tree) starts(s, child *step) {
	if w.sleep.on {
		w.log = append(w.log, event{step: s, child: child, node: w.at - 1})
		return
	}
	w.past.spawned(s, child)
	if w.at > 0 {
		w.path[w.at-1].later |= starts
	}
}

// orders keeps the order of accesses, and makes the search come back to where it could be another one.
func (w *tree) orders(s *step, th *thing, write bool) {
	p := &w.past
	news := w.at == len(w.path) && !w.again // former runs had the same accesses up to there
	if news {
		c := *p.of(s.n)
		p.races = p.races[:0]
		p.look(s.n, c, th, write)
		for _, m := range p.races {
			w.backtrack(m, s)
		}
		if w.at > 0 {
			w.path[w.at-1].later |= accessOf(s, th, write)
		}
	}
	p.accessed(s, th, write, w.at-1)
}

// next turns to the next path, and reports whether there is one.
func (w *tree) next() bool {
	if w.fresh {
		w.fresh = false
		return true
	}
	if w.sleep.on {
		w.reverse()
	}
	end := len(w.log)
	for ; len(w.path) > 0; w.leave() {
		n := &w.path[len(w.path)-1]
		n.ways[n.chosen].done = true
		switch {
		case !w.sleep.on:
		case n.log > end: // the run isn't repeatable, and has ended before it came here
			n.done = append(n.done, sleeper{id: n.runs(), all: true})
		default:
			n.done = append(n.done, w.tried(n, w.log[n.log:end]))
		}
		end = min(end, n.log)
		for i := range n.ways {
			if x := &n.ways[i]; !x.wanted || x.done || w.sleep.on && asleep(n.sleep, x.id) {
				continue
			}
			if n.before+n.costs(i) <= w.bound {
				n.chosen, w.branch = i, n.at
				return true
			}
			w.cut = true
		}
	}
	return false
}
