package steps

// This file defines which steps a table shows, and what it says of each: the same for text and for pages.

import "strings"

// Long runs are folded: a table shows the first steps, the last ones, and those around each switch.
const (
	foldOver   = 60 // steps; a run with fewer is shown whole
	foldFirst  = 12
	foldLast   = 24
	foldAround = 2
	foldMost   = 80
)

// A line is a line of a table: a step, or a number of steps that are folded.
type line struct {
	step   int    // index in View.Steps
	sw     string // its Switch, or that of the steps of its thread before it that aren't shown
	over   int    // and its Over
	folded int    // how many steps are left out here; then step is the first of them
	who    []string
}

// shown returns the steps that a table shows, long runs folded.
func (v *View) shown() []line {
	var all []int
	sw, over := make([]string, len(v.Steps)), make([]int, len(v.Steps))
	for i, s := range v.Steps {
		over[i] = s.Over
		if sw[i] = s.Switch; sw[i] == "" && i > 0 && v.Steps[i-1].Thread == s.Thread &&
			(len(all) == 0 || all[len(all)-1] != i-1) {
			sw[i], over[i] = sw[i-1], over[i-1] // the switch was to a step that isn't shown
		}
		preempted := i+1 < len(v.Steps) && v.Steps[i+1].interrupts() && v.Steps[i+1].Over == 0
		if !s.Quiet || preempted {
			all = append(all, i)
		}
	}
	keep := v.kept(all, sw)
	names := shortNames(v.Threads)
	var out []line
	for k, i := range all {
		if keep[k] {
			out = append(out, line{step: i, sw: sw[i], over: over[i]})
			continue
		}
		n := len(out)
		if n == 0 || out[n-1].folded == 0 {
			out = append(out, line{step: i})
			n++
		}
		l := &out[n-1]
		l.folded++
		who := names[v.Steps[i].Thread]
		if len(l.who) == 0 || l.who[len(l.who)-1] != who {
			l.who = append(l.who, who)
		}
	}
	return out
}

// kept says which of the steps that a table could show aren't folded; sw has the switches of all steps. When there are
// too many switches, the preemptions matter most.
func (v *View) kept(all []int, sw []string) []bool {
	keep := make([]bool, len(all))
	n := 0
	mark := func(from, to int) {
		for k := max(from, 0); k < min(to, len(all)); k++ {
			if !keep[k] {
				keep[k] = true
				n++
			}
		}
	}
	if len(all) <= foldOver {
		mark(0, len(all))
		return keep
	}
	mark(0, foldFirst)
	around := func(is func(k int) bool) {
		for k := 1; k < len(all) && n < foldMost; k++ {
			if is(k) {
				mark(k-foldAround+1, k+foldAround+1)
			}
		}
	}
	around(func(k int) bool {
		i := all[k]
		return sw[i] == Preempts || i+1 == v.Outcome.First || i+1 == v.Outcome.Second
	})
	around(func(k int) bool { return sw[all[k]] == Relieves })
	around(func(k int) bool { return v.Steps[all[k]].Thread != v.Steps[all[k-1]].Thread })
	mark(len(all)-foldLast, len(all))
	return keep
}

// interrupts reports whether the thread before could have gone on.
func (s *Step) interrupts() bool { return s.Switch == Preempts || s.Switch == Relieves }

// Blank reports whether tables of the view show no step.
func (v *View) Blank() bool { return len(v.shown()) == 0 }

