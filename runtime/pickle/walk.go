package pickle

// This file defines the walk: every object that a value reaches, breadth first.

import (
	"errors"
	"reflect"
	"unsafe"
)

// objKind says what an object of a message is.
type objKind uint8

const (
	objMemory objKind = iota // n values of a type, one behind the other
	objMap
	objFunc
	objString // a string that is long enough to be sent once only
	objShared // what each process has for itself
)

// object is what references in a message refer to. There may be very many, so it is small.
type object struct {
	plan  *plan
	ptr   unsafe.Pointer
	n     int
	room  int // how many values the slice's array has room for
	refs  int // where its references begin among the walk's
	off   uintptr
	root  int32  // the object that this one lies in, at off; itself if it lies in none
	num   uint32 // in the message
	kind  objKind
	copy  bool // of a shared one: its contents are sent too
	*more      // nil for memory and strings
}

// more is what only some objects have.
type more struct {
	keys, elems unsafe.Pointer // maps: the entries
	fn          *Func          // functions: their captured variables
	name        string         // shared ones
}

// place identifies an object in the walk.
type place struct {
	ptr  unsafe.Pointer
	plan *plan
}

// Pickler is the writing of one message. A Reducer may use it until it returns.
type Pickler struct {
	c    *Codec
	keep func(any) (int, error)

	objs     []object
	vacant   int      // where in memo the object belongs that known hasn't found
	memo     []int32  // finds objects by their places: a hash table of their numbers plus 1, at most half full
	refs     []uint32 // what the walk found, in its order, for the writer
	at       int      // in refs, while writing
	types    []*plan
	index    map[*plan]uint32
	states   []*any  // of Reducers
	reducers []place // whose states they are
	using    []*any  // the states that the writer needs, in the order of the walk
	depth    int
	size     int  // a guess at the length of the message
	alike    bool // two objects with the same place and different lengths were found
	roots    []any
	failed   place // where the walk ended
	order    []int32
	regions  regions

	// recent are plans of types that were in interfaces without methods, by the types' addresses: elements of a slice
	// are often alike.
	recent [8]struct {
		typ  unsafe.Pointer
		plan *plan
	}
}

// manyKept is the number of objects for which memory is kept for the next message.
const manyKept = 1 << 15

// longString is the length at which a string becomes an object: the same string is then sent only once.
const longString = 128

// maxNesting is how deep interfaces may hold values that hold interfaces, without a pointer between; what is deeper
// becomes an object.
const maxNesting = 64

// Keep adds a handle to those that travel beside the bytes and returns its number, for the state.
func (p *Pickler) Keep(handle any) (int, error) {
	if p.keep == nil {
		return 0,
			errors.New("it can only be sent to a process that is being started, or by a connection between processes")
	}
	return p.keep(handle)
}

// reset forgets the message.
func (p *Pickler) reset() {
	clear(p.objs)
	clear(p.states)
	clear(p.reducers)
	clear(p.using)
	clear(p.roots)
	clear(p.types)
	p.objs, p.refs, p.types, p.states, p.roots, p.order = p.objs[:0], p.refs[:0], p.types[:0], p.states[:0],
		p.roots[:0], p.order[:0]
	p.reducers, p.using = p.reducers[:0], p.using[:0]
	clear(p.memo)
	if p.memo = p.memo[:0]; cap(p.memo) > 4*manyKept {
		p.memo = nil
	}
	clear(p.index)
	if cap(p.objs) > 2*manyKept {
		p.objs = nil
	}
	if cap(p.refs) > 8*manyKept {
		p.refs = nil
	}
	p.keepRegions()
	p.keep, p.at, p.depth, p.size, p.alike, p.failed = nil, 0, 0, 0, false, place{}
}

// fail ends the walk at a value.
func (p *Pickler) fail(pl *plan, v unsafe.Pointer, err error) {
	p.failed = place{v, pl}
	panic(stop{err})
}

// walk finds all objects.
func (p *Pickler) walk() {
	for i := 0; i < len(p.objs); i++ {
		p.scanObject(i)
	}
}

func (p *Pickler) scanObject(i int) {
	o := &p.objs[i]
	o.refs = len(p.refs)
	switch o.kind {
	case objMemory, objShared:
		pl, v, n := o.plan, o.ptr, o.n
		if o.kind == objShared && !o.copy {
			return
		}
		p.size += int(pl.min) * n
		if pl.op == opAny {
			p.scanAnys(pl, v, n)
		} else if pl.refs {
			for i := range n { // no pointer may leave the memory, not even for a moment
				p.scan(pl, unsafe.Add(v, uintptr(i)*pl.size))
			}
		}
	case objMap:
		p.size += o.n * int(o.plan.key.min+o.plan.elem.min)
		p.snapshot(i)
	case objString:
		p.size += o.n
	case objFunc:
		for _, v := range o.fn.Captured {
			p.refs = append(p.refs, p.memory(v.Pointer, p.c.plan(v.Type), 1, 1))
		}
	}
}

