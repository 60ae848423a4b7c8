package exec_test

// This file defines the tests of identity: functions and types of one engine are found again in another one that was
// made from the same sources.

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"gilkernel/kernel/exec"
)

// twins returns two engines from the same sources; only the first has run anything.
func twins(t testing.TB, sources ...string) (a, b *exec.Engine, out func() string) {
	t.Helper()
	x, y := newCells(t), newCells(t)
	for _, text := range sources {
		x.compile("package main\n" + text).Init(nil)
		y.compile("package main\n" + text)
	}
	return x.e, y.e, func() string { return x.h.Printed() + y.h.Printed() }
}

// get returns the value of a package variable.
func get(t testing.TB, e *exec.Engine, name string) reflect.Value {
	t.Helper()
	g, ok := e.Global(name)
	if !ok {
		t.Fatalf("there is no variable %s", name)
	}
	return reflect.NewAt(g.Type, g.Pointer).Elem()
}

// send makes the twin of a function, whose captured variables have copies of the values.
func send(t testing.TB, from, to *exec.Engine, f reflect.Value) (reflect.Value, error) {
	t.Helper()
	if f.Kind() == reflect.Interface {
		f = f.Elem()
	}
	name, vars, err := from.Identify(f)
	if err != nil {
		return reflect.Value{}, err
	}
	ft := f.Type()
	if tn, ok := from.TypeName(ft); ok {
		if ft, err = to.TypeOf(tn); err != nil {
			return reflect.Value{}, err
		}
	}
	made, err := to.Find(name, ft)
	if err != nil {
		return reflect.Value{}, err
	}
	if len(made.Captured) != len(vars) {
		t.Fatalf("%s has captured %d variables, not %d", name, len(made.Captured), len(vars))
	}
	for i, v := range vars {
		p := reflect.New(made.Captured[i])
		if v.Type == made.Captured[i] {
			p.Elem().Set(reflect.NewAt(v.Type, v.Pointer).Elem())
		} else { // a type of the engine's own: by its memory, which holds no types
			copy(unsafe.Slice((*byte)(p.UnsafePointer()), v.Type.Size()),
				unsafe.Slice((*byte)(v.Pointer), v.Type.Size()))
		}
		made.Set(i, p.UnsafePointer())
	}
	p := reflect.New(ft)
	*(*unsafe.Pointer)(p.UnsafePointer()) = made.Func
	return p.Elem(), nil
}

func TestFunctionsAreFoundInAnotherEngine(t *testing.T) {
	a, b, _ := twins(t, `import ("math"; "strings"; "slices"; "bytes")
type P struct{ x int }
func (p P) Get() int { return p.x }
func (p *P) Add(n int) int { p.x += n; return p.x }
type E struct{ P; name string }
type G[T any] struct{ v T }
func (g G[T]) Get() T { return g.v }
func (g *G[T]) Make() func() T { return func() T { return g.v } }
type I interface{ Get() int }
type H func(int) int
func double(x int) int { return 2 * x }
func sum[T int | float64 | string](a, b T) T { return a + b }
func adder(n int) func(int) int { return func(x int) int { n++; return x + n } }
func gen[T any](v T) func() T { type local struct{ t T }; l := local{v}; return func() T { return func() T { return l.t }() } }
var buf bytes.Buffer
var fs = map[string]any{
	"declared": double, "named": H(double), "instance": sum[int], "strings": sum[string], "literal": func(x int) int { return -x },
	"closure": adder(10), "generic closure": gen(42), "value": P{3}.Get, "pointer": (&P{4}).Add, "promoted": E{P{5}, "e"}.Get, "interface": I(P{6}).Get,
	"expression": P.Get, "pointer expression": (*P).Add, "promoted expression": E.Get, "interface expression": I.Get,
	"generic method": G[int]{7}.Get, "generic method's closure": (&G[string]{"g"}).Make(),
	"sqrt": math.Sqrt, "upper": strings.ToUpper, "max": slices.Max[[]int], "native method": strings.NewReplacer("a", "b").Replace, "native method expression": (*strings.Builder).Len,
	"nested": func() func() int { y := 1; return func() int { y++; return func() int { return y * 10 }() } }(),
}
`)
	fs := get(t, a, "fs")
	want := map[string]string{
		"declared": "6", "named": "6", "instance": "8", "strings": "ab", "literal": "-3", "closure": "14",
		"generic closure": "42", "value": "3", "pointer": "7", "promoted": "5",
		"interface": "6", "generic method": "7", "generic method's closure": "g", "sqrt": "1.5", "upper": "AB",
		"max": "9", "native method": "bbc", "nested": "20",
		"expression": "?", "pointer expression": "?", "promoted expression": "?", "interface expression": "?",
		"native method expression": "?",
	}
	for _, k := range fs.MapKeys() {
		name := k.String()
		f, err := send(t, a, b, fs.MapIndex(k))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var args []reflect.Value
		ok := true
		for i := range f.Type().NumIn() {
			switch in := f.Type().In(i); {
			case in == reflect.TypeFor[[]int]():
				args = append(args, reflect.ValueOf([]int{1, 9, 3}))
			case in.Kind() == reflect.Int && f.Type().NumIn() == 2 && name == "instance":
				args = append(args, reflect.ValueOf(3+2*i))
			case in.Kind() == reflect.Int:
				args = append(args, reflect.ValueOf(3))
			case in.Kind() == reflect.Float64:
				args = append(args, reflect.ValueOf(2.25))
			case in.Kind() == reflect.String && name == "strings":
				args = append(args, reflect.ValueOf([]string{"a", "b"}[i]))
			case in.Kind() == reflect.String:
				args = append(args, reflect.ValueOf(map[string]string{"upper": "ab", "native method": "abc"}[name]))
			default:
				ok = false
			}
		}
		got := "?"
		if ok {
			got = fmt.Sprint(f.Call(args)[0])
		}
		if got != want[name] {
			t.Errorf("%s returned %s, not %s", name, got, want[name])
		}
	}
	if n := fs.Len(); n != len(want) {
		t.Errorf("there are %d functions, not %d", n, len(want))
	}
}

