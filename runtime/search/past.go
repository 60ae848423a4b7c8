package search

// This file defines what a run knows of the order of its accesses, and which of them could be in another one.

// made is an access of a run.
type made struct {
	thread int    // how many threads had done something before its thread's first access
	epoch  uint32 // as the how manieth of its thread it was made; 0: there is none
	node   int    // the last node of the path before it, -1 if there was none
}

// touches are the accesses to a thing, of which those after the last write count.
type touches struct {
	write  made
	reads  []made // the last one of each thread
	before clock  // what had happened when it was written, and that
	read   clock  // the same of the reads
}

// past is the order of the accesses of a run: two of one thread, and two to one thing of which one writes, are in the
// order in which they were made, and so is what follows from that. All else could be in another one.
type past struct {
	threads []clock // what comes before the next access of each thread
	things  []touches
	all     touches // the accesses to anything, as writes
	last    []made  // the last access of each thread to something
	races   []made  // what look has found
}

func (p *past) reset() {
	for i := range p.threads {
		p.threads[i] = p.threads[i][:0]
	}
	for i := range p.things {
		p.things[i].reset()
	}
	p.all.reset()
	p.last, p.races = p.last[:0], p.races[:0]
}

func (t *touches) reset() {
	t.write, t.reads, t.before, t.read = made{}, t.reads[:0], t.before[:0], t.read[:0]
}

// of returns what comes before the next access of a thread.
func (p *past) of(thread int) *clock {
	for len(p.threads) <= thread {
		p.threads = append(p.threads, nil)
	}
	return &p.threads[thread]
}

func (p *past) touched(thing int) *touches {
	for len(p.things) <= thing {
		p.things = append(p.things, touches{})
	}
	return &p.things[thing]
}

// spawned says that what a thread did comes before all that its child does.
func (p *past) spawned(s, child *step) {
	to := p.of(child.n) // it may move the others
	*to = append((*to)[:0], *p.of(s.n)...)
}

// accessed adds an access of s after a node; a nil th is anything.
func (p *past) accessed(s *step, th *thing, write bool, node int) {
	c := p.of(s.n)
	c.tick(s.n)
	now := made{s.n, (*c)[s.n], node}
	c.join(p.all.before)
	if th == nil {
		for i := range p.threads {
			if i != s.n {
				c.join(p.threads[i])
			}
		}
		p.all.wrote(now, *c)
	} else if x := p.touched(th.n); write {
		c.join(x.before)
		c.join(x.read)
		x.wrote(now, *c)
	} else {
		c.join(x.before)
		x.reads = latest(x.reads, now)
		x.read.join(*c)
	}
	p.last = latest(p.last, now)
}

// wrote notes that a thing is written.
func (t *touches) wrote(now made, c clock) {
	t.write, t.reads, t.read = now, t.reads[:0], t.read[:0]
	t.before = append(t.before[:0], c...)
}

// latest puts an access into the place of the one of the same thread.
func latest(list []made, now made) []made {
	for i := range list {
		if list[i].thread == now.thread {
			list[i] = now
			return list
		}
	}
	return append(list, now)
}

// look adds to races which accesses could come after one of a thread that hasn't been made yet, before which c comes.
func (p *past) look(thread int, c clock, th *thing, write bool) {
	if th == nil {
		p.unordered(thread, c, p.last...)
		return
	}
	p.unordered(thread, c, p.all.write)
	if x := p.touched(th.n); write {
		p.unordered(thread, c, x.write)
		p.unordered(thread, c, x.reads...)
	} else {
		p.unordered(thread, c, x.write)
	}
}

func (p *past) unordered(thread int, c clock, list ...made) {
	for _, m := range list {
		if m.epoch > 0 && m.thread != thread && m.epoch > c.at(m.thread) {
			p.races = append(p.races, m)
		}
	}
}
