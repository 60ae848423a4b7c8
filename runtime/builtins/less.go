package builtins

// This file defines the order and the equality of values: Go has no rich comparison.

import (
	"math/big"
	"reflect"
	"time"

	"gilkernel/runtime/exceptions"
)

// A Lesser is an item that compares itself with another one: __lt__.
type Lesser interface{ Less(other any) bool }

// Less reports whether a < b, as Python would: numbers of all types by value, strings, and times; slices, arrays and
// structs element by element, as lists, tuples and named tuples; and whatever is a Lesser. It panics with a TypeError,
// "'<' not supported between instances of 'string' and 'int'", for everything else.
func Less(a, b any) bool {
	looks()
	return lesser(a, b)
}

// lesser is Less, as a part of a call.
func lesser(a, b any) bool {
	if l, ok := a.(Lesser); ok {
		return l.Less(b)
	}
	switch a := a.(type) {
	case *List:
		if b, ok := b.(*List); ok && a != nil && b != nil {
			x, y := a.snapshot(), b.snapshot()
			return lessSequence(len(x), len(y), elements(x), elements(y))
		}
	case int:
		if b, ok := b.(int); ok {
			return a < b
		}
	case float64:
		if b, ok := b.(float64); ok {
			return a < b
		}
	case string:
		if b, ok := b.(string); ok {
			return a < b
		}
	case time.Time:
		if b, ok := b.(time.Time); ok {
			return a.Before(b)
		}
	case *big.Int:
		if b, ok := b.(*big.Int); ok && a != nil && b != nil {
			return a.Cmp(b) < 0
		}
	}
	return less(reflect.ValueOf(a), reflect.ValueOf(b))
}

// An Equaler is a value that compares itself with another one: __eq__.
type Equaler interface{ Equal(other any) bool }

// Equal reports whether a == b, as Python would: numbers of all types by value; strings, times; slices, arrays,
// structs, lists and dictionaries element by element; pointers if they point to the same; and an Equaler as it says.
func Equal(a, b any) bool {
	looks()
	return equals(a, b)
}

// equals is Equal, as a part of a call.
func equals(a, b any) bool {
	switch x := a.(type) {
	case Equaler:
		return x.Equal(b)
	case int:
		if y, ok := b.(int); ok {
			return x == y
		}
	case string:
		if y, ok := b.(string); ok {
			return x == y
		}
	}
	if y, ok := b.(Equaler); ok {
		return y.Equal(a)
	}
	return equal(reflect.ValueOf(a), reflect.ValueOf(b))
}

// elements returns the accessor of a slice's elements.
func elements(list []any) func(int) reflect.Value { return reflect.ValueOf(list).Index }

// equalElement is equal for an element, which may compare itself.
func equalElement(a, b reflect.Value) bool {
	if a, b = inner(a), inner(b); a.IsValid() && b.IsValid() && a.CanInterface() && b.CanInterface() {
		return equals(a.Interface(), b.Interface())
	}
	return equal(a, b)
}

// inner looks into an interface.
func inner(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	return v
}

// less is Less for what may be part of something else.
func less(a, b reflect.Value) bool {
	a, b = inner(a), inner(b)
	switch {
	case isNumber(a) && isNumber(b):
		c, ok := compare(a, b)
		return ok && c < 0
	case a.Kind() == reflect.String && b.Kind() == reflect.String:
		return a.String() < b.String()
	case a.Kind() == reflect.Slice && b.Kind() == reflect.Slice, a.Kind() == reflect.Array && b.Kind() == reflect.Array:
		return lessSequence(a.Len(), b.Len(), a.Index, b.Index)
	case a.Kind() == reflect.Struct && b.Kind() == reflect.Struct && a.Type() == b.Type() && a.NumField() > 0:
		return lessSequence(a.NumField(), b.NumField(), a.Field, b.Field)
	}
	panic(exceptions.Type("'<' not supported between instances of '%s' and '%s'", typeName(a), typeName(b)))
}

