package cell

// This file defines the lowering of what a cell shows: the value of its last expression, and values of
// cells' own types, whose methods native code can't find by itself.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// displayMethods are the methods that say what a value looks like, with their results.
var displayMethods = map[string]string{
	"MIMEBundle": "map[string]any", "HTML": "string", "SVG": "string", "Markdown": "string", "LaTeX": "string", "PNG": "[]byte", "JPEG": "[]byte",
	"JSON": "any", "String": "string", "Error": "string",
}

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
		l.insert(e.Pos(), "{ "+all+" := ")
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
		l.insert(e.Pos(), "__rt.Result(")
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
	l.insert(e.Pos(), "{ "+l.hold(name, t, e))
	l.expr(e)
	show := fmt.Sprintf("__rt.Result(%s)", name)
	if m := l.methodMap(t, name); m != "" {
		show = fmt.Sprintf("__rt.ResultWith(%s, %s)", m, name)
	}
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
	l.insert(e.Pos(), "{ "+l.hold(name, types.Default(tv.Type), e))
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

// methodMap returns a map of a value's display methods as source, "" when it has none that a cell declared.
func (l *lowerer) methodMap(t types.Type, name string) string {
	base := t
	if p, ok := t.Underlying().(*types.Pointer); ok {
		base = p.Elem()
	}
	named, ok := types.Unalias(base).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != mainPath || types.IsInterface(named) {
		return ""
	}
	set := types.NewMethodSet(t)
	var entries []string
	for i := range set.Len() {
		fn, ok := set.At(i).Obj().(*types.Func)
		if !ok {
			continue
		}
		want, ok := displayMethods[fn.Name()]
		sig := fn.Signature()
		if ok && sig.Params().Len() == 0 && sig.Results().Len() == 1 && strings.ReplaceAll(sig.Results().At(0).Type().String(), "interface{}", "any") == strings.ReplaceAll(want, "[]byte", "[]byte") {
			entries = append(entries, fmt.Sprintf("%q: %s.%s", fn.Name(), name, fn.Name()))
		}
	}
	if entries == nil {
		return ""
	}
	return "map[string]any{" + strings.Join(entries, ", ") + "}"
}

// showWith lowers display.Show of a value whose type a cell declared.
func (l *lowerer) showWith(n *ast.CallExpr, f *ast.SelectorExpr) bool {
	id, ok := f.X.(*ast.Ident)
	if !ok || f.Sel.Name != "Show" || len(n.Args) != 1 {
		return false
	}
	pkg, ok := l.c.info.Uses[id].(*types.PkgName)
	if !ok || pkg.Imported().Path() != "gilkernel/runtime/display" {
		return false
	}
	arg, ok := l.simple(n.Args[0])
	if !ok {
		return false
	}
	m := l.methodMap(l.c.info.TypeOf(n.Args[0]), arg)
	if m == "" {
		return false
	}
	l.replace(n.Pos(), n.End(), fmt.Sprintf("__rt.ShowWith(%s, %s)", m, arg))
	return true
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
