package search

// This file defines how a search knows, without a run, that a path leads to nothing new.
//
// Most paths come, a step or two after they part from the one before, to a state that is known, or take another way
// through states that are. What happens there has happened in runs before, so it needn't be run: a thread that has done
// the same, and has read the same, does the same next. So the search plays the path through first, from what it
// remembers, on its own books alone, as far as that goes. If it comes to what a former run has shown, the run isn't
// made. Otherwise it is, along the nodes that were foreseen, and each of them is compared with what really comes: if
// one isn't the same (as in a program that isn't repeatable), the search foresees no more.

import "slices"

// maxForeseen is how many points are foreseen at most.
const maxForeseen = 1000

// foresees plays the path to which the search has turned, and reports whether a run would show nothing new.
func (w *tree) foresees() bool {
	k := len(w.path) - 1
	f := &w.fore
	w.fate, w.played = noFate, 0
	if k < 0 || f.off || k >= len(f.marks) || !f.marks[k].ok || w.trace.races.mixed() {
		return false
	}
	n := &w.path[k]
	f.marks[k].recall(w)
	x := &w.spot
	x.ready, x.goes, x.ending, x.state = n.ready, n.goes, n.ending, n.state
	x.ids = x.ids[:0]
	for i := range n.ways {
		x.ids = append(x.ids, n.ways[i].id)
	}
	w.at, w.cost, w.late = k+1, n.before+n.costs(n.chosen), n.late()
	w.known, w.rest, w.again, w.watch.stuck = false, 0, false, nil
	w.log = w.log[:n.log]
	if w.sleep.on {
		w.sleep.enter(n)
	}
	chosen := n.chosen
	for range maxForeseen {
		goes := false
		if p, ok := f.part(x.key(&w.trace, chosen)); ok {
			goes = w.plays(p)
		} else {
			goes = w.follows(chosen)
		}
		if w.known || !goes {
			break
		}
		if chosen = 0; len(x.ids) > 1 {
			chosen = w.turn(x)
		}
		if w.known {
			break
		}
	}
	if w.known {
		return true
	}
	_, ended := w.ends.get(w.trace.sum) // where a run has ended, each does
	if !ended {
		w.fate = w.leads()
	}
	return ended
}

// noFate is in place of the number of an outcome where none is known.
const noFate = -1

// leads returns the number of the outcome to which the path leads that was just played, as a former run shows that has
// come to where it has come. What races there are, and whether a thread starves, only a run shows.
func (w *tree) leads() int32 {
	if w.trace.value == nil || w.trace.races.on || w.trace.failed() ||
		w.played > w.watch.least()/4 {
		return noFate
	}
	if n, ok := w.fore.fates.get(w.trace.all()); ok {
		return n
	}
	return noFate
}

// plays lets all happen that is known to follow a point, up to the next one, which is w.spot then. It reports false if
// there is none, or the run is known.
func (w *tree) plays(p part) bool {
	for i := p.from; i < p.from+p.n; i++ {
		h := w.fore.at(i)
		switch h.what {
		case end:
			return false
		case point:
			x := &w.spot
			x.ids, x.ready, x.goes, x.ending = x.ids[:0], int(h.ready), h.goes, h.ending
			for j := range int(h.thread) {
				x.ids = append(x.ids, int(w.fore.at(i+1+j).id))
			}
			w.stateOf(x)
			return true
		}
		s := w.trace.by(int(h.thread))
		if s == nil {
			return false
		}
		switch h.what {
		case wait:
			w.trace.blocked(s, w.trace.thing(h.id))
			continue
		case roused:
			s.waits = nil
			continue
		}
		if w.played++; !w.fore.pace.acts(s, h.what == check) {
			return false
		}
		s.timed, s.within = h.clock, h.within
		switch h.what {
		case check:
			before := w.trace.atCheck(s)
			s.turnedAs(int(h.id))
			w.trace.checked(s)
			s.supposes(h.value.hash, before)
		case start:
			child, _ := w.trace.spawn(s, int(h.id))
			w.starts(s, child)
		case accessAll:
			before := s.hash
			w.trace.touchAll(s)
			w.touched(s, before, nil, h.write)
		default:
			th := w.trace.thing(h.id)
			if th == nil {
				th = w.trace.discover(s)
				th.name = h.name
			}
			w.accesses(s, th, h.write, h.value)
		}
		if w.known {
			return false
		}
	}
	return false
}

// thing returns the one with an id, nil if nothing has touched it yet.
func (r *trace) thing(id uint64) *thing {
	for _, x := range r.pool.all[:r.pool.used] {
		if x.id == id {
			return x
		}
	}
	return nil
}

