package machine

// This file defines the simulated operating system: which thread gets a core, and when. The model is Linux's fair
// scheduler as far as a GIL notices it: each thread has a virtual run time; the one with the least goes first, for a
// slice; a thread that has slept is credited a little, and preempts one that is far ahead.

import (
	"cmp"
	"slices"
	"sync/atomic"
	"time"
)

// core is a core of the machine.
type core struct {
	t    *Thread // the thread that runs on it, nil: idle
	free int64   // since when it is idle
	last *Thread // the thread that ran on it last
}

// decide finds the thread that is next, after letting all timers fire that are due before it. It returns nil if no
// thread can run before the end of a Drain.
func (s *simulator) decide() *Thread {
	if s.explore != nil {
		return s.decideExplored()
	}
	for {
		if s.full.Load() {
			s.receive()
		}
		t := s.first()
		if at := s.nextTimer(); at < never && (t == nil || at <= t.clock) {
			if t == nil && s.inTime() {
				continue
			}
			if at > s.until {
				return nil
			}
			s.fire()
			continue
		}
		if t == nil || t.clock > s.until {
			return nil
		}
		if t.clock >= t.sim.slice && s.ready.len() > 0 {
			s.account(t)
			if c := s.idle(); c >= 0 && !t.sim.resched { // the balancer, which looks no earlier
				s.assign(s.takeReady(t.clock), c, s.startOn(c, t.clock))
				t.sim.slice = t.clock + int64(s.os.Slice)
				continue
			}
			t.sim.resched = false
			if s.ready.first().sim.vruntime <= t.sim.vruntime {
				s.preempt(t)
				continue
			}
			t.sim.slice = t.clock + int64(s.os.Slice)
		}
		s.setTime(t.clock)
		s.turn = t
		s.limit(t)
		return t
	}
}

// setTime advances the machine's time, which never goes back.
func (s *simulator) setTime(at int64) {
	if at > s.time {
		atomic.StoreInt64(&s.time, at)
	}
}

// first returns the thread on a core whose clock is least.
func (s *simulator) first() *Thread {
	var t *Thread
	ties := 0
	for _, u := range s.running {
		switch {
		case t == nil || u.clock < t.clock:
			t, ties = u, 1
		case u.clock == t.clock:
			ties++
		}
	}
	if ties > 1 {
		var same []*Thread
		for _, u := range s.running {
			if u.clock == t.clock {
				same = append(same, u)
			}
		}
		t = same[s.chooser.Choose(time.Duration(t.clock), Tie, same)]
	}
	return t
}

// limit says how far t, whose turn it is, may go.
func (s *simulator) limit(t *Thread) {
	others, system := int64(never), int64(never)
	for _, u := range s.running {
		if u == t {
			continue
		}
		others = min(others, u.clock)
		if u.inSystem() {
			system = min(system, u.clock)
		}
	}
	timer := s.nextTimer()
	t.exact = min(others, timer)
	t.horizon = min(timer, t.clock+pollTurn)
	if others < never {
		t.horizon = min(t.horizon, max(others, t.clock)+int64(s.os.Quantum))
	}
	if system < never {
		t.horizon = min(t.horizon, max(system, t.clock))
	}
	if s.ready.len() > 0 {
		t.horizon = min(t.horizon, t.sim.slice)
		if t.sim.slice <= t.clock {
			t.exact = t.clock - 1
		}
	}
	if s.until < t.horizon {
		t.horizon = s.until + 1
	}
	if s.preempter != nil || s.explore != nil { // it is asked each time
		t.horizon, t.exact = t.clock, t.clock-1
	}
}

// inSystem reports whether t is on its way into a lock or out of it: what it does then, such as a request to release
// the GIL, is meant for threads that run interpreted code, and those notice at their next checks.
func (t *Thread) inSystem() bool { return !t.doing.IsBusy() && !t.sim.working }

