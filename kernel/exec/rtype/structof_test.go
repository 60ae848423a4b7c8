package rtype_test

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"gilkernel/kernel/exec/rtype"
)

// lower is an unexported type with methods.
type lower struct{ n int }

func (l lower) String() string { return fmt.Sprint("lower ", l.n) }

// fieldsOf returns the fields of a struct of this package as StructOf takes them.
func fieldsOf(t reflect.Type) []reflect.StructField {
	var fs []reflect.StructField
	for i := range t.NumField() {
		f := t.Field(i)
		f.Offset, f.Index = 0, nil
		fs = append(fs, f)
	}
	return fs
}

// TestStructsOfBinary rebuilds types that compiled code has: the results must be the identical types.
func TestStructsOfBinary(t *testing.T) {
	for _, v := range []any{
		struct{}{}, struct {
			X int
			Y string
		}{}, struct {
			X int `json:"x"`
			_ int
			y string
		}{}, struct{ x []int }{}, struct{ sync.Mutex }{}, struct {
			*bytes.Buffer
			n int
		}{}, struct {
			lower
			io.Reader
			error
		}{}, struct{ *lower }{}, struct {
			a [2]atomic.Int64
			_ struct{}
		}{}, struct {
			A bool
			_ [0]func()
			B int32 `quote:"\"a\\"`
		}{},
	} {
		want := reflect.TypeOf(v)
		if got := rtype.StructOf(fieldsOf(want)); got != want {
			t.Errorf("got another type than the binary's %v: %v", want, got)
		}
	}
}

func TestStructOf(t *testing.T) {
	typ := pointType(method("String", stringPoint))
	type alias = pointData
	for _, c := range []struct {
		fields []reflect.StructField
		str    string
		like   any // compiled Go's struct with the same layout
	}{
		{[]reflect.StructField{embed("Point", typ)}, "struct { main.Point }", struct{ alias }{}},
		{[]reflect.StructField{embed("Point", reflect.PointerTo(typ)),
			field("b", reflect.TypeFor[bool]())}, "struct { *main.Point; b bool }", struct {
			*alias
			b bool
		}{}},
		{[]reflect.StructField{field("_", reflect.TypeFor[int8]()), field("i", reflect.TypeFor[int64]()),
			field("_", typ), field("e", reflect.TypeFor[struct{}]())},
			"struct { _ int8; i int64; _ main.Point; e struct {} }", struct {
				_ int8
				i int64
				_ pointData
				e struct{}
			}{}},
		{[]reflect.StructField{embed("Stringer", reflect.TypeFor[fmt.Stringer]()),
			{Name: "T", Type: typ, Tag: `a:"b"`}},
			"struct { fmt.Stringer; T main.Point \"a:\\\"b\\\"\" }", struct {
				fmt.Stringer
				T pointData
			}{}},
		{[]reflect.StructField{field("_", reflect.ArrayOf(3, typ)),
			field("f", reflect.TypeFor[func()]())}, "struct { _ [3]main.Point; f func() }", struct {
			_ [3]pointData
			f func()
		}{}},
		{[]reflect.StructField{field("_", reflect.TypeFor[[40000]*int]()),
			field("z", reflect.TypeFor[bool]())}, "struct { _ [40000]*int; z bool }", struct {
			_ [40000]*int
			z bool
		}{}},
	} {
		st, like := rtype.StructOf(c.fields), reflect.TypeOf(c.like)
		if st != rtype.StructOf(c.fields) {
			t.Errorf("%v: two calls give two types", st)
		}
		if st.String() != c.str || st.Name() != "" || st.PkgPath() != "" {
			t.Errorf("got %q, want %q", st.String(), c.str)
		}
		if st.Size() != like.Size() || st.Align() != like.Align() || st.FieldAlign() != like.FieldAlign() ||
			st.Comparable() != like.Comparable() {
			t.Errorf("%v: size %d, align %d, comparable %v; compiled Go has %d, %d, %v", st, st.Size(), st.Align(),
				st.Comparable(), like.Size(), like.Align(), like.Comparable())
		}
		for i := range st.NumField() {
			f, want := st.Field(i), c.fields[i]
			if f.Offset != like.Field(i).Offset || f.Name != want.Name || f.PkgPath != want.PkgPath ||
				f.Type != want.Type || f.Tag != want.Tag || f.Anonymous != want.Anonymous {
				t.Errorf("%v: field %d is %+v", st, i, f)
			}
		}
		if p := reflect.PointerTo(st); p.Elem() != st || p.String() != "*"+c.str {
			t.Errorf("pointer type is %v", p)
		}
		if st.Comparable() && reflect.Zero(st).Interface() != reflect.Zero(st).Interface() {
			t.Errorf("%v: zero values differ", st)
		}
	}
	x, y := []reflect.StructField{embed("Point", typ), field("a", typ)},
		[]reflect.StructField{embed("Point", typ), field("a", typ)}
	y[1].PkgPath = "other"
	if rtype.StructOf(x) == rtype.StructOf(x[:1]) {
		t.Error("different structs give one type")
	}
	y[0].Tag = "tag"
	if rtype.StructOf(x[:1]) == rtype.StructOf(y[:1]) {
		t.Error("different tags give one type")
	}
	if rtype.StructOf(x[1:]) == rtype.StructOf(y[1:]) {
		t.Error("different packages give one type")
	}
}

