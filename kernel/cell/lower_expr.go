package cell

// This file defines the lowering of expressions: names get their versions, generic calls their type
// arguments, builtins that the interpreter lacks become functions.

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"strings"
)

// expr lowers an expression, or any node that holds expressions only.
func (l *lowerer) expr(n ast.Node) {
	if n == nil {
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			l.fields(n.Type)
			l.function(n.Type, n.Body, l.recovers[n])
			return false
		case *ast.SelectorExpr:
			return l.selector(n)
		case *ast.IndexExpr:
			return !l.index(n, n.X)
		case *ast.IndexListExpr:
			return !l.index(n, n.X)
		case *ast.CallExpr:
			return l.call(n)
		case *ast.Ident:
			if text, ok := l.funcValue(n); ok && !l.called[n] {
				l.replace(n.Pos(), n.End(), text)
				return false
			}
			l.ident(n)
		case *ast.TypeSpec:
			if n.TypeParams != nil {
				l.unconstrained(n.TypeParams)
				l.expr(n.Name)
				l.expr(n.Type)
				return false
			}
		case *ast.CompositeLit:
			l.composite(n)
			return false
		case *ast.RangeStmt, *ast.ForStmt, *ast.BlockStmt:
			panic("a statement within an expression")
		}
		return true
	})
}

// composite lowers a literal; keys that are field names stay.
func (l *lowerer) composite(n *ast.CompositeLit) {
	if n.Type != nil {
		l.expr(n.Type)
	}
	for _, e := range n.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			l.expr(kv.Key)
			l.expr(kv.Value)
			continue
		}
		l.expr(e)
	}
}

// object returns what an identifier means.
func (c *compilation) object(id *ast.Ident) types.Object {
	if o := c.info.Uses[id]; o != nil {
		return o
	}
	return c.info.Defs[id]
}

// packageLevel reports whether o is a definition of a cell.
func packageLevel(o types.Object) bool {
	return o.Pkg() != nil && o.Pkg().Path() == mainPath && o.Parent() != nil && o.Parent().Parent() == types.Universe
}

// rename returns an identifier's name in the interpreter.
func (l *lowerer) rename(id *ast.Ident) string {
	o := l.c.object(id)
	if o == nil {
		return id.Name
	}
	if name, ok := l.override[o]; ok {
		return name
	}
	if h := l.c.hoist[o]; h != nil {
		return h.internal
	}
	if v, ok := o.(*types.Var); ok && v.IsField() {
		if v.Embedded() {
			if name, ok := l.embedded(v.Type()); ok {
				return name
			}
		}
		return id.Name
	}
	if !packageLevel(o) {
		return id.Name
	}
	if tn, ok := o.(*types.TypeName); ok {
		if name, ok := l.c.writer().internal(tn); ok {
			return name
		}
	}
	d := l.c.s.live[id.Name]
	if id.Name == lastName {
		d = l.c.latest
	}
	if d != nil && d.kind == kindOut && d.native {
		t, _ := l.c.writer().expr(d.obj.Type())
		return fmt.Sprintf("__rt.Out(%d).(%s)", d.out, t)
	}
	if name, ok := l.c.names[id.Name]; ok {
		return name
	}
	return id.Name
}

// embedded returns the name of an embedded field of a cell's type: it follows the type's version.
func (l *lowerer) embedded(t types.Type) (string, bool) {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != mainPath {
		return "", false
	}
	return l.c.writer().internal(n.Obj())
}

func (l *lowerer) ident(id *ast.Ident) {
	name := l.rename(id)
	if inst, ok := l.c.info.Instances[id]; ok {
		name += l.typeArgs(id, inst)
	}
	text := id.Name
	if name == text {
		return
	}
	l.replace(id.Pos(), id.End(), name)
}

// typeArgs returns the explicit type arguments of a generic call whose arguments the learner left to
// inference, which the interpreter does badly.
func (l *lowerer) typeArgs(id *ast.Ident, inst types.Instance) string {
	o := l.c.object(id)
	if o.Pkg() == nil || o.Pkg().Path() != mainPath {
		return ""
	}
	if _, isType := o.(*types.TypeName); isType || l.explicit[id] {
		return ""
	}
	var args []string
	for i := range inst.TypeArgs.Len() {
		t, ok := l.c.writer().expr(inst.TypeArgs.At(i))
		if !ok {
			return ""
		}
		args = append(args, t)
	}
	return "[" + strings.Join(args, ", ") + "]"
}

