package exec

// This file defines what a goroutine has of its own, to tell whether a loop has come back to where it was.

import "unsafe"

// Own returns a hash of what a goroutine alone can reach without a step: where its calls are, and their variables. Two
// that are equal, in one run, mean the same but for what steps tell of; it takes some 10 ns a call. Only the goroutine
// itself may call it.
func (g *G) Own() uint64 {
	h := uint64(1)
	for f := g.cur; f != nil; f = f.up {
		h = joined(joined(joined(h, uint64(f.code.id)), uint64(f.pc)), uint64(f.place))
		for off := frameSize; off+8 <= f.code.mem.Size; off += 8 {
			h = joined(h, *(*uint64)(unsafe.Add(unsafe.Pointer(f), off)))
		}
	}
	return h
}

// Local returns a hash of where a goroutine is and of all that it alone can reach without a step, which is the same in
// all runs if that is. ok is false where that isn't known: in a call within another one, which may be computing
// something, behind a call of compiled code, or if a variable leads elsewhere. Only the goroutine itself may call it.
func (g *G) Local() (hash uint64, ok bool) {
	f := g.cur
	if f == nil || f != g.ticking || f.up != nil || g.inner || f.defer_ != nil || f.panic_ != nil || f.flags != 0 ||
		f.clo != nil && len(f.clo.caps) > 0 {
		return 0, false
	}
	m := f.code.mem
	h := joined(joined(uint64(f.code.id), uint64(f.pc)), uint64(f.place))
	for off := frameSize; off+8 <= m.Size; off += 8 {
		n := off / 8
		word := *(*uint64)(unsafe.Add(unsafe.Pointer(f), off))
		if int(n) < len(f.code.passing) {
			word &^= f.code.passing[n]
		}
		if word != 0 && off < m.PtrBytes && *(*byte)(unsafe.Add(unsafe.Pointer(m.GCData), n/8))>>(n%8)&1 > 0 {
			number := 0
			if g.image != nil {
				number = g.image.Number(*(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(f), off)))
			}
			if number == 0 {
				return 0, false
			}
			word = uint64(number)
		}
		h = joined(h, word)
	}
	return h, true
}

// passing notes that the memory of a frame from an offset on has only values that are needed within a statement, in
// which no variable is declared.
func (c *fn) passing(from uintptr) {
	if c.src.steps != StepAccess {
		return
	}
	for at := from; at < c.size; at++ {
		for uintptr(len(c.code.passing)) <= at/8 {
			c.code.passing = append(c.code.passing, 0)
		}
		c.code.passing[at/8] |= 0xff << (at % 8 * 8) // in the order of bytes of the processors that there are
	}
}

// joined is a step of a hash, as FNV-1a's, of a whole word.
func joined(h, word uint64) uint64 {
	h = (h ^ word) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}
