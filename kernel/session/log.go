package session

// This file defines the log, from which a new interpreter's session gets the same definitions.

import (
	"encoding/json"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/packages"
)

// A Change is a change of a session that isn't made by a cell. Exactly one field is set.
type Change struct {
	Delete  []string  `json:"delete,omitempty"`  // names that were forgotten
	Reset   bool      `json:"reset,omitempty"`   // all definitions were forgotten
	Receive *Received `json:"receive,omitempty"` // a value that another program has made
	// Module is used for the first time: all processes read its packages from the same files.
	Module *packages.Module `json:"module,omitempty"`
}

// Received is a value that the interpreter keeps under a number, and its type, see Session.Receive.
type Received struct {
	N    int    `json:"n"`
	Type string `json:"type"`
}

// entry is a cell of the log, with the changes before it.
type entry struct {
	label, source string
	before        []Change
	// defines lists the names that it defines; nil: it defines none, or does more and can't be left out.
	defines []string
	value   bool // it only has a value, which later cells may mention
}

// record adds a committed program to the log. more says that it does more than define names.
func (s *Session) record(c *compilation, p *Program, more bool) {
	s.told = s.told[min(len(p.Before), len(s.told)):]
	if s.checked {
		return // this session is never asked for its log
	}
	more = more || len(p.Before) > 0
	e := entry{label: c.label, source: p.Source, before: p.Before}
	again := false
	for _, d := range p.Defines {
		if base, _, ok := strings.Cut(d.Name, "."); ok {
			more = more || !c.declaresOwn(base)
		}
		if !slices.Contains(e.defines, d.Name) {
			e.defines = append(e.defines, d.Name)
		}
	}
	for name, was := range c.replacedNames {
		again = again || was && slices.Contains(e.defines, name)
	}
	e.value = len(e.defines) == 0 && !more && c.outVar != nil
	if again && !more {
		s.superseded(e.defines)
	}
	if more {
		e.defines = nil
	}
	if e.value || more || c.defined {
		s.log = append(s.log, e)
	}
}

// maxBehind is the number of cells of the log that superseded examines: the cost of running an old cell again must not
// grow with the session. A cell that isn't removed costs a replay only its compilation.
const maxBehind = 200

// superseded removes the cells of the log all of whose names the newest cell defines again, if no cell between the two
// mentions one of them: then no live definition can depend on them.
func (s *Session) superseded(defined []string) {
	left, first := len(defined), max(0, len(s.log)-maxBehind)
	names, mentioned := map[string]bool{}, map[string]bool{}
	for _, name := range defined {
		names[name] = true
	}
	for i := len(s.log) - 1; i >= first && left > 0; i-- {
		e := s.log[i]
		own := 0
		for _, name := range e.defines {
			if names[name] && !mentioned[name] {
				own++
			}
		}
		if own > 0 && own == len(e.defines) {
			s.log = slices.Delete(s.log, i, i+1)
			left -= own
			continue
		}
		for name := range wordsOf(e.source) {
			if names[name] && !mentioned[name] {
				mentioned[name] = true
				left--
			}
		}
	}
}

// wordsOf returns the identifiers of a text.
func wordsOf(text string) map[string]bool {
	words := map[string]bool{}
	sc := cell.NewScanner([]byte(text), 0)
	for {
		_, t, lit := sc.Scan()
		if t == token.EOF {
			return words
		}
		if t == token.IDENT {
			words[lit] = true
		}
	}
}

// Replay returns the programs that restore all definitions in a new interpreter: functions, types and constants as they
// are, variables at zero. They must be compiled in order; none of their statements run.
func (s *Session) Replay() []*Program {
	s.mu.Lock()
	defer s.mu.Unlock()
	// A value that no cell of the log mentions was lost with its interpreter.
	var kept []entry
	recalled := false
	for _, e := range slices.Backward(s.log) {
		words := wordsOf(e.source)
		if !e.value || recalled {
			kept = append(kept, e)
			recalled = recalled || words["Out"] || words["_"] || strings.Contains(e.source, "__out")
		}
	}
	slices.Reverse(kept)
	s.log = kept
	var ps []*Program
	for _, e := range s.log {
		ps = append(ps, &Program{Label: e.label, Source: e.source, Before: e.before})
	}
	return ps
}

// BeforeJSON returns Before encoded for the interpreter, nil if it is empty.
func (p *Program) BeforeJSON() json.RawMessage {
	if p.Before == nil {
		return nil
	}
	b, _ := json.Marshal(p.Before) // strings and numbers can't fail
	return b
}

// Apply applies a change to an interpreter's session and, for Receive, returns the variable of the received value.
// Names to delete need not exist. It returns an error for a received type that it doesn't know.
func (s *Session) Apply(ch Change) (received *types.Var, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case ch.Reset:
		s.resetLocked()
	case ch.Module != nil:
		if s.loader != nil {
			s.loader.Add(*ch.Module)
		}
	case ch.Receive != nil:
		return s.receiveLocked(ch.Receive.N, ch.Receive.Type)
	default:
		s.deleteLocked(ch.Delete)
	}
	return nil, nil
}
