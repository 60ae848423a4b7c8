package exec

// This file defines expressions: what the compiler knows about one, and how values are read from and
// written to memory by their class.

import (
	"go/constant"
	"go/token"
	"reflect"
	"unsafe"
)

// Functions that compute a value, by its class.
type (
	boolFn   = func(fr *frame) bool
	intFn    = func(fr *frame) int64
	floatFn  = func(fr *frame) float64
	stringFn = func(fr *frame) string
	ptrFn    = func(fr *frame) unsafe.Pointer // classPtr: the value; classMem: where the value is
	putFn    = func(fr *frame, dst unsafe.Pointer)
)

// expr is a compiled expression. The function of its class is set.
type expr struct {
	t    *typ
	cv   constant.Value // of a constant
	nil  bool           // the predeclared nil
	zero bool           // all its memory is zero, always
	pos  token.Pos

	b boolFn
	i intFn
	f floatFn
	s stringFn
	p ptrFn // classPtr and classMem

	bin *binary     // a sum or the like of 64-bit integers
	cmp *binary     // a comparison of signed ones
	at  *localIndex // an element of a slice in the frame

	addr  ptrFn   // of a variable; nil for what has no address
	local bool    // a variable in the frame itself
	off   uintptr // and its place

	void  func(fr *frame)        // classNone
	call  func(fr *frame) *frame // classTuple: the finished call whose results are read
	slots []slot                 // and where they are
	into  putFn                  // classMem: writes the value without a temporary; may be nil
}

type integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

func loadInt[T integer](a ptrFn) intFn {
	return func(fr *frame) int64 { return int64(*(*T)(a(fr))) }
}

func localInt[T integer](off uintptr) intFn {
	return func(fr *frame) int64 { return int64(*(*T)(unsafe.Add(unsafe.Pointer(fr), off))) }
}

// load returns the expression that reads the memory at addr.
func load(t *typ, addr ptrFn) *expr {
	x := &expr{t: t}
	switch t.class {
	case classBool:
		x.b = func(fr *frame) bool { return *(*bool)(addr(fr)) }
	case classInt:
		switch t.kind {
		case reflect.Int8:
			x.i = loadInt[int8](addr)
		case reflect.Int16:
			x.i = loadInt[int16](addr)
		case reflect.Int32:
			x.i = loadInt[int32](addr)
		case reflect.Uint8:
			x.i = loadInt[uint8](addr)
		case reflect.Uint16:
			x.i = loadInt[uint16](addr)
		case reflect.Uint32:
			x.i = loadInt[uint32](addr)
		default:
			x.i = loadInt[int64](addr)
		}
	case classFloat:
		if t.kind == reflect.Float32 {
			x.f = func(fr *frame) float64 { return float64(*(*float32)(addr(fr))) }
		} else {
			x.f = func(fr *frame) float64 { return *(*float64)(addr(fr)) }
		}
	case classString:
		x.s = func(fr *frame) string { return *(*string)(addr(fr)) }
	case classPtr:
		x.p = func(fr *frame) unsafe.Pointer { return *(*unsafe.Pointer)(addr(fr)) }
	default:
		x.p = addr
	}
	return x
}

// loadVar is load for a variable, which has an address.
func loadVar(t *typ, addr ptrFn) *expr {
	x := load(t, addr)
	x.addr = addr
	return x
}

// loadLocal reads a variable in the frame.
func loadLocal(t *typ, off uintptr) *expr {
	addr := func(fr *frame) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(fr), off) }
	x := loadVar(t, addr)
	x.local, x.off = true, off
	switch t.class {
	case classBool:
		x.b = func(fr *frame) bool { return *(*bool)(unsafe.Add(unsafe.Pointer(fr), off)) }
	case classInt:
		switch t.kind {
		case reflect.Int8:
			x.i = localInt[int8](off)
		case reflect.Int16:
			x.i = localInt[int16](off)
		case reflect.Int32:
			x.i = localInt[int32](off)
		case reflect.Uint8:
			x.i = localInt[uint8](off)
		case reflect.Uint16:
			x.i = localInt[uint16](off)
		case reflect.Uint32:
			x.i = localInt[uint32](off)
		default:
			x.i = localInt[int64](off)
		}
	case classFloat:
		if t.kind == reflect.Float64 {
			x.f = func(fr *frame) float64 { return *(*float64)(unsafe.Add(unsafe.Pointer(fr), off)) }
		}
	case classString:
		x.s = func(fr *frame) string { return *(*string)(unsafe.Add(unsafe.Pointer(fr), off)) }
	case classPtr:
		x.p = func(fr *frame) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(fr), off)) }
	}
	return x
}

// loadFixed reads a variable of a compiled package, which all images share.
func loadFixed(t *typ, p unsafe.Pointer) *expr {
	return loadVar(t, func(*frame) unsafe.Pointer { return p })
}

// loadGlobal reads a package variable.
func loadGlobal(t *typ, s *globalSlot) *expr {
	x := loadVar(t, func(fr *frame) unsafe.Pointer { return s.at(fr) })
	if t.class == classInt && t.size == 8 {
		x.i = func(fr *frame) int64 {
			if fr.g.image == nil {
				return *(*int64)(s.place)
			}
			return *(*int64)(s.at(fr))
		}
	}
	return x
}

// loadBoxed reads a variable that a pointer in the frame leads to.
func loadBoxed(t *typ, off uintptr) *expr {
	x := loadVar(t, func(fr *frame) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(fr), off)) })
	if t.class == classInt && t.size == 8 {
		x.i = func(fr *frame) int64 { return **(**int64)(unsafe.Add(unsafe.Pointer(fr), off)) }
	}
	return x
}

