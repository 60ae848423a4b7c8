package exec

// This file defines the operators.

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"
)

func untypedKind(v constant.Value) types.BasicKind {
	switch v.Kind() {
	case constant.Bool:
		return types.UntypedBool
	case constant.String:
		return types.UntypedString
	case constant.Int:
		return types.UntypedInt
	case constant.Float:
		return types.UntypedFloat
	}
	return types.UntypedComplex
}

func (c *fn) unary(e *ast.UnaryExpr) *expr {
	switch e.Op {
	case token.AND:
		return c.addressOf(e)
	case token.ARROW:
		return c.receive(e, false)
	}
	x := c.expr(e.X)
	t := c.typ(c.typeOf(e))
	switch e.Op {
	case token.ADD:
		return x.retyped(t)
	case token.NOT:
		b := x.b
		return &expr{t: t, b: func(fr *frame) bool { return !b(fr) }}
	case token.SUB:
		switch x.t.class {
		case classInt:
			v := x.i
			return &expr{t: t, i: wrap(t, func(fr *frame) int64 { return -v(fr) })}
		case classFloat:
			v := x.f
			return &expr{t: t, f: func(fr *frame) float64 { return -v(fr) }}
		}
		v, tmp := c.complexOf(x), c.temp(t)
		return c.complexExpr(t, tmp, func(fr *frame) complex128 { return -v(fr) })
	case token.XOR:
		v := x.i
		return &expr{t: t, i: wrap(t, func(fr *frame) int64 { return ^v(fr) })}
	}
	c.fail(e.Pos(), "the operator %s isn't known to the interpreter", e.Op)
	return nil
}

// addressOf compiles &x.
func (c *fn) addressOf(e *ast.UnaryExpr) *expr {
	t := c.typ(c.typeOf(e))
	inner := e.X
	for {
		p, ok := inner.(*ast.ParenExpr)
		if !ok {
			break
		}
		inner = p.X
	}
	if lit, ok := inner.(*ast.CompositeLit); ok {
		return c.newLit(t, lit)
	}
	x := c.expr(e.X)
	if x.addr == nil {
		c.fail(e.Pos(), "the address of %s can't be taken", types.ExprString(e.X))
	}
	return &expr{t: t, p: x.addr}
}

// wrap cuts results to the size of an integer type.
func wrap(t *typ, f intFn) intFn {
	switch t.kind {
	case reflect.Int8:
		return func(fr *frame) int64 { return int64(int8(f(fr))) }
	case reflect.Int16:
		return func(fr *frame) int64 { return int64(int16(f(fr))) }
	case reflect.Int32:
		return func(fr *frame) int64 { return int64(int32(f(fr))) }
	case reflect.Uint8:
		return func(fr *frame) int64 { return int64(uint8(f(fr))) }
	case reflect.Uint16:
		return func(fr *frame) int64 { return int64(uint16(f(fr))) }
	case reflect.Uint32:
		return func(fr *frame) int64 { return int64(uint32(f(fr))) }
	}
	return f
}

func (c *fn) binary(e *ast.BinaryExpr) *expr {
	t := c.typ(c.typeOf(e))
	switch e.Op {
	case token.LAND:
		x, y := c.expr(e.X).b, c.expr(e.Y).b
		return &expr{t: t, b: func(fr *frame) bool { return x(fr) && y(fr) }}
	case token.LOR:
		x, y := c.expr(e.X).b, c.expr(e.Y).b
		return &expr{t: t, b: func(fr *frame) bool { return x(fr) || y(fr) }}
	case token.SHL, token.SHR:
		x := c.expr(e.X)
		if x.cv != nil && x.t != t {
			x = c.convertConst(x, t)
		}
		return c.shift(e.Op, x, c.expr(e.Y), t)
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return c.compare(e.Op, c.expr(e.X), c.expr(e.Y), t, e.Pos())
	}
	x, y := c.expr(e.X), c.expr(e.Y)
	if x.cv != nil && x.t != t {
		x = c.convertConst(x, t)
	}
	if y.cv != nil && y.t != t {
		y = c.convertConst(y, t)
	}
	return c.arith(e.Op, x, y, t, e.OpPos)
}

