package steps

// This file defines the sentence for data races: two accesses that nothing orders.

import "fmt"

// race explains a data race by its two accesses.
func (s *story) race() string {
	a, b := s.Outcome.First, s.Outcome.Second
	if min(a, b) < 1 || max(a, b) > len(s.Steps) {
		return s.Outcome.Text
	}
	return s.saysRace(s.Steps[a-1], s.Steps[b-1])
}

func (s *story) saysRace(a, b Step) string {
	does := func(t Step) string {
		if t.Op == Write {
			return "wrote"
		}
		return "read"
	}
	first, second := b.Name, "it"
	if a.Name != "" && a.Name != b.Name { // parts of one thing, or a thing and its part
		first, second = a.Name, b.Name
	}
	return fmt.Sprintf("%s %s %s%s and %s %s %s%s, and nothing orders the two", s.names[a.Thread], does(a), first,
		s.in(a), s.names[b.Thread], does(b), second, s.in(b))
}

// in says in which line a step is.
func (s *story) in(t Step) string {
	switch {
	case t.Line == 0:
		return ""
	case len(s.Sources) > 1 && t.Source >= 0:
		return fmt.Sprintf(" in %s, line %d", s.short(t.Source), t.Line)
	}
	return fmt.Sprintf(" in line %d", t.Line)
}
