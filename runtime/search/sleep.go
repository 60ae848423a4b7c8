package search

// This file defines sleep sets: which threads needn't be chosen because another path has done so already.

import "slices"

// sleeper is a thread whose next step was tried at a former point, and what that step touches. As long as no other
// thread touches any of it, to choose the thread leads where that path has led (Godefroid, LNCS 1032).
type sleeper struct {
	id   int
	uses []use
	old  int  // how many things had been touched at that point
	new  bool // its step touches others too: what those are called depends on who is first
	// apart are accesses of other threads to such others, by what came before them, that were seen to be in no conflict
	// with the step. In order.
	apart []uint64
	all   bool // its step depends on everything
}

// use is an access to a thing.
type use struct {
	thing uint64
	write bool
}

// conflicts reports whether the order of u's step and an access makes a difference. before is the hash of what the
// access's thread had done.
func (u *sleeper) conflicts(before uint64, th *thing, write bool) bool {
	if u.all || th == nil {
		return true
	}
	if th.n >= u.old {
		if !u.new {
			return false
		}
		_, apart := slices.BinarySearch(u.apart, before)
		return !apart
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
// It is used only where preemptions aren't bounded. With a bound, the path that has tried a thread earlier may need
// more preemptions than the one that needn't choose it, and so have been left out: there, known states end runs.
type sleep struct {
	on  bool
	set []sleeper
}

// enter begins the step of the thread that is chosen at n.
func (s *sleep) enter(n *node) {
	id := n.runs()
	s.set = s.set[:0]
	for _, list := range [...][]sleeper{n.sleep, n.done} {
		for _, u := range list {
			if u.id != id {
				s.set = append(s.set, u)
			}
		}
	}
}

// accessed notes an access; a nil th is anything. It reports false if its thread sleeps: then the run does what a
// former one did.
func (s *sleep) accessed(id int, before uint64, th *thing, write bool) bool {
	if asleep(s.set, id) {
		return false
	}
	s.set = slices.DeleteFunc(s.set, func(u sleeper) bool { return u.conflicts(before, th, write) })
	return true
}

// asleep reports whether a list has a thread.
func asleep(list []sleeper, id int) bool {
	return slices.ContainsFunc(list, func(u sleeper) bool { return u.id == id })
}

// tried returns the thread that was chosen at a node, as the run that was just made shows it, whose accesses up to the
// next node these are.
func (w *tree) tried(n *node, step []event) sleeper {
	u := sleeper{id: n.runs(), old: n.things, all: n.late()}
	if i := slices.IndexFunc(step, func(e event) bool { return e.step.thread != u.id }); i >= 0 {
		step = step[:i]
	}
	for _, e := range step {
		switch {
		case e.child != nil:
		case e.thing == nil:
			u.all = true
		case e.thing.n < u.old:
			u.uses = append(u.uses, use{e.thing.id, e.write})
		default:
			u.new = true
		}
	}
	if u.new && !u.all {
		u.apart = apart(step, w.log[n.log+len(step):], u.old, u.id)
	}
	return u
}

// maxApart is how many accesses a sleeper knows at most: with fewer it only wakes too early.
const maxApart = 1000

// apart returns those of the accesses of others to new things that are in no conflict with a step.
func apart(step, rest []event, old, id int) (list []uint64) {
	for _, e := range rest {
		if e.thing == nil || e.thing.n < old || e.step.thread == id || len(list) == maxApart {
			continue
		}
		if !slices.ContainsFunc(step, func(x event) bool { return x.thing == e.thing && (x.write || e.write) }) {
			list = append(list, e.before)
		}
	}
	slices.Sort(list)
	return list
}
