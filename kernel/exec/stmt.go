package exec

// This file defines statements: simple ones and those that decide what comes next.

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"unsafe"
)

// body compiles a function's body.
func (c *fn) body(b *ast.BlockStmt) {
	if c.e.bodies != nil && !c.src.native && !c.src.module {
		c.foreign(b)
	} else {
		c.stmts(b.List)
	}
	c.emit(b.Rbrace, func(*frame) int { return opReturn })
	for i, v := range c.results {
		if v.boxed {
			move, from, to := v.t.move, v.off, c.code.results[i].off
			c.code.epilogue = append(c.code.epilogue,
				func(fr *frame) { move(fr.at(to), *(*unsafe.Pointer)(fr.at(from))) })
		}
	}
}

func (c *fn) stmts(list []ast.Stmt) {
	for _, s := range list {
		c.stmt(s)
	}
}

func (c *fn) stmt(s ast.Stmt) {
	name := c.label
	c.label = ""
	c.curLine = c.src.line(s.Pos())
	switch s := s.(type) {
	case *ast.EmptyStmt:
	case *ast.BlockStmt:
		if name != "" {
			end := &label{yield: c.yield()}
			c.targets = append(c.targets, &target{label: name, brk: end, yield: c.yield(), block: true})
			c.stmts(s.List)
			c.targets = c.targets[:len(c.targets)-1]
			c.bind(end)
			return
		}
		c.stmts(s.List)
	case *ast.ExprStmt:
		if f := c.special[s]; f != nil {
			f()
			return
		}
		defer c.passing(c.size)
		c.do(s.Pos(), c.expr(s.X).eval())
	case *ast.SendStmt:
		c.sendStmt(s)
	case *ast.IncDecStmt:
		defer c.passing(c.size)
		c.incDec(s)
	case *ast.AssignStmt:
		if s.Tok != token.DEFINE {
			defer c.passing(c.size)
		}
		c.assignStmt(s)
	case *ast.DeclStmt:
		c.declStmt(s)
	case *ast.ReturnStmt:
		c.returnStmt(s)
	case *ast.BranchStmt:
		c.branchStmt(s)
	case *ast.IfStmt:
		c.ifStmt(s)
	case *ast.ForStmt:
		c.forStmt(s, name)
	case *ast.RangeStmt:
		c.rangeStmt(s, name)
	case *ast.SwitchStmt:
		c.switchStmt(s, name)
	case *ast.TypeSwitchStmt:
		c.typeSwitch(s, name)
	case *ast.SelectStmt:
		c.selectStmt(s, name)
	case *ast.LabeledStmt:
		c.bindLabel(s.Label.Name)
		c.label = s.Label.Name
		c.stmt(s.Stmt)
		c.label = ""
	case *ast.GoStmt:
		c.goStmt(s)
	case *ast.DeferStmt:
		c.deferStmt(s)
	default:
		c.fail(s.Pos(), "this statement isn't known to the interpreter (%T)", s)
	}
}

// namedLabel returns the label that goto means.
func (c *fn) namedLabel(name string) *label {
	l := c.labels[name]
	if l == nil {
		l = &label{}
		c.labels[name] = l
	}
	return l
}

func (c *fn) bindLabel(name string) {
	l := c.namedLabel(name)
	l.yield = c.yield()
	c.bind(l)
}

// yield returns the range over a function whose body is being compiled, nil outside of one.
func (c *fn) yield() *yieldLoop {
	if n := len(c.yields); n > 0 {
		return c.yields[n-1]
	}
	return nil
}

// leave emits a jump to a label that may lie outside of the bodies of ranges over functions.
func (c *fn) leave(pos token.Pos, l *label, back bool) {
	y := c.yield()
	if y == nil {
		if back {
			c.back(pos, l)
		} else {
			c.jump(pos, l)
		}
		return
	}
	c.emit(pos, func(fr *frame) int { return y.leave(fr, l) })
}

// leave goes to a label from a body of the loop.
func (y *yieldLoop) leave(fr *frame, l *label) int {
	if fr.g.flag.Load() != 0 {
		fr.tick()
	}
	if y == nil || l.yield == y {
		return l.pc
	}
	(*yieldState)(*(*unsafe.Pointer)(fr.at(y.state))).exit = l
	return opLeave
}

func (c *fn) branchStmt(s *ast.BranchStmt) {
	switch s.Tok {
	case token.GOTO:
		c.leave(s.Pos(), c.namedLabel(s.Label.Name), true)
		return
	case token.FALLTHROUGH:
		c.jump(s.Pos(), c.fall)
		return
	}
	for i := len(c.targets) - 1; i >= 0; i-- {
		t := c.targets[i]
		if s.Label != nil && t.label != s.Label.Name || s.Label == nil && t.block {
			continue
		}
		if s.Tok == token.BREAK {
			c.leave(s.Pos(), t.brk, false)
			return
		}
		if t.cont != nil {
			c.leave(s.Pos(), t.cont, false)
			return
		}
	}
	c.fail(s.Pos(), "%s has nothing to go to", s.Tok)
}

