package symbols_test

// This file tests the interface wrappers and what else yaegi asks for.

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"gilkernel/runtime/symbols"
)

// callThrough fills a wrapper with functions that return what they can, and calls each of its
// methods: it must reach the field of its name with the arguments it was given.
func callThrough(t *testing.T, wrapper reflect.Type) {
	t.Helper()
	if wrapper.Kind() != reflect.Struct || wrapper.Field(0).Name != "IValue" || wrapper.Field(0).Type != reflect.TypeFor[any]() {
		t.Errorf("%s: the first field must be IValue", wrapper)
		return
	}
	if wrapper.NumField()-1 != wrapper.NumMethod() {
		t.Errorf("%s has %d methods for %d fields", wrapper, wrapper.NumMethod(), wrapper.NumField()-1)
	}
	w := reflect.New(wrapper).Elem()
	var called string
	var got []reflect.Value
	for i := 1; i < wrapper.NumField(); i++ {
		field := wrapper.Field(i)
		w.Field(i).Set(reflect.MakeFunc(field.Type, func(args []reflect.Value) []reflect.Value {
			called, got = field.Name, args
			var results []reflect.Value
			for out := range field.Type.Outs() {
				results = append(results, reflect.Zero(out))
			}
			return results
		}))
	}
	for i := range wrapper.NumMethod() {
		m := w.Method(i)
		var args []reflect.Value
		for in := range m.Type().Ins() {
			args = append(args, reflect.New(in).Elem())
		}
		called = ""
		if m.Type().IsVariadic() {
			m.CallSlice(args)
		} else {
			m.Call(args)
		}
		if name := wrapper.Method(i).Name; called != "W"+name || len(got) != len(args) {
			t.Errorf("%s.%s called %q with %d arguments, was given %d", wrapper, name, called, len(got), len(args))
		}
	}
}

// Every wrapper passes its calls on, and satisfies the interface that it is for, unless that has a
// method that no other package can have.
func TestWrappers(t *testing.T) {
	count := 0
	for _, path := range symbols.Packages() {
		table := symbols.Load(path)
		for name, v := range table {
			if v.Kind() != reflect.Pointer || !v.IsNil() || v.Type().Elem().Kind() != reflect.Interface {
				continue
			}
			iface := v.Type().Elem()
			w, ok := table["_"+name]
			if !ok {
				// An alias: yaegi looks under the name that reflection knows.
				if w, ok = symbols.Load(iface.PkgPath())["_"+iface.Name()]; !ok && iface.PkgPath() != "" {
					t.Errorf("%s.%s has no wrapper", path, name)
				}
				if !ok {
					continue // any, error
				}
			}
			count++
			wrapper := w.Type().Elem()
			callThrough(t, wrapper)
			hidden := slices.ContainsFunc(slices.Collect(methods(iface)), func(m reflect.Method) bool { return m.PkgPath != "" })
			if !hidden && !wrapper.Implements(iface) {
				t.Errorf("%s doesn't implement %s", wrapper, iface)
			}
		}
	}
	if count < 150 {
		t.Errorf("only %d wrappers", count)
	}
}

// methods yields a type's methods.
func methods(t reflect.Type) func(func(reflect.Method) bool) {
	return func(yield func(reflect.Method) bool) {
		for i := range t.NumMethod() {
			if !yield(t.Method(i)) {
				return
			}
		}
	}
}

// yaegi leaves WString nil where a type has no String method, and fmt asks for it all the same.
func TestStringOfAnEmptyWrapper(t *testing.T) {
	w := reflect.New(symbols.Load("fmt")["_Stringer"].Type().Elem()).Elem()
	if got := fmt.Sprint(w.Interface()); got != "" {
		t.Errorf("an empty Stringer says %q", got)
	}
}

