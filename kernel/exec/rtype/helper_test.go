package rtype_test

import (
	"reflect"
	"testing"
	"unsafe"

	"gilkernel/kernel/exec/rtype"
)

func field(name string, t reflect.Type) reflect.StructField {
	f := reflect.StructField{Name: name, Type: t}
	if name[0] == '_' || 'a' <= name[0] && name[0] <= 'z' {
		f.PkgPath = "main"
	}
	return f
}

func embed(name string, t reflect.Type) reflect.StructField {
	f := field(name, t)
	f.Anonymous = true
	return f
}

// define makes the type main.name with the underlying type u.
func define(name string, u reflect.Type, methods ...rtype.Method) reflect.Type {
	n := rtype.NewNamed("main", "main", name)
	n.SetUnderlying(u)
	n.SetMethods(methods)
	return n.Type()
}

// method makes a value method from a function with the receiver's pointer as
// its first parameter.
func method(name string, fn any) rtype.Method {
	v := reflect.ValueOf(fn)
	t := v.Type()
	var in, out []reflect.Type
	for i := 1; i < t.NumIn(); i++ {
		in = append(in, t.In(i))
	}
	for i := range t.NumOut() {
		out = append(out, t.Out(i))
	}
	return rtype.Method{
		Name: name,
		Type: reflect.FuncOf(in, out, t.IsVariadic()),
		Call: func(recv unsafe.Pointer, args []reflect.Value) []reflect.Value {
			all := append([]reflect.Value{reflect.NewAt(t.In(0).Elem(), recv)}, args...)
			if t.IsVariadic() {
				return v.CallSlice(all)
			}
			return v.Call(all)
		},
	}
}

// ptrMethod is method for a method of *T.
func ptrMethod(name string, fn any) rtype.Method {
	m := method(name, fn)
	m.Pointer = true
	return m
}

// mustPanic calls fn and returns its panic value.
func mustPanic(t *testing.T, fn func()) (v any) {
	t.Helper()
	defer func() {
		if v = recover(); v == nil {
			t.Error("no panic")
		}
	}()
	fn()
	return nil
}

// pointData is the layout of the forged main.Point.
type pointData struct{ x, y int }

func pointType(methods ...rtype.Method) reflect.Type {
	return define("Point", rtype.StructOf([]reflect.StructField{
		field("x", reflect.TypeFor[int]()), field("y", reflect.TypeFor[int]()),
	}), methods...)
}

// valueOf makes a value of type t with the memory of x.
func valueOf[T any](t reflect.Type, x T) reflect.Value {
	return reflect.NewAt(t, unsafe.Pointer(&x)).Elem()
}

// constant is the code of a method that does almost nothing.
func constant(unsafe.Pointer, []reflect.Value) []reflect.Value {
	return []reflect.Value{reflect.ValueOf("x")}
}
