package yaegi

// This file defines statements and conditions: control flow becomes conditions and jumps.

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

func (g *gen) stmts(list []ast.Stmt) {
	for _, s := range list {
		g.stmt(s)
	}
}

func (g *gen) stmt(s ast.Stmt) {
	name := g.label
	g.label = ""
	g.b.At(s)
	switch s := s.(type) {
	case *ast.EmptyStmt:
	case *ast.BlockStmt:
		if name != "" {
			end := g.name("L")
			g.targets = append(g.targets, &target{label: name, brk: end, block: true})
			g.stmts(s.List)
			g.targets = g.targets[:len(g.targets)-1]
			g.bind(end)
			return
		}
		g.stmts(s.List)
	case *ast.ExprStmt, *ast.SendStmt, *ast.GoStmt, *ast.DeferStmt:
		g.do(s)
	case *ast.IncDecStmt:
		g.incDec(s)
	case *ast.AssignStmt:
		g.assignStmt(s)
	case *ast.DeclStmt:
		g.declStmt(s)
	case *ast.ReturnStmt:
		g.returnStmt(s)
	case *ast.BranchStmt:
		g.branchStmt(s)
	case *ast.IfStmt:
		g.ifStmt(s)
	case *ast.ForStmt:
		g.forStmt(s, name)
	case *ast.RangeStmt:
		g.rangeStmt(s, name)
	case *ast.SwitchStmt:
		g.switchStmt(s, name)
	case *ast.TypeSwitchStmt:
		g.dispatch(s, s.Body, name, s.Init, s.Assign)
	case *ast.SelectStmt:
		g.dispatch(s, s.Body, name)
	case *ast.LabeledStmt:
		if g.dry {
			g.survey.labels[s.Label.Name] = g.id
		}
		g.bind("U" + s.Label.Name)
		g.label = s.Label.Name
		g.stmt(s.Stmt)
		g.label = ""
	default:
		g.b.Refuse(s, Refusal("this statement", "it is unknown"))
	}
}

// bind adds a label.
func (g *gen) bind(label string) { g.line("%s:", label) }

// jump adds a jump.
func (g *gen) jump(label string) { g.line("goto %s", label) }

// mark adds what notes the place of a statement that may panic.
func (g *gen) mark() {
	if !g.dry {
		g.call(g.b.Mark())
	}
}

// check adds the check before a backward jump.
func (g *gen) check() {
	if g.dry {
		return
	}
	tick := g.symbol(g.b.Tick())
	if raceEnabled {
		g.line("if %s(fr) { %s(fr) }", g.symbol(g.b.Flagged), tick)
		return
	}
	if g.flag == "" {
		g.flag = g.name("p")
		g.declared = append(g.declared, "var "+g.flag+" *uint32")
		g.entry = append(g.entry, g.flag+" = "+g.symbol(g.b.Flag)+"(fr)")
	}
	g.line("if *%s != 0 { %s(fr) }", g.flag, tick)
}

// looped adds the step of a stepped source at a loop's end.
func (g *gen) looped() {
	if !g.dry {
		g.call(g.b.Looped())
	}
}

// unless adds a jump that is taken if cond doesn't hold, and when one that is taken if it does.
func (g *gen) unless(cond ast.Expr, label string) { g.decide(cond, label, false) }
func (g *gen) when(cond ast.Expr, label string)   { g.decide(cond, label, true) }

func (g *gen) decide(cond ast.Expr, label string, want bool) {
	cond = ast.Unparen(cond)
	if tv := g.b.Typed(cond); tv.Value != nil {
		if constant.BoolVal(tv.Value) == want {
			g.jump(label)
		}
		return
	}
	if _, access := g.b.Stepped(); !access {
		switch e := cond.(type) {
		case *ast.UnaryExpr:
			if e.Op == token.NOT {
				g.decide(e.X, label, !want)
				return
			}
		case *ast.BinaryExpr:
			if e.Op == token.LAND && !want || e.Op == token.LOR && want {
				g.decide(e.X, label, want)
				g.decide(e.Y, label, want)
				return
			}
			if e.Op == token.LAND || e.Op == token.LOR {
				over := g.name("L")
				g.decide(e.X, over, !want)
				g.decide(e.Y, label, want)
				g.bind(over)
				return
			}
			x, y := g.operand(e.X), g.operand(e.Y)
			if op, ok := negated[e.Op]; ok && !want && x != nil && y != nil && x.kind == y.kind &&
				(x.is(types.IsInteger) || x.is(types.IsString) && e.Op != token.EQL && e.Op != token.NEQ) {
				g.guarded = g.plain(e)
				left, right := g.expr(e.X), g.expr(e.Y)
				g.guarded = false
				if g.threw {
					t := g.temp("bool")
					g.line("%s = %s %s %s", t, left, op, right)
					g.thrown()
					left, right, op = t, "true", token.EQL
				}
				g.line("if %s %s %s { goto %s }", left, op, right, label)
				return
			}
		}
	}
	text := g.whole(cond)
	if !want {
		text = "!" + text
	}
	g.line("if %s { goto %s }", text, label)
}

func (g *gen) ifStmt(s *ast.IfStmt) {
	if s.Init != nil {
		g.stmt(s.Init)
	}
	g.b.At(s.Cond)
	els, end := g.name("L"), ""
	g.unless(s.Cond, els)
	g.stmts(s.Body.List)
	if s.Else != nil {
		end = g.name("L")
		g.jump(end)
	}
	g.bind(els)
	if s.Else != nil {
		g.stmt(s.Else)
		g.bind(end)
	}
}

