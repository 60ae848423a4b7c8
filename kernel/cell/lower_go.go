package cell

// This file defines the lowering of go and defer, whose arguments the interpreter evaluates too late,
// and of what starts goroutines in the standard library. A goroutine of a cell is started through the
// kernel, which knows where it began and catches its panic.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// goStmt lowers go f(a, b) to
//
//	{ __g := f; var __a0 A = a; var __a1 B = b; __f := func() { __g(__a0, __a1) }; __rt.Go(site, __f) }
func (l *lowerer) goStmt(st *ast.GoStmt) {
	n := l.temp()
	call := st.Call
	start := fmt.Sprintf("__rt.Go(%s, __f%d) }", l.site(st.Pos()), n)
	fun := ast.Unparen(call.Fun)
	if lit, ok := fun.(*ast.FuncLit); ok && len(call.Args) == 0 {
		l.replace(st.Pos(), lit.Pos(), fmt.Sprintf("{ __f%d := ", n))
		l.expr(lit)
		l.replace(lit.End(), call.End(), "; "+start)
		return
	}
	target := l.evaluate(st.Pos(), call, n, "{ ")
	l.insert(call.End(), fmt.Sprintf("; __f%d := func() { %s }; %s", n, target, start))
}

// evaluate edits the text from pos to the end of call so that the function and its arguments are
// evaluated there, into temporaries; it returns the call of the temporaries.
func (l *lowerer) evaluate(pos token.Pos, call *ast.CallExpr, n int, open string) (target string) {
	if l.c.info.Types[ast.Unparen(call.Fun)].IsBuiltin() {
		return l.evaluateBuiltin(pos, call, n, open)
	}
	sig, _ := l.c.info.TypeOf(call.Fun).Underlying().(*types.Signature)
	var temps []string
	head := make([]string, len(call.Args))
	for i := range call.Args {
		t := paramType(sig, i)
		if call.Ellipsis.IsValid() && i == len(call.Args)-1 {
			t = sig.Params().At(sig.Params().Len() - 1).Type()
		}
		temp := fmt.Sprintf("__a%d_%d", n, i)
		head[i] = l.hold(temp, t, call.Args[i])
		temps = append(temps, temp)
	}
	if results := l.tupleCall(call); results != nil {
		temps = nil
		for i := range results.Len() {
			temps = append(temps, fmt.Sprintf("__a%d_%d", n, i))
		}
		head[0] = strings.Join(temps, ", ") + " := "
	}
	last := strings.Join(temps, ", ")
	if call.Ellipsis.IsValid() {
		last += "..."
	}
	fn := fmt.Sprintf("__g%d", n)
	id, isIdent := ast.Unparen(call.Fun).(*ast.Ident)
	generic := false
	if isIdent {
		_, generic = l.c.info.Instances[id]
	}
	if generic {
		fn = l.rename(id) + l.typeArgs(id, l.c.info.Instances[id])
		l.replace(pos, call.Lparen, open)
	} else if x, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && l.selection(x) != nil && l.selection(x).Kind() == types.MethodVal {
		recv, text := l.receiver(x, l.selection(x))
		l.replace(pos, call.Lparen, open+l.typed(fn, recv)+text)
		fn += "." + x.Sel.Name
	} else if isIdent && l.isFunc(id) {
		fn = l.rename(id)
		l.replace(pos, call.Lparen, open)
		generic = true
	} else {
		l.replace(pos, call.Lparen, open+l.typed(fn, sig)+l.text(call.Fun))
	}
	at := call.Lparen
	for i, arg := range call.Args {
		sep := "; "
		if generic && i == 0 {
			sep = ""
		}
		l.replace(at, arg.Pos(), sep+head[i])
		l.expr(arg)
		at = arg.End()
	}
	l.replace(at, call.End(), "")
	return fn + "(" + last + ")"
}

// isFunc reports whether id is a cell's function, which can be called but not assigned.
func (l *lowerer) isFunc(id *ast.Ident) bool {
	fn, ok := l.c.object(id).(*types.Func)
	return ok && packageLevel(fn)
}

// waitGroupGo lowers wg.Go(f): its goroutine must be known to the kernel as those of go are.
func (l *lowerer) waitGroupGo(st *ast.ExprStmt, call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Go" || len(call.Args) != 1 {
		return false
	}
	fn, ok := l.c.info.Uses[sel.Sel].(*types.Func)
	if !ok || fn.FullName() != "(*sync.WaitGroup).Go" {
		return false
	}
	recv, ok := l.simple(sel.X)
	if !ok {
		return false
	}
	if s := l.c.info.Selections[sel]; len(s.Index()) != 1 {
		return false
	}
	if _, ptr := l.c.info.TypeOf(sel.X).Underlying().(*types.Pointer); !ptr {
		recv = "&" + recv
	}
	n := l.temp()
	l.replace(st.Pos(), call.Args[0].Pos(), fmt.Sprintf("{ __f%d := ", n))
	l.expr(call.Args[0])
	l.replace(call.Args[0].End(), call.End(), fmt.Sprintf("; __rt.WaitGroupGo(%s, %s, __f%d) }", recv, l.site(st.Pos()), n))
	return true
}

// simple returns the lowered text of an expression that is a name, a path of fields, a constant, or
// one of these dereferenced or addressed; ok is false for all others.
func (l *lowerer) simple(e ast.Expr) (text string, ok bool) {
	switch e := e.(type) {
	case *ast.Ident:
		return l.rename(e), true
	case *ast.BasicLit:
		return e.Value, true
	case *ast.ParenExpr:
		text, ok = l.simple(e.X)
		return "(" + text + ")", ok
	case *ast.SelectorExpr:
		text, ok = l.simple(e.X)
		return text + "." + e.Sel.Name, ok
	case *ast.StarExpr:
		text, ok = l.simple(e.X)
		return "*" + text, ok
	case *ast.UnaryExpr:
		text, ok = l.simple(e.X)
		return e.Op.String() + text, ok && e.Op != token.ARROW
	case *ast.BinaryExpr:
		x, ok1 := l.simple(e.X)
		y, ok2 := l.simple(e.Y)
		return x + " " + e.Op.String() + " " + y, ok1 && ok2
	case *ast.IndexExpr:
		x, ok1 := l.simple(e.X)
		y, ok2 := l.simple(e.Index)
		return x + "[" + y + "]", ok1 && ok2
	}
	return "", false
}
