package session

// This file defines the note about copied locks: go vet's copylocks, also for Python's locks. A copy is a different
// lock, which doesn't exclude threads that use the original.

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"gilkernel/kernel/std"
)

// noteCopies adds notes about values that contain a lock and are copied: assigned, passed, returned, put into a literal
// or ranged over.
func (c *compilation) noteCopies(f *ast.File) {
	copied := func(x ast.Expr, how string) {
		if lock := lockIn(c.info.TypeOf(x), nil); lock != "" && isCopy(c.info, x) {
			c.noteCopy(x.Pos(), types.ExprString(x), how, lock)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, x := range n.Rhs {
				if i < len(n.Lhs) && !isBlank(n.Lhs[i]) {
					copied(x, "assigned")
				}
			}
		case *ast.ValueSpec:
			for i, x := range n.Values {
				if i < len(n.Names) && n.Names[i].Name != "_" {
					copied(x, "assigned")
				}
			}
		case *ast.CallExpr:
			if tv := c.info.Types[n.Fun]; tv.IsBuiltin() || tv.IsType() {
				return true // len, new, unsafe.Sizeof; a converted value is noted where it is used
			}
			for _, x := range n.Args {
				copied(x, "passed")
			}
		case *ast.ReturnStmt:
			for _, x := range n.Results {
				copied(x, "returned")
			}
		case *ast.CompositeLit:
			for _, x := range n.Elts {
				if kv, ok := x.(*ast.KeyValueExpr); ok {
					x = kv.Value
				}
				copied(x, "put into a literal")
			}
		case *ast.RangeStmt:
			if id, ok := n.Value.(*ast.Ident); ok && id.Name != "_" {
				if lock := lockIn(c.info.TypeOf(id), nil); lock != "" {
					c.noteCopy(id.Pos(), id.Name, "assigned in each round", lock)
				}
			}
		}
		return true
	})
}

func (c *compilation) noteCopy(pos token.Pos, what, how, lock string) {
	c.note(pos,
		"%s is %s by value, which copies its %s: the copy excludes nobody who has the original; use a pointer to it",
		what, how, lock)
}

// isBlank reports whether x is _.
func isBlank(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == "_"
}

// isCopy reports whether the value of x is known to exist elsewhere, too, which the value of a literal or a call isn't.
func isCopy(info *types.Info, x ast.Expr) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.CompositeLit, *ast.FuncLit:
		return false
	case *ast.CallExpr:
		tv := info.Types[x.Fun]
		return tv.IsType() && len(x.Args) == 1 && isCopy(info, x.Args[0])
	case *ast.StarExpr:
		_, call := ast.Unparen(x.X).(*ast.CallExpr) // *new(T) and the like
		return !call
	}
	tv := info.Types[x]
	return tv.IsValue()
}

// lockIn returns the name of the lock that a value of type t contains, "" for none.
func lockIn(t types.Type, seen map[types.Type]bool) string {
	if t == nil || seen[t] {
		return ""
	}
	if seen == nil {
		seen = map[types.Type]bool{}
	}
	seen[t] = true
	if named, ok := types.Unalias(t).(*types.Named); ok && isLock(named) {
		return types.TypeString(named, Qualifier)
	}
	switch u := t.Underlying().(type) {
	case *types.Array:
		return lockIn(u.Elem(), seen)
	case *types.Struct:
		for f := range u.Fields() {
			if lock := lockIn(f.Type(), seen); lock != "" {
				return lock
			}
		}
	}
	return ""
}

// isLock reports whether values of a type must not be copied: a pointer to it is a lock and the value isn't, which
// is vet's rule, or it is one of the structs of sync, sync/atomic or Python's modules that threads share.
func isLock(named *types.Named) bool {
	if _, ok := named.Underlying().(*types.Struct); !ok {
		return false
	}
	byPointer, byValue := types.NewMethodSet(types.NewPointer(named)), types.NewMethodSet(named)
	has := func(name string) bool { return byPointer.Lookup(nil, name) != nil && byValue.Lookup(nil, name) == nil }
	if has("Lock") && has("Unlock") {
		return true
	}
	pkg := named.Obj().Pkg()
	if pkg == nil || byPointer.Len() == byValue.Len() {
		return false
	}
	switch path := pkg.Path(); {
	case path == "sync", path == "sync/atomic":
		return true
	case strings.HasPrefix(path, std.Own):
		switch strings.TrimPrefix(path, std.Own) {
		case "threading", "queue", "futures", "asyncio":
			return true
		}
	}
	return false
}
