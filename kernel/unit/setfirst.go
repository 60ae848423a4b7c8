package unit

// This file defines what a cell does first with a package variable.

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// First returns where the cell's statements, or the functions of the cell that they mention, first mention the package
// variable of a name, and whether a statement sets it there without reading it, as "ada := threading.NewThread(work)"
// does. Without such a place at is token.NoPos. A statement in a block counts as one that reads: it may not be run.
// Functions of earlier cells aren't looked into.
func (u *Unit) First(name string) (at token.Pos, set bool) {
	if u.Entry == nil || u.Entry.Body == nil {
		return token.NoPos, false
	}
	f := &finder{unit: u, name: name, places: map[types.Object]token.Pos{}}
	for _, s := range u.Entry.Body.List {
		at := f.mention(s)
		if at == token.NoPos {
			continue
		}
		a, ok := s.(*ast.AssignStmt)
		if !ok || a.Tok != token.ASSIGN && a.Tok != token.DEFINE {
			return at, false
		}
		set := false
		for _, e := range a.Lhs {
			id, ok := e.(*ast.Ident)
			switch {
			case ok && f.is(id):
				set = true
			case f.mention(e) != token.NoPos: // an index, say
				return at, false
			}
		}
		return at, set && !slices.ContainsFunc(a.Rhs, func(e ast.Expr) bool { return f.mention(e) != token.NoPos })
	}
	return token.NoPos, false
}

// A finder looks for mentions of one package variable.
type finder struct {
	unit   *Unit
	name   string
	places map[types.Object]token.Pos // of functions of the unit: where they mention it, NoPos if they don't
}

// is reports whether an identifier is the variable.
func (f *finder) is(id *ast.Ident) bool {
	v, ok := f.unit.Info.ObjectOf(id).(*types.Var)
	if !ok || v.Name() != f.name || v.IsField() {
		return false
	}
	// A parameter, or what a block declares, has a scope below the package's; a cell's statements are such a block.
	return slices.Contains(f.unit.Vars, v) || v.Parent() == nil || v.Pkg() != nil && v.Parent() == v.Pkg().Scope()
}

// mention returns where a part of the cell mentions the variable first, itself or in a function of the cell.
func (f *finder) mention(n ast.Node) (at token.Pos) {
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || at != token.NoPos {
			return at == token.NoPos
		}
		if f.is(id) {
			at = id.Pos()
		} else if fn, ok := f.unit.Info.Uses[id].(*types.Func); ok {
			at = f.within(fn)
		}
		return true
	})
	return at
}

// within is mention of a function's body.
func (f *finder) within(fn *types.Func) token.Pos {
	if at, known := f.places[fn]; known {
		return at
	}
	f.places[fn] = token.NoPos // it may call itself
	for _, d := range f.unit.Decls {
		d, ok := d.(*ast.FuncDecl)
		if ok && d.Body != nil && (f.unit.Objects[d] == fn || f.unit.Info.Defs[d.Name] == fn) {
			f.places[fn] = f.mention(d.Body)
		}
	}
	return f.places[fn]
}
