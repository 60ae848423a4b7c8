package rtype

import (
	"reflect"
	"unsafe"
)

// shortcut returns a function for a stub's slot that avoids reflect.MakeFunc, nil if there is none for the signature.
// It is for the methods that compiled code calls by the thousand: those of sort.Interface, and String.
func shortcut(fn method, recv, sig reflect.Type) any {
	if recv != pointerRecv() {
		return nil
	}
	switch sig {
	case reflect.TypeFor[func()]():
		return func(p unsafe.Pointer) { fn(reflect.ValueOf(p), nil) }
	case reflect.TypeFor[func() string]():
		return func(p unsafe.Pointer) string { return first(fn(reflect.ValueOf(p), nil), reflect.String).String() }
	case reflect.TypeFor[func() int]():
		return func(p unsafe.Pointer) int { return int(first(fn(reflect.ValueOf(p), nil), reflect.Int).Int()) }
	case reflect.TypeFor[func() bool]():
		return func(p unsafe.Pointer) bool { return first(fn(reflect.ValueOf(p), nil), reflect.Bool).Bool() }
	case reflect.TypeFor[func(int, int) bool]():
		return func(p unsafe.Pointer, i, j int) bool {
			return first(fn(reflect.ValueOf(p), []reflect.Value{reflect.ValueOf(i), reflect.ValueOf(j)}),
				reflect.Bool).Bool()
		}
	case reflect.TypeFor[func(int, int)]():
		return func(p unsafe.Pointer, i, j int) {
			fn(reflect.ValueOf(p), []reflect.Value{reflect.ValueOf(i), reflect.ValueOf(j)})
		}
	}
	return nil
}

// first gives the only result of a method, which must be of the kind k.
func first(results []reflect.Value, k reflect.Kind) reflect.Value {
	if len(results) != 1 || results[0].Kind() != k {
		panic("rtype: a method's Call must return one value of kind " + k.String())
	}
	return results[0]
}
