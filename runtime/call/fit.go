package call

// This file defines which values fit which types.

import (
	"math/big"
	"reflect"
)

// Fit converts a value to a type: it returns the value itself, or the same number, because Python's numbers have no
// fixed size. nil fits where Go has nil. It reports whether the value fits.
func Fit(a any, to reflect.Type) (reflect.Value, bool) {
	if a == nil {
		switch to.Kind() {
		case reflect.Interface, reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func,
			reflect.UnsafePointer:
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
	if v.CanFloat() && v.Float() != v.Float() {
		return v.Convert(to), to.Kind() >= reflect.Float32 // what it would become as an int depends on the processor
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
		return f.SetFloat64(v.Float())
	}
}
