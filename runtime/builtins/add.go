package builtins

// This file defines additions: BINARY_ADD of the types that Go has.

import (
	"reflect"

	"gilkernel/runtime/exceptions"
)

func isFunc(v any) bool {
	f := reflect.ValueOf(v)
	return f.Kind() == reflect.Func && !f.IsNil()
}

// nameOf is typeName of a value.
func nameOf(v any) string { return typeName(reflect.ValueOf(v)) }

// add returns a + b: the sum of two numbers, in the type of a unless b is the only float; of texts and lists, one after
// the other. It panics with a TypeError for anything else.
func add(a, b any) any {
	switch x := a.(type) {
	case int:
		if y, ok := b.(int); ok {
			return x + y
		}
	case float64:
		if y, ok := b.(float64); ok {
			return x + y
		}
	case *List:
		if y, ok := b.(*List); ok { // += changes the list itself
			x.Extend(y)
			return x
		}
	}
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	switch {
	case !x.IsValid() || !y.IsValid():
	case x.Kind() == reflect.String && y.Kind() == reflect.String:
		return reflect.ValueOf(x.String() + y.String()).Convert(x.Type()).Interface()
	case x.CanFloat() && isNumber(y):
		return reflect.ValueOf(x.Float() + float(y)).Convert(x.Type()).Interface()
	case isNumber(x) && y.CanFloat():
		return float(x) + y.Float()
	case x.CanInt() && isNumber(y):
		return reflect.ValueOf(x.Int() + integer(y)).Convert(x.Type()).Interface()
	case x.CanUint() && isNumber(y):
		return reflect.ValueOf(x.Uint() + uint64(integer(y))).Convert(x.Type()).Interface()
	case x.Kind() == reflect.Bool && isNumber(y):
		return int(integer(x) + integer(y))
	}
	panic(exceptions.Type("unsupported operand type(s) for +=: '%s' and '%s'", typeName(x), typeName(y)))
}

func float(v reflect.Value) float64 {
	f, _ := exact(v)
	n, _ := f.Float64()
	return n
}

func integer(v reflect.Value) int64 {
	switch {
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return int64(v.Uint())
	case v.Kind() == reflect.Bool && v.Bool():
		return 1
	}
	return 0
}

// Sum returns the sum of what something consists of, as ListOf takes it, from 0 on: sum(x). It panics with a TypeError
// if one can't be added.
func Sum(iterable any) any {
	var total any = 0
	for _, x := range ListOf(iterable).snapshot() {
		total = add(total, x)
	}
	return total
}