// selector lowers x.f. Standard input and output of cells are the notebook's.
func (l *lowerer) selector(n *ast.SelectorExpr) bool {
	if id, ok := n.X.(*ast.Ident); ok {
		if pkg, ok := l.c.info.Uses[id].(*types.PkgName); ok {
			l.packageSelector(n, pkg)
			return false
		}
	}
	if sel := l.c.info.Selections[n]; sel != nil && !l.called[n] {
		text, ok := "", false
		switch sel.Kind() {
		case types.MethodExpr:
			text, ok = l.methodExpr(n)
		case types.MethodVal:
			text, ok = l.bound(n)
		}
		if ok {
			l.replace(n.Pos(), n.End(), text)
			return false
		}
	}
	if id, ok := n.X.(*ast.SelectorExpr); ok && l.stdStream(id) != "" {
		l.replace(id.Pos(), id.End(), l.stdStream(id)) // os.Stdout.WriteString and the like
		return false
	}
	l.expr(n.X)
	if o := l.c.info.Uses[n.Sel]; o != nil {
		if v, ok := o.(*types.Var); ok && v.Embedded() {
			if name, ok := l.embedded(v.Type()); ok && name != n.Sel.Name {
				l.replace(n.Sel.Pos(), n.Sel.End(), name)
			}
		}
	}
	return false
}

// stdStream returns the notebook's stream for os.Stdin, os.Stdout and os.Stderr, "" for the rest.
func (l *lowerer) stdStream(n *ast.SelectorExpr) string {
	id, ok := n.X.(*ast.Ident)
	if !ok {
		return ""
	}
	pkg, ok := l.c.info.Uses[id].(*types.PkgName)
	if !ok || pkg.Imported().Path() != "os" {
		return ""
	}
	switch n.Sel.Name {
	case "Stdin", "Stdout", "Stderr":
		return "__rt." + n.Sel.Name
	}
	return ""
}

// packageSelector lowers pkg.Name.
func (l *lowerer) packageSelector(n *ast.SelectorExpr, pkg *types.PkgName) {
	o := l.c.info.Uses[n.Sel]
	if o == nil {
		return
	}
	generic := false
	switch o := o.(type) {
	case *types.Func:
		generic = o.Signature().TypeParams().Len() > 0
	case *types.TypeName:
		if named, ok := o.Type().(*types.Named); ok {
			generic = named.TypeParams().Len() > 0
		}
	}
	if name, ok := l.stdGeneric(n, pkg); ok {
		l.replace(n.Pos(), n.End(), name)
		return
	}
	if generic && pkg.Imported().Path() != mainPath {
		name := pkg.Name() + "." + n.Sel.Name
		l.limit(n.Pos(), name+" is generic, and the interpreter has no version of it; write what you need of it as a function or type of your own instead")
	}
}

// call lowers calls. It returns true when the walk goes on into the call.
func (l *lowerer) call(n *ast.CallExpr) bool {
	if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok {
		if b, ok := l.c.info.Uses[id].(*types.Builtin); ok && l.builtin(n, id, b.Name()) {
			return false
		}
	}
	switch f := ast.Unparen(n.Fun).(type) {
	case *ast.IndexExpr:
		l.markExplicit(f.X)
	case *ast.IndexListExpr:
		l.markExplicit(f.X)
	case *ast.SelectorExpr:
		if pkg, ok := f.X.(*ast.Ident); ok && f.Sel.Name == "AfterFunc" && len(n.Args) == 2 {
			if p, ok := l.c.info.Uses[pkg].(*types.PkgName); ok && p.Imported().Path() == "time" {
				l.replace(f.Pos(), f.End(), "__rt.AfterFunc")
				l.expr(n.Args[0])
				l.insert(n.Args[1].Pos(), l.site(n.Pos())+", ")
				l.expr(n.Args[1])
				return false
			}
		}
		if l.showWith(n, f) {
			return false
		}
	}
	sig, _ := l.c.info.TypeOf(n.Fun).(*types.Signature)
	if sig == nil {
		return true
	}
	if lit, ok := ast.Unparen(n.Fun).(*ast.FuncLit); ok && l.recovers[lit] == "" {
		if l.recovers == nil {
			l.recovers = map[*ast.FuncLit]string{}
		}
		l.recovers[lit] = "(*__rt.Deferred)(nil)" // called, not deferred: nothing to recover
	}
	l.markCalled(n.Fun)
	l.expr(n.Fun)
	for i, arg := range n.Args {
		if sel, ok := arg.(*ast.SelectorExpr); ok && l.stdStream(sel) != "" && types.IsInterface(paramType(sig, i)) {
			l.replace(sel.Pos(), sel.End(), l.stdStream(sel))
			continue
		}
		l.expr(arg)
	}
	return false
}

