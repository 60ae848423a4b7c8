package machine

// This file defines the machine that is explored: a simulated one on which nothing is left to time or chance. It has
// one core, and whenever another thread could run next, an Explorer chooses.
//
// Where that is depends on the interpreter. Threads that share a GIL change places where a drop of it can take effect,
// at checks, and wherever one releases it: the GIL itself is then a word in the timeline, and its waits are the waits
// for the core. Threads without a GIL change places before each access to what others see. Nothing else is a place:
// what lies between two of them is one step of the search.

import (
	"cmp"
	"slices"
	"time"
	"unsafe"
)

// An Explorer decides which thread runs next on an explored machine. The machine calls it from one goroutine at a time.
// It must give the same answers to the same questions or runs aren't repeatable.
type Explorer interface {
	// Next returns the index of the thread in p.Threads that runs next. It must not keep p or its slice.
	Next(p *Point) int
	// Checked says that t is at a check, whether others could run or not, and returns whether to ask Next here.
	Checked(t *Thread) bool
	// Accessing says that t is about to read, or write, what key stands for, at a place where it could lose its core,
	// and returns whether to ask Next before. A nil key is anything.
	Accessing(t *Thread, key any, write bool) bool
	// Accessed says that t reads, or writes, what key stands for now: a Word, or what Thread.StepOn was given. A nil
	// key is anything. A *Thread is a start of that thread, Clock{} the machine's time.
	Accessed(t *Thread, key any, write bool)
}

// A Witness is an Explorer that is told which threads stop and wake, too. The machine calls it as it calls an Explorer.
type Witness interface {
	Explorer
	// Waits says that t, after an access to w that was the last thing it did, blocks until others wake it, or finds
	// that it needn't.
	Waits(t *Thread, w *Word, blocks bool)
	// Wakes says that t, after an access to w that was the last thing it did, wakes up to n threads that wait for w:
	// those that have waited longest.
	Wakes(t *Thread, w *Word, n int)
	// Roused says that t can run again.
	Roused(t *Thread)
	// Left says that t has ended, or that a Run of it has: it does nothing more.
	Left(t *Thread)
}

// Clock is the key of accesses to an explored machine's time.
type Clock struct{}

// Atomic is the key of accesses that order threads as those to a Word do, and of which each is a step: to what other
// accesses have the key At for, or if that is nil to anything.
type Atomic struct{ At unsafe.Pointer }

// Compiled is the key of accesses that compiled code makes to what other accesses have the key At for, as far as is
// known. May says that it isn't known whether it does.
type Compiled struct {
	At  unsafe.Pointer
	May bool
}

// About returns what an access with a key is to: another key with which accesses may come.
func About(key any) any {
	switch a := key.(type) {
	case Atomic:
		if a.At != nil {
			return a.At
		}
	case Compiled:
		return a.At
	}
	return key
}

// Also tells the Explorer of an access that belongs to the last step of t: t can't lose its core before it.
func (t *Thread) Also(key any, write bool) { t.access(key, write) }

// A Point is a place where an explored machine can turn to another thread.
type Point struct {
	At time.Duration
	// Threads are those that can run: first the one that runs now, if it can continue, then those that are ready, then
	// those that wait for a time, each in the order of their numbers but the last: these in the order of their times.
	// There are at least two.
	Threads []*Thread
	// Ready is how many of Threads don't wait for a time. Choosing another means that the computer was so slow that the
	// time passed first.
	Ready int
	// Goes says that Threads[0] runs now and could continue: choosing another preempts it. It is false if that thread
	// has released the GIL by itself.
	Goes bool
}

// Patience is the number of checks in a row after which a thread of an explored machine loses the core without the
// Explorer's choice: so a loop that waits for another thread ends, and a long computation is still one step.
const Patience = 1000

// Overlooked is how often in a row another thread may get the core that a thread has left while a third one stays
// ready. Then the third one gets the core: schedulers are fair in the long run, and what an unfair one could do forever
// says nothing about a program.
const Overlooked = 200

// exploring is the additional state of an explored machine.
type exploring struct {
	by     Explorer
	told   Witness // the same; nil if it is none
	point  Point
	turns  int    // checks since the thread on the core got it
	picked uint64 // how often a thread got the core

	// Memory for lists that are short in most runs, so that a run allocates little.
	core          [1]core
	running       [1]*Thread
	ready, points [4]*Thread
}

func newExploring(by Explorer) *exploring {
	x := &exploring{by: by}
	x.told, _ = by.(Witness)
	x.point.Threads = x.points[:0]
	return x
}

