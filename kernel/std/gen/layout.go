package main

// This file defines what the export data say of an unexported field: no cell can name it, so its layout is enough.

import (
	"go/types"
	"slices"
)

// layout returns the plainest type that has the size, the alignment, the pointers and the comparability of t.
func (c *public) layout(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u
	case *types.Pointer:
		if notInHeap(u.Elem()) {
			return types.Typ[types.Uintptr]
		}
		return types.Typ[types.UnsafePointer]
	case *types.Map:
		return types.NewMap(types.Typ[types.Bool], types.Typ[types.Bool])
	case *types.Chan:
		return types.NewChan(types.SendRecv, types.Typ[types.Bool])
	case *types.Slice:
		return types.NewSlice(types.Typ[types.Bool])
	case *types.Signature:
		return types.NewSignatureType(nil, nil, nil, nil, nil, false)
	case *types.Interface:
		return types.Universe.Lookup("any").Type()
	case *types.Array:
		return types.NewArray(c.layout(u.Elem()), u.Len())
	case *types.Struct:
		var fields []*types.Var
		for f := range u.Fields() {
			fields = append(fields, types.NewField(f.Pos(), c.pkg(f.Pkg()), f.Name(), c.layout(f.Type()), false))
		}
		return types.NewStruct(fields, nil)
	}
	return c.typ(t)
}

// notInHeap reports whether the compiler takes a pointer to the type for none: types of package runtime say so by a
// field. runtime.Frame has pointers to some.
func notInHeap(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return false
	}
	if n.Obj().Name() == "NotInHeap" {
		return n.Obj().Pkg().Path() == "internal/runtime/sys"
	}
	s, ok := n.Underlying().(*types.Struct)
	return ok && s.NumFields() > 0 && notInHeap(s.Field(0).Type())
}

// lockPackages are those whose structs threads share: the note about copies of locks must find them.
var lockPackages = []string{"sync", "sync/atomic", "gilkernel/runtime/threading", "gilkernel/runtime/queue",
	"gilkernel/runtime/futures", "gilkernel/runtime/asyncio"}

// locks reports whether a value of type t has something in it that must not be copied: the note about copies names its
// type.
func locks(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	if seen == nil {
		seen = map[types.Type]bool{}
	}
	seen[t] = true
	if named, ok := types.Unalias(t).(*types.Named); ok {
		methods := types.NewMethodSet(types.NewPointer(named))
		if methods.Lookup(nil, "Lock") != nil && methods.Lookup(nil, "Unlock") != nil {
			return true
		}
		if p := named.Obj().Pkg(); p != nil && slices.Contains(lockPackages, p.Path()) {
			return true
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Array:
		return locks(u.Elem(), seen)
	case *types.Struct:
		for f := range u.Fields() {
			if locks(f.Type(), seen) {
				return true
			}
		}
	}
	return false
}
