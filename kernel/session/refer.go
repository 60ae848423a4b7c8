package session

// This file finds references: the functions, methods and variables of cells to which code refers, and those of them
// that it needs immediately, when it runs.

import (
	"go/ast"
	"go/token"
	"go/types"

	"gilkernel/kernel/unit"
)

// references holds the references of a piece of code by key: "f", "x", "T.Method". The values are the positions of the
// first ones.
type references struct {
	all map[string]token.Pos
	// now has those that are called or read when the code runs: not in a function literal that isn't called, not in
	// another goroutine, and not where a variable is only set.
	now map[string]token.Pos
}

// refersTo returns the references of nodes, as the checker resolved them. At a cell's top level, the name of a variable
// means a variable of an earlier cell or one defined above; elsewhere it means the variable that the cell defines,
// wherever it does.
func (c *compilation) refersTo(top bool, nodes ...ast.Node) references {
	r := &referrer{c: c, top: top, references: references{map[string]token.Pos{}, map[string]token.Pos{}}}
	for _, n := range nodes {
		r.walk(n, true)
	}
	return r.references
}

// referrer collects references.
type referrer struct {
	references
	c     *compilation
	top   bool
	inner int // how many function literals enclose the code
}

func (r *referrer) add(key string, pos token.Pos, now bool) {
	if key == "" {
		return
	}
	if _, ok := r.all[key]; !ok {
		r.all[key] = pos
	}
	if _, ok := r.now[key]; !ok && now {
		r.now[key] = pos
	}
}

// walk adds the references of n; now says that n runs immediately.
func (r *referrer) walk(n ast.Node, now bool) {
	if n == nil {
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			r.body(n, false)
			return false
		case *ast.CallExpr:
			r.call(n, now, now)
			return false
		case *ast.GoStmt:
			r.call(n.Call, false, now)
			return false
		case *ast.DeferStmt:
			r.call(n.Call, now && !(r.top && r.inner == 0), now) // deferred calls of a cell run after its statements
			return false
		case *ast.AssignStmt:
			if n.Tok != token.ASSIGN {
				return true
			}
			for _, e := range n.Lhs {
				r.place(e, now)
			}
			for _, e := range n.Rhs {
				r.walk(e, now)
			}
			return false
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				r.place(n.X, now)
				return false
			}
		case *ast.SelectorExpr:
			r.walk(n.X, now)
			r.add(r.c.funcKey(n), n.Pos(), false)
			return false
		case *ast.Ident:
			if key := r.varKey(n); key != "" {
				r.add(key, n.Pos(), now)
			} else {
				r.add(r.c.funcKey(n), n.Pos(), false)
			}
		}
		return true
	})
}

// body adds the references of a function literal's body.
func (r *referrer) body(lit *ast.FuncLit, now bool) {
	r.inner++
	r.walk(lit.Body, now)
	r.inner--
}

// place adds the references of an expression that is assigned to, or whose address is taken.
func (r *referrer) place(e ast.Expr, now bool) {
	_, name := ast.Unparen(e).(*ast.Ident)
	r.walk(e, now && !name)
}

// call adds the references of a call. runs says that the function runs immediately, now that the arguments are
// evaluated immediately.
func (r *referrer) call(n *ast.CallExpr, runs, now bool) {
	fun := ast.Unparen(n.Fun)
	switch x := fun.(type) { // a call of an instance calls the function
	case *ast.IndexExpr:
		if r.c.funcKey(x.X) != "" {
			fun = ast.Unparen(x.X)
		}
	case *ast.IndexListExpr:
		fun = ast.Unparen(x.X)
	}
	if lit, ok := fun.(*ast.FuncLit); ok {
		r.body(lit, runs)
	} else if key := r.c.funcKey(fun); key != "" {
		r.add(key, fun.Pos(), runs)
		if sel, ok := fun.(*ast.SelectorExpr); ok {
			r.walk(sel.X, now)
		}
	} else {
		r.walk(fun, now)
	}
	for _, arg := range n.Args {
		r.walk(arg, now)
	}
}

// varKey returns the key of the variable of cells that a name means, "" if there is none.
func (r *referrer) varKey(id *ast.Ident) string {
	o := r.c.object(id)
	if o == nil {
		if r.top {
			return id.Name // a variable that is defined below, or none
		}
		return ""
	}
	if r.c.hoist[o] != nil {
		return id.Name
	}
	if _, ok := o.(*types.Var); ok && !r.top && packageLevel(o) {
		return id.Name
	}
	return ""
}

// funcKey returns the key of the function or method of cells that an expression means, "" if there is none. A method of
// an interface has no key.
func (c *compilation) funcKey(e ast.Expr) string {
	var o types.Object
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		o = c.info.Uses[e]
	case *ast.SelectorExpr:
		o = c.info.Uses[e.Sel]
	}
	fn, ok := o.(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Pkg().Path() != unit.Path {
		return ""
	}
	recv := fn.Origin().Signature().Recv()
	if recv == nil {
		return fn.Name()
	}
	t := recv.Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok && !types.IsInterface(n) {
		return n.Obj().Name() + "." + fn.Name()
	}
	return ""
}
