package snapshot

// This file defines what can't be put back by writing memory: maps, channels, and what package sync keeps elsewhere.

import (
	"reflect"
	"sync"
	"unsafe"
)

// special is such a value.
type special interface {
	// restore puts it back, and reports whether it is what it was.
	restore() bool
	variable() string
}

// named is the name of the variable that leads to a special value.
type named string

func (n named) variable() string { return string(n) }

// hole reports whether the memory of a type's values isn't copied: package sync has parts of it elsewhere.
func hole(t reflect.Type) bool {
	return t == reflect.TypeFor[sync.Pool]() || t == reflect.TypeFor[sync.Map]()
}

// specially adds a special value. It reports whether the value at p is one.
func (s *Snapshot) specially(t reflect.Type, p unsafe.Pointer) bool {
	v := reflect.NewAt(t, p)
	switch {
	case t.Kind() == reflect.Map:
		s.mapping(v.Elem())
	case t.Kind() == reflect.Chan:
		if !v.Elem().IsNil() {
			s.special = append(s.special, &channel{named(s.name), v.Elem(), v.Elem().Len()})
		}
	case t == reflect.TypeFor[sync.Pool]():
		x := &pool{named(s.name), (*sync.Pool)(p), (*sync.Pool)(p).New}
		x.restore() // so that it is as empty as it will be
		s.special = append(s.special, x)
	case t == reflect.TypeFor[sync.Map]():
		s.syncMap((*sync.Map)(p))
	default:
		return false
	}
	return true
}

// A mapping is a map and its elements.
type mapping struct {
	named
	m            reflect.Value
	keys, values []reflect.Value // pointers to copies
}

func (s *Snapshot) mapping(m reflect.Value) {
	key := memory{m.UnsafePointer(), m.Type(), 1}
	if m.IsNil() || s.seen[key] {
		return
	}
	s.seen[key] = true
	if s.bytes += m.Len() * int(m.Type().Key().Size()+m.Type().Elem().Size()+64); s.bytes > maxBytes {
		s.missed[s.name] = true
		return
	}
	x := &mapping{named: named(s.name), m: reflect.New(m.Type()).Elem()}
	x.m.Set(m)
	for it := m.MapRange(); it.Next(); {
		k, v := reflect.New(m.Type().Key()), reflect.New(m.Type().Elem())
		k.Elem().SetIterKey(it)
		v.Elem().SetIterValue(it)
		x.keys, x.values = append(x.keys, k), append(x.values, v)
	}
	s.special = append(s.special, x)
	for i, k := range x.keys {
		if pointers(m.Type().Key()) {
			s.within(m.Type().Key(), k.UnsafePointer())
		}
		if pointers(m.Type().Elem()) {
			s.within(m.Type().Elem(), x.values[i].UnsafePointer())
		}
	}
}

func (x *mapping) restore() bool {
	same := x.m.Len() == len(x.keys)
	now := reflect.New(x.m.Type().Elem())
	for i := 0; i < len(x.keys) && same; i++ {
		v := x.m.MapIndex(x.keys[i].Elem())
		if same = v.IsValid(); same {
			now.Elem().Set(v)
			b := block{from: now.UnsafePointer(), to: x.values[i].UnsafePointer(), size: now.Type().Elem().Size()}
			same = !b.changed()
		}
	}
	if !same {
		x.m.Clear()
		for i, k := range x.keys {
			x.m.SetMapIndex(k.Elem(), x.values[i].Elem())
		}
	}
	return true
}

// A channel can't be put back.
type channel struct {
	named
	c reflect.Value
	n int
}

func (x *channel) restore() bool {
	was := x.n
	x.n = x.c.Len() // it is told once
	return x.n == was
}

// A pool is emptied: what it gives is new, or what it was when it was put in.
type pool struct {
	named
	p   *sync.Pool
	new func() any
}

func (x *pool) restore() bool {
	// A Pool has at most one value for each processor at hand, and lists of others, which Get empties too: without New
	// it returns nil when nothing is left on any processor.
	x.p.New = nil
	for x.p.Get() != nil {
	}
	x.p.New = x.new
	return true
}

// A syncMap is a sync.Map and its elements.
type syncMap struct {
	named
	m    *sync.Map
	list map[any]any
}

func (s *Snapshot) syncMap(m *sync.Map) {
	x := &syncMap{named(s.name), m, map[any]any{}}
	m.Range(func(k, v any) bool { x.list[k] = v; return true })
	s.special = append(s.special, x)
	for k, v := range x.list {
		for _, part := range []any{k, v} {
			s.within(reflect.TypeFor[any](), unsafe.Pointer(&part))
		}
	}
}

func (x *syncMap) restore() bool {
	same, n := true, 0
	x.m.Range(func(k, v any) bool {
		was, ok := x.list[k]
		same = ok && identical(was, v)
		n++
		return same
	})
	if !same || n != len(x.list) {
		x.m.Clear()
		for k, v := range x.list {
			x.m.Store(k, v)
		}
	}
	return true
}

// identical reports whether two interfaces are the same words: values that can't be compared are in them too.
func identical(a, b any) bool {
	return *(*[2]unsafe.Pointer)(unsafe.Pointer(&a)) == *(*[2]unsafe.Pointer)(unsafe.Pointer(&b))
}
