// Package call calls Go functions as Python calls its own.
//
// Arguments are counted and fitted when the call is made, in Python's words, and numbers are of no fixed size. Go's
// runtime doesn't know what parameters are called: their types stand for them.
package call

// This file defines calls.

import (
	"reflect"
	"strings"

	"gilkernel/runtime/exceptions"
)

// Of converts a function and arguments to a call whose results are Python's: nil, a value, or a []any for a tuple. A
// last result of type error is the exception. It returns nil if fn is no function, or a nil one, and panics with a
// TypeError in Python's words if the arguments don't fit. What it returns may be called concurrently if fn may.
func Of(fn any, args []any) func() (any, error) {
	if len(args) == 0 {
		switch f := fn.(type) {
		case func():
			if f != nil {
				return func() (any, error) { f(); return nil, nil }
			}
		case func() error:
			if f != nil {
				return func() (any, error) { return nil, f() }
			}
		case func() any:
			if f != nil {
				return func() (any, error) { return f(), nil }
			}
		case func() (any, error):
			if f != nil {
				return f
			}
		}
	}
	v := reflect.ValueOf(fn)
	if v.Kind() != reflect.Func || v.IsNil() {
		return nil
	}
	in := bind(v.Type(), args)
	return func() (any, error) { return results(v.Call(in)) }
}

// bind converts arguments to those that a function of type t takes. It panics with a TypeError if they don't fit.
func bind(t reflect.Type, args []any) []reflect.Value {
	fixed := t.NumIn()
	if t.IsVariadic() {
		fixed--
	}
	switch n := len(args); {
	case n < fixed:
		var missing []string
		for i := n; i < fixed; i++ {
			missing = append(missing, "'"+t.In(i).String()+"'")
		}
		panic(exceptions.Type("%s missing %d required positional argument%s: %s", t, fixed-n, plural(fixed-n),
			strings.Join(missing, " and ")))
	case n > fixed && !t.IsVariadic() && n == 1:
		panic(exceptions.Type("%s takes %d positional arguments but 1 was given", t, fixed))
	case n > fixed && !t.IsVariadic():
		panic(exceptions.Type("%s takes %d positional argument%s but %d were given", t, fixed, plural(fixed), n))
	}
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		var to reflect.Type
		if i < fixed {
			to = t.In(i)
		} else {
			to = t.In(fixed).Elem()
		}
		v, ok := Fit(a, to)
		if !ok {
			panic(exceptions.Type("argument %d of %s must be %v, not %s", i+1, t, to, typeName(a)))
		}
		in[i] = v
	}
	return in
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// results are what a call's results are in Python: none, one, or a tuple; a last one of type error is the exception.
func results(out []reflect.Value) (any, error) {
	var err error
	if n := len(out); n > 0 && out[n-1].Type() == reflect.TypeFor[error]() {
		err, _ = out[n-1].Interface().(error)
		out = out[:n-1]
	}
	switch len(out) {
	case 0:
		return nil, err
	case 1:
		return out[0].Interface(), err
	}
	all := make([]any, len(out))
	for i, v := range out {
		all[i] = v.Interface()
	}
	return all, err
}

func typeName(v any) string {
	if v == nil {
		return "None"
	}
	return reflect.TypeOf(v).String()
}
