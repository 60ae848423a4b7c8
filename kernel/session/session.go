// Package session treats all cells of a notebook as one Go program: a log of cells goes in, checked units come out.
//
// A Session is a deterministic function of its log, which consists of the committed cells and the forgotten names. So
// two processes with the same log have the same definitions: the kernel process, which answers requests, and the
// interpreter process, which runs the units.
//
// The path of one cell:
//
//	Session.Compile
//	* split         declarations here, statements there, columns kept           split.go
//	* check         go/types against the session, missing imports found         check.go
//	* redefine      dependents of names that change are compiled again          redefine.go
//	* note          valid code that is probably not what was meant              note.go
//	* build         the checked unit that an engine runs                        build.go
//	Session.Commit  adds it to the session, once the engine has compiled it     commit.go
//	Session.View    questions about the definitions                             view.go
//	Session.Replay  programs that restore all definitions in a new process      log.go
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

// Options configures a session. A nil *Options means the defaults.
type Options struct {
	// Importer finds packages; nil: the embedded export data of the standard library and the runtime.
	Importer types.Importer
	// Loader finds packages, also those of modules, in place of Importer; nil: cells can't import modules. The session
	// owns it from then on.
	Loader *packages.Loader
	// Checked says that another session with the same log has checked every cell: this session makes no notes and
	// refuses only cells that it can't compile.
	Checked bool
}

// A Session holds the live definitions of a notebook. Its methods may be called concurrently; Compile takes a
// millisecond or two and blocks the others during that time.
type Session struct {
	imp     types.Importer
	loader  *packages.Loader // nil: cells can't import modules
	checked bool             // see Options

	mu        sync.RWMutex // protects the fields below
	live      map[string]*decl
	users     map[string]map[string]bool // by name: the definitions that have mentioned it, see mentions
	imports   map[string]string          // names of packages that cells imported → paths
	dots      []string                   // paths that cells imported with a dot, the latest last
	typeCells map[*types.TypeName]string // labels of the cells that declared types, also of replaced types

	lostValues bool // LoseValues was called
	latest     int  // n of the last Out[n], 0 for none

	log  []entry  // restores all definitions, in order
	told []Change // changes that the interpreter doesn't know yet

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
	uses    []string           // names of cells' definitions that it uses, sorted
	refs    []string           // of a func: functions, methods and variables of cells that it refers to, sorted
	methods map[string]*method // of a type
	lostIn  string             // label of the cell in which the interpreter with its value ended, "" if between cells
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

// New returns an empty session. o may be nil.
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
	// Source is the code that was compiled. Compiling it in a session with the same log makes the same unit.
	Source string
	Expr   bool       // it was made by CompileExpr
	Before []Change   // the changes that the other session must Apply before
	Unit   *unit.Unit // nil in programs of Replay
	// HasResult says that the last expression has a value.
	HasResult bool
	Defines   []Definition // the definitions of the cell itself, in order
	Notes     []Note       // in order of position

	commit func(*Session) // adds it to the session; nil: done, or there is nothing to add; called with mu held
}

// A Definition is a name that a cell defines.
type Definition struct {
	Name string
	Kind string // "var", "const", "func", "type", "method"
	Type string
}

// Commit adds the definitions of p to the session. Call it when the interpreter has compiled p: from then on they
// exist, whatever the cell does next. A second call does nothing.
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
	Lost       bool   // its value is lost, see LoseValues
}

// Variables returns the session's variables, sorted by name.
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

// LoseValues marks the values of all variables as lost, because the interpreter that held them ended in the cell with
// this label ("": between cells), and returns the variables' names, sorted. Until a cell defines such a variable again,
// cells that mention it are refused.
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

// Source returns the text of a live definition as its cell has it, "" if there is none.
func (s *Session) Source(name string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if d := s.live[name]; d != nil {
		return d.src
	}
	return ""
}

// Qualifier is a types.Qualifier that returns the names of packages, and "" for that of cells.
func Qualifier(p *types.Package) string {
	if p.Path() == unit.Path {
		return ""
	}
	return p.Name()
}