// named returns the thing with a name, nil if nothing has touched it yet.
func (r *trace) named(name uint64) *thing {
	for _, x := range r.pool.all[:r.pool.used] {
		if x.name == name {
			return x
		}
	}
	return nil
}

// accesses lets a thread access a thing.
func (w *tree) accesses(s *step, th *thing, write bool, v seen) {
	before := s.hash
	w.trace.touch(s, th, write)
	w.trace.sees(s, th, write, v)
	w.touched(s, before, th, write)
}

// follows lets the thread that is chosen at w.spot do what it did when it had done the same, up to the next point,
// which is w.spot then. It reports false if that isn't known, or the run is known.
func (w *tree) follows(chosen int) bool {
	x := &w.spot
	s := w.trace.by(x.ids[chosen])
	if (x.ending || x.ready < len(x.ids) || s.timed) && !w.trace.alone(s) {
		return false
	}
	x.runs(s)
	first := true // the place before its next access is no point: it was chosen there
	for {
		n, th := w.does(s)
		if n.what == 0 {
			is, ok := w.fore.stops.get(w.fore.stop(&w.trace, s))
			return ok && is == over && s.gone && w.leaves(s)
		}
		if n.what == access && n.asked && s.accessing(n.word, n.write) && !first && len(x.ids) > 1 {
			w.stateOf(x)
			return true
		}
		first = false
		if w.played++; !w.fore.pace.acts(s, n.what == check) {
			return false
		}
		switch n.what {
		case check:
			before := w.trace.atCheck(s)
			s.turnedAs(int(n.thing))
			asks := w.trace.checked(s)
			s.supposes(n.value.hash, before)
			if asks && n.asked && len(x.ids) > 1 {
				w.stateOf(x)
				return true
			}
			continue
		case start:
			child, _ := w.trace.spawn(s, int(n.thing))
			w.starts(s, child)
			x.add(child)
			continue
		}
		if th == nil {
			th = w.trace.discover(s)
			th.name = n.thing
			th.holds = w.trace.first(n.thing)
		}
		v := n.value
		if v.known && !n.write {
			v = th.holds
			if !v.known {
				return false // what it reads isn't known
			}
		}
		if w.accesses(s, th, n.write, v); w.known {
			return false
		}
		for range n.wakes {
			u := w.trace.waiter(th)
			if u == nil {
				break
			}
			u.waits = nil
			x.add(u)
		}
		if n.waits {
			switch is, _ := w.fore.stops.get(w.fore.stop(&w.trace, s)); is {
			case blocks:
				w.trace.blocked(s, th)
				return w.leaves(s)
			case goesOn:
			default:
				return false
			}
		}
	}
}

// does returns what a thread does next, as far as that is known, and with which thing: nil if it is called as the next
// says, and nothing has touched it yet.
func (w *tree) does(s *step) (next, *thing) {
	if w.trace.alone(s) && len(w.spot.ids) == 1 {
		n, _ := w.fore.nexts.get(w.trace.tail(s))
		if n.what == access && !n.named {
			th := w.trace.find(n.thing)
			if th == nil {
				th = w.trace.discover(s)
			}
			return n, th
		}
		if n.named {
			return n, w.trace.named(n.thing)
		}
		return n, nil
	}
	if s.waiting() != 0 {
		if n, _ := w.fore.nexts.get(w.trace.atCheck(s)); n.what == check {
			return n, nil
		}
	}
	for i := range uint64(maxNames) {
		n, ok := w.fore.nexts.get(named(w.trace.knows(s), i))
		if !ok {
			break
		}
		if n.what != access {
			return n, nil
		}
		if n.named {
			return n, w.trace.named(n.thing)
		}
		if th := w.trace.find(n.thing); th != nil {
			return n, th
		}
	}
	return next{}, nil
}

// leaves makes w.spot the point at which the thread that runs has left the core to the others. It reports false if none
// of them can run.
func (w *tree) leaves(s *step) bool {
	x := &w.spot
	x.ids = append(x.ids[:0], x.ids[1:]...)
	x.ready, x.goes = len(x.ids), false
	if x.ready == 0 {
		return false
	}
	w.stateOf(x)
	return true
}

// runs makes x the point at which a thread runs that could run there.
func (x *spot) runs(s *step) {
	at := slices.Index(x.ids, s.thread)
	x.goes = true
	copy(x.ids[1:at+1], x.ids[:at])
	x.ids[0] = s.thread
	slices.Sort(x.ids[1:])
}

// add adds a thread that can run now.
func (x *spot) add(s *step) {
	x.ids = append(x.ids, s.thread)
	x.ready = len(x.ids)
	slices.Sort(x.ids[1:])
}
