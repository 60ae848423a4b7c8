package exec

// This file defines the builtin functions.

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"
)

// builtinName returns the name of the builtin that an expression denotes, "" for none.
func (c *fn) builtinName(f ast.Expr) string {
	switch f := ast.Unparen(f).(type) {
	case *ast.Ident:
		if b, ok := c.src.info.Uses[f].(*types.Builtin); ok {
			return b.Name()
		}
	case *ast.SelectorExpr:
		if b, ok := c.src.info.Uses[f.Sel].(*types.Builtin); ok {
			return "unsafe." + b.Name()
		}
	}
	return ""
}

func (c *fn) builtin(e *ast.CallExpr, name string) *expr {
	if fast := c.builtinArgs(e, name); fast != nil {
		return fast
	}
	switch name {
	case "make":
		return c.makeExpr(e)
	case "new":
		return c.newExpr(e)
	case "append":
		return c.appendExpr(e)
	case "recover":
		tmp := c.temp(c.e.anyType)
		return &expr{t: c.e.anyType, p: func(fr *frame) unsafe.Pointer {
			p := tmp(fr)
			*(*any)(p) = recover_(fr)
			return p
		}}
	case "unsafe.Sizeof", "unsafe.Alignof", "unsafe.Offsetof":
		return c.unsafeSize(e, name)
	}
	c.fail(e.Pos(), "the builtin %s isn't known to the interpreter", name)
	return nil
}

// builtinArgs compiles the builtins whose arguments are plain values.
func (c *fn) builtinArgs(e *ast.CallExpr, name string) *expr {
	t := c.e.intType
	arg := func(i int) *expr { return c.expr(e.Args[i]) }
	switch name {
	case "len", "cap":
		return c.lenExpr(name, e.Args[0], arg(0), t)
	case "panic":
		p := c.convert(arg(0), c.e.anyType, e.Pos()).p
		return &expr{t: c.e.noneType, void: func(fr *frame) { panic_(*(*any)(p(fr))) }}
	case "close":
		p, step := arg(0).p, c.channel("write", e.Args[0])
		return &expr{t: c.e.noneType, void: func(fr *frame) {
			ch := p(fr)
			step.on(fr, ch)
			chanclose(ch)
		}}
	case "delete":
		m := arg(0)
		kt := c.typ(m.t.u.(*types.Map).Key())
		key := c.spill(c.convert(arg(1), kt, e.Pos()))
		p, eng := m.p, c.e
		at := &ast.IndexExpr{X: e.Args[0], Index: e.Args[1]}
		step, share := c.elementStep("write", at, e.Pos()), eng.share(kt)
		return &expr{t: c.e.noneType, void: func(fr *frame) {
			mp := p(fr)
			k := key(fr)
			if mp == nil {
				return
			}
			if step != nil {
				step(fr, share(mp, k), 1)
			}
			mapdelete(eng.rtype(m.t), mp, k)
		}}
	case "copy":
		return c.copyExpr(arg(0), arg(1), c.accesses("write", types.ExprString(e.Args[0]), e.Pos(), nil))
	case "clear":
		x := arg(0)
		name := types.ExprString(e.Args[0])
		if x.t.kind == reflect.Map {
			return c.clearExpr(x, c.mapStep("write", name, e.Pos()))
		}
		return c.clearExpr(x, c.accesses("write", name, e.Pos(), c.elemOf(x.t)))
	case "min", "max":
		return c.minMax(e, name)
	case "complex":
		rt := c.typ(c.typeOf(e))
		part := c.e.typ(types.Typ[types.Float64])
		if rt.kind == reflect.Complex64 {
			part = c.e.typ(types.Typ[types.Float32])
		}
		re, im := c.convertFloat(arg(0), part), c.convertFloat(arg(1), part)
		return c.complexExpr(rt, c.temp(rt), func(fr *frame) complex128 { r := re(fr); return complex(r, im(fr)) })
	case "real", "imag":
		rt := c.typ(c.typeOf(e))
		x := arg(0)
		if x.cv != nil && x.p == nil {
			x = c.constExpr(c.e.typ(types.Typ[types.Complex128]), x.cv)
		}
		v := c.complexOf(x)
		if name == "real" {
			return &expr{t: rt, f: func(fr *frame) float64 { return real(v(fr)) }}
		}
		return &expr{t: rt, f: func(fr *frame) float64 { return imag(v(fr)) }}
	case "print", "println":
		return c.printExpr(e, name)
	case "unsafe.Add":
		p, n := arg(0).p, c.indexInt(arg(1))
		return &expr{t: c.typ(types.Typ[types.UnsafePointer]), p: func(fr *frame) unsafe.Pointer {
			q := p(fr)
			return unsafe.Add(q, n(fr))
		}}
	case "unsafe.Slice":
		p, n, rt := arg(0).p, c.indexInt(arg(1)), c.typ(c.typeOf(e))
		tmp := c.temp(rt)
		return &expr{t: rt, p: func(fr *frame) unsafe.Pointer {
			d := p(fr)
			k := n(fr)
			q := tmp(fr)
			*(*slice)(q) = slice{d, k, k}
			return q
		}}
	case "unsafe.String":
		p, n, rt := arg(0).p, c.indexInt(arg(1)), c.typ(c.typeOf(e))
		return &expr{t: rt, s: func(fr *frame) string { d := p(fr); return unsafe.String((*byte)(d), n(fr)) }}
	case "unsafe.StringData":
		s, rt := arg(0).s, c.typ(c.typeOf(e))
		return &expr{t: rt, p: func(fr *frame) unsafe.Pointer { return unsafe.Pointer(unsafe.StringData(s(fr))) }}
	case "unsafe.SliceData":
		p, rt := arg(0).p, c.typ(c.typeOf(e))
		return &expr{t: rt, p: func(fr *frame) unsafe.Pointer { return (*slice)(p(fr)).data }}
	}
	return nil
}

