package pickle

// This file defines the writer. A message is
//
//	head      two bytes: the format, and the machine's words
//	types     their number, and each as its length and its wire form (types.go)
//	objects   their number, and what to make: a kind, a type, how many values
//	contents  of each object, in the same order
//
// Object 0 holds the items, as an array of interfaces. A reference is 0 for nil, 1 for what has no memory, or
// 2 × (object + 1), and one more if it leads into the object: then the offset follows.

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"unsafe"
)

// formatByte begins each message; the next byte says how the machine writes words.
const formatByte = 0xA1

func machineByte() byte {
	n := uint16(1)
	return byte(unsafe.Sizeof(uintptr(0)))<<1 | *(*byte)(unsafe.Pointer(&n))
}

const (
	refNil   = 0
	refEmpty = 1
)

// dump writes a message.
func (p *Pickler) dump(into []byte, items []Item, keep func(any) (int, error)) (out []byte, err error) {
	p.keep = keep
	defer func() {
		switch v := recover().(type) {
		case nil:
		case stop:
			out, err = nil, p.explain(items, v.err)
		case runtime.Error:
			out, err = nil,
				&Error{Refusal: Refusal{What: "this value",
					Why:    "because it changed while it was read, or reading it failed (" + v.Error() + ")",
					Advice: "let only one thread use it meanwhile"}}
		default:
			panic(v)
		}
	}()
	for _, it := range items {
		p.roots = append(p.roots, it.Value)
	}
	p.add(object{kind: objMemory, plan: p.c.items, ptr: unsafe.Pointer(unsafe.SliceData(p.roots)), n: len(p.roots),
		room: len(p.roots)})
	p.walk()
	p.overlap()
	return p.write(into), nil
}

func (p *Pickler) write(into []byte) []byte {
	n := uint32(0)
	for i := range p.objs {
		if o := &p.objs[i]; o.root == int32(i) {
			o.num = n
			n++
		}
	}
	dst := into[:0]
	if n := p.size + 8*len(p.objs) + 32; n > cap(dst) {
		dst = Uncleared(n)
	}
	dst = append(dst, formatByte, machineByte())
	dst = binary.AppendUvarint(dst, uint64(len(p.types)))
	for _, t := range p.types {
		dst = appendBytes(dst, t.wire)
	}
	dst = binary.AppendUvarint(dst, uint64(n))
	dst = p.writeTable(dst)
	for i := range p.objs {
		if o := &p.objs[i]; o.root == int32(i) {
			p.at = o.refs
			dst = p.writeObject(dst, o)
		}
	}
	return dst
}

