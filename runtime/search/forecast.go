package search

// This file defines what a search remembers of its runs to know what others would do: see foresees.

import "gilkernel/runtime/machine"

// forecast is what is known of how runs go on: what followed a choice when it was made in the same state before, or in
// one that is the same in all that mattered, and what a thread did next when it had done the same before.
type forecast struct {
	off     bool // nothing can be foreseen
	on      bool // the run under way is recorded
	nexts   table[next]
	parts   table[part] // by spot.key
	likes   table[part] // by spot.likeKey
	ring    []happening // of which parts consist; new ones take the places of the oldest
	head    int         // how many there were
	most    int         // how many are kept
	spawner uint64      // which thread has started others
	marks   []mark      // by the nodes' places on the path

	// Of the run that is recorded:
	key     uint64          // of its last point
	like    uint64          // the same
	n       int             // how many parts there were, in all runs
	begun   int             // head at that point
	depends []given         // what mattered for what follows it
	alone   bool            // nothing else mattered
	idle    bool            // nothing has happened since then
	open    bool            // what follows it isn't known yet
	runs    *step           // who has the core
	last    *machine.Thread // the same, if it is known
	only    spot            // see acts
	pace    pace
}

// next is what a thread does next.
type next struct {
	what  what
	write bool
	asked bool   // it is a point, or the place before it is
	thing uint64 // that is accessed
}

// part is what happens from one point to the next: in the ring. Behind it there are the states of what mattered.
type part struct{ from, n, given int }

// given is what mattered for what happened: what a thread had done before, or what had been done to a thing.
type given struct {
	thread   int    // 0: it is a thing
	id       uint64 // of the thing
	is, read uint64
}

// happening is something that happens in a run.
type happening struct {
	what         what
	write, clock bool
	within       bool // see step
	goes, ending bool // of a point, as in spot
	ready        int32
	thread       int32  // who does it; of a point: how many can run
	id           uint64 // of the thing, or the number of a thread that is started or can run
	is, read     uint64 // see given
}

// what happens.
type what uint8

const (
	check what = iota + 1
	access
	accessAll
	start
	point // and after it, who can run
	can
	end
	matters
)

const (
	// maxKnown bounds the memory for each of nexts, parts, likes and ring, which take 3, 4, 4 and 5 MB. With less, more
	// runs are made.
	maxKnown = 1 << 17
	// maxNames is under how many names a thing that a thread touches is remembered: a thing is called after the thread
	// that has touched it first.
	maxNames = 3
	// maxLikes is how many parts are remembered that follow points which are the same but for what depends.
	maxLikes = 8
	// maxTurns is how often threads change places in a run that is recorded: longer ones may have some that no Explorer
	// has chosen.
	maxTurns = machine.Overlooked / 2
)

// newForecast returns a forecast that keeps most of each kind, a power of two.
func newForecast(most int) forecast {
	return forecast{nexts: table[next]{most: most}, parts: table[part]{most: most}, likes: table[part]{most: most},
		most: most}
}

// begin begins a run.
func (f *forecast) begin() {
	f.on, f.open, f.key, f.runs, f.last, f.pace = !f.off, false, 0, nil, nil, pace{}
}

// drop records no more of the run.
func (f *forecast) drop() { f.on, f.open = false, false }

// pace counts what makes a machine change its threads by itself.
type pace struct {
	actor  *step
	checks int // that it has made since it got the core, or more
	turns  int
	over   bool // it may have done so
}

// acts says that a thread does something. It reports false where the machine may change threads.
func (p *pace) acts(s *step, check bool) bool {
	if s != p.actor {
		p.actor, p.checks = s, 0
		p.turns++
	}
	if check {
		p.checks++
	}
	p.over = p.over || p.checks >= machine.Patience-1 || p.turns >= maxTurns
	return !p.over
}

// put records what happens.
func (f *forecast) put(h happening) {
	f.idle = false
	if !f.open {
		return
	}
	if f.head == len(f.ring) && len(f.ring) < f.most {
		f.ring = append(f.ring, make([]happening, max(len(f.ring), 1<<8))...) // it has never been full
	}
	if f.head-f.begun == len(f.ring) {
		f.open = false
		return
	}
	f.ring[f.head&(len(f.ring)-1)] = h
	f.head++
}

