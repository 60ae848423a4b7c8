package search

// This file defines which choices a search comes back to: those that bring two accesses into another order (dynamic
// partial-order reduction; Flanagan and Godefroid, POPL 2005).
//
// Where preemptions aren't bounded, one thread for each such order is enough: see reverse. Where they are, the search
// also comes back to where the thread of the earlier access got the core: there the other one may go first at no cost,
// and with it what the bound would cut off (Coons and others, OOPSLA 2013). And where a run meets a state that is
// known, what was done from there on isn't done again: each access that may be among that counts as if it were made now
// (Yang and others, SPIN 2008).
//
// With 50 generated programs of up to 3 threads under 3.9 and 3.13t, known states and sleep sets alone take 105,941
// runs for 9,867 schedules with up to two preemptions that differ in more than the order of independent steps, and this
// 39,147 for 10,061: what remains are schedules that are the same but for when a thread is preempted, each of which
// leaves other threads to go on for nothing. Without a bound it is 54,350 for 3,042 against 7,747 for 3,194.
// Many of those runs are foreseen, and not made: see foresees.

// way is a thread that can be chosen at a node.
type way struct {
	id     int // its number
	step   int // how many threads had done something before it first did
	wanted bool
	done   bool
}

// want makes the search come back to a node to choose a thread, and all if that can't be chosen there.
func (n *node) want(id int) {
	for i := range n.ways {
		if n.ways[i].id == id {
			n.ways[i].wanted = true
			return
		}
	}
	n.wantAll()
}

func (n *node) wantAll() {
	for i := range n.ways {
		n.ways[i].wanted = true
	}
}

// runs returns the number of the thread that runs after a node.
func (n *node) runs() int { return n.ways[n.chosen].id }

// backtrack makes the search come back to where an access was made that could come after what the thread of s does
// next.
func (w *tree) backtrack(m made, s *step) {
	if m.node < 0 {
		return
	}
	w.path[m.node].want(s.thread)
	if k := w.began(m.node); k >= 0 {
		w.path[k].want(s.thread)
	}
}

// began returns the node at which the thread that runs after a node got the core, -1 if there was nobody else then.
func (w *tree) began(at int) int {
	for ; at >= 0; at-- {
		n := &w.path[at]
		if !n.goes || n.chosen != 0 {
			return at
		}
		if at > 0 && w.path[at-1].runs() != n.runs() {
			break
		}
	}
	return -1
}

// later is a set of accesses that may be made: each is a bit, and several have the same.
type later uint64

// What is kept of the accesses of a thread beside the things.
const (
	aRead = iota
	aWrite
	anAccess   // to something
	anAccessOf // to anything
)

// starts says that threads are started.
const starts later = 1 << 63

// bit is that of what a thread does with a thing.
func bit(s *step, thing uint64, what uint64) later { return 1 << (mix(mix(s.id, what), thing) % 63) }

// accessOf returns the bits of an access; a nil th is anything.
func accessOf(s *step, th *thing, write bool) later {
	switch {
	case th == nil:
		return bit(s, 0, anAccessOf) | bit(s, 0, anAccess)
	case write:
		return bit(s, th.id, aWrite) | bit(s, 0, anAccess)
	}
	return bit(s, th.id, aRead) | bit(s, 0, anAccess)
}

// expects counts accesses that may be made from here on. goes says that the running thread could be the one to
// continue.
func (w *tree) expects(l later, goes bool) {
	if w.at == 0 {
		return
	}
	w.path[w.at-1].later |= l
	if l&starts != 0 {
		for i := range w.path[:w.at] {
			w.path[i].wantAll()
		}
		return
	}
	if k := w.began(w.at - 1); goes && k >= 0 {
		w.path[k].wantAll() // for accesses that the thread makes before it loses the core
	}
	p := &w.past
	for _, s := range w.trace.threads {
		if s == nil || l&bit(s, 0, anAccess) == 0 {
			continue
		}
		c := *p.of(s.n)
		p.races = p.races[:0]
		if l&bit(s, 0, anAccessOf) != 0 {
			p.look(s.n, c, nil, true)
		}
		for _, th := range w.trace.pool.all[:w.trace.pool.used] {
			if l&bit(s, th.id, aWrite) != 0 {
				p.look(s.n, c, th, true)
			} else if l&bit(s, th.id, aRead) != 0 {
				p.look(s.n, c, th, false)
			}
		}
		p.unordered(s.n, c, p.all.write)
		for _, m := range p.races {
			w.backtrack(m, s)
		}
	}
}
