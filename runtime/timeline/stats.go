package timeline

// This file defines the figures of a timeline.

import (
	"cmp"
	"slices"
)

// Stats are a timeline's figures. All times are in nanoseconds.
type Stats struct {
	Wall     int64   // from the timeline's start to its end
	Busy     int64   // what all threads together ran
	Overlap  float64 // Busy over Wall: how many cores were busy on average; 0 if Wall is
	Peak     int     // how many threads ran at once at most
	Parallel int64   // the time in which two threads or more ran at once
	Idle     int64   // the time in which none ran

	Held              int64   // the time in which a GIL was held; with several GILs their sum
	Switches          int     // how often a GIL went to another thread
	SwitchesPerSec    float64 // Switches over Wall
	Requests          int     // drop requests
	WaitGIL           int64   // what all threads together waited for a GIL
	WaitLock          int64   // what all threads together waited for locks, queues, events and joins
	LongestWait       Interval
	LongestHold       Hold
	Fairness          float64 // Jain's index of Share: 1 if all fare alike, 1/n if one has everything
	Threads           []ThreadStats
	Locks             []LockStats // what was waited for or used, the longest waits first
	EventsOverwritten int64
}

// ThreadStats are one thread's figures. All times are in nanoseconds.
type ThreadStats struct {
	Thread      int32
	Label       string // as Timeline.Label returns it: "T2 worker-b"
	Life        int64  // from its first event to its end, or the timeline's
	Busy        int64  // it ran: Run, Native, NativeFree
	CPU         int64  // it used a core, as the operating system says; 0 if that isn't known
	Hold        int64  // it held a GIL, running or not
	WaitGIL     int64
	WaitLock    int64 // locks, queues, events and joins
	Ready       int64 // it could have run, but had no core
	IO          int64
	Sleep       int64
	Blocked     int64 // it was in a deadlock
	Paused      int64 // the world was stopped
	LongestWait int64 // the longest wait for a GIL
	LongestHold int64
	Takes       int     // how often it took a GIL
	Requests    int     // how often it asked for one
	Share       float64 // Busy over Busy + WaitGIL + Ready: what it got of what it wanted; 1 if it wanted nothing
	Failed      bool    // an exception ended it
}

// LockStats are the figures of a lock, a queue, or whatever else threads wait for. Times are in
// nanoseconds.
type LockStats struct {
	Name     string
	State    Kind // how it is waited for: WaitLock, WaitQueue, WaitEvent, WaitJoin
	Waits    int  // how often a thread had to wait
	Wait     int64
	Longest  int64
	Acquires int // how often it was acquired, or something was put or got
}

// Stats returns the timeline's figures.
func (tl *Timeline) Stats() Stats {
	s := Stats{Wall: tl.Wall(), EventsOverwritten: tl.Lost, Threads: make([]ThreadStats, len(tl.Threads))}
	lanes := tl.Lanes()
	locks := lockTable{tl: tl, at: map[lockKey]int{}}
	for i, lane := range lanes {
		t := &s.Threads[i]
		t.Thread, t.Label, t.CPU = int32(i+1), tl.Label(int32(i+1)), tl.Threads[i].CPU
		for _, iv := range lane {
			t.count(iv)
			locks.count(iv)
			if d := s.LongestWait.Duration(); iv.State == WaitGIL &&
				(iv.Duration() > d || iv.Duration() == d && iv.From < s.LongestWait.From) {
				s.LongestWait = iv
			}
		}
		s.Busy += t.Busy
		s.WaitGIL += t.WaitGIL
		s.WaitLock += t.WaitLock
	}
	for _, g := range tl.GILs() {
		s.Switches += g.Switches
		s.Requests += g.Requests
		for _, h := range g.Holds {
			t := &s.Threads[h.Thread-1]
			t.Hold += h.Duration()
			t.Takes++
			t.LongestHold = max(t.LongestHold, h.Duration())
			s.Held += h.Duration()
			if h.Duration() > s.LongestHold.Duration() {
				s.LongestHold = h
			}
		}
	}
	first := make([]int64, len(tl.Threads))
	for i := range first {
		first[i] = -1
	}
	for _, e := range tl.Events {
		i := int(e.Thread - 1)
		if i < 0 || i >= len(first) {
			continue
		}
		if first[i] < 0 {
			first[i] = e.At
		}
		s.Threads[i].event(e, first[i])
		locks.event(e)
	}
	for i := range s.Threads {
		t := &s.Threads[i]
		if first[i] >= 0 && t.Life == 0 {
			t.Life = tl.End - first[i]
		}
		t.Share = 1
		if want := t.Busy + t.WaitGIL + t.Ready; want > 0 {
			t.Share = float64(t.Busy) / float64(want)
		}
	}
	s.Locks = locks.sorted()
	s.Fairness = fairness(s.Threads)
	s.Peak, s.Parallel, s.Idle = cores(lanes, s.Wall)
	if s.Wall > 0 {
		s.Overlap = float64(s.Busy) / float64(s.Wall)
		s.SwitchesPerSec = float64(s.Switches) / (float64(s.Wall) / 1e9)
	}
	return s
}