// The larger wrappers implement more than the interface that they stand in for, and are listed
// before the smaller ones.
func TestComposedWrappers(t *testing.T) {
	m := symbols.MapTypes()
	for _, test := range []struct {
		path, name string
		further    []reflect.Type
	}{
		{"net/http", "ResponseWriter", []reflect.Type{reflect.TypeFor[http.Flusher](), reflect.TypeFor[http.Hijacker]()}},
		{"io", "Reader", []reflect.Type{reflect.TypeFor[io.WriterTo]()}},
		{"io", "Writer", []reflect.Type{reflect.TypeFor[io.ReaderFrom]()}},
	} {
		table := symbols.Load(test.path)
		iface := table[test.name].Type().Elem()
		wrappers := m[table["_"+test.name]]
		if len(wrappers) == 0 {
			t.Errorf("%s has no larger wrappers", iface)
		}
		for i, w := range wrappers {
			callThrough(t, w)
			if !w.Implements(iface) {
				t.Errorf("%s doesn't implement %s", w, iface)
			}
			if !slices.ContainsFunc(test.further, w.Implements) {
				t.Errorf("%s implements nothing but %s", w, iface)
			}
			if i > 0 && w.NumField() > wrappers[i-1].NumField() {
				t.Errorf("%s comes after a smaller wrapper", w)
			}
		}
	}
}

// The functions in MapTypes are the very values that tables have, or yaegi wouldn't find them.
func TestMapTypesAreInTheTables(t *testing.T) {
	known := map[reflect.Value]bool{}
	for _, path := range symbols.Packages() {
		for _, v := range symbols.Load(path) {
			if v.Kind() == reflect.Func || v.Kind() == reflect.Pointer {
				known[v] = true
			}
		}
	}
	for key := range symbols.MapTypes() {
		if !known[key] {
			t.Errorf("%v is in no table", key)
		}
	}
	special := symbols.Special()["."]["MapTypes"]
	if m, ok := special.Interface().(map[reflect.Value][]reflect.Type); !ok || len(m) == 0 {
		t.Errorf("MapTypes is a %s", special.Type())
	}
}

func TestUnsafe(t *testing.T) {
	table := symbols.Load("unsafe")
	call := func(name string, args ...any) any {
		var in []reflect.Value
		for _, a := range args {
			in = append(in, reflect.ValueOf(a))
		}
		return table[name].Call(in)[0].Interface()
	}
	a := [2]int32{1, 2}
	if p := call("Add", unsafe.Pointer(&a), 4).(unsafe.Pointer); *(*int32)(p) != 2 {
		t.Error("Add")
	}
	if n := call("Sizeof", a); n != uintptr(8) {
		t.Errorf("Sizeof: %v", n)
	}
	if n := call("Alignof", a); n != uintptr(4) {
		t.Errorf("Alignof: %v", n)
	}
	if s := call("String", call("StringData", "gopher"), 2); s != "go" {
		t.Errorf("String: %v", s)
	}
	if table["Pointer"].Type() != reflect.TypeFor[*unsafe.Pointer]() {
		t.Errorf("Pointer: %v", table["Pointer"].Type())
	}
}

func TestConvert(t *testing.T) {
	convert := symbols.Special()["github.com/traefik/yaegi/yaegi"]["convert"].Interface().(func(from, to reflect.Type) func(src, dest reflect.Value))
	type named *int
	x := 7
	pointer, address := unsafe.Pointer(&x), uintptr(unsafe.Pointer(&x))
	for _, test := range []struct{ from, want any }{
		{&x, pointer},
		{pointer, &x},
		{pointer, named(&x)},
		{pointer, address},
		{address, pointer},
	} {
		from, dest := reflect.ValueOf(test.from), reflect.New(reflect.TypeOf(test.want)).Elem()
		f := convert(from.Type(), dest.Type())
		if f == nil {
			t.Errorf("no conversion from %T to %T", test.from, test.want)
			continue
		}
		if f(from, dest); dest.Interface() != test.want {
			t.Errorf("from %T to %T: %v, want %v", test.from, test.want, dest, test.want)
		}
	}
	if convert(reflect.TypeFor[int](), reflect.TypeFor[string]()) != nil {
		t.Error("a conversion that yaegi has itself")
	}
}

// A type that embeds what bufio wants must work through the wrapper alone, as yaegi uses it.
func TestWrapperInUse(t *testing.T) {
	w := reflect.New(symbols.Load("io")["_Reader"].Type().Elem()).Elem()
	w.FieldByName("WRead").Set(reflect.ValueOf(strings.NewReader("one\ntwo\n").Read))
	s := bufio.NewScanner(w.Interface().(io.Reader))
	var got []string
	for s.Scan() {
		got = append(got, s.Text())
	}
	if !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("read %q", got)
	}
}