// promote makes the methods of the embedded type f as struct methods.
func promote(outer []reflect.StructField, index int, names ...string) []rtype.Method {
	typ := rtype.StructOf(outer)
	ptr := reflect.PointerTo(outer[index].Type)
	var ms []rtype.Method
	for _, name := range names {
		m, _ := ptr.MethodByName(name)
		var in, out []reflect.Type
		for i := 1; i < m.Type.NumIn(); i++ {
			in = append(in, m.Type.In(i))
		}
		for i := range m.Type.NumOut() {
			out = append(out, m.Type.Out(i))
		}
		_, byValue := outer[index].Type.MethodByName(name)
		ms = append(ms, rtype.Method{Name: name, Pointer: !byValue, Type: reflect.FuncOf(in, out, false),
			Call: func(recv unsafe.Pointer, args []reflect.Value) []reflect.Value {
				f := reflect.NewAt(typ, recv).Elem().Field(index)
				return f.Addr().MethodByName(name).Call(args)
			}})
	}
	return ms
}

func TestStructWithMethods(t *testing.T) {
	fields := []reflect.StructField{embed("Mutex", reflect.TypeFor[sync.Mutex]()), field("n", reflect.TypeFor[int]())}
	plain := rtype.StructOf(fields)
	typ := rtype.StructWithMethods(fields, promote(fields, 0, "Lock", "TryLock", "Unlock"))
	if typ != plain {
		t.Fatal("methods make another type")
	}
	p := reflect.New(typ)
	l, ok := p.Interface().(sync.Locker)
	if !ok {
		t.Fatal("no sync.Locker")
	}
	l.Lock()
	if p.Interface().(interface{ TryLock() bool }).TryLock() {
		t.Error("locked twice")
	}
	l.Unlock()
	if _, ok := p.Elem().Interface().(sync.Locker); ok {
		t.Error("the struct itself is a sync.Locker")
	}
	point := pointType(method("String", stringPoint))
	fields = []reflect.StructField{embed("Point", point)}
	v := reflect.New(rtype.StructWithMethods(fields, promote(fields, 0, "String")))
	v.Elem().Field(0).Set(valueOf(point, pointData{1, 2}))
	if got := fmt.Sprint(v.Interface(), v.Elem().Interface()); got != "<1,2> <1,2>" {
		t.Error(got)
	}
	native := rtype.StructWithMethods(fieldsOf(reflect.TypeFor[struct{ sync.Mutex }]()), nil)
	if _, ok := reflect.New(native).Interface().(sync.Locker); !ok {
		t.Error("the binary's type lost its methods")
	}
}

func TestStructPanics(t *testing.T) {
	for _, fields := range [][]reflect.StructField{
		{embed("Point", nil)},
		{embed("Mutex", reflect.TypeFor[sync.Mutex]()), {Name: "a", PkgPath: "a", Type: reflect.TypeFor[int]()},
			{Name: "b", PkgPath: "b", Type: reflect.TypeFor[int]()}},
	} {
		if got := fmt.Sprint(mustPanic(t, func() { rtype.StructOf(fields) })); !strings.Contains(got, "StructOf") {
			t.Error(got)
		}
	}
}

func TestAtomicAlignment(t *testing.T) {
	typ := define("Counters", rtype.StructOf([]reflect.StructField{
		field("b", reflect.TypeFor[bool]()), field("n", reflect.TypeFor[atomic.Int64]()),
		embed("Duration", reflect.TypeFor[time.Duration]()),
	}))
	type compiled struct {
		b bool
		n atomic.Int64
		time.Duration
	}
	c := (*compiled)(reflect.New(typ).UnsafePointer())
	c.n.Add(5)
	if typ.Size() != unsafe.Sizeof(*c) || c.n.Load() != 5 || c.b {
		t.Error("layout differs from compiled Go's")
	}
}