func (c *fn) unsafeSize(e *ast.CallExpr, name string) *expr {
	t := c.typ(types.Typ[types.Uintptr])
	switch name {
	case "unsafe.Sizeof":
		return constInt(t, int64(c.typ(c.typeOf(e.Args[0])).size))
	case "unsafe.Alignof":
		return constInt(t, int64(c.typ(c.typeOf(e.Args[0])).align))
	}
	sel := ast.Unparen(e.Args[0]).(*ast.SelectorExpr)
	s := c.selection(sel)
	st := s.recv.Underlying().(*types.Struct)
	return constInt(t, int64(fieldOffsets(st)[s.index[len(s.index)-1]]))
}

func (c *fn) convertFloat(x *expr, t *typ) floatFn {
	if x.cv != nil {
		return c.constExpr(t, x.cv).f
	}
	return x.f
}

func (c *fn) lenExpr(name string, arg ast.Expr, x *expr, t *typ) *expr {
	switch x.t.class {
	case classString:
		s := x.s
		return &expr{t: t, i: func(fr *frame) int64 { return int64(len(s(fr))) }}
	case classPtr:
		p := x.p
		switch x.t.kind {
		case reflect.Map:
			if step := c.mapStep("read", name+"("+types.ExprString(arg)+")", arg.Pos()); step != nil {
				return &expr{t: t, i: func(fr *frame) int64 {
					m := p(fr)
					step(fr, m, 1)
					return int64(maplen(m))
				}}
			}
			return &expr{t: t, i: func(fr *frame) int64 { return int64(maplen(p(fr))) }}
		case reflect.Chan:
			if name == "cap" {
				return &expr{t: t, i: func(fr *frame) int64 { return int64(chancap(p(fr))) }}
			}
			step := c.channel("read", arg)
			return &expr{t: t, i: func(fr *frame) int64 {
				ch := p(fr)
				step.on(fr, ch)
				return int64(chanlen(ch))
			}}
		}
		n := c.elemOf(x.t).u.(*types.Array).Len()
		return &expr{t: t, i: func(fr *frame) int64 { p(fr); return n }}
	}
	if a, ok := x.t.u.(*types.Array); ok {
		ev, n := x.eval(), a.Len()
		return &expr{t: t, i: func(fr *frame) int64 { ev(fr); return n }}
	}
	p := x.p
	if name == "cap" {
		return &expr{t: t, i: func(fr *frame) int64 { return int64((*slice)(p(fr)).cap) }}
	}
	if x.local {
		return hiddenLocal(t, x.off+unsafe.Offsetof(slice{}.len))
	}
	return &expr{t: t, i: func(fr *frame) int64 { return int64((*slice)(p(fr)).len) }}
}