// whom says whose steps are folded.
func (l line) whom() string {
	seen := map[string]bool{}
	var names []string
	for _, name := range l.who {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return list(names)
}

// lockStates returns what is held and waited for after each step: "lock: Thread-1, for which Thread-2 waits".
func (v *View) lockStates() []string {
	type state struct{ holders, waiters []int }
	states := make([]state, len(v.Locks)+1)
	names := shortNames(v.Threads)
	without := func(list []int, x int) []int {
		for i, y := range list {
			if y == x {
				return append(list[:i:i], list[i+1:]...)
			}
		}
		return list
	}
	called := func(list []int) string {
		var out []string
		for _, i := range list {
			out = append(out, names[i])
		}
		return strings.Join(out, ", ")
	}
	out := make([]string, len(v.Steps))
	for i, s := range v.Steps {
		for j := range states {
			states[j].waiters = without(states[j].waiters, s.Thread)
		}
		if s.Lock > 0 && s.Lock < len(states) {
			st := &states[s.Lock]
			switch s.Op {
			case Acquire:
				st.holders = append(st.holders, s.Thread)
			case Release:
				if n := len(st.holders); n > 0 && len(without(st.holders, s.Thread)) == n {
					st.holders = st.holders[1:]
				} else {
					st.holders = without(st.holders, s.Thread)
				}
			case Wait:
				st.waiters = append(st.waiters, s.Thread)
			}
		}
		var parts []string
		for j, st := range states {
			if j == 0 || len(st.holders)+len(st.waiters) == 0 {
				continue
			}
			text := v.Locks[j-1].Name + ": "
			switch {
			case len(st.holders) > 0:
				text += called(st.holders)
			default:
				text += "free"
			}
			if !isLock(v.Locks[j-1].Kind) {
				text = v.Locks[j-1].Name + ":"
			}
			if len(st.waiters) > 0 {
				text += " (" + called(st.waiters) + waiting(len(st.waiters)) + ")"
			}
			parts = append(parts, text)
		}
		out[i] = strings.Join(parts, "; ")
	}
	return out
}

func waiting(n int) string {
	if n == 1 {
		return " waits"
	}
	return " wait"
}

// isLock reports whether a kind of object is held.
func isLock(kind string) bool {
	switch kind {
	case "Condition", "Event", "Barrier", "Queue", "LifoQueue", "PriorityQueue", "SimpleQueue", "Future":
		return false
	}
	return true
}

// A piece is the line of a source in three parts, the middle one of which is accessed.
type piece struct{ before, marked, after string }

// source returns the line in which a step is; the blanks at its ends are left out.
func (v *View) source(s Step) piece {
	if s.Source < 0 || s.Source >= len(v.Sources) || s.Line < 1 || s.Line > len(v.Sources[s.Source].Lines) {
		return piece{}
	}
	text := []rune(v.Sources[s.Source].Lines[s.Line-1])
	from := min(max(s.Column-1, 0), len(text))
	to := min(from+s.Width, len(text))
	if s.Column == 0 {
		to = from
	}
	p := piece{string(text[:from]), string(text[from:to]), string(text[to:])}
	p.before = strings.TrimLeft(p.before, " \t")
	if p.marked == "" {
		return piece{after: strings.TrimSpace(p.before + p.after)}
	}
	p.after = strings.TrimRight(p.after, " \t")
	return p
}

// where returns the place of a step: "4", or "In[2]:4" if there are several sources, or "quote.go:4" in a file.
func (v *View) where(s Step) string {
	switch {
	case s.Line == 0 || s.Source < 0 || s.Source >= len(v.Sources):
		return ""
	case len(v.Sources) == 1:
		return itoa(s.Line)
	}
	return v.short(s.Source) + ":" + itoa(s.Line)
}

// short returns the label of a source as tables have it: of a file, as much of the end of its path as no other source
// has.
func (v *View) short(source int) string {
	label := v.Sources[source].Label
	for i := strings.LastIndexByte(label, '/'); i > 0; i = strings.LastIndexByte(label[:i], '/') {
		alone := true
		for j, other := range v.Sources {
			alone = alone && (j == source || !strings.HasSuffix(other.Label, label[i:]))
		}
		if alone {
			return label[i+1:]
		}
	}
	return label
}

// files says which files the short labels in the lines of a table mean.
func (v *View) files(lines []line) (list []string) {
	said := map[int]bool{}
	for _, l := range lines {
		s := v.Steps[l.step]
		if l.folded > 0 || said[s.Source] || v.where(s) == "" {
			continue
		}
		said[s.Source] = true
		if short, label := v.short(s.Source), v.Sources[s.Source].Label; short != label {
			list = append(list, short+" is "+label)
		}
	}
	return list
}