func appendBytes(dst, b []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// typeNumber is a type's number, which the walk has given it.
func (p *Pickler) typeNumber(d *plan) uint64 { return uint64(p.typeIndex(d, d, nil)) }

func (p *Pickler) writeTable(dst []byte) []byte {
	for i := 0; i < len(p.objs); i++ {
		o := &p.objs[i]
		if o.root != int32(i) {
			continue
		}
		dst = append(dst, byte(o.kind))
		switch o.kind {
		case objMemory:
			dst = binary.AppendUvarint(dst, p.typeNumber(o.plan))
			dst = binary.AppendUvarint(dst, uint64(o.n))
			j := i + 1
			for j < len(p.objs) && p.objs[j].kind == objMemory && p.objs[j].plan == o.plan && p.objs[j].n == o.n &&
				p.objs[j].root == int32(j) {
				j++
			}
			dst = binary.AppendUvarint(dst, uint64(j-i))
			i = j - 1
		case objMap:
			dst = binary.AppendUvarint(dst, p.typeNumber(o.plan))
			dst = binary.AppendUvarint(dst, uint64(o.n))
		case objFunc:
			dst = binary.AppendUvarint(dst, p.typeNumber(o.plan))
			dst = appendString(dst, o.fn.Name)
			dst = binary.AppendUvarint(dst, uint64(len(o.fn.Captured)))
		case objString:
			dst = binary.AppendUvarint(dst, uint64(o.n))
			dst = append(dst, unsafe.Slice((*byte)(o.ptr), o.n)...)
		case objShared:
			dst = binary.AppendUvarint(dst, p.typeNumber(o.plan))
			dst = appendString(dst, o.name)
			if o.copy {
				dst = append(dst, 1)
			} else {
				dst = append(dst, 0)
			}
		}
	}
	return dst
}

func (p *Pickler) writeObject(dst []byte, o *object) []byte {
	switch o.kind {
	case objMemory:
		return p.values(dst, o.plan, o.ptr, o.n)
	case objShared:
		if o.copy {
			return p.values(dst, o.plan, o.ptr, 1)
		}
	case objMap:
		dst = p.values(dst, o.plan.key, o.keys, o.n)
		return p.values(dst, o.plan.elem, o.elems, o.n)
	case objFunc:
		for range o.fn.Captured {
			dst = p.reference(dst, p.next())
		}
	}
	return dst
}

// next is the next reference of those that the walk found.
func (p *Pickler) next() uint32 {
	r := p.refs[p.at]
	p.at++
	return r
}

// reference writes a reference to an object.
func (p *Pickler) reference(dst []byte, i uint32) []byte {
	if i == emptyObject {
		return append(dst, refEmpty)
	}
	o := &p.objs[i]
	if o.root == int32(i) {
		return binary.AppendUvarint(dst, 2*(uint64(o.num)+1))
	}
	r := &p.objs[o.root]
	if o.off == 0 {
		return binary.AppendUvarint(dst, 2*(uint64(r.num)+1))
	}
	dst = binary.AppendUvarint(dst, 2*(uint64(r.num)+1)+1)
	return binary.AppendUvarint(dst, uint64(o.off))
}

// values writes n values that lie one behind the other.
func (p *Pickler) values(dst []byte, pl *plan, v unsafe.Pointer, n int) []byte {
	if pl.op == opRaw {
		return append(dst, unsafe.Slice((*byte)(v), uintptr(n)*pl.size)...)
	}
	if pl.op == opAny {
		for i := range n {
			dst = p.dynamic(dst, pl, unsafe.Add(v, uintptr(i)*unsafe.Sizeof(eface{})))
		}
		return dst
	}
	for i := range n {
		dst = p.value(dst, pl, unsafe.Add(v, uintptr(i)*pl.size))
	}
	return dst
}

func (p *Pickler) value(dst []byte, pl *plan, v unsafe.Pointer) []byte {
	switch pl.op {
	case opRaw:
		if pl.size == 8 {
			return binary.NativeEndian.AppendUint64(dst, *(*uint64)(v))
		}
		return append(dst, unsafe.Slice((*byte)(v), pl.size)...)
	case opString:
		s := *(*string)(v)
		if len(s) < longString {
			return append(binary.AppendUvarint(dst, 2*uint64(len(s))), s...)
		}
		return binary.AppendUvarint(dst, 2*uint64(p.objs[p.next()].num)+1)
	case opPointer:
		if *(*unsafe.Pointer)(v) == nil {
			return append(dst, refNil)
		}
		return p.reference(dst, p.next())
	case opSlice:
		return p.slice(dst, pl, (*sliceHeader)(v))
	case opStruct:
		for i := range pl.fields {
			f := &pl.fields[i]
			dst = p.value(dst, f.plan, unsafe.Add(v, f.off))
		}
		return dst
	case opArray:
		return p.values(dst, pl.elem, v, pl.count)
	case opAny, opIface:
		return p.dynamic(dst, pl, v)
	case opMap, opFunc:
		if *(*unsafe.Pointer)(v) == nil {
			return append(dst, refNil)
		}
		return p.reference(dst, p.next())
	case opType:
		if *(*unsafe.Pointer)(v) == nil {
			return append(dst, 0)
		}
		return binary.AppendUvarint(dst, uint64(p.next()))
	case opRefuse, opIdle:
		return append(dst, 0)
	case opReduce:
		s := p.using[p.next()]
		p.depth++
		dst = p.value(dst, p.c.items, unsafe.Pointer(s))
		p.depth--
		return dst
	}
	panic(stop{fmt.Errorf("a %s has no form", pl.t)})
}

func (p *Pickler) slice(dst []byte, pl *plan, s *sliceHeader) []byte {
	switch {
	case s.data == nil && s.len == 0:
		return append(dst, refNil)
	case s.len == 0 || pl.elem.size == 0:
		return binary.AppendUvarint(append(dst, refEmpty), 2*uint64(s.len))
	}
	i := p.next()
	dst = p.reference(dst, i)
	o := &p.objs[i]
	if i != emptyObject && (o.root != int32(i) || o.n > s.len) {
		if room := min(s.cap, p.objs[o.root].rest(o.off, pl.elem)); room > s.len {
			return binary.AppendUvarint(binary.AppendUvarint(dst, 2*uint64(s.len)+1), uint64(room))
		}
	}
	return binary.AppendUvarint(dst, 2*uint64(s.len))
}

func (p *Pickler) dynamic(dst []byte, pl *plan, v unsafe.Pointer) []byte {
	e := (*eface)(v)
	if e.typ == nil {
		return append(dst, 0)
	}
	num := p.next()
	d := p.typeOf(num)
	if num < firstType { // a basic type: what most interfaces hold
		switch {
		case d.op == opRaw && d.size == 8:
			return binary.NativeEndian.AppendUint64(append(dst, byte(2*num)), *(*uint64)(e.data))
		case d.op == opString:
			if s := *(*string)(e.data); len(s) < 64 {
				return append(append(dst, byte(2*num), byte(2*len(s))), s...)
			}
		}
	}
	if d.op == opRaw && !d.direct {
		if num < 64 {
			dst = append(dst, byte(2*num))
		} else {
			dst = binary.AppendUvarint(dst, 2*uint64(num))
		}
		return p.value(dst, d, e.data)
	}
	if d.direct {
		return p.value(binary.AppendUvarint(dst, 2*uint64(num)), d, unsafe.Pointer(&e.data))
	}
	if p.depth >= maxNesting && d.refs {
		return p.reference(binary.AppendUvarint(dst, 2*uint64(num)+1), p.next())
	}
	p.depth++
	dst = p.value(binary.AppendUvarint(dst, 2*uint64(num)), d, e.data)
	p.depth--
	return dst
}

// typeOf returns the type with a number in the message.
func (p *Pickler) typeOf(num uint32) *plan {
	if num < firstType {
		return p.c.basic[num]
	}
	return p.types[num-firstType]
}
