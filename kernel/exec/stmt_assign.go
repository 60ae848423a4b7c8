package exec

// This file defines assignments, declarations of variables, and return.

import (
	"go/ast"
	"go/token"
	"go/types"
	"unsafe"
)

func (c *fn) declStmt(s *ast.DeclStmt) {
	gd := s.Decl.(*ast.GenDecl)
	if gd.Tok != token.VAR {
		return
	}
	for _, sp := range gd.Specs {
		spec := sp.(*ast.ValueSpec)
		c.curLine = c.src.line(spec.Pos())
		if len(spec.Values) == 0 {
			for _, id := range spec.Names {
				o := c.src.info.Defs[id]
				if o == nil || id.Name == "_" {
					continue
				}
				c.zeroVar(o, id.Pos())
			}
			continue
		}
		var lhs []ast.Expr
		for _, id := range spec.Names {
			lhs = append(lhs, id)
		}
		c.assignList(lhs, spec.Values, true, spec.Pos())
	}
}

// zeroVar declares a variable without a value.
func (c *fn) zeroVar(o types.Object, pos token.Pos) {
	v := c.declare(o, c.typ(o.Type()))
	if mk := c.fresh(v); mk != nil {
		c.do(pos, mk)
		return
	}
	clr, off := c.e.clear(v.t), v.off
	c.do(pos, func(fr *frame) { clr(fr.at(off)) })
}

func (c *fn) assignStmt(s *ast.AssignStmt) {
	switch s.Tok {
	case token.ASSIGN, token.DEFINE:
		c.assignList(s.Lhs, s.Rhs, s.Tok == token.DEFINE, s.Pos())
		return
	}
	op := s.Tok + (token.ADD - token.ADD_ASSIGN)
	c.update(s.Lhs[0], op, c.expr(s.Rhs[0]), s.Pos())
}

func (c *fn) incDec(s *ast.IncDecStmt) {
	op := token.ADD
	if s.Tok == token.DEC {
		op = token.SUB
	}
	t := c.typ(c.typeOf(s.X))
	if id, ok := ast.Unparen(s.X).(*ast.Ident); ok && t.class == classInt && t.size == 8 {
		if o := c.object(id); o != nil {
			if v := c.lookup(o); v != nil && !v.boxed && v.global == nil {
				off, d := v.off, int64(1)
				if op == token.SUB {
					d = -1
				}
				c.do(s.Pos(), func(fr *frame) { *(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) += d })
				return
			}
		}
	}
	c.update(s.X, op, c.constExpr(t, oneConst), s.Pos())
}

// assignList compiles l1, l2 = r1, r2 and its declaring form.
func (c *fn) assignList(lhs, rhs []ast.Expr, define bool, pos token.Pos) {
	if len(lhs) == 1 && len(rhs) == 1 {
		c.assignOne(lhs[0], c.rhs(rhs[0], false), define, pos)
		return
	}
	if len(rhs) == 1 {
		x := c.rhs(rhs[0], true)
		before := c.targetsOf(lhs, define)
		do, parts := c.spread(x)
		for _, b := range before {
			if b.eval != nil {
				c.do(pos, b.eval)
			}
		}
		c.do(pos, do)
		for i := range lhs {
			c.assignTo(lhs[i], before[i], parts[i], define, pos)
		}
		return
	}
	// Operands first, then the assignments from left to right.
	before := c.targetsOf(lhs, define)
	var holds []func(fr *frame)
	var parts []*expr
	for i, r := range rhs {
		x := c.rhs(r, false)
		if id, ok := ast.Unparen(lhs[i]).(*ast.Ident); !ok || id.Name != "_" {
			if t := c.lhsType(lhs[i]); t != nil {
				x = c.convert(x, t, r.Pos())
			}
		} else if x.nil {
			holds = append(holds, func(*frame) {})
			parts = append(parts, x)
			continue
		}
		h, y := c.hold(x)
		holds = append(holds, h)
		parts = append(parts, y)
	}
	c.do(pos, func(fr *frame) {
		for _, b := range before {
			if b.eval != nil {
				b.eval(fr)
			}
		}
		for _, h := range holds {
			h(fr)
		}
	})
	for i := range lhs {
		c.assignTo(lhs[i], before[i], parts[i], define, pos)
	}
}

