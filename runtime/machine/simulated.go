package machine

// This file defines the machine that is simulated: what its threads do, and how one of them at a time gets to
// run. scheduler.go has the model of the operating system.
//
// Each thread is a coroutine. The one with the least time of its own runs until its horizon: up to there nothing
// that another thread does can matter to it. Then it calls decide itself, and only if another thread is next does it
// yield to the driver, which resumes that one. So a thread that nobody disturbs costs nothing but its
// checks.
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

// pollTurn is how far a thread may go, in virtual time, before it looks at what came from outside.
const pollTurn = int64(time.Millisecond)

// callGrace is how long, in real time, everybody waits for a call that leaves the machine.
const callGrace = 20 * time.Millisecond

// simulator is the backend of Simulate. Its fields belong to the coroutine whose turn it is, or to the driver, or
// to nobody while the machine stands still; only the inbox is for others.
type simulator struct {
	m         *Machine
	os        *OS
	rng       *rand.Rand
	chooser   Chooser
	preempter Preempter // the chooser, if it is one

	time     int64 // of the last decision; the machine's time while it stands still
	cores    []core
	running  []*Thread // those on cores
	ready    heap[*Thread]
	timers   heap[timer]
	seq      uint64
	least    int64 // virtual run time that nobody is behind by much
	next     *Thread
	turn     *Thread // whose turn it is
	external int     // threads in calls that left the machine

	driving sync.Mutex // held by Run and Drain

	full  atomic.Bool // there is something in the inbox
	inbox struct {
		sync.Mutex
		list []message
		bell chan struct{} // holds one if the inbox was filled
	}
}

// message is what comes from outside: one of a wake-up of n threads on w, a look at t's fate, or the return of
// t's call.
type message struct {
	w      *Word
	n      int
	t      *Thread
	called bool
}

// simThread is what a simulated machine keeps of a thread.
type simThread struct {
	state  simState
	core   int // it runs on or ran on last; -1: none yet
	resume func() (struct{}, bool)
	yield  func(struct{}) bool

	vruntime int64  // how long it ran, by the scheduler's account
	since    int64  // up to this time of its clock it is accounted for
	slice    int64  // when its slice is over
	seq      uint64 // of its arrival in the ready queue

	word          *Word // it waits for
	prev, next    *Thread
	interruptible bool
	status        Status
	gen           uint32 // timers of earlier waits are void
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
	s := &simulator{m: m, os: &m.os, rng: rand.New(rand.NewPCG(m.opts.Seed, 0x6769_6c6b))} // any second half
	s.chooser = m.opts.Chooser
	if s.chooser == nil {
		s.chooser = seeded{s.rng}
	}
	s.preempter, _ = s.chooser.(Preempter)
	s.cores = make([]core, m.opts.Cores)
	s.ready.less = func(a, b *Thread) bool {
		if a.sim.vruntime != b.sim.vruntime {
			return a.sim.vruntime < b.sim.vruntime
		}
		return a.sim.seq < b.sim.seq
	}
	s.timers.less = func(a, b timer) bool {
		if a.at != b.at {
			return a.at < b.at
		}
		return a.seq < b.seq
	}
	s.inbox.bell = make(chan struct{}, 1)
	return s
}

func (s *simulator) now(t *Thread) int64 {
	if t == nil {
		return atomic.LoadInt64(&s.time)
	}
	return t.clock
}

// pass lets others run that are behind t in time, or whose turn it is.
func (s *simulator) pass(t *Thread) {
	if u := s.decide(); u != t {
		s.switchTo(t, u)
	}
}

// switchTo stops t here and lets u run, or nobody: the driver finds out what to do then. It returns when it is t's
// turn again.
func (s *simulator) switchTo(t, u *Thread) {
	s.next = u
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
		s.pass(t)
	}
}

