package cell

// This file defines the lowering of loops: variables of their own for each turn (the interpreter has
// those of Go 1.21), range over integers, breaks out of selects, checks.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

func (l *lowerer) labeled(st *ast.LabeledStmt) {
	switch s := st.Stmt.(type) {
	case *ast.ForStmt:
		l.forStmt(s, st.Label.Name)
	case *ast.RangeStmt:
		l.rangeStmt(s, st.Label.Name)
	default:
		l.stmt(st.Stmt)
	}
}

// enter begins a loop; the function it returns ends it.
func (l *lowerer) enter(st ast.Stmt, label, copyBack string) func() {
	lp := &loop{node: st, label: label, copyBack: copyBack}
	l.loops = append(l.loops, lp)
	return func() {
		l.loops = l.loops[:len(l.loops)-1]
		if lp.escape != "" {
			l.insert(st.End(), "; "+lp.escape+": {}")
		}
	}
}

// branch lowers continue, which must copy back the turn's variables, and a break that leaves a loop
// from within a select, on which the interpreter hangs.
func (l *lowerer) branch(st *ast.BranchStmt) {
	if l.leavesIterator(st) {
		return
	}
	if len(l.loops) == 0 {
		return
	}
	target := l.loops[len(l.loops)-1]
	if st.Label != nil {
		target = nil
		for _, lp := range l.loops {
			if lp.label == st.Label.Name {
				target = lp
			}
		}
	}
	if target == nil {
		return
	}
	switch {
	case st.Tok == token.CONTINUE && target.copyBack != "":
		l.insert(st.Pos(), "{ "+target.copyBack+"; ")
		l.insert(st.End(), " }")
	case st.Tok == token.BREAK && st.Label != nil && l.inSelect(target):
		if target.escape == "" {
			target.escape = fmt.Sprintf("__break%d", l.temp())
		}
		l.replace(st.Pos(), st.End(), "goto "+target.escape)
	}
}

// inSelect reports whether a select stands between the statement that is walked and a loop.
func (l *lowerer) inSelect(target *loop) bool {
	for i := len(l.loops) - 1; i >= 0; i-- {
		if l.loops[i].selects > 0 {
			return true
		}
		if l.loops[i] == target {
			break
		}
	}
	return false
}

func (l *lowerer) forStmt(st *ast.ForStmt, label string) {
	var vars []*ast.Ident
	if as, ok := st.Init.(*ast.AssignStmt); ok && as.Tok == token.DEFINE {
		for _, e := range as.Lhs {
			if id, ok := e.(*ast.Ident); ok && l.captured(l.c.info.Defs[id], st.Body) {
				vars = append(vars, id)
			}
		}
	}
	prefix, copyBack := "", ""
	old := l.override
	l.override = map[types.Object]string{}
	for o, name := range old {
		l.override[o] = name
	}
	for _, id := range vars {
		o := l.c.info.Defs[id]
		outer := fmt.Sprintf("__l%d_%s", l.temp(), id.Name)
		l.override[o] = outer
		prefix += fmt.Sprintf(" %s := %s;", id.Name, outer)
		if l.assigned(o, st.Body) {
			if copyBack != "" {
				copyBack += "; "
			}
			copyBack += outer + " = " + id.Name
		}
	}
	l.simpleStmt(st.Init)
	if st.Cond != nil {
		l.expr(st.Cond)
	}
	l.simpleStmt(st.Post)
	l.override = old
	end := l.enter(st, label, copyBack)
	l.insert(st.Body.Lbrace+1, " "+check+";"+prefix+" ")
	l.list(st.Body.List)
	if copyBack != "" {
		l.insert(st.Body.Rbrace, "; "+copyBack+" ")
	}
	end()
}

func (l *lowerer) rangeStmt(st *ast.RangeStmt, label string) {
	t := l.c.info.TypeOf(st.X)
	if sig, ok := t.Underlying().(*types.Signature); ok {
		l.rangeFunc(st, label, sig)
		return
	}
	if b, ok := t.Underlying().(*types.Basic); ok && b.Info()&types.IsInteger != 0 {
		l.rangeInt(st, label, t)
		return
	}
	if l.rangeChans(st, label, t) {
		return
	}
	prefix := ""
	assigns := st.Tok == token.ASSIGN
	if assigns {
		prefix = " " + l.rangeTargets(st)
	}
	for _, e := range []ast.Expr{st.Key, st.Value} {
		if assigns {
			break
		}
		id, ok := e.(*ast.Ident)
		if !ok || id.Name == "_" {
			if e != nil && !ok {
				l.expr(e)
			}
			continue
		}
		o := l.c.info.Defs[id]
		if st.Tok != token.DEFINE || o == nil {
			l.expr(e)
			continue
		}
		if l.captured(o, st.Body) {
			outer := fmt.Sprintf("__l%d_%s", l.temp(), id.Name)
			l.replace(id.Pos(), id.End(), outer)
			prefix += fmt.Sprintf(" %s := %s;", id.Name, outer)
		}
	}
	l.expr(st.X)
	end := l.enter(st, label, "")
	l.insert(st.Body.Lbrace+1, " "+check+";"+prefix+" ")
	l.list(st.Body.List)
	end()
}