func (g *gen) switchStmt(s *ast.SwitchStmt, name string) {
	if !g.plainSwitch(s) {
		g.mention(choice(s)...)
		g.dispatch(s, s.Body, name)
		return
	}
	if s.Init != nil {
		g.stmt(s.Init)
	}
	tag := ""
	var r *repr
	if s.Tag != nil {
		g.b.At(s.Tag)
		r = g.operand(s.Tag)
		tag = g.temp(r.text)
		g.line("%s = %s", tag, g.value(s.Tag, r))
	}
	end := g.name("L")
	def := end
	var starts []string
	for _, cl := range s.Body.List {
		clause := cl.(*ast.CaseClause)
		start := g.name("L")
		starts = append(starts, start)
		if clause.List == nil {
			def = start
		}
		for _, e := range clause.List {
			g.b.At(e)
			if s.Tag == nil {
				g.when(e, start)
			} else {
				g.line("if %s == %s { goto %s }", tag, g.value(e, r), start)
			}
		}
	}
	g.jump(def)
	g.clauses(s.Body, starts, end, name, nil)
}

// plainSwitch reports whether yaegi compares the cases itself.
func (g *gen) plainSwitch(s *ast.SwitchStmt) bool {
	if _, access := g.b.Stepped(); access {
		return false
	}
	var r *repr
	if s.Tag != nil {
		if r = g.operand(s.Tag); r == nil {
			return false
		}
	}
	for _, cl := range s.Body.List {
		for _, e := range cl.(*ast.CaseClause).List {
			x := g.operand(e)
			if x == nil || r == nil && !x.is(types.IsBoolean) ||
				r != nil && x.kind != r.kind && g.b.Typed(e).Value == nil {
				return false
			}
		}
	}
	return true
}

// dispatch is a switch whose clause exec chooses. parts are those that exec compiles, apart from the clauses'.
func (g *gen) dispatch(s ast.Stmt, body *ast.BlockStmt, name string, parts ...ast.Stmt) {
	for _, p := range parts {
		if p != nil {
			g.mention(p)
		}
	}
	for _, cl := range body.List {
		switch cl := cl.(type) {
		case *ast.CommClause:
			if cl.Comm != nil {
				g.mention(cl.Comm)
			}
		case *ast.CaseClause:
			if o := g.b.Implicit(cl); o != nil && g.dry {
				g.survey.memory[o] = true
			}
		}
	}
	end := g.name("L")
	var starts []string
	for range body.List {
		starts = append(starts, g.name("L"))
	}
	if g.dry {
		g.clauses(body, starts, end, name, nil)
		return
	}
	cs := g.b.Switch(s)
	n := g.temp("int")
	if g.throws(choice(s)...) {
		g.line("%s = %s(fr)", n, g.symbol(g.b.ThrowingInt(cs.Choose)))
		g.thrown()
	} else {
		g.line("%s = %s(fr)", n, g.symbol(cs.Choose))
	}
	for i, l := range starts {
		g.line("if %s == %d { goto %s }", n, i, l)
	}
	g.jump(end)
	g.clauses(body, starts, end, name, func(i int) {
		g.call(cs.Enter(i))
		switch cl := body.List[i].(type) {
		case *ast.CommClause:
			if cl.Comm != nil {
				g.refetch(cl.Comm)
			}
		case *ast.CaseClause:
			if o := g.b.Implicit(cl); o != nil {
				g.found(o)
			}
		}
	})
}

// choice returns the parts of a switch or a select that are computed for the choice of its clause.
func choice(s ast.Stmt) (parts []ast.Node) {
	add := func(s ast.Stmt) {
		if s != nil {
			parts = append(parts, s)
		}
	}
	var body *ast.BlockStmt
	switch s := s.(type) {
	case *ast.SwitchStmt:
		add(s.Init)
		if s.Tag != nil {
			parts = append(parts, s.Tag)
		}
		body = s.Body
	case *ast.TypeSwitchStmt:
		add(s.Init)
		add(s.Assign)
		body = s.Body
	case *ast.SelectStmt:
		body = s.Body
	}
	for _, cl := range body.List {
		switch cl := cl.(type) {
		case *ast.CaseClause:
			for _, e := range cl.List {
				parts = append(parts, e)
			}
		case *ast.CommClause:
			add(cl.Comm)
		}
	}
	return parts
}

// clauses adds the bodies of a switch.
func (g *gen) clauses(body *ast.BlockStmt, starts []string, end, name string, enter func(i int)) {
	outer := g.fall
	g.targets = append(g.targets, &target{label: name, brk: end})
	for i, cl := range body.List {
		g.bind(starts[i])
		if enter != nil {
			g.b.At(cl)
			enter(i)
		}
		fall := end
		if i+1 < len(starts) {
			fall = starts[i+1]
		}
		var list []ast.Stmt
		switch cl := cl.(type) {
		case *ast.CaseClause:
			list = cl.Body
		case *ast.CommClause:
			list = cl.Body
		}
		for _, st := range list {
			g.fall = fall
			g.stmt(st)
		}
		g.jump(end)
	}
	g.targets = g.targets[:len(g.targets)-1]
	g.fall = outer
	g.bind(end)
}
