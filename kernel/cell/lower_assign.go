package cell

// This file defines the lowering of assignments to what the interpreter does rightly: one value to one
// variable, from a temporary. In other forms it gives a variable a new place, which functions that
// captured the variable don't see, or loses values in parallel assignments.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// assign lowers an assignment that stands as a statement of its own. all says that the variables of a
// := exist already, because they are the cell's own. It reports false for forms that may stay.
func (l *lowerer) assign(st *ast.AssignStmt, all bool) bool {
	if st.Tok != token.ASSIGN && (st.Tok != token.DEFINE || !all && !l.redefines(st)) {
		return false
	}
	if st.Tok == token.ASSIGN && len(st.Lhs) == 1 && !l.needsTemp(st.Rhs[0]) {
		return false
	}
	if st.Tok == token.DEFINE && len(st.Lhs) == 1 && !l.needsTemp(st.Rhs[0]) {
		return false
	}
	n := l.temp()
	var before, declared, set strings.Builder
	targets := make([]string, len(st.Lhs))
	for i, e := range st.Lhs {
		if st.Tok == token.DEFINE && !all {
			if id := e.(*ast.Ident); id.Name != "_" && l.c.info.Defs[id] != nil {
				text, ok := l.c.writer().expr(l.c.info.Defs[id].Type())
				if !ok {
					return false // a type that can't be named
				}
				fmt.Fprintf(&declared, "var %s %s; ", l.rename(id), text)
			}
		}
		targets[i] = l.target(e, &before, len(st.Lhs) > 1)
	}
	temps := make([]string, len(st.Lhs))
	for i := range temps {
		temps[i] = fmt.Sprintf("__t%d_%d", n, i)
		if id, ok := st.Lhs[i].(*ast.Ident); ok && id.Name == "_" && len(st.Rhs) != len(st.Lhs) {
			temps[i] = "_"
		}
	}
	if len(st.Rhs) == len(st.Lhs) {
		for i, e := range st.Rhs {
			t := l.c.info.TypeOf(st.Lhs[i])
			if id, ok := st.Lhs[i].(*ast.Ident); ok && id.Name == "_" {
				t = types.Default(l.c.info.TypeOf(e))
				if b, ok := t.(*types.Basic); ok && b.Kind() == types.UntypedNil {
					t = types.NewInterfaceType(nil, nil)
				}
			} else if ok && l.c.info.Defs[id] != nil {
				t = l.c.info.Defs[id].Type()
			}
			before.WriteString(l.hold(temps[i], t, e) + l.text(e) + "; ")
		}
	} else {
		fmt.Fprintf(&before, "%s := %s; ", strings.Join(temps, ", "), l.text(st.Rhs[0]))
	}
	for i, target := range targets {
		if target != "_" && temps[i] != "_" {
			fmt.Fprintf(&set, "%s = %s; ", target, temps[i])
		}
	}
	l.replace(st.Pos(), st.End(), declared.String()+"{ "+before.String()+strings.TrimSuffix(set.String(), "; ")+" }")
	return true
}

// redefines reports whether a := assigns to a variable that is there already, or is otherwise not a
// plain definition of new ones.
func (l *lowerer) redefines(st *ast.AssignStmt) bool {
	if len(st.Lhs) == 1 {
		return false
	}
	for _, e := range st.Lhs {
		if id, ok := e.(*ast.Ident); ok && id.Name != "_" && l.c.info.Defs[id] == nil {
			return true
		}
	}
	return false
}

// needsTemp reports whether a value must come from a temporary.
func (l *lowerer) needsTemp(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return true
	case *ast.UnaryExpr:
		return e.Op == token.ARROW
	}
	return false
}

// target lowers the left side of an assignment; operands that may change meanwhile are evaluated first.
func (l *lowerer) target(e ast.Expr, before *strings.Builder, several bool) string {
	hold := func(e ast.Expr) string {
		if tv := l.c.info.Types[e]; !several && !calls(e) || tv.Value != nil || tv.Type == nil {
			return l.text(e)
		}
		name := fmt.Sprintf("__k%d", l.temp())
		before.WriteString(l.hold(name, types.Default(l.c.info.TypeOf(e)), e) + l.text(e) + "; ")
		return name
	}
	switch x := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		base := ""
		switch l.c.info.TypeOf(x.X).Underlying().(type) {
		case *types.Slice, *types.Map, *types.Pointer:
			base = hold(x.X)
		default:
			base = l.target(x.X, before, several) // an array: its place
		}
		return base + "[" + hold(x.Index) + "]"
	case *ast.StarExpr:
		return "*" + hold(x.X)
	case *ast.SelectorExpr:
		if l.c.info.Selections[x] == nil {
			return l.text(e)
		}
		from := len(l.u.edits)
		l.selector(x)
		l.u.edits = l.u.edits[:from]
		name := x.Sel.Name
		if v, ok := l.c.info.Uses[x.Sel].(*types.Var); ok && v.Embedded() {
			if n, ok := l.embedded(v.Type()); ok {
				name = n
			}
		}
		if _, ptr := l.c.info.TypeOf(x.X).Underlying().(*types.Pointer); ptr {
			return hold(x.X) + "." + name
		}
		return l.target(x.X, before, several) + "." + name
	}
	return l.text(e)
}

// calls reports whether an expression calls something or receives.
func calls(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		return !found
	})
	return found
}

// commClause lowers a case of a select that receives into something else than new variables: the
// interpreter takes only those.
func (l *lowerer) commClause(cl *ast.CommClause) {
	as, ok := cl.Comm.(*ast.AssignStmt)
	if !ok || as.Tok != token.ASSIGN {
		l.expr(cl.Comm)
		return
	}
	n := l.temp()
	var before, set strings.Builder
	names := []string{"_", "_"}[:len(as.Lhs)]
	for i, e := range as.Lhs {
		if id, ok := e.(*ast.Ident); ok && id.Name == "_" {
			continue
		}
		names[i] = fmt.Sprintf("__t%d_%d", n, i)
		fmt.Fprintf(&set, "%s = %s; ", l.target(e, &before, false), names[i])
	}
	op := ":="
	if strings.Join(names, "") == strings.Repeat("_", len(names)) {
		op = "="
	}
	l.replace(as.Pos(), as.End(), strings.Join(names, ", ")+" "+op+" "+l.text(as.Rhs[0]))
	l.insert(cl.Colon+1, " "+before.String()+set.String())
}

// rangeTargets lowers for x.f, a[i] = range: the interpreter assigns to variables only. It returns what
// the body begins with.
func (l *lowerer) rangeTargets(st *ast.RangeStmt) (prefix string) {
	var names []string
	for _, e := range []ast.Expr{st.Key, st.Value} {
		if e == nil {
			continue
		}
		name := "_"
		if id, ok := e.(*ast.Ident); !ok || id.Name != "_" {
			name = fmt.Sprintf("__t%d", l.temp())
			var before strings.Builder
			target := l.target(e, &before, false)
			prefix += before.String() + fmt.Sprintf("%s = %s; ", target, name)
		}
		names = append(names, name)
	}
	op := " := range "
	if strings.Trim(strings.Join(names, ""), "_") == "" {
		op = " = range "
	}
	l.replace(st.Key.Pos(), st.X.Pos(), strings.Join(names, ", ")+op)
	return prefix
}
