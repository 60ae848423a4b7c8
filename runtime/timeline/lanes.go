package timeline

// This file defines the rows of the picture: which thread was in which state when, and which held which GIL.

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// An Interval is a time that a thread spent in one state.
type Interval struct {
	Thread   int32
	State    Kind
	From, To int64 // nanoseconds since the machine's start
	Object   Name  // as in the Event that began it, like all below
	Other    int32
	Cell     uint16
	Line     uint16
	Core     uint16
}

// Duration returns the interval's length in nanoseconds.
func (i Interval) Duration() int64 { return i.To - i.From }

// Lanes returns the states of each thread one after the other, without empty ones: element 0 is thread 1's. A thread is
// in its last state until the timeline's end; one that has ended is in none. A thread that a deadlock ended is Blocked
// from then on: in Python it would wait forever. On a real clock, a thread without the GIL doesn't run Python code,
// whatever it did last: the operating system may have taken it off its core before it could say that it waits.
func (tl *Timeline) Lanes() [][]Interval {
	lanes := tl.states()
	if !tl.Info.Virtual {
		tl.holding(lanes)
	}
	return lanes
}

// states returns the lanes as the events say.
func (tl *Timeline) states() [][]Interval {
	lanes := make([][]Interval, len(tl.Threads))
	open := make([]Interval, len(tl.Threads))  // State 0: none
	waits := make([]Interval, len(tl.Threads)) // the last wait for another thread
	stuck := make([]bool, len(tl.Threads))
	shut := func(i int, at int64) {
		if iv := open[i]; iv.State != 0 && at > iv.From {
			iv.To = at
			lanes[i] = append(lanes[i], iv)
		}
		open[i] = Interval{}
	}
	for _, e := range tl.Events {
		if !e.Kind.IsState() || e.Thread <= 0 || int(e.Thread) > len(lanes) {
			continue
		}
		i := int(e.Thread - 1)
		if stuck[i] {
			continue // what the machine does to end the thread
		}
		shut(i, e.At)
		switch {
		case tl.deadlocked(e):
			w := waits[i]
			stuck[i] = true
			open[i] = Interval{e.Thread, Blocked, e.At, 0, w.Object, w.Other, w.Cell, w.Line, w.Core}
		case !e.Kind.IsEnd():
			open[i] = Interval{e.Thread, e.Kind, e.At, 0, e.Object, e.Other, e.Cell, e.Line, e.Core}
			if e.Kind.IsWait() && e.Kind != WaitGIL {
				waits[i] = open[i]
			}
		}
	}
	for i := range open {
		shut(i, tl.End)
	}
	return lanes
}

// deadlocked reports whether an event is the end of a thread by a deadlock.
func (tl *Timeline) deadlocked(e Event) bool {
	return e.Kind == Failed && strings.Contains(strings.ToLower(tl.Name(e.Object)), "deadlock")
}

// Deadlocked reports whether a deadlock ended a thread.
func (tl *Timeline) Deadlocked() bool { return slices.ContainsFunc(tl.Events, tl.deadlocked) }

// holding takes out of lanes what they show as running Python code while their threads don't hold the GIL. Of the time
// before the first hold of a GIL nothing is known.
func (tl *Timeline) holding(lanes [][]Interval) {
	holds := make([][]Hold, len(lanes))
	since := make([]int64, len(lanes))
	for i := range since {
		since[i] = math.MaxInt64 // a thread without a GIL
	}
	for _, g := range tl.gils(lanes) {
		if len(g.Holds) == 0 {
			continue
		}
		for _, id := range g.Threads {
			since[id-1] = min(since[id-1], g.Holds[0].From)
		}
		for k, h := range g.Holds {
			own := &holds[h.Thread-1]
			if k > 0 && g.Holds[k-1].Thread == h.Thread {
				// no other thread wanted it meanwhile: as a legacy GIL is dropped and taken again
				(*own)[len(*own)-1].To = h.To
				continue
			}
			*own = append(*own, h)
		}
	}
	for i, lane := range lanes {
		slices.SortFunc(holds[i], func(a, b Hold) int { return cmp.Compare(a.From, b.From) })
		lanes[i] = held(lane, holds[i], since[i])
	}
}

// held returns a lane in which Run and Native have no time outside of holds, from since on. What lies behind the last
// hold of such an interval is part of the next state, for which the thread released the GIL; what lies before a hold is
// a wait for the GIL.
func held(lane []Interval, holds []Hold, since int64) []Interval {
	out := make([]Interval, 0, len(lane))
	add := func(iv Interval, state Kind, from, to int64) {
		if to > from {
			iv.State, iv.From, iv.To = state, from, to
			out = append(out, iv)
		}
	}
	late := int64(0) // what the interval before has left to this one
	next := 0        // the first hold that ends after at
	for n, iv := range lane {
		if iv.State != Run && iv.State != Native {
			add(iv, iv.State, iv.From-late, iv.To)
			late = 0
			continue
		}
		at := min(max(iv.From, since), iv.To)
		add(iv, iv.State, iv.From, at)
		for next < len(holds) && holds[next].To <= at {
			next++
		}
		for k := next; k < len(holds) && holds[k].From < iv.To; k++ {
			from, to := max(at, holds[k].From), min(iv.To, holds[k].To)
			add(iv, WaitGIL, at, from)
			add(iv, iv.State, from, to)
			at = max(at, to)
		}
		switch {
		case n+1 == len(lane) || lane[n+1].From > iv.To: // it ends, or is in no state
		case lane[n+1].State == Run || lane[n+1].State == Native:
			add(iv, WaitGIL, at, iv.To)
		default:
			late = iv.To - at
		}
	}
	return out
}

