package exec

// This file defines type assertions.

import (
	"go/ast"
	"go/types"
	"reflect"
	"sync/atomic"
	"unsafe"

	"gilkernel/kernel/exec/rtype"
)

// implements reports whether a dynamic type has the methods of an interface; missing names one that it lacks.
func (e *Engine) implements(rt unsafe.Pointer, t *typ) (ok bool, missing string) {
	u := t.u.(*types.Interface)
	if u.NumMethods() == 0 {
		return true, ""
	}
	if v, ok := e.byRtype.Load(rt); ok {
		dt := v.(*typ)
		if m, _ := types.MissingMethod(dt.t, u, true); m != nil {
			return false, m.Name()
		}
		return true, ""
	}
	r := toType(rt)
	if !isEface(t) {
		it := e.reflect(t)
		if r.Implements(it) {
			return true, ""
		}
		for i := range it.NumMethod() {
			if _, ok := r.MethodByName(it.Method(i).Name); !ok {
				return false, it.Method(i).Name
			}
		}
		return false, it.Method(0).Name
	}
	for i := range u.NumMethods() {
		m := u.Method(i)
		rm, ok := r.MethodByName(m.Name())
		if !ok {
			return false, m.Name()
		}
		want := e.reflect(e.typ(m.Type()))
		if !sameMethod(rm.Type, want, r.Kind() == reflect.Interface) {
			return false, m.Name()
		}
	}
	return true, ""
}

// sameMethod compares the type of a method, whose receiver comes first, with a function type.
func sameMethod(m, f reflect.Type, noRecv bool) bool {
	skip := 1
	if noRecv {
		skip = 0
	}
	if m.NumIn() != f.NumIn()+skip || m.NumOut() != f.NumOut() || m.IsVariadic() != f.IsVariadic() {
		return false
	}
	for i := range f.NumIn() {
		if m.In(i+skip) != f.In(i) {
			return false
		}
	}
	for i := range f.NumOut() {
		if m.Out(i) != f.Out(i) {
			return false
		}
	}
	return true
}

// failAssert panics with Go's own error. The type of the value is nil for a nil interface.
func failAssert(inter, concrete, asserted unsafe.Pointer, missing string) {
	panic(assertError(inter, concrete, asserted, missing))
}

func (c *fn) typeAssert(e *ast.TypeAssertExpr, commaOK bool) *expr {
	x := c.expr(e.X)
	t := c.typ(c.typeOf(e.Type))
	if commaOK {
		return c.assertOK(x, t)
	}
	from, eng := isEface(x.t), c.e
	xt, p := x.t, x.p
	if isInterface(t) {
		to, tmp := isEface(t), c.temp(t)
		check := c.checker(t)
		var last itabCache
		return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
			v := dynamic(p(fr), from)
			if v.typ == nil {
				failAssert(nil, nil, eng.rtype(t), "")
			}
			if ok, missing := check(v.typ); !ok {
				failAssert(eng.rtype(xt), v.typ, eng.rtype(t), missing)
			}
			q := tmp(fr)
			if to {
				*(*eface)(q) = v
			} else {
				*(*eface)(q) = eface{last.find(eng, t, v), v.data}
			}
			return q
		}}
	}
	word := c.e.rtype(t)
	inner := func(fr *frame) unsafe.Pointer {
		v := dynamic(p(fr), from)
		if v.typ != word {
			failAssert(eng.rtype(xt), v.typ, word, "")
		}
		return v.data
	}
	return c.unboxed(t, inner)
}

// unboxed is the value that an interface's data word stands for.
func (c *fn) unboxed(t *typ, data ptrFn) *expr {
	if t.class == classPtr {
		return &expr{t: t, p: data}
	}
	if t.size > 0 && t.class == classMem && (*rtype.Descriptor)(c.e.rtype(t)).Direct() {
		tmp := c.temp(t)
		return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
			d := data(fr)
			q := tmp(fr)
			*(*unsafe.Pointer)(q) = d
			return q
		}}
	}
	return load(t, data)
}

// checker returns implements for one interface, remembering the last answer.
func (c *fn) checker(t *typ) func(rt unsafe.Pointer) (bool, string) {
	type answer struct {
		rt      unsafe.Pointer
		ok      bool
		missing string
	}
	var last atomic.Pointer[answer]
	e := c.e
	return func(rt unsafe.Pointer) (bool, string) {
		if a := last.Load(); a != nil && a.rt == rt {
			return a.ok, a.missing
		}
		ok, missing := e.implements(rt, t)
		if ok {
			last.Store(&answer{rt, ok, missing})
		}
		return ok, missing
	}
}

// assertOK compiles v, ok := x.(T): a test, and the value if it holds.
func (c *fn) assertOK(x *expr, t *typ) *expr {
	from, eng, p := isEface(x.t), c.e, x.p
	off := c.alloc(t)
	okOff := c.alloc(c.e.boolType)
	clr := c.e.clear(t)
	var set func(fr *frame, v eface) bool
	if isInterface(t) {
		to, check := isEface(t), c.checker(t)
		var last itabCache
		set = func(fr *frame, v eface) bool {
			if v.typ == nil {
				return false
			}
			if ok, _ := check(v.typ); !ok {
				return false
			}
			if !to {
				v.typ = last.find(eng, t, v)
			}
			*(*eface)(fr.at(off)) = v
			return true
		}
	} else {
		word := c.e.rtype(t)
		direct := t.class == classPtr || t.size > 0 && (*rtype.Descriptor)(word).Direct()
		move := t.move
		set = func(fr *frame, v eface) bool {
			if v.typ != word {
				return false
			}
			if direct {
				*(*unsafe.Pointer)(fr.at(off)) = v.data
			} else {
				move(fr.at(off), v.data)
			}
			return true
		}
	}
	return c.pair(t, off, okOff, func(fr *frame) {
		ok := set(fr, dynamic(p(fr), from))
		if !ok {
			clr(fr.at(off))
		}
		*(*bool)(fr.at(okOff)) = ok
	})
}

// pair is an expression with a value and a bool that do leaves in the frame.
func (c *fn) pair(t *typ, off, okOff uintptr, do func(fr *frame)) *expr {
	return &expr{t: c.e.tupleType, slots: []slot{{off, t}, {okOff, c.e.boolType}}, void: do}
}
