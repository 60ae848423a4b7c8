package exec

// This file defines conversions, and what interfaces need: values put into them and taken out again.

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"sync/atomic"
	"unsafe"

	"gilkernel/kernel/exec/rtype"
)

// isEface reports whether values of an interface type have the memory of an interface{}: those of interfaces with
// methods have a method table in front, which is for compiled code. The engine itself finds methods by the dynamic
// type.
func isEface(t *typ) bool { return t.u.(*types.Interface).NumMethods() == 0 }

// convert gives x the type t, to which it is assignable.
func (c *fn) convert(x *expr, t *typ, pos token.Pos) *expr {
	if x.nil {
		z := c.zero(t)
		z.nil = false
		return z
	}
	if x.t == t {
		return x
	}
	if isInterface(t) {
		if isInterface(x.t) {
			return c.convertInterface(x, t)
		}
		return c.box(x, t)
	}
	if x.cv != nil {
		return c.constExpr(t, x.cv)
	}
	return x.retyped(t)
}

// smallInts are the values of small integers in interfaces.
var smallInts = func() (a [256]uint64) {
	for i := range a {
		a[i] = uint64(i)
	}
	return a
}()

// dataWord returns what computes the data word of an interface that holds x.
func (c *fn) dataWord(x *expr) ptrFn {
	e, t := c.e, x.t
	if t.class == classPtr {
		return x.p
	}
	if x.cv != nil {
		m := unsafeNew(e.rtype(t))
		x.put()(nil, m)
		return func(*frame) unsafe.Pointer { return m }
	}
	switch t.class {
	case classInt:
		v := x.i
		if t.size == 8 {
			return func(fr *frame) unsafe.Pointer {
				n := v(fr)
				if uint64(n) < 256 {
					return unsafe.Pointer(&smallInts[n])
				}
				p := new(int64)
				*p = n
				return unsafe.Pointer(p)
			}
		}
	case classString:
		v := x.s
		return func(fr *frame) unsafe.Pointer {
			p := new(string)
			*p = v(fr)
			return unsafe.Pointer(p)
		}
	}
	if t.size == 0 {
		ev := x.eval()
		return func(fr *frame) unsafe.Pointer {
			ev(fr)
			return unsafe.Pointer(&zeroSized)
		}
	}
	put := x.put()
	direct := (*rtype.Descriptor)(e.rtype(t)).Direct()
	return func(fr *frame) unsafe.Pointer {
		m := unsafeNew(e.rtype(t))
		put(fr, m)
		if direct {
			return *(*unsafe.Pointer)(m)
		}
		return m
	}
}

// box puts a value of a concrete type into an interface.
func (c *fn) box(x *expr, t *typ) *expr {
	data, tmp := c.dataWord(x), c.temp(t)
	word := c.e.rtype(x.t)
	if !isEface(t) {
		tab := c.e.itabOf(t, x.t)
		return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
			d := data(fr)
			p := tmp(fr)
			*(*eface)(p) = eface{tab(), d}
			return p
		}}
	}
	y := &expr{t: t, p: func(fr *frame) unsafe.Pointer {
		d := data(fr)
		p := tmp(fr)
		*(*eface)(p) = eface{word, d}
		return p
	}}
	y.into = func(fr *frame, dst unsafe.Pointer) {
		d := data(fr)
		*(*eface)(dst) = eface{word, d}
	}
	return y
}

// itabOf returns what finds the method table of a compiled package's interface for a concrete type. It
// is made when it is first needed: methods may come with a later declaration.
func (e *Engine) itabOf(t, concrete *typ) func() unsafe.Pointer {
	var tab atomic.Pointer[itab]
	return func() unsafe.Pointer {
		if p := tab.Load(); p != nil {
			return unsafe.Pointer(p)
		}
		var out iface
		ifaceE2I(e.rtype(t), reflect.Zero(e.reflect(concrete)).Interface(), unsafe.Pointer(&out))
		tab.Store(out.tab)
		return unsafe.Pointer(out.tab)
	}
}

