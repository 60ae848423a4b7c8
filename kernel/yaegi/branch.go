package yaegi

// This file defines break, continue, goto, fallthrough and the end of a function.

import (
	"go/ast"
	"go/token"
)

func (g *gen) branchStmt(s *ast.BranchStmt) {
	switch s.Tok {
	case token.FALLTHROUGH:
		g.jump(g.fall)
		return
	case token.GOTO:
		g.gotoLabel(s)
		return
	}
	for i := len(g.targets) - 1; i >= 0; i-- {
		t := g.targets[i]
		if s.Label != nil && t.label != s.Label.Name || s.Label == nil && t.block {
			continue
		}
		switch {
		case s.Tok == token.BREAK && t.brk != "":
			g.jump(t.brk)
			return
		case s.Tok == token.BREAK: // the loop over a function whose body this is
			g.leave(func(*gen) {})
			return
		case t.cont != "":
			g.jump(t.cont)
			return
		}
	}
	if g.outer != nil {
		g.leave(func(out *gen) { out.branchStmt(s) })
		return
	}
	if !g.dry {
		g.b.Refuse(s, Refusal(s.Tok.String(), "it has nothing to go to"))
	}
}

// gotoLabel is a jump to a label of the source, which has a check.
func (g *gen) gotoLabel(s *ast.BranchStmt) {
	if home := g.survey.labels[s.Label.Name]; !g.dry && home != g.id && g.outer != nil {
		g.leave(func(out *gen) { out.gotoLabel(s) })
		return
	}
	g.looped()
	g.check()
	g.jump("U" + s.Label.Name)
}

// leaveFunction ends the function whose results are set.
func (g *gen) leaveFunction() {
	if g.outer == nil {
		g.line("return 0")
		return
	}
	g.leave(func(out *gen) { out.leaveFunction() })
}

// leave ends the body of a range over a function and says how the loop is left.
func (g *gen) leave(how func(out *gen)) {
	g.exits = append(g.exits, how)
	g.line("return %d", len(g.exits))
}
