package search

// This file defines what a state is known by: what happened to each thing in what order.

import "gilkernel/runtime/machine"

// state is a hash of what happened, of which thread may continue at no cost, and of which threads can run.
type state struct{ happened, who uint64 }

// trace hashes a run. Each step of a thread, from one of its points to the next, has a hash of its own: of the thread's
// former step, and of the former steps on each thing that it touched. A run is the sum of them, which doesn't depend on
// the order in which they were made.
type trace struct {
	sum     uint64
	threads []*step // by the threads' numbers; nil: it has done nothing
	known   int     // how many of them aren't nil
	things  things
	last    *step
	actor   *machine.Thread // whose step that is
	steps   pool[step]
	pool    pool[thing]
	again   bool   // the runs so far weren't searched for races
	wild    uint64 // the last access to anything
	numbers uint64 // a hash of which numbers the threads have
	waits   int    // how often a thread has begun to wait
	names   func(key any) uint64
	value   func(t *machine.Thread, key any) Value // as Options.Value
	local   func(t *machine.Thread) (uint64, bool) // as Options.Local
	firsts  map[uint64]uint64                      // see first
	met     seen                                   // what the last access was to
	wrote   wrote                                  // th is nil: nothing is waited for
	doubt   bool                                   // a value was changed by something that no step tells of
	races   detector
}

// step is what a thread does at the moment.
type step struct {
	id         uint64 // of the thread: the same in each run
	mind       uint64 // what it knows, see values.go
	forgot     bool   // that isn't all it has done
	failed     bool   // a panic has ended it
	n          int    // how many threads have done something before it
	thread     int    // the thread's number
	hash       uint64 // of all it did
	counted    uint64 // what of it is in the sum
	spawned    uint64
	touched    uint64
	accesses   int
	dirty      bool              // it has touched something since its last check
	wrote      bool              // the same of writes
	looks      uint64            // what it has read since its last check, 0: nothing
	again      int               // how many checks in a row were turns of a loop that waits; see turned
	turns      int               // how many checks there were since it wrote, but for those without a read before
	seen, owns [maxPeriod]uint64 // at the last ones: what it had read, and what it had of its own
	// within says that it has been in a call of the library since its last check or step. What such a call does with
	// Words, up to where it blocks, is one step.
	within  bool
	over    *thing // what says that it has ended; nil for one that nobody has started
	gone    bool   // it has said so
	waits   *thing // it is blocked until others access that; nil if it isn't
	since   int    // when it began to, by trace.waits
	asked   int    // how many things it is about to access, as far as the Explorer was asked
	offered int    // as machine.Thread.Offered said when it last did something
	timed   bool   // that was to ask for the time, or to set a timer
	clock   clock  // see detector
}

// thing is something that threads touch.
type thing struct {
	id            uint64
	n             int // how many were touched before it
	written, read uint64
	called        uint64  // what it is in what threads know; 0: none of them has accessed it
	holds         seen    // its value, or who has written it
	ends          bool    // it says whether a thread has ended
	name          uint64  // the same whoever touches it first; 0: there is none
	shadow        *shadow // see detector; nil unless it is awake
}

func (r *trace) reset() {
	r.threads, r.known = r.threads[:0], 0
	r.things.reset()
	r.sum, r.last, r.actor, r.wild, r.numbers, r.waits = 0, nil, nil, 0, 0, 0
	r.steps.used, r.pool.used = 0, 0
	r.wrote = wrote{}
	r.races.reset()
}

// pool keeps what a run needs for the next one.
type pool[T any] struct {
	all  []*T
	used int
}

// get returns a zero T, which the next run takes back.
func (p *pool[T]) get() *T {
	if p.used == len(p.all) {
		p.all = append(p.all, new(T))
	}
	t := p.all[p.used]
	p.used++
	var zero T
	*t = zero
	return t
}

