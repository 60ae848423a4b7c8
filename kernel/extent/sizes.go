package extent

// This file defines the sizes that the type checker asks for.

import "go/types"

// Sizes are those of the gc compiler for this architecture. They implement types.Sizes as types.SizesFor does, in a
// time that depends on the number of different types in a type. The zero value is ready; its methods may be called
// concurrently, and while types are incomplete.
type Sizes struct{}

// Alignof implements types.Sizes.
func (Sizes) Alignof(t types.Type) int64 {
	if _, ok := t.(*types.Basic); ok {
		return std.Alignof(t)
	}
	return new(Scale).layoutOf(t).align
}

// Sizeof implements types.Sizes. It returns -1 for what is larger than 2 GiB.
func (Sizes) Sizeof(t types.Type) int64 {
	if _, ok := t.(*types.Basic); ok {
		return std.Sizeof(t)
	}
	if l := new(Scale).layoutOf(t); l.size < huge {
		return l.size
	}
	return -1
}

// Offsetsof implements types.Sizes. Offsets behind 2 GiB are -1.
func (Sizes) Offsetsof(fields []*types.Var) []int64 {
	var s Scale
	offs := make([]int64, len(fields))
	end := int64(0)
	for i, f := range fields {
		l := s.layoutOf(f.Type())
		if end = aligned(end, l.align); end >= huge {
			offs[i] = -1
			continue
		}
		offs[i] = end
		end = min(end+l.size, 2*huge)
	}
	return offs
}
