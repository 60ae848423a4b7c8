package exec

// This file defines what stands on the left side of an assignment.

import (
	"go/ast"
	"go/token"
	"go/types"
	"unsafe"
)

// placeOf compiles an operand on the left side that is no variable. early says that its parts are computed
// before the right side.
func (c *fn) placeOf(l ast.Expr, early bool) place {
	if ix, ok := l.(*ast.IndexExpr); ok {
		if mt, ok := c.typeOf(ix.X).Underlying().(*types.Map); ok {
			return c.mapPlace(ix, mt)
		}
		if early {
			return c.indexPlace(ix)
		}
	}
	x := c.expr(l)
	addr := x.addr
	if addr == nil {
		c.fail(l.Pos(), "%s can't be assigned to", types.ExprString(l))
	}
	if !early {
		return place{put: func(v *expr) func(fr *frame) {
			if x.local {
				return c.setLocal(x.t, x.off, v)
			}
			if x.at != nil {
				if f := storeElem(v, x.at); f != nil {
					return f
				}
			}
			return storeAt(v, addr)
		}}
	}
	if star, ok := l.(*ast.StarExpr); ok {
		// The pointer is computed now, what it points to is touched later.
		h, p := c.hold(c.expr(star.X))
		return place{eval: h, put: func(v *expr) func(fr *frame) {
			put, pp := v.put(), p.p
			return func(fr *frame) { put(fr, nilCheck(pp(fr))) }
		}, at: func(fr *frame) unsafe.Pointer { return nilCheck(p.p(fr)) }}
	}
	off := c.allocPtr()
	return place{
		eval: func(fr *frame) { *(*unsafe.Pointer)(fr.at(off)) = addr(fr) },
		put: func(v *expr) func(fr *frame) {
			put := v.put()
			return func(fr *frame) { put(fr, *(*unsafe.Pointer)(fr.at(off))) }
		},
		at: func(fr *frame) unsafe.Pointer { return *(*unsafe.Pointer)(fr.at(off)) },
	}
}

// quickStore returns what writes y to an element or a field when the write needs no report before it happens;
// nil if it isn't simple. The value is computed first.
func (c *fn) quickStore(l ast.Expr, y *expr) func(fr *frame) {
	if c.src.steps != NoSteps || !simple(l) || y.nil {
		return nil
	}
	return c.placeOf(l, false).put(y)
}

// simple reports whether an operand on the left side consists of variables, constants, fields, elements and operators.
// It is compiled twice without harm.
func simple(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident, *ast.BasicLit:
		return true
	case *ast.ParenExpr:
		return simple(e.X)
	case *ast.SelectorExpr:
		return simple(e.X)
	case *ast.StarExpr:
		return simple(e.X)
	case *ast.IndexExpr:
		return simple(e.X) && simple(e.Index)
	case *ast.BinaryExpr:
		return simple(e.X) && simple(e.Y)
	}
	return false
}

