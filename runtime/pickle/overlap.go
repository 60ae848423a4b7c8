package pickle

// This file defines objects that lie within other objects: a field whose address was taken, an element, slices of one
// array. In the copy they lie where they did.

import (
	"cmp"
	"reflect"
	"slices"
)

// overlap finds the objects that lie within other objects.
func (p *Pickler) overlap() {
	if !p.mayOverlap() || !p.alike && p.apart() {
		return
	}
	p.order = p.order[:0]
	for i := range p.objs {
		if p.objs[i].kind == objMemory {
			p.order = append(p.order, int32(i))
		}
	}
	p.join()
	p.nest()
}

// mayOverlap reports whether any objects of these types could lie in each other. Most messages are of types for which
// that can't be, and need no sorting.
func (p *Pickler) mayOverlap() bool {
	if p.alike {
		return true
	}
	type kind struct {
		plan *plan
		many bool
		more bool // than one object
	}
	var kinds []kind
	for i := range p.objs {
		o := &p.objs[i]
		if o.kind != objMemory || i == 0 { // nothing refers to the items themselves
			continue
		}
		j := slices.IndexFunc(kinds, func(k kind) bool { return k.plan == o.plan })
		if j < 0 {
			if len(kinds) == 16 {
				return true
			}
			kinds = append(kinds, kind{plan: o.plan, many: o.n > 1})
			continue
		}
		kinds[j].many = kinds[j].many || o.n > 1
		kinds[j].more = true
		if kinds[j].many {
			return true
		}
	}
	for i, a := range kinds {
		for j, b := range kinds {
			if i != j && mayHold(a.plan, b.plan, 0) {
				return true
			}
		}
	}
	return false
}

// mayHold reports whether a value of type a may be or hold one of type b.
func mayHold(a, b *plan, depth int) bool {
	if a == b || depth > 50 {
		return true
	}
	if a.size < b.size {
		return false
	}
	if a.size == b.size && a.t.Kind() == b.t.Kind() &&
		(a.t.Kind() == reflect.Pointer) == (b.t.Kind() == reflect.Pointer) && same(a, b) {
		return true
	}
	for i := range a.fields {
		if mayHold(a.fields[i].plan, b, depth+1) {
			return true
		}
	}
	// A slice of an array's elements has their type.
	return a.t.Kind() == reflect.Array && a.elem != nil && mayHold(a.elem, b, depth+1) ||
		b.t.Kind() == reflect.Array && b.elem == a
}

// same reports whether pointers to the types may be converted into each other.
func same(a, b *plan) bool {
	return a == b ||
		a.size == b.size && a.t.Kind() == b.t.Kind() && reflect.PointerTo(a.t).ConvertibleTo(reflect.PointerTo(b.t))
}

func (o *object) end() uintptr { return uintptr(o.ptr) + uintptr(o.n)*o.plan.size }

// join makes one object of slices of one type that overlap, or that touch and have the same array.
func (p *Pickler) join() {
	byPlan := map[*plan][]int32{}
	for _, i := range p.order {
		byPlan[p.objs[i].plan] = append(byPlan[p.objs[i].plan], i)
	}
	for _, is := range byPlan {
		slices.SortFunc(is, func(a, b int32) int {
			x, y := &p.objs[a], &p.objs[b]
			return cmp.Or(cmp.Compare(uintptr(x.ptr), uintptr(y.ptr)), cmp.Compare(y.n, x.n), cmp.Compare(a, b))
		})
		for k := 0; k < len(is); {
			head := &p.objs[is[k]]
			end, room := head.end(), uintptr(head.ptr)+uintptr(head.room)*head.plan.size
			grown := false
			k++
			for ; k < len(is); k++ {
				o := &p.objs[is[k]]
				at := uintptr(o.ptr)
				if at > end || at == end && room <= at || (at-uintptr(head.ptr))%head.plan.size != 0 {
					break
				}
				o.root, o.off = head.root, at-uintptr(head.ptr)
				if o.end() > end {
					end, grown = o.end(), true
				}
				room = max(room, at+uintptr(o.room)*o.plan.size)
			}
			if grown {
				head.n = int((end - uintptr(head.ptr)) / head.plan.size)
				p.scanObject(int(head.root)) // all that it refers to is known
			}
		}
	}
}

// nest finds the objects that lie within those of other types.
func (p *Pickler) nest() {
	roots := p.order[:0]
	for _, i := range p.order {
		if p.objs[i].root == i {
			roots = append(roots, i)
		}
	}
	slices.SortFunc(roots, func(a, b int32) int {
		x, y := &p.objs[a], &p.objs[b]
		return cmp.Or(cmp.Compare(uintptr(x.ptr), uintptr(y.ptr)), cmp.Compare(y.end(), x.end()),
			cmp.Compare(y.plan.depth, x.plan.depth), cmp.Compare(a, b))
	})
	var open []int32
	for _, i := range roots {
		o := &p.objs[i]
		for len(open) > 0 && p.objs[open[len(open)-1]].end() <= uintptr(o.ptr) {
			open = open[:len(open)-1]
		}
		for _, j := range open { // the outermost first
			h := &p.objs[j]
			if off := uintptr(o.ptr) - uintptr(h.ptr); o.end() <= h.end() && i != 0 &&
				holds(h.plan, h.n, off, o.plan, o.n) {
				o.root, o.off = j, off
				break
			}
		}
		if o.root == i {
			open = append(open, i)
		}
	}
	// Slices that were joined lie where their array does.
	for i := range p.objs {
		o := &p.objs[i]
		if r := &p.objs[o.root]; o.root != int32(i) && r.root != o.root {
			o.off, o.root = o.off+r.off, r.root
		}
	}
}

// holds reports whether n values of type b lie at an offset of count values of type a.
func holds(a *plan, count int, off uintptr, b *plan, n int) bool {
	if a.size == 0 {
		return false
	}
	if n < 0 || count < 0 {
		return false
	}
	if i := off / a.size; off%a.size == 0 && same(a, b) {
		return i <= uintptr(count) && uintptr(n) <= uintptr(count)-i
	} else if i >= uintptr(count) {
		return false
	}
	// An array is a sequence of values of its elements' type.
	if b.t.Kind() == reflect.Array && n == 1 && b.elem != nil && b.elem.size > 0 && same(a, b.elem) && off%a.size == 0 {
		return off/a.size+uintptr(b.t.Len()) <= uintptr(count)
	}
	off %= a.size
	switch a.t.Kind() {
	case reflect.Struct:
		for i := range a.fields {
			f := &a.fields[i]
			if off >= f.off && off-f.off < f.plan.size {
				return holds(f.plan, 1, off-f.off, b, n)
			}
		}
	case reflect.Array:
		if a.elem != nil {
			return holds(a.elem, a.t.Len(), off, b, n)
		}
	}
	return false
}

// rest returns for how many values of type b there is room from an offset on.
func (o *object) rest(off uintptr, b *plan) int {
	if same(o.plan, b) && off%b.size == 0 {
		return o.n - int(off/b.size)
	}
	n := 0
	for holds(o.plan, o.n, off, b, n+1) {
		n++
	}
	return n
}
