package interp

// This file defines which cells are closed: all that threads of one share is variables of its own, which have steps,
// and locks. What such a thread does next is known from what it has read, so a search needs fewer runs.

import (
	"go/ast"
	"go/types"
	"unsafe"

	"gilkernel/kernel/unit"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/search"
)

// closing are the packages, and what of them, that a closed cell may use. What these functions know of each other, they
// know from Words: nothing in them is read that an access to one doesn't tell of. Without an entry here, a search for a
// cell only takes longer.
func closing(path, name string) bool {
	switch path {
	case "gilkernel/runtime/threading":
		switch name {
		case "NewThread", "Thread", "Start", "Join", "Args", "Lock", "NewLock", "RLock", "NewRLock", "Acquire",
			"Release", "With":
			return true
		}
	case "gilkernel/runtime/explore":
		return name == "Assert"
	}
	return false
}

// isClosed reports whether a cell is closed, as far as its source shows.
func isClosed(u *unit.Unit) bool {
	if u == nil || u.Package != nil {
		return false
	}
	own := map[types.Object]bool{}
	for _, o := range u.Info.Defs {
		own[o] = true
	}
	for _, o := range u.Objects {
		own[o] = true
	}
	for _, o := range u.Info.Uses {
		if !own[o] && !closes(o) {
			return false
		}
	}
	closed := true
	look := func(n ast.Node) bool {
		switch n.(type) {
		case *ast.GoStmt, *ast.ChanType, *ast.MapType: // the machine doesn't know these, or chance has a part in it
			closed = false
		}
		return closed
	}
	for _, d := range u.Decls {
		ast.Inspect(d, look)
	}
	if u.Entry != nil {
		ast.Inspect(u.Entry, look)
	}
	return closed
}

// closes reports whether a closed cell may use something that it doesn't declare.
func closes(o types.Object) bool {
	switch o := o.(type) {
	case *types.PkgName, *types.Const:
		return true
	case *types.Var:
		if _, basic := o.Type().Underlying().(*types.Basic); basic && o.Pkg() != nil && o.Pkg().Path() == unit.Path {
			return !o.IsField()
		}
	}
	return o.Pkg() == nil || closing(o.Pkg().Path(), o.Name())
}

// valueOf is search.Options.Value.
func valueOf(t *rt.Thread, key any) search.Value {
	at, ok := key.(unsafe.Pointer)
	if !ok {
		return search.Value{}
	}
	y, _ := t.Local(pythonKey{}).(*pyThread)
	if y == nil || y.site == nil || y.stepped != at {
		return search.Value{}
	}
	size, text, ok := y.site.Basic()
	if !ok {
		return search.Value{}
	}
	return search.Value{At: at, Size: size, Text: text}
}

// localOf is search.Options.Local.
func localOf(t *rt.Thread) (hash uint64, ok bool) {
	if y, _ := t.Local(pythonKey{}).(*pyThread); y != nil {
		if g := y.g.Load(); g != nil {
			return g.Local()
		}
	}
	return 0, false
}