// step is Thread.Step's slow half.
func (s *simulator) step(t *Thread) {
	if s.preempter != nil && len(s.ready.list) > 0 {
		threads := append([]*Thread{t}, s.queued()...)
		if i := s.preempter.Preempt(time.Duration(t.clock), threads); i > 0 {
			s.prefer(threads[i])
			s.preempt(t)
			s.leave(t)
			return
		}
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
	for {
		k := min(d, max(t.horizon-t.clock, 1))
		t.clock += k
		if d -= k; d <= 0 {
			return
		}
		s.pass(t)
	}
}

func (s *simulator) wait(t *Thread, w *Word, old uint32, d int64, interruptible bool) Status {
	w.sim.Store(s) // before the look at the value: whoever changes it from outside looks here then
	// The kernel looks at the value early in the call. How early varies: without that, two threads that poll each
	// other's word could keep step for ever.
	t.clock += int64(s.os.WaitCall)/4 + s.upTo(s.os.WaitCall/2)
	if t.clock > t.exact {
		s.pass(t)
	}
	if w.v.Load() != old {
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
		s.setTimer(t, t.clock+d+int64(s.os.TimerSlack))
	}
	t.clock += int64(s.os.WaitCall) / 2
	s.block(t)
	s.leave(t)
	return t.sim.status
}

func (s *simulator) wake(t *Thread, w *Word, n int) int {
	s.touch(t)
	k := 0
	for ; k < n && w.first != nil; k++ {
		u := s.chooseWaiter(w, t.clock)
		cost := s.os.WakeBusy
		if s.idleCore(u) >= 0 {
			cost = s.os.WakeIdle
		}
		t.clock += int64(cost)
		s.rouse(u, Woken, t.clock)
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
	if d == 0 {
		return
	}
	t.sim.word, t.sim.interruptible = nil, true
	s.setTimer(t, t.clock+d+int64(s.os.TimerSlack))
	s.block(t)
	s.leave(t)
}

// yield is sched_yield: behind all that are ready.
func (s *simulator) yield(t *Thread) {
	t.clock += int64(s.os.WaitCall)
	if len(s.ready.list) == 0 {
		s.pass(t)
		return
	}
	s.account(t)
	for _, u := range s.ready.list {
		t.sim.vruntime = max(t.sim.vruntime, u.sim.vruntime)
	}
	s.preempt(t)
	s.leave(t)
}

// call lets fn, which isn't of this machine, go on while the others do, if it takes long.
func (s *simulator) call(t *Thread, fn func()) {
	var panicked any
	returned := false
	done := make(chan struct{})
	late := make(chan struct{})
	go func() { // ends with fn; t waits for it
		defer func() {
			if !returned {
				panicked = recover()
			}
			close(done)
			select {
			case <-late:
				s.post(message{t: t, called: true})
			default:
			}
		}()
		fn()
		returned = true
	}()
	timer := time.NewTimer(callGrace)
	select {
	case <-done:
	case <-timer.C:
		close(late)
		select {
		case <-done: // it may have seen late or not
			s.post(message{t: t, called: true})
		default:
		}
		s.external++
		s.block(t)
		t.sim.state = simAway
		s.leave(t)
		<-done
	}
	timer.Stop()
	if !returned {
		if panicked == nil {
			panic("machine: the call ended its goroutine")
		}
		panic(panicked)
	}
}

func (s *simulator) start(t, by *Thread, body func()) {
	s.coroutine(t, body)
	at := s.time
	if by != nil {
		s.touch(by)
		by.clock += int64(s.os.SpawnCall)
		at = by.clock
	}
	t.sim.vruntime = s.least
	s.wakeAt(t, at)
	if by != nil {
		s.limit(by)
	}
}

// coroutine makes t a coroutine that runs body, and has no core any more when it ends.
func (s *simulator) coroutine(t *Thread, body func()) {
	t.sim.core = -1
	t.sim.resume, _ = iter.Pull(func(yield func(struct{}) bool) {
		t.sim.yield = yield
		defer func() { // after runtime.Goexit too
			s.block(t)
			t.sim.state = simIdle
		}()
		body()
	})
}

func (s *simulator) run(t *Thread, body func()) {
	s.driving.Lock()
	defer s.driving.Unlock()
	over := false
	s.coroutine(t, func() {
		defer func() { over = true }()
		body()
	})
	t.clock = max(t.clock, s.time)
	t.sim.vruntime = max(t.sim.vruntime, s.least)
	s.wakeAt(t, t.clock)
	s.drive(never, func() bool { return over })
	atomic.StoreInt64(&s.time, max(s.time, t.clock))
}

func (s *simulator) drain(d int64) {
	s.driving.Lock()
	defer s.driving.Unlock()
	until := int64(never)
	if d >= 0 && s.time < never-d {
		until = s.time + d
	}
	s.drive(until, func() bool { return false })
}

// drive lets threads run until over says so, all are past a time, or nobody can go on.
func (s *simulator) drive(until int64, over func() bool) {
	for {
		finished := make(chan bool)
		go func() { // ends when there is nothing left to do; its starter waits
			done := false
			defer func() { finished <- done }() // a thread that ends by runtime.Goexit takes the driver with it
			s.turns(until, over)
			done = true
		}()
		if <-finished {
			return
		}
	}
}

func (s *simulator) turns(until int64, over func() bool) {
	for !over() {
		t := s.next
		if s.next = nil; t == nil {
			t = s.decide()
		}
		if t == nil {
			if s.external == 0 && (until != never || s.m.outsiders() == 0) && !s.full.Load() {
				return
			}
			<-s.inbox.bell
			continue
		}
		if t.clock > until {
			return
		}
		t.sim.resume()
	}
	s.next = nil
}

// kill is called by anybody: the next decision looks at t's fate.
func (s *simulator) kill(t *Thread) { s.post(message{t: t}) }

// post puts a message into the inbox. Called by anybody.
func (s *simulator) post(m message) {
	s.inbox.Lock()
	s.inbox.list = append(s.inbox.list, m)
	s.full.Store(true)
	s.inbox.Unlock()
	select {
	case s.inbox.bell <- struct{}{}:
	default:
	}
}

// receive does what the messages say.
func (s *simulator) receive() {
	s.inbox.Lock()
	list := s.inbox.list
	s.inbox.list = nil
	s.full.Store(false)
	s.inbox.Unlock()
	for _, m := range list {
		switch {
		case m.w != nil:
			for ; m.n > 0 && m.w.first != nil; m.n-- {
				s.rouse(s.chooseWaiter(m.w, s.time), Woken, s.time)
			}
		case m.called:
			if m.t.sim.state == simAway {
				s.external--
				s.wakeAt(m.t, max(s.time, m.t.clock))
			}
		case m.t.sim.state == simWaiting && m.t.sim.interruptible && m.t.fate.Load() != nil:
			s.rouse(m.t, Woken, s.time)
		}
	}
}
