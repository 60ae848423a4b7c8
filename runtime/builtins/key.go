package builtins

// This file defines what keys are: a hash and an equality that Go's maps have.

import (
	"math"
	"math/big"
	"reflect"
	"slices"

	"gilkernel/runtime/exceptions"
)

// keyOf returns a comparable value that is the same for keys that Python takes for equal: 1, 1.0, int8(1) and true. It
// panics with a TypeError, "unhashable type: 'list'", if key can't be one.
func keyOf(key any) any {
	switch k := key.(type) {
	case string:
		return k
	case int:
		return int64(k)
	case nil:
		return nil
	case *big.Int:
		if k != nil && k.IsInt64() {
			return k.Int64()
		}
		if k != nil {
			return number(k.String())
		}
	case *List:
		panic(exceptions.Type("unhashable type: 'list'"))
	case *Dict:
		panic(exceptions.Type("unhashable type: 'dict'"))
	}
	v := reflect.ValueOf(key)
	switch {
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		if u := v.Uint(); u > math.MaxInt64 {
			return u
		}
		return int64(v.Uint())
	case v.CanFloat():
		f := v.Float()
		if f == math.Trunc(f) && math.Abs(f) < 1<<63 {
			return int64(f)
		}
		return f
	case v.Kind() == reflect.Bool:
		return integer(v)
	case !v.Comparable():
		panic(exceptions.Type("unhashable type: '%s'", typeName(v)))
	}
	return key
}

// number is a whole number that no type of Go's holds.
type number string

// sortedKeys returns the keys of a map of Go's, which has no order, in that of Less, or of their texts.
func sortedKeys(m reflect.Value) []any {
	keys := make([]any, 0, m.Len())
	for _, k := range m.MapKeys() {
		keys = append(keys, k.Interface())
	}
	defer func() {
		if recover() != nil { // they can't be compared
			slices.SortStableFunc(keys, func(a, b any) int { return compareTexts(Repr(a), Repr(b)) })
		}
	}()
	slices.SortStableFunc(keys, func(a, b any) int {
		if lesser(a, b) {
			return -1
		}
		return 0
	})
	return keys
}

func compareTexts(a, b string) int {
	if a < b {
		return -1
	}
	return 0
}
