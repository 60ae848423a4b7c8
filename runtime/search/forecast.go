package search

// This file defines what a search remembers of its runs to know what others would do: see foresees.

import "gilkernel/runtime/machine"

// forecast is what is known of how runs go on: what followed a choice when it was made in the same state before, and
// what a thread did next when it had done the same before.
type forecast struct {
	off     bool // nothing can be foreseen
	on      bool // the run under way is recorded
	nexts   memo[next]
	parts   memo[part] // by spot.key
	stops   memo[stop]
	fates   memo[int32]         // the outcomes of runs, by trace.all at their ends
	ring    []happening         // of which parts consist; new ones take the places of the oldest
	head    int                 // how many there were
	most    int                 // how many are kept
	spawner uint64              // which thread has started others
	home    machine.Interpreter // of the first thread
	plural  bool                // there are several processes
	marks   []mark              // by the nodes' places on the path

	// Of the run that is recorded:
	key   uint64          // of its last point
	begun int             // head at that point
	idle  bool            // nothing has happened since then
	open  bool            // what follows it isn't known yet
	runs  *step           // who has the core
	last  *machine.Thread // the same, if it is known
	only  spot            // see acts
	pace  pace
	after uint64 // what the thread had done before what it does now
	does  next   // that, if it is to be remembered
	tail  uint64 // see trace.tail; 0: there are others
	write int    // where the last happening is in the ring if it is a write, from 1; 0: it isn't
}

// next is what a thread does next.
type next struct {
	what  what
	write bool
	word  bool
	asked bool   // it is a point, or the place before it is
	waits bool   // it is an access after which the thread may block
	wakes int32  // how many threads it wakes that wait for the thing
	named bool   // thing is a name
	thing uint64 // that is accessed, the number of a thread that is started, or step.again at a check
	value seen   // what a write leaves behind, what a read may meet; at a check: the thread's mind behind it
}

// stop says whether a thread loses the core after what it did last.
type stop uint8

const (
	blocks stop = iota + 1
	goesOn
	over
)

// part is what happens from one point to the next: in the ring.
type part struct{ from, n int }

// happening is something that happens in a run.
type happening struct {
	what         what
	write, clock bool
	within       bool // see step
	goes, ending bool // of a point, as in spot
	ready        int32
	thread       int32  // who does it; of a point: how many can run
	id           uint64 // of the thing, the number of a thread that is started or can run, or step.again at a check
	name         uint64 // of the thing
	value        seen   // as in next
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
	wait // for a thing
	roused
)

const (
	// maxKnown bounds the memory for each of nexts, stops, parts and ring, which take 6, 2, 3 and 6 MB, and of fates, 2
	// MB. With less, more runs are made.
	maxKnown = 1 << 17
	// maxNames is under how many names a thing that a thread touches is remembered: a thing is called after the thread
	// that has touched it first.
	maxNames = 3
	// maxTurns is how often threads change places in a run that is recorded: longer ones may have some that no Explorer
	// has chosen.
	maxTurns = machine.Overlooked / 2
)

// newForecast returns a forecast that keeps most of each kind, a power of two.
func newForecast(most int) forecast {
	return forecast{nexts: newMemo[next](most), parts: newMemo[part](most), stops: newMemo[stop](most),
		fates: newMemo[int32](most), most: most}
}

// begin begins a run.
func (f *forecast) begin() {
	f.on, f.open, f.key, f.runs, f.last, f.pace = !f.off, false, 0, nil, nil, pace{}
	f.does, f.home = next{}, nil
}

// drop records no more of the run.
func (f *forecast) drop() { f.on, f.open, f.does = false, false, next{} }

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
	f.idle, f.write = false, 0
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
	if f.head++; h.what == access && h.write {
		f.write = f.head
	}
}

// wrote completes what is recorded of the last write with the value that it has left behind.
func (f *forecast) wrote(v seen) {
	if f.does.what == access && f.does.write {
		f.does.value.hash = v.hash
	}
	if f.write > 0 {
		f.at(f.write - 1).value.hash = v.hash
	}
}