// markCalled notes what is called by its name, not used as a value.
func (l *lowerer) markCalled(fun ast.Expr) {
	if l.called == nil {
		l.called = map[ast.Node]bool{}
	}
	switch f := ast.Unparen(fun).(type) {
	case *ast.IndexExpr:
		l.markCalled(f.X)
	case *ast.IndexListExpr:
		l.markCalled(f.X)
	default:
		if sel := l.selection(f); sel == nil || sel.Kind() == types.MethodVal {
			l.called[f] = true
		}
	}
}

func (l *lowerer) selection(e ast.Expr) *types.Selection {
	if n, ok := e.(*ast.SelectorExpr); ok {
		return l.c.info.Selections[n]
	}
	return nil
}

func (l *lowerer) markExplicit(e ast.Expr) {
	if id, ok := e.(*ast.Ident); ok {
		if l.explicit == nil {
			l.explicit = map[*ast.Ident]bool{}
		}
		l.explicit[id] = true
	}
}

// paramType returns the type of a call's i-th argument's parameter.
func paramType(sig *types.Signature, i int) types.Type {
	n := sig.Params().Len()
	if sig.Variadic() && i >= n-1 {
		return sig.Params().At(n - 1).Type().(*types.Slice).Elem()
	}
	if i < n {
		return sig.Params().At(i).Type()
	}
	return types.Typ[types.Invalid]
}

// builtin lowers the builtins that the interpreter lacks; it reports whether it has done all there is.
func (l *lowerer) builtin(n *ast.CallExpr, id *ast.Ident, name string) bool {
	switch name {
	case "recover":
		l.recoverCall(n)
		return true
	case "min", "max":
		tv := l.c.info.Types[n]
		t, ok := l.c.writer().expr(types.Default(tv.Type))
		if !ok {
			return false
		}
		if tv.Value != nil {
			l.replace(n.Pos(), n.End(), t+"("+constText(tv.Value)+")")
			return true
		}
		op := map[string]string{"min": "<", "max": ">"}[name]
		var params, body []string
		for i := range n.Args {
			params = append(params, fmt.Sprintf("p%d", i))
			if i > 0 {
				body = append(body, fmt.Sprintf("if p%d %s p0 { p0 = p%d }; ", i, op, i))
			}
		}
		fn := l.c.helper(fmt.Sprintf("%s/%d/%s", name, len(n.Args), t), func(fn string) string {
			return fmt.Sprintf("func %s(%s %s) %s { %sreturn p0 }", fn, strings.Join(params, ", "), t, t, strings.Join(body, ""))
		})
		l.replace(id.Pos(), id.End(), fn)
	case "clear":
		at := l.c.info.TypeOf(n.Args[0])
		t, ok := l.c.writer().expr(at)
		if !ok {
			return false
		}
		body := "for k := range m { delete(m, k) }"
		if s, ok := at.Underlying().(*types.Slice); ok {
			e, ok := l.c.writer().expr(s.Elem())
			if !ok {
				return false
			}
			body = fmt.Sprintf("var z %s; for i := range m { m[i] = z }", e)
		}
		fn := l.c.helper("clear/"+t, func(fn string) string { return fmt.Sprintf("func %s(m %s) { %s }", fn, t, body) })
		l.replace(id.Pos(), id.End(), fn)
	case "new":
		if len(n.Args) != 1 || l.c.info.Types[n.Args[0]].IsType() {
			return false
		}
		p, _ := l.c.info.TypeOf(n).(*types.Pointer)
		if p == nil {
			return false
		}
		t, ok := l.c.writer().expr(p.Elem())
		if !ok {
			return false
		}
		fn := l.c.helper("new/"+t, func(fn string) string { return fmt.Sprintf("func %s(v %s) *%s { return &v }", fn, t, t) })
		l.replace(id.Pos(), id.End(), fn)
	default:
		return false
	}
	for _, a := range n.Args {
		l.expr(a)
	}
	return true
}

// constText writes a constant: a rational number as a quotient of floating-point ones.
func constText(v constant.Value) string {
	text := v.ExactString()
	if v.Kind() == constant.Float {
		if num, den, ok := strings.Cut(text, "/"); ok {
			return num + ".0/" + den + ".0"
		}
	}
	return text
}

// helper returns the name of a function that the program brings along, making it on first use.
func (c *compilation) helper(id string, text func(name string) string) string {
	if c.helpers == nil {
		c.helpers = map[string]string{}
	}
	if name, ok := c.helpers[id]; ok {
		return name
	}
	name := fmt.Sprintf("__h%d_%d", c.key, len(c.helpers))
	c.helpers[id] = name
	c.helperTexts = append(c.helperTexts, text(name))
	return name
}
