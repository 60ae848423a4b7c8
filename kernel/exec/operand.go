package exec

// This file defines what the compiler knows of integer expressions beyond what computes them, so that a statement of
// them can be one closure instead of one for each operator: n += i, s[j] = true, if n < 2.

import (
	"go/token"
	"reflect"
	"unsafe"
)

// binary is an operator with two operands of 64-bit integers.
type binary struct {
	op   token.Token
	x, y *expr
}

// localIndex is an element of a slice in the frame at an index in the frame.
type localIndex struct{ slice, index uintptr }

// operand is a 64-bit integer in the frame, or a constant if off is 0.
type operand struct {
	off uintptr
	k   int64
}

// operand returns x as an operand, if it is one.
func (x *expr) operand() (operand, bool) {
	switch {
	case x.t.class != classInt:
	case x.cv != nil:
		return operand{k: x.i(nil)}, true
	case x.is64():
		return operand{off: x.off}, true
	}
	return operand{}, false
}

// in returns where an operand is in a call.
func (o *operand) in(fr *frame) *int64 {
	if o.off == 0 {
		return &o.k
	}
	return (*int64)(unsafe.Add(unsafe.Pointer(fr), o.off))
}

// less returns a comparison as (a < b) == want, if it compares signed operands.
func (x *expr) less() (a, b operand, want, ok bool) {
	if x.cmp == nil {
		return a, b, false, false
	}
	a, okA := x.cmp.x.operand()
	b, okB := x.cmp.y.operand()
	ok = okA && okB
	switch x.cmp.op {
	case token.LSS:
		return a, b, true, ok
	case token.GEQ:
		return a, b, false, ok
	case token.GTR:
		return b, a, true, ok
	case token.LEQ:
		return b, a, false, ok
	}
	return a, b, false, false
}

// lessConst returns a comparison of a variable with a constant as (variable < k) == want.
func (x *expr) lessConst() (off uintptr, k int64, want, ok bool) {
	a, b, want, ok := x.less()
	const most = 1<<63 - 1
	switch {
	case !ok:
	case a.off != 0 && b.off == 0:
		return a.off, b.k, want, true
	case a.off == 0 && b.off != 0 && a.k != most: // k < x is not x < k+1
		return b.off, a.k + 1, !want, true
	}
	return 0, 0, false, false
}

// setLocal writes a value to a variable in the frame.
func (c *fn) setLocal(t *typ, off uintptr, x *expr) func(fr *frame) {
	switch t.class {
	case classInt:
		if t.size == 8 {
			return setInt(off, x)
		}
	case classString:
		v := x.s
		return func(fr *frame) { *(*string)(unsafe.Add(unsafe.Pointer(fr), off)) = v(fr) }
	case classPtr:
		v := x.p
		return func(fr *frame) { *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(fr), off)) = v(fr) }
	case classFloat:
		if t.kind == reflect.Float64 {
			v := x.f
			return func(fr *frame) { *(*float64)(unsafe.Add(unsafe.Pointer(fr), off)) = v(fr) }
		}
	case classBool:
		v := x.b
		return func(fr *frame) { *(*bool)(unsafe.Add(unsafe.Pointer(fr), off)) = v(fr) }
	}
	put := x.put()
	return func(fr *frame) { put(fr, unsafe.Add(unsafe.Pointer(fr), off)) }
}

// setInt is setLocal for integers of 64 bits.
func setInt(off uintptr, x *expr) func(fr *frame) {
	if o, ok := x.operand(); ok {
		from, k := o.off, o.k
		if from == 0 {
			return func(fr *frame) { *(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) = k }
		}
		return func(fr *frame) {
			*(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) = *(*int64)(unsafe.Add(unsafe.Pointer(fr), from))
		}
	}
	if b := x.bin; b != nil {
		if f := b.setOperands(off); f != nil {
			return f
		}
		if b.op == token.ADD {
			v, w := b.x.i, b.y.i
			if b.x.is64() && b.x.off == off { // nothing but this statement changes the variable
				return func(fr *frame) { n := w(fr); *(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) += n }
			}
			return func(fr *frame) { n := v(fr); *(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) = n + w(fr) }
		}
	}
	v := x.i
	return func(fr *frame) { *(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) = v(fr) }
}