// indexPlace is s[i] on the left side: the range is checked when the value is written.
func (c *fn) indexPlace(ix *ast.IndexExpr) place {
	x := c.expr(ix.X)
	if x.t.kind == 0 {
		c.fail(ix.Pos(), "this can't be assigned to")
	}
	in := c.indexInt(c.expr(ix.Index))
	iOff := c.alloc(c.e.intType)
	elem := c.elemOf(x.t)
	base, n := x.p, -1
	switch u := x.t.u.(type) {
	case *types.Array:
		base, n = x.addr, int(u.Len())
	case *types.Pointer:
		n = int(u.Elem().Underlying().(*types.Array).Len())
		elem = c.e.typ(u.Elem().Underlying().(*types.Array).Elem())
	}
	size := elem.size
	if n >= 0 {
		bOff := c.allocPtr()
		at := func(fr *frame) unsafe.Pointer {
			b, i := nilCheck(*(*unsafe.Pointer)(fr.at(bOff))), *(*int)(fr.at(iOff))
			if uint(i) >= uint(n) {
				indexPanic(i, n)
			}
			return unsafe.Add(b, uintptr(i)*size)
		}
		return place{
			at: at,
			eval: func(fr *frame) {
				*(*unsafe.Pointer)(fr.at(bOff)) = base(fr)
				*(*int)(fr.at(iOff)) = in(fr)
			},
			put: func(v *expr) func(fr *frame) {
				put := v.put()
				return func(fr *frame) {
					b, i := nilCheck(*(*unsafe.Pointer)(fr.at(bOff))), *(*int)(fr.at(iOff))
					if uint(i) >= uint(n) {
						indexPanic(i, n)
					}
					put(fr, unsafe.Add(b, uintptr(i)*size))
				}
			},
		}
	}
	hold, held := c.hold(x)
	s := held.p
	return place{
		at: func(fr *frame) unsafe.Pointer {
			sl, i := *(*slice)(s(fr)), *(*int)(fr.at(iOff))
			if uint(i) >= uint(sl.len) {
				indexPanic(i, sl.len)
			}
			return unsafe.Add(sl.data, uintptr(i)*size)
		},
		eval: func(fr *frame) {
			hold(fr)
			*(*int)(fr.at(iOff)) = in(fr)
		},
		put: func(v *expr) func(fr *frame) {
			put := v.put()
			return func(fr *frame) {
				sl, i := *(*slice)(s(fr)), *(*int)(fr.at(iOff))
				if uint(i) >= uint(sl.len) {
					indexPanic(i, sl.len)
				}
				put(fr, unsafe.Add(sl.data, uintptr(i)*size))
			}
		},
	}
}

// storeAt writes a value to an address: the value is computed first.
func storeAt(v *expr, addr ptrFn) func(fr *frame) {
	switch v.t.class {
	case classInt:
		f := v.i
		switch v.t.size {
		case 8:
			return func(fr *frame) { n := f(fr); *(*int64)(addr(fr)) = n }
		case 4:
			return func(fr *frame) { n := f(fr); *(*int32)(addr(fr)) = int32(n) }
		case 2:
			return func(fr *frame) { n := f(fr); *(*int16)(addr(fr)) = int16(n) }
		}
		return func(fr *frame) { n := f(fr); *(*int8)(addr(fr)) = int8(n) }
	case classBool:
		f := v.b
		return func(fr *frame) { n := f(fr); *(*bool)(addr(fr)) = n }
	case classString:
		f := v.s
		return func(fr *frame) { n := f(fr); *(*string)(addr(fr)) = n }
	case classPtr:
		f := v.p
		return func(fr *frame) { n := f(fr); *(*unsafe.Pointer)(addr(fr)) = n }
	case classFloat:
		f := v.f
		if v.t.size == 4 {
			return func(fr *frame) { n := f(fr); *(*float32)(addr(fr)) = float32(n) }
		}
		return func(fr *frame) { n := f(fr); *(*float64)(addr(fr)) = n }
	}
	p, move := v.p, v.t.move
	return func(fr *frame) {
		q := p(fr)
		move(addr(fr), q)
	}
}

// mapPlace is m[k] on the left side.
func (c *fn) mapPlace(ix *ast.IndexExpr, mt *types.Map) place {
	kt, vt, eng := c.e.typ(mt.Key()), c.e.typ(mt.Elem()), c.e
	m := c.expr(ix.X)
	holdM, heldM := c.hold(m)
	holdK, heldK := c.hold(c.convert(c.expr(ix.Index), kt, ix.Pos()))
	key, p, share := c.spill(heldK), heldM.p, c.e.share(kt)
	return place{
		at: func(fr *frame) unsafe.Pointer { return share(p(fr), key(fr)) },
		eval: func(fr *frame) {
			holdM(fr)
			holdK(fr)
		},
		put: func(v *expr) func(fr *frame) {
			value := c.spill(c.convert(v, vt, ix.Pos()))
			return func(fr *frame) {
				q := value(fr)
				mapassign(eng.rtype(m.t), p(fr), key(fr), q)
			}
		},
	}
}

// hasCall reports whether an expression calls or receives, so that its place in the order matters.
func hasCall(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}
