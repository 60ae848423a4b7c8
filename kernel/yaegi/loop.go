package yaegi

// This file defines loops, and the jumps out of them.

import (
	"go/ast"
	"go/token"
	"go/types"

	"gilkernel/kernel/exec"
)

// target is a statement that break or continue can leave.
type target struct {
	label     string
	brk, cont string // labels of the text; cont is "" for switch and select
	block     bool   // only a break with its label means it
}

func (g *gen) forStmt(s *ast.ForStmt, name string) {
	var vars []types.Object
	if s.Init != nil {
		g.stmt(s.Init)
		if as, ok := s.Init.(*ast.AssignStmt); ok && as.Tok == token.DEFINE {
			for _, l := range as.Lhs {
				if o := g.b.Object(l.(*ast.Ident)); o != nil && g.b.Boxed(o) && o.Pos() == l.Pos() {
					vars = append(vars, o)
				}
			}
		}
	}
	top, cont, test, end := g.name("L"), g.name("L"), g.name("L"), g.name("L")
	if s.Cond != nil {
		g.jump(test)
	}
	g.bind(top)
	g.targets = append(g.targets, &target{label: name, brk: end, cont: cont})
	g.stmts(s.Body.List)
	g.targets = g.targets[:len(g.targets)-1]
	g.bind(cont)
	g.b.At(s)
	if len(vars) > 0 && !g.dry {
		g.call(g.b.Fresh(vars))
		for _, o := range vars {
			g.found(o)
		}
	}
	if s.Post != nil {
		g.stmt(s.Post)
	}
	if s.Cond == nil {
		g.b.At(s)
		g.looped()
		g.check()
		g.jump(top)
		g.bind(end)
		return
	}
	g.bind(test)
	g.b.At(s.Cond)
	g.looped()
	g.check()
	g.when(s.Cond, top)
	g.bind(end)
}

func (g *gen) rangeStmt(s *ast.RangeStmt, name string) {
	t := g.b.Typed(s.X).Type
	if _, ok := t.Underlying().(*types.Signature); ok {
		g.rangeFunc(s, name)
		return
	}
	_, access := g.b.Stepped()
	if !access {
		switch r := reprOf(t); {
		case r == nil:
		case r.elem != nil:
			if g.rangeSlice(s, name, r) {
				return
			}
		case r.is(types.IsInteger):
			if g.rangeInt(s, name) {
				return
			}
		}
	}
	g.mention(s.X)
	g.mentionVars(s)
	if g.dry {
		g.turns(s, name, func(string) {}, func() {})
		return
	}
	turn := g.b.Range(s)
	g.call(turn.Begin, s.X)
	g.turns(s, name, func(end string) { g.line("if !%s(fr) { goto %s }", g.symbol(turn.Next()), end) }, func() {
		g.call(turn.Assign())
		if s.Tok == token.DEFINE {
			g.refetchVars(s)
		}
	})
}

// mentionVars records that exec assigns a range's variables.
func (g *gen) mentionVars(s *ast.RangeStmt) {
	for _, e := range []ast.Expr{s.Key, s.Value} {
		if e != nil {
			g.mention(e)
		}
	}
}

func (g *gen) refetchVars(s *ast.RangeStmt) {
	for _, e := range []ast.Expr{s.Key, s.Value} {
		if e != nil {
			g.refetch(e)
		}
	}
}

// turns adds a loop with a check at its end. more jumps to a label if there is no other turn, begin sets the variables.
func (g *gen) turns(s *ast.RangeStmt, name string, more func(end string), begin func()) {
	top, cont, end := g.name("L"), g.name("L"), g.name("L")
	g.bind(top)
	g.b.At(s)
	more(end)
	begin()
	g.targets = append(g.targets, &target{label: name, brk: end, cont: cont})
	g.stmts(s.Body.List)
	g.targets = g.targets[:len(g.targets)-1]
	g.bind(cont)
	g.b.At(s)
	g.looped()
	g.check()
	g.jump(top)
	g.bind(end)
}

