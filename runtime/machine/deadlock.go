package machine

// This file defines how a machine detects that threads wait for each other.

import (
	"reflect"
	"slices"
	"time"
)

// A Resource is what a thread waits for, as the report of a deadlock names it. Any goroutine may call its methods,
// which must not block: what they read must be atomic or constant.
type Resource interface {
	Name() string      // "Lock accounts", "Queue jobs (empty)"
	Holders() []Holder // who holds it; nil if it is free or the holder isn't known
}

// A Holder is a thread that holds a Resource.
type Holder struct {
	Thread *Thread // nil is a plain goroutine
	Since  Site    // where it acquired it; may be zero
}

// waiting is what a thread waits for.
type waiting struct {
	w     *Word
	old   uint32
	why   Why
	site  Site
	since int64
	timed bool
	on    bool
}

// AddOutsiders says that n more (or fewer, if negative) goroutines exist that are no threads of the interpreter but may
// wake its threads: plain goroutines that set its events or put into its queues. As long as there are any, only threads
// that wait for what one of them holds are called a deadlock, not those that wait to be given something.
func (m *Machine) AddOutsiders(in Interpreter, n int) {
	g := m.groupOf(in)
	m.waits.Lock()
	g.outsider += n
	m.waits.Unlock()
	if n < 0 {
		m.checkGroup(g)
		if m.sim != nil {
			m.sim.post(message{}) // its threads may wait only for them
		}
	}
}

// outsiders returns the sum over all interpreters. It is 0 for a stopped machine, which only ends its threads.
func (m *Machine) outsiders() (n int) {
	if m.stop.Load() != nil {
		return 0
	}
	m.mu.Lock()
	var all []*group
	for _, g := range m.groups {
		all = append(all, g)
	}
	m.mu.Unlock()
	m.waits.Lock()
	defer m.waits.Unlock()
	for _, g := range all {
		n += g.outsider
	}
	return n
}

// enterWait records what t waits for. If no thread is left that could end the wait, the threads that wait get a
// Deadlock.
func (t *Thread) enterWait(w *Word, old uint32, timed bool, why Why) {
	var site Site
	if t.m.opts.Site != nil {
		site = t.m.opts.Site(t)
	}
	now := t.m.backend.now(t)
	g := t.group
	t.m.waits.Lock()
	t.waiting = waiting{w, old, why, site, now, timed, true}
	suspicious := false
	if !timed {
		g.stuck++
		suspicious = g.stuck >= g.live
	}
	var d *Deadlock
	var victims []*Thread
	if !timed && why.Owned && t.mustEnd(map[*Thread]bool{}, true) {
		d, victims = t.m.cycle(t)
		d.sentence(victims)
	}
	t.m.waits.Unlock()
	wakeAll(victims)
	if d == nil && suspicious {
		t.m.checkGroup(g)
	}
}

func (t *Thread) leaveWait() {
	t.m.waits.Lock()
	if !t.waiting.timed {
		t.group.stuck--
	}
	t.waiting = waiting{}
	t.m.waits.Unlock()
}

// entered counts a thread that runs a function from now on, left one that doesn't any more: the others may have
// waited for what only it could do.
func (g *group) entered(m *Machine) {
	m.waits.Lock()
	g.live++
	m.waits.Unlock()
}

func (g *group) left(m *Machine) {
	m.waits.Lock()
	g.live--
	m.waits.Unlock()
	m.checkGroup(g)
}

// isStuck reports whether t waits for another thread without an end. A thread that was woken but hasn't run yet still
// seems to wait; but the word changes before the wake-up, so as long as it holds what its waiter expects, a wake-up
// that is under way would only make it wait again.
func (t *Thread) isStuck() bool {
	return t.waiting.on && !t.waiting.timed && t.waiting.w.value().Load() == t.waiting.old && t.fate.Load() == nil
}

// Waits reports whether the thread waits at the moment: for another thread, for a time to come, or for both. May be
// called by any goroutine; on a real machine the answer may be old when it arrives.
func (t *Thread) Waits() bool {
	t.m.waits.Lock()
	defer t.m.waits.Unlock()
	return t.waiting.on
}

