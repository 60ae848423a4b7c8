//go:build unix

package processtest

// This file defines a codec for processes of one compiled program: types and functions are where they are in the program's file, so an
// address tells which one it is.

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"unsafe"

	"gilkernel/runtime/process"
)

// Codec sends values between processes of the same test binary. A function must have no captures.
type Codec struct{ System func() *process.System }

// anchor is what addresses are relative to.
func anchor() uintptr { return address(reflect.TypeFor[int]()) }

func address(t reflect.Type) uintptr { return reflect.ValueOf(t).Pointer() }

// typeAt returns the type at an address: that of a value with such a descriptor.
func typeAt(p uintptr) reflect.Type {
	e := new(any)
	*(*uintptr)(unsafe.Pointer(e)) = p
	return reflect.TypeOf(*e)
}

// DumpItems implements process.Codec.
func (c Codec) DumpItems(items []process.Item, keep func(process.Handle) int) (b []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(failure)
			if !ok {
				panic(r)
			}
			err = e.err
		}
	}()
	w := &writer{keep: keep, seen: map[unsafe.Pointer]int{}}
	w.int(uint64(len(items)))
	for i := range items {
		w.value(reflect.ValueOf(&items[i].Value).Elem(), items[i].Name)
	}
	return w.b, nil
}

type failure struct{ err error }

type writer struct {
	b    []byte
	keep func(process.Handle) int
	seen map[unsafe.Pointer]int
}

func (w *writer) int(n uint64) { w.b = binary.AppendUvarint(w.b, n) }

func (w *writer) typ(t reflect.Type) { w.int(uint64(int64(address(t)) - int64(anchor()))) }

func (w *writer) fail(format string, a ...any) { panic(failure{fmt.Errorf(format, a...)}) }

func (w *writer) value(v reflect.Value, path string) {
	if v.CanAddr() {
		v = reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Elem() // unexported fields too
	}
	if s, ok := sendable(v); ok {
		state, err := s.Reduce(w.keep)
		if err != nil {
			w.fail("%w", err)
		}
		w.value(reflect.ValueOf(&state).Elem(), path)
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		n := uint64(0)
		if v.Bool() {
			n = 1
		}
		w.int(n)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		w.int(uint64(v.Int()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		w.int(v.Uint())
	case reflect.Float32, reflect.Float64:
		w.int(math.Float64bits(v.Float()))
	case reflect.String:
		w.int(uint64(v.Len()))
		w.b = append(w.b, v.String()...)
	case reflect.Slice:
		if v.IsNil() {
			w.int(0)
			return
		}
		w.int(uint64(v.Len()) + 1)
		if v.Type().Elem().Kind() == reflect.Uint8 {
			w.b = append(w.b, v.Bytes()...)
			return
		}
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			w.value(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.Map:
		if v.IsNil() {
			w.int(0)
			return
		}
		w.int(uint64(v.Len()) + 1)
		for it := v.MapRange(); it.Next(); {
			w.value(it.Key(), path+" key")
			w.value(it.Value(), fmt.Sprintf("%s[%v]", path, it.Key()))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			w.value(v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	case reflect.Pointer:
		if v.IsNil() {
			w.int(0)
			return
		}
		if n, ok := w.seen[v.UnsafePointer()]; ok {
			w.int(uint64(n) + 2)
			return
		}
		w.seen[v.UnsafePointer()] = len(w.seen)
		w.int(1)
		w.value(v.Elem(), path)
	case reflect.Interface:
		if v.IsNil() {
			w.int(0)
			return
		}
		w.int(1)
		w.typ(v.Elem().Type())
		w.value(v.Elem(), path)
	case reflect.Func:
		if v.IsNil() {
			w.int(0)
			return
		}
		p := **(**uintptr)(unsafe.Pointer(&[]unsafe.Pointer{funcval(v)}[0]))
		if p != v.Pointer() {
			w.fail("%s: this function can't be sent", path)
		}
		w.int(1)
		w.int(uint64(int64(uintptr(funcval(v))) - int64(anchor())))
	default:
		w.fail("%s: a %v can't be sent", path, v.Type())
	}
}

// funcval returns what a function's value points to.
func funcval(v reflect.Value) unsafe.Pointer {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return *(*unsafe.Pointer)(p.UnsafePointer())
}

func sendable(v reflect.Value) (process.Sendable, bool) {
	if v.Kind() == reflect.Struct && reflect.PointerTo(v.Type()).Implements(reflect.TypeFor[process.Sendable]()) {
		if !v.CanAddr() {
			return nil, false
		}
		return v.Addr().Interface().(process.Sendable), true
	}
	return nil, false
}

// LoadItems implements process.Codec.
func (c Codec) LoadItems(b []byte, handle func(int) process.Handle) ([]any, error) {
	r := &reader{b: b, c: c, handle: handle}
	items := make([]any, r.int())
	for i := range items {
		r.value(reflect.ValueOf(&items[i]).Elem())
	}
	return items, r.err
}

type reader struct {
	b      []byte
	c      Codec
	handle func(int) process.Handle
	seen   []reflect.Value
	err    error
}

func (r *reader) int() uint64 {
	n, k := binary.Uvarint(r.b)
	r.b = r.b[k:]
	return n
}

func (r *reader) value(v reflect.Value) {
	v = reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Elem()
	if s, ok := sendable(v); ok {
		var state any
		r.value(reflect.ValueOf(&state).Elem())
		err := s.Restore(state, func(i int) any { return r.c.System().Open(nil, r.handle(i)) })
		if r.err == nil {
			r.err = err
		}
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(r.int() == 1)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(r.int()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		v.SetUint(r.int())
	case reflect.Float32, reflect.Float64:
		v.SetFloat(math.Float64frombits(r.int()))
	case reflect.String:
		n := r.int()
		v.SetString(string(r.b[:n]))
		r.b = r.b[n:]
	case reflect.Slice:
		n := int(r.int()) - 1
		if n < 0 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		if v.Type().Elem().Kind() == reflect.Uint8 {
			reflect.Copy(v, reflect.ValueOf(r.b[:n]))
			r.b = r.b[n:]
			return
		}
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			r.value(v.Index(i))
		}
	case reflect.Map:
		n := int(r.int()) - 1
		if n < 0 {
			return
		}
		v.Set(reflect.MakeMap(v.Type()))
		for range n {
			key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			r.value(key)
			r.value(elem)
			v.SetMapIndex(key, elem)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			r.value(v.Field(i))
		}
	case reflect.Pointer:
		switch n := r.int(); n {
		case 0:
		case 1:
			v.Set(reflect.New(v.Type().Elem()))
			r.seen = append(r.seen, v)
			r.value(v.Elem())
		default:
			v.Set(r.seen[n-2])
		}
	case reflect.Interface:
		if r.int() == 1 {
			e := reflect.New(typeAt(uintptr(int64(anchor()) + int64(r.int())))).Elem()
			r.value(e)
			v.Set(e)
		}
	case reflect.Func:
		if r.int() == 1 {
			*(*uintptr)(v.Addr().UnsafePointer()) = uintptr(int64(anchor()) + int64(r.int()))
		}
	}
}
