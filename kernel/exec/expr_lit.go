package exec

// This file defines composite literals and map elements.

import (
	"go/ast"
	"go/constant"
	"go/types"
	"reflect"
	"unsafe"
)

// compositeLit compiles T{…}.
func (c *fn) compositeLit(e *ast.CompositeLit) *expr {
	t := c.typ(c.typeOf(e))
	if t.kind == reflect.Pointer { // &T elided in a composite literal
		return c.newLit(t, e)
	}
	return c.litOf(t, e)
}

// newLit compiles &T{…}.
func (c *fn) newLit(t *typ, e *ast.CompositeLit) *expr {
	elem, eng := c.elemOf(t), c.e
	switch elem.kind {
	case reflect.Struct, reflect.Array:
		fill := c.fill(elem, e)
		return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
			p := unsafeNew(eng.rtype(elem))
			fill(fr, p)
			return p
		}}
	}
	put := c.litOf(elem, e).put()
	return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
		p := unsafeNew(eng.rtype(elem))
		put(fr, p)
		return p
	}}
}

func (c *fn) litOf(t *typ, e *ast.CompositeLit) *expr {
	switch u := t.u.(type) {
	case *types.Struct, *types.Array:
		fill, tmp, clr := c.fill(t, e), c.temp(t), c.e.clear(t)
		return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
			p := tmp(fr)
			clr(p)
			fill(fr, p)
			return p
		}}
	case *types.Slice:
		return c.sliceLit(t, e)
	case *types.Map:
		return c.mapLit(t, u, e)
	}
	c.fail(e.Pos(), "%s has no literals", t.t)
	return nil
}

// fill writes a literal's elements into zeroed memory.
func (c *fn) fill(t *typ, e *ast.CompositeLit) putFn {
	type part struct {
		off uintptr
		put putFn
	}
	var parts []part
	switch u := t.u.(type) {
	case *types.Struct:
		offs := fieldOffsets(u)
		for i, el := range e.Elts {
			if kv, ok := el.(*ast.KeyValueExpr); ok {
				name := kv.Key.(*ast.Ident).Name
				for j := range u.NumFields() {
					if u.Field(j).Name() == name {
						i = j
					}
				}
				el = kv.Value
			}
			parts = append(parts, part{offs[i], c.element(el, c.e.typ(u.Field(i).Type())).put()})
		}
	case *types.Array:
		elem := c.elemOf(t)
		c.indexed(e, func(i int64, v ast.Expr) {
			parts = append(parts, part{uintptr(i) * elem.size, c.element(v, elem).put()})
		})
	}
	return func(fr *frame, p unsafe.Pointer) {
		for _, q := range parts {
			q.put(fr, unsafe.Add(p, q.off))
		}
	}
}

// element compiles an element of a literal.
func (c *fn) element(e ast.Expr, t *typ) *expr {
	if lit, ok := e.(*ast.CompositeLit); ok && lit.Type == nil {
		if t.kind == reflect.Pointer {
			return c.newLit(t, lit)
		}
		return c.litOf(t, lit)
	}
	return c.convert(c.expr(e), t, e.Pos())
}

// indexed calls f for each element of an array or slice literal, and returns its length.
func (c *fn) indexed(e *ast.CompositeLit, f func(i int64, v ast.Expr)) int64 {
	var i, n int64
	for _, el := range e.Elts {
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			i, _ = constant.Int64Val(constant.ToInt(c.src.info.Types[kv.Key].Value))
			el = kv.Value
		}
		f(i, el)
		i++
		n = max(n, i)
	}
	return n
}

func (c *fn) sliceLit(t *typ, e *ast.CompositeLit) *expr {
	elem, eng, tmp := c.elemOf(t), c.e, c.temp(t)
	type part struct {
		off uintptr
		put putFn
	}
	var parts []part
	n := int(c.indexed(e, func(i int64, v ast.Expr) {
		parts = append(parts, part{uintptr(i) * elem.size, c.element(v, elem).put()})
	}))
	return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
		a := unsafeNewArray(eng.rtype(elem), n)
		for _, q := range parts {
			q.put(fr, unsafe.Add(a, q.off))
		}
		p := tmp(fr)
		*(*slice)(p) = slice{a, n, n}
		return p
	}}
}

func (c *fn) mapLit(t *typ, u *types.Map, e *ast.CompositeLit) *expr {
	kt, vt, eng := c.e.typ(u.Key()), c.e.typ(u.Elem()), c.e
	type part struct{ key, value ptrFn }
	var parts []part
	for _, el := range e.Elts {
		kv := el.(*ast.KeyValueExpr)
		hk, k := c.hold(c.element(kv.Key, kt))
		key := c.spill(k)
		value := c.spill(c.element(kv.Value, vt))
		parts = append(parts, part{func(fr *frame) unsafe.Pointer {
			hk(fr)
			return key(fr)
		}, value})
	}
	n := len(parts)
	return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
		m := makemap(eng.rtype(t), n)
		for _, q := range parts {
			k := q.key(fr) // in memory of its own: the value may be a literal of the same kind
			mapassign(eng.rtype(t), m, k, q.value(fr))
		}
		return m
	}}
}

// mapIndex compiles m[k]; with commaOK also whether it is there.
func (c *fn) mapIndex(x *expr, u *types.Map, e *ast.IndexExpr, commaOK bool) *expr {
	kt, vt, eng, mt := c.e.typ(u.Key()), c.e.typ(u.Elem()), c.e, x.t
	k := c.convert(c.expr(e.Index), kt, e.Pos())
	m := x.p
	touch := func(*frame, unsafe.Pointer, unsafe.Pointer) {}
	if step := c.elementStep("read", e, e.Pos()); step != nil {
		share := eng.share(kt)
		touch = func(fr *frame, m, key unsafe.Pointer) { step(fr, share(m, key), 1) }
	}
	var find func(fr *frame) unsafe.Pointer
	switch {
	case kt.class == classString:
		ks := k.s
		key := c.alloc(c.e.stringType)
		find = func(fr *frame) unsafe.Pointer {
			mp := m(fr)
			*(*string)(fr.at(key)) = ks(fr)
			touch(fr, mp, fr.at(key))
			if mp == nil {
				return nil
			}
			return mapaccess(eng.rtype(mt), mp, fr.at(key))
		}
	default:
		key := c.spill(k)
		find = func(fr *frame) unsafe.Pointer {
			mp := m(fr)
			kp := key(fr)
			touch(fr, mp, kp)
			if mp == nil {
				if isInterface(kt) {
					mp = makemap(eng.rtype(mt), 0) // a key that can't be hashed panics in a nil map too
				} else {
					return nil
				}
			}
			return mapaccess(eng.rtype(mt), mp, kp)
		}
	}
	if commaOK {
		off, okOff := c.alloc(vt), c.alloc(c.e.boolType)
		move, clr := vt.move, c.e.clear(vt)
		return c.pair(vt, off, okOff, func(fr *frame) {
			p := find(fr)
			*(*bool)(fr.at(okOff)) = p != nil
			if p != nil {
				move(fr.at(off), p)
			} else {
				clr(fr.at(off))
			}
		})
	}
	zero := unsafeNew(c.e.rtype(vt))
	at := func(fr *frame) unsafe.Pointer {
		if p := find(fr); p != nil {
			return p
		}
		return zero
	}
	return load(vt, at)
}
