package process

// This file defines how threads of several simulated processes are found to wait for each other. For real ones, see
// monitor.go: both come to the same verdict, but a simulated machine knows at once what its processes wait for, and
// nothing happens meanwhile.
//
// Processes are lost if all their threads wait without an end, and only such processes could end the waits: those that
// refer to the other end of a pipe, or to a lock, or whose end is waited for. So a process that sleeps or computes
// hides nothing unless it could act itself: it isn't lost, and neither is a process that waits for an object which it
// could signal itself. It may refer to the object without ever using it, such as a global that fork has copied. Threads
// of one process share its memory, so one that sleeps speaks for all of them, except where only a thread that waits
// itself could act: recursive locks and joins, which the machine judges.

import (
	"maps"
	"slices"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// judge is called when all threads of a process wait: see machine.SetJudge.
func judge(in machine.Interpreter) {
	if in, ok := in.(*gil.Interpreter); ok {
		if s := Made(in); s != nil {
			s.arena.judge(s.self)
		}
	}
}

// judgeAll judges all processes that run here, after one of them has lost something that others wait for.
func (a *Arena) judgeAll() {
	if a.collect {
		return // real ones look periodically
	}
	a.mu.Lock()
	list := slices.Sorted(maps.Keys(a.systems))
	a.mu.Unlock()
	a.judge(list...)
}

// judge checks whether one of the simulated processes waits for others that wait themselves, and if so ends their
// waits.
func (a *Arena) judge(candidates ...int) {
	seen := map[int][]sighting{} // nil: it runs
	for _, n := range candidates {
		s := a.system(n)
		if s == nil || !s.in.Machine().AllWait(s.in) || !a.closed(n, seen) {
			continue
		}
		family := a.familyOf(s.first())
		waits := map[int][]sighting{}
		for _, m := range family {
			if list := a.sight(m, seen); list != nil {
				waits[m] = list
			}
		}
		a.settle(waits, len(family))
		a.end(slices.Sorted(maps.Keys(waits)))
		return // the threads that were ended look again, if they wait again
	}
}

// sight returns what a simulated process waits for, nil if it doesn't, or isn't known to.
func (a *Arena) sight(n int, seen map[int][]sighting) []sighting {
	list, ok := seen[n]
	if !ok {
		if s := a.system(n); s != nil && s.in.Machine().AllWait(s.in) {
			if waits, all := s.in.Machine().Waits(s.in); s.stands(waits, all) {
				list = s.see(waits)
			}
		}
		seen[n] = list
	}
	return list
}

// closed reports whether a process waits, all that could wake it wait too, and so on. It stops at the first that runs:
// as a rule, that is the one that the process is talking to.
func (a *Arena) closed(n int, seen map[int][]sighting) bool {
	queued := map[int]bool{n: true}
	for list := []int{n}; len(list) > 0; list = list[1:] {
		waits := a.sight(list[0], seen)
		if waits == nil {
			return false
		}
		for _, w := range waits {
			if w.By == nil {
				return false
			}
			for _, by := range w.By {
				if !queued[by] && a.entry(by).runs() {
					queued[by] = true
					list = append(list, by)
				}
			}
		}
	}
	return true
}

// end ends the waits of processes, but not those of servers.
func (a *Arena) end(list []int) {
	var threads []*machine.Thread
	var m *machine.Machine
	for _, n := range list {
		if s := a.system(n); s != nil {
			m = s.in.Machine()
			waits, _ := m.Waits(s.in)
			for _, w := range waits {
				if !serves(w) {
					threads = append(threads, w.Thread)
				}
			}
		}
	}
	if m != nil {
		m.Sentence(threads)
	}
}
