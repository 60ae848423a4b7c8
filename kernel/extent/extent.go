// Package extent measures how large types are, before anything walks them: a few lines that each use the previous type
// twice make a type of a billion fields, and most code that handles types walks all of them.
package extent

// This file defines the measures of a type, and their bounds.

import (
	"fmt"
	"go/types"
	"iter"
	"runtime"
	"sync"
)

// The bounds of a type of which the engine makes values. Code written by hand comes nowhere near them.
const (
	MaxParts  = 20_000  // parts of a type as it is written out, without the names of aliases
	MaxFields = 100_000 // fields of a value, those of structs in it included; an array counts as one element
	MaxSize   = 1 << 28 // bytes of a value; slices and maps hold more
)

// huge is where measures stop: no sum or product of two of them overflows an int64.
const huge = 1 << 31

// std measures what has no parts.
var std = types.SizesFor("gc", runtime.GOARCH)

// A Scale measures types and remembers what it has measured, so that a type that occurs in a billion places is walked
// once. The zero value is ready. It must be used when the types are complete, as its memory isn't renewed.
// Its methods may be called concurrently.
type Scale struct {
	mu      sync.Mutex // protects the fields below
	parts   map[types.Type]int64
	layouts map[types.Type]layout
	found   map[types.Type]string // what excess has returned
}

// A layout is a value's.
type layout struct {
	size, align int64      // bytes; a size of at least huge isn't exact
	fields      int64      // up to huge
	long        types.Type // a part with more than MaxParts, which wasn't measured; nil if there is none
}

// Excess returns the first bound that t exceeds, or a type that values of t lead to, as a sentence that says what to
// do; "" if none does.
func (s *Scale) Excess(t types.Type, q types.Qualifier) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.excess(t, q)
}

func (s *Scale) excess(t types.Type, q types.Qualifier) string {
	t = types.Unalias(t)
	if text, ok := s.found[t]; ok || t == nil {
		return text
	}
	if s.found == nil {
		s.found = map[types.Type]string{}
	}
	s.found[t] = "" // while it is open
	text := s.exceeds(t, q)
	s.found[t] = text
	return text
}

// exceeds is excess for a type that isn't known.
func (s *Scale) exceeds(t types.Type, q types.Qualifier) string {
	n, named := t.(*types.Named)
	if named {
		if p := n.Obj().Pkg(); p == nil || p.Path() != "main" && n.TypeArgs().Len() == 0 {
			return "" // compiled
		}
	}
	switch l := s.layoutOf(t); {
	case l.long != nil:
		return fmt.Sprintf("written out, the type %s has more than %d parts; declare a type for what it is made of",
			s.nameOf(l.long, q), MaxParts)
	case l.size > MaxSize:
		return fmt.Sprintf("a value of type %s takes more than %d MiB; use a slice or a pointer for its large part",
			s.nameOf(t, q), MaxSize>>20)
	case l.fields > MaxFields:
		return fmt.Sprintf("a value of type %s has more than %d fields; use pointers for its parts", s.nameOf(t, q),
			MaxFields)
	}
	if named {
		if text := s.excess(n.Underlying(), q); text != "" {
			return text
		}
	}
	for part := range partsIn(t) {
		if text := s.excess(part, q); text != "" {
			return text
		}
	}
	return ""
}

// Forget empties the memory: types that nothing else mentions can be collected then.
func (s *Scale) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.parts)
	clear(s.layouts)
	clear(s.found)
}

// Parts returns how many parts a type has as it is written, without the names of aliases: at most 2^31.
func (s *Scale) Parts(t types.Type) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.partsOf(t)
}

// Fields returns how many fields a value of t has, those of structs in it included; one that is no struct is one, an
// array is one element. At most 2^31.
func (s *Scale) Fields(t types.Type) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.layoutOf(t).fields
}

// shortName is how many parts a type may have whose name is written out in a message.
const shortName = 12

// nameOf returns a type's name for a message.
func (s *Scale) nameOf(t types.Type, q types.Qualifier) string {
	if s.partsOf(t) <= shortName {
		return types.TypeString(t, q)
	}
	if n, ok := t.(*types.Named); ok {
		return n.Obj().Name() + "[…]"
	}
	switch t.(type) {
	case *types.Struct:
		return "struct{…}"
	case *types.Array:
		return "[…]…"
	case *types.Signature:
		return "func(…)"
	}
	return "…"
}