// scanAnys is scan for n interfaces: the elements of lists and tuples. Numbers and short strings, which most of them
// are, need no more than is done here.
func (p *Pickler) scanAnys(pl *plan, v unsafe.Pointer, n int) {
	for i := range n {
		at := unsafe.Add(v, uintptr(i)*unsafe.Sizeof(eface{}))
		e := (*eface)(at)
		if r := &p.recent[uintptr(e.typ)>>5%uintptr(len(p.recent))]; e.typ == r.typ && e.typ != nil &&
			r.plan.code != 0 {
			switch d := r.plan; {
			case d.op == opRaw:
				p.refs = append(p.refs, d.code)
				p.size += int(d.size)
				continue
			case d.op == opString && len(*(*string)(e.data)) < longString:
				p.refs = append(p.refs, d.code)
				p.size += len(*(*string)(e.data))
				continue
			}
		}
		p.scan(pl, at)
	}
}

// scan looks for references in a value.
func (p *Pickler) scan(pl *plan, v unsafe.Pointer) {
	switch pl.op {
	case opString:
		if s := *(*string)(v); len(s) >= longString {
			p.refs = append(p.refs, p.find(objString, unsafe.Pointer(unsafe.StringData(s)), nil, len(s)))
		} else {
			p.size += len(s)
		}
	case opPointer:
		if q := *(*unsafe.Pointer)(v); q != nil {
			p.refs = append(p.refs, p.pointee(q, pl.elem))
		}
	case opSlice:
		if s := (*sliceHeader)(v); s.len > 0 && pl.elem.size > 0 {
			p.refs = append(p.refs, p.memory(s.data, pl.elem, s.len, s.cap))
		}
	case opStruct:
		for i := range pl.fields {
			if f := &pl.fields[i]; f.plan.refs {
				p.scan(f.plan, unsafe.Add(v, f.off))
			}
		}
	case opArray:
		for i := range pl.count {
			p.scan(pl.elem, unsafe.Add(v, uintptr(i)*pl.elem.size))
		}
	case opAny, opIface:
		data, d := p.dynamicPlan(pl, v)
		if d == nil {
			return
		}
		p.refs = append(p.refs, p.typeIndex(d, pl, v))
		switch {
		case d.direct:
			p.scan(d, unsafe.Add(v, unsafe.Sizeof(v)))
		case p.depth >= maxNesting && d.refs:
			p.refs = append(p.refs, p.memory(data, d, 1, 1))
		case d.refs:
			p.depth++
			p.scan(d, data)
			p.depth--
		default:
			p.size += int(d.size)
		}
	case opMap:
		if m := *(*unsafe.Pointer)(v); m != nil {
			p.refs = append(p.refs, p.find(objMap, m, pl, reflect.NewAt(pl.t, v).Elem().Len()))
		}
	case opFunc:
		if f := *(*unsafe.Pointer)(v); f != nil {
			p.refs = append(p.refs, p.function(f, pl, v))
		}
	case opType:
		if t := *(*unsafe.Pointer)(v); t != nil {
			rt := asType(t)
			p.refs = append(p.refs, p.typeIndex(p.c.plan(rt), pl, v))
		}
	case opRefuse:
		if !reflect.NewAt(pl.t, v).Elem().IsZero() {
			p.fail(pl, v, nil)
		}
	case opIdle:
		if !pl.bound.idle(pl.t, v) {
			p.fail(pl, v, nil)
		}
	case opReduce:
		p.reduced(pl, v)
	}
}

// dynamic returns what an interface holds: the type, and the data word.
func dynamic(pl *plan, v unsafe.Pointer) (reflect.Type, unsafe.Pointer, bool) {
	e := (*eface)(v)
	if e.typ == nil {
		return nil, nil, false
	}
	if pl.op == opAny {
		return reflect.TypeOf(*(*any)(v)), e.data, true
	}
	return reflect.NewAt(pl.t, v).Elem().Elem().Type(), e.data, true
}

// dynamicPlan returns what an interface holds: the data word, and the plan of its type; nil if it holds nothing.
func (p *Pickler) dynamicPlan(pl *plan, v unsafe.Pointer) (unsafe.Pointer, *plan) {
	e := (*eface)(v)
	r := &p.recent[uintptr(e.typ)>>5%uintptr(len(p.recent))]
	if pl.op == opAny && e.typ == r.typ && e.typ != nil {
		return e.data, r.plan
	}
	dyn, data, ok := dynamic(pl, v)
	if !ok {
		return nil, nil
	}
	d := p.c.plan(dyn)
	if pl.op == opAny {
		r.typ, r.plan = e.typ, d
	}
	return data, d
}

