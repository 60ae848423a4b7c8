package steps

// This file defines the sentence for data races: two accesses that nothing orders.

import "fmt"

// A clock says up to which step of each thread something is known to have happened.
type clock []int

func (c clock) join(o clock) {
	for i := range o {
		c[i] = max(c[i], o[i])
	}
}

// race explains a data race by the first two accesses that nothing orders.
func (s *story) race() string {
	n := len(s.Threads)
	threads, locks := make([]clock, n), make([]clock, len(s.Locks)+1)
	for i := range threads {
		threads[i] = make(clock, n)
	}
	for i := range locks {
		locks[i] = make(clock, n)
	}
	type access struct{ step, time int }
	before := map[int][]access{} // by variable
	for i, t := range s.Steps {
		c := threads[t.Thread]
		c[t.Thread]++
		switch t.Op {
		case Read, Write:
			for _, a := range before[t.Variable] {
				u := s.Steps[a.step]
				if t.Variable > 0 && u.Thread != t.Thread && (u.Op == Write || t.Op == Write) && c[u.Thread] < a.time {
					return s.saysRace(u, t)
				}
			}
			before[t.Variable] = append(before[t.Variable], access{i, c[t.Thread]})
		case Start:
			if t.Other > 0 {
				threads[t.Other-1].join(c)
			}
		default:
			if t.Lock < len(locks) && t.Lock > 0 {
				if t.Op != Release {
					c.join(locks[t.Lock])
				}
				if t.Op != Acquire && t.Op != Wake {
					locks[t.Lock].join(c)
				}
			}
			if t.Lock == 0 && t.Other > 0 && t.Op != Wait { // it has ended
				c.join(threads[t.Other-1])
			}
		}
	}
	return s.Outcome.Text
}

func (s *story) saysRace(a, b Step) string {
	does := func(t Step) string {
		if t.Op == Write {
			return "wrote"
		}
		return "read"
	}
	return fmt.Sprintf("%s %s %s%s and %s %s it%s, and nothing orders the two", s.names[a.Thread], does(a), b.Name,
		s.in(a), s.names[b.Thread], does(b), s.in(b))
}

// in says in which line a step is.
func (s *story) in(t Step) string {
	switch {
	case t.Line == 0:
		return ""
	case len(s.Sources) > 1 && t.Source >= 0:
		return fmt.Sprintf(" in %s, line %d", s.Sources[t.Source].Label, t.Line)
	}
	return fmt.Sprintf(" in line %d", t.Line)
}