// rangeChans lowers a range with values that are channels, which the interpreter takes for a range over
// a channel. It reports false for all others.
func (l *lowerer) rangeChans(st *ast.RangeStmt, label string, t types.Type) bool {
	value, ok := st.Value.(*ast.Ident)
	if !ok || value.Name == "_" || st.Tok != token.DEFINE {
		return false
	}
	if _, isChan := l.c.info.TypeOf(value).Underlying().(*types.Chan); !isChan {
		return false
	}
	if _, isMap := t.Underlying().(*types.Map); isMap {
		return false
	}
	n := l.temp()
	prefix := fmt.Sprintf(" %s := __s%d[__i%d];", value.Name, n, n)
	if key, ok := st.Key.(*ast.Ident); ok && key.Name != "_" {
		prefix += fmt.Sprintf(" %s := __i%d;", key.Name, n)
	}
	l.replace(st.For, st.X.Pos(), fmt.Sprintf("for __i%d, __s%d := 0, ", n, n))
	l.expr(st.X)
	l.insert(st.X.End(), fmt.Sprintf("; __i%d < len(__s%d); __i%d++", n, n, n))
	end := l.enter(st, label, "")
	l.insert(st.Body.Lbrace+1, " "+check+";"+prefix+" ")
	l.list(st.Body.List)
	end()
	return true
}

// rangeInt lowers range over an integer to a loop of three clauses.
func (l *lowerer) rangeInt(st *ast.RangeStmt, label string, t types.Type) {
	prefix := ""
	i := l.temp()
	if id, ok := st.Key.(*ast.Ident); ok && id.Name != "_" {
		if st.Tok == token.DEFINE {
			t = l.c.info.Defs[id].Type()
			prefix = fmt.Sprintf(" %s := __i%d;", id.Name, i)
		} else {
			prefix = fmt.Sprintf(" %s = __i%d;", l.rename(id), i)
			t = l.c.info.TypeOf(id)
		}
	} else if st.Key != nil && !ok {
		l.limit(st.Key.Pos(), "a range over an integer that assigns to "+types.ExprString(st.Key)+"; use a variable")
		return
	}
	text, ok := l.c.writer().expr(types.Default(t))
	if !ok {
		text = "int"
	}
	l.replace(st.For, st.X.Pos(), fmt.Sprintf("for __i%d, __n%d := %s(0), %s(", i, i, text, text))
	l.expr(st.X)
	l.insert(st.X.End(), fmt.Sprintf("); __i%d < __n%d; __i%d++", i, i, i))
	end := l.enter(st, label, "")
	l.insert(st.Body.Lbrace+1, " "+check+";"+prefix+" ")
	l.list(st.Body.List)
	end()
}

// captured reports whether a loop's variable outlives its turn: a function literal mentions it, or its
// address is taken.
func (l *lowerer) captured(o types.Object, body *ast.BlockStmt) bool {
	if o == nil {
		return false
	}
	found := false
	var visit func(n ast.Node, inside bool)
	visit = func(n ast.Node, inside bool) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				if !inside {
					visit(n.Body, true)
					return false
				}
			case *ast.UnaryExpr:
				if id := root(n.X); n.Op == token.AND && id != nil && l.c.info.Uses[id] == o {
					found = true
				}
			case *ast.SelectorExpr:
				// A method with a pointer receiver takes the address too.
				if id := root(n.X); id != nil && l.c.info.Uses[id] == o {
					if sel := l.c.info.Selections[n]; sel != nil && sel.Kind() == types.MethodVal {
						found = true
					}
				}
			case *ast.Ident:
				found = found || inside && l.c.info.Uses[n] == o
			}
			return !found
		})
	}
	visit(body, false)
	return found
}

// root returns the variable that an addressable expression is part of.
func root(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.ParenExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// assigned reports whether body changes a variable.
func (l *lowerer) assigned(o types.Object, body *ast.BlockStmt) bool {
	found := false
	is := func(e ast.Expr) bool {
		id := root(e)
		return id != nil && l.c.info.Uses[id] == o
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				found = found || is(e)
			}
		case *ast.IncDecStmt:
			found = found || is(n.X)
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && is(n.X)
		case *ast.RangeStmt:
			found = found || n.Tok == token.ASSIGN && (n.Key != nil && is(n.Key) || n.Value != nil && is(n.Value))
		}
		return !found
	})
	return found
}
