package snapshot

// This file defines digests, which compare what variables of two processes lead to.

import (
	"encoding/binary"
	"hash"
	"hash/fnv"
	"math"
	"reflect"
	"sync"
	"unsafe"
)

// maxDigested is how many values a digest looks at.
const maxDigested = 100_000

// Digest returns a number that depends on what a variable leads to, as far as Take follows it, and not on addresses: it
// is the same in two processes in which the variable is. It is 0 if the variable leads to more than 100,000 values.
func Digest(v Variable, o Options) uint64 {
	left := maxDigested
	d := &digester{s: &Snapshot{o: o}, h: fnv.New64a(), seen: map[memory]uint64{}, left: &left}
	d.value(reflect.NewAt(v.Type, v.Pointer).Elem())
	if left == 0 { // which values were left out may depend on the order of a map
		return 0
	}
	return d.h.Sum64()
}

// A digester makes a digest.
type digester struct {
	s    *Snapshot // for its Options
	h    hash.Hash64
	up   *digester         // of the map of which it digests an element; nil: none
	seen map[memory]uint64 // pointers that were followed, with their numbers
	left *int
}

func (d *digester) add(n uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	_, _ = d.h.Write(b[:])
}

func (d *digester) text(s string) {
	d.add(uint64(len(s)))
	_, _ = d.h.Write([]byte(s))
}

// met reports whether a pointer was followed before.
func (d *digester) met(p unsafe.Pointer, t reflect.Type, n int) bool {
	key := memory{p, t, n}
	depth := uint64(0)
	for u := d; u != nil; u = u.up {
		if number, ok := u.seen[key]; ok {
			d.add(number)
			d.add(depth)
			return true
		}
		depth++
	}
	d.seen[key] = uint64(len(d.seen)) + 1
	return false
}

// value digests an addressable value.
func (d *digester) value(v reflect.Value) {
	if *d.left == 0 {
		return
	}
	*d.left--
	t := v.Type()
	switch k := v.Kind(); {
	case k == reflect.String:
		d.text(v.String())
	case k == reflect.Bool:
		d.add(uint64(*(*uint8)(v.Addr().UnsafePointer())))
	case v.CanInt():
		d.add(uint64(v.Int()))
	case v.CanUint() && k != reflect.Uintptr:
		d.add(v.Uint())
	case v.CanFloat():
		d.add(math.Float64bits(v.Float()))
	case v.CanComplex():
		d.add(math.Float64bits(real(v.Complex())))
		d.add(math.Float64bits(imag(v.Complex())))
	case k == reflect.Pointer:
		d.pointee(t.Elem(), v.UnsafePointer())
	case k == reflect.Interface:
		d.dynamic(v)
	case k == reflect.Slice:
		d.add(uint64(v.Len()))
		if v.Len() > 0 && !d.met(v.UnsafePointer(), t, v.Len()) {
			d.list(v)
		}
	case k == reflect.Array:
		d.list(v)
	case k == reflect.Map:
		d.mapping(v)
	case k == reflect.Struct:
		d.fields(v)
	case k == reflect.Func || k == reflect.Chan:
		d.dead(v.IsNil())
	}
}

// dead digests what only may be there or not.
func (d *digester) dead(none bool) {
	if none {
		d.add(0)
	} else {
		d.add(1)
	}
}

func (d *digester) list(v reflect.Value) {
	for i := 0; i < v.Len() && *d.left > 0; i++ {
		d.value(v.Index(i))
	}
}

func (d *digester) pointee(t reflect.Type, p unsafe.Pointer) {
	if d.dead(p == nil); p != nil && d.s.follows(t) && !d.met(p, t, 1) {
		d.value(reflect.NewAt(t, p).Elem())
	}
}

func (d *digester) dynamic(v reflect.Value) {
	if d.dead(v.IsNil()); v.IsNil() {
		return
	}
	c := reflect.New(v.Elem().Type()).Elem()
	c.Set(v.Elem())
	d.text(c.Type().String())
	d.value(c)
}

func (d *digester) fields(v reflect.Value) {
	t := v.Type()
	switch {
	case t == reflect.TypeFor[sync.Pool]() || !d.s.follows(t):
		return
	case t == reflect.TypeFor[sync.Map]():
		sum := uint64(0)
		v.Addr().Interface().(*sync.Map).Range(func(k, v any) bool {
			sum += d.pair(reflect.ValueOf(&k).Elem(), reflect.ValueOf(&v).Elem())
			return true
		})
		d.add(sum)
		return
	}
	p := v.Addr().UnsafePointer()
	if elem, off, ok := atomicPointer(t); ok {
		d.pointee(elem, *(*unsafe.Pointer)(unsafe.Add(p, off)))
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		d.value(reflect.NewAt(f.Type, unsafe.Add(p, f.Offset)).Elem())
	}
}

// mapping digests a map, in whatever order its elements come.
func (d *digester) mapping(m reflect.Value) {
	d.dead(m.IsNil())
	if m.IsNil() || d.met(m.UnsafePointer(), m.Type(), 1) {
		return
	}
	if d.add(uint64(m.Len())); d.s.o.Running {
		return
	}
	sum := uint64(0)
	k, v := reflect.New(m.Type().Key()).Elem(), reflect.New(m.Type().Elem()).Elem()
	for it := m.MapRange(); it.Next(); {
		k.SetIterKey(it)
		v.SetIterValue(it)
		sum += d.pair(k, v)
	}
	d.add(sum)
}

// pair returns the digest of an element of a map.
func (d *digester) pair(k, v reflect.Value) uint64 {
	one := &digester{s: d.s, h: fnv.New64a(), up: d, seen: map[memory]uint64{}, left: d.left}
	one.value(k)
	one.value(v)
	return one.h.Sum64()
}
