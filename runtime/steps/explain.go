package steps

// This file defines the sentence that says what went wrong. It is found in the steps: the accesses of one thread that
// came between two of another. What isn't in the steps isn't said.

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Explain returns the sentence that says what went wrong in a run, "" if nothing is known to have gone wrong.
func Explain(v *View) string {
	s := newStory(v)
	switch v.Outcome.Kind {
	case Deadlock:
		return s.deadlock()
	case Starves:
		return s.starvation()
	case Race:
		return s.race()
	case Failed, Panicked:
		return s.failure()
	}
	for _, c := range s.conflicts() {
		if c.kind == lostUpdate && c.certain {
			return s.says(c)
		}
	}
	if slices.ContainsFunc(v.Steps, func(t Step) bool { return t.Op == Panic }) {
		return s.failure()
	}
	return ""
}

// A story is a View whose sentence is looked for.
type story struct {
	*View
	names  []string // of threads
	single bool     // one variable alone is shared: its name goes without saying
}

func newStory(v *View) *story {
	n := 0
	for _, x := range v.Variables {
		if !x.Quiet {
			n++
		}
	}
	return &story{v, shortNames(v.Threads), n < 2}
}

// A conflict is that a thread read a variable, another thread wrote it, and the first acted on what it had read.
type conflict struct {
	kind             conflictKind
	read, write, act int // indexes in View.Steps; write is the last one
	writes           int // how many
	certain          bool
}

type conflictKind uint8

const (
	lostUpdate   conflictKind = iota
	checkThenAct              // what it had read it had read to decide whether to act
)

// watching is what a thread has read of a variable.
type watching struct {
	read, check   int // the last read, and the last one in a condition; -1 for none
	seen, checked writes
}

// writes are those of others since.
type writes struct{ n, last int }

// conflicts returns the conflicts over variables that both threads write, in the order in which they were complete.
func (s *story) conflicts() (out []conflict) {
	type part struct{ variable, share int }
	state := map[part]map[int]*watching{} // of those that have read a part of a variable, by their numbers
	for i, t := range s.Steps {
		if t.Variable == 0 {
			continue
		}
		switch at := (part{t.Variable, t.Share}); t.Op {
		case Read:
			if state[at] == nil {
				state[at] = map[int]*watching{}
			}
			w := state[at][t.Thread]
			if w == nil {
				w = &watching{read: -1, check: -1}
				state[at][t.Thread] = w
			}
			w.read, w.seen = i, writes{}
			if s.decides(i) {
				w.check, w.checked = i, writes{}
			}
		case Write:
			changes := t.Before == "" || t.Before != t.After
			met := []part{at, {t.Variable, 0}}[:1+min(t.Share, 1)]
			if t.Share == 0 { // all of it
				for other := range state {
					if other.variable == t.Variable && other.share > 0 {
						met = append(met, other)
					}
				}
				slices.SortFunc(met, func(a, b part) int { return a.share - b.share })
			}
			before := len(out)
			for _, at := range met {
				if c, ok := s.conflict(i, state[at][t.Thread]); ok && len(out) == before {
					out = append(out, c)
				}
				delete(state[at], t.Thread)
				if !changes {
					continue
				}
				for _, x := range state[at] {
					x.seen = writes{x.seen.n + 1, i}
					x.checked = writes{x.checked.n + 1, i}
				}
			}
		}
	}
	return out
}

// conflict returns the one of a write with others since the thread has read, whether there is one. w may be nil.
func (s *story) conflict(i int, w *watching) (conflict, bool) {
	switch {
	case w == nil:
	case w.read >= 0 && w.seen.n > 0 && w.read == w.check:
		return conflict{checkThenAct, w.read, w.seen.last, i, w.seen.n, true}, true
	case w.read >= 0 && w.seen.n > 0:
		return conflict{lostUpdate, w.read, w.seen.last, i, w.seen.n, s.leads(w.read, i)}, true
	case w.check >= 0 && w.checked.n > 0:
		return conflict{checkThenAct, w.check, w.checked.last, i, w.checked.n, true}, true
	}
	return conflict{}, false
}

// line returns the source line of a step, "" if it isn't known.
func (s *story) line(i int) string {
	p := s.Steps[i].Place
	if p.Source < 0 || p.Source >= len(s.Sources) || p.Line < 1 || p.Line > len(s.Sources[p.Source].Lines) {
		return ""
	}
	return s.Sources[p.Source].Lines[p.Line-1]
}