// account adds to t's virtual run time what it has run since the last time.
func (s *simulator) account(t *Thread) {
	ran := max(t.clock-t.sim.since, 0)
	t.sim.vruntime += ran
	t.usage.used.Add(ran)
	t.sim.since = t.clock
	least := t.sim.vruntime
	for _, u := range s.running {
		least = min(least, u.sim.vruntime)
	}
	if s.ready.len() > 0 {
		least = min(least, s.ready.first().sim.vruntime)
	}
	s.least = max(s.least, least)
}

// idleCore returns the core that t would get at once, -1 if there is none: its own if that is idle.
func (s *simulator) idleCore(t *Thread) int {
	if c := t.sim.core; c >= 0 && s.cores[c].t == nil {
		return c
	}
	return s.idle()
}

// idle returns an idle core, -1 if there is none.
func (s *simulator) idle() int {
	if len(s.running) == len(s.cores) {
		return -1
	}
	for c := range s.cores {
		if s.cores[c].t == nil {
			return c
		}
	}
	return -1
}

// startOn returns when a thread that wakes at a time on an idle core executes its first instruction.
func (s *simulator) startOn(c int, at int64) int64 {
	at = max(at, s.cores[c].free)
	start := at + int64(s.os.IdleWake) + s.about(s.os.IdleJitter)
	if s.halted(c, at) {
		start += int64(s.os.DeepWake) + s.about(s.os.DeepJitter)
	}
	return start
}

// halted reports whether an idle core sleeps deeply.
func (s *simulator) halted(c int, at int64) bool {
	return s.os.DeepIdle > 0 && at-s.cores[c].free >= int64(s.os.DeepIdle)
}

// drawn reports whether t, which by is about to wake, takes by's core at once. This decides which of two threads that
// use a lock by turns acquires it: on a core of its own, t is too late for a lock that by releases and acquires again.
// Linux in a virtual machine doesn't count a halted core as idle (available_idle_cpu), so threads that wake each other
// come together on one core (wake_affine), and stay there.
func (s *simulator) drawn(t, by *Thread) bool {
	if s.explore != nil {
		return false
	}
	s.account(by)
	owed := by.sim.vruntime - max(t.sim.vruntime, s.least-int64(s.os.SleeperBonus))
	woke := by.sim.woke && by.clock-by.sim.began < int64(s.os.WakePreempt)
	switch preempt := int64(s.os.WakePreempt); {
	case owed > preempt:
	case woke && owed > -preempt: // both mostly sleep; one that computes isn't preempted before it has had its share
	default:
		return false
	}
	for c := range s.cores {
		if s.cores[c].t == nil && !s.halted(c, by.clock) {
			return false
		}
	}
	return t.sim.core == by.sim.core || s.os.Draw > 0 && s.idleCore(t) >= 0 && s.rng.IntN(s.os.Draw) == 0
}

// rouse ends t's wait. It takes the core of by, if that isn't nil.
func (s *simulator) rouse(t *Thread, status Status, at int64, by *Thread) {
	if w := t.sim.word; w != nil {
		w.remove(t)
		t.sim.word = nil
	}
	t.sim.gen++
	if t.sim.armed {
		t.sim.armed = false
		s.armed--
	}
	t.sim.status = status
	if told := s.witness(); told != nil {
		told.Roused(t)
	}
	t.sim.vruntime = max(t.sim.vruntime, s.least-int64(s.os.SleeperBonus))
	if by == nil {
		s.wakeAt(t, at)
		return
	}
	t.clock = max(t.clock, at)
	t.sim.vruntime = min(t.sim.vruntime, by.sim.vruntime)
	s.enqueue(t)
	by.sim.slice, by.sim.resched = by.clock, true
}

