package pickle

// This file defines how values are read into memory.

import (
	"reflect"
	"sync"
	"unsafe"
)

// values reads n values into memory.
func (u *Unpickler) values(pl *plan, v unsafe.Pointer, n int) {
	if pl.op == opRaw && (len(pl.bools) == 0 || pl.size == 1) {
		b := u.bytes(uintptr(n) * pl.size)
		if len(pl.bools) > 0 {
			for _, x := range b {
				u.bool(x)
			}
		}
		copy(unsafe.Slice((*byte)(v), len(b)), b)
		return
	}
	if pl.op == opAny {
		for i := range n {
			u.dynamic(pl, unsafe.Add(v, uintptr(i)*unsafe.Sizeof(eface{})))
		}
		return
	}
	for i := range n {
		u.value(pl, unsafe.Add(v, uintptr(i)*pl.size))
	}
}

func (u *Unpickler) bool(x byte) {
	if x > 1 {
		u.fail("a bool is %d", x)
	}
}

// value reads a value into memory, which is zero.
func (u *Unpickler) value(pl *plan, v unsafe.Pointer) {
	switch pl.op {
	case opRaw:
		b := u.bytes(pl.size)
		for _, off := range pl.bools {
			u.bool(b[off])
		}
		copy(unsafe.Slice((*byte)(v), pl.size), b)
	case opString:
		*(*string)(v) = u.string()
	case opPointer:
		*(*unsafe.Pointer)(v) = u.pointer(pl.elem)
	case opSlice:
		u.slice(pl, (*sliceHeader)(v))
	case opStruct:
		for i := range pl.fields {
			f := &pl.fields[i]
			u.value(f.plan, unsafe.Add(v, f.off))
		}
	case opArray:
		u.values(pl.elem, v, pl.count)
	case opAny, opIface:
		u.dynamic(pl, v)
	case opMap, opFunc:
		switch ref := u.number(); ref {
		case refNil:
		case refEmpty:
			u.fail("a %s without memory", pl.t)
		default:
			o := u.object(ref)
			if o.plan != pl && (o.plan == nil || !o.plan.t.ConvertibleTo(pl.t)) || o.plan.op != pl.op || ref&1 != 0 ||
				o.kind != objMap && o.kind != objFunc {
				u.fail("a %s is expected where another kind of object is", pl.t)
			}
			*(*unsafe.Pointer)(v) = o.ptr
		}
	case opType:
		if n := u.number(); n != 0 {
			*(*unsafe.Pointer)(v) = typePointer(u.planAt(n).t)
		}
	case opRefuse, opIdle:
		if u.byte() != 0 {
			u.fail("a %s that can't be sent", pl.t)
		}
	case opReduce:
		s := new(any)
		u.nested(func() { u.value(u.c.items, unsafe.Pointer(s)) })
		u.late = append(u.late, later{plan: pl, ptr: v, state: s})
	}
}

// nested reads what lies in an interface, whose depth no type bounds.
func (u *Unpickler) nested(read func()) {
	if u.depth++; u.depth > 2*maxNesting {
		u.fail("it is nested too deep")
	}
	read()
	u.depth--
}

// shortString is the length up to which strings lie together: the more they are, the fewer allocations.
const shortString = 32

// string reads a string.
func (u *Unpickler) string() string {
	s, _ := u.stringOrRecent()
	return s
}

// stringOrRecent reads a string and returns its place among the recent ones; nil if it has none.
func (u *Unpickler) stringOrRecent() (string, *recentText) {
	n := u.number()
	if n&1 != 0 {
		if n /= 2; n >= uint64(len(u.objs)) || u.objs[n].kind != objString {
			u.fail("there is no string %d", n)
		}
		o := &u.objs[n]
		return unsafe.String((*byte)(o.ptr), o.n), nil
	}
	n /= 2
	if n > uint64(len(u.b)-u.at) {
		u.fail("it ends too early")
	}
	b := u.bytes(uintptr(n))
	if n == 0 || n > shortString {
		return string(b), nil
	}
	return u.shortText(b)
}

// boxed returns memory that holds a string. Boxes of short ones lie together, as their text does; a long one would stay
// alive with its neighbours.
func (u *Unpickler) boxed(s string) unsafe.Pointer {
	if len(s) > shortString {
		return unsafe.Pointer(&s)
	}
	if len(u.texts) == cap(u.texts) {
		u.texts = make([]string, 0, max(1, min(32, (len(u.b)-u.at)/2)))
	}
	u.texts = append(u.texts, s)
	return unsafe.Pointer(&u.texts[len(u.texts)-1])
}

