package exec

// This file defines calls of compiled functions without reflection. What counts for a call are the registers
// that the arguments travel in, and those follow from a value's memory: a *T goes where an
// unsafe.Pointer goes, any slice where a []byte goes, any interface where an interface{} goes. So a
// function is called as if it had such plain types.

import (
	"go/types"
	"reflect"
	"time"
	"unsafe"
)

// fastCall is a call with the arguments and results in a frame.
type fastCall = func(fr *frame)

// plain returns a letter for the memory of a type, 0 if it has no plain twin.
func plain(t *typ) byte {
	switch t.class {
	case classPtr:
		return 'p'
	case classString:
		return 's'
	case classBool:
		return 'b'
	case classInt:
		if t.size == 8 {
			return 'i'
		}
	case classFloat:
		if t.size == 8 {
			return 'f'
		}
	}
	switch t.kind {
	case reflect.Slice:
		return 'l'
	case reflect.Interface:
		return 'e'
	case reflect.Struct:
		if t.isMoment() {
			return 't'
		}
	}
	return 0
}

// moment stands for structs with the memory of a time.Time: two words and a pointer, which travel in three registers.
type moment = time.Time

// isMoment reports whether values of a struct travel as a moment does.
func (t *typ) isMoment() bool {
	u, ok := t.u.(*types.Struct)
	if !ok || u.NumFields() != 3 {
		return false
	}
	for i := range 2 {
		if b, ok := u.Field(i).Type().Underlying().(*types.Basic); !ok || b.Info()&types.IsInteger == 0 ||
			sizes.Sizeof(b) != 8 {
			return false
		}
	}
	switch p := u.Field(2).Type().Underlying().(type) {
	case *types.Pointer:
		return true
	case *types.Basic: // as the export data have the unexported fields of compiled packages
		return p.Kind() == types.UnsafePointer
	}
	return false
}

// fast returns the way to call f with these parameters and results, nil if it takes reflection.
func (e *Engine) fast(f reflect.Value, params, results []slot) fastCall {
	ft := f.Type()
	if ft.NumIn() != len(params) || f.IsNil() || ft.Name() != "" {
		return nil
	}
	c := fastArgs{}
	for i, s := range params {
		if ft.In(i) != e.reflect(s.t) || !c.param(plain(s.t), s.off) {
			return nil
		}
	}
	return e.fastTo(f, c, results)
}

// fastMethod is fast for a method whose receiver is a pointer, at an offset of the frame.
func (e *Engine) fastMethod(f reflect.Value, recv uintptr, params, results []slot) fastCall {
	ft := f.Type()
	if ft.NumIn() != len(params)+1 || ft.In(0).Kind() != reflect.Pointer {
		return nil
	}
	c := fastArgs{}
	c.param('p', recv)
	for i, s := range params {
		if ft.In(i+1) != e.reflect(s.t) || !c.param(plain(s.t), s.off) {
			return nil
		}
	}
	return e.fastTo(f, c, results)
}

// fastTo is fast for a function whose arguments are known.
func (e *Engine) fastTo(f reflect.Value, c fastArgs, results []slot) fastCall {
	if len(results) > len(c.r) {
		return nil
	}
	for i, s := range results {
		if f.Type().Out(i) != e.reflect(s.t) || plain(s.t) == 0 {
			return nil
		}
		c.out += string(plain(s.t))
		c.r[i] = s.off
	}
	i := f.Interface()
	c.fn = (*eface)(unsafe.Pointer(&i)).data
	in := c.in
	switch len(in) {
	case 0:
		return c.fast0()
	case 3:
		return c.fast3()
	case 1:
		switch in[0] {
		case 'p':
			return fast1[unsafe.Pointer](c)
		case 'i':
			return fast1[int64](c)
		case 's':
			return fast1[string](c)
		case 'l':
			return fast1[[]byte](c)
		case 'e':
			return fast1[eface](c)
		case 'f':
			return fast1[float64](c)
		case 't':
			return fast1[moment](c)
		}
		return nil
	}
	switch in {
	case "tt":
		return fast2[moment, moment](c)
	case "ti":
		return fast2[moment, int64](c)
	}
	switch in[0] {
	case 'p':
		return fast2first[unsafe.Pointer](c, in[1])
	case 's':
		return fast2first[string](c, in[1])
	case 'l':
		return fast2first[[]byte](c, in[1])
	case 'i':
		return fast2first[int64](c, in[1])
	case 'e':
		return fast2first[eface](c, in[1])
	case 'f':
		return fast2first[float64](c, in[1])
	}
	return nil
}

// fastArgs is where a call finds its function, arguments and results.
type fastArgs struct {
	fn      unsafe.Pointer
	a       [3]uintptr
	r       [2]uintptr
	in, out string
}

