package exec

// This file defines which variables need memory of their own: those that outlive their function's frame
// because a closure or a pointer holds them. All others lie in the frame.

import (
	"go/ast"
	"go/token"
	"go/types"
)

// escape finds the variables of a function declaration, with all function literals in it, that need
// memory of their own.
func (e *Engine) escape(src *source, v *env, body ast.Node) map[types.Object]bool {
	a := &escapes{e: e, src: src, env: v, boxed: map[types.Object]bool{}, home: map[types.Object]ast.Node{}}
	a.function(body)
	return a.boxed
}

type escapes struct {
	e     *Engine
	src   *source
	env   *env
	boxed map[types.Object]bool
	home  map[types.Object]ast.Node // the function that declares it
	fn    ast.Node
}

func (a *escapes) function(n ast.Node) {
	outer := a.fn
	a.fn = n
	defer func() { a.fn = outer }()
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit:
			if m != n {
				a.function(m)
				return false
			}
		case *ast.Ident:
			if o, ok := a.src.info.Defs[m].(*types.Var); ok {
				a.home[o] = a.fn
			} else if o, ok := a.src.info.Uses[m].(*types.Var); ok && !o.IsField() {
				if home, ok := a.home[o]; ok && home != a.fn {
					a.boxed[o] = true
				}
			}
		case *ast.CaseClause:
			if o := a.src.info.Implicits[m]; o != nil {
				a.home[o] = a.fn
			}
		case *ast.UnaryExpr:
			if m.Op == token.AND {
				a.pointed(m.X)
			}
		case *ast.SliceExpr:
			if _, ok := a.typeOf(m.X).Underlying().(*types.Array); ok {
				a.pointed(m.X)
			}
		case *ast.SelectorExpr:
			a.selector(m)
		}
		return true
	})
}

func (a *escapes) typeOf(e ast.Expr) types.Type {
	if tv, ok := a.src.info.Types[e]; ok && tv.Type != nil {
		return a.e.subst(a.env, tv.Type)
	}
	if id, ok := e.(*ast.Ident); ok {
		if o := a.src.info.Uses[id]; o != nil {
			return a.e.subst(a.env, o.Type())
		}
	}
	return types.Typ[types.Invalid]
}

// selector boxes the variable whose method with a pointer receiver is called.
func (a *escapes) selector(m *ast.SelectorExpr) {
	sel := a.src.info.Selections[m]
	if sel == nil || sel.Kind() != types.MethodVal {
		return
	}
	fn, ok := sel.Obj().(*types.Func)
	if !ok {
		return
	}
	recv := fn.Signature().Recv()
	if recv == nil {
		return
	}
	if _, ok := a.typeOf(m.X).Underlying().(*types.Pointer); ok {
		return // the variable holds the pointer
	}
	if a.env != nil {
		a.pointed(m.X) // what the method is depends on the instance
		return
	}
	if _, ok := recv.Type().(*types.Pointer); ok {
		a.pointed(m.X)
	}
}

// pointed boxes the variable that holds what e denotes.
func (a *escapes) pointed(e ast.Expr) {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.Ident:
			if o, ok := a.src.info.Uses[x].(*types.Var); ok {
				a.boxed[o] = true
			}
			return
		case *ast.SelectorExpr:
			if _, ok := a.typeOf(x.X).Underlying().(*types.Pointer); ok {
				return
			}
			e = x.X
		case *ast.IndexExpr:
			if _, ok := a.typeOf(x.X).Underlying().(*types.Array); !ok {
				return
			}
			e = x.X
		default:
			return
		}
	}
}
