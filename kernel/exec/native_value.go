package exec

// This file defines calls of compiled functions of one number or text that return one: strings.ToUpper, math.Sqrt,
// strconv.Itoa. Neither the argument nor the result has a place in a frame: both stay in registers. A place costs two
// writes with the garbage collector's write barrier, more than such functions cost themselves.

import (
	"go/types"
	"reflect"
	"unsafe"

	"gilkernel/kernel/std/frees"
)

// directValue returns the call of a function of one argument and one result, each a number of 64 bits or a text; nil if
// f is another one, or may release the GIL.
func (c *fn) directValue(f reflect.Value, sig *types.Signature, args []*expr, how frees.How, name string) *directCall {
	lay := c.e.layout(sig)
	if len(args) != 1 || len(lay.params) != 1 || len(lay.results) != 1 || args[0].t != lay.params[0].t ||
		how != frees.Holds {
		return nil
	}
	i := f.Interface()
	v := valueCall{fn: (*eface)(unsafe.Pointer(&i)).data, name: name, arg: args[0], out: plain(lay.results[0].t)}
	x := &expr{t: lay.results[0].t}
	ok := false
	switch plain(lay.params[0].t) {
	case 's':
		ok = calling(x, &v, v.arg.s, func(s string) int { return len(s) })
	case 'i':
		ok = calling(x, &v, v.arg.i, func(int64) int { return 0 })
	case 'f':
		ok = calling(x, &v, v.arg.f, func(float64) int { return 0 })
	}
	if !ok {
		return nil
	}
	return &directCall{value: x, results: lay.results}
}

// valueCall is what such a call is made of.
type valueCall struct {
	fn   unsafe.Pointer // the function's closure
	name string         // for the host
	arg  *expr
	out  byte // plain of the result
}

// calling makes x the value of the call and reports whether the result is of a kind it knows. work returns how much
// work an argument means, as for Thread.Holding.
func calling[A any](x *expr, v *valueCall, arg func(fr *frame) A, work func(A) int) bool {
	switch v.out {
	case 's':
		x.s = valueOf[A, string](v, arg, work)
	case 'i':
		x.i = valueOf[A, int64](v, arg, work)
	case 'f':
		x.f = valueOf[A, float64](v, arg, work)
	case 'b':
		x.b = valueOf[A, bool](v, arg, work)
	default:
		return false
	}
	return true
}

// valueOf returns the call as a thread does it, with a check behind it, as guarded does.
func valueOf[A, R any](v *valueCall, arg func(fr *frame) A, work func(A) int) func(fr *frame) R {
	f, name := *(*func(A) R)(unsafe.Pointer(&v.fn)), v.name
	return func(fr *frame) (r R) {
		a := arg(fr)
		g := fr.g
		cur := g.cur
		if cur != fr { // a part of this function that an iterator runs
			g.cur = fr
		}
		if t := g.thread; t == nil || !t.Watches() {
			r = f(a)
		} else {
			r = held(t, name, f, a, work)
		}
		if cur != fr {
			g.cur = cur
		}
		if g.flag.Load() != 0 {
			g.returned()
		}
		return r
	}
}

// held calls f for a thread that is watched.
func held[A, R any](t Thread, name string, f func(A) R, a A, work func(A) int) (r R) {
	t.Holding(name, work(a), func() { r = f(a) })
	return r
}

// placed returns the value with a note that it stands on another line; at may be nil.
func (x *expr) placed(at func(fr *frame)) *expr {
	if at == nil {
		return x
	}
	return &expr{t: x.t, s: there(at, x.s), i: there(at, x.i), f: there(at, x.f), b: there(at, x.b)}
}

// there returns v as it is evaluated on another line; nil for nil.
func there[R any](at func(fr *frame), v func(fr *frame) R) func(fr *frame) R {
	if v == nil {
		return nil
	}
	return func(fr *frame) R {
		old := fr.place
		at(fr)
		r := v(fr)
		fr.place = old
		return r
	}
}
