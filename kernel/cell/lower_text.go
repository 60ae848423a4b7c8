package cell

// This file defines the way from edits back to text: what a lowering needs that moves a piece of the
// learner's code elsewhere.

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// text returns the lowered text of an expression instead of editing it where it stands. What holds the
// expression must be replaced as a whole, see replace.
func (l *lowerer) text(n ast.Node) string {
	from := len(l.u.edits)
	l.expr(n)
	edits := slices.Clone(l.u.edits[from:])
	l.u.edits = l.u.edits[:from]
	i, j := l.u.offset(l.c.fset, n.Pos()), l.u.offset(l.c.fset, n.End())
	for k := range edits {
		edits[k].start -= i
		edits[k].end -= i
	}
	return apply(l.u.parsed()[i:j], edits)
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

// hold is typed for the value e. Where the type is e's own it isn't written: the interpreter loses some
// values of generic calls in "var x T = f()".
func (l *lowerer) hold(name string, t types.Type, e ast.Expr) string {
	if tv := l.c.info.Types[e]; tv.Value == nil && tv.Type != nil && t != nil && types.Identical(tv.Type, t) && !types.IsInterface(t) {
		return name + " := "
	}
	return l.typed(name, t)
}

// bound returns the lowered text of a method value: a function that holds a receiver evaluated now. The
// interpreter's own method values look at the receiver when they are called.
func (l *lowerer) bound(n *ast.SelectorExpr) (string, bool) {
	sel := l.c.info.Selections[n]
	if sel == nil || sel.Kind() != types.MethodVal {
		return "", false
	}
	sig := sel.Type().(*types.Signature)
	recv, text := l.receiver(n, sel)
	rt, ok := l.c.writer().expr(recv)
	if !ok {
		return "", false
	}
	var named, plain strings.Builder
	params, args := l.parameters(sig)
	if !l.c.writer().signature(&named, sig, params) || !l.c.writer().signature(&plain, sig, nil) {
		return "", false
	}
	ret := ""
	if sig.Results().Len() > 0 {
		ret = "return "
	}
	fn := l.c.helper("bound/"+rt+"."+n.Sel.Name, func(fn string) string {
		return fmt.Sprintf("func %s(r %s) func%s { return func%s { %sr.%s(%s) } }", fn, rt, plain.String(), named.String(), ret, n.Sel.Name, args)
	})
	return fn + "(" + text + ")", true
}

// receiver returns the type and the lowered text of the receiver that a method value or call binds: a
// pointer where the method wants one, else the value that has the method.
func (l *lowerer) receiver(n *ast.SelectorExpr, sel *types.Selection) (types.Type, string) {
	fn := sel.Obj().(*types.Func)
	t, text := l.c.info.TypeOf(n.X), l.text(n.X)
	_, isPtr := t.Underlying().(*types.Pointer)
	_, wantsPtr := fn.Signature().Recv().Type().(*types.Pointer)
	switch {
	case len(sel.Index()) == 1 && isPtr && !wantsPtr && !types.IsInterface(t):
		return t.Underlying().(*types.Pointer).Elem(), "*" + text // the value as it is now
	case !isPtr && (wantsPtr || sel.Indirect()) && l.c.info.Types[n.X].Addressable():
		return types.NewPointer(t), "&" + text
	}
	return t, text
}

// parameters names a signature's parameters, and writes them as the arguments of a call.
func (l *lowerer) parameters(sig *types.Signature) (names []string, args string) {
	for i := range sig.Params().Len() {
		names = append(names, fmt.Sprintf("p%d", i))
	}
	args = strings.Join(names, ", ")
	if sig.Variadic() {
		args += "..."
	}
	return names, args
}

// methodExpr returns the lowered text of a method expression: a function that calls the method.
func (l *lowerer) methodExpr(n *ast.SelectorExpr) (string, bool) {
	sig, ok := l.c.info.TypeOf(n).(*types.Signature)
	if !ok {
		return "", false
	}
	params, _ := l.parameters(sig)
	rest := strings.Join(params[1:], ", ")
	if sig.Variadic() {
		rest += "..."
	}
	var named strings.Builder
	if !l.c.writer().signature(&named, sig, params) {
		return "", false
	}
	ret := ""
	if sig.Results().Len() > 0 {
		ret = "return "
	}
	return fmt.Sprintf("func%s { %sp0.%s(%s) }", named.String(), ret, n.Sel.Name, rest), true
}

// funcValue returns the lowered text of a cell's function that is used as a value. The interpreter's
// own value of it can't be assigned to every variable of the type.
func (l *lowerer) funcValue(id *ast.Ident) (string, bool) {
	fn, ok := l.c.object(id).(*types.Func)
	if !ok || !packageLevel(fn) {
		return "", false
	}
	sig, _ := l.c.info.TypeOf(id).(*types.Signature)
	if sig == nil || sig.TypeParams().Len() > 0 || l.explicit[id] {
		return "", false
	}
	params, args := l.parameters(sig)
	var named strings.Builder
	if !l.c.writer().signature(&named, sig, params) {
		return "", false
	}
	name := l.rename(id)
	if inst, ok := l.c.info.Instances[id]; ok {
		name += l.typeArgs(id, inst)
	}
	ret := ""
	if sig.Results().Len() > 0 {
		ret = "return "
	}
	return fmt.Sprintf("func%s { %s%s(%s) }", named.String(), ret, name, args), true
}
