package search

// This file defines Replay, and how a run's schedule is found.

import "gilkernel/runtime/machine"

// Replay runs a program once as a schedule says. followed is how many of its turns came: all of them unless the program
// has changed; the next one says where the two part. A run that is longer than DefaultPoints is stopped.
func Replay(s Schedule, places Places, run Program) (out Outcome, followed int) {
	full := (&Options{Places: places}).filled()
	f := &follower{turns: s, where: newWhere(full.Places), watch: newWatch(&full)}
	out = f.watch.outcome(run(f))
	return out, f.next
}

// Races runs a program once as a schedule says, and returns the data races of that run, each once. A run of Search
// finds the same ones under the same schedule.
func Races(s Schedule, places Places, run Program) []Race {
	full := (&Options{Places: places}).filled()
	r := &racer{follower: follower{turns: s, where: newWhere(full.Places), watch: newWatch(&full)}}
	r.trace.races.on, r.trace.races.places = true, full.Places
	r.trace.reset()
	r.watch.outcome(run(r))
	var list []Race
	for _, found := range r.trace.races.found {
		found.Schedule, found.Preemptions = s, s.Preemptions()
		list = append(list, found.Race)
	}
	return list
}

// racer is a follower that looks for races.
type racer struct {
	follower
	trace trace
}

// Accessed implements machine.Explorer.
func (r *racer) Accessed(t *machine.Thread, key any, write bool) {
	r.follower.Accessed(t, key, write)
	r.trace.access(t, key, write)
}

// where counts how often threads came to their statements.
type where struct {
	places Places
	actor  *machine.Thread // who did something last
	here   visit
	points map[visit]int
	blocks map[visit]int
}

// visit is a thread at a statement.
type visit struct {
	thread int
	place  string
}

func newWhere(places Places) where {
	return where{places: places, points: map[visit]int{}, blocks: map[visit]int{}}
}

// comes says that t is at a statement; point that it is one of its points.
func (w *where) comes(t *machine.Thread, point bool) {
	if point || t != w.actor {
		w.actor, w.here = t, visit{t.ID(), w.places(t)}
	}
	if point {
		w.points[w.here]++
	}
}

// turn returns what a switch at a point is called; To is missing.
func (w *where) turn(p *machine.Point) Turn {
	t := Turn{Thread: w.here.thread, Place: w.here.place, Nth: w.points[w.here], Blocks: !p.Goes}
	if t.Blocks {
		w.blocks[w.here]++
		t.Nth = w.blocks[w.here]
	}
	return t
}

// follower is the Explorer of runs that follow a schedule.
type follower struct {
	where
	watch watch
	turns Schedule
	next  int // the turn that is due
}

// Checked implements machine.Explorer.
func (f *follower) Checked(t *machine.Thread) bool {
	f.watch.checked(t)
	f.comes(t, true)
	return true
}

// Accessing implements machine.Explorer.
func (f *follower) Accessing(t *machine.Thread, _ any, _ bool) bool {
	f.watch.accessing(t)
	f.comes(t, true)
	return true
}

// Accessed implements machine.Explorer.
func (f *follower) Accessed(t *machine.Thread, key any, _ bool) {
	f.watch.accessed(t, key)
	f.comes(t, false)
}

// Next implements machine.Explorer.
func (f *follower) Next(p *machine.Point) int {
	f.watch.next(p)
	at := f.turn(p)
	if f.next == len(f.turns) {
		return 0
	}
	due := f.turns[f.next]
	if at.To = due.To; at != due {
		return 0
	}
	for i, t := range p.Threads {
		if t.ID() == due.To {
			f.next++
			return i
		}
	}
	return 0
}

// recorder is the Explorer of a run whose choices another one makes, to find out its schedule.
type recorder struct {
	where
	by    machine.Explorer
	turns Schedule
}

// Checked implements machine.Explorer.
func (r *recorder) Checked(t *machine.Thread) bool {
	r.comes(t, true)
	return r.by.Checked(t)
}

// Accessing implements machine.Explorer.
func (r *recorder) Accessing(t *machine.Thread, key any, write bool) bool {
	r.comes(t, true)
	return r.by.Accessing(t, key, write)
}

// Accessed implements machine.Explorer.
func (r *recorder) Accessed(t *machine.Thread, key any, write bool) {
	r.comes(t, false)
	r.by.Accessed(t, key, write)
}

// Next implements machine.Explorer.
func (r *recorder) Next(p *machine.Point) int {
	at := r.turn(p)
	i := r.by.Next(p)
	if i > 0 {
		at.To = p.Threads[i].ID()
		r.turns = append(r.turns, at)
	}
	return i
}
