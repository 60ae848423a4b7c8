package pickle

// This file defines how a message of many small objects, such as a list of lists, is found to have none that lie in
// each other: without sorting them.

import "unsafe"

// regionBits says how much memory a region has: a word's bits stand for as many words of 8 bytes.
const regionBits = 9

// region is a part of memory, and which of its words objects have.
type region struct {
	number uintptr // its address / its size; 0 is none
	words  uint64
}

// regions are a hash table of regions, at most half full. Neighbours in memory are neighbours in it, in groups of 16.
type regions []region

// at returns the place of a region.
func (rs regions) at(number uintptr) *region {
	mask := uintptr(len(rs) - 1)
	i := (uintptr(uint64(number>>4)*0x9e3779b97f4a7c15>>32)<<4 | number&15) & mask
	for ; rs[i].number != 0 && rs[i].number != number; i = (i + 1) & mask {
	}
	r := &rs[i]
	r.number = number
	return r
}

// extent is the memory that an object has, with the room behind it: what another slice of the same array may have.
func (o *object) extent() (from, to uintptr) {
	from = uintptr(o.ptr)
	return from, from + uintptr(max(o.n, o.room))*o.plan.size
}

// apart reports whether no two objects have a word of memory in common. It returns false if the answer would take
// longer than sorting.
func (p *Pickler) apart() bool {
	n := 0
	for i := range p.objs {
		if o := &p.objs[i]; o.kind == objMemory && i != 0 {
			from, to := o.extent()
			n += int((to-1)>>regionBits-from>>regionBits) + 1
		}
		if n > 4*len(p.objs)+64 {
			return false
		}
	}
	size := 64
	for size < 2*n {
		size *= 2
	}
	if size > cap(p.regions) {
		p.regions = make(regions, size)
	}
	p.regions = p.regions[:size]
	clear(p.regions)
	last := &region{}
	for i := range p.objs {
		o := &p.objs[i]
		if o.kind != objMemory || i == 0 { // nothing refers to the items themselves
			continue
		}
		from, to := o.extent()
		from, to = from>>3, (to+7)>>3 // words
		for from < to {
			if number := from >> (regionBits - 3); last.number != number {
				last = p.regions.at(number)
			}
			first, count := from&63, min(to-from, 64-from&63)
			words := ^uint64(0) >> (64 - count) << first
			if last.words&words != 0 {
				return false
			}
			last.words |= words
			from += count
		}
	}
	return true
}

// keepRegions keeps the table for the next message, unless it is large.
func (p *Pickler) keepRegions() {
	if uintptr(cap(p.regions))*unsafe.Sizeof(region{}) > 2<<20 {
		p.regions = nil
	}
}
