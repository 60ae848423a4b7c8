package main

// This file defines what a package needs beside its own table: the tables of the interfaces that
// its API leads to.

import (
	"go/types"
	"maps"
	"slices"
)

// asked lists what needs can't see in the types: the packages of the interfaces that functions with
// parameters of type any ask for, see MapTypes in gilkernel/runtime/symbols.
var asked = map[string][]string{
	"encoding/json": {"encoding"},
	"encoding/xml":  {"encoding"},
	"log":           {"fmt"},
}

// needs returns the paths of the other packages that declare an interface to which a cell's value
// may be converted when the cell imports p alone: io for bufio, because bufio.NewReader has a
// parameter of type io.Reader. It follows everything exported, through the types of results and
// fields too, because a cell can get at those without naming their package.
func needs(u *universe, p *pkg) []string {
	if p.Path == "unsafe" {
		return nil
	}
	w := walk{seen: map[types.Type]bool{}, found: map[string]bool{}}
	scope := p.types.Scope()
	for _, name := range scope.Names() {
		if o := scope.Lookup(name); o.Exported() {
			w.visit(o.Type())
		}
	}
	for _, path := range asked[p.Path] {
		w.found[path] = true
	}
	delete(w.found, p.Path)
	maps.DeleteFunc(w.found, func(path string, _ bool) bool { return u.lookup(path) == nil })
	return slices.Sorted(maps.Keys(w.found))
}

type walk struct {
	seen  map[types.Type]bool
	found map[string]bool
}

func (w *walk) visit(t types.Type) {
	t = types.Unalias(t)
	if w.seen[t] {
		return
	}
	w.seen[t] = true
	switch t := t.(type) {
	case *types.Named:
		if types.IsInterface(t) && t.Obj().Pkg() != nil {
			w.found[t.Obj().Pkg().Path()] = true
		}
		for m := range t.Methods() {
			if m.Exported() {
				w.visit(m.Type())
			}
		}
		for a := range t.TypeArgs().Types() {
			w.visit(a)
		}
		w.visit(t.Underlying())
	case *types.Pointer:
		w.visit(t.Elem())
	case *types.Slice:
		w.visit(t.Elem())
	case *types.Array:
		w.visit(t.Elem())
	case *types.Chan:
		w.visit(t.Elem())
	case *types.Map:
		w.visit(t.Key())
		w.visit(t.Elem())
	case *types.Signature:
		w.visit(t.Params())
		w.visit(t.Results())
		for p := range t.TypeParams().TypeParams() {
			w.visit(p.Constraint())
		}
	case *types.Tuple:
		for v := range t.Variables() {
			w.visit(v.Type())
		}
	case *types.Struct:
		for f := range t.Fields() {
			if f.Exported() || f.Embedded() { // an embedded type's methods are promoted
				w.visit(f.Type())
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			if m.Exported() {
				w.visit(m.Type())
			}
		}
	}
}