// element is less for an element, which may compare itself.
func element(a, b reflect.Value) bool {
	if a.CanInterface() && b.CanInterface() {
		return lesser(a.Interface(), b.Interface())
	}
	return less(a, b)
}

// lessSequence compares the first elements that differ; if none do, the shorter one is less.
func lessSequence(n, m int, a, b func(int) reflect.Value) bool {
	for i := range min(n, m) {
		if x, y := a(i), b(i); !equalElement(x, y) {
			return element(x, y)
		}
	}
	return n < m
}

// equal is ==, which compares everything.
func equal(a, b reflect.Value) bool {
	a, b = inner(a), inner(b)
	switch {
	case !a.IsValid() || !b.IsValid():
		return a.IsValid() == b.IsValid()
	case isNumber(a) && isNumber(b):
		c, ok := compare(a, b)
		return ok && c == 0
	case a.Kind() == reflect.Slice && b.Kind() == reflect.Slice, a.Kind() == reflect.Array && b.Kind() == reflect.Array:
		return equalSequence(a.Len(), b.Len(), a.Index, b.Index)
	case a.Type() != b.Type():
		return false
	case a.Kind() == reflect.Struct && a.Type() != reflect.TypeFor[time.Time]():
		return equalSequence(a.NumField(), b.NumField(), a.Field, b.Field)
	case a.Kind() == reflect.Map && a.CanInterface() && b.CanInterface():
		return reflect.DeepEqual(a.Interface(), b.Interface())
	case a.CanInterface() && b.CanInterface():
		switch x := a.Interface().(type) {
		case time.Time:
			return x.Equal(b.Interface().(time.Time))
		case *big.Int:
			if y := b.Interface().(*big.Int); x != nil && y != nil {
				return x.Cmp(y) == 0
			}
		case *List:
			if y := b.Interface().(*List); x != y && x != nil && y != nil {
				x, y := x.snapshot(), y.snapshot()
				return equalSequence(len(x), len(y), elements(x), elements(y))
			}
		case *Dict:
			if y := b.Interface().(*Dict); x != y && x != nil && y != nil {
				return x.equal(y)
			}
		}
	}
	if a.Kind() == reflect.Func || a.Kind() == reflect.Map {
		return a.Pointer() == b.Pointer()
	}
	return a.Comparable() && b.Comparable() && a.Equal(b)
}

func equalSequence(n, m int, a, b func(int) reflect.Value) bool {
	if n != m {
		return false
	}
	for i := range n {
		if !equalElement(a(i), b(i)) {
			return false
		}
	}
	return true
}

// isNumber reports whether Python could order v as a number: booleans are 0 and 1.
func isNumber(v reflect.Value) bool {
	return v.IsValid() && (v.CanInt() || v.CanUint() || v.CanFloat() || v.Kind() == reflect.Bool)
}

// compare compares two numbers by their exact values; ok is false if one is NaN.
func compare(a, b reflect.Value) (c int, ok bool) {
	x, ok1 := exact(a)
	y, ok2 := exact(b)
	return x.Cmp(y), ok1 && ok2
}

func exact(v reflect.Value) (f *big.Float, ok bool) {
	f = new(big.Float)
	switch {
	case v.CanInt():
		return f.SetInt64(v.Int()), true
	case v.CanUint():
		return f.SetUint64(v.Uint()), true
	case v.CanFloat():
		if v.Float() != v.Float() {
			return f, false
		}
		return f.SetFloat64(v.Float()), true
	case v.Bool():
		return f.SetInt64(1), true
	}
	return f, true
}

// typeName is what Go calls a value's type.
func typeName(v reflect.Value) string {
	if !v.IsValid() {
		return "nil"
	}
	switch v.Type() {
	case reflect.TypeFor[*List]():
		return "list"
	case reflect.TypeFor[*Dict]():
		return "dict"
	}
	return v.Type().String()
}
