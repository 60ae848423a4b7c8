package exec

// This file defines assignments with an operator: n += 1.

import (
	"go/ast"
	"go/token"
	"go/types"
	"unsafe"
)

// update compiles x op= y.
func (c *fn) update(l ast.Expr, op token.Token, y *expr, pos token.Pos) {
	t := c.typ(c.typeOf(l))
	if ix, ok := ast.Unparen(l).(*ast.IndexExpr); ok {
		if mt, ok := c.typeOf(ix.X).Underlying().(*types.Map); ok {
			c.updateMap(ix, mt, op, y, pos)
			return
		}
	}
	x := c.expr(l)
	if x.local || isGlobalIdent(l) {
		before := c.writes(l, pos, t, x.addr)
		z := c.binaryOp(op, x, y, t, pos)
		if before != nil {
			hold, held := c.hold(z)
			put, addr := held.put(), x.addr
			c.do(pos, func(fr *frame) {
				hold(fr)
				before(fr)
				put(fr, addr(fr))
			})
			return
		}
		if x.local {
			c.do(pos, c.setLocal(t, x.off, z))
			return
		}
		put, addr := z.put(), x.addr
		c.do(pos, func(fr *frame) { put(fr, addr(fr)) })
		return
	}
	// The operand's address is computed once.
	slotOff, addr := c.allocPtr(), x.addr
	at := func(fr *frame) unsafe.Pointer { return *(*unsafe.Pointer)(fr.at(slotOff)) }
	cur := loadVar(t, at)
	if c.src.steps == StepAccess && c.shared(l) {
		cur = c.readAt(types.ExprString(l), l.Pos(), cur, at, true)
	}
	hold, z := c.hold(c.binaryOp(op, cur, y, t, pos))
	before := c.writes(l, pos, t, at)
	if before == nil {
		before = func(*frame) {}
	}
	put := z.put()
	slow := func(fr *frame) {
		*(*unsafe.Pointer)(fr.at(slotOff)) = addr(fr)
		hold(fr)
		before(fr)
		put(fr, *(*unsafe.Pointer)(fr.at(slotOff)))
	}
	quick := c.quickUpdate(t, op, addr, y)
	if quick == nil {
		c.do(pos, slow)
		return
	}
	c.do(pos, func(fr *frame) {
		if fr.g.steps {
			slow(fr)
		} else {
			quick(fr)
		}
	})
}

// quickUpdate returns what adds an operand to a 64-bit integer when the write needs no report before it
// happens; nil for others.
func (c *fn) quickUpdate(t *typ, op token.Token, addr ptrFn, y *expr) func(fr *frame) {
	if c.src.steps != NoSteps || t.class != classInt || t.size != 8 || op != token.ADD && op != token.SUB {
		return nil
	}
	o, ok := y.operand()
	if !ok {
		return nil
	}
	off, k := o.off, o.k
	if op == token.SUB {
		k = -k
	}
	switch {
	case off == 0:
		return func(fr *frame) { *(*int64)(addr(fr)) += k }
	case op == token.ADD:
		return func(fr *frame) { *(*int64)(addr(fr)) += *(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) }
	}
	return func(fr *frame) { *(*int64)(addr(fr)) -= *(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) }
}

func isGlobalIdent(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.Ident)
	return ok
}

func (c *fn) binaryOp(op token.Token, x, y *expr, t *typ, pos token.Pos) *expr {
	if op == token.SHL || op == token.SHR {
		return c.shift(op, x, y, t)
	}
	if y.cv != nil && y.t != t {
		y = c.convertConst(y, t)
	}
	return c.arith(op, x, y, t, pos)
}

// updateMap compiles m[k] op= y.
func (c *fn) updateMap(e *ast.IndexExpr, mt *types.Map, op token.Token, y *expr, pos token.Pos) {
	kt, vt, eng := c.e.typ(mt.Key()), c.e.typ(mt.Elem()), c.e
	m := c.expr(e.X)
	holdM, heldM := c.hold(m)
	holdK, heldK := c.hold(c.convert(c.expr(e.Index), kt, e.Pos()))
	key := c.spill(heldK)
	zero := unsafeNew(c.e.rtype(vt))
	p := heldM.p
	cur := load(vt, func(fr *frame) unsafe.Pointer {
		if mp := p(fr); mp != nil {
			if q := mapaccess(eng.rtype(m.t), mp, key(fr)); q != nil {
				return q
			}
		}
		return zero
	})
	share := c.e.share(kt)
	at := func(fr *frame) unsafe.Pointer { return share(p(fr), key(fr)) }
	if step := c.elementStep("read", e, e.Pos()); step != nil {
		cur = before(step.at(at), cur)
	}
	value := c.spill(c.binaryOp(op, cur, y, vt, pos))
	before := c.mapWrites(e, pos, at)
	if before == nil {
		before = func(*frame) {}
	}
	c.do(pos, func(fr *frame) {
		holdM(fr)
		holdK(fr)
		v := value(fr)
		before(fr)
		mapassign(eng.rtype(m.t), p(fr), key(fr), v)
	})
}