// A function value stays the same when its name is defined again.
func TestOldFunctionsStayOld(t *testing.T) {
	a, b, _ := twins(t, "func f() int { return 1 }\nvar old = f\nvar lit = func() int { return f() }",
		"func f() int { return 2 }\nvar new = f\ntype T struct{ a int }\nvar t1 any = T{1}",
		"type T struct{ b string }\nvar t2 any = T{\"x\"}")
	for _, r := range []struct{ name, want string }{{"old", "1"}, {"new", "2"}, {"lit", "2"}} {
		f, err := send(t, a, b, get(t, a, r.name))
		if err != nil {
			t.Errorf("%s: %v", r.name, err)
		} else if got := fmt.Sprint(f.Call(nil)[0]); got != r.want {
			t.Errorf("%s returned %s, not %s", r.name, got, r.want)
		}
	}
	for _, name := range []string{"t1", "t2"} {
		ta := get(t, a, name).Elem().Type()
		n, ok := a.TypeName(ta)
		if !ok {
			t.Fatalf("%s has no name", ta)
		}
		tb, err := b.TypeOf(n)
		if err != nil || tb.Field(0).Name != ta.Field(0).Name {
			t.Errorf("%s is %v in the other engine, %v", n, tb, err)
		}
	}
}

func TestTypesAreFoundInAnotherEngine(t *testing.T) {
	a, b, _ := twins(t, `import "sync/atomic"
type A struct{ b *B; m map[string][]A }
type B interface{ F(A) error; g() }
type G[K comparable, V any] struct{ k K; v []V }
func locals[T any](v T) []any { type L struct{ v T; n *int }; type M[] int; return nil }
func some[T any](v T) any { type L struct{ v T }; return L{v} }
func plain() any { type L struct{ a int }; return []L{{1}} }
var vs = []any{A{}, &A{}, []A{}, [3]A{}, map[A2]*B{}, G[string, A]{}, G[A2, G[int, string]]{}, some(1), some(A{}), plain(), struct{ x int; A }{}, struct{ Y string }{},
	(chan A)(nil), func(A, ...B) error { return nil }, (*atomic.Pointer[A])(nil), (*interface{ M(A) })(nil), [2]G[int, int]{}, some(G[int, A]{}) }
type A2 struct{ n int }
`)
	vs := get(t, a, "vs")
	for i := range vs.Len() {
		ta := vs.Index(i).Elem().Type()
		for ta.Kind() == reflect.Pointer {
			ta = ta.Elem()
		}
		name, ok := a.TypeName(ta)
		if !ok {
			t.Errorf("%s has no name", ta)
			continue
		}
		tb, err := b.TypeOf(name)
		if err != nil {
			t.Errorf("%s: %v", ta, err)
			continue
		}
		back, ok := b.TypeName(tb)
		if !ok || back != name || tb.String() != ta.String() || tb.Kind() != ta.Kind() || tb.Size() != ta.Size() {
			t.Errorf("%s (%s) is %s (%s) in the other engine", ta, name, tb, back)
		}
	}
	for _, name := range []string{"", "M", `M"A"`, `M"X"[0;]`, `P`, `A9999999999;B"int"`, `C"no/such""T"[0;]`,
		`M"G"[1;B"int"]`, `M"G"[2;B"int"B"int"`, `U"s0.go"7;[0;]`, `K` + `SB"int"B"int"`,
		strings.Repeat("P", 1000) + `B"int"`, `T9;`} {
		if tt, err := b.TypeOf(name); err == nil {
			t.Errorf("%q is a type: %s", name, tt)
		}
	}
	for _, name := range []string{"", "D", `D"""nope"[0;]`, `D"""locals"[0;]`, `L"s0.go"5;[0;]`, `L"s9.go"5;[0;]`,
		`N"os""Nope"`, `VM"A"[0;]"Nope"1;`, `N"os""Args"`} {
		if _, err := b.Find(name, reflect.TypeFor[func()]()); err == nil {
			t.Errorf("%q is a function", name)
		}
	}
}