// setOperands writes the result to a variable if both are operands, nil otherwise.
func (b *binary) setOperands(off uintptr) func(fr *frame) {
	x, okX := b.x.operand()
	y, okY := b.y.operand()
	if !okX || !okY || x.off == 0 {
		return nil
	}
	from, with, k := x.off, y.off, y.k
	switch {
	case with == 0 && (b.op == token.ADD || b.op == token.SUB):
		if b.op == token.SUB {
			k = -k
		}
		if from == off {
			return func(fr *frame) { *(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) += k }
		}
		return func(fr *frame) {
			*(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) = *(*int64)(unsafe.Add(unsafe.Pointer(fr), from)) + k
		}
	case with == 0:
	case b.op == token.ADD && from == off:
		return func(fr *frame) {
			*(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) += *(*int64)(unsafe.Add(unsafe.Pointer(fr), with))
		}
	case b.op == token.ADD:
		return func(fr *frame) {
			*(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) = *(*int64)(unsafe.Add(unsafe.Pointer(fr), from)) +
				*(*int64)(unsafe.Add(unsafe.Pointer(fr), with))
		}
	case b.op == token.SUB:
		return func(fr *frame) {
			*(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) = *(*int64)(unsafe.Add(unsafe.Pointer(fr), from)) -
				*(*int64)(unsafe.Add(unsafe.Pointer(fr), with))
		}
	case b.op == token.MUL:
		return func(fr *frame) {
			*(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) = *(*int64)(unsafe.Add(unsafe.Pointer(fr), from)) *
				*(*int64)(unsafe.Add(unsafe.Pointer(fr), with))
		}
	}
	return nil
}

// storeElem returns what writes a value to an element of a slice in the frame; nil if there is no special closure for
// it.
func storeElem(v *expr, at *localIndex) func(fr *frame) {
	so, io := at.slice, at.index
	switch {
	case v.t.class == classBool && v.cv != nil:
		b := v.b(nil)
		return func(fr *frame) {
			s := *(*[]bool)(unsafe.Add(unsafe.Pointer(fr), so))
			s[*(*int)(unsafe.Add(unsafe.Pointer(fr), io))] = b
		}
	case v.t.class == classBool:
		f := v.b
		return func(fr *frame) {
			b := f(fr)
			s := *(*[]bool)(unsafe.Add(unsafe.Pointer(fr), so))
			s[*(*int)(unsafe.Add(unsafe.Pointer(fr), io))] = b
		}
	case v.t.class == classInt && v.t.size == 8:
		f := v.i
		return func(fr *frame) {
			n := f(fr)
			s := *(*[]int64)(unsafe.Add(unsafe.Pointer(fr), so))
			s[*(*int)(unsafe.Add(unsafe.Pointer(fr), io))] = n
		}
	case v.t.class == classInt && v.t.size == 1:
		f := v.i
		return func(fr *frame) {
			n := f(fr)
			s := *(*[]byte)(unsafe.Add(unsafe.Pointer(fr), so))
			s[*(*int)(unsafe.Add(unsafe.Pointer(fr), io))] = byte(n)
		}
	case v.t.class == classFloat && v.t.size == 8:
		f := v.f
		return func(fr *frame) {
			n := f(fr)
			s := *(*[]float64)(unsafe.Add(unsafe.Pointer(fr), so))
			s[*(*int)(unsafe.Add(unsafe.Pointer(fr), io))] = n
		}
	}
	return nil
}

// returnInt is the operation that returns a 64-bit integer as the only result, nil for others.
func returnInt(to *variable, x *expr) op {
	if !isWord(to.t) {
		return nil
	}
	off, v := to.off, x.i
	switch o, ok := x.operand(); {
	case ok && o.off == 0:
		return func(fr *frame) int {
			*(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) = o.k
			return opReturn
		}
	case ok:
		return func(fr *frame) int {
			*(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) = *(*int64)(unsafe.Add(unsafe.Pointer(fr), o.off))
			return opReturn
		}
	case x.bin != nil && x.bin.op == token.ADD:
		a, b := x.bin.x.i, x.bin.y.i
		return func(fr *frame) int {
			n := a(fr)
			*(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) = n + b(fr)
			return opReturn
		}
	}
	return func(fr *frame) int {
		*(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) = v(fr)
		return opReturn
	}
}