// copyExpr compiles copy. step, which may be nil, comes before it: it reads and writes at once, so to others it may be
// anything.
func (c *fn) copyExpr(dst, src *expr, step stepFn) *expr {
	d, e := dst.p, c.e
	elem := c.elemOf(dst.t)
	hold, held := c.hold(dst)
	d = held.p
	if src.t.class == classString {
		s := src.s
		return &expr{t: c.e.intType, i: func(fr *frame) int64 {
			hold(fr)
			str := s(fr)
			if step != nil {
				step(fr, nil, 0)
			}
			return int64(copy(*(*[]byte)(d(fr)), str))
		}}
	}
	s := src.p
	return &expr{t: c.e.intType, i: func(fr *frame) int64 {
		hold(fr)
		q := *(*slice)(s(fr))
		p := *(*slice)(d(fr))
		if step != nil {
			step(fr, nil, 0)
		}
		if elem.size == 0 {
			return int64(min(p.len, q.len))
		}
		return int64(typedslicecopy(e.rtype(elem), p, q))
	}}
}

func (c *fn) clearExpr(x *expr, step stepFn) *expr {
	p, e, t := x.p, c.e, x.t
	if t.kind == reflect.Map {
		return &expr{t: c.e.noneType, void: func(fr *frame) {
			if m := p(fr); m != nil {
				if step != nil {
					step(fr, m, 1)
				}
				mapclear(e.rtype(t), m)
			}
		}}
	}
	clr, size := c.e.clear(c.elemOf(t)), c.elemOf(t).size
	return &expr{t: c.e.noneType, void: func(fr *frame) {
		s := *(*slice)(p(fr))
		if step != nil && s.len > 0 {
			step(fr, s.data, s.len)
		}
		for i := range s.len {
			clr(unsafe.Add(s.data, uintptr(i)*size))
		}
	}}
}

func (c *fn) minMax(e *ast.CallExpr, name string) *expr {
	t := c.typ(c.typeOf(e))
	var xs []*expr
	for _, a := range e.Args {
		x := c.expr(a)
		if x.cv != nil {
			x = c.constExpr(t, x.cv)
		}
		xs = append(xs, x)
	}
	acc := xs[0]
	for _, y := range xs[1:] {
		acc = minMax2(name, acc, y, t)
	}
	return acc
}

func minMax2(name string, x, y *expr, t *typ) *expr {
	isMin := name == "min"
	switch t.class {
	case classInt:
		a, b, uns := x.i, y.i, !signed(t.kind) && t.size == 8
		return &expr{t: t, i: func(fr *frame) int64 {
			v := a(fr)
			w := b(fr)
			less := v < w
			if uns {
				less = uint64(v) < uint64(w)
			}
			if less == isMin {
				return v
			}
			return w
		}}
	case classFloat:
		a, b := x.f, y.f
		if isMin {
			return &expr{t: t, f: func(fr *frame) float64 { v := a(fr); return min(v, b(fr)) }}
		}
		return &expr{t: t, f: func(fr *frame) float64 { v := a(fr); return max(v, b(fr)) }}
	}
	a, b := x.s, y.s
	if isMin {
		return &expr{t: t, s: func(fr *frame) string { v := a(fr); return min(v, b(fr)) }}
	}
	return &expr{t: t, s: func(fr *frame) string { v := a(fr); return max(v, b(fr)) }}
}

var _ = token.NoPos
