// Package session treats all cells of a notebook as one Go program: a log of cells goes in, checked units come out.
//
// A Session is a deterministic function of its log, the cells that were committed and what was forgotten, so that two
// processes with the same log have the same definitions: the kernel process, which answers and completes, and the
// interpreter process, which runs the units.
//
// The path of one cell:
//
//	Session.Compile
//	* split         declarations here, statements there, columns kept           split.go
//	* check         go/types against the session, missing imports found         check.go
//	* redefine      what depends on a name that changes is compiled again       redefine.go
//	* note          what is valid and probably not meant                        note.go
//	* build         the checked unit that an engine runs                        build.go
//	Session.Commit  once the engine has compiled it, the session knows it       commit.go
//	Session.View    questions about what it knows                               view.go
//	Session.Replay  what brings all of it back in a fresh process               log.go
package session

// This file defines the session: the live definitions of all cells.

import (
	"go/types"
	"slices"
	"sync"

	"gilkernel/kernel/packages"
	"gilkernel/kernel/std"
	"gilkernel/kernel/unit"
)

// Options says what a session stands on. nil is valid.
type Options struct {
	// Importer finds packages; nil: the embedded export data of the standard library and the runtime.
	Importer types.Importer
	// Loader finds the packages of modules, too, in the place of Importer; nil: cells can't import any. It belongs to
	// the session from then on.
	Loader *packages.Loader
	// Checked says that every cell was checked by another session with the same log: this one's notes are not read, and
	// it refuses only what it can't compile.
	Checked bool
}

// A Session is the live definitions of a notebook. Its methods may be called concurrently; Compile takes a millisecond
// or two and blocks the others meanwhile.
type Session struct {
	imp     types.Importer
	loader  *packages.Loader // nil: there are no modules
	checked bool             // see Options

	mu        sync.RWMutex // protects the fields below
	live      map[string]*decl
	users     map[string]map[string]bool // by name: what has mentioned it, see mentions
	imports   map[string]string          // names of packages that cells imported → paths
	dots      []string                   // paths that cells imported with a dot, the latest last
	typeCells map[*types.TypeName]string // labels of the cells that all types are of, old ones too

	lostValues bool // LoseValues was called
	latest     int  // n of the last Out[n], 0 for none

	log  []entry  // what brings all definitions back, in order
	told []Change // what was forgotten and the interpreter doesn't know yet

	pkg *types.Package // of all cells, see checker
}

// kind says what a decl declares.
type kind int8

const (
	kindVar kind = iota
	kindConst
	kindFunc
	kindType
	kindOut // the value of a cell: Out[n]
)

// decl is one live definition.
type decl struct {
	name  string
	obj   types.Object // as later cells see it
	label string       // of the cell that defined it
	src   string       // its text: of a func, type or const declaration
	more  *more        // nil: all zero, as for most variables and values, of which a session has many
	line  int32        // of the definition in that cell
	out   int32        // n of Out[n]
	kind  kind
	lost  bool // its value is gone with an interpreter
}

// more holds what only some definitions have.
type more struct {
	doc     string
	uses    []string           // definitions of cells that it means, sorted
	refs    []string           // of a func: functions, methods and variables of cells that it refers to, sorted
	methods map[string]*method // of a type
	lostIn  string             // label of the cell in which the interpreter ended that had its value, "" if of none
	stale   string             // why it can't be called, "" while it can
}

// has returns the additional properties of the definition. The caller must not change them.
func (d *decl) has() *more {
	if d.more == nil {
		return &more{}
	}
	return d.more
}

// set returns the same properties for the caller to change.
func (d *decl) set() *more {
	if d.more == nil {
		d.more = &more{}
	}
	return d.more
}

// method is a method of a live type.
type method struct {
	name, label, src, doc string
	line                  int
	uses, refs            []string // see more
}

// New returns an empty session.
func New(o *Options) *Session {
	s := &Session{pkg: types.NewPackage(unit.Path, "main")}
	if o != nil {
		s.imp, s.loader, s.checked = o.Importer, o.Loader, o.Checked
	}
	if s.loader != nil {
		s.imp = s.loader
	}
	if s.imp == nil {
		s.imp = &std.Importer{}
	}
	s.resetLocked()
	return s
}

// Reset forgets all definitions, as %reset does. Programs compiled before it must not be committed.
func (s *Session) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resetLocked()
	s.told = []Change{{Reset: true}}
}

func (s *Session) resetLocked() {
	s.live, s.imports = map[string]*decl{}, map[string]string{}
	s.users, s.dots, s.typeCells = map[string]map[string]bool{}, nil, map[*types.TypeName]string{}
	s.log, s.told, s.latest, s.lostValues = nil, nil, 0, false
	if s.loader != nil {
		s.loader.Reset()
	}
}

// A Program is a compiled cell.
type Program struct {
	Label string // "In[3]"
	Code  string // what the learner typed
	// Source is what was compiled of it. Compiling it in a session with the same log makes the same unit.
	Source string
	Expr   bool       // by CompileExpr
	Before []Change   // what that session must be told before, with Apply
	Unit   *unit.Unit // nil in programs of Replay
	// HasResult says that the last expression has a value.
	HasResult bool
	Defines   []Definition // what the cell itself defines, in order
	Notes     []Note       // what is valid and probably not meant, in order of their places

	commit func(*Session) // makes the session know it; called with s.mu held
}

// A Definition is a name that a cell defines.
type Definition struct {
	Name string
	Kind string // "var", "const", "func", "type", "method"
	Type string
}

// Commit adds what p defines to the session. It is called once the interpreter has compiled p: from then on its
// definitions exist, whatever the cell does next.
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
			vars = append(vars, Variable{d.name, types.TypeString(d.obj.Type(), Qualifier), d.label, d.lost})
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
// in the cell with this label ("": in none), and returns the variables' names in order. Until its declaration runs
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
		case d.kind == kindVar && !d.lost:
			d.lost = true
			if label != "" || d.more != nil {
				d.set().lostIn = label
			}
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

// Qualifier names packages as code does, and cells' own types without one.
func Qualifier(p *types.Package) string {
	if p.Path() == unit.Path {
		return ""
	}
	return p.Name()
}
