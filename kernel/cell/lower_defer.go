package cell

// This file defines the lowering of functions that defer. The interpreter evaluates the arguments of
// deferred calls late, mixes them up in loops and loses results that they set, so a function's body
// becomes a literal that keeps what it defers on a stack of the kernel's:
//
//	func f() (r int) { b := func(d *__rt.Deferred) { …; d.Push(g); …; r = 1; return }; __rt.With(b); return r }
//
// It costs about a microsecond for each call of such a function.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// frame is what is known of the function whose body is being lowered.
type frame struct {
	deferred string   // name of the stack of its deferred calls, "" when it has none
	results  []string // names of its results, when it has a stack
	types    []types.Type
	recovers string // name of the stack that a recover in it asks, "" in functions that are no literal behind defer
}

// defers reports whether a body has a defer statement of its own.
func defers(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			found = true
		}
		return !found
	})
	return found
}

// function lowers the body of a function or literal. recovers is the stack that recover asks in it.
func (l *lowerer) function(t *ast.FuncType, body *ast.BlockStmt, recovers string) {
	loops, outer := l.loops, l.frame
	l.loops, l.frame = nil, &frame{recovers: recovers}
	if !defers(body) {
		l.insert(body.Lbrace+1, " "+check+"; ")
		l.list(body.List)
	} else {
		n := l.temp()
		l.frame.deferred = fmt.Sprintf("__d%d", n)
		l.nameResults(t, n)
		l.insert(body.Lbrace+1, fmt.Sprintf(" %s; __b%d := func(%s *__rt.Deferred) { ", check, n, l.frame.deferred))
		l.list(body.List)
		l.insert(body.Rbrace, fmt.Sprintf("}; __rt.With(__b%d); return %s ", n, strings.Join(l.frame.results, ", ")))
	}
	l.loops, l.frame = loops, outer
}

// nameResults gives all results of a function names.
func (l *lowerer) nameResults(t *ast.FuncType, n int) {
	if t.Results == nil || len(t.Results.List) == 0 {
		return
	}
	add := func(name string, e ast.Expr) {
		l.frame.results = append(l.frame.results, name)
		l.frame.types = append(l.frame.types, l.c.info.TypeOf(e))
	}
	if !t.Results.Opening.IsValid() {
		l.insert(t.Results.Pos(), "(")
		defer l.insert(t.Results.End(), ")")
	}
	for _, f := range t.Results.List {
		if len(f.Names) == 0 {
			name := fmt.Sprintf("__q%d_%d", n, len(l.frame.results))
			l.insert(f.Type.Pos(), name+" ")
			add(name, f.Type)
		}
		for _, id := range f.Names {
			name := id.Name
			if name == "_" {
				name = fmt.Sprintf("__q%d_%d", n, len(l.frame.results))
				l.replace(id.Pos(), id.End(), name)
			}
			add(name, f.Type)
		}
	}
}

// returnStmt lowers the return of a function that defers: results are set, then the literal is left.
func (l *lowerer) returnStmt(st *ast.ReturnStmt) {
	if l.inIterator() {
		l.limit(st.Pos(), "a return within a range over a function; set a variable, break, and return behind the loop")
		return
	}
	if l.frame == nil || l.frame.deferred == "" || len(st.Results) == 0 {
		l.expr(st)
		return
	}
	n := l.temp()
	var b strings.Builder
	b.WriteString("{ ")
	var names []string
	for i := range l.frame.results {
		names = append(names, fmt.Sprintf("__t%d_%d", n, i))
	}
	if len(st.Results) < len(names) {
		fmt.Fprintf(&b, "%s := %s; ", strings.Join(names, ", "), l.text(st.Results[0]))
	} else {
		for i, e := range st.Results {
			b.WriteString(l.hold(names[i], l.frame.types[i], e) + l.text(e) + "; ")
		}
	}
	for i, r := range l.frame.results {
		fmt.Fprintf(&b, "%s = %s; ", r, names[i])
	}
	l.replace(st.Pos(), st.End(), b.String()+"return }")
}

// deferStmt lowers defer f(a, b) to
//
//	{ __g := f; var __a0 A = a; var __a1 B = b; __f := func() { __g(__a0, __a1) }; d.Push(__f) }
func (l *lowerer) deferStmt(st *ast.DeferStmt) {
	n := l.temp()
	d := l.deferredName()
	push := fmt.Sprintf("%s.Push(__f%d) }", d, n)
	if lit, ok := ast.Unparen(st.Call.Fun).(*ast.FuncLit); ok {
		if l.recovers == nil {
			l.recovers = map[*ast.FuncLit]string{}
		}
		l.recovers[lit] = d
		if len(st.Call.Args) == 0 && lit.Type.Results == nil {
			l.replace(st.Pos(), lit.Pos(), fmt.Sprintf("{ __f%d := ", n))
			l.expr(lit)
			l.replace(lit.End(), st.Call.End(), "; "+push)
			return
		}
	}
	target := l.evaluate(st.Pos(), st.Call, n, "{ ")
	l.insert(st.Call.End(), fmt.Sprintf("; __f%d := func() { %s }; %s", n, target, push))
}

// deferredName is the name of the current function's stack: the cell's own at its top level.
func (l *lowerer) deferredName() string {
	if l.frame != nil && l.frame.deferred != "" {
		return l.frame.deferred
	}
	return topDeferred
}

// topDeferred is the name of the stack of the cell's own statements.
const topDeferred = "__d0"

// recoverCall lowers recover.
func (l *lowerer) recoverCall(n *ast.CallExpr) {
	text := "__rt.Recover()"
	if l.frame != nil && l.frame.recovers != "" {
		text = l.frame.recovers + ".Recover()"
	}
	l.replace(n.Pos(), n.End(), text)
}

// tupleCall returns the types of a call's only argument when that is a call with several results.
func (l *lowerer) tupleCall(call *ast.CallExpr) *types.Tuple {
	if len(call.Args) != 1 {
		return nil
	}
	t, _ := l.c.info.TypeOf(call.Args[0]).(*types.Tuple)
	return t
}

// evaluateBuiltin is evaluate for builtins, whose name can't be assigned.
func (l *lowerer) evaluateBuiltin(pos token.Pos, call *ast.CallExpr, n int, open string) string {
	var temps []string
	at, sep := pos, open
	for i, arg := range call.Args {
		temp := fmt.Sprintf("__a%d_%d", n, i)
		tv := l.c.info.Types[arg]
		if tv.IsType() || tv.IsNil() {
			temps = append(temps, l.text(arg))
			continue
		}
		temps = append(temps, temp)
		l.replace(at, arg.Pos(), sep+l.hold(temp, types.Default(tv.Type), arg))
		l.expr(arg)
		at, sep = arg.End(), "; "
	}
	if at == pos {
		l.replace(pos, call.End(), open)
	} else {
		l.replace(at, call.End(), "")
	}
	if call.Ellipsis.IsValid() {
		temps[len(temps)-1] += "..."
	}
	return types.ExprString(call.Fun) + "(" + strings.Join(temps, ", ") + ")"
}