func storeInt[T integer](v intFn) putFn {
	return func(fr *frame, dst unsafe.Pointer) { *(*T)(dst) = T(v(fr)) }
}

// put returns what writes the expression's value to memory of its type.
func (x *expr) put() putFn {
	switch x.t.class {
	case classBool:
		v := x.b
		return func(fr *frame, dst unsafe.Pointer) { *(*bool)(dst) = v(fr) }
	case classInt:
		v := x.i
		switch x.t.size {
		case 1:
			return storeInt[uint8](v)
		case 2:
			return storeInt[uint16](v)
		case 4:
			return storeInt[uint32](v)
		}
		if x.cv != nil {
			n := v(nil)
			return func(fr *frame, dst unsafe.Pointer) { *(*int64)(dst) = n }
		}
		return storeInt[int64](v)
	case classFloat:
		v := x.f
		if x.t.kind == reflect.Float32 {
			return func(fr *frame, dst unsafe.Pointer) { *(*float32)(dst) = float32(v(fr)) }
		}
		return func(fr *frame, dst unsafe.Pointer) { *(*float64)(dst) = v(fr) }
	case classString:
		v := x.s
		return func(fr *frame, dst unsafe.Pointer) { *(*string)(dst) = v(fr) }
	case classPtr:
		v := x.p
		return func(fr *frame, dst unsafe.Pointer) { *(*unsafe.Pointer)(dst) = v(fr) }
	}
	if x.into != nil {
		return x.into
	}
	v, move := x.p, x.t.move
	switch x.t.kind {
	case reflect.Slice:
		return func(fr *frame, dst unsafe.Pointer) { *(*slice)(dst) = *(*slice)(v(fr)) }
	case reflect.Interface:
		return func(fr *frame, dst unsafe.Pointer) { *(*eface)(dst) = *(*eface)(v(fr)) }
	}
	return func(fr *frame, dst unsafe.Pointer) { move(dst, v(fr)) }
}

// eval returns what computes the value and drops it.
func (x *expr) eval() func(fr *frame) {
	switch {
	case x.void != nil:
		return x.void
	case x.call != nil:
		call := x.call
		return func(fr *frame) { fr.g.release(call(fr)) }
	case x.b != nil:
		v := x.b
		return func(fr *frame) { v(fr) }
	case x.i != nil:
		v := x.i
		return func(fr *frame) { v(fr) }
	case x.f != nil:
		v := x.f
		return func(fr *frame) { v(fr) }
	case x.s != nil:
		v := x.s
		return func(fr *frame) { v(fr) }
	}
	v := x.p
	return func(fr *frame) { v(fr) }
}

// zeroSized is where all values without a size are: zero bytes of it are read and written.
var zeroSized [0]byte

// retyped returns the same value as one of another type with the same memory.
func (x *expr) retyped(t *typ) *expr {
	y := *x
	y.t = t
	return &y
}

// constInt and its like make expressions of known values.
func constInt(t *typ, v int64) *expr {
	return &expr{t: t, cv: constant.MakeInt64(v), i: func(*frame) int64 { return v }}
}

// constExpr makes the expression of a constant of a type that is no interface.
func (c *fn) constExpr(t *typ, v constant.Value) *expr {
	x := &expr{t: t, cv: v}
	switch t.class {
	case classBool:
		b := constant.BoolVal(v)
		x.b = func(*frame) bool { return b }
	case classInt:
		n := constToInt(v)
		x.i = func(*frame) int64 { return n }
	case classFloat:
		f, _ := constant.Float64Val(constant.ToFloat(v))
		if t.kind == reflect.Float32 {
			f32, _ := constant.Float32Val(constant.ToFloat(v))
			f = float64(f32)
		}
		x.f = func(*frame) float64 { return f }
	case classString:
		s := constant.StringVal(v)
		x.s = func(*frame) string { return s }
	case classPtr: // uintptr constants as unsafe.Pointer
		n := uintptr(constToInt(v)) // a number that the learner wrote
		p := *(*unsafe.Pointer)(unsafe.Pointer(&n))
		x.p = func(*frame) unsafe.Pointer { return p }
	default:
		cx := constant.ToComplex(v)
		re, _ := constant.Float64Val(constant.Real(cx))
		im, _ := constant.Float64Val(constant.Imag(cx))
		if t.kind == reflect.Complex64 {
			m := new(complex64)
			*m = complex(float32(re), float32(im))
			x.p = func(*frame) unsafe.Pointer { return unsafe.Pointer(m) }
		} else {
			m := new(complex128)
			*m = complex(re, im)
			x.p = func(*frame) unsafe.Pointer { return unsafe.Pointer(m) }
		}
	}
	return x
}

func constToInt(v constant.Value) int64 {
	v = constant.ToInt(v)
	if n, ok := constant.Int64Val(v); ok {
		return n
	}
	n, _ := constant.Uint64Val(v)
	return int64(n)
}

// zero returns the zero value of a type.
func (c *fn) zero(t *typ) *expr {
	x := &expr{t: t}
	switch t.class {
	case classBool:
		x.b = func(*frame) bool { return false }
	case classInt:
		x.i = func(*frame) int64 { return 0 }
	case classFloat:
		x.f = func(*frame) float64 { return 0 }
	case classString:
		x.s = func(*frame) string { return "" }
	case classPtr:
		x.p = func(*frame) unsafe.Pointer { return nil }
	default:
		tmp, clr := c.temp(t), c.e.clear(t)
		x.p = func(fr *frame) unsafe.Pointer {
			p := tmp(fr)
			clr(p)
			return p
		}
		x.into = func(fr *frame, dst unsafe.Pointer) { clr(dst) }
	}
	return x
}
