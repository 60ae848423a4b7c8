package search

// This file defines what a search without a bound comes back to: for each two accesses that could be in the other
// order, one thread that can go first in a run in which they are, unless one of those is tried anyway (source sets;
// Abdulla and others, POPL 2014). Sleep sets then end each run that is the same as a former one but for the order of
// independent steps.

// event is an access of a run, or a start of a thread.
type event struct {
	before uint64 // the hash of all that its thread had done: the same access has the same in other runs
	step   *step  // its thread
	thing  *thing // nil: anything
	write  bool
	node   int   // the last node of the path before it
	child  *step // the thread that is started; nil: it is an access
}

// taken is what a thread did from one node, or one switch, to the next.
type taken struct {
	thread int // as made.thread
	node   int
	first  uint32 // as made.epoch: its first access
	past   clock  // what comes before its end, and all of it
}

// history is a run without a bound.
type history struct {
	log    []event
	steps  []taken
	pairs  []pair
	branch int // the node at which the run parts from the former ones
}

// pair is what a thread did after a node, and a step that could come before it, as an index in history.steps.
type pair struct{ thread, node, step int }

func (h *history) reset() { h.log = h.log[:0] }

// add adds a pair, if there was a choice, and it isn't the last one again.
func (h *history) add(x pair) {
	if k := len(h.pairs); x.node >= 0 && (k == 0 || h.pairs[k-1] != x) {
		h.pairs = append(h.pairs, x)
	}
}

// reverse makes the search come back for each two accesses of the run that was just made that could be in the other
// order.
func (w *tree) reverse() {
	h, p := &w.history, &w.past
	p.reset()
	h.pairs = h.pairs[:0]
	n := 0
	next := func() *taken {
		if n == len(h.steps) {
			h.steps = append(h.steps, taken{})
		}
		n++
		return &h.steps[n-1]
	}
	var now *taken
	node := -1
	reach := func(at int) {
		for ; node < at; node++ {
			x := &w.path[node+1]
			x.counts, x.from = p.counts(x.counts), n
		}
	}
	for i := range h.log {
		e := &h.log[i]
		reach(e.node)
		if e.child != nil {
			p.spawned(e.step, e.child)
			continue
		}
		if now == nil || now.thread != e.step.n || now.node != e.node {
			now = next()
			now.thread, now.node, now.first = e.step.n, e.node, p.of(e.step.n).at(e.step.n)+1
		}
		if e.node >= h.branch {
			p.races = p.races[:0]
			p.look(e.step.n, *p.of(e.step.n), e.thing, e.write)
			for _, m := range p.races {
				h.add(pair{m.thread, m.node, n - 1})
			}
		}
		p.accessed(e.step, e.thing, e.write, e.node)
		now.past = append(now.past[:0], *p.of(e.step.n)...)
	}
	reach(len(w.path) - 1)
	for _, x := range h.pairs {
		w.initials(x, h.steps[:n])
	}
}

// counts returns how many accesses each thread has made.
func (p *past) counts(c clock) clock {
	c = c[:0]
	for i := range p.threads {
		c = append(c, p.threads[i].at(i))
	}
	return c
}

// initials makes the search come back to the node of a pair for a thread that can go first in a run in which the pair's
// step comes before what was done there, with all that doesn't come after that.
func (w *tree) initials(x pair, steps []taken) {
	n := &w.path[x.node]
	some := -1
	for i := range n.ways {
		y := &n.ways[i]
		if y.step == x.thread || !n.first(y.step, x, steps) {
			continue
		}
		if y.wanted {
			return
		}
		if some < 0 || y.step == steps[x.step].thread {
			some = i
		}
	}
	if some < 0 {
		n.wantAll()
		return
	}
	n.ways[some].wanted = true
}

// first reports whether nothing in such a run comes before what a thread does next.
func (n *node) first(thread int, x pair, steps []taken) bool {
	after := func(s *taken) bool { return s.past.at(x.thread) > n.counts.at(x.thread) }
	for k := n.from; k <= x.step; k++ {
		s := &steps[k]
		if s.thread != thread {
			continue
		}
		for j := range steps[n.from:k] {
			r := &steps[n.from+j]
			if r.thread != x.thread && !after(r) && s.past.at(r.thread) >= r.first {
				return false
			}
		}
		return k == x.step || !after(s)
	}
	return false
}