// memory returns memory for a simulator's lists.
func (x *exploring) memory() (cores []core, running, ready []*Thread) {
	return x.core[:], x.running[:0], x.ready[:0]
}

// Guard returns what keeps all other threads of its interpreter from running interpreted code while t runs: its GIL. It
// is nil for a thread that holds none: only its operations on Words order its accesses. For an Explorer.
func (t *Thread) Guard() any {
	if t.considers() || !t.inside {
		return nil
	}
	if g, ok := t.interp.(interface{ Guard() any }); ok {
		return g.Guard()
	}
	return t.interp
}

// Droppable reports whether t can lose its core at a check. For an Explorer.
func (t *Thread) Droppable() bool { return t.inside && !t.pace.stepOrder }

// Offered returns how often t has offered its core to others on an explored machine without a check or an access: by
// giving up its GIL, by a yield, or in a call of Free. For an Explorer.
func (t *Thread) Offered() int { return t.sim.offered }

// Over returns the Word whose value says whether t has ended. For an Explorer.
func (t *Thread) Over() *Word { return &t.over }

// witness returns the Witness of an explored machine, nil if there is none.
func (s *simulator) witness() Witness {
	if s.explore == nil {
		return nil
	}
	return s.explore.told
}

// considers reports whether t may lose its core at a step or before an operation on a Word: others may see what it
// does, because it has no GIL. What native code does without the GIL, such as the way into a wait, it does in one step.
func (t *Thread) considers() bool { return t.interp == nil || t.pace.stepOrder || t.free }

// checked makes a check on an explored machine.
func (s *simulator) checked(t *Thread) {
	x := s.explore
	ask := x.by.Checked(t)
	if x.turns++; x.turns >= Patience {
		x.turns = 0
		s.impatient(t)
		return
	}
	if ask && t.Droppable() {
		s.consider(t, true)
	}
}

// accessed makes a step: the place lies before the access.
func (s *simulator) accessed(t *Thread, key any, write bool) {
	if (t.pace.stepChecks && t.inside || t.considers()) && s.explore.by.Accessing(t, key, write) {
		s.consider(t, true)
	}
	s.explore.by.Accessed(t, key, write)
}

// wordAccessed makes an operation on a Word.
func (s *simulator) wordAccessed(t *Thread, w *Word, write bool) {
	if t.considers() && s.explore.by.Accessing(t, w, write) {
		s.consider(t, true)
	}
	s.explore.by.Accessed(t, w, write)
}

// consider lets the explorer choose between t, which runs, and the others. goes is false if t has released the GIL by
// itself.
func (s *simulator) consider(t *Thread, goes bool) {
	u := s.ask(t, goes)
	if u == nil || u == t {
		return
	}
	s.giveTo(t, u)
}

// giveTo makes t ready, and u run.
func (s *simulator) giveTo(t, u *Thread) {
	held := t.inside && !t.pace.stepOrder
	if held {
		t.inside = false
		t.interp.Detach(t)
	}
	s.release(t)
	s.enqueue(t)
	s.pick(u)
	s.switchTo(t, s.decide())
	if held {
		t.interp.Attach(t)
		t.inside = true
	}
}

// impatient takes the core from t, which has run for long, and gives it to the next thread in the order of numbers. If
// no thread is ready, it lets the next timer fire first.
func (s *simulator) impatient(t *Thread) {
	if s.ready.len() == 0 {
		if s.nextTimer() == never {
			return
		}
		s.fire()
	}
	list := s.queued()
	if len(list) == 0 {
		return
	}
	i := slices.IndexFunc(list, func(u *Thread) bool { return u.id > t.id })
	s.giveTo(t, list[max(i, 0)])
}

// ask returns the thread that the explorer chooses; t is the one that runs, nil if none does. It returns nil if no
// thread can run.
func (s *simulator) ask(t *Thread, goes bool) *Thread {
	x := s.explore
	s.fireUntil(s.time)
	p := &x.point
	p.Threads = p.Threads[:0]
	if t != nil {
		p.Threads = append(p.Threads, t)
	}
	ready := len(p.Threads)
	p.Threads = append(p.Threads, s.ready.list...)
	slices.SortFunc(p.Threads[ready:], func(a, b *Thread) int { return cmp.Compare(a.id, b.id) })
	p.Ready = len(p.Threads)
	if p.Ready == 0 {
		return nil
	}
	p.Threads = s.appendSleepers(p.Threads)
	if len(p.Threads) == 1 {
		return p.Threads[0]
	}
	p.At, p.Goes = time.Duration(s.time), t != nil && goes
	return p.Threads[x.by.Next(p)]
}

