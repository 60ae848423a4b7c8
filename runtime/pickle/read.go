package pickle

// This file defines the reader: tables first, then the objects that they ask for, then what is in them.

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"unsafe"
)

// made is an object of a message that is being read.
type made struct {
	plan *plan
	ptr  unsafe.Pointer
	n    int // of a function: its place among the reader's
	kind objKind
	copy bool
}

// Unpickler is the reading of one message. A Restorer may use it until it returns.
type Unpickler struct {
	c      *Codec
	b      []byte
	at     int
	handle func(int) any
	types  []*plan
	objs   []made
	funcs  []Made
	late   []later
	depth  int
	text   []byte        // room for short strings
	ints   []uint64      // room for numbers in interfaces
	texts  []string      // room for short strings in interfaces
	slices []sliceHeader // and for short slices
	recent *recent       // values that may come again; nil: none is looked for
	kept   *recent       // its memory
	most   bool          // what a Restorer can't restore stays zero
	faults []Fault
}

// A Fault is an object that its Restorer couldn't restore, and that stayed zero.
type Fault struct {
	Pointer unsafe.Pointer
	Err     error
}

// later is work that is postponed until all objects are filled. The last is done first, because what is found later
// lies deeper.
type later struct {
	plan  *plan
	ptr   unsafe.Pointer
	state *any // of a Restorer; nil: a map's entries
	keys  unsafe.Pointer
	elems unsafe.Pointer
	n     int
}

// Handle returns a handle that travelled beside the bytes, by the number that Keep returned.
func (u *Unpickler) Handle(i int) (any, error) {
	if u.handle == nil {
		return nil, errors.New("the message came without handles")
	}
	if h := u.handle(i); h != nil {
		return h, nil
	}
	return nil, fmt.Errorf("there is no handle %d", i)
}

func (u *Unpickler) reset() {
	clear(u.types)
	clear(u.objs)
	clear(u.late)
	u.forget()
	u.b, u.at, u.handle, u.depth, u.text, u.ints, u.texts, u.slices = nil, 0, nil, 0, nil, nil, nil, nil
	u.most, u.faults, u.funcs = false, nil, nil
	u.types, u.objs, u.late = u.types[:0], u.objs[:0], u.late[:0]
	if cap(u.objs) > 2*manyKept {
		u.objs = nil
	}
	if cap(u.late) > manyKept {
		u.late = nil
	}
}

// fail ends the reading.
func (u *Unpickler) fail(format string, args ...any) {
	panic(stop{&Malformed{u.at, fmt.Sprintf(format, args...)}})
}

func (u *Unpickler) load(b []byte, handle func(int) any) (vs []any, err error) {
	u.b, u.handle = b, handle
	defer func() {
		switch v := recover().(type) {
		case nil:
		case stop:
			vs, err = nil, v.err
		case runtime.Error: // keys that can't be compared
			vs, err = nil, &Malformed{u.at, v.Error()}
		default:
			panic(v)
		}
	}()
	if len(b) < 2 || b[0] != formatByte {
		u.fail("it isn't a pickled value")
	}
	if b[1] != machineByte() {
		u.fail("it was written on another kind of machine")
	}
	u.at = 2
	for range u.count(1) {
		n := u.count(1)
		p, err := u.c.planOf(u.b[u.at : u.at+n])
		if err != nil {
			u.fail("%v", err)
		}
		u.at += n
		u.types = append(u.types, p)
	}
	u.table()
	u.recall()
	root := &u.objs[0]
	for i := range u.objs {
		u.fillObject(&u.objs[i])
	}
	if u.at != len(u.b) {
		u.fail("there are %d bytes too many", len(u.b)-u.at)
	}
	for i := len(u.late) - 1; i >= 0; i-- {
		u.finish(&u.late[i])
	}
	return unsafe.Slice((*any)(root.ptr), root.n), nil
}

// number reads a number.
func (u *Unpickler) number() uint64 {
	if u.at < len(u.b) && u.b[u.at] < 0x80 {
		u.at++
		return uint64(u.b[u.at-1])
	}
	n, k := binary.Uvarint(u.b[u.at:])
	if k <= 0 {
		u.fail("it ends too early")
	}
	u.at += k
	return n
}

