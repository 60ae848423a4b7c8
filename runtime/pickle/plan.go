package pickle

// This file defines plans: how values of a type are walked, written and read.

import (
	"reflect"
	"unsafe"
)

// op says how a value is treated.
type op uint8

const (
	opRaw    op = iota // memory without pointers: as it is
	opString           // a string
	opPointer
	opSlice
	opArray
	opStruct
	opMap
	opAny    // an interface without methods
	opIface  // an interface with methods
	opFunc   // a function
	opType   // the pointer in a reflect.Type
	opReduce // a form of the type's own
	opRefuse // only the zero value can be sent
	opIdle   // a lock: it can be sent while it is free, as the zero value
)

// plan is what is known about a type. It is complete when others see it.
type plan struct {
	t      reflect.Type
	op     op
	code   uint32 // of a basic type, from 1
	size   uintptr
	count  int   // of an array's elements
	elem   *plan // of a pointer, slice, array or map
	key    *plan // of a map
	fields []field
	refs   bool      // the walk must look into it
	bools  []uintptr // where in raw memory a byte is 0 or 1
	direct bool      // an interface holds it in its data word
	min    uintptr   // the least number of bytes that it takes in a message
	static bool      // a pointer to it may be one that each process has
	late   bool      // a key of this type may not be complete before all objects are
	bound  *bound    // for opRefuse and opIdle: why
	reduce reducer   // for opReduce
	wire   []byte    // of the type; nil: it has no name that others know

	depth   int // how deep types are nested in it, by value
	itabs   *itabs
	maps    mapKind
	foreign bool // a compiled package's: paths don't lead into it
}

// field is a part of a struct.
type field struct {
	off  uintptr
	plan *plan
	name string
	num  int
}

// plan returns the plan of a type.
func (c *Codec) plan(t reflect.Type) *plan {
	if p, ok := c.plans.Load(t); ok {
		return p.(*plan)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if p, ok := c.plans.Load(t); ok {
		return p.(*plan)
	}
	c.building = map[reflect.Type]*plan{}
	p := c.build(t)
	for t, p := range c.building {
		p.wire = c.typeWire(t)
	}
	for t, p := range c.building {
		c.plans.Store(t, p)
	}
	c.building = nil
	return p
}

// build is called with mu held. What a plan holds by value is complete when it returns; what it refers to is complete
// when the outermost build has returned.
func (c *Codec) build(t reflect.Type) *plan {
	if p, ok := c.plans.Load(t); ok {
		return p.(*plan)
	}
	if p := c.building[t]; p != nil {
		return p
	}
	p := &plan{t: t, size: t.Size(), min: 1, direct: isDirect(t), foreign: isForeign(t)}
	c.building[t] = p
	if p.foreign {
		_, own := c.r.TypeName(t)
		p.foreign = !own
	}
	p.static = p.foreign || reflect.PointerTo(t).Implements(reflect.TypeFor[error]())
	if b := boundTo(t); b != nil {
		p.bound, p.op, p.refs = b, opRefuse, true
		if b.idle != nil {
			p.op = opIdle
		}
		return p
	}
	if r := c.reducerOf(t); r != nil {
		p.op, p.reduce, p.refs, p.late = opReduce, r, true, true
		return p
	}
	switch t.Kind() {
	case reflect.String:
		p.op, p.refs = opString, true
	case reflect.Pointer:
		p.op, p.refs = opPointer, true
		if t == reflect.TypeOf(reflect.TypeFor[int]()) {
			p.op = opType
			break
		}
		p.elem = c.build(t.Elem())
	case reflect.Slice:
		p.op, p.refs = opSlice, true
		p.elem = c.build(t.Elem())
	case reflect.Map:
		p.op, p.refs = opMap, true
		p.key, p.elem = c.build(t.Key()), c.build(t.Elem())
		p.maps = mapKindOf(t)
	case reflect.Interface:
		p.op, p.refs, p.late = opIface, true, true
		p.itabs = &itabs{t: t}
		if t.NumMethod() == 0 {
			p.op = opAny
		}
	case reflect.Func:
		p.op, p.refs = opFunc, true
	case reflect.Chan, reflect.UnsafePointer:
		p.op, p.refs, p.bound = opRefuse, true, boundKind(t)
	case reflect.Array:
		c.buildArray(p)
	case reflect.Struct:
		c.buildStruct(p)
	case reflect.Bool:
		p.op, p.bools = opRaw, []uintptr{0}
	default:
		p.op, p.min = opRaw, p.size
	}
	return p
}

func (c *Codec) buildArray(p *plan) {
	e := c.build(p.t.Elem())
	p.op, p.elem, p.count = opArray, e, p.t.Len()
	p.refs, p.late, p.depth = e.refs && p.count > 0, e.late, e.depth+1
	if p.min = e.min * uintptr(p.count); e.op == opRaw && p.count*len(e.bools) <= maxBools {
		p.op = opRaw
		for i := range p.count {
			for _, b := range e.bools {
				p.bools = append(p.bools, uintptr(i)*e.size+b)
			}
		}
	}
	if p.size == 0 {
		p.op, p.min, p.refs = opRaw, 0, false
	}
}

// maxBools is how many bytes of raw memory are looked at one by one; arrays with more are taken apart.
const maxBools = 64

func (c *Codec) buildStruct(p *plan) {
	p.op, p.min = opRaw, 0
	for i := range p.t.NumField() {
		f := p.t.Field(i)
		var e *plan
		if target := atomicPointer(p.t); target != nil && f.Type.Kind() == reflect.UnsafePointer {
			e = c.build(reflect.PointerTo(target))
		} else {
			e = c.build(f.Type)
		}
		p.fields = append(p.fields, field{f.Offset, e, f.Name, i})
		p.refs, p.late, p.depth = p.refs || e.refs, p.late || e.late, max(p.depth, e.depth+1)
		p.min += e.min
		if e.op != opRaw {
			p.op = opStruct
		}
		for _, b := range e.bools {
			p.bools = append(p.bools, f.Offset+b)
		}
	}
	if len(p.bools) > maxBools {
		p.op = opStruct
	}
	if p.op == opRaw {
		p.min = p.size
	} else {
		p.bools = nil
	}
}

// isForeign reports whether a type is a compiled package's.
func isForeign(t reflect.Type) bool { return t.PkgPath() != "" && t.PkgPath() != "main" }

// isDirect reports whether an interface holds values of the type in its data word itself: its zero value then shows as
// nil.
func isDirect(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return true
	case reflect.Struct, reflect.Array:
		if t.Size() != unsafe.Sizeof(uintptr(0)) {
			return false
		}
		v := reflect.New(t).Elem().Interface()
		return (*eface)(unsafe.Pointer(&v)).data == nil
	}
	return false
}

