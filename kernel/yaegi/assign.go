package yaegi

// This file defines assignments and declarations of variables.

import (
	"go/ast"
	"go/token"
	"go/types"
)

// do adds a statement that exec executes.
func (g *gen) do(s ast.Stmt) {
	g.mention(s)
	if !g.dry {
		switch s.(type) {
		case *ast.GoStmt, *ast.DeferStmt: // what they call is called later
			g.call(g.b.Do(s))
		default:
			g.call(g.b.Do(s), s)
		}
	}
}

func (g *gen) assignStmt(s *ast.AssignStmt) {
	_, access := g.b.Stepped()
	if !access {
		switch {
		case len(s.Lhs) != len(s.Rhs):
		case s.Tok != token.ASSIGN && s.Tok != token.DEFINE:
			if g.update(s.Lhs[0], s.Tok+(token.ADD-token.ADD_ASSIGN), s.Rhs[0]) {
				return
			}
		case g.assignAll(s.Lhs, s.Rhs, s.Tok == token.DEFINE):
			return
		}
	}
	g.do(s)
	g.refetch(s)
}

// refetch adds what finds the variables that a statement of exec's has declared.
func (g *gen) refetch(s ast.Node) {
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.Ident:
			if o, ok := g.b.Object(n).(*types.Var); ok && !o.IsField() && o.Pos() == n.Pos() {
				g.found(o)
			}
		}
		return true
	})
}

// found adds what finds a variable that exec has declared just now.
func (g *gen) found(o types.Object) {
	if g.dry || !g.b.Boxed(o) || !g.survey.computed[o] {
		return
	}
	if r := reprOf(g.b.VarType(o)); r != nil {
		if g.address[o] == "" {
			g.address[o] = g.name("p")
			g.declared = append(g.declared, "var "+g.address[o]+" *"+r.text)
		}
		g.line("%s", g.fetch(o, r))
	}
}

// goes returns how yaegi sees what is assigned to e, nil if exec must assign.
func (g *gen) goes(l, e ast.Expr) *repr {
	if tv := g.b.Typed(e); tv.IsNil() || tv.Type == nil {
		return nil
	}
	var r *repr
	if id, ok := ast.Unparen(l).(*ast.Ident); ok {
		if id.Name == "_" {
			return nil
		}
		o, ok := g.b.Object(id).(*types.Var)
		if !ok {
			return nil
		}
		r = reprOf(g.b.VarType(o))
	} else if ix, ok := ast.Unparen(l).(*ast.IndexExpr); ok {
		x := reprOf(g.b.Typed(ix.X).Type)
		if x == nil || x.elem == nil || !g.simple(ix.X) || !g.simple(ix.Index) {
			return nil
		}
		r = x.elem
	} else {
		return nil
	}
	if from := reprOf(g.b.Typed(e).Type); r == nil || from == nil || g.b.Typed(e).Value == nil && from.text != r.text {
		return nil
	}
	return r
}

// simple reports whether the order in which an expression is computed doesn't matter: it calls nothing and can't fail.
func (g *gen) simple(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		_, ok := g.b.Object(e).(*types.Var)
		return ok || g.b.Typed(e).Value != nil
	case *ast.BasicLit:
		return true
	case *ast.BinaryExpr:
		switch e.Op {
		case token.ADD, token.SUB, token.MUL, token.AND, token.OR, token.XOR:
			return g.operand(e.X) != nil && g.operand(e.Y) != nil && g.simple(e.X) && g.simple(e.Y)
		}
	}
	return false
}

// pure reports whether yaegi computes an expression by itself.
func (g *gen) pure(e ast.Expr) bool {
	pure := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if !g.b.Typed(n.Fun).IsType() && g.b.Builtin(n.Fun) != "len" {
				pure = false
			}
		case *ast.FuncLit, *ast.CompositeLit, *ast.SelectorExpr, *ast.StarExpr, *ast.TypeAssertExpr, *ast.SliceExpr:
			pure = false
		case *ast.UnaryExpr:
			pure = pure && n.Op != token.ARROW && n.Op != token.AND
		}
		return pure
	})
	return pure
}