// assignExprs compiles an assignment whose values are compiled already.
func (c *fn) assignExprs(s *ast.AssignStmt, parts []*expr) {
	before := c.targetsOf(s.Lhs, s.Tok == token.DEFINE)
	for i := range s.Lhs {
		if before[i].eval != nil {
			c.do(s.Pos(), before[i].eval)
		}
	}
	for i := range s.Lhs {
		c.assignTo(s.Lhs[i], before[i], parts[i], s.Tok == token.DEFINE, s.Pos())
	}
}

// rhs compiles the right side of an assignment; multi says that it has to give several values.
func (c *fn) rhs(e ast.Expr, multi bool) *expr {
	if !multi {
		return c.expr(e)
	}
	switch x := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		m := c.expr(x.X)
		if mt, ok := m.t.u.(*types.Map); ok {
			return c.mapIndex(m, mt, x, true)
		}
	case *ast.TypeAssertExpr:
		return c.typeAssert(x, true)
	case *ast.UnaryExpr:
		if x.Op == token.ARROW {
			return c.receive(x, true)
		}
	}
	return c.expr(e)
}

// lhsType is the type of what is assigned to, nil for the blank identifier.
func (c *fn) lhsType(e ast.Expr) *typ {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		if id.Name == "_" {
			return nil
		}
		if o := c.object(id); o != nil {
			return c.typ(o.Type())
		}
	}
	return c.typ(c.typeOf(e))
}

// place is an operand on the left side whose parts were computed.
type place struct {
	eval func(fr *frame) // computes the parts, nil if there are none
	put  func(x *expr) func(fr *frame)
	// at returns where it is, or its share of the map that it is an element of, once its parts were computed; it may
	// panic as put does.
	at ptrFn
}

// targetsOf compiles the operands on the left side.
func (c *fn) targetsOf(lhs []ast.Expr, define bool) []place {
	places := make([]place, len(lhs))
	for i, l := range lhs {
		l = ast.Unparen(l)
		if _, ok := l.(*ast.Ident); ok {
			continue // a variable needs no computation
		}
		if define {
			continue
		}
		places[i] = c.placeOf(l, true)
	}
	return places
}

// assignTo emits the assignment of a value to an operand whose parts were computed.
func (c *fn) assignTo(l ast.Expr, b place, x *expr, define bool, pos token.Pos) {
	if b.put == nil {
		c.assignOne(l, x, define, pos)
		return
	}
	put := b.put(c.convert(x, c.lhsType(l), pos))
	if before := c.placeWrites(l, b, pos); before != nil {
		c.do(pos, func(fr *frame) {
			before(fr)
			put(fr)
		})
		return
	}
	c.do(pos, put)
}

