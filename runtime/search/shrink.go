package search

// This file defines Shrink: the smallest part of a schedule that makes the program end in the same way.

import (
	"slices"

	"gilkernel/runtime/machine"
)

// shrinkRuns is how many runs Shrink makes at most.
const shrinkRuns = 3000

// Shrink returns a schedule under which the program ends as it does under s, with as few preemptions as can be found in
// a few thousand runs, then with as few switches: first it leaves out turns of s, then it searches for others. Of o, it
// uses Places, and Time and Stop, which end it with the best so far; nil has none of them.
func Shrink(o *Options, s Schedule, run Program) Schedule {
	if len(s) == 0 {
		return s
	}
	by := newSearch(o)
	want, n := Replay(s, by.o.Places, run)
	if n < len(s) {
		return s // the program isn't the one of the schedule
	}
	h := &shrinker{by: by, places: by.o.Places, run: run, want: want.key(), best: s}
	h.try(nil)
	if h.best.Preemptions() > 0 {
		h.few()
	}
	for again := true; again && h.runs < shrinkRuns; {
		again = h.halves()
	}
	if s.Preemptions() > DefaultPreemptions { // otherwise a search found it, and has tried fewer
		h.search()
	}
	return h.best
}

// search looks for a schedule with fewer preemptions that isn't made of the turns of the given one, and keeps the
// first: no other has fewer.
func (h *shrinker) search() {
	n := h.best.Preemptions()
	if n == 0 {
		return
	}
	s := newSearch(&Options{Places: h.places, Schedules: shrinkRuns, Stop: h.by.o.Stop})
	s.want, s.most, s.ends = h.want, shrinkRuns, h.by.ends
	for bound := 0; bound < n && s.level(bound, h.run); bound++ {
	}
	if i, ok := s.found[h.want]; ok {
		if f := s.report.Outcomes[i].Schedule; f.less(h.best) {
			if out, n := Replay(f, h.places, h.run); n == len(f) && out.key() == h.want {
				h.best = f
			}
		}
	}
}

// Preemptions returns how many of the turns preempt a thread that could continue.
func (s Schedule) Preemptions() (n int) {
	for _, t := range s {
		if !t.Blocks {
			n++
		}
	}
	return n
}

// less reports whether a schedule is smaller than another.
func (s Schedule) less(than Schedule) bool {
	a, b := s.Preemptions(), than.Preemptions()
	return a < b || a == b && len(s) < len(than)
}

type shrinker struct {
	by     *search // which says when to end
	places Places
	run    Program
	want   string
	best   Schedule
	runs   int
}

// try runs the program with some turns, those that come, and keeps what was done if that is better.
func (h *shrinker) try(turns Schedule) bool {
	if h.runs++; h.runs > shrinkRuns || h.by.late() {
		h.runs = shrinkRuns // or else it would look for others
		return false
	}
	o := (&Options{Places: h.places}).filled()
	l := &loose{follower: follower{where: newWhere(o.Places), watch: newWatch(&o)}, set: map[Turn]int{}}
	for _, t := range turns {
		to := t.To
		t.To = 0
		l.set[t] = to
	}
	out := l.watch.outcome(h.run(l))
	if out.key() != h.want || !l.taken.less(h.best) {
		return false
	}
	if again, n := Replay(l.taken, h.places, h.run); n != len(l.taken) || again.key() != h.want {
		return false
	}
	h.best = l.taken
	return true
}

// few tries single turns of the schedule, and then pairs: most failures need no more.
func (h *shrinker) few() {
	s := h.best
	for i := range s {
		h.try(s[i : i+1])
	}
	if h.best.Preemptions() <= 1 || len(s) > 60 {
		return
	}
	for i := range s {
		for j := range i {
			h.try(Schedule{s[j], s[i]})
		}
	}
}

// halves leaves out runs of turns, long ones first (Zeller's delta debugging), and reports whether that helped.
func (h *shrinker) halves() (better bool) {
	for size := len(h.best) / 2; size > 0; size /= 2 {
		for i := len(h.best) - size; i >= 0; i -= size {
			if i+size > len(h.best) {
				continue // it has become shorter
			}
			if h.try(slices.Concat(h.best[:i], h.best[i+size:])) {
				better = true
			}
		}
	}
	return better
}

// loose is the Explorer of runs that take the turns of a set, in whatever order they come.
type loose struct {
	follower
	set   map[Turn]int // to which thread, by the turn without it
	taken Schedule
}

// Next implements machine.Explorer.
func (l *loose) Next(p *machine.Point) int {
	l.watch.next(p)
	at := l.turn(p)
	to, ok := l.set[at]
	if !ok {
		return 0
	}
	for i, t := range p.Threads {
		if t.ID() == to && i > 0 {
			at.To = to
			l.taken = append(l.taken, at)
			return i
		}
	}
	return 0
}
