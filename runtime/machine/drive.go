package machine

// This file defines what makes the threads of a simulated machine run: Run and Drain.

import (
	"sync/atomic"
	"time"
)

func (s *simulator) run(t *Thread, body func()) error {
	s.take("Run")
	defer s.driving.Unlock()
	over := false
	t.sim.body = func() {
		defer func() { over = true }()
		body()
	}
	t.clock = max(t.clock, s.time)
	t.sim.vruntime = max(t.sim.vruntime, s.least)
	s.wakeAt(t, t.clock)
	for {
		s.drive(never, 0, func() bool { return over })
		if over {
			atomic.StoreInt64(&s.time, max(s.time, t.clock))
			return nil
		}
		if d := s.stranded(t); d != nil {
			return d
		}
	}
}

// take makes the caller the driver until the caller unlocks driving.
func (s *simulator) take(what string) {
	if t := Current(); t != nil && t.m == s.m {
		panic("machine: " + what + " was called by a thread of the same simulated machine")
	}
	s.driving.Lock()
}

// stranded handles the case that no thread can ever run again although t, the thread of a Run, hasn't ended. checkGroup
// can't detect it, because it looks at the threads of one interpreter. stranded makes t panic with the report, or
// returns the report if t waits for a GIL that will never be released.
func (s *simulator) stranded(t *Thread) error {
	m := s.m
	m.waits.Lock()
	defer m.waits.Unlock()
	stuck := []*Thread{t}
	for _, u := range m.Threads() { // idle ones wait for work, which a later Run may bring
		if _, idle := u.waiting.why.On.(interface{ Idle() }); u != t && u.waiting.on && !idle {
			stuck = append(stuck, u)
		}
	}
	d := report(stuck)
	if t.sim.state != simWaiting || !t.sim.interruptible || t.fate.Load() != nil {
		return d
	}
	// Threads that wait for other processes end with t: no later Run of theirs could wake them.
	victims := stuck[:1]
	for _, u := range stuck[1:] {
		if u.waiting.why.Beyond && u.isStuck() && u.sim.state == simWaiting && u.sim.interruptible {
			victims = append(victims, u)
		}
	}
	d.sentence(victims)
	wakeAll(victims)
	return nil
}

func (s *simulator) drain(d int64) { s.settle(d, func() bool { return false }) }

func (s *simulator) settle(d int64, over func() bool) {
	s.take("Drain")
	defer s.driving.Unlock()
	until := int64(never)
	if d >= 0 && s.time < never-d {
		until = s.time + d
	}
	s.drive(until, time.Duration(d), over)
	if over() {
		return
	}
	if until != never && (len(s.running) > 0 || s.external > 0 || s.nextTimer() < never) {
		s.setTime(until) // or the next Drain would begin where this one did, and never reach a later timer
	}
}

// drive lets threads run until over returns true, all threads are past a time, or none can run. If there is such a
// time, it waits for calls that left the machine, in real time and at most for patience.
func (s *simulator) drive(until int64, patience time.Duration, over func() bool) {
	s.until = until
	var late <-chan time.Time
	if until != never {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		late = timer.C
	}
	if s.m.opts.Crew == nil {
		s.drivers(nil, late, over)
		return
	}
	d := &s.here
	*d = driver{late: late, over: over}
	s.driver.Store(d)
	if s.turns(d, nil, late, over); s.driver.Load() != d {
		<-d.relieved
	}
}

// drivers lets threads run on goroutines of their own. lost is the thread that the caller's former driver waits for,
// nil if there was none.
func (s *simulator) drivers(lost *Thread, late <-chan time.Time, over func() bool) {
	for {
		d := &driver{finished: make(chan bool, 1)}
		s.driver.Store(d)
		go func() {
			// ends when there is nothing left to do, which its starter waits for, or when another has taken over
			done := false
			defer func() { d.finished <- done }() // a thread that ends by runtime.Goexit takes the driver with it
			s.turns(d, lost, late, over)
			done = true
		}()
		select {
		case done := <-d.finished:
			if done {
				return
			}
			lost = nil
		case lost = <-s.lost:
		}
	}
}

// relieve lets another goroutine take over from the driver, which waits for t's coroutine. Called by no thread.
func (s *simulator) relieve(t *Thread) {
	d := s.driver.Load()
	if d != &s.here {
		s.lost <- t
		return
	}
	d.relieved, s.lost = make(chan struct{}), make(chan *Thread)
	go func() { // ends when nothing is left to do, which the caller of drive waits for
		s.drivers(t, d.late, d.over)
		close(d.relieved)
	}()
}

// A driver is a goroutine that resumes threads.
type driver struct {
	finished chan bool // gets whether nothing is left to do

	// Of a machine with a Crew, whose driver is the caller of drive:
	late     <-chan time.Time
	over     func() bool
	relieved chan struct{} // closed when nothing is left to do for those that have taken over
}

// turns resumes threads. lost is the thread that the former driver waits for: it is parked in native code.
func (s *simulator) turns(d *driver, lost *Thread, late <-chan time.Time, over func() bool) {
	if lost != nil {
		s.stand(lost)
	}
	for !over() {
		t := s.next
		if s.next = nil; t == nil {
			t = s.decide()
		}
		switch {
		case t != nil:
			s.resume(t)
			if s.driver.Load() != d { // t was lost, and is back
				s.post(message{t: t, back: t.sim.lost})
				return
			}
		case s.full.Load():
		case s.external == 0 && (s.until != never || s.m.outsiders() == 0):
			return
		default:
			select {
			case <-s.inbox.bell:
			case <-late: // nil if there is no end
				return
			}
		}
	}
	s.next = nil
}

// kill may be called by any goroutine: the next decision looks at t's fate.
func (s *simulator) kill(t *Thread) { s.post(message{t: t}) }

// post puts a message into the inbox. Any goroutine may call it.
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

// receive handles the messages.
func (s *simulator) receive() {
	s.inbox.Lock()
	list := s.inbox.list
	s.inbox.list = nil
	s.full.Store(false)
	s.inbox.Unlock()
	for _, m := range list {
		t := m.t
		switch {
		case m.w != nil:
			for ; m.n > 0 && m.w.first != nil && m.w.sim.Load() == s; m.n-- {
				s.rouse(s.chooseWaiter(m.w, s.time), Woken, s.time, nil)
			}
		case t == nil:
		case m.start:
			s.begin(t, s.time)
		case m.back != nil:
			if t.sim.away == m.back {
				s.returned(t)
			}
		case t.sim.state == simAway:
			if t.sim.away != nil && t.sim.lost == nil && t.fate.Load() != nil {
				s.returned(t)
			}
		case t.sim.state == simWaiting && t.sim.interruptible && t.fate.Load() != nil:
			s.rouse(t, Woken, s.time, nil)
		}
	}
}