// done records what thread s does.
func (f *forecast) done(s *step, h happening) bool {
	if !f.pace.acts(s, h.what == check) {
		f.drop()
		return false
	}
	h.thread, h.within = int32(s.thread), s.within
	f.put(h)
	return true
}

// learn notes what a thread does after all it has done, unless it got there in a way that depends on others.
func (f *forecast) learn(s *step, t *machine.Thread, after uint64, n next) {
	offered := t.Offered()
	if s == f.runs && offered == s.offered && !s.timed && !t.Freed() && !t.HasFlag(ending) {
		f.after, f.does = after, n
	}
	f.runs, s.offered = s, offered
}

// keep remembers what was noted.
func (f *forecast) keep() {
	n := f.does
	if n.what == 0 {
		return
	}
	f.does = next{}
	for i := range uint64(maxNames) {
		if m, ok := f.nexts.get(named(f.after, i)); ok && m == n {
			return
		} else if !ok {
			f.nexts.put(named(f.after, i), n)
			return
		}
	}
}

// named returns where one of several names of what a thread does next is remembered.
func named(after, i uint64) uint64 {
	if i == 0 {
		return after
	}
	return mix(after, i)
}

// alone reports whether all other threads have ended.
func (r *trace) alone(s *step) bool {
	for _, u := range r.threads {
		if u != nil && u != s && !u.gone {
			return false
		}
	}
	return true
}

// tail stands for all that has happened when one thread is left: what that does next depends on nothing else, even if
// it was told to end.
func (r *trace) tail(s *step) uint64 {
	if r.value != nil {
		return r.tailAt(r.atCheck(s))
	}
	return mix(mix(r.sum, s.id), 9)
}

func (r *trace) tailAt(before uint64) uint64 { return mix(mix(r.all(), before), 9) }

// ending are the flags of threads that may do something else than their code says.
const ending = machine.FlagStop | machine.FlagPending | machine.FlagForfeit

// actsAt is acts at a check; before is what atCheck returned.
func (f *forecast) actsAt(before uint64, r *trace, s *step, t *machine.Thread) {
	f.acts(r, s, t)
	if f.tail != 0 && r.value != nil {
		f.tail = r.tailAt(before)
	}
}

// acts says that a thread is about to do something. If it has got the core although no Explorer was asked, it was the
// only one that could run: that is a point for forecasts.
func (f *forecast) acts(r *trace, s *step, t *machine.Thread) {
	f.keep()
	if f.tail = 0; len(r.threads) > 2 && r.alone(s) {
		f.tail = r.tail(s)
	}
	if in := t.Interpreter(); f.home == nil {
		f.home = in
	} else if in != f.home {
		f.plural = true
	}
	was, from := f.runs, f.last
	if f.last = t; s == was {
		return
	}
	if was != nil && (from == nil || from.Offered() != was.offered) {
		f.runs = s // it has given it to this one among others
		return
	}
	x := &f.only
	x.ids, x.ready, x.goes, x.ending = append(x.ids[:0], s.thread), 1, false, t.HasFlag(ending)
	x.state = state{r.sum, 1}
	f.came(r, x, 0)
	f.last = t
}

// checked records a check. after is what the thread knows, and mind what it knows behind the check.
func (f *forecast) checked(s *step, t *machine.Thread, after, mind uint64) {
	s.asked = 0
	if f.done(s, happening{what: check, id: uint64(s.again), value: seen{hash: mind}}) {
		n := next{what: check, asked: t.Droppable(), thing: uint64(s.again), value: seen{hash: mind}}
		f.learn(s, t, after, n)
		f.alone(n)
	}
	s.timed = false
}

// accessing records that a thread is about to access something.
func (f *forecast) accessing(s *step) { s.asked++ }