// convertConst gives a constant the type that it has in its context.
func (c *fn) convertConst(x *expr, t *typ) *expr {
	if isInterface(t) || x.t == t {
		return x
	}
	return c.constExpr(t, x.cv)
}

// arith compiles an operator whose operands have the type of the result.
func (c *fn) arith(op token.Token, x, y *expr, t *typ, pos token.Pos) *expr {
	switch t.class {
	case classInt:
		z := &expr{t: t, i: wrapArith(t, op, c.intArith(op, x, y, t))}
		if t.size == 8 {
			z.bin = &binary{op, x, y}
		}
		return z
	case classFloat:
		f := floatArith(op, x.f, y)
		if t.kind == reflect.Float32 {
			g := f
			f = func(fr *frame) float64 { return float64(float32(g(fr))) }
		}
		return &expr{t: t, f: f}
	case classString:
		a, b := x.s, y.s
		return &expr{t: t, s: func(fr *frame) string { return a(fr) + b(fr) }}
	}
	a, b, tmp := c.complexOf(x), c.complexOf(y), c.temp(t)
	switch op {
	case token.ADD:
		return c.complexExpr(t, tmp, func(fr *frame) complex128 { return a(fr) + b(fr) })
	case token.SUB:
		return c.complexExpr(t, tmp, func(fr *frame) complex128 { return a(fr) - b(fr) })
	case token.MUL:
		return c.complexExpr(t, tmp, func(fr *frame) complex128 { return a(fr) * b(fr) })
	case token.QUO:
		return c.complexExpr(t, tmp, func(fr *frame) complex128 { return a(fr) / b(fr) })
	}
	c.fail(pos, "the operator %s isn't known for %s", op, t.t)
	return nil
}

// wrapArith wraps unless the operator can't leave the type's range.
func wrapArith(t *typ, op token.Token, f intFn) intFn {
	switch op {
	case token.AND, token.OR, token.XOR, token.AND_NOT, token.REM:
		return f
	}
	return wrap(t, f)
}

// complexOf reads a complex value of either size.
func (c *fn) complexOf(x *expr) func(fr *frame) complex128 {
	p := x.p
	if x.t.kind == reflect.Complex64 {
		return func(fr *frame) complex128 { return complex128(*(*complex64)(p(fr))) }
	}
	return func(fr *frame) complex128 { return *(*complex128)(p(fr)) }
}

func (c *fn) complexExpr(t *typ, tmp ptrFn, f func(fr *frame) complex128) *expr {
	if t.kind == reflect.Complex64 {
		return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
			v := f(fr)
			p := tmp(fr)
			*(*complex64)(p) = complex64(v)
			return p
		}}
	}
	return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
		v := f(fr)
		p := tmp(fr)
		*(*complex128)(p) = v
		return p
	}}
}

// is64 reports whether an expression is a 64-bit variable in the frame.
func (x *expr) is64() bool { return x.local && x.t.size == 8 && x.t.class == classInt }