func (t *ThreadStats) count(iv Interval) {
	d := iv.Duration()
	switch iv.State {
	case Run, Native, NativeFree:
		t.Busy += d
	case Ready:
		t.Ready += d
	case WaitGIL:
		t.WaitGIL += d
		t.LongestWait = max(t.LongestWait, d)
	case WaitLock, WaitQueue, WaitEvent, WaitJoin:
		t.WaitLock += d
	case IO:
		t.IO += d
	case Sleep:
		t.Sleep += d
	case Blocked:
		t.Blocked += d
	case Paused:
		t.Paused += d
	}
}

func (t *ThreadStats) event(e Event, first int64) {
	switch e.Kind {
	case DropRequest:
		t.Requests++
	case Done, Failed:
		t.Life = e.At - first
		t.Failed = e.Kind == Failed
	}
}

// fairness is Jain's index over the shares of the threads that wanted to run.
func fairness(threads []ThreadStats) float64 {
	var n, sum, squares float64
	for _, t := range threads {
		if t.Busy+t.WaitGIL+t.Ready > 0 {
			n++
			sum += t.Share
			squares += t.Share * t.Share
		}
	}
	if squares == 0 {
		return 1
	}
	return sum * sum / (n * squares)
}

// cores sweeps over the times at which threads begin and cease to run.
func cores(lanes [][]Interval, wall int64) (peak int, parallel, idle int64) {
	type change struct {
		at int64
		by int
	}
	var changes []change
	for _, lane := range lanes {
		for _, iv := range lane {
			if iv.State.IsBusy() {
				changes = append(changes, change{iv.From, 1}, change{iv.To, -1})
			}
		}
	}
	slices.SortFunc(changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.by, b.by)) // ends first: no peak at a hand-over
	})
	n, busy, last := 0, int64(0), int64(0)
	for _, c := range changes {
		if n > 0 {
			busy += c.at - last
		}
		if n > 1 {
			parallel += c.at - last
		}
		n, last = n+c.by, c.at
		peak = max(peak, n)
	}
	return peak, parallel, wall - busy
}

// A lockTable collects LockStats by name and kind of wait.
type lockTable struct {
	tl    *Timeline
	at    map[lockKey]int
	stats []LockStats
}

type lockKey struct {
	object Name
	other  int32 // the thread whose end is waited for: such a wait needs no name
	state  Kind
}

func (l *lockTable) find(object Name, other int32, state Kind) *LockStats {
	if state != WaitJoin || object != 0 {
		other = 0
	}
	k := lockKey{object, other, state}
	i, ok := l.at[k]
	if !ok {
		i = len(l.stats)
		l.at[k] = i
		name := l.tl.Name(object)
		if name == "" && other != 0 {
			name = l.tl.Thread(other).Name
		}
		l.stats = append(l.stats, LockStats{Name: name, State: state})
	}
	return &l.stats[i]
}

func (l *lockTable) count(iv Interval) {
	if !iv.State.IsWait() || iv.State == WaitGIL {
		return
	}
	s := l.find(iv.Object, iv.Other, iv.State)
	s.Waits++
	s.Wait += iv.Duration()
	s.Longest = max(s.Longest, iv.Duration())
}

func (l *lockTable) event(e Event) {
	switch e.Kind {
	case Acquire:
		l.find(e.Object, 0, WaitLock).Acquires++
	case Put, Get:
		l.find(e.Object, 0, WaitQueue).Acquires++
	}
}

func (l *lockTable) sorted() []LockStats {
	slices.SortStableFunc(l.stats, func(a, b LockStats) int {
		return cmp.Or(cmp.Compare(b.Wait, a.Wait), cmp.Compare(a.Name, b.Name))
	})
	return l.stats
}
