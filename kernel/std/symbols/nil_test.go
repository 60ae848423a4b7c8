//go:build unix

package symbols_test

// This file tests what the types of this project say when they weren't made.

import (
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gilkernel/kernel/std/symbols"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/process/processtest"
)

func TestMain(m *testing.M) { processtest.Main(m, nil) }

// A method of an object that wasn't made says so or does what it can, as a program that passes over an error has such a
// one: Go's "nil pointer dereference" doesn't name the mistake. Types that join these packages are tested too.
func TestNilAndZeroObjects(t *testing.T) {
	w := processtest.NewWorld(t, false, "3.14", 1)
	err := w.Run(func(*machine.Thread) {
		for _, path := range []string{"multiprocessing/connection", "multiprocessing/sharedmemory", "socket",
			"socketserver"} {
			table := symbols.Load("gilkernel/runtime/" + path)
			for name, v := range table {
				if strings.HasSuffix(name, "RequestHandler") { // servers alone make them
					continue
				}
				typ := v.Type()
				if typ.Kind() != reflect.Pointer || !v.IsNil() || typ.Elem().Kind() != reflect.Struct ||
					typ.Elem().PkgPath() != "gilkernel/runtime/"+path || typ.Elem().Name() != name ||
					typ.Implements(reflect.TypeFor[error]()) {
					continue
				}
				for _, receiver := range []reflect.Value{reflect.Zero(typ), reflect.New(typ.Elem())} {
					for i := range typ.NumMethod() {
						m := typ.Method(i) // the pickler alone calls three of them
						if receiver.IsNil() && throughValue(typ.Elem(), m.Name) ||
							slices.Contains([]string{"Carried", "Reduce", "Restore"}, m.Name) {
							continue
						}
						if err := call(receiver, i); err != nil {
							t.Errorf("(%s.%s)(nil: %v).%s: %v", path, name, receiver.IsNil(), m.Name, err)
						}
					}
				}
			}
		}
	})
	if err != nil {
		t.Error(err)
	}
}

// throughValue reports whether a method is one of the type itself, which needs a value.
func throughValue(t reflect.Type, name string) bool {
	_, ok := t.MethodByName(name)
	return ok
}

// call calls a method with plain arguments, and returns a panic of Go's runtime.
func call(receiver reflect.Value, i int) (failed error) {
	defer func() {
		if err, ok := recover().(runtime.Error); ok {
			failed = err
		}
	}()
	m := receiver.Method(i)
	var args []reflect.Value
	for k := range m.Type().NumIn() {
		if m.Type().IsVariadic() && k == m.Type().NumIn()-1 {
			break
		}
		args = append(args, plain(m.Type().In(k)))
	}
	m.Call(args)
	return nil
}

// plain returns an argument: a function that does nothing, or a zero.
func plain(t reflect.Type) reflect.Value {
	if t.Kind() == reflect.Func {
		return reflect.MakeFunc(t, func([]reflect.Value) (results []reflect.Value) {
			for i := range t.NumOut() {
				results = append(results, reflect.Zero(t.Out(i)))
			}
			return results
		})
	}
	return reflect.Zero(t)
}