// intArith compiles an operator for integers of 64 bits.
func (c *fn) intArith(op token.Token, x, y *expr, t *typ) intFn {
	a, b := x.i, y.i
	uns := !signed(t.kind)
	switch op {
	case token.ADD:
		switch {
		case y.cv != nil && x.is64():
			k, off := b(nil), x.off
			return func(fr *frame) int64 { return *(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) + k }
		case y.cv != nil:
			k := b(nil)
			return func(fr *frame) int64 { return a(fr) + k }
		case x.is64() && y.is64():
			o, p := x.off, y.off
			return func(fr *frame) int64 {
				return *(*int64)(unsafe.Add(unsafe.Pointer(fr), o)) + *(*int64)(unsafe.Add(unsafe.Pointer(fr), p))
			}
		case x.is64():
			o := x.off
			return func(fr *frame) int64 { v := *(*int64)(unsafe.Add(unsafe.Pointer(fr), o)); return v + b(fr) }
		}
		return func(fr *frame) int64 { v := a(fr); return v + b(fr) }
	case token.SUB:
		switch {
		case y.cv != nil && x.is64():
			k, off := b(nil), x.off
			return func(fr *frame) int64 { return *(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) - k }
		case y.cv != nil:
			k := b(nil)
			return func(fr *frame) int64 { return a(fr) - k }
		}
		return func(fr *frame) int64 { v := a(fr); return v - b(fr) }
	case token.MUL:
		if y.cv != nil {
			k := b(nil)
			return func(fr *frame) int64 { return a(fr) * k }
		}
		return func(fr *frame) int64 { v := a(fr); return v * b(fr) }
	case token.QUO:
		if uns {
			return func(fr *frame) int64 { v := a(fr); return int64(uint64(v) / uint64(b(fr))) }
		}
		if y.cv != nil {
			if k := b(nil); k > 0 {
				return func(fr *frame) int64 { return a(fr) / k }
			}
		}
		return func(fr *frame) int64 { v := a(fr); return v / b(fr) }
	case token.REM:
		if uns {
			return func(fr *frame) int64 { v := a(fr); return int64(uint64(v) % uint64(b(fr))) }
		}
		if y.cv != nil {
			if k := b(nil); k > 0 {
				return func(fr *frame) int64 { return a(fr) % k }
			}
		}
		return func(fr *frame) int64 { v := a(fr); return v % b(fr) }
	case token.AND:
		if y.cv != nil {
			k := b(nil)
			return func(fr *frame) int64 { return a(fr) & k }
		}
		return func(fr *frame) int64 { v := a(fr); return v & b(fr) }
	case token.OR:
		return func(fr *frame) int64 { v := a(fr); return v | b(fr) }
	case token.XOR:
		return func(fr *frame) int64 { v := a(fr); return v ^ b(fr) }
	}
	return func(fr *frame) int64 { v := a(fr); return v &^ b(fr) }
}

func floatArith(op token.Token, a floatFn, y *expr) floatFn {
	b := y.f
	switch op {
	case token.ADD:
		return func(fr *frame) float64 { v := a(fr); return v + b(fr) }
	case token.SUB:
		return func(fr *frame) float64 { v := a(fr); return v - b(fr) }
	case token.MUL:
		if y.cv != nil {
			k := b(nil)
			return func(fr *frame) float64 { return a(fr) * k }
		}
		return func(fr *frame) float64 { v := a(fr); return v * b(fr) }
	}
	return func(fr *frame) float64 { v := a(fr); return v / b(fr) }
}

// shift compiles << and >>.
func (c *fn) shift(op token.Token, x, y *expr, t *typ) *expr {
	if y.i == nil {
		y = c.constExpr(c.typ(types.Typ[types.Uint]), y.cv)
	}
	a, b := x.i, y.i
	count := func(fr *frame) uint64 { return uint64(b(fr)) }
	if signed(y.t.kind) {
		count = func(fr *frame) uint64 {
			n := b(fr)
			if n < 0 {
				shiftPanic(n)
			}
			return uint64(n)
		}
	}
	if y.cv != nil {
		n := uint64(b(nil))
		if op == token.SHL {
			return &expr{t: t, i: wrap(t, func(fr *frame) int64 { return a(fr) << n })}
		}
		if signed(t.kind) {
			return &expr{t: t, i: func(fr *frame) int64 { return a(fr) >> n }}
		}
		return &expr{t: t, i: func(fr *frame) int64 { return int64(uint64(a(fr)) >> n) }}
	}
	if op == token.SHL {
		return &expr{t: t, i: wrap(t, func(fr *frame) int64 { v := a(fr); return v << count(fr) })}
	}
	if signed(t.kind) {
		return &expr{t: t, i: func(fr *frame) int64 { v := a(fr); return v >> count(fr) }}
	}
	return &expr{t: t, i: func(fr *frame) int64 { v := a(fr); return int64(uint64(v) >> count(fr)) }}
}

func shiftPanic(n int64) { _ = 1 << n }
