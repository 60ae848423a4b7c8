package exec

// This file defines if and for.

import (
	"go/ast"
	"go/token"
	"unsafe"
)

func (c *fn) ifStmt(s *ast.IfStmt) {
	if s.Init != nil {
		c.stmt(s.Init)
	}
	els, end := &label{}, &label{}
	cond, test := c.expr(s.Cond), len(c.code.ops)
	c.unless(s.Cond.Pos(), cond, els)
	c.stmts(s.Body.List)
	if s.Else == nil {
		c.bind(els)
		c.fuseIf(test, cond)
		return
	}
	jump := len(c.code.ops)
	c.jump(s.Body.End(), end)
	c.bind(els)
	c.stmt(s.Else)
	c.bind(end)
	c.fuseElse(test, jump, cond)
}

func (c *fn) forStmt(s *ast.ForStmt, name string) {
	var vars []*variable
	if s.Init != nil {
		c.stmt(s.Init)
		if as, ok := s.Init.(*ast.AssignStmt); ok && as.Tok == token.DEFINE && !c.sharesLoopVars(s.For) {
			for _, l := range as.Lhs {
				if o := c.src.info.Defs[l.(*ast.Ident)]; o != nil {
					if v := c.vars[o]; v != nil && v.boxed {
						vars = append(vars, v)
					}
				}
			}
		}
	}
	y := c.yield()
	top, cont, end := &label{yield: y}, &label{yield: y}, &label{yield: y}
	// The condition stands at the end: one operation for each turn less.
	test := &label{yield: y}
	begin := len(c.code.ops)
	if s.Cond != nil {
		c.jump(s.Pos(), test)
	}
	c.bind(top)
	c.targets = append(c.targets, &target{label: name, brk: end, cont: cont, yield: y})
	c.stmts(s.Body.List)
	c.targets = c.targets[:len(c.targets)-1]
	c.bind(cont)
	for _, v := range vars {
		e, t, off := c.e, v.t, v.off
		c.do(s.Pos(), func(fr *frame) { *(*unsafe.Pointer)(fr.at(off)) = e.copyOf(t, *(*unsafe.Pointer)(fr.at(off))) })
	}
	if s.Post != nil {
		c.stmt(s.Post)
	}
	if s.Cond == nil {
		c.back(s.Pos(), top)
		c.bind(end)
		return
	}
	ticks := true
	if c.src.steps != NoSteps {
		// The check is at the end of each turn, as in Python: none is before the first test, which a cell that is
		// explored would show as a place where a thread can be preempted.
		c.do(s.Cond.Pos(), c.check("loop", s.Cond.Pos()))
		c.do(s.Cond.Pos(), func(fr *frame) {
			if fr.g.flag.Load() != 0 {
				fr.tick()
			}
		})
		ticks = false
	}
	c.bind(test)
	cond := c.expr(s.Cond)
	out := c.next()
	if cond.cv != nil {
		switch {
		case !cond.b(nil):
		case ticks:
			c.back(s.Cond.Pos(), top)
		default:
			c.jump(s.Cond.Pos(), top)
		}
		c.bind(end)
		return
	}
	b, start := cond.b, top.pc
	c.emit(s.Cond.Pos(), func(fr *frame) int {
		if ticks && fr.g.flag.Load() != 0 {
			fr.tick()
		}
		if b(fr) {
			return start
		}
		return out
	})
	c.bind(end)
	if c.src.steps == NoSteps {
		c.fuseFor(begin, s, cond)
	}
}
