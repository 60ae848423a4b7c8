package exec

// This file defines calls of the engine's own functions with few integers as arguments and one as result: the arguments
// are computed before the frame is taken, so that they may be calls themselves, and there is one closure for the whole
// call.

import (
	"go/ast"
	"go/token"
	"go/types"
	"unsafe"
)

// calls reports whether the function or an argument of a call contains a call.
func calls(e *ast.CallExpr) bool {
	if hasCall(e.Fun) {
		return true
	}
	for _, a := range e.Args {
		if hasCall(a) {
			return true
		}
	}
	return false
}

// isWord reports whether values of a type are 64-bit integers.
func isWord(t *typ) bool { return t.class == classInt && t.size == 8 }

// ofWords reports whether a function has one or two parameters and a result, all 64-bit integers.
func ofWords(lay layout) bool {
	if len(lay.results) != 1 || !isWord(lay.results[0].t) || len(lay.params) == 0 || len(lay.params) > 2 {
		return false
	}
	for _, s := range lay.params {
		if !isWord(s.t) {
			return false
		}
	}
	return true
}

// ownCall returns the call of a known function of which ofWords is true.
func ownCall(ref *funcRef, lay layout, args []*expr) intFn {
	out, in := lay.results[0].off, lay.params[0].off
	if len(args) == 2 {
		a, b, second := args[0].i, args[1].i, lay.params[1].off
		return func(fr *frame) int64 {
			v := a(fr)
			w := b(fr)
			f := ref.frame(fr)
			*(*int64)(unsafe.Add(unsafe.Pointer(f), in)) = v
			*(*int64)(unsafe.Add(unsafe.Pointer(f), second)) = w
			return f.result(fr, out)
		}
	}
	if off, k, ok := args[0].plus(); ok { // f(n-1)
		return func(fr *frame) int64 {
			f := ref.frame(fr)
			*(*int64)(unsafe.Add(unsafe.Pointer(f), in)) = *(*int64)(unsafe.Add(unsafe.Pointer(fr), off)) + k
			return f.result(fr, out)
		}
	}
	a := args[0].i
	return func(fr *frame) int64 {
		v := a(fr)
		f := ref.frame(fr)
		*(*int64)(unsafe.Add(unsafe.Pointer(f), in)) = v
		return f.result(fr, out)
	}
}

// directOwn returns the call of a function of integers that the engine has the source of; nil for others.
func (c *fn) directOwn(
	now bool, o *types.Func, inst types.Instance, lay layout, args []*expr, pos token.Pos,
) *directCall {
	if !now || !c.e.isOwn(o) || !ofWords(lay) {
		return nil
	}
	return &directCall{own: ownCall(c.ownFunc(o, inst, pos), lay, args), results: lay.results}
}

// frame returns a frame for a call of a function, by fr.
func (r *funcRef) frame(fr *frame) *frame {
	k := r.code.Load()
	if d := fr.down; d != nil && d.code == k && d.g == fr.g {
		return d
	}
	if k == nil {
		k = r.get()
	}
	return fr.under(k)
}

// result calls a frame from fr, and returns what is then at an offset of it.
func (f *frame) result(fr *frame, off uintptr) int64 {
	f.up = fr
	f.invoke()
	n := *(*int64)(unsafe.Add(unsafe.Pointer(f), off))
	if fr.down != f || len(f.code.clears) > 0 {
		fr.g.release(f)
	}
	return n
}

// plus returns x as the sum of a variable and a constant, if it is one.
func (x *expr) plus() (off uintptr, k int64, ok bool) {
	if b := x.bin; b != nil && b.x.is64() && b.y.cv != nil {
		switch b.op {
		case token.ADD:
			return b.x.off, b.y.i(nil), true
		case token.SUB:
			return b.x.off, -b.y.i(nil), true
		}
	}
	return 0, 0, false
}