// partsOf counts the parts of a type as it is written, up to huge.
func (s *Scale) partsOf(t types.Type) int64 {
	t = types.Unalias(t)
	if n, ok := s.parts[t]; ok {
		return n
	}
	if s.parts == nil {
		s.parts = map[types.Type]int64{}
	}
	n := int64(1)
	s.parts[t] = n // of a type that contains itself, which is invalid
	for part := range partsIn(t) {
		n = min(n+s.partsOf(part), huge)
	}
	s.parts[t] = n
	return n
}

// partsIn yields the types that a type is written with.
func partsIn(t types.Type) iter.Seq[types.Type] {
	return func(yield func(types.Type) bool) {
		vars := func(t *types.Tuple) bool {
			for v := range t.Variables() {
				if !yield(v.Type()) {
					return false
				}
			}
			return true
		}
		switch t := t.(type) {
		case *types.Named:
			for a := range t.TypeArgs().Types() {
				if !yield(a) {
					return
				}
			}
		case *types.TypeParam:
		case *types.Map:
			_ = yield(t.Key()) && yield(t.Elem())
		case interface{ Elem() types.Type }: // pointers, slices, arrays, channels
			yield(t.Elem())
		case *types.Signature:
			_ = vars(t.Params()) && vars(t.Results())
		case *types.Tuple:
			vars(t)
		case *types.Struct:
			for f := range t.Fields() {
				if !yield(f.Type()) {
					return
				}
			}
		case *types.Interface:
			for m := range t.ExplicitMethods() {
				if !yield(m.Type()) {
					return
				}
			}
			for e := range t.EmbeddedTypes() {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// layoutOf measures the values of a type.
func (s *Scale) layoutOf(t types.Type) layout {
	t = types.Unalias(t)
	if l, ok := s.layouts[t]; ok {
		return l
	}
	if s.layouts == nil {
		s.layouts = map[types.Type]layout{}
	}
	if s.partsOf(t) > MaxParts { // first: to instantiate a type writes its arguments out
		return layout{align: 1, long: t}
	}
	s.layouts[t] = layout{align: 1} // of a type that contains itself, which is invalid
	var l layout
	switch u := t.Underlying().(type) {
	case *types.Array:
		e := s.layoutOf(u.Elem())
		l = layout{times(e.size, u.Len()), e.align, e.fields, e.long}
	case *types.Struct:
		l = s.structOf(u)
	default:
		l = single(t)
	}
	if n, ok := t.(*types.Named); ok && n.Obj().Name() == "align64" {
		l.align = max(l.align, std.Alignof(t)) // of sync/atomic
	}
	s.layouts[t] = l
	return l
}

// structOf lays fields out as the compiler does.
func (s *Scale) structOf(t *types.Struct) layout {
	l := layout{align: 1}
	end, last := int64(0), int64(0)
	for f := range t.Fields() {
		e := s.layoutOf(f.Type())
		end = aligned(end, e.align)
		end, last = min(end+e.size, huge*2), e.size
		l.align = max(l.align, e.align)
		l.fields = min(l.fields+e.fields, huge)
		if l.long == nil {
			l.long = e.long
		}
	}
	l.fields = max(l.fields, 1) // an empty struct is walked too
	if end > 0 && last == 0 {
		end++ // no address of a field may lie behind the value
	}
	l.size = aligned(end, l.align)
	return l
}

// single measures a value that has no parts.
func single(t types.Type) layout {
	if _, open := types.Unalias(t).(*types.TypeParam); open {
		return layout{size: 8, align: 8, fields: 1} // not known yet
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsUntyped != 0 || u.Kind() == types.Invalid {
			return layout{align: 1, fields: 1}
		}
	case *types.Tuple, *types.Union:
		return layout{align: 1, fields: 1}
	}
	return layout{size: std.Sizeof(t), align: std.Alignof(t), fields: 1}
}

// aligned returns the next multiple of align.
func aligned(n, align int64) int64 { return (n + align - 1) / align * align }

// times multiplies a size.
func times(size, n int64) int64 {
	if size > 0 && n > huge/size {
		return huge
	}
	return size * max(n, 0)
}