// Computes reports whether a thread of a simulated machine has a core or queues for one: it neither waits nor sleeps. A
// thread of a real machine never computes, as far as is known. Only threads of the same machine may call it.
func (t *Thread) Computes() bool {
	return t.m.sim != nil && (t.sim.state == simRunning || t.sim.state == simReady)
}

// Stuck reports whether t waits for another thread without an end, and for what.
func (t *Thread) Stuck() (w Waiting, stuck bool) {
	t.m.waits.Lock()
	defer t.m.waits.Unlock()
	if !t.isStuck() {
		return Waiting{}, false
	}
	return report([]*Thread{t}).Waits[0], true
}

// A Wait is what a thread waits for without an end.
type Wait struct {
	Thread *Thread
	On     Resource // may be nil
	Runs   bool     // Thread is one of Run, whose caller waits for it
	Waiting
}

// Waits returns what the threads of an interpreter wait for without an end, and whether all that run do and no plain
// goroutine may wake them. Any goroutine may call it; on a real machine the answer may be old when it arrives.
func (m *Machine) Waits(in Interpreter) (waits []Wait, all bool) {
	g := m.groupOf(in)
	m.waits.Lock()
	defer m.waits.Unlock()
	all = g.outsider == 0
	for _, t := range m.threadsOf(g) {
		if t.state.Load() != alive {
			continue
		}
		if !t.isStuck() {
			all = false
			continue
		}
		waits = append(waits, Wait{t, t.waiting.why.On, t.runs, report([]*Thread{t}).Waits[0]})
	}
	return waits, all
}

// waitsForOther reports whether t waits for a thread of another interpreter, or of none, that is running, or for a
// plain goroutine. A simulated machine stands still without its threads, so there goroutines must be announced:
// AddOutsiders.
func (t *Thread) waitsForOther() bool {
	if t.waiting.why.On == nil {
		return false
	}
	for _, h := range t.waiting.why.On.Holders() {
		if h.Thread == nil && t.m.sim == nil {
			return true
		}
		if h.Thread != nil && h.Thread.group != t.group && !h.Thread.isStuck() {
			return true
		}
	}
	return false
}

// mustEnd reports whether t and all threads that it waits for, directly or indirectly, are stuck: each chain of waits
// then ends in a cycle. If owned is set, only resources count that no thread but the holder can release: a Lock may be
// released by any thread, an RLock or a join may not.
func (t *Thread) mustEnd(seen map[*Thread]bool, owned bool) bool {
	if seen[t] {
		return true
	}
	seen[t] = true
	if !t.isStuck() || owned && !t.waiting.why.Owned || t.waiting.why.On == nil {
		return false
	}
	holders := t.waiting.why.On.Holders()
	if !t.isStuck() {
		return false // it was handed over to t meanwhile: the holder seems to wait for itself
	}
	for _, h := range holders {
		if h.Thread == nil || !h.Thread.mustEnd(seen, owned) {
			return false
		}
	}
	return len(holders) > 0
}

// cycle returns the deadlock that t is part of, or waits for, and the threads to tell: all that wait for it.
func (m *Machine) cycle(t *Thread) (*Deadlock, []*Thread) {
	var victims []*Thread
	for _, u := range m.Threads() {
		seen := map[*Thread]bool{}
		if u.mustEnd(seen, false) && (u == t || seen[t]) {
			victims = append(victims, u)
		}
	}
	seen := map[*Thread]bool{}
	t.mustEnd(seen, false)
	for _, u := range m.Threads() { // those that t waits for
		if seen[u] && !contains(victims, u) {
			victims = append(victims, u)
		}
	}
	return report(victims), victims
}

func contains(list []*Thread, t *Thread) bool {
	for _, u := range list {
		if u == t {
			return true
		}
	}
	return false
}

