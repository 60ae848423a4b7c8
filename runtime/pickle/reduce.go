package pickle

// This file defines types that have a wire form of their own.

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unsafe"
)

// A Reducer is sent as its state and not as its memory, as a Python object that has __reduce__. A type *T that is a
// Reducer must be a Restorer; values of type T are sent that way wherever they are: behind a pointer, in an interface,
// in a field.
type Reducer interface {
	// Reduce returns what is sent instead. It may keep handles. An error, such as a *Refusal, says why the value can't
	// be sent now.
	Reduce(p *Pickler) (state any, err error)
}

// A Restorer restores itself from its state.
type Restorer interface {
	// Restore is called on a zero value when all else has been read; what the state holds has been restored by
	// then, unless it holds the value itself.
	Restore(u *Unpickler, state any) error
}

// A Carrier is a Reducer of a compiled package whose state may hold functions of the program that uses the package,
// such as a server its handler. A new process needs the global variables that they use.
type Carrier interface {
	// Carried returns these functions, or values that hold them. Unlike Reduce, it has no effect. nil is none.
	Carried() []any
}

// reducer converts values of a type to a state and back.
type reducer interface {
	reduce(p *Pickler, v unsafe.Pointer) (any, error)
	restore(u *Unpickler, v unsafe.Pointer, state any) error
}

func isReducer(t reflect.Type) bool {
	pt := reflect.PointerTo(t)
	return t.Kind() != reflect.Interface && t.Kind() != reflect.Pointer && pt.Implements(reflect.TypeFor[Reducer]()) &&
		pt.Implements(reflect.TypeFor[Restorer]())
}

// reducerOf returns the form that a type has of its own, nil if it is sent as its memory.
func (c *Codec) reducerOf(t reflect.Type) reducer {
	switch {
	case isReducer(t):
		return ownForm{t}
	case t == reflect.TypeFor[sync.Map]():
		return mapForm{}
	case t == reflect.TypeFor[sync.Pool]():
		return poolForm{}
	case isForeign(t) && marshals(t) && holdsHandle(t):
		return binaryForm{t}
	}
	return nil
}

// ownForm is that of a Reducer.
type ownForm struct{ t reflect.Type }

func (f ownForm) reduce(p *Pickler, v unsafe.Pointer) (any, error) {
	return reflect.NewAt(f.t, v).Interface().(Reducer).Reduce(p)
}

func (f ownForm) restore(u *Unpickler, v unsafe.Pointer, state any) error {
	return reflect.NewAt(f.t, v).Interface().(Restorer).Restore(u, state)
}

// binaryForm is that of a compiled type which holds a part that is one in each process, and has methods that write and
// read it: the addresses of package netip.
type binaryForm struct{ t reflect.Type }

func marshals(t reflect.Type) bool {
	pt := reflect.PointerTo(t)
	return pt.Implements(reflect.TypeFor[encoding.BinaryMarshaler]()) &&
		pt.Implements(reflect.TypeFor[encoding.BinaryUnmarshaler]())
}

// holdsHandle reports whether a type holds a unique.Handle by value.
func holdsHandle(t reflect.Type) bool {
	if t.PkgPath() == "unique" && strings.HasPrefix(t.Name(), "Handle[") {
		return true
	}
	if t.Kind() == reflect.Struct {
		for i := range t.NumField() {
			if holdsHandle(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}

func (f binaryForm) reduce(_ *Pickler, v unsafe.Pointer) (any, error) {
	return reflect.NewAt(f.t, v).Interface().(encoding.BinaryMarshaler).MarshalBinary()
}

func (f binaryForm) restore(_ *Unpickler, v unsafe.Pointer, state any) error {
	b, ok := state.([]byte)
	if !ok {
		return fmt.Errorf("restoring a %s: its state is a %T", f.t, state)
	}
	return reflect.NewAt(f.t, v).Interface().(encoding.BinaryUnmarshaler).UnmarshalBinary(b)
}

// mapForm is that of a sync.Map, whose own memory is sorted by a hash that each process has for itself.
type mapForm struct{}

func (mapForm) reduce(_ *Pickler, v unsafe.Pointer) (any, error) {
	pairs := [][2]any{}
	(*sync.Map)(v).Range(func(k, v any) bool {
		pairs = append(pairs, [2]any{k, v})
		return true
	})
	return pairs, nil
}

func (mapForm) restore(_ *Unpickler, v unsafe.Pointer, state any) error {
	pairs, ok := state.([][2]any)
	if !ok {
		return fmt.Errorf("restoring a sync.Map: its state is a %T", state)
	}
	for _, kv := range pairs {
		(*sync.Map)(v).Store(kv[0], kv[1])
	}
	return nil
}

// poolForm is that of a sync.Pool: its contents may be dropped at any time, so they aren't sent.
type poolForm struct{}

func (poolForm) reduce(_ *Pickler, v unsafe.Pointer) (any, error) {
	if f := (*sync.Pool)(v).New; f != nil {
		return f, nil
	}
	return nil, nil
}

func (poolForm) restore(_ *Unpickler, v unsafe.Pointer, state any) error {
	f, ok := state.(func() any)
	if !ok && state != nil {
		return fmt.Errorf("restoring a sync.Pool: its state is a %T", state)
	}
	(*sync.Pool)(v).New = f
	return nil
}
