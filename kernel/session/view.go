package session

// This file defines the view of a session, for questions: read-only, and constant while it is in use.

import (
	"go/ast"
	"go/types"
	"iter"
	"maps"
	"strings"

	"gilkernel/kernel/cell"
)

// A View is a session that doesn't change. It is valid only during the call of Session.View that has made it.
type View struct{ s *Session }

// View calls f with a view of the session, which doesn't change before f returns: f must not call other methods of s.
// View may be called concurrently with all methods, including itself.
func (s *Session) View(f func(View)) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	f(View{s})
}

// Parse splits a cell into its steps, see cell.Parse, which depend on the names that the session knows. It may be
// called concurrently with all other methods.
func (s *Session) Parse(code string) ([]cell.Step, error) {
	return cell.Parse(code, func(name string) bool {
		s.mu.RLock()
		defer s.mu.RUnlock()
		return View{s}.Knows(name)
	})
}

// Knows reports whether a name is that of a definition or an import of the session.
func (v View) Knows(name string) bool { return v.s.live[name] != nil || v.s.imports[name] != "" }

// Importer returns the importer that finds packages for cells.
func (v View) Importer() types.Importer { return v.s.imp }

// Doc returns the declaration of a symbol of a module's package and its comment, see packages.Loader.Doc.
func (v View) Doc(path, symbol string) (declaration, comment string, ok bool) {
	return v.s.loader.Doc(path, symbol)
}

// Source returns the source of a symbol of a module's package and where it is, see packages.Loader.Source.
func (v View) Source(path, symbol string) (text, at string, ok bool) {
	return v.s.loader.Source(path, symbol)
}

// Importable yields the paths of modules' packages that cells have imported.
func (v View) Importable() iter.Seq[string] {
	return func(yield func(string) bool) {
		if v.s.loader == nil {
			return
		}
		for _, p := range v.s.loader.Packages() {
			if path := p.Types.Path(); !strings.Contains("/"+path+"/", "/internal/") && !yield(path) {
				return
			}
		}
	}
}

// Imports yields the names and paths of the packages that cells imported, in no particular order.
func (v View) Imports() iter.Seq2[string, string] { return maps.All(v.s.imports) }

// Import returns the path of the package that cells imported under a name, "" if there is none.
func (v View) Import(name string) string { return v.s.imports[name] }

// Dots returns the paths that cells imported with a dot, the latest last. The caller must not change the slice.
func (v View) Dots() []string { return v.s.dots }

// Forgettable returns the names of definitions and imports that Session.Delete accepts, sorted; values such as Out[3]
// are omitted.
func (v View) Forgettable() []string { return v.s.deletableLocked() }

// Live returns the definition of a name, the zero Live if there is none.
func (v View) Live(name string) Live { return Live{v.s.live[name]} }

// All yields all definitions with an object, by name, in no particular order; the values of cells, Out[n], are omitted.
func (v View) All() iter.Seq2[string, Live] {
	return func(yield func(string, Live) bool) {
		for name, d := range v.s.live {
			if d.kind != kindOut && d.obj != nil && !yield(name, Live{d}) {
				return
			}
		}
	}
}

// Bounded reports whether the trees of a cell, its declarations and its statements, may be walked and checked: larger
// or deeper trees could take forever.
func (v View) Bounded(decls, stmts *ast.File) bool {
	at, _ := trees{decls, stmts, v.s.live}.excess(minDeep)
	return !at.IsValid()
}

// A Live is a definition of the session, as a View shows it. All methods but Exists panic if there is none.
type Live struct{ d *decl }

// Exists reports whether there is a definition.
func (l Live) Exists() bool { return l.d != nil }

// Object returns the definition as later cells see it, nil for a value without a type.
func (l Live) Object() types.Object { return l.d.obj }

// Label returns the label of the cell that defined it.
func (l Live) Label() string { return l.d.label }

// Doc returns the text of its comment.
func (l Live) Doc() string { return l.d.has().doc }

// Source returns the text of its declaration, "" for a variable.
func (l Live) Source() string { return l.d.src }

// Lost reports whether its value was lost with an interpreter, and the label of the cell in which the interpreter
// ended, "" if it ended between cells.
func (l Live) Lost() (in string, lost bool) { return l.d.has().lostIn, l.d.lost }

// Method returns the label of the cell that declares a method of a type, and the method's comment and declaration. ok
// is false if the type has no method of this name.
func (l Live) Method(name string) (label, doc, source string, ok bool) {
	m := l.d.has().methods[name]
	if m == nil {
		return "", "", "", false
	}
	return m.label, m.doc, m.src, true
}