// checkGroup checks whether all threads of a group wait forever. If so, a thread of Run gets a Deadlock, because the
// caller of Run waits for it, and so do threads in a cycle. Other threads keep waiting: a later Run may wake them.
func (m *Machine) checkGroup(g *group) {
	m.waits.Lock()
	if g.live == 0 || g.stuck < g.live {
		m.waits.Unlock()
		return
	}
	var stuck, victims []*Thread
	beyond := false
	for _, t := range m.threadsOf(g) {
		if t.state.Load() != alive {
			continue
		}
		outside := t.beyond()
		beyond = beyond || outside
		if !t.isStuck() || !outside && t.waitsForOther() {
			m.waits.Unlock()
			return
		}
		stuck = append(stuck, t)
		if t.runs && g.outsider == 0 || t.mustEnd(map[*Thread]bool{}, false) {
			victims = append(victims, t)
		}
	}
	if beyond || len(victims) == 0 {
		m.waits.Unlock()
		if judge := m.judge.Load(); beyond && judge != nil && *judge != nil {
			(*judge)(g.of)
		}
		return
	}
	if !victims[0].runs && !contains(stuck, victims[0]) {
		stuck = victims
	}
	report(stuck).sentence(victims)
	m.waits.Unlock()
	wakeAll(victims)
}

// sentence makes the victims of a deadlock panic with it. The caller holds m.waits, so that no other deadlock is found
// among them before all of them have this one, and wakes them afterwards.
func (d *Deadlock) sentence(victims []*Thread) {
	for i, t := range victims {
		var err error = d
		if i > 0 {
			err = &Deadlocked{d}
		}
		t.fate.CompareAndSwap(nil, &fate{err: err, once: true})
		t.SetFlag(FlagStop)
	}
}

func wakeAll(victims []*Thread) {
	for _, t := range victims {
		t.m.backend.kill(t)
	}
}

// A Deadlocked is the panic of all threads of a Deadlock except the first, which panics with the report.
type Deadlocked struct{ Deadlock *Deadlock }

// Error says so.
func (d *Deadlocked) Error() string { return "ended by a deadlock" }

// Unwrap returns the Deadlock.
func (d *Deadlocked) Unwrap() error { return d.Deadlock }

// A Deadlock says that threads wait for each other. The first of the stuck threads panics with it; the others panic
// with a Deadlocked.
type Deadlock struct {
	Waits []Waiting // in order of the threads' numbers
	// Asleep says that plain goroutines are among the waiting, and that nothing else runs: what Go calls "all
	// goroutines are asleep". The host of the goroutines detects that.
	Asleep bool
}

// A Waiting is one of them.
type Waiting struct {
	Thread string        // its name
	For    string        // what it waits for
	HeldBy []string      // names of the threads that hold it; empty if it is free or unknown
	Join   bool          // it is the end of HeldBy[0], which is known
	Held   []Site        // where they acquired it, one for each of HeldBy
	At     Site          // where it waits
	Since  time.Duration // on the machine's clock
	Beyond bool          // another process may end the wait
	Same   Same
}

// Same distinguishes things of the same name: two threads that are called alike, two locks without a name. Values that
// are equal stand for one thing; where there is none (nil, or too few in HeldBy), things of one name are one.
type Same struct {
	Thread any
	For    any
	HeldBy []any
}

// serves reports whether a thread waits for requests, as a server does: its Resource has a method Serves. A report
// leaves it out, because no other thread waits for it.
func serves(t *Thread) bool {
	_, ok := t.waiting.why.On.(interface{ Serves() })
	return ok
}

// report makes the report of what threads wait for. Callers hold m.waits.
func report(threads []*Thread) *Deadlock {
	d := &Deadlock{}
	if len(threads) > 1 {
		if busy := slices.DeleteFunc(slices.Clone(threads), serves); len(busy) > 0 {
			threads = busy
		}
	}
	for _, t := range threads {
		w := Waiting{Thread: t.reported(), For: "something", At: t.waiting.site, Since: time.Duration(t.waiting.since),
			Beyond: t.beyond()}
		w.Same.Thread = t
		if on := t.waiting.why.On; on != nil {
			w.For = on.Name()
			if reflect.TypeOf(on).Comparable() {
				w.Same.For = on
			}
			_, ends := on.(interface{ Ends() })
			for _, h := range on.Holders() {
				name := "a goroutine"
				if h.Thread != nil {
					name = h.Thread.reported()
				}
				w.HeldBy = append(w.HeldBy, name)
				w.Held = append(w.Held, h.Since)
				var holder any
				if h.Thread != nil {
					holder = h.Thread
				}
				w.Same.HeldBy = append(w.Same.HeldBy, holder)
			}
			w.Join = ends && len(w.HeldBy) > 0 // the holder may be a process that runs elsewhere
		}
		d.Waits = append(d.Waits, w)
	}
	return d
}