func TestFunctionsWithoutAName(t *testing.T) {
	a, _, _ := twins(t, `import ("iter"; "strings")
var body any
func each(yield func(int) bool) { body = yield; yield(1) }
func run() { for range each {} }
var seq iter.Seq[string] = strings.SplitSeq("a b", " ")
`)
	func() {
		defer func() { _ = recover() }()
		a.Call(nil, "run")
	}()
	for name, want := range map[string]string{"body": "the body of a loop over a function",
		"seq": "the compiled function strings."} {
		v := get(t, a, name)
		if v.Kind() == reflect.Interface {
			v = v.Elem()
		}
		if _, _, err := a.Identify(v); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestGlobalsOf(t *testing.T) {
	a, _, _ := twins(t, `import "fmt"
var x, y, z, w, u, unused int
var table = map[string]int{}
var hook = func() { u++ }
type S struct{}
func (S) String() string { y++; return "" }
type Shape interface{ Area() int }
type Sq struct{}
func (Sq) Area() int { return z }
type Unused struct{}
func (Unused) Other() int { return unused }
func helper[T any](v T) T { w++; return v }
func f() { x++; g() }
func g() { fmt.Println(S{}); table["a"] = helper(1); if false { f() } }
func shapes(s Shape) int { return s.Area() }
func viaHook() { hook() }
func outer() func() { return func() { func() { x++ }() } }
var fs = map[string]any{"f": f, "shapes": shapes, "hook": viaHook, "closure": outer(), "bound": Sq{}.Area}
var sq any = Sq{}
`)
	for name, want := range map[string]string{"f": "[table w x y]", "shapes": "[z]", "hook": "[hook]", "closure": "[x]",
		"bound": "[z]"} {
		f := get(t, a, "fs").MapIndex(reflect.ValueOf(name)).Elem()
		var got []string
		for _, g := range a.GlobalsOf(f) {
			got = append(got, g.Shown)
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%s uses %v, not %s", name, got, want)
		}
	}
}

// A function that only its name refers to is found after the collector has run: a literal of statements that are over,
// a function that was forgotten after it was named, and a literal of an initialisation that has never run.
func TestNamedFunctionsStay(t *testing.T) {
	a, b, _ := twins(t, "var g any = func() int { return 1 }")
	n := newCells(t)
	n.run("var f any\nf = func() int { return 2 }")
	collect := func() {
		runtime.GC()
		runtime.GC()
	}
	collect()
	v, err := send(t, a, b, get(t, a, "g"))
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Call(nil)[0].Int(); got != 1 {
		t.Errorf("g: got %d", got)
	}
	for _, row := range []struct {
		cell, forget string
		want         int64
	}{{"f = func() int { return 2 }", "", 2}, {"func gone() int { return 3 }\nf = gone", "func gone(int) {}", 3}} {
		n.run(row.cell)
		v := get(t, n.e, "f")
		ft := v.Elem().Type()
		name, _, err := n.e.Identify(v.Elem())
		if err != nil {
			t.Fatal(err)
		}
		v.SetZero()
		n.run(row.forget)
		collect()
		found, err := n.e.Find(name, ft)
		if err != nil {
			t.Errorf("%s: %v", row.cell, err)
			continue
		}
		fn := reflect.New(ft)
		*(*unsafe.Pointer)(fn.UnsafePointer()) = found.Func
		if got := fn.Elem().Call(nil)[0].Int(); got != row.want {
			t.Errorf("%s: got %d", row.cell, got)
		}
	}
}
