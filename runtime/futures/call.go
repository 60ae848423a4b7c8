package futures

// This file defines what can be submitted: a Go function and its arguments.

import (
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"runtime/debug"
	"strings"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
)

// callOf turns a function and arguments into a call whose results are one, and an exception; nil if fn is no function.
func callOf(fn any, args []any) func() (any, error) {
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

// bind turns arguments into what a function of type t takes. It panics with a TypeError if they don't fit.
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
		panic(exceptions.Type("%s missing %d required positional argument%s: %s", t, fixed-n, plural(fixed-n), strings.Join(missing, " and ")))
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
		v, ok := fit(a, to)
		if !ok {
			panic(exceptions.Type("argument %d of %s can't be a %T", i+1, t, a))
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

// fit turns a value into one of a type: itself, or the same number, as Python's numbers are of no fixed size.
func fit(a any, to reflect.Type) (reflect.Value, bool) {
	if a == nil {
		switch to.Kind() {
		case reflect.Interface, reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
			return reflect.Zero(to), true
		}
		return reflect.Value{}, false
	}
	v := reflect.ValueOf(a)
	if v.Type().AssignableTo(to) {
		return v, true
	}
	if !v.CanInt() && !v.CanUint() && !v.CanFloat() || to.Kind() < reflect.Int || to.Kind() > reflect.Float64 {
		return reflect.Value{}, false
	}
	w := v.Convert(to)
	return w, exact(v).Cmp(exact(w)) == 0
}

// exact is a number's value.
func exact(v reflect.Value) *big.Float {
	switch f := new(big.Float); {
	case v.CanInt():
		return f.SetInt64(v.Int())
	case v.CanUint():
		return f.SetUint64(v.Uint())
	default:
		if v.Float() != v.Float() {
			return f // NaN fits every float
		}
		return f.SetFloat64(v.Float())
	}
}

var errorType = reflect.TypeFor[error]()

// results are what a call's results are in Python: none, one, or a tuple; a last one of type error is the exception.
func results(out []reflect.Value) (any, error) {
	var err error
	if n := len(out); n > 0 && out[n-1].Type() == errorType {
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

// typeName is what Go calls a value's type.
func typeName(v any) string {
	if v == nil {
		return "NoneType"
	}
	return fmt.Sprintf("%T", v)
}

// errorName is what Python calls an exception, or what Go calls it. A panic with anything else is a RuntimeError.
func errorName(err error) string {
	var e exceptions.Exception
	if errors.As(err, &e) {
		return e.Exception()
	}
	if _, ok := err.(*machine.Failure); ok {
		return "RuntimeError"
	}
	return typeName(err)
}

// describe shows a panic as the last line of a traceback.
func describe(v any) string {
	f := &machine.Failure{Value: v}
	return errorName(f) + ": " + f.Error()
}

// ends reports whether a panic has to end the thread: the machine was stopped, or the cell interrupted. What interpreted
// code panics with is wrapped in something with the calls that were open.
func ends(v any) bool {
	var u interface{ Uncatchable() }
	err, _ := v.(error)
	return errors.As(err, &u)
}

// isDeadlock reports whether a panic is the report of a deadlock.
func isDeadlock(v any) bool {
	var d *machine.Deadlock
	var other *machine.Deadlocked
	err, _ := v.(error)
	return errors.As(err, &d) || errors.As(err, &other)
}

// guard makes a call, and returns what it panics with as its exception; fatal is set if the panic has to go on.
func guard(call func() (any, error)) (result any, fatal any, err error) {
	defer func() {
		if v := recover(); v != nil {
			result, err = nil, &machine.Failure{Value: v, Stack: debug.Stack()}
			if ends(v) {
				fatal = v
			}
		}
	}()
	result, err = call()
	return result, nil, err
}
