package call

// This file defines calls of one function with many arguments: map(fn, items).

import (
	"reflect"
	"sync/atomic"
	"unsafe"
)

// A Repeat calls loop, once, with what calls one function. That call takes the argument from memory of the type of the
// function's only parameter, writes the result, if there is one beside an error, to memory of its type, and returns the
// error.
type Repeat = func(loop func(call func(arg, result unsafe.Pointer) error))

// Each calls fn with each element of a slice, which is one argument, and returns the results as a slice: of the type of
// fn's result if that is known, otherwise a []any as Of makes its results. It ends with the first error that fn
// returns, and with a panic of fn or that of Of for an argument that doesn't fit. Before each call it stores the
// element's index in item. repeat may know a faster way to call fn: it returns nil if it knows none, and may be nil. ok
// is false if fn is no function, or a nil one.
func Each(
	fn any, list reflect.Value, item *atomic.Uint32, repeat func(fn any) Repeat,
) (results any, ok bool, err error) {
	v := reflect.ValueOf(fn)
	if v.Kind() != reflect.Func || v.IsNil() {
		return nil, list.Len() == 0, nil
	}
	var do Repeat // nil: it takes reflection
	s, known := shapeOf(v.Type())
	if known && s.takes(list.Type().Elem()) {
		if repeat != nil {
			do = repeat(fn)
		}
		if do == nil {
			do = s.direct(fn)
		}
	}
	if do == nil {
		results, err = eachSlowly(v, list, item, 0, make([]any, list.Len()))
		return results, true, err
	}
	done, results, err := s.each(do, list, item)
	if err == nil && done < list.Len() { // an argument of another type, which may fit
		all := make([]any, list.Len())
		if r := reflect.ValueOf(results); s.result != nil {
			for i := range done {
				all[i] = r.Index(i).Interface()
			}
		}
		results, err = eachSlowly(v, list, item, done, all)
	}
	return results, true, err
}

// eachSlowly calls a function with the elements from number i on.
func eachSlowly(fn, list reflect.Value, item *atomic.Uint32, i int, all []any) (any, error) {
	args := make([]any, 1)
	for ; i < len(all); i++ {
		item.Store(uint32(i))
		args[0] = list.Index(i).Interface()
		v, err := results(fn.Call(bind(fn.Type(), args)))
		if err != nil {
			return nil, err
		}
		all[i] = v
	}
	return all, nil
}

// shape is the type of a function with one parameter, and one result at most beside an error.
type shape struct {
	param  reflect.Type
	result reflect.Type // nil: there is none
	fails  bool         // it returns an error
}

// shapeOf returns the shape of a type of function, if it has one.
func shapeOf(t reflect.Type) (s shape, ok bool) {
	out := t.NumOut()
	if t.NumIn() != 1 || t.IsVariadic() {
		return s, false
	}
	s.param = t.In(0)
	if s.fails = out > 0 && t.Out(out-1) == reflect.TypeFor[error](); s.fails {
		out--
	}
	if out == 1 {
		s.result = t.Out(0)
	}
	return s, out <= 1 && plainInterface(s.param) && (s.result == nil || plainInterface(s.result))
}

// plainInterface reports whether t is any, if it is an interface: the memory of others depends on what compiled them.
func plainInterface(t reflect.Type) bool {
	return t.Kind() != reflect.Interface || t == reflect.TypeFor[any]()
}

// takes reports whether elements of a type, or values in them, have the memory of an argument.
func (s shape) takes(elem reflect.Type) bool {
	return elem == s.param || elem == reflect.TypeFor[any]() && boxed(s.param)
}

// boxed reports whether an interface holds a pointer to a value of type t, and not the value itself.
func boxed(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer, reflect.Struct, reflect.Array,
		reflect.Interface:
		return false
	}
	return true
}

// each does the calls and returns how many it has done: all, or those before an argument of another type.
func (s shape) each(do Repeat, list reflect.Value, item *atomic.Uint32) (done int, results any, err error) {
	n := list.Len()
	elem, size := list.Type().Elem(), list.Type().Elem().Size()
	var out unsafe.Pointer
	var step uintptr
	if s.result == nil {
		results = make([]any, n)
	} else {
		r := reflect.MakeSlice(reflect.SliceOf(s.result), n, n)
		out, step = r.UnsafePointer(), s.result.Size()
		results = r.Interface()
	}
	in := list.UnsafePointer()
	do(func(call func(arg, result unsafe.Pointer) error) {
		for done < n && err == nil {
			arg := unsafe.Add(in, uintptr(done)*size)
			if elem != s.param {
				x := *(*any)(arg)
				if reflect.TypeOf(x) != s.param {
					return
				}
				arg = (*[2]unsafe.Pointer)(unsafe.Pointer(&x))[1]
			}
			item.Store(uint32(done))
			err = call(arg, unsafe.Add(out, uintptr(done)*step))
			done++
		}
	})
	if err != nil {
		return done, nil, err
	}
	return done, results, nil
}

// Anys returns the elements of a slice, such as Each returns.
func Anys(list any) []any {
	switch list := list.(type) {
	case []any:
		return list
	case []int:
		return anysOf(list)
	case []float64:
		return anysOf(list)
	case []string:
		return anysOf(list)
	case []bool:
		return anysOf(list)
	}
	v := reflect.ValueOf(list)
	all := make([]any, v.Len())
	for i := range all {
		all[i] = v.Index(i).Interface()
	}
	return all
}

func anysOf[T any](list []T) []any {
	all := make([]any, len(list))
	for i, x := range list {
		all[i] = x
	}
	return all
}