func (c *fn) switchStmt(s *ast.SwitchStmt, name string) {
	if s.Init != nil {
		c.stmt(s.Init)
	}
	var tag *expr
	if s.Tag != nil {
		x := c.expr(s.Tag)
		if x.cv != nil {
			if isUntyped(x.t.t) {
				x = c.constExpr(c.typ(types.Default(x.t.t)), x.cv)
			}
			tag = x
		} else {
			hold, held := c.hold(x)
			c.do(s.Tag.Pos(), hold)
			tag = held
		}
	}
	end := &label{}
	starts := make([]*label, len(s.Body.List))
	def := end
	for i, cl := range s.Body.List {
		starts[i] = &label{}
		clause := cl.(*ast.CaseClause)
		if clause.List == nil {
			def = starts[i]
		}
		for _, e := range clause.List {
			var cond *expr
			if tag == nil {
				if cond = c.expr(e); cond.b == nil { // an interface that may hold true
					cond = c.compare(token.EQL, c.constExpr(c.e.boolType, constant.MakeBool(true)), cond, c.e.boolType,
						e.Pos())
				}
			} else {
				cond = c.compare(token.EQL, tag, c.expr(e), c.e.boolType, e.Pos())
			}
			c.when(e.Pos(), cond, starts[i])
		}
	}
	c.emit(s.Pos(), func(*frame) int { return def.pc })
	c.clauses(s.Body, starts, end, name, nil)
}

func isUntyped(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0
}

// when emits a jump to l if cond holds.
func (c *fn) when(pos token.Pos, cond *expr, l *label) {
	next, b := c.next(), cond.b
	c.emit(pos, func(fr *frame) int {
		if b(fr) {
			return l.pc
		}
		return next
	})
}

// clauses compiles the bodies of a switch; enter emits what a clause begins with.
func (c *fn) clauses(
	body *ast.BlockStmt, starts []*label, end *label, name string, enter func(i int, cl *ast.CaseClause),
) {
	if c.foreignBody != nil {
		var begin func(i int)
		if enter != nil {
			begin = func(i int) { enter(i, body.List[i].(*ast.CaseClause)) }
		}
		c.foreignBody.chosen(starts, end, begin)
		return
	}
	end.yield = c.yield()
	outer := c.fall
	c.targets = append(c.targets, &target{label: name, brk: end, yield: c.yield()})
	for i, cl := range body.List {
		clause := cl.(*ast.CaseClause)
		c.bind(starts[i])
		c.fall = end
		if i+1 < len(starts) {
			c.fall = starts[i+1]
		}
		if enter != nil {
			enter(i, clause)
		}
		fall := c.fall
		for _, st := range clause.Body {
			c.fall = fall
			c.stmt(st)
		}
		c.jump(clause.End(), end)
	}
	c.targets = c.targets[:len(c.targets)-1]
	c.fall = outer
	c.bind(end)
}

func (c *fn) typeSwitch(s *ast.TypeSwitchStmt, name string) {
	if s.Init != nil {
		c.stmt(s.Init)
	}
	var src ast.Expr
	bound := false
	switch a := s.Assign.(type) {
	case *ast.ExprStmt:
		src = ast.Unparen(a.X).(*ast.TypeAssertExpr).X
	case *ast.AssignStmt:
		src = ast.Unparen(a.Rhs[0]).(*ast.TypeAssertExpr).X
		bound = true
	}
	x := c.expr(src)
	hold, held := c.hold(x)
	c.do(s.Assign.Pos(), hold)
	from, p, eng := isEface(x.t), held.p, c.e
	end := &label{}
	def := end
	starts := make([]*label, len(s.Body.List))
	kinds := make([]*typ, len(s.Body.List)) // of clauses with one type
	for i, cl := range s.Body.List {
		starts[i] = &label{}
		clause := cl.(*ast.CaseClause)
		if clause.List == nil {
			def = starts[i]
		}
		for _, e := range clause.List {
			if tv := c.src.info.Types[e]; tv.IsNil() {
				c.when(e.Pos(), &expr{b: func(fr *frame) bool { return *(*unsafe.Pointer)(p(fr)) == nil }}, starts[i])
				continue
			}
			t := c.typ(c.typeOf(e))
			if len(clause.List) == 1 {
				kinds[i] = t
			}
			if isInterface(t) {
				check := c.checker(t)
				c.when(e.Pos(), &expr{b: func(fr *frame) bool {
					v := dynamic(p(fr), from)
					if v.typ == nil {
						return false
					}
					ok, _ := check(v.typ)
					return ok
				}}, starts[i])
				continue
			}
			word := eng.rtype(t)
			c.when(e.Pos(), &expr{b: func(fr *frame) bool { return dynamic(p(fr), from).typ == word }}, starts[i])
		}
	}
	c.emit(s.Pos(), func(*frame) int { return def.pc })
	c.clauses(s.Body, starts, end, name, func(i int, cl *ast.CaseClause) {
		o := c.src.info.Implicits[cl]
		if !bound || o == nil {
			return
		}
		val := held
		if t := kinds[i]; t != nil {
			switch {
			case isInterface(t):
				val = c.assertedInterface(held, t)
			default:
				val = c.unboxed(t, func(fr *frame) unsafe.Pointer { return dynamic(p(fr), from).data })
			}
		}
		c.define(o, val, cl.Pos())
	})
}

// assertedInterface is an interface value whose dynamic type is known to have t's methods.
func (c *fn) assertedInterface(x *expr, t *typ) *expr {
	from, to, p, e := isEface(x.t), isEface(t), x.p, c.e
	tmp := c.temp(t)
	var last itabCache
	return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
		v := dynamic(p(fr), from)
		if !to {
			v.typ = last.find(e, t, v)
		}
		q := tmp(fr)
		*(*eface)(q) = v
		return q
	}}
}

// define makes a new variable with a value.
func (c *fn) define(o types.Object, x *expr, pos token.Pos) {
	t := c.typ(o.Type())
	put := c.convert(x, t, pos).put()
	v := c.declare(o, t)
	off := v.off
	if v.boxed {
		e := c.e
		c.do(pos, func(fr *frame) {
			p := unsafeNew(e.rtype(t))
			put(fr, p)
			*(*unsafe.Pointer)(fr.at(off)) = p
		})
		return
	}
	c.do(pos, c.setLocal(t, off, c.convert(x, t, pos)))
}