// done records what thread s does, which had done before what a hash says.
func (f *forecast) done(s *step, before uint64, h happening) bool {
	if !f.pace.acts(s, h.what == check) {
		f.drop()
		return false
	}
	h.thread, h.within = int32(s.thread), s.within
	f.put(h)
	if s.part != f.n && f.open {
		s.part = f.n
		f.depends = append(f.depends, given{thread: s.thread, is: before})
	}
	return true
}

// learn remembers what a thread does after all it has done, unless it got there in a way that depends on others.
func (f *forecast) learn(s *step, t *machine.Thread, after uint64, n next) {
	offered := t.Offered()
	same := offered == s.offered && !t.Freed()
	f.alone = f.alone && same
	known := n.what != 0 && s == f.runs && same && !s.timed && !t.HasFlag(ending)
	f.runs, s.offered = s, offered
	if !known {
		return
	}
	for i := range uint64(maxNames) {
		if m, ok := f.nexts.get(after + i); ok && m == n {
			return
		} else if !ok {
			f.nexts.put(after+i, n)
			return
		}
	}
}

// ending are the flags of threads that may do something else than their code says.
const ending = machine.FlagStop | machine.FlagPending | machine.FlagForfeit

// acts says that a thread is about to do something. If it has got the core although no Explorer was asked, it was the
// only one that could run: that is a point for forecasts.
func (f *forecast) acts(r *trace, s *step, t *machine.Thread) {
	was, from := f.runs, f.last
	if f.last = t; s == was {
		return
	}
	if was != nil && (from == nil || from.Offered() != was.offered) {
		f.runs, f.alone = s, false // it has given it to this one among others
		return
	}
	x := &f.only
	x.ids, x.ready, x.goes, x.ending = append(x.ids[:0], s.thread), 1, false, t.HasFlag(ending)
	x.state = state{r.sum, 1}
	f.came(r, x, 0)
	f.last = t
}

// checked records a check.
func (f *forecast) checked(s *step, t *machine.Thread) {
	s.asked = 0
	if f.done(s, s.hash, happening{what: check}) {
		f.learn(s, t, s.hash, next{what: check, asked: t.Droppable()})
	}
	s.timed = false
}

// accessing records that a thread is about to access something.
func (f *forecast) accessing(s *step) { s.asked++ }

// accessed records an access; after is what the thread had done before.
func (f *forecast) accessed(r *trace, s *step, after uint64, t *machine.Thread, key any, th *thing, write bool) {
	asked := s.asked
	s.asked = 0
	h := happening{what: accessAll}
	if th != nil {
		h = happening{what: access, write: write, id: th.id, clock: key == machine.Clock{}}
	}
	if !f.done(s, after, h) {
		return
	}
	f.alone = f.alone && th != nil && !h.clock && !r.news
	if f.open && th != nil && th.part != f.n {
		th.part = f.n
		f.depends = append(f.depends, given{id: th.id, is: r.was.written, read: r.was.read})
	}
	n := next{what: access, write: write, asked: asked == 1, thing: h.id}
	if asked > 1 || th == nil || orders(key) {
		n = next{}
	}
	f.learn(s, t, after, n)
	s.timed = h.clock
}

// orders reports whether a key is that of accesses that may make threads wait, or wake them.
func orders(key any) bool {
	switch key.(type) {
	case *machine.Word, *machine.Thread, machine.Clock, machine.Atomic:
		return true
	}
	return false
}

// started records that a thread starts another. If several do so, the numbers of threads depend on who is first.
func (f *forecast) started(s *step, before uint64, t *machine.Thread, child int) {
	if f.spawner == 0 {
		f.spawner = s.id
	} else if f.spawner != s.id {
		f.off = true
		f.drop()
		return
	}
	if f.done(s, before, happening{what: start, id: uint64(child)}) {
		f.learn(s, t, 0, next{})
	}
	s.timed = false
}