// appendSleepers appends the threads that wait for a time, the earliest first.
func (s *simulator) appendSleepers(list []*Thread) []*Thread {
	if s.armed == 0 {
		return list
	}
	var all []timer
	for _, tm := range s.timers.list {
		if tm.gen == tm.t.sim.gen {
			all = append(all, tm)
		}
	}
	slices.SortFunc(all, func(a, b timer) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.seq, b.seq)) })
	for _, tm := range all {
		list = append(list, tm.t)
	}
	return list
}

// due returns the time that t waits for.
func (s *simulator) due(t *Thread) int64 {
	for _, tm := range s.timers.list {
		if tm.t == t && tm.gen == t.sim.gen {
			return tm.at
		}
	}
	return s.time
}

// pick gives the core to u, which is ready or waits for a time.
func (s *simulator) pick(u *Thread) {
	if u.sim.state == simWaiting {
		s.explore.by.Accessed(u, Clock{}, true)
		s.setTime(s.due(u))
		s.rouse(u, TimedOut, s.time, nil)
	}
	i := slices.Index(s.ready.list, u)
	s.ready.list = slices.Delete(s.ready.list, i, i+1)
	s.explore.turns = 0
	s.explore.picked++
	u.sim.overlooked = 0
	s.assign(u, 0, max(s.time, u.clock))
}

// decideExplored is decide on an explored machine: the running thread continues, as the Explorer was asked at its
// points.
func (s *simulator) decideExplored() *Thread {
	for {
		if s.full.Load() {
			s.receive()
		}
		if len(s.running) == 1 {
			t := s.running[0]
			s.setTime(t.clock)
			s.turn = t
			t.horizon, t.exact = t.clock, t.clock-1 // so that each check and step asks
			return t
		}
		u := s.neglected()
		if u == nil {
			u = s.ask(nil, false)
		}
		if u != nil {
			s.pick(u)
			s.overlook()
			continue
		}
		at := s.nextTimer()
		if at == never || at > s.until {
			return nil
		}
		s.fire()
	}
}

// overlook counts for the threads that are ready that another one got the core.
func (s *simulator) overlook() {
	for _, u := range s.ready.list {
		u.sim.overlooked++
	}
}

// neglected returns a thread that was overlooked for too long, nil if there is none.
func (s *simulator) neglected() (u *Thread) {
	for _, v := range s.ready.list {
		if v.sim.overlooked >= Overlooked && (u == nil || v.id < u.id) {
			u = v
		}
	}
	return u
}

// access tells the explorer of an access where t can't lose its core.
func (t *Thread) access(key any, write bool) {
	if s := t.m.sim; s != nil && s.explore != nil {
		s.explore.by.Accessed(t, key, write)
	}
}

// passed lets d pass while t works.
func (s *simulator) passed(t *Thread, d int64) {
	s.explore.by.Accessed(t, Clock{}, true)
	t.clock += within(t.clock, d)
	s.setTime(t.clock)
	s.fireUntil(t.clock)
}

// fireUntil lets all timers fire that are due by a time.
func (s *simulator) fireUntil(at int64) {
	for s.nextTimer() <= at {
		s.fire()
	}
}

// Explored reports whether an Explorer decides which thread runs next.
func (m *Machine) Explored() bool { return m.sim != nil && m.sim.explore != nil }

// Released is a point where t, which has released its GIL and not blocked, may find that another has acquired it: an
// interpreter of an explored machine calls it when t acquires the GIL again. since is what Picked returned when t
// released it.
func (t *Thread) Released(since uint64) {
	s := t.m.sim
	t.sim.offered++
	if s.explore.picked == since {
		s.consider(t, false)
	}
}

// Awaits returns the name of what t waits for, or was just woken for: "" if that is nothing. For an Explorer.
func (t *Thread) Awaits() string {
	t.m.waits.Lock()
	defer t.m.waits.Unlock()
	if on := t.waiting.why.On; t.waiting.on && on != nil {
		return on.Name()
	}
	return ""
}

// Picked returns how often a thread of an explored machine got the core.
func (m *Machine) Picked() uint64 { return m.sim.explore.picked }

// Peek returns the value of w, which counts as no access. For an Explorer.
func (w *Word) Peek() uint32 { return w.value().Load() }
