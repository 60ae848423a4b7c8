package extent

// This file defines how often a generic type or function mentions a type parameter.

import "go/types"

// Holds returns how many fields of a value of t are of the type parameter p: by so many fields the value grows with each
// field of p's argument. At most 2^31.
func Holds(t types.Type, p *types.TypeParam) int64 {
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
		known[t] = 0 // while it is open: no type contains itself
		if _, open := t.(*types.TypeParam); open {
			return 0
		}
		n := int64(0)
		switch u := t.Underlying().(type) {
		case *types.Array:
			n = count(u.Elem())
		case *types.Struct:
			for f := range u.Fields() {
				n = min(n+count(f.Type()), huge)
			}
		}
		known[t] = n
		return n
	}
	return count(t)
}

// Mentions returns how often the type parameter p occurs in t as it is written. At most 2^31.
func Mentions(t types.Type, p *types.TypeParam) int64 {
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
		known[t] = 0
		n := int64(0)
		for part := range partsIn(t) {
			n = min(n+count(part), huge)
		}
		known[t] = n
		return n
	}
	return count(t)
}