// toAny returns the address of an interface{} with the same dynamic value as the interface x.
func (c *fn) toAny(x *expr) ptrFn {
	p := x.p
	if isEface(x.t) {
		return p
	}
	tmp := c.temp(c.e.anyType)
	return func(fr *frame) unsafe.Pointer {
		v := *(*iface)(p(fr))
		q := tmp(fr)
		if v.tab == nil {
			*(*eface)(q) = eface{}
		} else {
			*(*eface)(q) = eface{v.tab.typ, v.data}
		}
		return q
	}
}

// dynamic returns the dynamic type and the data word of an interface value at p.
func dynamic(p unsafe.Pointer, isEface bool) eface {
	v := *(*eface)(p)
	if !isEface && v.typ != nil {
		v.typ = (*itab)(v.typ).typ
	}
	return v
}

// convertInterface turns one interface type into another that has no more methods.
func (c *fn) convertInterface(x *expr, t *typ) *expr {
	from, to := isEface(x.t), isEface(t)
	if from && to {
		return x.retyped(t)
	}
	p := x.p
	if to {
		return &expr{t: t, p: c.toAny(x)}
	}
	tmp, e := c.temp(t), c.e
	var last itabCache
	return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
		v := dynamic(p(fr), from)
		q := tmp(fr)
		if v.typ == nil {
			*(*eface)(q) = eface{}
			return q
		}
		*(*eface)(q) = eface{last.find(e, t, v), v.data}
		return q
	}}
}

// itabCache remembers the last method table that was found at a place of the source.
type itabCache struct{ tab atomic.Pointer[itab] }

func (c *itabCache) find(e *Engine, t *typ, v eface) unsafe.Pointer {
	if tab := c.tab.Load(); tab != nil && tab.typ == v.typ {
		return unsafe.Pointer(tab)
	}
	var out iface
	ifaceE2I(e.rtype(t), *(*any)(unsafe.Pointer(&v)), unsafe.Pointer(&out))
	c.tab.Store(out.tab)
	return unsafe.Pointer(out.tab)
}

// assertionError is the memory of Go's own error for a failed type assertion: it mirrors runtime.TypeAssertionError.
type assertionError struct {
	inter, concrete, asserted unsafe.Pointer
	missing                   string
}

// conversion compiles T(x).
func (c *fn) conversion(e *ast.CallExpr, t *typ) *expr {
	x := c.expr(e.Args[0])
	if t.kind == reflect.String || t.kind == reflect.Array {
		x = c.elementsRead(e.Args[0], x)
	}
	if x.nil || isInterface(t) {
		if x.cv != nil && !x.nil {
			x = c.constExpr(c.typ(types.Default(x.t.t)), x.cv)
		}
		return c.convert(x, t, e.Pos())
	}
	return c.convertTo(x, t, e.Pos())
}

