package exec

// This file defines how a range whose statements have no jumps becomes one operation, see fuse.go.

import (
	"go/ast"
	"go/token"
)

// indexed is a range over indexes: those below a number that is in the frame.
type indexed struct {
	index, n uintptr
	key      uintptr // the variable that gets the index; 0: none that is set here
	parts    []part
	top, end int
}

// fuseRange fuses a range whose operations begin at an index: the operation that decides about another iteration comes
// first, the jump back, which has the check, last. ix is nil if it isn't over indexes.
func (c *fn) fuseRange(from int, s *ast.RangeStmt, more func(fr *frame) bool, ix *indexed) {
	end := len(c.code.ops) - 1
	parts, ok := c.straight(from+1, end)
	if !ok {
		return
	}
	if ix != nil {
		ix.parts, ix.top, ix.end = parts, from, end
		ix.takeKey(c, s)
		c.fuse(from, ix.loop())
		return
	}
	run := all(parts)
	c.fuse(from, func(fr *frame) {
		for {
			fr.pc = from
			if !more(fr) {
				return
			}
			run(fr)
			if fr.g.flag.Load() != 0 {
				fr.pc = end
				fr.tick()
			}
		}
	})
}

// takeKey makes the loop set the key's variable if it is one of 64 bits in the frame: that was the first part.
func (ix *indexed) takeKey(c *fn, s *ast.RangeStmt) {
	id, ok := s.Key.(*ast.Ident)
	if !ok || s.Tok != token.DEFINE || id.Name == "_" {
		return
	}
	if v := c.vars[c.src.info.Defs[id]]; v != nil && !v.boxed && v.t.class == classInt && v.t.size == 8 {
		ix.key, ix.parts = v.off, ix.parts[1:]
	}
}

func (ix *indexed) loop() func(fr *frame) {
	index, n, key, top, end := ix.index, ix.n, ix.key, ix.top, ix.end
	if key == 0 {
		key = index
	}
	if len(ix.parts) == 1 {
		run, pc := ix.parts[0].run, ix.parts[0].pc
		return func(fr *frame) {
			p, most, k := (*int64)(fr.at(index)), (*int64)(fr.at(n)), (*int64)(fr.at(key))
			for {
				*p++
				if *p >= *most {
					return
				}
				*k = *p
				fr.pc = pc
				run(fr)
				if fr.g.flag.Load() != 0 {
					fr.pc = end
					fr.tick()
				}
			}
		}
	}
	run := all(ix.parts)
	return func(fr *frame) {
		p, most, k := (*int64)(fr.at(index)), (*int64)(fr.at(n)), (*int64)(fr.at(key))
		for {
			*p++
			if *p >= *most {
				return
			}
			*k = *p
			fr.pc = top
			run(fr)
			if fr.g.flag.Load() != 0 {
				fr.pc = end
				fr.tick()
			}
		}
	}
}

// hiddenElement is an element of a slice that is in the frame, at an index that is in it.
func (c *fn) hiddenElement(t *typ, slice, index uintptr) *expr {
	x := c.localIndex(t, slice, index)
	x.addr = nil
	return x
}
