package session

// This file defines the view of a session, for questions: read-only, and the same for as long as it is looked at.

import (
	"go/ast"
	"go/types"
	"iter"
	"maps"
	"strings"

	"gilkernel/kernel/cell"
)

// A View is a session at rest. It is valid during the call of Session.View that it was made for.
type View struct{ s *Session }

// View calls f with a view of the session, which doesn't change before f returns: f must not call other methods of s.
// It may be called concurrently with all methods, itself among them.
func (s *Session) View(f func(View)) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	f(View{s})
}

// Parse cuts a cell into its steps, see cell.Parse: what a name means to the session counts. It may be called
// concurrently with all other methods.
func (s *Session) Parse(code string) ([]cell.Step, error) {
	return cell.Parse(code, func(name string) bool {
		s.mu.RLock()
		defer s.mu.RUnlock()
		return View{s}.Knows(name)
	})
}

// Knows reports whether a name means something to the session: a definition or an import.
func (v View) Knows(name string) bool { return v.s.live[name] != nil || v.s.imports[name] != "" }

// Importer returns what finds packages for cells.
func (v View) Importer() types.Importer { return v.s.imp }

// Doc returns the declaration of a symbol of a module's package, "" for some, and its comment, see packages.Loader.Doc.
func (v View) Doc(path, symbol string) (declaration, comment string, ok bool) {
	return v.s.loader.Doc(path, symbol)
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

// Imports yields the names of the packages that cells imported with their paths, in no order.
func (v View) Imports() iter.Seq2[string, string] { return maps.All(v.s.imports) }

// Import returns the path of the package that cells imported under a name, "" if there is none.
func (v View) Import(name string) string { return v.s.imports[name] }

// Dots returns the paths that cells imported with a dot, the latest last. The caller must not change it.
func (v View) Dots() []string { return v.s.dots }

// Forgettable returns the names of definitions and imports that Session.Delete accepts, sorted; values such as Out[3]
// are left out.
func (v View) Forgettable() []string { return v.s.deletableLocked() }

// Live returns the definition of a name, the zero Live if there is none.
func (v View) Live(name string) Live { return Live{v.s.live[name]} }

// All yields the names of all definitions with an object, in no order; the values of cells, Out[n], are left out.
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
// or deeper ones could take forever.
func (v View) Bounded(decls, stmts *ast.File) bool {
	at, _ := trees{decls, stmts, v.s.live}.excess(minDeep)
	return !at.IsValid()
}

// A Live is a definition of the session, as a View shows it. All methods but Exists need one that exists.
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

// Lost reports whether its value is gone with an interpreter, and the label of the cell in which that ended, "" if in
// none.
func (l Live) Lost() (in string, lost bool) { return l.d.has().lostIn, l.d.lost }

// Method returns what the cell that declares a method of a type says of it: its label, its comment, its declaration. ok
// is false if the type has no method of that name.
func (l Live) Method(name string) (label, doc, source string, ok bool) {
	m := l.d.has().methods[name]
	if m == nil {
		return "", "", "", false
	}
	return m.label, m.doc, m.src, true
}