// A Hold is a time in which a thread held a GIL.
type Hold struct {
	Thread   int32
	From, To int64 // nanoseconds since the machine's start
}

// Duration returns its length in nanoseconds.
func (h Hold) Duration() int64 { return h.To - h.From }

// A GIL is one global interpreter lock, of which a timeline has as many as it has interpreters.
type GIL struct {
	Name     string  // as in Thread.GIL
	Process  string  // whose it is
	PID      int     // whose it is
	Threads  []int32 // those that can't run without it, in order of creation
	Holds    []Hold  // which thread held it when, ordered by time
	Switches int     // how often it went to another thread than the one that had it last
	Requests int     // how often a thread that waited asked the holder to release it
}

// GILs returns the locks that the timeline's threads need, in the order of their first threads.
func (tl *Timeline) GILs() []GIL { return tl.gils(nil) }

// gils is GILs; lanes are what states returns, or nil.
func (tl *Timeline) gils(lanes [][]Interval) []GIL {
	type key struct {
		pid  int
		name string
	}
	type state struct {
		GIL
		holder, last int32
		since        int64
		told         bool // there was a Take, Switch or Drop
	}
	byKey := map[key]*state{}
	var order []*state
	find := func(id int32, object Name) *state {
		t := tl.Thread(id)
		k := key{t.PID, t.GIL}
		if name := tl.Name(object); name != "" {
			k.name = name
		}
		if k.name == "" {
			return nil
		}
		s := byKey[k]
		if s == nil {
			s = &state{GIL: GIL{Name: k.name, Process: t.Process, PID: t.PID}}
			byKey[k] = s
			order = append(order, s)
		}
		return s
	}
	shut := func(s *state, at int64) {
		if s.holder != 0 && at > s.since {
			s.Holds = append(s.Holds, Hold{s.holder, s.since, at})
		}
		s.holder = 0
	}
	member := func(s *state, id int32) {
		if !slices.Contains(s.Threads, id) {
			s.Threads = append(s.Threads, id)
		}
	}
	for i := range tl.Threads {
		if s := find(int32(i+1), 0); s != nil {
			s.Threads = append(s.Threads, int32(i+1)) // each lane once, so there is nothing to look for
		}
	}
	for _, e := range tl.Events {
		switch {
		case e.Kind == Take || e.Kind == Switch || e.Kind == Drop || e.Kind == DropRequest:
			s := find(e.Thread, e.Object)
			if s == nil {
				continue
			}
			if tl.Name(e.Object) != "" && tl.Thread(e.Thread).GIL != s.Name {
				member(s, e.Thread)
			}
			switch {
			case e.Kind == DropRequest:
				s.Requests++
				continue
			case e.Kind == Drop:
				if s.holder == e.Thread {
					shut(s, e.At)
				} else if !s.told { // it was taken before the timeline begins
					s.holder, s.last, s.since = e.Thread, e.Thread, tl.Start
					shut(s, e.At)
				}
			default:
				shut(s, e.At)
				if last := cmp.Or(s.last, e.Other); last != 0 && last != e.Thread {
					s.Switches++
				}
				s.holder, s.last, s.since = e.Thread, e.Thread, e.At
			}
			s.told = true
		case e.Kind.IsEnd():
			for _, s := range order {
				if s.holder == e.Thread {
					shut(s, e.At)
				}
			}
		}
	}
	gils := make([]GIL, 0, len(order))
	for _, s := range order {
		if shut(s, tl.End); !s.told {
			if lanes == nil {
				lanes = tl.states()
			}
			s.derive(lanes)
		}
		gils = append(gils, s.GIL)
	}
	return gils
}

// derive sets the holds of a GIL that the machine hasn't recorded: the thread that runs holds it.
func (g *GIL) derive(lanes [][]Interval) {
	for _, id := range g.Threads {
		for _, iv := range lanes[id-1] {
			if iv.State == Run || iv.State == Native {
				g.Holds = append(g.Holds, Hold{id, iv.From, iv.To})
			}
		}
	}
	slices.SortStableFunc(g.Holds, func(a, b Hold) int { return cmp.Compare(a.From, b.From) })
	var last int32
	for _, h := range g.Holds {
		if last != 0 && last != h.Thread {
			g.Switches++
		}
		last = h.Thread
	}
}