// boxedSlice reads a slice and returns memory that holds it. Boxes of short ones lie together, as boxed's.
func (u *Unpickler) boxedSlice(pl *plan) unsafe.Pointer {
	var s sliceHeader
	u.slice(pl, &s)
	if uintptr(s.cap) > together/max(pl.elem.size, 1) {
		return unsafe.Pointer(&sliceHeader{s.data, s.len, s.cap})
	}
	if len(u.slices) == cap(u.slices) {
		u.slices = make([]sliceHeader, 0, max(1, min(21, (len(u.b)-u.at)/2)))
	}
	u.slices = append(u.slices, s)
	return unsafe.Pointer(&u.slices[len(u.slices)-1])
}

func (u *Unpickler) slice(pl *plan, s *sliceHeader) {
	ref := u.number()
	if ref == refNil {
		return
	}
	if ref == refEmpty {
		n := u.number() / 2
		if n > 0 && pl.elem.size > 0 || n > 1<<40 {
			u.fail("a %s of %d elements without memory", pl.t, n)
		}
		*s = sliceHeader{reflect.MakeSlice(pl.t, 0, 0).UnsafePointer(), int(n), int(n)}
		return
	}
	off := u.offset(ref)
	n := u.number()
	room, extra := n/2, n&1 != 0
	if n /= 2; extra {
		room = u.number()
	}
	if n == 0 || room < n || room > uint64(1)<<40 || pl.elem.size == 0 {
		u.fail("a %s of %d elements", pl.t, n)
	}
	*s = sliceHeader{u.memoryAt(ref, off, pl.elem, int(room)), int(n), int(room)}
}

// itabs are the first words of interfaces with methods, by what these hold.
type itabs struct {
	t   reflect.Type
	tab sync.Map // reflect.Type → unsafe.Pointer; a type that isn't one of these: nil
}

// of returns the first word, nil if t doesn't implement the interface.
func (i *itabs) of(t reflect.Type) unsafe.Pointer {
	if p, ok := i.tab.Load(t); ok {
		return p.(unsafe.Pointer)
	}
	var p unsafe.Pointer
	if t.Implements(i.t) && t.Kind() != reflect.Interface {
		v := reflect.New(i.t)
		v.Elem().Set(reflect.Zero(t))
		p = (*eface)(v.UnsafePointer()).typ
	}
	i.tab.Store(t, p)
	return p
}

// dynamic reads an interface.
func (u *Unpickler) dynamic(pl *plan, v unsafe.Pointer) {
	var n uint64
	if u.at < len(u.b) && u.b[u.at] < 0x80 { // as a rule: number, in the place of a call
		n = uint64(u.b[u.at])
		u.at++
	} else {
		n = u.number()
	}
	if n == 0 {
		return
	}
	d := u.planAt(n / 2)
	if d.op == opAny || d.op == opIface {
		u.fail("an interface holds an interface")
	}
	e := (*eface)(v)
	word := typePointer(d.t)
	if pl.op == opIface {
		if word = pl.itabs.of(d.t); word == nil {
			u.fail("a %s isn't a %s", d.t, pl.t)
		}
	}
	switch {
	case d.direct:
		var data unsafe.Pointer
		u.nested(func() { u.value(d, unsafe.Pointer(&data)) })
		e.typ, e.data = word, data
		return
	case n&1 != 0:
		ref := u.number()
		if ref <= refEmpty {
			u.fail("an interface that holds nothing")
		}
		e.typ, e.data = word, u.memoryAt(ref, u.offset(ref), d, 1)
		return
	}
	var box unsafe.Pointer
	if d.op == opRaw && d.size == 8 && len(d.bools) == 0 {
		box = u.word(d)
	} else if d.op == opString {
		box = u.boxedString()
	} else if d.op == opSlice {
		box = u.boxedSlice(d)
	} else {
		box = reflect.New(d.t).UnsafePointer()
		u.depth++
		if u.depth > 2*maxNesting {
			u.fail("it is nested too deep")
		}
		u.value(d, box)
		u.depth--
	}
	e.typ, e.data = word, box
}