// param adds a parameter. It reports whether there is room.
func (c *fastArgs) param(letter byte, off uintptr) bool {
	if letter == 0 || len(c.in) == len(c.a) {
		return false
	}
	c.a[len(c.in)] = off
	c.in += string(letter)
	return true
}

func fast2first[A any](c fastArgs, second byte) fastCall {
	switch second {
	case 'p':
		return fast2[A, unsafe.Pointer](c)
	case 's':
		return fast2[A, string](c)
	case 'l':
		return fast2[A, []byte](c)
	case 'i':
		return fast2[A, int64](c)
	case 'e':
		return fast2[A, eface](c)
	case 'f':
		return fast2[A, float64](c)
	}
	return nil
}

func (c fastArgs) fast0() fastCall {
	switch c.out {
	case "":
		f := *(*func())(unsafe.Pointer(&c.fn))
		return func(*frame) { f() }
	case "p":
		return result0[unsafe.Pointer](c)
	case "i":
		return result0[int64](c)
	case "s":
		return result0[string](c)
	case "l":
		return result0[[]byte](c)
	case "e":
		return result0[eface](c)
	case "b":
		return result0[bool](c)
	case "f":
		return result0[float64](c)
	case "t":
		return result0[moment](c)
	}
	return nil
}

func result0[R any](c fastArgs) fastCall {
	f, r := *(*func() R)(unsafe.Pointer(&c.fn)), c.r[0]
	return func(fr *frame) { *(*R)(fr.at(r)) = f() }
}

func fast1[A any](c fastArgs) fastCall {
	a := c.a[0]
	switch c.out {
	case "":
		f := *(*func(A))(unsafe.Pointer(&c.fn))
		return func(fr *frame) { f(*(*A)(fr.at(a))) }
	case "p":
		return result1[A, unsafe.Pointer](c)
	case "i":
		return result1[A, int64](c)
	case "s":
		return result1[A, string](c)
	case "l":
		return result1[A, []byte](c)
	case "e":
		return result1[A, eface](c)
	case "b":
		return result1[A, bool](c)
	case "f":
		return result1[A, float64](c)
	case "t":
		return result1[A, moment](c)
	case "ie":
		return results1[A, int64, eface](c)
	case "se":
		return results1[A, string, eface](c)
	case "le":
		return results1[A, []byte, eface](c)
	case "pe":
		return results1[A, unsafe.Pointer, eface](c)
	case "ee":
		return results1[A, eface, eface](c)
	}
	return nil
}

func result1[A, R any](c fastArgs) fastCall {
	f, a, r := *(*func(A) R)(unsafe.Pointer(&c.fn)), c.a[0], c.r[0]
	return func(fr *frame) { *(*R)(fr.at(r)) = f(*(*A)(fr.at(a))) }
}

func results1[A, R, S any](c fastArgs) fastCall {
	f, a, r, s := *(*func(A) (R, S))(unsafe.Pointer(&c.fn)), c.a[0], c.r[0], c.r[1]
	return func(fr *frame) { *(*R)(fr.at(r)), *(*S)(fr.at(s)) = f(*(*A)(fr.at(a))) }
}

func fast2[A, B any](c fastArgs) fastCall {
	a, b := c.a[0], c.a[1]
	switch c.out {
	case "":
		f := *(*func(A, B))(unsafe.Pointer(&c.fn))
		return func(fr *frame) { f(*(*A)(fr.at(a)), *(*B)(fr.at(b))) }
	case "p":
		return result2[A, B, unsafe.Pointer](c)
	case "i":
		return result2[A, B, int64](c)
	case "s":
		return result2[A, B, string](c)
	case "l":
		return result2[A, B, []byte](c)
	case "e":
		return result2[A, B, eface](c)
	case "b":
		return result2[A, B, bool](c)
	case "f":
		return result2[A, B, float64](c)
	case "t":
		return result2[A, B, moment](c)
	case "ie":
		return results2[A, B, int64, eface](c)
	}
	return nil
}

func result2[A, B, R any](c fastArgs) fastCall {
	f, a, b, r := *(*func(A, B) R)(unsafe.Pointer(&c.fn)), c.a[0], c.a[1], c.r[0]
	return func(fr *frame) { *(*R)(fr.at(r)) = f(*(*A)(fr.at(a)), *(*B)(fr.at(b))) }
}

func results2[A, B, R, S any](c fastArgs) fastCall {
	f, a, b, r, s := *(*func(A, B) (R, S))(unsafe.Pointer(&c.fn)), c.a[0], c.a[1], c.r[0], c.r[1]
	return func(fr *frame) { *(*R)(fr.at(r)), *(*S)(fr.at(s)) = f(*(*A)(fr.at(a)), *(*B)(fr.at(b))) }
}