// wakeAt makes t ready at a time: it gets an idle core, or that of a thread that has run much more, or queues.
func (s *simulator) wakeAt(t *Thread, at int64) {
	t.clock = max(t.clock, at)
	if s.explore != nil {
		s.enqueue(t)
		return
	}
	if c := s.idleCore(t); c >= 0 {
		s.assign(t, c, s.startOn(c, t.clock))
		return
	}
	var victim *Thread
	for _, u := range s.running {
		s.account(u)
		if victim == nil || u.sim.vruntime > victim.sim.vruntime {
			victim = u
		}
	}
	s.enqueue(t)
	if victim.sim.vruntime-t.sim.vruntime <= int64(s.os.WakePreempt) || s.ready.first() != t {
		return
	}
	if victim == s.turn {
		// it is in the middle of an operation: the next decision preempts it
		victim.sim.slice, victim.sim.resched = victim.clock, true
		return
	}
	s.preempt(victim)
}

// about returns a random time, exponentially distributed.
func (s *simulator) about(mean time.Duration) int64 {
	if mean == 0 {
		return 0
	}
	return int64(s.rng.ExpFloat64() * float64(mean))
}

// upTo returns a random time below a limit.
func (s *simulator) upTo(limit time.Duration) int64 {
	if limit <= 0 {
		return 0
	}
	return s.rng.Int64N(int64(limit))
}

// enqueue adds t to the threads that are ready but have no core.
func (s *simulator) enqueue(t *Thread) {
	s.seq++
	t.sim.state, t.sim.seq = simReady, s.seq
	s.ready.push(t)
	t.recordReady()
}

// assign gives t a core from a time on.
func (s *simulator) assign(t *Thread, c int, at int64) {
	queued := t.sim.state == simReady
	k := &s.cores[c]
	if k.last != t && k.last != nil {
		at += int64(s.os.ContextSwitch)
	}
	k.t, k.last = t, t
	t.sim.state, t.sim.core = simRunning, c
	t.clock, t.sim.since = at, at
	t.sim.slice = at + int64(s.os.Slice)
	t.sim.began, t.sim.woke, t.sim.resched = at, !queued, false
	s.running = append(s.running, t)
	if queued {
		t.recordAgain()
	}
}

// release takes t's core away.
func (s *simulator) release(t *Thread) {
	s.account(t)
	k := &s.cores[t.sim.core]
	k.t, k.free = nil, t.clock
	for i, u := range s.running {
		if u == t {
			s.running = append(s.running[:i], s.running[i+1:]...)
			break
		}
	}
}

// block takes t's core away until it is woken, and gives it to a thread that is ready.
func (s *simulator) block(t *Thread) {
	c := t.sim.core
	s.release(t)
	t.sim.state = simWaiting
	s.dispatch(c, t.clock)
}

// preempt takes the core of t, which could run on, and gives it to a thread that is ready.
func (s *simulator) preempt(t *Thread) {
	c, at := t.sim.core, t.clock
	s.release(t)
	u := s.takeReady(at)
	s.enqueue(t)
	if u == nil {
		u = s.ready.pop()
	}
	s.assign(u, c, max(at, u.clock))
}

// dispatch gives a core to a thread that is ready, if there is one.
func (s *simulator) dispatch(c int, at int64) {
	if s.explore != nil {
		return // decide asks which thread gets it
	}
	if u := s.takeReady(at); u != nil {
		s.assign(u, c, max(at, u.clock))
	}
}

// takeReady removes the next thread from the queue and returns it, nil if the queue is empty.
func (s *simulator) takeReady(at int64) *Thread {
	if s.ready.len() == 0 {
		return nil
	}
	i := 0
	if n := s.ready.ties(); n > 1 {
		if _, ok := s.chooser.(seeded); ok {
			i = s.rng.IntN(n) // as it would choose: there may be thousands, which it doesn't look at
		} else {
			i = s.chooser.Choose(time.Duration(at), Dispatch, s.ready.head(n))
		}
	}
	return s.ready.take(i)
}