// loopVar returns the variable that a range sets, nil if it is none that yaegi may set. ok is false if it is
// something else than a new variable.
func (g *gen) loopVar(e ast.Expr, tok token.Token) (o types.Object, ok bool) {
	if e == nil {
		return nil, true
	}
	id, isIdent := e.(*ast.Ident)
	if !isIdent {
		return nil, false
	}
	if id.Name == "_" {
		return nil, true
	}
	if tok != token.DEFINE {
		return nil, false
	}
	o = g.b.Object(id)
	return o, o != nil && reprOf(g.b.VarType(o)) != nil
}

func (g *gen) rangeInt(s *ast.RangeStmt, name string) bool {
	key, ok := g.loopVar(s.Key, s.Tok)
	if !ok {
		return false
	}
	r := reprOf(g.b.Typed(s.X).Type)
	if key != nil {
		r = reprOf(g.b.VarType(key))
	}
	g.b.At(s.X)
	i, n := g.temp(r.text), g.temp(r.text)
	g.line("%s = %s", n, g.value(s.X, r))
	g.line("%s = 0", i)
	first := g.temp("bool")
	g.line("%s = true", first)
	g.turns(s, name, func(end string) {
		over := g.name("L")
		g.line("if %s { goto %s }", first, over)
		g.line("%s = %s + 1", i, i)
		g.bind(over)
		g.line("%s = false", first)
		g.line("if %s >= %s { goto %s }", i, n, end)
	}, func() {
		if key != nil {
			g.define(key, i, r)
		}
	})
	return true
}

func (g *gen) rangeSlice(s *ast.RangeStmt, name string, r *repr) bool {
	key, ok1 := g.loopVar(s.Key, s.Tok)
	value, ok2 := g.loopVar(s.Value, s.Tok)
	if !ok1 || !ok2 {
		return false
	}
	g.b.At(s.X)
	list, i, n := g.temp(r.text), g.temp("int"), g.temp("int")
	g.line("%s = %s", list, g.whole(s.X))
	g.line("%s = len(%s)", n, list)
	g.line("%s = -1", i)
	g.turns(s, name, func(end string) {
		g.line("%s = %s + 1", i, i)
		g.line("if %s >= %s { goto %s }", i, n, end)
	}, func() {
		if key != nil {
			g.define(key, i, reprOf(types.Typ[types.Int]))
		}
		if value != nil {
			g.define(value, list+"["+i+"]", r.elem)
		}
	})
	return true
}

// rangeFunc is a range over a function: its body becomes a function of the text, whose result says how it leaves the
// loop.
func (g *gen) rangeFunc(s *ast.RangeStmt, name string) {
	g.mention(s.X)
	g.mentionVars(s)
	in := newGen(g.b, g.unit, g)
	body := func() {
		if s.Tok == token.DEFINE && !g.dry {
			in.refetchVars(s)
		}
		in.targets = []*target{{label: name, cont: "Next"}}
		in.stmts(s.Body.List)
		in.bind("Next")
	}
	if g.dry {
		body()
		return
	}
	fn := g.name("f")
	var run func(fr *exec.Frame) int
	loop := g.b.RangeFunc(s, func() func(fr *exec.Frame) int {
		body()
		g.funcs = append(g.funcs, in.text(fn))
		return func(fr *exec.Frame) int { return run(fr) }
	})
	g.loops[fn] = func(f func(fr *exec.Frame) int) { run = f }
	n := g.temp("int")
	end := g.name("L")
	g.line("%s = %s(fr)", n, g.symbol(g.b.ThrowingInt(loop)))
	g.thrown()
	for i, leave := range in.exits {
		next := g.name("L")
		g.line("if %s != %d { goto %s }", n, i+1, next)
		leave(g)
		g.bind(next)
	}
	g.bind(end)
}
