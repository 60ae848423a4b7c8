package exec

// This file defines what an access to an element of a map touches. Under a GIL, accesses to elements with different
// keys can be exchanged, but not with one that sees the whole map, such as len. So a map has a few addresses: an access
// to an element touches the one that its key falls to, and one to the whole map touches all of them.

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"
)

// mapShares is how many addresses a map has: those of the first bytes of its memory, which nothing else is in.
const mapShares = 8

// share returns the address of an element of a map, whose key is in memory; that of the map for nil.
func (e *Engine) share(kt *typ) func(m, key unsafe.Pointer) unsafe.Pointer {
	whole := func(m, _ unsafe.Pointer) unsafe.Pointer { return m }
	switch {
	case kt.kind >= reflect.Int && kt.kind <= reflect.Uint64:
		return func(m, key unsafe.Pointer) unsafe.Pointer {
			if m == nil {
				return nil
			}
			return unsafe.Add(m, *(*byte)(key)%mapShares)
		}
	case kt.kind == reflect.String:
		return func(m, key unsafe.Pointer) unsafe.Pointer {
			if m == nil {
				return nil
			}
			h := uint32(0)
			for _, b := range []byte(*(*string)(key)) {
				h = h*31 + uint32(b)
			}
			return unsafe.Add(m, (h^h>>3)%mapShares)
		}
	}
	return whole // keys of other types may be equal although their memory isn't
}

// elementStep returns the step before an access to an element of a map; nil if there is none.
func (c *fn) elementStep(op string, e *ast.IndexExpr, pos token.Pos) stepFn {
	if c.src.steps != StepAccess {
		return nil
	}
	return c.stepAt(&Site{Op: op, Name: types.ExprString(e), Pos: c.src.position(pos), e: c.e, mapped: oneShare})
}

// mapStep returns the step before an access to a whole map; nil if there is none.
func (c *fn) mapStep(op, name string, pos token.Pos) stepFn {
	if c.src.steps != StepAccess {
		return nil
	}
	return c.stepAt(&Site{Op: op, Name: name, Pos: c.src.position(pos), e: c.e, mapped: allShares})
}

// mapped says what of a map a site accesses.
type mapped uint8

const (
	noMap mapped = iota
	oneShare
	allShares
)

// IsMap reports whether the site accesses a map or an element of one.
func (s *Site) IsMap() bool { return s.mapped != noMap }

// Map returns the address of the map, for the address of a site that accesses a map or an element of one.
func (s *Site) Map(at unsafe.Pointer) unsafe.Pointer {
	return unsafe.Add(at, -int(uintptr(at)%mapShares))
}

// Shares calls f with all addresses of a map.
func (s *Site) Shares(at unsafe.Pointer, f func(key unsafe.Pointer)) {
	at = s.Map(at)
	for i := range mapShares {
		f(unsafe.Add(at, i))
	}
}

// IsWholeMap reports whether the site accesses a map as a whole.
func (s *Site) IsWholeMap() bool { return s.mapped == allShares }
