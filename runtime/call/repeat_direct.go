package call

// This file defines calls of compiled functions without reflection. What counts for a call are the registers that its
// argument and results travel in, and those follow from a value's memory: any pointer goes where an unsafe.Pointer
// goes, any slice where a []byte goes.

import (
	"reflect"
	"unsafe"
)

// direct returns the way to call fn, nil if that takes reflection.
func (s shape) direct(fn any) Repeat {
	p := (*[2]unsafe.Pointer)(unsafe.Pointer(&fn))[1]
	var call func(arg, result unsafe.Pointer) error
	switch plain(s.param) {
	case 'p':
		call = directTo[unsafe.Pointer](s, p)
	case 'i':
		call = directTo[int64](s, p)
	case 'f':
		call = directTo[float64](s, p)
	case 'b':
		call = directTo[bool](s, p)
	case 's':
		call = directTo[string](s, p)
	case 'l':
		call = directTo[[]byte](s, p)
	case 'e':
		call = directTo[any](s, p)
	}
	if call == nil {
		return nil
	}
	return func(loop func(func(arg, result unsafe.Pointer) error)) { loop(call) }
}

// plain returns a letter for the memory of a type, 0 if it has no plain twin.
func plain(t reflect.Type) byte {
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return 'p'
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr:
		if t.Size() == 8 {
			return 'i'
		}
	case reflect.Float64:
		return 'f'
	case reflect.Bool:
		return 'b'
	case reflect.String:
		return 's'
	case reflect.Slice:
		return 'l'
	case reflect.Interface:
		return 'e'
	}
	return 0
}

func directTo[A any](s shape, p unsafe.Pointer) func(arg, result unsafe.Pointer) error {
	if s.result == nil {
		if s.fails {
			f := *(*func(A) error)(unsafe.Pointer(&p))
			return func(arg, _ unsafe.Pointer) error { return f(*(*A)(arg)) }
		}
		f := *(*func(A))(unsafe.Pointer(&p))
		return func(arg, _ unsafe.Pointer) error { f(*(*A)(arg)); return nil }
	}
	switch plain(s.result) {
	case 'p':
		return directResult[A, unsafe.Pointer](s.fails, p)
	case 'i':
		return directResult[A, int64](s.fails, p)
	case 'f':
		return directResult[A, float64](s.fails, p)
	case 'b':
		return directResult[A, bool](s.fails, p)
	case 's':
		return directResult[A, string](s.fails, p)
	case 'l':
		return directResult[A, []byte](s.fails, p)
	case 'e':
		return directResult[A, any](s.fails, p)
	}
	return nil
}

func directResult[A, R any](fails bool, p unsafe.Pointer) func(arg, result unsafe.Pointer) error {
	if fails {
		f := *(*func(A) (R, error))(unsafe.Pointer(&p))
		return func(arg, result unsafe.Pointer) (err error) {
			*(*R)(result), err = f(*(*A)(arg))
			return err
		}
	}
	f := *(*func(A) R)(unsafe.Pointer(&p))
	return func(arg, result unsafe.Pointer) error {
		*(*R)(result) = f(*(*A)(arg))
		return nil
	}
}