// assignAll assigns what yaegi has computed, or reports that exec must.
func (g *gen) assignAll(lhs, rhs []ast.Expr, define bool) bool {
	var reprs []*repr
	for i, l := range lhs {
		r := g.goes(l, rhs[i])
		if r == nil || len(lhs) > 1 && (!g.pure(rhs[i]) || !g.simple(rhs[i]) && !isIndex(rhs[i])) {
			return false
		}
		reprs = append(reprs, r)
	}
	var values []string
	for i, e := range rhs {
		text := g.value(e, reprs[i])
		if len(lhs) > 1 {
			t := g.temp(reprs[i].text)
			g.line("%s = %s", t, text)
			text = t
		}
		values = append(values, text)
	}
	var at []string // the indexes on the left, computed before anything is assigned
	for _, l := range lhs {
		ix, ok := ast.Unparen(l).(*ast.IndexExpr)
		if !ok || len(lhs) == 1 {
			at = append(at, "")
			continue
		}
		t := g.temp("int")
		g.line("%s = int(%s)", t, g.expr(ix.Index))
		at = append(at, t)
	}
	for i, l := range lhs {
		g.assign(l, values[i], reprs[i], define, at[i])
	}
	return true
}

func isIndex(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.IndexExpr)
	return ok
}

// value is the text of an expression that is assigned to a variable of another type with the same representation.
func (g *gen) value(e ast.Expr, r *repr) string {
	if tv := g.b.Typed(e); tv.Value != nil {
		return g.constant(tv.Value, r)
	}
	return g.whole(e)
}

// assign adds the assignment of a computed value.
func (g *gen) assign(l ast.Expr, text string, r *repr, define bool, at string) {
	l = ast.Unparen(l)
	if ix, ok := l.(*ast.IndexExpr); ok {
		s := g.expr(ix.X)
		i := g.operand(ix.Index)
		if at == "" {
			at = g.expr(ix.Index)
		} else {
			i = &repr{kind: types.Int}
		}
		if !g.dry {
			t := g.temp(r.text)
			g.line("%s = %s", t, text)
			text = t
		}
		g.written(l)
		g.guarded = true // the value is computed, and the parts may be computed when it is convenient
		g.line("%s[%s] = %s", s, g.checked(at, i, s, true), text)
		g.guarded = false
		return
	}
	id := l.(*ast.Ident)
	o := g.b.Object(id)
	if define && o.Pos() == id.Pos() {
		g.define(o, text, r)
		return
	}
	g.uses(o)
	g.store(o, text, r, l)
}

// define declares a variable with a value.
func (g *gen) define(o types.Object, text string, r *repr) {
	g.declares(o)
	if g.dry {
		g.survey.computed[o] = true
		return
	}
	if g.inMemory(o) {
		t := g.temp(r.text)
		g.line("%s = %s", t, text)
		g.zero(o)
		g.line("*%s = %s", g.pointer(o, r), t)
		return
	}
	g.line("%s = %s", g.kept(o, r), text)
}

// zero declares a variable in exec's memory.
func (g *gen) zero(o types.Object) {
	g.call(g.b.Zero(o))
	g.found(o)
}

// store assigns to a variable. l is it, if the assignment may have a step.
func (g *gen) store(o types.Object, text string, r *repr, l ast.Expr) {
	if g.dry {
		g.survey.computed[o] = true
		return
	}
	if !g.inMemory(o) {
		g.line("%s = %s", g.kept(o, r), text)
		return
	}
	p := g.pointer(o, r)
	if l != nil && g.b.Shared(l) {
		t := g.temp(r.text)
		g.line("%s = %s", t, text)
		g.written(l)
		text = t
	}
	g.line("*%s = %s", p, text)
}

// written adds the step before a write to what goroutines share.
func (g *gen) written(l ast.Expr) {
	if g.dry {
		return
	}
	if w := g.b.Written(l); w != nil {
		if g.steps == "" {
			g.steps = g.name("p")
			g.declared = append(g.declared, "var "+g.steps+" *bool")
			g.entry = append(g.entry, g.steps+" = "+g.symbol(g.b.Steps)+"(fr)")
		}
		g.line("if *%s { %s(fr) }", g.steps, g.symbol(w))
	}
}

