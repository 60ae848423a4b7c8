package pickle

// This file defines how the walk finds the objects that it has seen.

import "unsafe"

// manyObjects is how many objects are searched one by one; more are found by a map.
const manyObjects = 12

// known looks an object up.
func (p *Pickler) known(q unsafe.Pointer, pl *plan, n int) (uint32, bool) {
	if len(p.objs) <= manyObjects {
		for i := range p.objs {
			if o := &p.objs[i]; o.ptr == q && o.plan == pl {
				if o.n == n {
					return uint32(i), true
				}
				p.alike = true
			}
		}
		return 0, false
	}
	at := p.hash(q, pl)
	for ; p.memo[at] != 0; at = (at + 1) & (len(p.memo) - 1) {
		i := p.memo[at] - 1
		if o := &p.objs[i]; o.ptr == q && o.plan == pl {
			if o.n == n {
				return uint32(i), true
			}
			p.alike = true
		}
	}
	p.vacant = at
	return 0, false
}

// hash returns where the search for a place begins in the memo.
func (p *Pickler) hash(q unsafe.Pointer, pl *plan) int {
	h := (uint64(uintptr(q)) ^ uint64(uintptr(unsafe.Pointer(pl)))<<20) * 0x9e3779b97f4a7c15
	return int(h>>32) & (len(p.memo) - 1)
}

// add adds the object for which known searched last, without finding it.
func (p *Pickler) add(o object) uint32 {
	i := len(p.objs)
	o.root = int32(i)
	p.objs = append(p.objs, o)
	switch {
	case i < manyObjects:
	case i == manyObjects || 2*i >= len(p.memo): // from now on they are found by the table, or by a larger one
		p.grow()
		for j := range p.objs {
			p.remember(int32(j))
		}
	default:
		p.memo[p.vacant] = int32(i) + 1
	}
	return uint32(i)
}

// grow makes the memo twice as large, and empty. Its length is a power of two, and what lies behind it is 0.
func (p *Pickler) grow() {
	n := max(2*len(p.memo), 128)
	clear(p.memo)
	if n > cap(p.memo) {
		p.memo = make([]int32, n)
	}
	p.memo = p.memo[:n]
}

// remember enters an object into the memo.
func (p *Pickler) remember(i int32) {
	o := &p.objs[i]
	at := p.hash(o.ptr, o.plan)
	for p.memo[at] != 0 {
		at = (at + 1) & (len(p.memo) - 1)
	}
	p.memo[at] = i + 1
}
