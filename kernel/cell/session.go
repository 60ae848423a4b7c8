// Package cell is the front of the cell compiler: it turns what a learner types into a program that the
// interpreter runs, and knows the types of all that the session has defined.
//
// The path of one cell:
//
//	Parse           cuts it into Go code and magics                             step.go
//	Session.Compile
//	* split         declarations here, statements there, columns kept           split.go
//	* check         go/types against the session, missing imports found         check.go
//	* redefine      what depends on a name that changes is compiled again       redefine.go
//	* lower         names get versions, the last value is handed over            lower.go and lower_*.go
//	* emit          one Go file for the interpreter                             emit.go
//	Session.Commit  once the interpreter has compiled it, the session knows it   session.go
//
// Completion, inspection and IsComplete read the same types.
package cell

// This file defines the session: the live definitions of all cells.

import (
	"go/token"
	"go/types"
	"slices"
	"sync"

	"gilkernel/kernel/cell/stdlib"
)

// Options says what a session stands on. nil is valid.
type Options struct {
	// Importer finds packages; nil: the embedded export data of the standard library and the runtime.
	Importer types.Importer
}

// A Session is the live definitions of a notebook. Its methods may be called concurrently; what
// Compile does takes a millisecond or two, for which the others wait.
type Session struct {
	imp     types.Importer
	pythons func() []string // see SetPythons; nil: none are known

	mu        sync.RWMutex // protects the fields below
	live      map[string]*decl
	imports   map[string]string          // names of packages that cells imported → paths
	dots      []string                   // paths that cells imported with a dot, the latest last
	typeNames map[*types.TypeName]string // names in the interpreter of all types, old versions too
	typeCells map[*types.TypeName]string // labels of the cells that they are of

	lostValues bool     // LoseValues was called
	latest     int      // n of the last Out[n], 0 for none
	replays    []replay // of programs that define something, in order

	pkg      *types.Package // of all cells, see checker
	versions map[string]int // how often a name was emitted
	keys     int            // of programs
}

// kind says what a decl declares.
type kind int

const (
	kindVar kind = iota
	kindConst
	kindFunc
	kindType
	kindOut // the value of a cell: Out[n]
)

// decl is one live definition.
type decl struct {
	name     string
	kind     kind
	obj      types.Object // as later cells see it; its name is the learner's
	internal string       // its name in the interpreter
	label    string       // of the cell that defined it
	line     int          // of the definition in that cell
	src      string       // its text: of a func, type or const declaration
	doc      string
	uses     map[string]bool      // definitions of cells that it means
	refs     map[string]token.Pos // of a func: functions, methods and variables of cells that it refers to
	methods  map[string]*method   // of a type
	lost     string               // label of the cell in which its value was lost, "" while it is there
	stale    string               // why it can't be called, "" while it can
	out      int                  // n of Out[n]
	native   bool                 // Out[n] is kept outside of the interpreter
}

// method is a method of a live type.
type method struct {
	name, label, src, doc string
	line                  int
	uses                  map[string]bool
	refs                  map[string]token.Pos // see decl
}

// NewSession returns an empty session.
func NewSession(o *Options) *Session {
	s := &Session{pkg: types.NewPackage(mainPath, "main")}
	if o != nil {
		s.imp = o.Importer
	}
	if s.imp == nil {
		s.imp = &stdlib.Importer{}
	}
	s.Reset()
	return s
}

// Reset forgets all definitions, as %reset does. Programs compiled before it must not be committed.
func (s *Session) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live, s.imports, s.typeNames = map[string]*decl{}, map[string]string{}, map[*types.TypeName]string{}
	s.dots, s.typeCells = nil, map[*types.TypeName]string{}
	s.replays, s.latest, s.lostValues = nil, 0, false
	if s.versions == nil {
		// Names in the interpreter are never used again: it may still hold the old ones.
		s.versions = map[string]int{}
	}
}

// A Program is a compiled cell, for the interpreter to run.
type Program struct {
	Label  string // "In[3]"
	Code   string // what the learner typed
	Source string // one Go file of package main
	Entry  string // the function to call, "" when there is nothing to run
	Key    int    // of its positions, unique in the session
	Out    int    // n of Out[n] when the cell has a value that can be recalled, else 0
	// HasResult says that the last expression has a value, which the program passes to __rt.Result.
	HasResult bool
	Defines   []Definition // what the cell itself defines, in order
	Notes     []Note       // what is valid and probably not meant, in order of their places
	Forget    []string     // variables and functions of earlier programs that no later one mentions

	commit func(*Session) // makes the session know it; called with s.mu held
}

// A Definition is a name that a cell defines.
type Definition struct {
	Name string
	Kind string // "var", "const", "func", "type", "method"
	Type string
}

// Commit makes the session know what p defines. It is called once the interpreter has compiled p:
// from then on its definitions exist, whatever the cell does next.
func (s *Session) Commit(p *Program) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.commit != nil {
		p.commit(s)
		p.commit = nil
	}
}

// A Variable is a variable of the session, for %who.
type Variable struct {
	Name, Type string
	Cell       string // label of the cell that defined it
	Lost       bool   // its value is gone, see LoseValues
}

// Variables lists the session's variables by name.
func (s *Session) Variables() []Variable {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var vars []Variable
	for _, d := range s.live {
		if d.kind == kindVar {
			vars = append(vars, Variable{d.name, types.TypeString(d.obj.Type(), shortQualifier), d.label, d.lost != ""})
		}
	}
	slices.SortFunc(vars, func(a, b Variable) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return vars
}

// LoseValues marks the values of all variables as gone, because the interpreter that held them ended
// in the cell with this label, and returns the variables' names in order. Until its declaration runs
// again, a cell that mentions such a variable gets an error that says so.
func (s *Session) LoseValues(label string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lostValues = true
	var names []string
	for name, d := range s.live {
		switch {
		case d.kind == kindOut:
			delete(s.live, name)
			s.latest = 0
		case d.kind == kindVar && d.lost == "":
			d.lost = label
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Source returns the text of a live definition as its cell has it, "" when there is none.
func (s *Session) Source(name string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if d := s.live[name]; d != nil {
		return d.src
	}
	return ""
}

// shortQualifier names packages as code does, and cells' own types without one.
func shortQualifier(p *types.Package) string {
	if p.Path() == mainPath {
		return ""
	}
	return p.Name()
}

// mainPath is the path of every cell's package: unexported names are then visible across cells.
const mainPath = "main"
