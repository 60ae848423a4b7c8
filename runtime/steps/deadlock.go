package steps

// This file defines the sentences for threads that make no progress: deadlocks, lost notifications, starvation.

import (
	"fmt"
	"slices"
	"strings"
)

// A held is a lock that a thread holds.
type held struct{ lock, thread, since int }

// end is what threads do where the run ended.
type end struct {
	waits []int // by thread: the step in which it waits, -1 for none
	ended []bool
	held  []held
}

// atEnd follows the steps to the end.
func (s *story) atEnd() *end {
	e := &end{ended: make([]bool, len(s.Threads))}
	for range s.Threads {
		e.waits = append(e.waits, -1)
	}
	for i, t := range s.Steps {
		e.waits[t.Thread] = -1
		switch t.Op {
		case Wait:
			e.waits[t.Thread] = i
		case End:
			e.ended[t.Thread] = true
		case Acquire:
			e.held = append(e.held, held{t.Lock, t.Thread, i})
		case Release:
			is := func(h held) bool { return h.lock == t.Lock && h.thread == t.Thread }
			k := slices.IndexFunc(e.held, is)
			if k < 0 {
				k = slices.IndexFunc(e.held, func(h held) bool { return h.lock == t.Lock })
			}
			if k >= 0 {
				e.held = slices.Delete(e.held, k, k+1)
			}
		}
	}
	return e
}

// holders returns what threads hold a lock.
func (e *end) holders(lock int) (out []held) {
	for _, h := range e.held {
		if h.lock == lock && lock > 0 {
			out = append(out, h)
		}
	}
	return out
}

// next returns the thread for which a thread waits, and what that one holds; -1 if it waits for none, or for several.
func (s *story) next(e *end, thread int) (int, held) {
	if e.waits[thread] < 0 {
		return -1, held{}
	}
	w := s.Steps[e.waits[thread]]
	if w.Lock == 0 && w.Other > 0 {
		return w.Other - 1, held{}
	}
	if list := e.holders(w.Lock); len(list) == 1 {
		return list[0].thread, list[0]
	}
	return -1, held{}
}

// deadlock explains why no thread can continue.
func (s *story) deadlock() string {
	e := s.atEnd()
	if text := s.cycle(e); text != "" {
		return text
	}
	for thread, i := range e.waits {
		if i < 0 {
			continue
		}
		w := s.Steps[i]
		for _, h := range e.holders(w.Lock) {
			if e.ended[h.thread] {
				return fmt.Sprintf("%s ended without releasing %s, for which %s waits", s.names[h.thread], w.Name,
					s.names[thread])
			}
		}
		if text := s.lostNotification(thread, i); text != "" {
			return text
		}
	}
	return s.stuck(e)
}

// cycle explains that threads wait for each other, in the order in which they acquired what they hold.
func (s *story) cycle(e *end) string {
	type link struct {
		thread, since int
		holds         int // the step in which it acquired what the one before it waits for; -1 for none
	}
	for first := range s.Threads {
		var links []link
		for thread := first; ; {
			to, h := s.next(e, thread)
			if to < 0 || len(links) > len(s.Threads) {
				links = nil
				break
			}
			l := link{to, -1, -1}
			if h.lock > 0 {
				l.since, l.holds = h.since, h.since
			}
			links = append(links, l)
			if thread = to; to == first {
				break
			}
		}
		if links == nil {
			continue
		}
		slices.SortStableFunc(links, func(a, b link) int { return a.since - b.since })
		var parts []string
		for _, l := range links {
			w := s.Steps[e.waits[l.thread]]
			for_ := w.Name
			if w.Lock == 0 && w.Other > 0 {
				for_ = "the end of " + s.names[w.Other-1]
			}
			switch {
			case len(links) == 1 && w.Lock > 0:
				return fmt.Sprintf("%s waits for %s, which it holds itself", s.names[l.thread], for_)
			case l.holds >= 0:
				parts = append(parts, fmt.Sprintf("%s holds %s and waits for %s", s.names[l.thread],
					s.Steps[l.holds].Name, for_))
			default:
				parts = append(parts, fmt.Sprintf("%s waits for %s", s.names[l.thread], for_))
			}
		}
		return strings.Join(parts, ", ")
	}
	return ""
}

// lostNotification explains a wait for what was said before it began.
func (s *story) lostNotification(thread, wait int) string {
	w := s.Steps[wait]
	if w.Lock == 0 {
		return ""
	}
	for i := wait - 1; i >= 0; i-- {
		n := s.Steps[i]
		if n.Op == Notify && n.Lock == w.Lock && n.Other == 0 && n.Thread != thread {
			return fmt.Sprintf("%s notified %s before %s waited for it: the notification is lost", s.names[n.Thread],
				w.Name, s.names[thread])
		}
	}
	return ""
}

// stuck says which threads wait, and that no thread is left that could wake them.
func (s *story) stuck(e *end) string {
	var parts []string
	for thread, i := range e.waits {
		if i >= 0 && (s.Steps[i].Lock > 0 || s.Steps[i].Other == 0) {
			parts = append(parts, s.names[thread]+" "+s.Steps[i].Text)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	more := ""
	if n := len(parts) - 3; n > 0 {
		parts, more = parts[:3], fmt.Sprintf(", and %d more", n)
	}
	wake := "it"
	if len(parts) > 1 {
		wake = "them"
	}
	return strings.Join(parts, ", ") + more + "; no thread is left that could wake " + wake
}

// starvation says which thread could continue and didn't.
func (s *story) starvation() string {
	e := s.atEnd()
	last := make([]int, len(s.Threads)) // the number of its last step, or of its start; 0 for a thread that isn't there
	for i, t := range s.Steps {
		last[t.Thread] = i + 1
		if t.Op == Start && t.Other > 0 {
			last[t.Other-1] = i + 1
		}
	}
	starved := -1
	for u := range s.Threads {
		if last[u] > 0 && !e.ended[u] && e.waits[u] < 0 && (starved < 0 || last[u] < last[starved]) {
			starved = u
		}
	}
	if starved < 0 {
		return s.Outcome.Text
	}
	n := len(s.Steps) - last[starved] + s.More
	if n == 0 {
		return s.Outcome.Text
	}
	return fmt.Sprintf("%s could go on, but other threads made the last %d steps", s.names[starved], n)
}
