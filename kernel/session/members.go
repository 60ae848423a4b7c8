package session

// This file defines what can follow the dot of a value.

import (
	"go/types"
	"iter"

	"gilkernel/kernel/unit"
)

// Methods yields the methods of a value of type t and those of its pointer, because most named values are addressable.
func Methods(t types.Type) iter.Seq[*types.Selection] {
	return func(yield func(*types.Selection) bool) {
		switch u := t.(type) {
		case *types.TypeParam:
			t = u.Underlying()
		case *types.Pointer:
		default:
			if !types.IsInterface(t) {
				t = types.NewPointer(t)
			}
		}
		for sel := range types.NewMethodSet(t).Methods() {
			if Visible(sel.Obj()) && !yield(sel) {
				return
			}
		}
	}
}

// Fields yields the fields of a struct, or of the struct to which a pointer points, and of the structs embedded in it,
// each with its level from 1, level by level: a field hides deeper ones of the same name.
func Fields(t types.Type) iter.Seq2[*types.Var, int] {
	return func(yield func(*types.Var, int) bool) {
		level, done := []types.Type{t}, map[types.Type]bool{}
		for depth := 1; len(level) > 0; depth++ {
			var next []types.Type
			for _, t := range level {
				if p, ok := t.Underlying().(*types.Pointer); ok {
					t = p.Elem()
				}
				st, ok := t.Underlying().(*types.Struct)
				if !ok || done[t] {
					continue
				}
				done[t] = true
				for field := range st.Fields() {
					if Visible(field) && !yield(field, depth) {
						return
					}
					if field.Embedded() {
						next = append(next, field.Type())
					}
				}
			}
			level = next
		}
	}
}

// Visible reports whether cells can name a member: members of other packages must be exported.
func Visible(o types.Object) bool {
	return o.Exported() || o.Pkg() != nil && o.Pkg().Path() == unit.Path
}