// count reads the number of items that take at least so many bytes each.
func (u *Unpickler) count(bytes uintptr) int {
	n := u.number()
	if n > uint64(len(u.b)-u.at) || bytes > 1 && n*uint64(bytes) > uint64(len(u.b)-u.at) {
		u.fail("it ends too early: %d × %d bytes", n, bytes)
	}
	return int(n)
}

func (u *Unpickler) bytes(n uintptr) []byte {
	if n > uintptr(len(u.b)-u.at) {
		u.fail("it ends too early")
	}
	b := u.b[u.at : u.at+int(n)]
	u.at += int(n)
	return b
}

func (u *Unpickler) byte() byte {
	if u.at >= len(u.b) {
		u.fail("it ends too early")
	}
	u.at++
	return u.b[u.at-1]
}

// plan reads a type's number.
func (u *Unpickler) plan() *plan { return u.planAt(u.number()) }

func (u *Unpickler) planAt(n uint64) *plan {
	if n < firstType {
		if p := u.c.basic[n]; p != nil && n > 0 {
			return p
		}
	} else if n -= firstType; n < uint64(len(u.types)) {
		return u.types[n]
	}
	u.fail("there is no type %d", n)
	return nil
}

// table makes all objects. What they will need of the message is counted, so that a short message can't allocate much
// memory.
func (u *Unpickler) table() {
	objects := u.number()
	need := uint64(0)
	ask := func(n, bytes uint64) {
		if bytes > 0 && n > uint64(len(u.b)) || n*bytes > uint64(len(u.b)) {
			u.fail("it ends too early: %d × %d bytes", n, bytes)
		}
		if need += n * bytes; need > uint64(len(u.b)-u.at) {
			u.fail("it ends too early: %d bytes", need)
		}
	}
	for uint64(len(u.objs)) < objects {
		switch k := objKind(u.byte()); k {
		case objMemory:
			p, n, times := u.plan(), u.number(), u.number()
			if times == 0 || times > objects-uint64(len(u.objs)) || n == 0 && len(u.objs) > 0 || p.size == 0 ||
				n > 1<<40 {
				u.fail("it has an object of no memory")
			}
			ask(n, uint64(p.min))
			ask(times-1, n*uint64(p.min))
			u.memories(p, int(n), int(times))
		case objMap:
			p, n := u.plan(), u.number()
			if p.op != opMap {
				u.fail("a %s isn't a map", p.t)
			}
			ask(n, uint64(p.key.min+p.elem.min))
			if p.key.min+p.elem.min == 0 && n > 1 {
				u.fail("a map of %d entries without memory", n)
			}
			u.objs = append(u.objs, made{kind: k, plan: p, n: int(n), ptr: makeMap(p, int(n))})
		case objFunc:
			p, name, n := u.plan(), string(u.bytes(uintptr(u.count(1)))), u.count(1)
			if p.op != opFunc {
				u.fail("a %s isn't a function", p.t)
			}
			ask(uint64(n), 1)
			fn, err := u.c.r.NewFunc(name, p.t)
			if err != nil {
				panic(stop{err})
			}
			if len(fn.Captured) != n {
				u.fail("the function %s has captured %d variables, not %d", name, len(fn.Captured), n)
			}
			u.objs = append(u.objs, made{kind: k, plan: p, n: len(u.funcs), ptr: fn.Func})
			u.funcs = append(u.funcs, fn)
		case objString:
			b := append([]byte(nil), u.bytes(uintptr(u.count(1)))...)
			u.objs = append(u.objs, made{kind: k, n: len(b), ptr: unsafe.Pointer(unsafe.SliceData(b))})
		case objShared:
			p, name, copied := u.plan(), string(u.bytes(uintptr(u.count(1)))), u.byte() == 1
			q, ok := u.c.staticPointer(name, p.t)
			if !ok && !copied {
				u.fail("this process has no %s", name)
			}
			if copied {
				ask(1, uint64(p.min))
			}
			if p.size == 0 {
				u.fail("it has an object of no memory")
			}
			if !ok {
				q = newMemory(p, 1)
				k = objMemory
			}
			u.objs = append(u.objs, made{kind: k, plan: p, n: 1, copy: copied, ptr: q})
		default:
			u.fail("it has an object of kind %d", k)
		}
	}
	if len(u.objs) == 0 || u.objs[0].kind != objMemory || u.objs[0].plan != u.c.items {
		u.fail("it holds no value")
	}
}