func (c *fn) convertTo(x *expr, t *typ, pos token.Pos) *expr {
	from := x.t
	switch {
	case x.cv != nil && from.class != t.class && t.class != classString && t.class != classPtr &&
		t.kind != reflect.Slice:
		return c.constExpr(t, x.cv)
	case from == t:
		y := *x
		y.addr, y.local, y.at = nil, false, nil
		return &y
	case t.class == classInt && from.class == classInt:
		if t.size > from.size && (signed(from.kind) == signed(t.kind) || !signed(from.kind)) {
			return &expr{t: t, i: x.i}
		}
		return &expr{t: t, i: wrap(t, x.i)}
	case t.class == classInt && from.class == classFloat:
		return &expr{t: t, i: floatToInt(t, x.f)}
	case t.class == classInt && from.class == classPtr: // uintptr(unsafe.Pointer)
		p := x.p
		return &expr{t: t, i: func(fr *frame) int64 { return int64(uintptr(p(fr))) }}
	case t.class == classPtr && from.class == classInt:
		v := x.i
		return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
			n := v(fr)
			return *(*unsafe.Pointer)(unsafe.Pointer(&n))
		}}
	case t.class == classFloat && from.class == classInt:
		v := x.i
		uns := !signed(from.kind)
		f := func(fr *frame) float64 { return float64(v(fr)) }
		if uns {
			f = func(fr *frame) float64 { return float64(uint64(v(fr))) }
		}
		if t.kind == reflect.Float32 {
			if uns {
				return &expr{t: t, f: func(fr *frame) float64 { return float64(float32(uint64(v(fr)))) }}
			}
			return &expr{t: t, f: func(fr *frame) float64 { return float64(float32(v(fr))) }}
		}
		return &expr{t: t, f: f}
	case t.class == classFloat && from.class == classFloat:
		v := x.f
		if t.kind == reflect.Float32 {
			return &expr{t: t, f: func(fr *frame) float64 { return float64(float32(v(fr))) }}
		}
		return &expr{t: t, f: v}
	case t.class == classString && from.class == classString:
		return &expr{t: t, s: x.s}
	case t.class == classString && from.class == classInt:
		v := x.i
		if !signed(from.kind) {
			return &expr{t: t, s: func(fr *frame) string {
				if n := uint64(v(fr)); n <= 0x10ffff {
					return string(rune(n))
				}
				return "\ufffd"
			}}
		}
		return &expr{t: t, s: func(fr *frame) string {
			if n := v(fr); n >= 0 && n <= 0x10ffff {
				return string(rune(n))
			}
			return "\ufffd"
		}}
	case t.class == classString && from.kind == reflect.Slice:
		p := x.p
		if c.elemOf(from).size == 1 {
			return &expr{t: t, s: func(fr *frame) string { return string(*(*[]byte)(p(fr))) }}
		}
		return &expr{t: t, s: func(fr *frame) string { return string(*(*[]rune)(p(fr))) }}
	case t.kind == reflect.Slice && from.class == classString:
		s, tmp := x.s, c.temp(t)
		if c.elemOf(t).size == 1 {
			return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
				b := []byte(s(fr))
				p := tmp(fr)
				*(*[]byte)(p) = b
				return p
			}}
		}
		return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
			r := []rune(s(fr))
			p := tmp(fr)
			*(*[]rune)(p) = r
			return p
		}}
	case from.kind == reflect.Slice && t.kind == reflect.Array:
		p, n, ptr := x.p, int(t.u.(*types.Array).Len()), t.size
		_ = ptr
		return &expr{t: t, p: func(fr *frame) unsafe.Pointer { return sliceToArray(*(*slice)(p(fr)), n) }}
	case from.kind == reflect.Slice && t.kind == reflect.Pointer:
		p, n := x.p, int(c.elemOf(t).u.(*types.Array).Len())
		return &expr{t: t, p: func(fr *frame) unsafe.Pointer { return sliceToArray(*(*slice)(p(fr)), n) }}
	case t.kind == reflect.Complex64 || t.kind == reflect.Complex128:
		if t.kind != from.kind {
			v, tmp := c.complexOf(x), c.temp(t)
			return c.complexExpr(t, tmp, v)
		}
	}
	y := x.retyped(t)
	y.addr, y.local = nil, false
	return y
}

// sliceToArray returns the array in a slice, or raises Go's own error.
func sliceToArray(s slice, n int) unsafe.Pointer {
	if s.len < n {
		panic(conversionError{s.len, n})
	}
	if n == 0 && s.data != nil {
		return s.data
	}
	return s.data
}

func floatToInt(t *typ, v floatFn) intFn {
	switch t.kind {
	case reflect.Uint64, reflect.Uint, reflect.Uintptr:
		return func(fr *frame) int64 { return int64(uint64(v(fr))) }
	case reflect.Uint32:
		return func(fr *frame) int64 { return int64(uint32(v(fr))) }
	case reflect.Int32:
		return func(fr *frame) int64 { return int64(int32(v(fr))) }
	}
	return wrap(t, func(fr *frame) int64 { return int64(v(fr)) })
}
