package machine

// This file defines the machine that is simulated: what its threads do, and how one of them at a time gets to
// run. scheduler.go has the model of the operating system.
//
// Each thread is a coroutine. The one with the least time of its own runs until its horizon: up to there nothing that
// another thread does can matter to it. Then it calls decide itself, and only if another thread is next does it yield
// to the driver, which resumes that one. So an undisturbed thread costs nothing but its checks.
//
//	Thread.Run ─► drive ─► resume(t) ─► t's code ─► Check, Word, Sleep … ─► pass ─► decide
//	                 ▲                                                         │  the same thread: go on
//	                 └──────────── yield, with the next thread ────────────────┘

import (
	"iter"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// never is a time that doesn't come.
const never = math.MaxInt64

// pollTurn is how far a thread may run, in virtual time, before it handles messages from outside.
const pollTurn = int64(time.Millisecond)

// simulator is the backend of Simulate. Its fields belong to the coroutine whose turn it is, or to the driver; none of
// them runs while the machine stands still. Only the inbox is for others.
type simulator struct {
	m         *Machine
	os        *OS
	rng       *rand.Rand
	chooser   Chooser
	preempter Preempter  // the chooser, if it is one
	explore   *exploring // nil unless the machine is explored

	time     int64 // of the last decision; the machine's time while it stands still
	until    int64 // no thread past this time runs: the end of a Drain
	cores    []core
	running  []*Thread // those on cores
	ready    readyQueue
	timers   heap[timer]
	events   heap[event] // of devices
	armed    int         // how many of the timers aren't void
	seq      uint64
	least    int64 // virtual run time that no thread is far behind
	next     *Thread
	turn     *Thread // whose turn it is
	external int     // threads in calls that left the machine
	pauses   int     // how often inTime may still wait for them

	driving sync.Mutex             // held by Run and Drain
	driver  atomic.Pointer[driver] // that resumes threads now
	here    driver                 // that is the caller of drive: of a machine with a Crew
	lost    chan *Thread           // threads that are parked in native code; with a Crew, nil until the first

	full  atomic.Bool // there is something in the inbox
	inbox struct {
		sync.Mutex
		list []message
		bell chan struct{} // holds one if the inbox was filled
	}
}

// message is what comes from outside: a wake-up of n threads on w, t's start, the return of t's outside call, or a
// change of t's fate. The zero message only rings the bell.
type message struct {
	w     *Word
	n     int
	t     *Thread
	start bool
	back  *outward
}

// simThread is what a simulated machine keeps of a thread.
type simThread struct {
	state  simState
	core   int                     // it runs on or ran on last; -1: none yet
	body   func()                  // what it does, until resume is made
	resume func() (struct{}, bool) // nil: it hasn't begun
	yield  func(struct{}) bool

	vruntime int64  // how long it ran, by the scheduler's account
	since    int64  // up to this time of its clock it is accounted for
	slice    int64  // when its slice is over
	began    int64  // since when it has its core
	woke     bool   // it got the core because it woke, and not in its turn
	resched  bool   // its slice is over because another thread must get the core
	seq      uint64 // of its arrival in the ready queue

	word          *Word // it waits for
	prev, next    *Thread
	interruptible bool
	status        Status
	gen           uint32   // timers of earlier waits are void
	armed         bool     // it has a timer that isn't
	away          *outward // the call that it is away for
	lost          *outward // the same if its coroutine is parked in native code
	working       bool     // it uses the core, see work
	overlooked    int32    // how often in a row another one got the core of an explored machine while it was ready
	offered       int      // see Offered
}

type simState uint8

const (
	simIdle    simState = iota // not started, between two calls of Run, or over
	simReady                   // it queues for a core
	simRunning                 // it has one
	simWaiting                 // for a word or a timer
	simAway                    // in a call that left the machine
)

func newSimulator(m *Machine) *simulator {
	if m.opts.Cores == 0 {
		m.opts.Cores = DefaultCores
	}
	s := &simulator{m: m, os: &m.os, chooser: m.opts.Chooser}
	if x := m.opts.Explorer; x != nil {
		m.opts.Cores, m.os = 1, OS{} // nothing takes time, and nothing is left to chance
		s.explore, s.chooser = newExploring(x), seeded{}
		s.cores, s.running, s.ready.list = s.explore.memory()
	} else {
		s.rng = rand.New(rand.NewPCG(m.opts.Seed, 0x6769_6c6b)) // any second half
		s.cores = make([]core, m.opts.Cores)
	}
	if s.chooser == nil {
		s.chooser = seeded{s.rng}
	}
	s.preempter, _ = s.chooser.(Preempter)
	s.timers.less = func(a, b timer) bool {
		if a.at != b.at {
			return a.at < b.at
		}
		return a.seq < b.seq
	}
	s.events.less = func(a, b event) bool {
		if a.at != b.at {
			return a.at < b.at
		}
		return a.seq < b.seq
	}
	s.inbox.bell = make(chan struct{}, 1)
	if m.opts.Crew == nil {
		s.lost = make(chan *Thread)
	}
	return s
}

func (s *simulator) now(t *Thread) int64 {
	if t == nil {
		return atomic.LoadInt64(&s.time)
	}
	return t.clock
}

// pass lets the threads run that are behind t in time, or whose turn it is.
func (s *simulator) pass(t *Thread) {
	if u := s.decide(); u != t {
		s.switchTo(t, u)
	}
}

// switchTo stops t here and lets u run; if u is nil, the driver determines what to do. It returns when it is t's turn
// again.
func (s *simulator) switchTo(t, u *Thread) {
	s.next = u
	s.stop(t)
}

// stop stops t until it is resumed.
func (s *simulator) stop(t *Thread) {
	if !t.sim.yield(struct{}{}) {
		panic(&Stopped{}) // the coroutine was given up
	}
}

// leave stops t, which has no core any more.
func (s *simulator) leave(t *Thread) { s.switchTo(t, s.decide()) }

// touch brings t into its place in time before it does something that others can see, which costs it an atomic
// operation's time.
func (s *simulator) touch(t *Thread) {
	t.clock += int64(s.os.Atomic)
	if t.clock > t.exact {
		s.point(t)
	}
}

// point is a place where a Preempter may take t's core away, and where others are let run as pass does.
func (s *simulator) point(t *Thread) {
	if s.explore != nil {
		s.checked(t)
		return
	}
	if s.preempter == nil || !s.taken(t) {
		s.pass(t)
	}
}

// taken asks the Preempter, and reports whether t has lost its core and got it back.
func (s *simulator) taken(t *Thread) bool {
	if s.ready.len() == 0 {
		return false
	}
	threads := append([]*Thread{t}, s.queued()...)
	i := s.preempter.Preempt(time.Duration(t.clock), threads)
	if i <= 0 {
		return false
	}
	s.prefer(threads[i])
	s.preempt(t)
	s.leave(t)
	return true
}

// step is Thread.Step's slow half.
func (s *simulator) step(t *Thread) {
	if s.preempter != nil && s.taken(t) {
		return
	}
	if t.pace.stepOrder {
		t.clock += s.upTo(2 * s.os.Atomic) // a cache line comes sooner or later: cores don't keep step
	}
	if t.clock >= t.horizon || t.clock >= t.exact {
		s.pass(t)
	}
}

func (s *simulator) advance(t *Thread, d int64) { t.clock += d }

func (s *simulator) work(t *Thread, d int64) {
	if s.explore != nil {
		s.passed(t, d)
		return
	}
	t.sim.working = true
	defer func() { t.sim.working = false }()
	for d = within(t.clock, d); t.fate.Load() == nil; s.pass(t) {
		k := min(d, max(t.horizon-t.clock, 1))
		t.clock += k
		if d -= k; d <= 0 {
			return
		}
	}
}

// within returns d, or so much less that the clock doesn't overflow: half of the time that there is.
func within(clock, d int64) int64 { return min(d, (never-clock)/2) }

func (s *simulator) wait(t *Thread, w *Word, old uint32, d int64, interruptible bool) Status {
	// Before the look at the value: code that changes it from outside looks here afterwards.
	if o := w.sim.Swap(s); o != nil && o != s && w.first != nil {
		w.sim.Store(o)
		panic("machine: threads of two simulated machines wait for the same thing")
	}
	// The kernel looks at the value early in the call. How early varies: without that, two threads that poll each
	// other's word could keep step forever.
	if s.explore != nil {
		s.wordAccessed(t, w, true)
	} else if t.clock += int64(s.os.WaitCall)/4 + s.upTo(s.os.WaitCall/2); t.clock > t.exact {
		s.point(t)
	}
	told := s.witness()
	if w.value().Load() != old {
		if told != nil {
			told.Waits(t, w, false)
		}
		return Changed
	}
	if interruptible && t.fate.Load() != nil {
		return Woken
	}
	if d == 0 {
		return TimedOut
	}
	t.sim.word, t.sim.interruptible = w, interruptible
	w.push(t)
	if d > 0 {
		s.setTimer(t, d)
	} else if told != nil {
		told.Waits(t, w, true)
	}
	t.clock += int64(s.os.WaitCall) / 2
	s.block(t)
	s.leave(t)
	return t.sim.status
}

func (s *simulator) wake(t *Thread, w *Word, n int) int {
	touch(t, w, true)
	if told := s.witness(); told != nil {
		told.Wakes(t, w, n)
	}
	if o := w.sim.Load(); o != s {
		if o != nil {
			o.post(message{w: w, n: n})
		}
		t.clock += int64(s.os.WakeNobody)
		if w.sleepers.Load() > 0 {
			return wakeUp(w, n)
		}
		return 0
	}
	k := 0
	for ; k < n && w.first != nil; k++ {
		u := s.chooseWaiter(w, t.clock)
		by, cost := (*Thread)(nil), s.os.WakeBusy
		if s.drawn(u, t) {
			by = t
		} else if s.idleCore(u) >= 0 {
			cost = s.os.WakeIdle
		}
		t.clock += int64(cost)
		s.rouse(u, Woken, t.clock, by)
	}
	if k > 0 {
		s.limit(t)
	} else {
		t.clock += int64(s.os.WakeNobody)
	}
	if k < n && w.sleepers.Load() > 0 { // plain goroutines
		k += wakeUp(w, n-k)
	}
	return k
}

func (s *simulator) sleep(t *Thread, d int64) {
	t.clock += int64(s.os.WaitCall)
	if t.clock >= t.horizon && s.explore == nil {
		s.point(t) // a thread that polls by sleeps of zero must let others run too
	}
	if d == 0 || t.fate.Load() != nil {
		return
	}
	t.sim.word, t.sim.interruptible = nil, true
	s.setTimer(t, d)
	s.block(t)
	s.leave(t)
}

// yield is sched_yield: behind all that are ready.
func (s *simulator) yield(t *Thread) {
	t.clock += int64(s.os.WaitCall)
	if s.explore != nil {
		t.sim.offered++
		s.impatient(t)
		return
	}
	if s.ready.len() == 0 {
		s.pass(t)
		return
	}
	s.account(t)
	t.sim.vruntime = max(t.sim.vruntime, s.ready.list[0].sim.vruntime)
	s.preempt(t)
	s.leave(t)
}

func (s *simulator) start(t, by *Thread, body func()) {
	t.sim.body = body
	if by == nil || by.m != s.m {
		s.post(message{t: t, start: true})
		return
	}
	if s.explore != nil {
		s.explore.by.Accessed(by, t, true)
	} else {
		s.touch(by)
	}
	by.clock += int64(s.os.SpawnCall)
	s.begin(t, by.clock)
	s.limit(by)
}

// begin makes t ready for the first time.
func (s *simulator) begin(t *Thread, at int64) {
	t.sim.vruntime = s.least
	s.wakeAt(t, at)
}

// resume lets t run until it yields. Called by the driver, which makes the coroutines too: Go wants them made and
// resumed by goroutines that are locked to threads alike, and the goroutine that starts a thread may be locked.
func (s *simulator) resume(t *Thread) {
	if t.sim.resume == nil {
		body := t.sim.body
		t.sim.body = nil
		if c := s.m.opts.Crew; c != nil {
			t.sim.resume = c.hire(t, body)
		} else {
			t.sim.resume, _ = iter.Pull(func(yield func(struct{}) bool) { s.perform(t, yield, body) })
		}
	}
	t.sim.resume()
}

// perform is what t's coroutine does.
func (s *simulator) perform(t *Thread, yield func(struct{}) bool, body func()) {
	t.sim.yield = yield
	defer func() { // after runtime.Goexit too
		if told := s.witness(); told != nil {
			told.Left(t)
		}
		s.block(t)
		t.sim.state, t.sim.core = simIdle, -1
		t.sim.resume, t.sim.yield = nil, nil // it may be Run again
	}()
	body()
}