// update is l op= e, if yaegi can do it.
func (g *gen) update(l ast.Expr, op token.Token, e ast.Expr) bool {
	l = ast.Unparen(l)
	id, ok := l.(*ast.Ident)
	if !ok {
		return false
	}
	o, ok := g.b.Object(id).(*types.Var)
	if !ok {
		return false
	}
	r := reprOf(g.b.VarType(o))
	if r == nil || r.elem != nil || g.operand(e) == nil {
		return false
	}
	var y string
	tv := g.b.Typed(e)
	switch {
	case isShift(op):
		if tv.Value != nil {
			y = "uint(" + tv.Value.ExactString() + ")"
		} else if g.operand(e).is(types.IsUnsigned) {
			y = g.expr(e)
		} else {
			return false
		}
	case (op == token.QUO || op == token.REM) && r.is(types.IsInteger) && tv.Value == nil:
		g.mark()
		y = g.value(e, r)
	default:
		y = g.value(e, r)
	}
	g.uses(o)
	x := g.variable(o, r)
	g.store(o, "("+x+" "+op.String()+" "+y+")", r, l)
	return true
}

func (g *gen) incDec(s *ast.IncDecStmt) {
	op := token.ADD
	if s.Tok == token.DEC {
		op = token.SUB
	}
	_, access := g.b.Stepped()
	id, ok := ast.Unparen(s.X).(*ast.Ident)
	if ok && !access {
		if o, isVar := g.b.Object(id).(*types.Var); isVar {
			if r := reprOf(g.b.VarType(o)); r != nil {
				g.store(o, "("+g.variable(o, r)+" "+op.String()+" 1)", r, id)
				return
			}
		}
	}
	g.do(s)
}

func (g *gen) declStmt(s *ast.DeclStmt) {
	gd := s.Decl.(*ast.GenDecl)
	if gd.Tok != token.VAR {
		return
	}
	_, access := g.b.Stepped()
	if !access && g.native(gd) {
		for _, sp := range gd.Specs {
			spec := sp.(*ast.ValueSpec)
			for i, id := range spec.Names {
				o := g.b.Object(id)
				r := reprOf(g.b.VarType(o))
				if len(spec.Values) == 0 {
					g.declareZero(o, r)
					continue
				}
				g.define(o, g.value(spec.Values[i], r), r)
			}
		}
		return
	}
	g.do(s)
	g.refetch(s)
}

// native reports whether yaegi can declare all variables of a declaration.
func (g *gen) native(gd *ast.GenDecl) bool {
	for _, sp := range gd.Specs {
		spec := sp.(*ast.ValueSpec)
		if len(spec.Values) > 1 || len(spec.Values) == 1 && len(spec.Names) > 1 {
			return false
		}
		for i, id := range spec.Names {
			if id.Name == "_" || reprOf(g.b.VarType(g.b.Object(id))) == nil {
				return false
			}
			if len(spec.Values) > 0 && g.goes(id, spec.Values[i]) == nil {
				return false
			}
		}
	}
	return true
}

// declareZero declares a variable without a value.
func (g *gen) declareZero(o types.Object, r *repr) {
	g.declares(o)
	if g.dry {
		return
	}
	if g.inMemory(o) {
		g.zero(o)
		return
	}
	switch name := g.kept(o, r); {
	case r.elem != nil:
		g.line("%s = nil", name)
	case r.is(types.IsBoolean):
		g.line("%s = false", name)
	case r.is(types.IsString):
		g.line(`%s = ""`, name)
	default:
		g.line("%s = 0", name)
	}
}

func (g *gen) returnStmt(s *ast.ReturnStmt) {
	types := g.b.Results()
	_, access := g.b.Stepped()
	if len(s.Results) != 1 || len(types) != 1 || access {
		g.do(s)
		g.leaveFunction()
		return
	}
	r, from := reprOf(types[0]), reprOf(g.b.Typed(s.Results[0]).Type)
	tv := g.b.Typed(s.Results[0])
	if r == nil || from == nil || tv.IsNil() || tv.Value == nil && from.text != r.text {
		g.do(s)
		g.leaveFunction()
		return
	}
	text := g.value(s.Results[0], r)
	if !g.dry {
		g.line("%s(fr, %s)", g.symbol(g.b.Return(0, r.rt)), text)
	}
	g.leaveFunction()
}
