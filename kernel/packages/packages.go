// Package packages loads the packages of modules from source: it chooses a package's files by build constraints, checks
// them with go/types, and makes units of them, which an engine interprets.
//
//	Loader.Import    a package by its path: the standard library's, or a module's   packages.go
//	* module         which module has the package                                   find.go
//	* files          its files, by build constraints                                files.go
//	* linked         variables that aren't theirs                                linkname.go
//	* bodies         for some functions that have none in Go                        body.go
//	* check          go/types over all of them                                      check.go
//	* embed          the files that its variables embed                             embed.go
//	Loader.Packages  the packages as units, each behind those that it imports       check.go
//	Loader.Doc       declarations and comments                                      doc.go
//	Loader.Text      the files, for tracebacks                                      text.go
//
// A Loader is a deterministic function of its modules: the kernel process tells the interpreter process each module
// that it uses, with its folder, so both read the same files. Package module finds and fetches modules.
package packages

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"sync"

	"gilkernel/kernel/unit"
)

// A Module is one version of a module, in a folder.
type Module struct {
	Path    string `json:"path"`
	Version string `json:"version,omitempty"` // "" for a folder that a replace directive names
	Dir     string `json:"dir"`               // absolute
	Go      string `json:"go,omitempty"`      // the version of its language, such as 1.21; "" is that of cells
	Checks  bool   `json:"checks,omitempty"`  // its code counts as Python code: a thread may lose the GIL in it
	Load    int    `json:"load,omitempty"`    // how often its files have changed, for a module without a version
}

// String returns the module as tracebacks name it: rsc.io/quote@v1.5.2.
func (m Module) String() string {
	if m.Version == "" {
		return m.Path
	}
	return m.Path + "@" + m.Version
}

// A Finder finds modules.
type Finder interface {
	// Find returns the module that has a package. Its error is one sentence.
	Find(importPath string) (Module, error)
	// Cells returns the import path of the folder that cells are in, as go.mod has it; "" if there is no go.mod.
	Cells() string
	// Current returns the module with a path as Find would find it now; false if there is none.
	Current(modulePath string) (Module, bool)
}

// Options configure a Loader.
type Options struct {
	// Std imports packages of the standard library. It must not be nil.
	Std types.Importer
	// Bodies says that functions are checked with their bodies, for an engine; otherwise without, which is faster.
	Bodies bool
	// Finder finds modules; nil: only those passed to Add are known.
	Finder Finder
}

// A Loader imports packages, each once. It implements types.Importer. Its methods may be called concurrently.
type Loader struct {
	opts Options

	mu      sync.Mutex // protects the fields below
	modules []Module   // in use
	news    []Module   // modules that Taken hasn't returned yet
	loaded  map[string]*Package
	order   []*Package // each after those that it imports
	failed  map[string]error
	loads   map[string]int // by module, see Module.Load
}

// A Package is a loaded package of a module. It is immutable.
type Package struct {
	Module Module
	Types  *types.Package
	dir    string
	state  string // of its files, see stateOf; "" if its module has a version
	unit   *unit.Unit
	open   bool // its check hasn't finished
}

var _ types.Importer = (*Loader)(nil)

// New returns a Loader without modules.
func New(o Options) *Loader {
	l := &Loader{opts: o, loads: map[string]int{}}
	l.reset()
	return l
}

func (l *Loader) reset() {
	l.modules, l.news, l.order = nil, nil, nil
	l.loaded, l.failed = map[string]*Package{}, map[string]error{}
}

// Reset forgets all modules and packages: the next import of a package loads it again.
func (l *Loader) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reset()
}

// Add makes a module known. Another version of it that was known is forgotten.
func (l *Loader) Add(m Module) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.addLocked(m)
}

func (l *Loader) addLocked(m Module) (isNew bool) {
	if slices.Contains(l.modules, m) {
		return false
	}
	l.evict(m.Path)
	l.modules = append(l.modules, m)
	return true
}

// evict forgets a module, its packages, and the packages that import them. Units and types made from them remain valid;
// the next import loads the packages again.
func (l *Loader) evict(modulePath string) {
	l.modules = slices.DeleteFunc(slices.Clone(l.modules), func(m Module) bool { return m.Path == modulePath })
	gone := map[*types.Package]bool{}
	l.order = slices.DeleteFunc(slices.Clone(l.order), func(p *Package) bool {
		if p.Module.Path == modulePath ||
			slices.ContainsFunc(p.Types.Imports(), func(i *types.Package) bool { return gone[i] }) {
			gone[p.Types] = true
			delete(l.loaded, p.Types.Path())
		}
		return gone[p.Types]
	})
}

