//go:build unix

package processtest

// This file defines how processes of one test binary name types and functions: by where they are in the program's file.

import (
	"fmt"
	"reflect"
	"strconv"
	"unsafe"

	"gilkernel/runtime/pickle"
)

// resolver finds the types and functions of a compiled program, which is the same in each process. Functions have no
// captures.
type resolver struct{}

// anchor is what addresses are relative to.
func anchor() uintptr { return reflect.ValueOf(reflect.TypeFor[int]()).Pointer() }

// name returns the name of an address.
func name(p uintptr) string { return strconv.FormatInt(int64(p)-int64(anchor()), 36) }

// address is the opposite of name.
func address(name string) (uintptr, error) {
	n, err := strconv.ParseInt(name, 36, 64)
	return uintptr(int64(anchor()) + n), err
}

// TypeName implements pickle.Resolver.
func (resolver) TypeName(t reflect.Type) (string, bool) {
	return name(reflect.ValueOf(t).Pointer()), true
}

// Type implements pickle.Resolver: the type of a value with a descriptor at that address.
func (resolver) Type(name string) (reflect.Type, error) {
	p, err := address(name)
	if err != nil {
		return nil, err
	}
	e := new(any)
	*(*uintptr)(unsafe.Pointer(e)) = p
	return reflect.TypeOf(*e), nil
}

// Func implements pickle.Resolver. A function without captures has its value in the program's file, where its code is
// too.
func (resolver) Func(f reflect.Value) (pickle.Func, error) {
	p := reflect.New(f.Type())
	p.Elem().Set(f)
	v := *(*uintptr)(p.UnsafePointer())
	if d := int64(v) - int64(anchor()); d < -1<<28 || d > 1<<28 {
		return pickle.Func{}, &pickle.Refusal{What: "a function with captures", Advice: "send one without"}
	}
	return pickle.Func{Name: name(v)}, nil
}

// NewFunc implements pickle.Resolver.
func (resolver) NewFunc(name string, _ reflect.Type) (pickle.Made, error) {
	p, err := address(name)
	if err != nil {
		return pickle.Made{}, fmt.Errorf("no function %s: %w", name, err)
	}
	var m pickle.Made
	*(*uintptr)(unsafe.Pointer(&m.Func)) = p
	return m, nil
}

// Static implements pickle.Resolver.
func (resolver) Static(unsafe.Pointer, reflect.Type) (string, bool, bool) { return "", false, false }

// StaticPointer implements pickle.Resolver.
func (resolver) StaticPointer(string, reflect.Type) (unsafe.Pointer, bool) { return nil, false }
