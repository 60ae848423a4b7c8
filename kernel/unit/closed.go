package unit

// This file defines which units are closed: all that threads of one share is variables of its own, and what it may use.

import (
	"go/ast"
	"go/types"
)

// Closed reports whether a unit's code uses nothing but what it declares itself, constants, variables of earlier units
// that are a number, a text or a truth value, and what may says, as far as its source shows: may is called with the
// path of a package and the name of something in it, as "Lock", of a method as "Lock.Acquire". It has no map either,
// no go statement and no channel, which have to do with chance or with goroutines, and no interface with methods. A nil
// unit isn't closed.
func (u *Unit) Closed(may func(path, name string) bool) bool {
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
		if !own[o] && !closes(o, may) {
			return false
		}
	}
	closed := true
	look := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt, *ast.ChanType, *ast.MapType:
			closed = false
		case *ast.InterfaceType: // its methods may be those of anything
			closed = closed && n.Methods.NumFields() == 0
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

// closes reports whether a closed unit may use something that it doesn't declare.
func closes(o types.Object, may func(path, name string) bool) bool {
	switch o := o.(type) {
	case *types.PkgName, *types.Const:
		return true
	case *types.Var:
		if _, basic := o.Type().Underlying().(*types.Basic); basic && o.Pkg() != nil && o.Pkg().Path() == Path {
			return !o.IsField()
		}
	}
	if o.Pkg() == nil {
		return true
	}
	name := o.Name()
	if f, ok := o.(*types.Func); ok && f.Signature().Recv() != nil {
		t := f.Signature().Recv().Type()
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem()
		}
		n, ok := types.Unalias(t).(*types.Named)
		if !ok {
			return false
		}
		name = n.Obj().Name() + "." + name
	}
	return may(o.Pkg().Path(), name)
}
