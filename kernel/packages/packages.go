// Package packages loads the packages of modules from their source: it chooses a package's files by their build
// constraints, checks them with go/types, and makes units of them, which an engine interprets.
//
//	Loader.Import    a package by its path: the standard library's, or a module's   packages.go
//	* module         which module has the package                                   find.go
//	* files          its files, by build constraints                                files.go
//	* bodies         for some functions that have none in Go                        body.go
//	* check          go/types over all of them                                      check.go
//	* embed          the files that its variables embed                             embed.go
//	Loader.Packages  the packages as units, each behind those that it imports       check.go
//	Loader.Doc       declarations and comments                                      doc.go
//	Loader.Text      the files, for tracebacks                                      text.go
//
// A Loader is a deterministic function of the modules that it was told of: the kernel process tells the interpreter
// process of each module that it uses, with its folder, so that both read the same files. Where modules come from is
// the matter of package module.
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
	Checks  bool   `json:"checks,omitempty"`  // its code is Python to the GIL: a thread may lose it there
	Load    int    `json:"load,omitempty"`    // how often its files had changed before, of one without a version
}

// String returns the module as tracebacks name it: rsc.io/quote@v1.5.2.
func (m Module) String() string {
	if m.Version == "" {
		return m.Path
	}
	return m.Path + "@" + m.Version
}

// A Finder knows the modules that can be used.
type Finder interface {
	// Find returns the module that has a package. An error is one sentence.
	Find(importPath string) (Module, error)
	// Current returns the module with a path as it would be found now; false if it isn't known.
	Current(modulePath string) (Module, bool)
}

// Options say how a Loader loads.
type Options struct {
	// Std imports what isn't a module's. It must not be nil.
	Std types.Importer
	// Bodies says that functions are checked whole, for an engine; else their signatures are, which is faster.
	Bodies bool
	// Finder finds modules; nil: only those that Add was called with are known.
	Finder Finder
}

// A Loader imports packages, each once. It implements types.Importer. Its methods may be called concurrently.
type Loader struct {
	opts Options

	mu      sync.Mutex // protects the fields below
	modules []Module   // in use
	news    []Module   // those of modules that Taken hasn't returned
	loaded  map[string]*Package
	order   []*Package // each behind those that it imports
	failed  map[string]error
	loads   map[string]int // by module, see Module.Load
}

// A Package is a loaded one. It doesn't change.
type Package struct {
	Module Module
	Types  *types.Package
	dir    string
	state  string // of its files, of a module without a version
	unit   *unit.Unit
	open   bool // its check isn't over
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

// Reset forgets all modules and packages: the next import of one loads it anew.
func (l *Loader) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reset()
}

// Add makes a module known. If another version of it is, that is forgotten.
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

// evict forgets a module, its packages, and those that import them: what was made of them stays, and what imports them
// next gets others.
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

// Taken returns the modules that the Finder was asked for since the last call, in order.
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

// Refresh looks again: at what could not be imported, at modules whose version is another one now, and at files that
// have changed in modules without a version. Call it between imports that must see one state of things.
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

// Import implements types.Importer, for cells. An error is one sentence, with the module's file and line where it is
// about one.
func (l *Loader) Import(path string) (*types.Package, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.importLocked(path, nil)
}

// Packages returns the packages of modules that were loaded, each behind those that it imports.
func (l *Loader) Packages() []*Package {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.order)
}

// Of returns the loaded package of a module with this path; nil if there is none.
func (l *Loader) Of(path string) *Package {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.loaded[path]; p != nil && !p.open {
		return p
	}
	return nil
}

// importLocked imports a package for another one; nil: for cells.
func (l *Loader) importLocked(path string, by *Package) (*types.Package, error) {
	if p := l.loaded[path]; p != nil {
		if p.open {
			return nil, fmt.Errorf("import cycle: %s imports itself", path)
		}
		if err := internal(path, by); err != nil {
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
	if err := internal(path, by); err != nil {
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
	failed error // the first error
}

// Import implements types.Importer. It is called with the loader's mu held.
func (im *importer) Import(path string) (*types.Package, error) {
	p, err := im.l.importLocked(path, im.by)
	if err != nil && im.failed == nil {
		im.failed = fmt.Errorf("%s, which %s imports: %w", path, im.by.Types.Path(), err)
		if nested := new(nestedError); errors.As(err, &nested) {
			im.failed = err // who imports what is behind the first is of no interest
		}
		im.failed = &nestedError{im.failed}
	}
	return p, err
}

// A nestedError is about a package that another one imports.
type nestedError struct{ err error }

// Error implements error.
func (n *nestedError) Error() string { return n.err.Error() }

// Unwrap returns the error itself.
func (n *nestedError) Unwrap() error { return n.err }

// Unit returns the package as a unit of an engine. It is nil if the Loader has no Bodies.
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
