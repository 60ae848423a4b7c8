package search

// This file defines data races: accesses to one thing that nothing orders.

import (
	"slices"

	"gilkernel/runtime/machine"
)

// A Race is two accesses to one thing, at least one of which writes, without anything between them that orders them
// under the version in question: no lock, queue, event, start or join. It is one under every schedule, whichever comes
// first, and even if no schedule shows a wrong value.
//
// What orders threads is what they do with Words, of which all that blocks is made, and starts of threads. The GIL does
// too: it is a lock that every thread holds while it runs interpreted code, and each hand-over of it orders all byte
// codes of one thread before those of the next. So threads that hold it have no data races. What goes wrong between two
// of their byte codes (a lost update, a check whose answer is out of date) isn't a race in this sense but a fault in a
// program's atomicity, which a search finds by its outcomes. Without a GIL, and in calls of Thread.Free, each access
// is on its own.
type Race struct {
	First, Second Access // in the order of Schedule
	// Key is what both touch, as the run of Schedule called it.
	Key         any
	Preemptions int
	Schedule    Schedule // one that shows it, with the fewest preemptions
}

// An Access is one of two that race.
type Access struct {
	Thread int    // the thread's number
	Name   string // and its name
	Write  bool
	// Compiled says that compiled code made it, and May that this could have made it: what that reads isn't known.
	Compiled, May bool

	Nth   int          // as the how manieth access of the thread it was made in the run of Race.Schedule, from 1
	Place string       // as Options.Places says
	Site  machine.Site // as machine.Options.Site says
}

// Possible reports whether it isn't known that both accesses are made: see Access.May.
func (r *Race) Possible() bool { return r.First.May || r.Second.May }

// maxRaces is how many races a Report has at most: one line of a program has a few, and memory stays bounded.
const maxRaces = 100

// clock is a vector clock: for each thread, by number, how many of its releases are known to have happened.
type clock []uint32

func (c *clock) join(d clock) {
	for len(*c) < len(d) {
		*c = append(*c, 0)
	}
	for i, n := range d {
		(*c)[i] = max((*c)[i], n)
	}
}

// tick begins a new epoch of a thread.
func (c *clock) tick(id int) {
	for len(*c) <= id {
		*c = append(*c, 0)
	}
	(*c)[id]++
}

// at returns the thread's epoch that is known.
func (c clock) at(id int) uint32 {
	if id >= len(c) {
		return 0
	}
	return c[id]
}

// accessed is an access with the epoch in which it was made (Flanagan and Freund, PLDI 2009).
type accessed struct {
	Access
	epoch  uint32
	atomic bool // two that are don't race
}

// shadow is what is known of the accesses to a thing.
type shadow struct {
	clock clock      // of a Word or a GIL: what its last writers knew
	write accessed   // the last one; Thread 0: none
	reads []accessed // since then, the last of each thread
	last  *step      // of a GIL: which thread had it last
}

// rawRace is a race as a run found it.
type rawRace struct {
	Race
	id raceID
}

// raceID is what is the same for one race in all runs.
type raceID struct{ a, b accessID }

type accessID struct {
	thread int
	write  bool
	place  string
	site   machine.Site
}

func idOf(a *Access) accessID { return accessID{a.Thread, a.Write, a.Place, a.Site} }

// detector finds the races of a run.
type detector struct {
	// on says that there are accesses that no GIL orders. It is found out in the first run with one, and before that
	// nothing is done: most programs have none.
	on     bool
	awake  bool // in this run
	places Places
	guards map[any]*shadow
	gils   bool // there were some guards, in any run
	found  []rawRace
}

// mixed reports whether some accesses are ordered by a GIL and some aren't: then which ones are in no order depends on
// more than on what happened to each thing.
func (d *detector) mixed() bool { return d.on && d.gils }

func (d *detector) reset() {
	d.awake = d.on
	d.found = d.found[:0]
	clear(d.guards)
}

// spawned orders what s did before what child does.
func (d *detector) spawned(s, child *step, t, u *machine.Thread) {
	if !d.awake {
		return
	}
	child.clock = slices.Clone(s.clock)
	child.clock.tick(u.ID())
	s.clock.tick(t.ID())
}