// decides reports whether a step is in a condition: behind an if, for or switch in its line, before the block.
func (s *story) decides(i int) bool {
	line := []rune(s.line(i))
	t := s.Steps[i]
	to := t.Column - 1
	if t.Column == 0 { // the first of its name
		to = strings.Index(string(line), t.Name)
	}
	if to < 0 || to > len(line) {
		return false
	}
	before := strings.ReplaceAll(" "+string(line[:to]), "\t", " ")
	at := -1
	for _, word := range []string{" if ", " for ", " switch ", " case "} {
		at = max(at, strings.LastIndex(before, word))
	}
	return at >= 0 && !strings.Contains(before[at:], "{")
}

// leads reports whether what a step read is known to be in what a later step of the thread writes: both are one
// statement, or a variable of one is in the other.
func (s *story) leads(read, write int) bool {
	p, q := s.Steps[read].Place, s.Steps[write].Place
	if p.Source == q.Source && p.Line == q.Line {
		return true
	}
	left, _, ok := strings.Cut(s.line(read), "=")
	if !ok {
		return false
	}
	_, right, _ := strings.Cut(s.line(write), "=")
	split := func(c rune) bool { return c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c) }
	uses := strings.FieldsFunc(right, split)
	for _, name := range strings.FieldsFunc(left, split) {
		if slices.Contains(uses, name) {
			return true
		}
	}
	return false
}

// says puts a conflict into words.
func (s *story) says(c conflict) string {
	read, write, act := s.Steps[c.read], s.Steps[c.write], s.Steps[c.act]
	one, two := s.names[read.Thread], s.names[write.Thread]
	of := ""
	if !s.single {
		of = " of " + read.Name
	}
	if c.kind == lostUpdate {
		return fmt.Sprintf("%s %s, %s %s, %s %s: %s", one, s.did(read), two, s.did(write), one, s.did(act),
			lost(c.writes, of))
	}
	return fmt.Sprintf("%s checked %s, %s %s, then %s %s: what it had checked was no longer true", one,
		withValue(read.Name, read.Before), two, s.did(write), one, s.did(act))
}

func lost(n int, of string) string {
	if n == 1 {
		return "one update" + of + " is lost"
	}
	return fmt.Sprintf("%d updates%s are lost", n, of)
}

// did says what a step that reads or writes did: "read 0".
func (s *story) did(t Step) string {
	verb, value := "read", t.Before
	if t.Op == Write {
		verb, value = "wrote", t.After
	}
	if value == "" {
		value = t.Name
	}
	return verb + " " + value
}

// failure explains a panic or an assertion that failed.
func (s *story) failure() string {
	at := -1
	for i, t := range s.Steps {
		if t.Op == Panic {
			at = i
			break
		}
	}
	if at < 0 {
		return s.firstConflict(func(conflict) bool { return true })
	}
	looked := s.lookedAt(at)
	before := func(c conflict) bool { return c.act < at }
	about := func(c conflict) bool {
		return before(c) && slices.ContainsFunc(looked, func(i int) bool {
			return s.Steps[i].Variable == s.Steps[c.act].Variable
		})
	}
	for _, try := range []func() string{
		func() string { return s.firstConflict(about) },
		func() string { return s.stale(at, looked) },
		func() string { return s.early(at, looked) },
		func() string { return s.firstConflict(before) },
	} {
		if text := try(); text != "" {
			return text
		}
	}
	return s.happened(at, looked)
}

// firstConflict explains the first conflict that is wanted; those that are certain come first.
func (s *story) firstConflict(wanted func(conflict) bool) string {
	all := s.conflicts()
	for _, certain := range []bool{true, false} {
		for _, c := range all {
			if c.certain == certain && wanted(c) {
				return s.says(c)
			}
		}
	}
	return ""
}

// lookedAt returns the reads that a thread made in the line in which it failed: one for each variable, the last.
func (s *story) lookedAt(at int) (out []int) {
	p := s.Steps[at]
	seen := map[int]bool{}
	for i := at - 1; i >= 0; i-- {
		t := s.Steps[i]
		if t.Thread != p.Thread {
			continue
		}
		if t.Source != p.Source || t.Line != p.Line {
			break
		}
		if t.Op == Read && t.Variable > 0 && !seen[t.Variable] && !s.isQuiet(t.Variable) {
			seen[t.Variable] = true
			out = append(out, i)
		}
	}
	slices.Reverse(out)
	return out
}