// accessed records an access; after is what the thread knew before.
func (f *forecast) accessed(r *trace, s *step, after uint64, t *machine.Thread, key any, th *thing, write bool) {
	asked := s.asked
	s.asked = 0
	h := happening{what: accessAll}
	if th != nil {
		h = happening{what: access, write: write, id: th.id, name: th.name, clock: key == machine.Clock{}}
		h.value = r.met
	}
	if !f.done(s, h) {
		return
	}
	n := next{what: access, write: write, asked: asked == 1, thing: h.id, value: h.value}
	if !write {
		n.value.hash = 0 // it may meet any
	}
	if h.name != 0 {
		n.thing, n.named = h.name, true
	} else if th != nil {
		n.thing = r.called(th)
	}
	_, n.word = key.(*machine.Word)
	if th != nil {
		f.alone(n)
	}
	if asked > 1 || th == nil || unlike(key) {
		n = next{}
	}
	f.learn(s, t, after, n)
	s.timed = h.clock
}

// alone remembers what the last thread does.
func (f *forecast) alone(n next) {
	if f.tail != 0 {
		f.nexts.put(f.tail, n)
	}
}

// unlike reports whether a key is that of accesses whose effects aren't only those on the thing.
func unlike(key any) bool {
	switch machine.About(key).(type) {
	case *machine.Thread, machine.Clock, machine.Atomic:
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
	if f.done(s, happening{what: start, id: uint64(child)}) {
		f.learn(s, t, before, next{what: start, thing: uint64(child)})
	}
	s.timed = false
}

// waits records that a thread blocks until others access a thing, or doesn't.
func (f *forecast) waits(r *trace, s *step, th *thing, blocked bool) {
	is := goesOn
	if blocked {
		is = blocks
		f.put(happening{what: wait, thread: int32(s.thread), id: th.id})
	}
	if f.does.what != 0 {
		f.does.waits = true
		f.stops.put(f.stop(r, s), is)
	}
}

// left records that a thread has ended.
func (f *forecast) left(r *trace, s *step) {
	f.keep()
	if s.gone && s == f.runs {
		f.stops.put(f.stop(r, s), over)
	}
}

// stop stands for what a thread has done, and for all that wait: some may be found to wait for each other when it does
// too. When it ends, that is so only if there are no others in its process.
func (f *forecast) stop(r *trace, s *step) uint64 {
	others, free := uint64(0), 0
	for _, u := range r.threads {
		switch {
		case u == nil || u == s || u.gone:
		case u.waits != nil:
			others += r.knows(u)
		default:
			free++
		}
	}
	if s.gone && free > 0 && !f.plural {
		others = 0
	}
	return mix(r.knows(s), others)
}

// came records a point, and which thread is chosen there.
func (f *forecast) came(r *trace, x *spot, chosen int) {
	f.keep()
	f.runs, f.last = r.by(x.ids[chosen]), nil
	key := x.key(r, chosen)
	if key == f.key && f.idle {
		return // it is the place before an access, and nothing has happened since the check before
	}
	f.put(happening{what: point, thread: int32(len(x.ids)), ready: int32(x.ready), goes: x.goes, ending: x.ending})
	for _, id := range x.ids {
		f.put(happening{what: can, id: uint64(id)})
	}
	f.close()
	f.key, f.idle, f.begun = key, true, f.head
	_, known := f.part(key)
	f.open = !known
}

// ended records the end of the run.
func (f *forecast) ended() {
	f.keep()
	f.put(happening{what: end})
	f.close()
	f.drop()
}

// close ends what follows the last point.
func (f *forecast) close() {
	if f.open {
		f.parts.put(f.key, part{f.begun, f.head - f.begun})
	}
}

// part returns what is known to follow a point, if that is still in the ring.
func (f *forecast) part(key uint64) (p part, ok bool) {
	p, ok = f.parts.get(key)
	return p, ok && f.head-p.from <= len(f.ring)
}

// at returns what happens in a part.
func (f *forecast) at(i int) *happening { return &f.ring[i&(len(f.ring)-1)] }

// key stands for a point, and a choice there: the state, and the numbers that threads have in it.
func (x *spot) key(r *trace, chosen int) uint64 {
	return mix(mix(mix(x.state.happened, x.state.who), r.numbers), uint64(x.ids[chosen]))
}
