package exec

// This file defines comparisons.

import (
	"go/token"
	"reflect"
	"unsafe"

	"gilkernel/kernel/exec/rtype"
)

// compare compiles a comparison, whose operands may have different types if one is an interface.
func (c *fn) compare(op token.Token, x, y *expr, t *typ, pos token.Pos) *expr {
	switch {
	case x.nil && y.nil:
		return &expr{t: t, b: func(*frame) bool { return op == token.EQL }}
	case y.nil:
		return c.compareNil(op, x, t)
	case x.nil:
		return c.compareNil(op, y, t)
	}
	if x.cv != nil && y.cv == nil && !isInterface(y.t) {
		x = c.convertConst(x, y.t)
	} else if y.cv != nil && x.cv == nil && !isInterface(x.t) {
		y = c.convertConst(y, x.t)
	}
	if isInterface(x.t) || isInterface(y.t) {
		if !isInterface(x.t) {
			x = c.convert(x, y.t, pos)
		} else if !isInterface(y.t) {
			y = c.convert(y, x.t, pos)
		}
		a, b := c.toAny(x), c.toAny(y)
		hold, held := c.hold(&expr{t: c.e.anyType, p: a}) // computing y may change what x was read from
		pa := held.p
		return &expr{t: t, b: negate(op, func(fr *frame) bool {
			hold(fr)
			q := b(fr)
			return *(*any)(pa(fr)) == *(*any)(q)
		})}
	}
	switch x.t.class {
	case classBool:
		a, b := x.b, y.b
		return &expr{t: t, b: negate(op, func(fr *frame) bool { v := a(fr); return v == b(fr) })}
	case classInt:
		z := &expr{t: t, b: intCompare(op, x, y)}
		if x.t.size == 8 && signed(x.t.kind) {
			z.cmp = &binary{op, x, y}
		}
		return z
	case classFloat:
		return &expr{t: t, b: ordered(op, x.f, y.f)}
	case classString:
		return &expr{t: t, b: ordered(op, x.s, y.s)}
	case classPtr:
		a, b := x.p, y.p
		return &expr{t: t, b: negate(op, func(fr *frame) bool { v := a(fr); return v == b(fr) })}
	}
	switch x.t.kind {
	case reflect.Complex64, reflect.Complex128:
		a, b := c.complexOf(x), c.complexOf(y)
		return &expr{t: t, b: negate(op, func(fr *frame) bool { v := a(fr); return v == b(fr) })}
	}
	hold, held := c.hold(x)
	a, b, e, xt := held.p, y.p, c.e, x.t
	return &expr{t: t, b: negate(op, func(fr *frame) bool {
		hold(fr)
		q := b(fr)
		return (*rtype.Descriptor)(e.rtype(xt)).Equal(a(fr), q)
	})}
}

func negate(op token.Token, f boolFn) boolFn {
	if op == token.NEQ {
		return func(fr *frame) bool { return !f(fr) }
	}
	return f
}

func (c *fn) compareNil(op token.Token, x *expr, t *typ) *expr {
	p := x.p
	if x.t.class == classPtr {
		if op == token.EQL {
			return &expr{t: t, b: func(fr *frame) bool { return p(fr) == nil }}
		}
		return &expr{t: t, b: func(fr *frame) bool { return p(fr) != nil }}
	}
	// The first word of a slice or an interface.
	return &expr{t: t, b: negate(op, func(fr *frame) bool { return *(*unsafe.Pointer)(p(fr)) == nil })}
}

func ordered[T float64 | string](op token.Token, a, b func(fr *frame) T) boolFn {
	switch op {
	case token.EQL:
		return func(fr *frame) bool { v := a(fr); return v == b(fr) }
	case token.NEQ:
		return func(fr *frame) bool { v := a(fr); return v != b(fr) }
	case token.LSS:
		return func(fr *frame) bool { v := a(fr); return v < b(fr) }
	case token.LEQ:
		return func(fr *frame) bool { v := a(fr); return v <= b(fr) }
	case token.GTR:
		return func(fr *frame) bool { v := a(fr); return v > b(fr) }
	}
	return func(fr *frame) bool { v := a(fr); return v >= b(fr) }
}

func intCompare(op token.Token, x, y *expr) boolFn {
	a, b := x.i, y.i
	if !signed(x.t.kind) && x.t.size == 8 {
		switch op {
		case token.LSS:
			return func(fr *frame) bool { v := a(fr); return uint64(v) < uint64(b(fr)) }
		case token.LEQ:
			return func(fr *frame) bool { v := a(fr); return uint64(v) <= uint64(b(fr)) }
		case token.GTR:
			return func(fr *frame) bool { v := a(fr); return uint64(v) > uint64(b(fr)) }
		case token.GEQ:
			return func(fr *frame) bool { v := a(fr); return uint64(v) >= uint64(b(fr)) }
		}
	}
	if y.cv != nil {
		k := b(nil)
		if x.is64() {
			off := x.off
			switch op {
			case token.LSS:
				return func(fr *frame) bool { return *(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) < k }
			case token.LEQ:
				return func(fr *frame) bool { return *(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) <= k }
			case token.GTR:
				return func(fr *frame) bool { return *(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) > k }
			case token.EQL:
				return func(fr *frame) bool { return *(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) == k }
			}
		}
		switch op {
		case token.EQL:
			return func(fr *frame) bool { return a(fr) == k }
		case token.NEQ:
			return func(fr *frame) bool { return a(fr) != k }
		case token.LSS:
			return func(fr *frame) bool { return a(fr) < k }
		}
	}
	if x.is64() && y.is64() {
		o, p := x.off, y.off
		switch op {
		case token.LSS:
			return func(fr *frame) bool {
				return *(*int64)(unsafe.Add(unsafe.Pointer(fr), o)) < *(*int64)(unsafe.Add(unsafe.Pointer(fr), p))
			}
		case token.LEQ:
			return func(fr *frame) bool {
				return *(*int64)(unsafe.Add(unsafe.Pointer(fr), o)) <= *(*int64)(unsafe.Add(unsafe.Pointer(fr), p))
			}
		}
	}
	switch op {
	case token.EQL:
		return func(fr *frame) bool { v := a(fr); return v == b(fr) }
	case token.NEQ:
		return func(fr *frame) bool { v := a(fr); return v != b(fr) }
	case token.LSS:
		return func(fr *frame) bool { v := a(fr); return v < b(fr) }
	case token.LEQ:
		return func(fr *frame) bool { v := a(fr); return v <= b(fr) }
	case token.GTR:
		return func(fr *frame) bool { v := a(fr); return v > b(fr) }
	}
	return func(fr *frame) bool { v := a(fr); return v >= b(fr) }
}
