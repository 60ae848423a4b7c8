package pickle

// This file defines maps: their entries are written as two arrays.

import (
	"reflect"
	"unsafe"
)

// mapKind is one of the types of maps with specialized loops; the others use package reflect.
type mapKind uint8

const (
	mapOther mapKind = iota
	mapStringInt
	mapStringString
	mapStringAny
	mapStringFloat
	mapIntInt
	mapIntString
	mapIntAny
	mapAnyAny
)

func mapKindOf(t reflect.Type) mapKind {
	switch reflect.MapOf(t.Key(), t.Elem()) {
	case reflect.TypeFor[map[string]int]():
		return mapStringInt
	case reflect.TypeFor[map[string]string]():
		return mapStringString
	case reflect.TypeFor[map[string]any]():
		return mapStringAny
	case reflect.TypeFor[map[string]float64]():
		return mapStringFloat
	case reflect.TypeFor[map[int]int]():
		return mapIntInt
	case reflect.TypeFor[map[int]string]():
		return mapIntString
	case reflect.TypeFor[map[int]any]():
		return mapIntAny
	case reflect.TypeFor[map[any]any]():
		return mapAnyAny
	}
	return mapOther
}

// snapshot copies a map's entries, so that the walk and the writer see the same ones in the same order.
func (p *Pickler) snapshot(i int) {
	o := &p.objs[i]
	pl := o.plan
	if o.keys == nil {
		var n int
		switch pl.maps {
		case mapStringInt:
			o.keys, o.elems, n = entries[string, int](o.ptr)
		case mapStringString:
			o.keys, o.elems, n = entries[string, string](o.ptr)
		case mapStringAny:
			o.keys, o.elems, n = entries[string, any](o.ptr)
		case mapStringFloat:
			o.keys, o.elems, n = entries[string, float64](o.ptr)
		case mapIntInt:
			o.keys, o.elems, n = entries[int, int](o.ptr)
		case mapIntString:
			o.keys, o.elems, n = entries[int, string](o.ptr)
		case mapIntAny:
			o.keys, o.elems, n = entries[int, any](o.ptr)
		case mapAnyAny:
			o.keys, o.elems, n = entries[any, any](o.ptr)
		default:
			o.keys, o.elems, n = reflectEntries(pl, o.ptr)
		}
		o.n = n
	}
	keys, elems, n := o.keys, o.elems, o.n // scanning moves the objects
	if pl.key.refs {
		for j := range n {
			p.scan(pl.key, unsafe.Add(keys, uintptr(j)*pl.key.size))
		}
	}
	if pl.elem.refs {
		for j := range n {
			p.scan(pl.elem, unsafe.Add(elems, uintptr(j)*pl.elem.size))
		}
	}
}

// mapAt makes a variable that holds a map.
func mapAt[M any](p unsafe.Pointer) M { return *(*M)(unsafe.Pointer(&p)) }

func entries[K comparable, V any](p unsafe.Pointer) (keys, elems unsafe.Pointer, n int) {
	m := mapAt[map[K]V](p)
	ks, vs := make([]K, 0, len(m)), make([]V, 0, len(m))
	for k, v := range m {
		ks, vs = append(ks, k), append(vs, v)
	}
	return unsafe.Pointer(unsafe.SliceData(ks)), unsafe.Pointer(unsafe.SliceData(vs)), len(ks)
}

func reflectEntries(pl *plan, p unsafe.Pointer) (keys, elems unsafe.Pointer, n int) {
	m := reflect.NewAt(pl.t, unsafe.Pointer(&p)).Elem()
	ks := reflect.MakeSlice(pl.key.sliceType(), m.Len(), m.Len())
	vs := reflect.MakeSlice(pl.elem.sliceType(), m.Len(), m.Len())
	for it := m.MapRange(); it.Next() && n < ks.Len(); n++ {
		ks.Index(n).SetIterKey(it)
		vs.Index(n).SetIterValue(it)
	}
	return ks.UnsafePointer(), vs.UnsafePointer(), n
}

// makeMap makes a map for n entries.
func makeMap(pl *plan, n int) unsafe.Pointer {
	switch pl.maps {
	case mapStringInt:
		return newMap[string, int](n)
	case mapStringString:
		return newMap[string, string](n)
	case mapStringAny:
		return newMap[string, any](n)
	case mapStringFloat:
		return newMap[string, float64](n)
	case mapIntInt:
		return newMap[int, int](n)
	case mapIntString:
		return newMap[int, string](n)
	case mapIntAny:
		return newMap[int, any](n)
	case mapAnyAny:
		return newMap[any, any](n)
	}
	return reflect.MakeMapWithSize(pl.t, n).UnsafePointer()
}

func newMap[K comparable, V any](n int) unsafe.Pointer {
	m := make(map[K]V, n)
	return *(*unsafe.Pointer)(unsafe.Pointer(&m))
}

// fill enters entries into a map.
func fill(pl *plan, m, keys, elems unsafe.Pointer, n int) {
	switch pl.maps {
	case mapStringInt:
		enter[string, int](m, keys, elems, n)
	case mapStringString:
		enter[string, string](m, keys, elems, n)
	case mapStringAny:
		enter[string, any](m, keys, elems, n)
	case mapStringFloat:
		enter[string, float64](m, keys, elems, n)
	case mapIntInt:
		enter[int, int](m, keys, elems, n)
	case mapIntString:
		enter[int, string](m, keys, elems, n)
	case mapIntAny:
		enter[int, any](m, keys, elems, n)
	case mapAnyAny:
		enter[any, any](m, keys, elems, n)
	default:
		v := reflect.NewAt(pl.t, unsafe.Pointer(&m)).Elem()
		for i := range n {
			k := reflect.NewAt(pl.key.t, unsafe.Add(keys, uintptr(i)*pl.key.size)).Elem()
			v.SetMapIndex(k, reflect.NewAt(pl.elem.t, unsafe.Add(elems, uintptr(i)*pl.elem.size)).Elem())
		}
	}
}

func enter[K comparable, V any](p, keys, elems unsafe.Pointer, n int) {
	m := mapAt[map[K]V](p)
	ks, vs := unsafe.Slice((*K)(keys), n), unsafe.Slice((*V)(elems), n)
	for i, k := range ks {
		m[k] = vs[i]
	}
}
