package exec

// This file defines the arguments of calls.

import (
	"go/ast"
	"go/token"
	"go/types"
	"unsafe"
)

// callArgs compiles a call's arguments, each converted to its parameter's type, variadic ones gathered.
// before is what must run first when one call's results are the arguments of another.
func (c *fn) callArgs(e *ast.CallExpr, sig *types.Signature) (before func(fr *frame), args []*expr) {
	var given []*expr
	param := func(i int) types.Type {
		n := sig.Params().Len()
		if i < n-1 || i < n && !(sig.Variadic() && !e.Ellipsis.IsValid()) {
			return sig.Params().At(i).Type()
		}
		return sig.Params().At(n - 1).Type().(*types.Slice).Elem()
	}
	if len(e.Args) == 1 {
		x := c.argument(e.Args[0], param(0))
		if len(x.slots) > 0 {
			before, given = c.spread(x)
		} else {
			given = []*expr{x}
		}
	} else {
		for i, a := range e.Args {
			given = append(given, c.argument(a, param(i)))
		}
	}
	n := sig.Params().Len()
	for i := range n {
		t := c.typ(sig.Params().At(i).Type())
		if sig.Variadic() && i == n-1 && !e.Ellipsis.IsValid() {
			args = append(args, c.variadic(t, given[i:], e.Pos()))
			break
		}
		args = append(args, c.convert(given[i], t, e.Pos()))
	}
	// An argument that is a variable must have the value that it had when it was evaluated; calls in later arguments
	// may change it. Compiled Go makes calls first and reads variables late, so nothing need be done here.
	return before, args
}

// spread evaluates an expression of several values and returns one expression for each.
func (c *fn) spread(x *expr) (do func(fr *frame), parts []*expr) {
	if x.call == nil { // the values are in this frame
		for _, s := range x.slots {
			y := loadLocal(s.t, s.off)
			y.addr, y.local = nil, false
			parts = append(parts, y)
		}
		return x.void, parts
	}
	var moves []func(fr, f *frame)
	for _, s := range x.slots {
		var to uintptr
		if s.t.size > bigVariable {
			to = c.alloc(s.t)
		} else {
			to = c.alloc(s.t)
		}
		move, from := s.t.move, s.off
		moves = append(moves, func(fr, f *frame) { move(fr.at(to), f.at(from)) })
		y := loadLocal(s.t, to)
		y.addr, y.local = nil, false
		parts = append(parts, y)
	}
	call := x.call
	return func(fr *frame) {
		f := call(fr)
		for _, m := range moves {
			m(fr, f)
		}
		fr.g.release(f)
	}, parts
}

// variadic gathers arguments in a slice.
func (c *fn) variadic(t *typ, given []*expr, pos token.Pos) *expr {
	if len(given) == 0 {
		x := c.zero(t)
		x.zero = true
		return x
	}
	elem := c.elemOf(t)
	var puts []putFn
	for _, g := range given {
		puts = append(puts, c.convert(g, elem, pos).put())
	}
	n, e, size := len(puts), c.e, elem.size
	tmp := c.temp(t)
	return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
		a := unsafeNewArray(e.rtype(elem), n)
		for i, put := range puts {
			put(fr, unsafe.Add(a, uintptr(i)*size))
		}
		p := tmp(fr)
		*(*slice)(p) = slice{a, n, n}
		return p
	}}
}
