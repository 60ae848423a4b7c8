package cell

// This file defines the lowering of what a cell shows: the value of its last expression.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// result lowers the last expression; it reports false when the expression has no value.
func (l *lowerer) result() bool {
	e := l.c.last
	if l.prints(e) {
		return false
	}
	tv := l.c.info.Types[e]
	if l.c.mute {
		return l.drop(e, tv)
	}
	switch t := tv.Type.(type) {
	case nil:
		return false
	case *types.Tuple:
		if t.Len() < 2 {
			return false
		}
		var names []string
		n := l.temp()
		for i := range t.Len() {
			names = append(names, fmt.Sprintf("__r%d_%d", n, i))
		}
		all := strings.Join(names, ", ")
		l.insert(e.Pos(), here+"{ "+here+all+" := ")
		l.expr(e)
		l.insert(e.End(), "; __rt.Result("+all+") }")
		l.c.hasResult = true
		return true
	}
	if tv.IsVoid() || tv.IsType() {
		return false
	}
	l.c.hasResult = true
	t := types.Default(tv.Type)
	text, ok := l.c.writer().expr(t)
	if !ok || tv.IsNil() {
		l.insert(e.Pos(), here+"__rt.Result(")
		l.expr(e)
		l.insert(e.End(), ")")
		return true
	}
	name := fmt.Sprintf("__r%d", l.temp())
	keep := ""
	if l.c.out > 0 {
		l.c.outType = t
		if l.c.outNative = !mentionsCells(t, nil); l.c.outNative {
			keep = fmt.Sprintf("__rt.SetOut(%d, %s); ", l.c.out, name)
		} else {
			l.c.outInternal = l.c.s.newName(outName(l.c.out))
			l.c.outExpr = text
			keep = fmt.Sprintf("%s = %s; ", l.c.outInternal, name)
		}
	}
	l.insert(e.Pos(), here+"{ "+here+l.hold(name, t, e))
	l.expr(e)
	show := fmt.Sprintf("__rt.Result(%s)", name)
	l.insert(e.End(), "; "+keep+show+" }")
	return true
}

// drop lowers a last expression whose value isn't wanted. A call stays as it is.
func (l *lowerer) drop(e ast.Expr, tv types.TypeAndValue) bool {
	if !tv.IsValue() || tv.IsNil() {
		return false
	}
	switch x := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		if !l.c.info.Types[x.Fun].IsType() && !l.c.info.Types[x.Fun].IsBuiltin() {
			return false
		}
	case *ast.UnaryExpr:
		if x.Op == token.ARROW {
			return false
		}
	}
	name := fmt.Sprintf("__r%d", l.temp())
	l.insert(e.Pos(), here+"{ "+here+l.hold(name, types.Default(tv.Type), e))
	l.expr(e)
	l.insert(e.End(), "; _ = "+name+" }")
	return true
}

// prints reports whether e is a call of one of fmt's functions that print, whose results nobody wants to
// see.
func (l *lowerer) prints(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	fn, ok := l.c.info.Uses[sel.Sel].(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Pkg().Path() != "fmt" {
		return false
	}
	switch fn.Name() {
	case "Print", "Printf", "Println", "Fprint", "Fprintf", "Fprintln":
		return true
	}
	return false
}

// mentionsCells reports whether a type has a part that a cell declared.
func mentionsCells(t types.Type, seen map[types.Type]bool) bool {
	if seen == nil {
		seen = map[types.Type]bool{}
	}
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if p := t.Obj().Pkg(); p != nil && p.Path() == mainPath {
			return true
		}
		for i := range t.TypeArgs().Len() {
			if mentionsCells(t.TypeArgs().At(i), seen) {
				return true
			}
		}
		return false
	case *types.Pointer:
		return mentionsCells(t.Elem(), seen)
	case *types.Slice:
		return mentionsCells(t.Elem(), seen)
	case *types.Array:
		return mentionsCells(t.Elem(), seen)
	case *types.Chan:
		return mentionsCells(t.Elem(), seen)
	case *types.Map:
		return mentionsCells(t.Key(), seen) || mentionsCells(t.Elem(), seen)
	case *types.Signature, *types.Struct, *types.Interface, *types.TypeParam:
		// Values of these are the interpreter's own: kept in a variable of it.
		b, ok := t.(*types.Interface)
		return !ok || !b.Empty()
	}
	return false
}

// typed returns the beginning of a declaration of name with the type t: "var x T = ", or "x := " for a
// type that can't be written.
func (l *lowerer) typed(name string, t types.Type) string {
	if t != nil {
		if text, ok := l.c.writer().expr(t); ok {
			return fmt.Sprintf("var %s %s = ", name, text)
		}
	}
	return name + " := "
}

// hold is typed for the value e. Where the type is e's own it isn't written.
func (l *lowerer) hold(name string, t types.Type, e ast.Expr) string {
	if tv := l.c.info.Types[e]; tv.Value == nil && tv.Type != nil && t != nil && types.Identical(tv.Type, t) && !types.IsInterface(t) {
		return name + " := "
	}
	return l.typed(name, t)
}