// asType makes a reflect.Type of the pointer that it is.
func asType(p unsafe.Pointer) reflect.Type {
	t := reflect.TypeFor[int]()
	e := (*eface)(unsafe.Pointer(&t))
	var r reflect.Type
	*(*eface)(unsafe.Pointer(&r)) = eface{e.typ, p}
	return r
}

// typePointer is the pointer that a reflect.Type is.
func typePointer(t reflect.Type) unsafe.Pointer { return (*eface)(unsafe.Pointer(&t)).data }

// typeIndex returns a type's number in the message. The value is for the error.
func (p *Pickler) typeIndex(d *plan, pl *plan, v unsafe.Pointer) uint32 {
	if d.code != 0 {
		return d.code
	}
	n := len(p.types)
	if n <= 8 {
		for i, t := range p.types {
			if t == d {
				return uint32(i) + firstType
			}
		}
	} else {
		if len(p.index) == 0 {
			if p.index == nil {
				p.index = map[*plan]uint32{}
			}
			for i, t := range p.types {
				p.index[t] = uint32(i)
			}
		}
		if i, ok := p.index[d]; ok {
			return i + firstType
		}
		p.index[d] = uint32(n)
	}
	if d.wire == nil {
		p.fail(pl, v, &Refusal{What: article(d.t.String()), Why: "because other processes don't know its type",
			Advice: "declare the type in a cell, by a name"})
	}
	p.types = append(p.types, d)
	p.size += len(d.wire)
	return uint32(n) + firstType
}

// firstType is the number of the first type of a message's own.
const firstType = 32

// pointee returns the object that a pointer refers to.
func (p *Pickler) pointee(q unsafe.Pointer, pl *plan) uint32 {
	if pl.size == 0 {
		return emptyObject
	}
	if pl.static {
		if i, ok := p.known(q, pl, 1); ok {
			return i
		}
		if name, copied, ok := p.c.static(q, pl.t); ok {
			p.needType(pl, q)
			p.size += len(name)
			return p.add(object{kind: objShared, plan: pl, ptr: q, n: 1, more: &more{name: name}, copy: copied})
		}
	}
	return p.memory(q, pl, 1, 1)
}

// emptyObject is a reference to a value without memory.
const emptyObject = ^uint32(0)

// memory returns the object for n values in memory.
func (p *Pickler) memory(q unsafe.Pointer, pl *plan, n, room int) uint32 {
	if pl.size == 0 {
		return emptyObject
	}
	if i, ok := p.known(q, pl, n); ok {
		o := &p.objs[i]
		o.room = max(o.room, room)
		return i
	}
	p.needType(pl, q)
	return p.add(object{kind: objMemory, plan: pl, ptr: q, n: n, room: room})
}

// needType gives an object's type a number. The type of what a named pointer refers to may have no name itself: it has
// that of where it was found.
func (p *Pickler) needType(pl *plan, v unsafe.Pointer) { p.typeIndex(pl, pl, v) }

// find returns the object for what exists once: a map, a string.
func (p *Pickler) find(k objKind, q unsafe.Pointer, pl *plan, n int) uint32 {
	if i, ok := p.known(q, pl, n); ok {
		return i
	}
	if pl != nil {
		p.needType(pl, q)
	}
	o := object{kind: k, plan: pl, ptr: q, n: n}
	if k == objMap {
		o.more = new(more)
	}
	return p.add(o)
}

// function returns the object for a function.
func (p *Pickler) function(f unsafe.Pointer, pl *plan, v unsafe.Pointer) uint32 {
	if i, ok := p.known(f, pl, 0); ok {
		return i
	}
	d, err := p.c.r.Func(reflect.NewAt(pl.t, v).Elem())
	if err != nil {
		p.fail(pl, v, err)
	}
	p.needType(pl, v)
	p.size += len(d.Name) + 4*len(d.Captured)
	return p.add(object{kind: objFunc, plan: pl, ptr: f, more: &more{fn: &d}})
}

// reduced walks the state of a Reducer.
func (p *Pickler) reduced(pl *plan, v unsafe.Pointer) {
	var s *any
	for i, r := range p.reducers { // it may be reached by itself and within another object
		if r == (place{v, pl}) {
			s = p.states[i]
		}
	}
	if s == nil {
		state, err := pl.reduce.reduce(p, v)
		if err != nil {
			p.fail(pl, v, err)
		}
		s = &state
		p.states, p.reducers = append(p.states, s), append(p.reducers, place{v, pl})
	}
	p.refs = append(p.refs, uint32(len(p.using)))
	p.using = append(p.using, s)
	p.depth++
	if p.depth > 4*maxNesting {
		p.fail(pl, v, errors.New("its states hold each other without an end"))
	}
	p.scan(p.c.items, unsafe.Pointer(s))
	p.depth--
}