func (s *story) isQuiet(variable int) bool {
	return variable > 0 && variable <= len(s.Variables) && s.Variables[variable-1].Quiet
}

// stale explains a failure by what its thread had read, and another changed before it failed.
func (s *story) stale(at int, looked []int) string {
	p := s.Steps[at]
	candidates := slices.Clone(looked)
	for i := at - 1; i >= 0; i-- {
		if t := s.Steps[i]; t.Thread == p.Thread && t.Op == Read && s.decides(i) {
			candidates = append(candidates, i)
		}
	}
	for _, i := range candidates {
		read := s.Steps[i]
		for j := at - 1; j > i; j-- {
			w := s.Steps[j]
			if w.Op == Write && w.Variable == read.Variable && w.Thread != read.Thread && w.Variable > 0 {
				who := s.names[p.Thread]
				return fmt.Sprintf("%s %s, %s %s, then %s failed: what it had read was no longer true", who,
					s.readWhat(read), s.names[w.Thread], s.did(w), who)
			}
		}
	}
	return ""
}

// readWhat is did with the name of the variable: "read counter: 0".
func (s *story) readWhat(t Step) string {
	if t.Op == Write {
		return withValue("wrote "+t.Name, t.After)
	}
	return withValue("read "+t.Name, t.Before)
}

// early explains a failure by a value that its thread read too early: another one wrote it afterwards, or began with
// something before and hasn't come so far.
func (s *story) early(at int, looked []int) string {
	for _, i := range looked {
		read := s.Steps[i]
		for _, w := range s.Steps[i+1:] {
			if w.Op == Write && w.Variable == read.Variable && w.Thread != read.Thread {
				return fmt.Sprintf("%s %s before %s %s", s.names[read.Thread], s.readWhat(read), s.names[w.Thread],
					s.did(w))
			}
		}
	}
	for _, i := range looked {
		read := s.Steps[i]
		if w := s.made(i); w >= 0 {
			return fmt.Sprintf("%s had written %s, but nothing had written %s yet when %s %s",
				s.names[s.Steps[w].Thread], s.Steps[w].Name, read.Name, s.names[read.Thread], s.did(read))
		}
		if read.Before == "nil" && !s.written(read.Variable, i) {
			who := s.names[read.Thread]
			return fmt.Sprintf("%s %s before any thread had written it", who, s.readWhat(read))
		}
	}
	return ""
}

// made returns the step in which another thread made what a step reads a field of, which no thread has written yet; -1
// if there is none.
func (s *story) made(i int) int {
	read := s.Steps[i]
	if s.written(read.Variable, i) {
		return -1
	}
	for j := i - 1; j >= 0; j-- {
		w := s.Steps[j]
		if w.Op == Write && w.Thread != read.Thread && strings.HasPrefix(read.Name, w.Name+".") {
			return j
		}
	}
	return -1
}

// written reports whether a variable was written before a step.
func (s *story) written(variable, before int) bool {
	for _, t := range s.Steps[:before] {
		if t.Op == Write && t.Variable == variable {
			return true
		}
	}
	return false
}

// happened says what a thread had read when it failed, and who else was still at work: no more is known.
func (s *story) happened(at int, looked []int) string {
	p := s.Steps[at]
	var reads, busy []string
	for _, i := range looked {
		reads = append(reads, withValue(s.Steps[i].Name, s.Steps[i].Before))
	}
	for u := range s.Threads {
		begun, ended := false, false
		for _, t := range s.Steps[:at] {
			begun = begun || t.Op == Start && t.Other == u+1
			ended = ended || t.Op == End && t.Thread == u
		}
		if begun && !ended && u != p.Thread {
			busy = append(busy, s.names[u])
		}
	}
	text := strings.TrimPrefix(p.Text, "panics: ")
	if text == "" {
		text = s.Outcome.Text
	}
	who := s.names[p.Thread]
	switch {
	case len(reads) > 0 && len(busy) > 0:
		return fmt.Sprintf("%s read %s while %s had not ended", who, list(reads), list(busy))
	case len(reads) > 0 && text != "":
		return fmt.Sprintf("%s read %s and failed: %s", who, list(reads), text)
	case len(reads) > 0:
		return fmt.Sprintf("%s read %s and failed", who, list(reads))
	case text != "":
		return fmt.Sprintf("%s failed: %s", who, text)
	}
	return who + " failed"
}
