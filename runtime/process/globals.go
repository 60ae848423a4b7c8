package process

// This file defines what a process knows of its program's global variables, and which of them a new process begins
// with.

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
)

// Globals are the global variables of a process's program, as its host knows them. Its methods must be safe for
// concurrent use.
type Globals interface {
	// Used returns the variables that the functions in values may use, those of a pickle.Carrier among them, and those
	// that the variables' values lead to.
	Used(values ...any) []Global
	// All returns all variables: what a process may use that will receive its functions later, such as a manager.
	All() []Global
	// Place makes memory the variable of that name in this process. pointer is as in Global. It reports whether there
	// is one.
	Place(name string, pointer any) bool
	// Initialize gives variables of this process the values that their declarations say, as far as that has no effect
	// beyond the process's variables: those of names, or all if it is nil. It runs on the calling thread.
	Initialize(names []string)
	// Changed returns those of the variables in list that have other values than Initialize gives, as far as that can
	// be seen: of numbers, strings, and what is made of them.
	Changed(list []Global) []Global
	// Missing is called at a start of a process which lacks variables, by the thread that starts it.
	Missing(t *machine.Thread, list []Lacking)
}

// A Global is a global variable.
type Global struct {
	Name     string // in the program
	Shown    string // as the learner knows it
	Pointer  any    // to the variable, of its type
	Declared bool   // Initialize gives it a value
	Zero     bool   // it has the zero value
}

// Lacking is a global variable that a new process begins without.
type Lacking struct {
	Name     string // in the program
	Shown    string // as the learner knows it
	Why      string // it can't be sent; "" if nothing sends it
	Declared bool   // it has the value that its declaration says; if not, it is zero
}

// String says what the process begins with instead: "jobs is zero in this process, because Go can't fork: …".
func (l Lacking) String() string {
	switch {
	case l.Why == "" && l.Declared:
		return l.Shown + " has the value of its declaration in this process, which runs no other statement of " +
			"earlier cells: pass what it needs in Args"
	case l.Why == "":
		return l.Shown + " is zero in this process, which runs no earlier cell: pass what it needs in Args"
	case l.Declared:
		return l.Shown + " is a new one in this process, because Go can't fork. " + l.Why
	}
	return l.Shown + " is zero in this process, because Go can't fork. " + l.Why
}

// Globals returns what the process knows of its program's global variables, nil if it knows nothing.
func (s *System) Globals() Globals { return s.globals }

// SetGlobals sets what a new process knows of them.
func (s *System) SetGlobals(g Globals) { s.globals = g }

// A Start is how the global variables of a new process begin.
type Start struct {
	Sent    []Global // with the values that they have here
	Import  bool     // all others with what their declarations say, as import of the main module does it
	Lacking []Lacking
}

// DumpStart is DumpItems with the values of global variables behind the items. Those that can't be sent move to the
// lacking ones.
func (s *System) DumpStart(t *machine.Thread, items []pickle.Item, g *Start) (b []byte, handles []Handle, err error) {
	for {
		all := items[:len(items):len(items)]
		for _, v := range g.Sent {
			all = append(all, pickle.Item{Name: v.Shown, Value: v.Pointer, Variable: true})
		}
		all = append(all, pickle.Item{Name: "globals", Value: g.words()})
		if g.Import {
			b, handles, err = s.DumpItems(t, all)
		} else { // a fork copies no values
			b, handles, err = s.dumpItems(t, all)
		}
		e := new(pickle.Error)
		if err == nil || len(g.Sent) == 0 || !errors.As(err, &e) || e.Item >= 0 && e.Item < len(items) {
			return b, handles, err
		}
		i, j := e.Item-len(items), e.Item-len(items)+1
		if e.Item < 0 {
			i, j = 0, len(g.Sent)
		}
		for _, v := range g.Sent[i:j] {
			if !v.Zero {
				g.Lacking = append(g.Lacking, Lacking{v.Name, v.Shown, e.Error(), v.Declared})
			}
		}
		slices.SortFunc(g.Lacking, func(a, b Lacking) int { return strings.Compare(a.Shown, b.Shown) })
		g.Sent = slices.Delete(slices.Clone(g.Sent), i, j)
	}
}

// words returns what a new process must know, in types that every process knows.
func (g *Start) words() [][]string {
	w := [][]string{{strconv.FormatBool(g.Import)}, {}, {}}
	for _, v := range g.Sent {
		w[1], w[2] = append(w[1], v.Name), append(w[2], v.Shown)
	}
	for _, l := range g.Lacking {
		w = append(w, []string{l.Name, l.Shown, l.Why, strconv.FormatBool(l.Declared)})
	}
	return w
}

// LoadStart is LoadItems for what DumpStart made: it gives the process's global variables their values, and returns the
// items and the variables that it lacks. A forked process lacks what can't be restored too.
func (s *System) LoadStart(t *machine.Thread, b []byte, handles []Handle) (items []any, lacking []Lacking, err error) {
	items, faults, err := s.loadItems(t, b, handles)
	if err != nil {
		return nil, nil, err
	}
	words, ok := items[len(items)-1].([][]string)
	if !ok || len(words) < 3 || len(words[1]) >= len(items) || len(words[2]) != len(words[1]) {
		return nil, nil, errors.New("a new process can't read what it is started with")
	}
	names := words[1]
	n := len(items) - 1 - len(names)
	for _, w := range words[3:] {
		lacking = append(lacking, Lacking{w[0], w[1], w[2], w[3] == "true"})
	}
	imports := words[0][0] == "true"
	if imports && len(faults) > 0 { // of the target or its arguments
		return nil, nil, loading(b, faults[0].Err)
	}
	lacking = append(lacking, lost(faults, items[n:], words[2])...)
	if imports {
		t.Cost(loadCost + time.Duration(len(b)/codecBytes))
	}
	if s.globals == nil {
		return items[:n], lacking, nil
	}
	if imports {
		s.globals.Initialize(nil)
	} else {
		anew := []string{}
		for _, l := range lacking {
			if l.Declared {
				anew = append(anew, l.Name)
			}
		}
		s.globals.Initialize(anew)
	}
	for i, name := range names {
		s.globals.Place(name, items[n+i])
	}
	return items[:n], lacking, nil
}

// lost returns which variables are zero, or what they point to is, because that couldn't be restored: such as a block
// of shared memory that was unlinked meanwhile. A forked process begins without them, and only what uses them fails.
func lost(faults []pickle.Fault, variables []any, shown []string) (list []Lacking) {
	for _, f := range faults {
		for i, name := range shown {
			v := reflect.ValueOf(variables[i])
			if v.UnsafePointer() == f.Pointer ||
				v.Elem().Kind() == reflect.Pointer && v.Elem().UnsafePointer() == f.Pointer {
				list = append(list, Lacking{Shown: name, Why: f.Err.Error()})
			}
		}
	}
	return list
}