// came records a point, and which thread is chosen there.
func (f *forecast) came(r *trace, x *spot, chosen int) {
	f.runs, f.last = r.by(x.ids[chosen]), nil
	key := x.key(r, chosen)
	if key == f.key && f.idle {
		return // it is the place before an access, and nothing has happened since the check before
	}
	f.put(happening{what: point, thread: int32(len(x.ids)), ready: int32(x.ready), goes: x.goes, ending: x.ending})
	for _, id := range x.ids {
		f.put(happening{what: can, id: uint64(id)})
	}
	f.close(false)
	f.key, f.idle, f.begun = key, true, f.head
	_, known := f.part(key)
	if f.open = !known; f.open {
		f.like, f.alone, f.depends = x.likeKey(r, chosen), true, f.depends[:0]
		f.n++
	}
}

// ended records the end of the run.
func (f *forecast) ended() {
	f.put(happening{what: end})
	f.close(true)
	f.drop()
}

func (f *forecast) close(over bool) {
	if !f.open {
		return
	}
	p := part{f.begun, f.head - f.begun, len(f.depends)}
	for _, g := range f.depends {
		f.put(happening{what: matters, thread: int32(g.thread), id: g.id, is: g.is, read: g.read})
	}
	if !f.open { // it was too long
		return
	}
	f.parts.put(f.key, p)
	if !f.alone || over {
		return
	}
	at := f.like + f.key%maxLikes
	for i := range uint64(maxLikes) {
		if _, ok := f.valid(f.likes.get(f.like + i)); !ok {
			at = f.like + i
			break
		}
	}
	f.likes.put(at, p)
}

// part returns what is known to follow a point.
func (f *forecast) part(key uint64) (p part, ok bool) { return f.valid(f.parts.get(key)) }

// valid reports whether a part is still in the ring.
func (f *forecast) valid(p part, ok bool) (part, bool) { return p, ok && f.head-p.from <= len(f.ring) }

// at returns what happens in a part.
func (f *forecast) at(i int) *happening { return &f.ring[i&(len(f.ring)-1)] }

// key stands for a point, and a choice there: the state, and the numbers that threads have in it.
func (x *spot) key(r *trace, chosen int) uint64 {
	return mix(mix(mix(x.state.happened, x.state.who), r.numbers), uint64(x.ids[chosen]))
}

// likeKey stands for a point, and a choice there, without what was done by other threads that can run. Those that can't
// may be found to wait for each other.
func (x *spot) likeKey(r *trace, chosen int) uint64 {
	k := mix(r.numbers, r.wild)
	for _, id := range x.ids {
		k = mix(k, uint64(id))
	}
	others := uint64(0)
	for _, s := range r.threads {
		if s != nil && !s.gone {
			others += s.hash
		}
	}
	for _, id := range x.ids {
		others -= r.by(id).hash
	}
	k = mix(mix(k, others), r.by(x.ids[chosen]).hash)
	return mix(k, uint64(x.ready)<<10|uint64(chosen)<<2|bit1(x.goes)<<1|bit1(x.ending))
}

// bit1 is 1 for true.
func bit1(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// table keeps values under hashes in memory that is bounded: a new hash takes the place of one that has the same.
type table[V any] struct {
	slots []entry[V] // a power of two of them
	used  int
	most  int
}

type entry[V any] struct {
	hash  uint64 // 0: free
	value V
}

func (t *table[V]) get(hash uint64) (v V, ok bool) {
	if len(t.slots) == 0 {
		return v, false
	}
	e := &t.slots[hash&uint64(len(t.slots)-1)]
	return e.value, e.hash == hash
}

func (t *table[V]) put(hash uint64, v V) {
	if 2*t.used >= len(t.slots) && len(t.slots) < t.most {
		old := t.slots
		t.slots, t.used = make([]entry[V], max(2*len(old), 1<<6)), 0
		for _, e := range old {
			if e.hash != 0 {
				t.put(e.hash, e.value)
			}
		}
	}
	e := &t.slots[hash&uint64(len(t.slots)-1)]
	if e.hash == 0 {
		t.used++
	}
	*e = entry[V]{hash, v}
}
