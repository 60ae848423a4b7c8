package search

// This file defines how a search knows, without a run, that a path leads to nothing new.
//
// Most paths come, a step or two after they part from the one before, to a state that is known, or take another way
// through states that are. What happens there has happened in runs before, so it needn't be run: a thread that has done
// the same, and has read the same, does the same next. So the search plays the path through first, from what it
// remembers, on its own books alone, as far as that goes. If it comes to what a former run has shown, the run isn't
// made. Otherwise it is, along the nodes that were foreseen, and each of them is compared with what really comes: if
// one isn't the same (as in a program that isn't repeatable), the search foresees no more.

// maxForeseen is how many points are foreseen at most.
const maxForeseen = 1000

// foresees plays the path to which the search has turned, and reports whether a run would show nothing new.
func (w *tree) foresees() bool {
	k := len(w.path) - 1
	f := &w.fore
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
			if f.at(p.from+p.n-1).what == end {
				if !w.plays(p) {
					return w.known
				}
				_, ok := w.ends.get(w.trace.sum)
				return ok
			}
			goes = w.plays(p)
		} else if p, ok = w.likely(chosen); ok {
			goes = w.plays(p)
		} else {
			goes = w.follows(chosen)
		}
		if w.known || !goes {
			return w.known
		}
		if chosen = 0; len(x.ids) > 1 {
			chosen = w.turn(x)
		}
		if w.known {
			return true
		}
	}
	return false
}

// likely returns what follows a choice at w.spot if that followed in another state that was the same in all that
// mattered.
func (w *tree) likely(chosen int) (p part, ok bool) {
	f := &w.fore
	key := w.spot.likeKey(&w.trace, chosen)
	for i := range uint64(maxLikes) {
		if p, ok = f.valid(f.likes.get(key + i)); !ok {
			return p, false
		}
		if w.given(p) {
			return p, true
		}
	}
	return p, false
}

// given reports whether all that mattered in a part is so now.
func (w *tree) given(p part) bool {
	for i := p.from + p.n; i < p.from+p.n+p.given; i++ {
		h := w.fore.at(i)
		if h.thread > 0 {
			if s := w.trace.by(int(h.thread)); s == nil || s.hash != h.is {
				return false
			}
		} else if th := w.trace.thing(h.id); th == nil || th.written != h.is || th.read != h.read {
			return false
		}
	}
	return true
}

// plays lets all happen that is known to follow a point, up to the next one, which is w.spot then. It reports false if
// it can't be, or the run is known.
func (w *tree) plays(p part) bool {
	for i := p.from; i < p.from+p.n; i++ {
		h := w.fore.at(i)
		switch h.what {
		case end:
			return true
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
		if s == nil || !w.fore.pace.acts(s, h.what == check) {
			return false
		}
		s.timed, s.within = h.clock, h.within
		switch h.what {
		case check:
			w.trace.checked(s)
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
			}
			w.accesses(s, th, h.write)
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

// accesses lets a thread access a thing.
func (w *tree) accesses(s *step, th *thing, write bool) {
	before := s.hash
	w.trace.touch(s, th, write)
	w.touched(s, before, th, write)
}

// follows lets the thread that is chosen at w.spot do what it did when it had done the same, up to the next point,
// which is w.spot then. It reports false if that isn't known, or depends on other threads, or the run is known.
func (w *tree) follows(chosen int) bool {
	x := &w.spot
	if x.ending || x.ready < len(x.ids) {
		return false
	}
	s := w.trace.by(x.ids[chosen])
	if s.timed {
		return false
	}
	first := true // the place before its next access is no point: it was chosen there
	for {
		n, th := w.does(s)
		if n.what == 0 {
			return false
		}
		if n.what == check {
			if !w.fore.pace.acts(s, true) {
				return false
			}
			if w.trace.checked(s) && n.asked && len(x.ids) > 1 {
				w.runs(s)
				return true
			}
			first = false
			continue
		}
		if n.asked && s.accessing(false, n.write) && !first && len(x.ids) > 1 {
			w.runs(s)
			return true
		}
		first = false
		if !w.fore.pace.acts(s, false) {
			return false
		}
		if w.accesses(s, th, n.write); w.known {
			return false
		}
	}
}

// does returns what a thread does next, as far as that is known, and with which thing.
func (w *tree) does(s *step) (next, *thing) {
	for i := range uint64(maxNames) {
		n, ok := w.fore.nexts.get(s.hash + i)
		if !ok {
			break
		}
		if n.what == check {
			return n, nil
		}
		if th := w.trace.thing(n.thing); th != nil {
			return n, th
		}
	}
	return next{}, nil
}

// runs makes w.spot the point at which a thread runs, and could continue, and the same others are ready.
func (w *tree) runs(s *step) {
	x := &w.spot
	at := 0
	for x.ids[at] != s.thread {
		at++
	}
	x.goes = true
	copy(x.ids[1:at+1], x.ids[:at])
	x.ids[0] = s.thread
	rest := x.ids[1:]
	for i := 1; i < len(rest); i++ { // nearly sorted: one was put to the front before
		for j := i; j > 0 && rest[j] < rest[j-1]; j-- {
			rest[j], rest[j-1] = rest[j-1], rest[j]
		}
	}
	w.stateOf(x)
}