// mix is a finaliser of splitmix64 over both.
func mix(a, b uint64) uint64 {
	x := a*0x9e3779b97f4a7c15 + b
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (r *trace) of(t *machine.Thread) *step {
	if t == r.actor {
		return r.last
	}
	var s *step
	if id := t.ID(); id < len(r.threads) {
		s = r.threads[id]
	}
	if s == nil { // nobody spawned it: it is the first
		s = r.newStep()
		s.id = mix(1, uint64(r.known))
		s.hash, s.mind = s.id, s.id
		r.meet(t.ID(), s)
	}
	r.last, r.actor = s, t
	return s
}

func (r *trace) newStep() *step {
	s := r.steps.get()
	s.n = r.steps.used - 1
	return s
}

// meet notes that s is what the thread with a number does.
func (r *trace) meet(id int, s *step) {
	for len(r.threads) <= id {
		r.threads = append(r.threads, nil)
	}
	if r.threads[id] == nil {
		r.known++
	}
	r.threads[id], s.thread = s, id
	r.numbers += mix(s.id, uint64(id))
}

// by returns what the thread with a number does, nil if it has done nothing.
func (r *trace) by(id int) *step {
	if id >= len(r.threads) {
		return nil
	}
	return r.threads[id]
}

// access adds one to t's step. It returns what was accessed, nil for anything.
func (r *trace) access(t *machine.Thread, key any, write bool) *thing {
	s := r.of(t)
	s.accesses++
	if u, ok := key.(*machine.Thread); ok && u != t {
		child, over := r.spawn(s, u.ID())
		r.things.add(u.Over(), over)
		r.races.spawned(s, child, t, u)
		return nil
	}
	if key == nil {
		r.touchAll(s)
		return nil
	}
	about := machine.About(key)
	th := r.things.get(about)
	if th == nil {
		th = r.discover(s)
		r.things.add(about, th)
		if r.names != nil {
			th.name = r.names(about)
		}
	}
	if r.races.access(t, s, th, key, write) {
		r.again = true
	}
	r.touch(s, th, write)
	r.met = r.looksAt(t, key, th, write)
	r.sees(s, th, write, r.met)
	return th
}

// spawn makes the thread of s start the one with a number. What says that it has ended is called after it, whoever asks
// first.
func (r *trace) spawn(s *step, id int) (child *step, over *thing) {
	s.spawned++
	child, over = r.newStep(), r.pool.get()
	child.id, child.within = mix(s.id, s.spawned), true
	over.id, over.n = mix(child.id, 4), r.pool.used-1
	child.over = over
	over.called, over.ends, over.holds = over.id, true, seen{known: true, hash: noWord}
	child.hash, child.mind = mix(s.hash, child.id), mix(mix(s.mind, child.id), 1)
	r.meet(id, child)
	s.hash, s.mind = mix(s.hash, child.id), mix(s.mind, child.id)
	r.count(s)
	return child, over
}

// touchAll is an access to anything.
func (r *trace) touchAll(s *step) {
	s.hash = mix(mix(s.hash, 3), r.sum)
	r.wild, s.dirty = s.hash, true
	r.seesAll(s)
	r.count(s)
}

// discover makes what s is about to touch first.
func (r *trace) discover(s *step) *thing {
	s.touched++
	th := r.pool.get()
	th.id, th.n = mix(s.hash, s.touched), r.pool.used-1
	return th
}

// touch is an access to a thing.
func (r *trace) touch(s *step, th *thing, write bool) {
	s.dirty = true
	s.hash = mix(s.hash, r.wild)
	s.wrote = s.wrote || write
	s.gone = s.gone || write && th == s.over
	if write {
		s.hash = mix(mix(mix(s.hash, th.id), th.written), th.read+1)
		th.written, th.read = s.hash, 0
	} else {
		s.hash = mix(mix(s.hash, th.id), th.written)
		th.read += s.hash
		s.looks = mix(mix(s.looks, th.id), th.written)
	}
	r.count(s)
}

// blocked notes that a thread waits for others to access a thing.
func (r *trace) blocked(s *step, th *thing) {
	r.waits++
	s.waits, s.since = th, r.waits
}

// waiter returns the thread that has waited longest for others to access a thing, nil if none does.
func (r *trace) waiter(th *thing) (s *step) {
	for _, u := range r.threads {
		if u != nil && u.waits == th && (s == nil || u.since < s.since) {
			s = u
		}
	}
	return s
}

// count brings the sum up to date.
func (r *trace) count(s *step) {
	r.sum += s.hash - s.counted
	s.counted = s.hash
}

// turned brings up to date whether a thread at a check waits in a loop: it has read what it had read before one of the
// last checks, has the same of its own as then, and has written nothing. Then it does the same from here on as it did
// from there, and so on, until it reads something else. own is only called if that may be so.
func (s *step) turned(own func() uint64) {
	switch {
	case s.wrote:
		s.again, s.turns = 0, 0
	case s.looks != 0:
		has, same := own(), false
		for i := range min(s.turns, maxPeriod) {
			same = same || s.seen[i] == s.looks && s.owns[i] == has
		}
		if s.again++; !same {
			s.again = 0
		}
		s.seen[s.turns%maxPeriod], s.owns[s.turns%maxPeriod] = s.looks, has
		s.turns++
	}
}

// checked counts a check: how far it got is part of what happened, even if it touched nothing. It returns whether
// it is a point: if its thread has touched nothing since its last one, all that could happen here could happen there.
func (r *trace) checked(s *step) bool {
	s.hash = mix(s.hash, 2)
	r.count(s)
	dirty := s.dirty
	s.looks, s.wrote, s.dirty, s.within = 0, false, false, false
	return dirty && s.again < maxLooks
}

const (
	// maxLooks is how many turns of a loop that waits for another thread have points: from the later ones a switch
	// leads nowhere else than from those.
	maxLooks = 3
	// maxPeriod is how many checks a turn of such a loop has at most.
	maxPeriod = 4
)

// accessing returns whether there is a point before an access: but for those that never matter, before each.
func (s *step) accessing(word, write bool) bool {
	if s.again >= maxLooks && !write {
		return false
	}
	within := s.within
	s.within = word
	return !s.within || !within
}