// Taken returns the modules that the Finder has found since the last call, in order.
func (l *Loader) Taken() []Module {
	l.mu.Lock()
	defer l.mu.Unlock()
	news := l.news
	l.news = nil
	return news
}

// Modules returns the modules in use.
func (l *Loader) Modules() []Module {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.modules)
}

// Refresh forgets failed imports, modules that the Finder now finds in another version, and modules without a version
// whose files have changed. Call it between imports that must see the same state, not among them.
func (l *Loader) Refresh() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.failed)
	if l.opts.Finder == nil {
		return
	}
	for _, p := range l.order {
		if p.state != "" && p.state != stateOf(p.dir) && slices.Contains(l.modules, p.Module) {
			l.loads[p.Module.Path]++
			l.evict(p.Module.Path)
		}
	}
	for _, m := range l.modules {
		if now, ok := l.opts.Finder.Current(m.Path); ok && (now.Dir != m.Dir || now.Checks != m.Checks) {
			l.evict(m.Path)
		}
	}
}

// Import implements types.Importer, for cells. Its error is one sentence, with file and line if a module's source is
// wrong.
func (l *Loader) Import(path string) (*types.Package, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.importLocked(path, nil)
}

// Packages returns the loaded packages of modules, each after those that it imports.
func (l *Loader) Packages() []*Package {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.order)
}

// Of returns the loaded package with a path; nil if there is none, or if it is of the standard library.
func (l *Loader) Of(path string) *Package {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.loaded[path]; p != nil && !p.open {
		return p
	}
	return nil
}

// importLocked imports a package for another one, or for cells if by is nil. The caller holds mu.
func (l *Loader) importLocked(path string, by *Package) (*types.Package, error) {
	if p := l.loaded[path]; p != nil {
		if p.open {
			return nil, fmt.Errorf("import cycle: %s imports itself", path)
		}
		if err := l.internal(path, by); err != nil {
			return nil, err
		}
		return p.Types, nil
	}
	std, stdErr := l.opts.Std.Import(path)
	if stdErr == nil {
		return std, nil
	}
	if err := l.failed[path]; err != nil {
		return nil, err
	}
	if err := l.internal(path, by); err != nil {
		return nil, err
	}
	p, err := l.load(path, stdErr)
	if err != nil {
		l.failed[path] = err
		return nil, err
	}
	return p.Types, nil
}

// importer imports for one package.
type importer struct {
	l      *Loader
	by     *Package
	failed error // the first error; nil: none
}

// Import implements types.Importer. The caller holds the loader's mu.
func (im *importer) Import(path string) (*types.Package, error) {
	p, err := im.l.importLocked(path, im.by)
	if err != nil && im.failed == nil {
		im.failed = fmt.Errorf("%s, which %s imports: %w", path, im.by.Types.Path(), err)
		if nested := new(nestedError); errors.As(err, &nested) {
			im.failed = err // name only the package that fails and its direct importer
		}
		im.failed = &nestedError{im.failed}
	}
	return p, err
}

// A nestedError is the error of a package that another package imports.
type nestedError struct{ err error }

// Error implements error.
func (n *nestedError) Error() string { return n.err.Error() }

// Unwrap returns the wrapped error.
func (n *nestedError) Unwrap() error { return n.err }

// Unit returns the package as a unit for an engine, nil if the Loader was made without Bodies.
func (p *Package) Unit() *unit.Unit { return p.unit }

// newUnit makes a unit of a checked package.
func (p *Package) newUnit(fset *token.FileSet, files []*ast.File, info *types.Info) *unit.Unit {
	name := p.Types.Path() + "@" + p.Module.Version + "#" + strconv.Itoa(p.Module.Load)
	u := &unit.Unit{Name: name, Fset: fset, Info: info, Package: p.Types, Checks: p.Module.Checks}
	for _, f := range files {
		for _, d := range f.Decls {
			if gd, ok := d.(*ast.GenDecl); !ok || gd.Tok != token.IMPORT {
				u.Decls = append(u.Decls, d)
			}
		}
	}
	return u
}