// assignOne emits l = x.
func (c *fn) assignOne(l ast.Expr, x *expr, define bool, pos token.Pos) {
	l = ast.Unparen(l)
	id, isIdent := l.(*ast.Ident)
	if isIdent && id.Name == "_" {
		if !x.nil {
			c.do(pos, x.eval())
		}
		return
	}
	if isIdent && define {
		if o := c.src.info.Defs[id]; o != nil {
			c.define(o, x, pos)
			return
		}
	}
	if isIdent {
		o := c.object(id)
		v := c.lookup(o)
		if v == nil {
			y := c.ident(id)
			c.do(pos, storeAt(c.convert(x, y.t, pos), y.addr))
			return
		}
		y := c.convert(x, v.t, pos)
		if before := c.writes(l, pos, v.t, v.address()); before != nil {
			hold, held := c.hold(y)
			set := storeAt(held, v.address())
			c.do(pos, func(fr *frame) {
				hold(fr)
				before(fr)
				set(fr)
			})
			return
		}
		if v.global == nil && !v.boxed {
			c.do(pos, c.setLocal(v.t, v.off, y))
			return
		}
		c.do(pos, storeAt(y, v.address()))
		return
	}
	if ix, ok := l.(*ast.IndexExpr); ok {
		if mt, ok := c.typeOf(ix.X).Underlying().(*types.Map); ok {
			b := c.mapPlace(ix, mt)
			y := c.convert(x, c.e.typ(mt.Elem()), pos)
			before := c.mapWrites(ix, pos, b.at)
			if before == nil {
				put := b.put(y)
				c.do(pos, func(fr *frame) {
					b.eval(fr)
					put(fr)
				})
				return
			}
			hold, held := c.hold(y) // what it reads is read before the step
			put := b.put(held)
			c.do(pos, func(fr *frame) {
				b.eval(fr)
				hold(fr)
				before(fr)
				put(fr)
			})
			return
		}
	}
	if c.stepsBefore(l) {
		y := c.convert(x, c.lhsType(l), pos)
		hold, held := c.hold(y)
		b := c.placeOf(l, true)
		before := c.placeWrites(l, b, pos)
		put, first, second := b.put(held), hold, b.eval
		if hasCall(l) { // calls come from left to right
			first, second = b.eval, hold
		}
		slow := func(fr *frame) {
			first(fr)
			second(fr)
			before(fr)
			put(fr)
		}
		if quick := c.quickStore(l, y); quick != nil {
			c.do(pos, func(fr *frame) {
				if fr.g.steps {
					slow(fr)
				} else {
					quick(fr)
				}
			})
			return
		}
		c.do(pos, slow)
		return
	}
	if hasCall(l) {
		b := c.placeOf(l, true)
		put := b.put(c.convert(x, c.lhsType(l), pos))
		c.do(pos, func(fr *frame) {
			b.eval(fr)
			put(fr)
		})
		return
	}
	b := c.placeOf(l, false)
	c.do(pos, b.put(c.convert(x, c.lhsType(l), pos)))
}

// returnStmt compiles return.
func (c *fn) returnStmt(s *ast.ReturnStmt) {
	y := c.yield()
	done := func(*frame) int { return opReturn }
	if y != nil {
		done = func(fr *frame) int { return y.leave(fr, returnLabel) }
	}
	if len(s.Results) == 0 {
		c.emit(s.Pos(), done)
		return
	}
	var parts []*expr
	if len(s.Results) == 1 && len(c.results) == 1 {
		v := c.results[0]
		x := c.convert(c.expr(s.Results[0]), v.t, s.Pos())
		if v.boxed {
			set := storeAt(x, v.address())
			c.emit(s.Pos(), func(fr *frame) int { set(fr); return done(fr) })
			return
		}
		if o := returnInt(v, x); o != nil && y == nil {
			c.emit(s.Pos(), o)
			return
		}
		set := c.setLocal(v.t, v.off, x)
		if y == nil {
			c.emit(s.Pos(), func(fr *frame) int { set(fr); return opReturn })
		} else {
			c.emit(s.Pos(), func(fr *frame) int { set(fr); return done(fr) })
		}
		return
	}
	var holds []func(fr *frame)
	if len(s.Results) == 1 {
		do, ps := c.spread(c.expr(s.Results[0]))
		holds = append(holds, do)
		for i, p := range ps {
			parts = append(parts, c.convert(p, c.results[i].t, s.Pos()))
		}
	} else {
		for i, r := range s.Results {
			h, x := c.hold(c.convert(c.expr(r), c.results[i].t, r.Pos()))
			holds = append(holds, h)
			parts = append(parts, x)
		}
	}
	var sets []func(fr *frame)
	for i, v := range c.results {
		sets = append(sets, storeAt(parts[i], v.address()))
	}
	c.emit(s.Pos(), func(fr *frame) int {
		for _, h := range holds {
			h(fr)
		}
		for _, set := range sets {
			set(fr)
		}
		return done(fr)
	})
}
