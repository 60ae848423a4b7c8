package session

// This file defines how a session forgets single names, for %del.

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"gilkernel/kernel/cell"
)

var outForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^Out\[(\d+)\]$`)
})

// Delete forgets definitions and imports by name: variables, constants, functions, types with their methods, and values
// such as Out[3]. Code that was compiled with them still has them. If a name doesn't exist, Delete returns a
// *cell.Error and forgets nothing.
func (s *Session) Delete(names []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.knownLocked(names); err != nil {
		return err
	}
	s.deleteLocked(names)
	s.told = append(s.told, Change{Delete: names})
	return nil
}

func (s *Session) deleteLocked(names []string) {
	for _, name := range names {
		name = liveName(name)
		if d := s.live[name]; d != nil && d.kind == kindOut && int(d.out) == s.latest {
			s.latest = 0
		}
		if s.live[name] != nil {
			delete(s.live, name)
		} else {
			delete(s.imports, name) // a definition with the same name hides it and is deleted first
		}
	}
}

// knownLocked returns a *cell.Error for the first name that doesn't exist, nil if all do.
func (s *Session) knownLocked(names []string) error {
	for _, name := range names {
		if _, imported := s.imports[liveName(name)]; s.live[liveName(name)] == nil && !imported {
			return &cell.Error{Name: "NameError",
				Message: fmt.Sprintf("there is no %s to delete%s", name, s.nearestLocked(name))}
		}
	}
	return nil
}

// liveName returns the session's key for a name as the learner writes it.
func liveName(name string) string {
	if m := outForm().FindStringSubmatch(name); m != nil {
		return "__out" + m[1]
	}
	return name
}

// nearestLocked returns the end of a message that suggests a name that differs only in case, or %who.
func (s *Session) nearestLocked(name string) string {
	for _, other := range s.deletableLocked() {
		if strings.EqualFold(name, other) {
			return "; did you mean " + other + "?"
		}
	}
	return "; %who lists the variables"
}

// deletableLocked returns the names that Delete accepts, without those of values.
func (s *Session) deletableLocked() []string {
	var names []string
	for name, d := range s.live {
		if d.kind != kindOut {
			names = append(names, name)
		}
	}
	for name := range s.imports {
		if s.live[name] == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Releasing returns Go code that zeroes those variables among names that no definition uses, so that their values are
// freed; "" if there are none. Its error is that of Delete.
func (s *Session) Releasing(names []string) (code string, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.knownLocked(names); err != nil || s.live["reflect"] != nil {
		return "", err
	}
	used := map[string]bool{}
	for _, d := range s.live {
		uses := d.has().uses
		for _, m := range d.has().methods {
			uses = slices.Concat(uses, m.uses)
		}
		for _, name := range uses {
			used[name] = true
		}
	}
	for _, name := range names {
		if d := s.live[name]; d != nil && d.kind == kindVar && !d.lost && !used[name] {
			code += "reflect.ValueOf(&" + name + ").Elem().SetZero()\n"
		}
	}
	return code, nil
}