// together is up to how many bytes objects of one kind lie together: allocating each takes longer, and none keeps much
// more alive than itself.
const together = 512

// memories makes objects of n values each.
func (u *Unpickler) memories(p *plan, n, times int) {
	each := uintptr(n) * p.size
	for times > 0 {
		k := 1
		if n > 1 && each > 0 && each <= together/2 { // what pointers lead to may get a finalizer, and lies alone
			k = min(times, int(together/each))
		}
		ptr := newMemory(p, k*n)
		for i := range k {
			u.objs = append(u.objs, made{kind: objMemory, plan: p, n: n, ptr: unsafe.Add(ptr, uintptr(i)*each)})
		}
		times -= k
	}
}

// newMemory makes n zero values of a type.
func newMemory(p *plan, n int) unsafe.Pointer {
	switch {
	case n == 1:
		return reflect.New(p.t).UnsafePointer()
	case n == 0:
		return unsafe.Pointer(new(struct{}))
	}
	return reflect.MakeSlice(p.sliceType(), n, n).UnsafePointer()
}

func (u *Unpickler) fillObject(o *made) {
	switch o.kind {
	case objMemory:
		u.values(o.plan, o.ptr, o.n)
	case objShared:
		if o.copy { // this process has its own
			u.values(o.plan, newMemory(o.plan, 1), 1)
		}
	case objMap:
		u.fillMap(o)
	case objFunc:
		fn := &u.funcs[o.n]
		for i, t := range fn.Captured {
			fn.Set(i, u.pointer(u.c.plan(t)))
		}
	}
}

func (u *Unpickler) fillMap(o *made) {
	p := o.plan
	keys, elems := newMemory(p.key, o.n), newMemory(p.elem, o.n)
	u.values(p.key, keys, o.n)
	u.values(p.elem, elems, o.n)
	if p.key.late || p.elem.late {
		u.late = append(u.late, later{plan: p, ptr: o.ptr, keys: keys, elems: elems, n: o.n})
		return
	}
	fill(p, o.ptr, keys, elems, o.n)
}

// finish does the postponed work.
func (u *Unpickler) finish(l *later) {
	if l.state == nil {
		fill(l.plan, l.ptr, l.keys, l.elems, l.n)
		return
	}
	if err := l.plan.reduce.restore(u, l.ptr, *l.state); err != nil {
		err = fmt.Errorf("restoring %s: %w", article(l.plan.t.String()), err)
		if !u.most {
			panic(stop{err})
		}
		reflect.NewAt(l.plan.t, l.ptr).Elem().SetZero()
		u.faults = append(u.faults, Fault{l.ptr, err})
	}
}

// object returns the object of a reference other than refNil and refEmpty.
func (u *Unpickler) object(ref uint64) *made {
	i := ref/2 - 1
	if i == 0 || i >= uint64(len(u.objs)) {
		u.fail("there is no object %d", i)
	}
	return &u.objs[i]
}

// offset reads how far into its object a reference leads.
func (u *Unpickler) offset(ref uint64) uint64 {
	if ref&1 != 0 {
		return u.number()
	}
	return 0
}

// memoryAt returns the address of n values at an offset of an object.
func (u *Unpickler) memoryAt(ref, off uint64, p *plan, n int) unsafe.Pointer {
	o := u.object(ref)
	if o.kind != objMemory && o.kind != objShared {
		u.fail("a %s is expected where another kind of object is", p.t)
	}
	if off == 0 && n <= o.n && o.plan == p {
		return o.ptr
	}
	if off >= uint64(o.n)*uint64(o.plan.size) || !holds(o.plan, o.n, uintptr(off), p, n) {
		u.fail("a %s isn't in a %s", p.t, o.plan.t)
	}
	return unsafe.Add(o.ptr, off)
}

// pointer reads a pointer to a type.
func (u *Unpickler) pointer(p *plan) unsafe.Pointer {
	switch ref := u.number(); ref {
	case refNil:
		return nil
	case refEmpty:
		if p.size > 0 {
			u.fail("a %s without memory", p.t)
		}
		return reflect.New(p.t).UnsafePointer()
	default:
		return u.memoryAt(ref, u.offset(ref), p, 1)
	}
}