// access orders t's step, or looks whether something orders it. It reports whether accesses without a GIL were seen for
// the first time.
func (d *detector) access(t *machine.Thread, s *step, th *thing, key any, write bool) (news bool) {
	if key == (machine.Clock{}) {
		return false
	}
	_, word := key.(*machine.Word)
	a, atomic := key.(machine.Atomic)
	word = word || atomic
	if !d.awake {
		news = !d.on && !word && t.Guard() == nil
		d.on = d.on || news
		return news
	}
	if len(s.clock) <= t.ID() {
		s.clock.tick(t.ID()) // it is the first thread
	}
	g := d.guard(t)
	if g != nil && g.last != s {
		s.clock.join(g.clock)
		g.last = s
	}
	if th.shadow == nil {
		th.shadow = &shadow{}
	}
	sh := th.shadow
	if word {
		s.clock.join(sh.clock)
	}
	if !word || a.At != nil {
		d.check(t, s, sh, key, write, atomic)
	}
	if word && write {
		sh.clock = append(sh.clock[:0], s.clock...)
		s.clock.tick(t.ID())
	}
	if g != nil { // what it does after it has released the GIL isn't ordered by it
		g.clock = append(g.clock[:0], s.clock...)
		s.clock.tick(t.ID())
	}
	return false
}

// guard returns what is known of the GIL that t holds, nil if it holds none.
func (d *detector) guard(t *machine.Thread) *shadow {
	key := t.Guard()
	if key == nil {
		return nil
	}
	d.gils = true
	g := d.guards[key]
	if g == nil {
		if d.guards == nil {
			d.guards = map[any]*shadow{}
		}
		g = &shadow{}
		d.guards[key] = g
	}
	return g
}

// check looks for former accesses that are in no order with this one, and notes it.
func (d *detector) check(t *machine.Thread, s *step, sh *shadow, key any, write, atomic bool) {
	compiled, is := key.(machine.Compiled)
	key = machine.About(key)
	now := accessed{Access{Thread: t.ID(), Name: t.Name(), Write: write, Nth: s.accesses, Site: t.Site(), Compiled: is,
		May: compiled.May}, s.clock.at(t.ID()), atomic}
	if d.places != nil {
		now.Place = d.places(t)
	}
	if w := &sh.write; w.Thread != 0 && w.epoch > s.clock.at(w.Thread) && !(w.atomic && atomic) {
		d.races(&w.Access, &now.Access, key)
	}
	if !write {
		for i := range sh.reads {
			if sh.reads[i].Thread == now.Thread && sh.reads[i].atomic == atomic {
				sh.reads[i] = now
				return
			}
		}
		sh.reads = append(sh.reads, now)
		return
	}
	for i := range sh.reads {
		if r := &sh.reads[i]; r.Thread != now.Thread && r.epoch > s.clock.at(r.Thread) && !(r.atomic && atomic) {
			d.races(&r.Access, &now.Access, key)
		}
	}
	sh.write, sh.reads = now, sh.reads[:0]
}

func (d *detector) races(a, b *Access, key any) {
	if len(d.found) == maxRaces {
		return
	}
	x, y := *a, *b
	x.Place, y.Place = "", "" // they aren't known in every run
	id := raceID{idOf(&x), idOf(&y)}
	if b.Thread < a.Thread {
		id.a, id.b = id.b, id.a
	}
	for i := range d.found {
		if d.found[i].id == id {
			return
		}
	}
	d.found = append(d.found, rawRace{Race{First: *a, Second: *b, Key: key}, id})
}

// noteRaces adds the races of the run that was just made, each once.
func (s *search) noteRaces(w *tree, run Program) {
	news := false
	for _, r := range w.trace.races.found {
		news = news || !s.raced[r.id]
	}
	if !news || len(s.report.Races) >= maxRaces {
		return
	}
	cost := w.cost
	w.trace.races.places = s.o.Places
	schedule := s.schedule(w, run)
	w.trace.races.places = nil
	for _, r := range w.trace.races.found {
		if s.raced[r.id] || len(s.report.Races) == maxRaces {
			continue
		}
		s.raced[r.id] = true
		r.Preemptions, r.Schedule = cost, schedule
		s.report.Races = append(s.report.Races, r.Race)
	}
}
