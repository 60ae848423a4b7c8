package extent

// This file defines how often a generic type or function mentions a type parameter.

import (
	"go/types"
	"iter"
)

// Holds returns how many fields of a value of t have the type parameter p as their type: each field of p's argument
// adds that many fields to the value. At most 2^31.
func Holds(t types.Type, p *types.TypeParam) int64 { return occurrences(t, p, heldBy) }

// Mentions returns how often the type parameter p occurs in t as it is written. At most 2^31.
func Mentions(t types.Type, p *types.TypeParam) int64 { return occurrences(t, p, partsIn) }

// occurrences counts p among t and its parts, and theirs. It walks each type once.
func occurrences(t types.Type, p *types.TypeParam, parts func(types.Type) iter.Seq[types.Type]) int64 {
	known := map[types.Type]int64{}
	var count func(types.Type) int64
	count = func(t types.Type) int64 {
		t = types.Unalias(t)
		if t == p {
			return 1
		}
		if n, ok := known[t]; ok {
			return n
		}
		known[t] = 0 // of a type that leads to itself
		n := int64(0)
		for part := range parts(t) {
			n = min(n+count(part), huge)
		}
		known[t] = n
		return n
	}
	return count(t)
}

// heldBy yields the types of what lies in a value itself: the fields of a struct, and one element of an array.
func heldBy(t types.Type) iter.Seq[types.Type] {
	return func(yield func(types.Type) bool) {
		switch u := t.Underlying().(type) {
		case *types.Array:
			yield(u.Elem())
		case *types.Struct:
			for f := range u.Fields() {
				if !yield(f.Type()) {
					return
				}
			}
		}
	}
}
