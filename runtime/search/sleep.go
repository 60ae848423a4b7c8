package search

// This file defines sleep sets: which threads needn't be chosen because another path has done so already.

import (
	"slices"

	"gilkernel/runtime/machine"
)

// sleeper is a thread whose next step was tried at a former point, and what that step touches. As long as no other
// thread touches any of it, to choose the thread leads where that path has led (Godefroid, LNCS 1032).
type sleeper struct {
	id   int
	uses []use
	// fresh says that its step touches something that nobody has touched before: what that is called depends on who is
	// first. all says that it depends on everything.
	fresh, all bool
}

// use is an access to a thing.
type use struct {
	thing uint64
	write bool
}

// conflicts reports whether the order of u's step and an access makes a difference.
func (u *sleeper) conflicts(th *thing, first, write bool) bool {
	if u.all || th == nil || first && u.fresh {
		return true
	}
	for _, x := range u.uses {
		if x.thing == th.id && (x.write || write) {
			return true
		}
	}
	return false
}

// sleep keeps the sleep set of a run.
//
// It is used only where preemptions aren't bounded, together with known states: a state counts as known there only if
// no thread slept in it that is awake now. With a bound, the path that has tried a thread earlier may need more
// preemptions than the one that needn't choose it, and so have been left out (Coons and others, OOPSLA 2013,
// whose partial-order reduction adds choices to make up for that). There, known states alone end runs, which is exact.
//
// What each saves, measured with 50 generated programs of up to 3 threads under 3.9 and 3.13t, which have 3,724
// schedules that differ in more than the order of independent steps: known states alone take 65,837 runs, sleep sets
// alone 238,025, both 38,362. Without a bound, dynamic partial-order reduction could come closer to 3,724; with one, it
// would have to add choices, and the bounded levels are where searches spend their time.
type sleep struct {
	on  bool
	set []sleeper
	rec *sleeper // whose step is being made, nil if none is recorded

	memory []use // for the uses of steps
}

// enter begins the step of the thread that is chosen at n.
func (s *sleep) enter(n *node) {
	id := n.ids[n.chosen]
	s.set = s.set[:0]
	for _, list := range [...][]sleeper{n.sleep, n.done} {
		for _, u := range list {
			if u.id != id && u.id < 64 {
				s.set = append(s.set, u)
			}
		}
	}
	n.step = sleeper{id: id, all: n.chosen >= n.ready && n.ready > 0, uses: s.room()}
	s.rec = &n.step
}

// room returns memory for what most steps touch.
func (s *sleep) room() []use {
	const few, steps = 4, 256
	if len(s.memory) < few {
		s.memory = make([]use, few*steps)
	}
	uses := s.memory[:0:few]
	s.memory = s.memory[few:]
	return uses
}

// accessed notes an access; a nil th is anything.
func (s *sleep) accessed(t *machine.Thread, th *thing, first, write bool) {
	id := t.ID()
	if r := s.rec; r != nil && r.id == id {
		r.all = r.all || th == nil
		r.fresh = r.fresh || first
		if th != nil {
			r.uses = append(r.uses, use{th.id, write})
		}
	} else {
		s.rec = nil
	}
	s.set = slices.DeleteFunc(s.set, func(u sleeper) bool { return u.id == id || u.conflicts(th, first, write) })
}

// mask returns the set as bits. Threads with numbers from 64 on are never in it: they are tried again.
func (s *sleep) mask() (m uint64) {
	for _, u := range s.set {
		if u.id < 64 {
			m |= 1 << u.id
		}
	}
	return m
}

// asleep reports whether a list has a thread.
func asleep(list []sleeper, id int) bool {
	return slices.ContainsFunc(list, func(u sleeper) bool { return u.id == id })
}
