package rtype_test

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"gilkernel/kernel/exec/rtype"
	"gilkernel/skip"
)

func TestLayoutOfToolchain(t *testing.T) {
	if err := rtype.Check(); err != nil {
		t.Fatal(err)
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct{ path, pkg, name, str, short string }{
		{"main", "main", "Point", "main.Point", "Point"},
		{"main", "main", "Pair[int,string]", "main.Pair[int,string]", "Pair[int,string]"},
		{"main", "main", "Set[main.Point]", "main.Set[main.Point]", "Set[main.Point]"},
		{"example.com/a/b", "b", "lower", "b.lower", "lower"},
		{"", "", "bare", "bare", "bare"},
		{"main", "main", strings.Repeat("Long", 100), "main." + strings.Repeat("Long", 100),
			strings.Repeat("Long", 100)},
	} {
		n := rtype.NewNamed(c.path, c.pkg, c.name)
		if n.Type() != n.Type() {
			t.Error("two calls of Type give two types")
		}
		before := reflect.PointerTo(n.Type())
		sl := reflect.SliceOf(n.Type())
		fn := reflect.FuncOf([]reflect.Type{n.Type()}, []reflect.Type{before}, false)
		n.SetUnderlying(reflect.TypeFor[int]())
		typ := n.Type()
		if typ.String() != c.str || typ.Name() != c.short || typ.PkgPath() != c.path {
			t.Errorf("got %q, %q, %q, want %q, %q, %q", typ.String(), typ.Name(), typ.PkgPath(), c.str, c.short, c.path)
		}
		if p := reflect.PointerTo(typ); p != before || p.Elem() != typ || p.String() != "*"+c.str || p.Name() != "" {
			t.Errorf("pointer type is %v", p)
		}
		if sl != reflect.SliceOf(typ) || sl.String() != "[]"+c.str {
			t.Errorf("slice type is %v", sl)
		}
		if fn != reflect.FuncOf([]reflect.Type{typ}, []reflect.Type{before}, false) {
			t.Errorf("func type is %v", fn)
		}
		if got := fmt.Sprintf("%T %T", reflect.Zero(typ).Interface(),
			reflect.New(typ).Interface()); got != c.str+" *"+c.str {
			t.Errorf("%%T gives %s", got)
		}
	}
}

type stringer interface{ String() string }

func TestKinds(t *testing.T) {
	for _, c := range []struct {
		value any
		plus  string
	}{
		{true, "true"}, {int8(-3), "-3"}, {uint16(7), "7"}, {3.5, "3.5"}, {float32(2), "2"},
		{complex(1, 2), "(1+2i)"}, {"hi", "hi"}, {[]int{1, 2}, "[1 2]"}, {[2]string{"a", "b"}, "[a b]"},
		{map[string]int{"a": 1}, "map[a:1]"}, {struct {
			A int
			b string
		}{1, "x"}, "{A:1 b:x}"}, {[1]*int{nil}, "[<nil>]"}, {struct{ p *int }{nil}, "{p:<nil>}"},
		{chan int(nil), "<nil>"}, {(func(int, ...string) error)(nil), "<nil>"}, {(*int)(nil), "<nil>"},
		{unsafe.Pointer(nil), "<nil>"}, {uintptr(9), "9"}, {struct{}{}, "{}"}, {[3]any{1, nil, "x"}, "[1 <nil> x]"},
	} {
		u := reflect.TypeOf(c.value)
		typ := define("K", u)
		if typ.Kind() != u.Kind() || typ.Size() != u.Size() || typ.Align() != u.Align() ||
			typ.Comparable() != u.Comparable() {
			t.Errorf("%v: got kind %v, size %d, align %d", u, typ.Kind(), typ.Size(), typ.Align())
		}
		if typ == u || typ.AssignableTo(define("L", u)) {
			t.Errorf("%v: a defined type isn't distinct", u)
		}
		if !u.ConvertibleTo(typ) || !typ.ConvertibleTo(u) {
			t.Errorf("%v: no conversion between a type and its underlying one", u)
		}
		v := reflect.ValueOf(c.value).Convert(typ)
		if got := fmt.Sprintf("%+v", v.Interface()); got != c.plus {
			t.Errorf("%v: %%+v gives %s, want %s", u, got, c.plus)
		}
		if back := v.Convert(u).Interface(); u.Comparable() && back != c.value {
			t.Errorf("%v: converted back %v", u, back)
		}
		if want := strings.Replace(fmt.Sprintf("%#v", c.value), u.String(), "main.K", 1); u.Kind() == reflect.Struct &&
			fmt.Sprintf("%#v", v.Interface()) != want {
			t.Errorf("%%#v gives %#v, want %s", v.Interface(), want)
		}
		if u.Comparable() && v.Interface() != reflect.ValueOf(c.value).Convert(typ).Interface() {
			t.Errorf("%v: equal values differ", u)
		}
	}
}

func TestUncomparable(t *testing.T) {
	typ := define("T", reflect.TypeFor[[]int]())
	v := reflect.Zero(typ).Interface()
	err := mustPanic(t, func() { _ = v == v })
	if got := fmt.Sprint(err); got != "runtime error: comparing uncomparable type main.T" {
		t.Error(got)
	}
	err = mustPanic(t, func() { _ = map[any]int{v: 1} })
	if got := fmt.Sprint(err); got != "runtime error: hash of unhashable type main.T" {
		t.Error(got)
	}
}

func TestFormat(t *testing.T) {
	typ := pointType()
	v := valueOf(typ, pointData{1, 2}).Interface()
	p := valueOf(reflect.PointerTo(typ), &pointData{3, 4}).Interface()
	for _, c := range []struct{ verb, want, ptr string }{
		{"%v", "{1 2}", "&{3 4}"}, {"%+v", "{x:1 y:2}", "&{x:3 y:4}"},
		{"%#v", "main.Point{x:1, y:2}", "&main.Point{x:3, y:4}"}, {"%T", "main.Point", "*main.Point"},
	} {
		if got := fmt.Sprintf(c.verb, v); got != c.want {
			t.Errorf("%s gives %s", c.verb, got)
		}
		if got := fmt.Sprintf(c.verb, p); got != c.ptr {
			t.Errorf("%s of pointer gives %s", c.verb, got)
		}
	}
}

// nodeData is compiled Go's version of the forged main.Node.
type nodeData struct {
	Name string
	M    map[string]nodeData
	Next *nodeData
	Kids []nodeData
	F    func(nodeData) nodeData
	C    chan nodeData
}

func nodeType() reflect.Type {
	n := rtype.NewNamed("main", "main", "Node")
	n.SetLayout(rtype.Layout{Kind: reflect.Struct, Size: unsafe.Sizeof(nodeData{}), Align: 8,
		PtrWords: []bool{true, false, true, true, true, false, false, true, true}})
	typ := n.Type()
	ts := []reflect.Type{typ}
	n.SetUnderlying(rtype.StructOf([]reflect.StructField{
		field("Name", reflect.TypeFor[string]()),
		field("M", reflect.MapOf(reflect.TypeFor[string](), typ)),
		field("Next", reflect.PointerTo(typ)),
		field("Kids", reflect.SliceOf(typ)),
		field("F", reflect.FuncOf(ts, ts, false)),
		field("C", reflect.ChanOf(reflect.BothDir, typ)),
	}))
	return typ
}

func TestRecursive(t *testing.T) {
	typ := nodeType()
	v := reflect.New(typ).Elem()
	v.Field(0).SetString("root")
	v.Field(1).Set(reflect.MakeMap(typ.Field(1).Type))
	kid := reflect.New(typ)
	kid.Elem().Field(0).SetString("kid")
	v.Field(1).SetMapIndex(reflect.ValueOf("k"), kid.Elem())
	v.Field(2).Set(kid)
	v.Field(3).Set(reflect.Append(v.Field(3), kid.Elem(), kid.Elem()))
	v.Field(4).Set(reflect.MakeFunc(typ.Field(4).Type, func(a []reflect.Value) []reflect.Value { return a }))
	v.Field(5).Set(reflect.MakeChan(typ.Field(5).Type, 1))
	v.Field(5).Send(kid.Elem())
	d := (*nodeData)(v.Addr().UnsafePointer())
	if d.Name != "root" || d.M["k"].Name != "kid" || d.Next.Name != "kid" || len(d.Kids) != 2 ||
		d.F(d.Kids[1]).Name != "kid" || (<-d.C).Name != "kid" {
		t.Errorf("compiled code sees %+v", d)
	}
	if got := fmt.Sprintf("%T %T", v.Field(1).Interface(),
		v.Field(4).Interface()); got != "map[string]main.Node func(main.Node) main.Node" {
		t.Error(got)
	}
}

func TestRecursiveKinds(t *testing.T) {
	one := []bool{true}
	for _, c := range []struct {
		layout rtype.Layout
		under  func(self reflect.Type) reflect.Type
	}{
		{rtype.Layout{Kind: reflect.Slice, Size: 24, Align: 8, PtrWords: one}, func(s reflect.Type) reflect.Type {
			return reflect.SliceOf(reflect.MapOf(reflect.TypeFor[string](), s))
		}},
		{rtype.Layout{Kind: reflect.Map, Size: 8, Align: 8, PtrWords: one}, func(s reflect.Type) reflect.Type {
			return reflect.MapOf(reflect.TypeFor[string](), s)
		}},
		{rtype.Layout{Kind: reflect.Func, Size: 8, Align: 8, PtrWords: one}, func(s reflect.Type) reflect.Type {
			return reflect.FuncOf([]reflect.Type{reflect.MapOf(reflect.TypeFor[int](), s)}, []reflect.Type{s}, false)
		}},
		{rtype.Layout{Kind: reflect.Array, Size: 16, Align: 8,
			PtrWords: []bool{true, true}}, func(s reflect.Type) reflect.Type {
			return reflect.ArrayOf(2, reflect.MapOf(reflect.TypeFor[int](), s))
		}},
		{rtype.Layout{Kind: reflect.Struct, Size: 24, Align: 8, PtrWords: []bool{true, false, true},
			Comparable: true}, func(s reflect.Type) reflect.Type {
			return rtype.StructOf([]reflect.StructField{
				field("s", reflect.TypeFor[string]()),
				field("m", reflect.PointerTo(reflect.MapOf(s, reflect.ArrayOf(3, s)))),
			})
		}},
	} {
		n := rtype.NewNamed("main", "main", "R")
		n.SetLayout(c.layout)
		u := c.under(n.Type())
		n.SetUnderlying(u)
		if typ := n.Type(); typ.Kind() != c.layout.Kind || typ.Size() != c.layout.Size || !u.ConvertibleTo(typ) {
			t.Errorf("%v has kind %v, size %d", u, typ.Kind(), typ.Size())
		}
		if c.layout.Comparable {
			mt := n.Type().Field(1).Type.Elem()
			m := reflect.MakeMap(mt)
			key := reflect.New(n.Type()).Elem()
			*(*string)(key.Addr().UnsafePointer()) = strings.Repeat("k", 3)
			m.SetMapIndex(key, reflect.Zero(mt.Elem()))
			*(*string)(key.Addr().UnsafePointer()) = strings.Repeat("k", 3)
			if !m.MapIndex(key).IsValid() || mt.Elem().Comparable() != true {
				t.Error("a key of the recursive type is lost")
			}
			if a := reflect.Zero(mt.Elem()).Interface(); a != reflect.Zero(mt.Elem()).Interface() {
				t.Error("arrays made before the type was complete don't compare")
			}
		}
	}
}

func TestWrongUse(t *testing.T) {
	laid := func() *rtype.Named {
		n := rtype.NewNamed("main", "main", "W")
		n.SetLayout(rtype.Layout{Kind: reflect.Struct, Size: 8, Align: 8, PtrWords: []bool{true}})
		return n
	}
	done := func() *rtype.Named {
		n := rtype.NewNamed("main", "main", "W")
		n.SetUnderlying(reflect.TypeFor[any]())
		return n
	}
	fresh := func() *rtype.Named { return rtype.NewNamed("main", "main", "W") }
	for _, c := range []struct {
		want string
		fn   func()
	}{
		{"has not the layout", func() { laid().SetUnderlying(reflect.TypeFor[struct{ x int }]()) }},
		{"has a layout already", func() { laid().SetLayout(rtype.Layout{}) }},
		{"size 3, alignment 2", func() { fresh().SetLayout(rtype.Layout{Kind: reflect.Int, Size: 3, Align: 2}) }},
		{"beyond its size", func() {
			fresh().SetLayout(rtype.Layout{Kind: reflect.Struct, Size: 8, Align: 8, PtrWords: []bool{false, true}})
		}},
		{"has an underlying type already", func() { done().SetUnderlying(reflect.TypeFor[int]()) }},
		{"has no underlying type itself", func() { fresh().SetUnderlying(fresh().Type()) }},
		{"which has no underlying type", func() { laid().SetMethods(nil) }},
		{"a type of kind interface has no methods", func() {
			done().SetMethods([]rtype.Method{method("M", func(*int) {})})
		}},
		{"no known size", func() { rtype.StructOf([]reflect.StructField{field("F", fresh().Type())}) }},
		{"two methods M", func() { pointType(method("M", func(*int) {}), method("M", func(*int) int { return 0 })) }},
		{"lacks a function type", func() { pointType(rtype.Method{Name: "M"}) }},
		{"which isn't complete", func() {
			pointType(rtype.Method{Name: "M", Type: reflect.FuncOf([]reflect.Type{laid().Type()}, nil, false),
				Call: func(unsafe.Pointer, []reflect.Value) []reflect.Value { return nil }})
		}},
	} {
		if got := fmt.Sprint(mustPanic(t, c.fn)); !strings.Contains(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestInterfaces(t *testing.T) {
	ask := func(str, name string, typ reflect.Type) reflect.Type {
		return rtype.InterfaceOf("main", str, []rtype.InterfaceMethod{{Name: name, Type: typ}})
	}
	anon := ask("interface { Area() float64 }", "Area", reflect.TypeFor[func() float64]())
	if anon != ask("interface { Area() float64 }", "Area", reflect.TypeFor[func() float64]()) ||
		anon == ask("interface { Area() int }", "Area", reflect.TypeFor[func() int]()) {
		t.Error("InterfaceOf isn't canonical")
	}
	if rtype.InterfaceOf("main", "interface {}", nil) != reflect.TypeFor[any]() {
		t.Error("the empty interface was forged")
	}
	if got := ask("interface { Unwrap() error }", "Unwrap",
		reflect.TypeFor[func() error]()); got != reflect.TypeFor[*interface{ Unwrap() error }]().Elem() {
		t.Error("the binary's interface was forged")
	}
	shape := define("Shape", anon)
	square := define("Square", reflect.TypeFor[int](), method("Area", func(p *int) float64 { return float64(*p * *p) }))
	x := valueOf(square, 3)
	for _, typ := range []reflect.Type{shape, anon} {
		if !square.AssignableTo(typ) || reflect.TypeFor[int]().Implements(typ) || typ.NumMethod() != 1 {
			t.Errorf("%v: who implements it is wrong", typ)
		}
		v := reflect.New(typ).Elem()
		v.Set(x)
		if v.Kind() != reflect.Interface || v.Interface() != x.Interface() || v.Elem().Int() != 3 ||
			v.Method(0).Call(nil)[0].Float() != 9 {
			t.Errorf("%v holds %v", typ, v)
		}
		m := reflect.MakeMap(reflect.MapOf(typ, reflect.SliceOf(typ)))
		m.SetMapIndex(v, reflect.Append(reflect.Zero(reflect.SliceOf(typ)), v))
		if got := fmt.Sprintf("%v %T", m, m.Interface()); got != "map[3:[3]] map["+typ.String()+"][]"+typ.String() {
			t.Error(got)
		}
	}
	if shape.Name() != "Shape" || anon.Name() != "" {
		t.Errorf("names are %q, %q", shape.Name(), anon.Name())
	}
	hidden := rtype.InterfaceOf("main", "interface { Area() float64; secret() }", []rtype.InterfaceMethod{
		{Name: "secret", PkgPath: "main", Type: reflect.TypeFor[func()]()},
		{Name: "Area", Type: reflect.TypeFor[func() float64]()}})
	secretive := define("Secretive", reflect.TypeFor[int](), method("Area", func(*int) float64 { return 0 }),
		rtype.Method{Name: "secret", PkgPath: "main", Type: reflect.TypeFor[func()](),
			Call: func(unsafe.Pointer, []reflect.Value) []reflect.Value { return nil }})
	if square.Implements(hidden) || !secretive.Implements(hidden) || hidden.NumMethod() != 2 ||
		hidden.Method(1).PkgPath != "main" {
		t.Error("an unexported method is in the wrong place")
	}
	st := define("S", reflect.TypeFor[stringer]())
	v := reflect.New(st).Elem()
	v.Set(reflect.ValueOf(reflect.ValueOf(1)))
	if st.NumMethod() != 1 || !st.Implements(reflect.TypeFor[fmt.Stringer]()) ||
		v.Method(0).Call(nil)[0].String() != "<int Value>" {
		t.Error("an interface with methods of the binary doesn't work")
	}
}

func TestJSON(t *testing.T) {
	tagged := define("Tagged", rtype.StructOf([]reflect.StructField{
		{Name: "Name", Type: reflect.TypeFor[string](), Tag: `json:"name"`},
		{Name: "Pos", Type: reflect.TypeFor[[]float64](), Tag: `json:"pos,omitempty"`},
		field("hidden", reflect.TypeFor[int]()),
	}))
	outer := define("Outer", rtype.StructOf([]reflect.StructField{
		embed("Tagged", tagged), field("M", reflect.MapOf(reflect.TypeFor[string](), tagged)),
	}))
	const text = `{"name":"a","pos":[1,2],"M":{"k":{"name":"b"}}}`
	p := reflect.New(outer)
	if err := json.Unmarshal([]byte(text), p.Interface()); err != nil {
		t.Fatal(err)
	}
	for _, x := range []any{p.Interface(), p.Elem().Interface()} {
		if b, err := json.Marshal(x); err != nil || string(b) != text {
			t.Errorf("got %s, %v", b, err)
		}
	}
	if got := fmt.Sprintf("%+v",
		p.Elem().Interface()); got != "{Tagged:{Name:a Pos:[1 2] hidden:0} M:map[k:{Name:b Pos:[] hidden:0}]}" {
		t.Error(got)
	}
}

// An untried version of Go doesn't build the program; the error names the versions that do.
func TestUnknownGoIsRefused(t *testing.T) {
	tool, err := exec.LookPath("go")
	if err != nil {
		skip.Missing(t, "no go command")
	}
	out, err := exec.Command(tool, "build", "-tags=go1.28", ".").CombinedOutput()
	if err == nil ||
		!strings.Contains(string(out), "gilkernel works with Go 1.26 and Go 1.27 and not yet with a newer one") {
		t.Errorf("%v: %s", err, out)
	}
}
