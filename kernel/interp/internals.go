package interp

// This file defines the reads and writes of yaegi's unexported fields, for what its API lacks. A test
// holds the names and types against the version in go.mod.

import (
	"fmt"
	"reflect"
	"slices"
	"unsafe"

	"github.com/traefik/yaegi/interp"
)

// field returns a settable view of a field of a struct, exported or not. v must be addressable.
func field(v reflect.Value, name string) reflect.Value {
	f := v.FieldByName(name)
	if !f.IsValid() {
		panic(fmt.Sprintf("interp: this version of yaegi has no field %s.%s", v.Type(), name))
	}
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem()
}

// setDone gives the next root execution a channel that its channel operations watch, which is what
// ExecuteWithContext does, with the difference that we have it. Execute starts no goroutine, so the
// field is read by nobody else.
func setDone(i *interp.Interpreter, done chan struct{}) {
	v := reflect.ValueOf(i).Elem()
	field(v, "done").Set(reflect.ValueOf(done))
	field(v, "cancelChan").SetBool(true)
}

// forget lets go of what yaegi keeps of a program only for its debugger, and of the functions with
// these names, so that the memory of a cell's statements is freed when they have run. Goroutines and
// closures keep what they need.
func forget(i *interp.Interpreter, p *interp.Program, names ...string) {
	v := reflect.ValueOf(i).Elem()
	field(v, "roots").SetZero()
	sc := field(v, "scopes").MapIndex(reflect.ValueOf("main")).Elem()
	field(sc, "child").SetZero()
	symbols := field(sc, "sym")
	for _, name := range names {
		symbols.SetMapIndex(reflect.ValueOf(name), reflect.Value{})
	}
	// Every function of a file holds the file's root, and that its children.
	root := field(reflect.ValueOf(p).Elem(), "root").Elem()
	children := field(root, "child")
	kept := reflect.MakeSlice(children.Type(), 0, children.Len())
	for k := range children.Len() {
		n := children.Index(k)
		if !slices.Contains(names, functionOf(n.Elem())) {
			kept = reflect.Append(kept, n)
		}
		field(n.Elem(), "tnext").SetZero() // the order in which declarations were executed
	}
	children.Set(kept)
	field(root, "start").SetZero()
}

// functionOf returns the name of the function that a node of a file's root declares; "" if it declares
// something else.
func functionOf(n reflect.Value) string {
	if parts := field(n, "child"); parts.Len() == 4 { // receiver, name, type, body
		return field(parts.Index(1).Elem(), "ident").String()
	}
	return ""
}

// isValueInterface reports whether v is yaegi's form of a non-empty interface's value.
func isValueInterface(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.Name() == "valueInterface" && t.PkgPath() == "github.com/traefik/yaegi/interp"
}

// unwrap returns the value that a cell means: without yaegi's form of an interface value and
// without the wrappers in which it hands values with methods to compiled code.
func unwrap(v reflect.Value) reflect.Value {
	for v.IsValid() {
		switch {
		case v.Kind() == reflect.Interface && !v.IsNil():
			v = v.Elem()
		case v.Kind() == reflect.Struct && isValueInterface(v.Type()):
			c := reflect.New(v.Type()).Elem()
			c.Set(v)
			v = field(c, "value").Interface().(reflect.Value)
		case isWrapper(v.Type()):
			v = v.Field(0)
		case v.Type() == reflect.TypeFor[reflect.Value]() && v.CanInterface():
			v = v.Interface().(reflect.Value)
		default:
			return v
		}
	}
	return v
}

// isWrapper reports whether t is a wrapper from the symbol tables: a struct with the value and a
// function for each method.
func isWrapper(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.NumField() > 1 && t.Field(0).Name == "IValue" &&
		t.Field(0).Type == reflect.TypeFor[any]() && t.Field(1).Type.Kind() == reflect.Func && t.Name() != "" && t.Name()[0] == '_'
}
