package exec

// This file defines append, make and new.

import (
	"go/ast"
	"go/types"
	"reflect"
	"unsafe"
)

// makeExpr compiles make.
func (c *fn) makeExpr(e *ast.CallExpr) *expr {
	t := c.typ(c.typeOf(e.Args[0]))
	eng := c.e
	size := func(i int) func(fr *frame) int {
		if i >= len(e.Args) {
			return nil
		}
		x := c.expr(e.Args[i])
		if x.cv != nil && x.i == nil {
			x = c.constExpr(c.e.intType, x.cv)
		}
		if x.i == nil {
			x = c.convertTo(x, c.e.intType, e.Pos())
		}
		v := x.i
		return func(fr *frame) int { return int(v(fr)) }
	}
	n, m := size(1), size(2)
	switch t.kind {
	case reflect.Map:
		return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
			k := 0
			if n != nil {
				k = max(n(fr), 0)
			}
			return makemap(eng.rtype(t), k)
		}}
	case reflect.Chan:
		return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
			k := 0
			if n != nil {
				k = n(fr)
			}
			return makechan(eng.rtype(t), k)
		}}
	}
	elem, tmp := c.elemOf(t), c.temp(t)
	mk := func(fr *frame) slice {
		l := n(fr)
		k := l
		if m != nil {
			k = m(fr)
		}
		checkMake(l, k, elem.size)
		return slice{unsafeNewArray(eng.rtype(elem), k), l, k}
	}
	return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
		s := mk(fr)
		p := tmp(fr)
		*(*slice)(p) = s
		return p
	}, into: func(fr *frame, dst unsafe.Pointer) { *(*slice)(dst) = mk(fr) }}
}

// checkMake raises Go's own errors.
func checkMake(l, k int, size uintptr) {
	const limit = 1 << 47
	if l < 0 || size > 0 && uintptr(l) > limit/size {
		_ = make([]struct{}, min(l, -1))
	}
	if k < l || size > 0 && uintptr(k) > limit/size {
		n := 1
		_ = make([]struct{}, n, 0*n)
	}
}

// newExpr compiles new(T) and new(value).
func (c *fn) newExpr(e *ast.CallExpr) *expr {
	t := c.typ(c.typeOf(e))
	elem, eng := c.elemOf(t), c.e
	if tv := c.src.info.Types[e.Args[0]]; !tv.IsType() {
		put := c.convert(c.expr(e.Args[0]), elem, e.Pos()).put()
		return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
			p := unsafeNew(eng.rtype(elem))
			put(fr, p)
			return p
		}}
	}
	return &expr{t: t, p: func(fr *frame) unsafe.Pointer { return unsafeNew(eng.rtype(elem)) }}
}

// appendExpr compiles append.
func (c *fn) appendExpr(e *ast.CallExpr) *expr {
	t := c.typ(c.typeOf(e))
	elem, eng, tmp := c.elemOf(t), c.e, c.temp(t)
	x := c.convert(c.expr(e.Args[0]), t, e.Pos())
	step := c.appends(e, elem)
	if e.Ellipsis.IsValid() {
		hold, held := c.hold(x)
		src := held.p
		y := c.expr(e.Args[1])
		if y.nil {
			y = c.zero(t)
		}
		var more func(fr *frame) slice
		if y.t.class == classString {
			s := y.s
			more = func(fr *frame) slice {
				str := s(fr)
				return slice{unsafe.Pointer(unsafe.StringData(str)), len(str), len(str)}
			}
		} else {
			p := y.p
			more = func(fr *frame) slice { return *(*slice)(p(fr)) }
		}
		return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
			hold(fr)
			m := more(fr)
			s := *(*slice)(src(fr))
			step(fr, s, m.len)
			if s.len+m.len > s.cap {
				s = growslice(eng.rtype(elem), s, m.len)
			}
			d := slice{unsafe.Add(s.data, uintptr(s.len)*elem.size), m.len, m.len}
			if m.len > 0 && elem.size > 0 {
				typedslicecopy(eng.rtype(elem), d, m)
			}
			p := tmp(fr)
			*(*slice)(p) = slice{s.data, s.len + m.len, s.cap}
			return p
		}}
	}
	n := len(e.Args) - 1
	if n == 0 {
		return x
	}
	if n == 1 {
		return c.append1(x, c.convert(c.expr(e.Args[1]), elem, e.Pos()), t, step)
	}
	hold, held := c.hold(x)
	src := held.p
	var holds []func(fr *frame)
	var puts []putFn
	for _, a := range e.Args[1:] {
		h, y := c.hold(c.convert(c.expr(a), elem, e.Pos()))
		holds = append(holds, h)
		puts = append(puts, y.put())
	}
	return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
		hold(fr)
		for _, h := range holds {
			h(fr)
		}
		s := *(*slice)(src(fr))
		step(fr, s, n)
		if s.len+n > s.cap {
			s = growslice(eng.rtype(elem), s, n)
		}
		for i, put := range puts {
			put(fr, unsafe.Add(s.data, uintptr(s.len+i)*elem.size))
		}
		p := tmp(fr)
		*(*slice)(p) = slice{s.data, s.len + n, s.cap}
		return p
	}}
}

// append1 appends one value.
func (c *fn) append1(x, y *expr, t *typ, step func(fr *frame, s slice, n int)) *expr {
	elem, eng, tmp := y.t, c.e, c.temp(t)
	src := x.p
	if c.src.steps != StepAccess && t.class == classMem && elem.class == classInt && elem.size == 8 &&
		(x.local || x.addr != nil) {
		v := y.i
		return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
			n := v(fr)
			s := append(*(*[]int64)(src(fr)), n)
			p := tmp(fr)
			*(*[]int64)(p) = s
			return p
		}}
	}
	hold, val := c.hold(y)
	if x.addr == nil { // the slice comes from an expression: first it, then the value
		holdX, heldX := c.hold(x)
		holdY := hold
		src = heldX.p
		hold = func(fr *frame) {
			holdX(fr)
			holdY(fr)
		}
	}
	put := val.put()
	return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
		hold(fr)
		s := *(*slice)(src(fr))
		step(fr, s, 1)
		if s.len+1 > s.cap {
			s = growslice(eng.rtype(elem), s, 1)
		}
		put(fr, unsafe.Add(s.data, uintptr(s.len)*elem.size))
		p := tmp(fr)
		*(*slice)(p) = slice{s.data, s.len + 1, s.cap}
		return p
	}}
}

// appends returns the step before n values are appended to a slice: it writes to the memory behind it, or reads all of
// it to copy it.
func (c *fn) appends(e *ast.CallExpr, elem *typ) func(fr *frame, s slice, n int) {
	name := types.ExprString(e.Args[0])
	write := c.accesses("write", name+"[len:]", e.Pos(), elem)
	read := c.accesses("read", name+"[:]", e.Pos(), elem)
	if write == nil {
		return func(*frame, slice, int) {}
	}
	return func(fr *frame, s slice, n int) {
		switch {
		case n == 0:
		case s.len+n <= s.cap:
			write(fr, unsafe.Add(s.data, uintptr(s.len)*elem.size), n)
		case s.len > 0:
			read(fr, s.data, s.len)
		}
	}
}