// queued returns the threads that are ready, in the order of their numbers.
func (s *simulator) queued() []*Thread {
	list := slices.Clone(s.ready.list)
	slices.SortFunc(list, func(a, b *Thread) int { return cmp.Compare(a.id, b.id) })
	return list
}

// prefer makes a thread in the queue the next.
func (s *simulator) prefer(t *Thread) {
	s.ready.list = slices.DeleteFunc(s.ready.list, func(u *Thread) bool { return u == t })
	if s.ready.len() > 0 {
		t.sim.vruntime = min(t.sim.vruntime, s.ready.first().sim.vruntime-1)
	}
	s.ready.push(t)
}

// setTimer wakes t, which is about to block, after d, unless it is woken before.
func (s *simulator) setTimer(t *Thread, d int64) {
	if len(s.timers.list) > 2*s.armed+64 {
		s.sweep()
	}
	if s.explore != nil {
		s.explore.by.Accessed(t, Clock{}, false) // when it fires depends on what time it is
	}
	s.seq++
	t.sim.gen++
	t.sim.armed = true
	s.armed++
	s.timers.push(timer{t.clock + within(t.clock, d) + int64(s.os.TimerSlack), s.seq, t, t.sim.gen})
}

// sweep removes void timers: those of waits that ended long before their time.
func (s *simulator) sweep() {
	list := s.timers.list
	s.timers.list = nil
	for _, tm := range list {
		if tm.gen == tm.t.sim.gen {
			s.timers.push(tm)
		}
	}
}

// nextTimer returns when the next timer fires or a device does something, never if there is neither.
func (s *simulator) nextTimer() int64 { return min(s.nextWake(), s.nextEvent()) }

// nextWake returns when the next timer of a thread fires, never if there is none.
func (s *simulator) nextWake() int64 {
	for len(s.timers.list) > 0 {
		if tm := &s.timers.list[0]; tm.gen == tm.t.sim.gen {
			return tm.at
		}
		s.timers.pop()
	}
	return never
}

// fire lets the next timer fire, and with it those of the same core whose time has come already: a timer may be late by
// the slack so that the core is interrupted once for several of them (hrtimer_start_range_ns). Threads that wait for
// about the same time therefore wake together.
func (s *simulator) fire() {
	if s.nextEvent() <= s.nextWake() {
		s.happen()
		return
	}
	tm := s.timers.pop()
	s.setTime(tm.at)
	together := []timer{tm}
	var others []timer
	for at := s.nextWake(); at < never && at-int64(s.os.TimerSlack) <= tm.at; at = s.nextWake() {
		u := s.timers.pop()
		if u.t.sim.core == tm.t.sim.core {
			together = append(together, u)
		} else {
			others = append(others, u)
		}
	}
	for _, u := range others {
		s.timers.push(u)
	}
	for _, u := range together {
		s.rouse(u.t, TimedOut, tm.at, nil)
	}
}

// chooseWaiter returns the thread that a wake-up of w wakes.
func (s *simulator) chooseWaiter(w *Word, at int64) *Thread {
	if _, ok := s.chooser.(seeded); ok || w.first.sim.next == nil {
		return w.first
	}
	var all []*Thread
	for t := w.first; t != nil; t = t.sim.next {
		all = append(all, t)
	}
	return all[s.chooser.Choose(time.Duration(at), Wakeup, all)]
}

// push adds t to the threads that wait.
func (w *Word) push(t *Thread) {
	t.sim.prev, t.sim.next = w.last, nil
	if w.last == nil {
		w.first = t
	} else {
		w.last.sim.next = t
	}
	w.last = t
}

// remove takes t out of the threads that wait.
func (w *Word) remove(t *Thread) {
	if t.sim.prev == nil {
		w.first = t.sim.next
	} else {
		t.sim.prev.sim.next = t.sim.next
	}
	if t.sim.next == nil {
		w.last = t.sim.prev
	} else {
		t.sim.next.sim.prev = t.sim.prev
	}
	t.sim.prev, t.sim.next = nil, nil
}