// eface is the memory of an interface without methods, and of one with methods whose table stands for the type: it
// mirrors internal/abi.EmptyInterface.
type eface struct{ typ, data unsafe.Pointer }

// sliceHeader is the memory of a slice: it mirrors runtime.slice.
type sliceHeader struct {
	data     unsafe.Pointer
	len, cap int
}

// sliceType returns the type of slices of the plan's type.
func (p *plan) sliceType() reflect.Type { return reflect.SliceOf(p.t) }

// basicTypes are the types that have a number in messages: that of their kind.
func basicTypes() [32]reflect.Type {
	return [32]reflect.Type{
		reflect.Bool: reflect.TypeFor[bool](), reflect.Int: reflect.TypeFor[int](),
		reflect.Int8: reflect.TypeFor[int8](), reflect.Int16: reflect.TypeFor[int16](),
		reflect.Int32: reflect.TypeFor[int32](), reflect.Int64: reflect.TypeFor[int64](),
		reflect.Uint: reflect.TypeFor[uint](), reflect.Uint8: reflect.TypeFor[uint8](),
		reflect.Uint16: reflect.TypeFor[uint16](), reflect.Uint32: reflect.TypeFor[uint32](),
		reflect.Uint64: reflect.TypeFor[uint64](), reflect.Uintptr: reflect.TypeFor[uintptr](),
		reflect.Float32: reflect.TypeFor[float32](), reflect.Float64: reflect.TypeFor[float64](),
		reflect.Complex64:  reflect.TypeFor[complex64](),
		reflect.Complex128: reflect.TypeFor[complex128](), reflect.Interface: reflect.TypeFor[any](),
		reflect.String: reflect.TypeFor[string](),
		codeError:      reflect.TypeFor[error](), codeBytes: reflect.TypeFor[[]byte](),
		codeAnys: reflect.TypeFor[[]any](), codeDict: reflect.TypeFor[map[string]any](),
		codeInts: reflect.TypeFor[[]int](),
	}
}

// The numbers of types that aren't basic, behind those of reflect's kinds.
const (
	codeError = 27 + iota
	codeBytes
	codeAnys
	codeDict
	codeInts
)
