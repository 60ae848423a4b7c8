package exec

// This file defines the places of steps, and what memory an access there touches.

import (
	"go/types"
	"reflect"
	"unsafe"
)

// Site is a place with a step.
type Site struct {
	// Op is "read", "write", "call", "loop", or "sync" for a call of a lock, queue or channel. An Explored thread also
	// hears of "range", for each turn of a loop over a map, of "chance", where chance decides, of "result", for what
	// comes from elsewhere, and of "resume", where a function that counts as compiled continues behind a call.
	Op   string
	Name string // of what is accessed, as the source has it: n, c.n, m[k], mu.Lock(); "" for calls and loops
	Pos  string // In[3]:4:2
	// Atomic says that what is called orders the threads that call it: a function of package atomic, a method of a
	// sync.Map or a sync.Pool.
	Atomic bool
	// Module says that what is called is a function of a module that counts as compiled.
	Module bool
	// Foreign says that a variable of a compiled package is written, which all runs of a cell share.
	Foreign bool

	e     *Engine
	t     *typ      // of what is read or written; nil: not a variable
	parts []uintptr // the offsets of its parts, if it has several; see partsOf
	whole bool      // it has too many: it counts as anything
	leads bool      // see Leads
	syncs uintptr   // see Synced

	mapped mapped
}

// Value returns the current value of the variable at an address, for a site that reads or writes one; nil for other
// sites.
func (s *Site) Value(at unsafe.Pointer) any {
	if s.t == nil || at == nil {
		return nil
	}
	return reflect.NewAt(s.e.reflect(s.t), at).Elem().Interface()
}

// At returns what is at an address, for a site with a type.
func (s *Site) At(at unsafe.Pointer) reflect.Value { return reflect.NewAt(s.e.reflect(s.t), at).Elem() }

// IsVariable reports whether Value knows what is read or written.
func (s *Site) IsVariable() bool { return s.t != nil }

// IsBasic reports whether the variable that is read or written is a number, a text or a bool, which lead nowhere.
func (s *Site) IsBasic() bool {
	return s.t != nil && (s.t.kind <= reflect.Complex128 && s.t.kind != reflect.Uintptr || s.t.kind == reflect.String)
}

// Basic returns the size of such a variable, and whether it is a text. ok is false for others.
func (s *Site) Basic() (size uintptr, text, ok bool) {
	if !s.IsBasic() {
		return 0, false, false
	}
	return s.t.size, s.t.kind == reflect.String, true
}

// Variable returns a comparable value that identifies the variable at an address, across sites. Unlike Keys, it tells a
// struct from its first field, which has the same address. It is nil where there is none.
func (s *Site) Variable(at unsafe.Pointer) any {
	if at == nil {
		return nil
	}
	return accessed{at, s.t}
}

// accessed is a variable.
type accessed struct {
	at unsafe.Pointer
	t  *typ
}

// Keys calls f with the addresses that stand for n values in a row from at on: one for each part of a value that code
// can read or write for itself, so that an access to a field conflicts with one to the whole struct, and not with one
// to another field. If there are too many parts to distinguish, it calls f with nil, which stands for anything. A map
// is none of them, see Shares.
func (s *Site) Keys(at unsafe.Pointer, n int, f func(key unsafe.Pointer)) {
	switch {
	case s.t == nil || at == nil:
		f(at)
		return
	case s.whole || n > 1 && n*max(len(s.parts), 1) > maxParts:
		f(nil)
		return
	}
	for range n {
		if s.parts == nil {
			f(at)
		}
		for _, off := range s.parts {
			f(unsafe.Add(at, off))
		}
		at = unsafe.Add(at, s.t.size)
	}
}

// Parts returns how many addresses Keys tells of one value: 1 for one that has no parts, 0 for one with too many.
func (s *Site) Parts() int {
	switch {
	case s.t == nil:
		return 1
	case s.whole:
		return 0
	}
	return max(len(s.parts), 1)
}

// Synced returns the size in bytes of what is read or written, if that is a value of package sync or has one in it; 0
// otherwise.
func (s *Site) Synced() uintptr { return s.syncs }

// hasSync reports whether a value of a type is one of package sync, or has one in it.
func hasSync(t types.Type) bool {
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "sync" {
		_, is := n.Underlying().(*types.Struct)
		return is
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for f := range u.Fields() {
			if hasSync(f.Type()) {
				return true
			}
		}
	case *types.Array:
		return hasSync(u.Elem())
	}
	return false
}

// maxParts is how many parts of values an access tells apart.
const maxParts = 256

// partsOf returns the offsets of the parts of a value that can be accessed by themselves; nil if it is all one. ok is
// false if they are too many.
func partsOf(t types.Type) (parts []uintptr, ok bool) {
	var add func(t types.Type, off uintptr) bool
	add = func(t types.Type, off uintptr) bool {
		switch u := t.Underlying().(type) {
		case *types.Struct:
			offs := fieldOffsets(u)
			for i := range u.NumFields() {
				if !add(u.Field(i).Type(), off+offs[i]) {
					return false
				}
			}
			return true
		case *types.Array:
			if u.Len() > maxParts {
				return false
			}
			size := uintptr(sizes.Sizeof(u.Elem()))
			for i := range u.Len() {
				if !add(u.Elem(), off+uintptr(i)*size) {
					return false
				}
			}
			return true
		}
		parts = append(parts, off)
		return len(parts) <= maxParts
	}
	switch t.Underlying().(type) {
	case *types.Struct, *types.Array:
		ok = add(t, 0)
		return parts, ok
	}
	return nil, true
}

// Several reports whether a map has more than one element, so that the order of a range over it is random.
func (s *Site) Several(m unsafe.Pointer) bool { return m != nil && maplen(m) > 1 }
