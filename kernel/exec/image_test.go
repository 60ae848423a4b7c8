package exec_test

// This file tests images: further sets of package variables, and what these begin with.

import (
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"testing"

	"gilkernel/kernel/exec"
)

// imaged is a thread with an image.
type imaged struct {
	diary
	m *exec.Image
}

func (i *imaged) Image() *exec.Image { return i.m }

// Code that runs in an image sees that image's variables: by way of functions, literals, methods, goroutines and
// callbacks.
func TestImage(t *testing.T) {
	e, h := newEngine()
	p, err := e.Compile("s.go", `package main
import ("slices"; "sync")
type T struct{ n int }
var n, s, t, arr, f, mu = 1, "one", &T{1}, [3]int{1, 2, 3}, 1.5, sync.Mutex{}
func (t *T) inc() { t.n++; n++ }
func change() {
	n += 10
	n++
	s += "!"
	arr[1] = n
	f *= 2
	if t == nil { t = &T{} }
	t.inc()
	p := &n
	*p += 100
	func() { n += 1000 }()
	slices.SortFunc([]int{1, 2}, func(a, b int) int { n += 10000; return a - b })
	done := make(chan bool)
	go func() { n += 100000; close(done) }()
	<-done
	println(n, s, t.n, arr[1])
}
`)
	if err != nil {
		t.Fatal(err)
	}
	p.Init(nil)
	for range 2 {
		h.thread = &imaged{m: e.NewImage()}
		e.Call(nil, "change")
	}
	h.thread = nil
	e.Call(nil, "change")
	if got, want := h.Printed(), "111112 ! 1 11\n111112 ! 1 11\n111113 one! 2 12\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	m := e.NewImage()
	v := 42
	if !m.Place("n", reflect.TypeFor[int](), reflect.ValueOf(&v).UnsafePointer()) ||
		m.Place("n", reflect.TypeFor[string](), nil) || m.Place("nothing", reflect.TypeFor[int](), nil) {
		t.Error("Place")
	}
	h.thread = &imaged{m: m}
	e.Call(nil, "change")
	if v != 42+111112 {
		t.Errorf("the placed variable is %d", v)
	}
}

// Images share what is compiled, and take no memory beyond that of the variables that they mention; their end frees it.
func TestImagesAreCheap(t *testing.T) {
	e, h := newEngine()
	text := "package main\nvar big [1 << 16]int\nvar used int\nfunc use() { used++; big[0]++ }\n"
	for i := range 300 {
		text += fmt.Sprintf("var v%d int\nfunc f%[1]d() int { v%[1]d++; return v%[1]d }\n", i)
	}
	if _, err := e.Compile("s.go", text); err != nil {
		t.Fatal(err)
	}
	h.thread = &imaged{m: e.NewImage()}
	e.Call(nil, "use")
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 1000 {
		h.thread = &imaged{m: e.NewImage()}
		e.Call(nil, "use")
	}
	h.thread = nil
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 { // one image has half a MiB
		t.Errorf("1000 images that have ended hold %d bytes", grown)
	}
}

// Several goroutines may mention a variable of an image for the first time at once.
func TestImageConcurrently(t *testing.T) {
	e, _ := newEngine()
	text := "package main\n"
	for i := range 200 {
		text += fmt.Sprintf("var v%d int\n", i)
	}
	if _, err := e.Compile("s.go", text); err != nil {
		t.Fatal(err)
	}
	m := e.NewImage()
	places := make([][]exec.Global, 4)
	var wg sync.WaitGroup
	for g := range places {
		wg.Go(func() {
			for i := range 200 {
				v, _ := e.GlobalIn(m, fmt.Sprintf("v%d", i))
				places[g] = append(places[g], v)
			}
		})
	}
	wg.Wait()
	for _, p := range places[1:] {
		if !slices.Equal(p, places[0]) {
			t.Fatal("goroutines see different variables")
		}
	}
}

// What Initialize computes: declarations without any effect but on variables.
func TestDeclared(t *testing.T) {
	n := newCells(t)
	e, h := n.e, n.h
	for _, code := range []string{
		"func loud() int { println(1); return 1 }\nfunc quiet(n int) int { a := n; a++; return a }\n" +
			"func deep() int { return loud() }\na := 5; a = 6; b := quiet(a); c := loud(); d := deep(); x := quiet(3)",
		"m := map[string]int{\"x\": x}; f := func() int { a++; return loud() }; s := []int{3, 1}; sort.Slice(s, " +
			"func(i, j int) bool { return s[i] < s[j] })",
		"func recur(n int) int { if n == 0 { return 1 }; return n * recur(n-1) }\n" +
			"u := f(); v := recur(5); w := &v; y := make(chan int, 2); var x int",
		"r := func() int { return 2 }(); var q int; go func() {}(); for range 2 { q = 3 }",
	} {
		n.compile(code)
	}
	var names []string
	for name := range e.Declared() {
		names = append(names, name)
	}
	slices.Sort(names)
	// a changes, so b isn't known; u calls a function value; v is taken the address of by w's own declaration.
	if got, want := fmt.Sprint(names), "[a f m q r s v w x y]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	m := e.NewImage()
	e.Initialize(m, nil, []string{"a", "w", "r"})
	show := func(name string) any {
		g, _ := e.GlobalIn(m, name)
		return reflect.NewAt(g.Type, g.Pointer).Elem().Interface()
	}
	if got := fmt.Sprint(show("a"), show("r"), show("v"), len(h.Printed())); got != "5 2 120 0" {
		t.Errorf("got %s", got)
	}
}

// A variable that is declared again begins with its own value, not with that of the earlier variable of its name.
func TestFirstsOfOneDeclaredAgain(t *testing.T) {
	n := newCells(t)
	n.run("x := 1\nx = 2\nfunc old() int { return x }")
	n.run("var x = \"a\"\nx = \"b\"\nuse := func() string { return x }")
	uses := n.e.GlobalsOf(get(t, n.e, "use"))
	if len(uses) != 1 || uses[0].Shown != "x" {
		t.Fatalf("use uses %v", uses)
	}
	if first, ok := n.e.Firsts(nil, []string{uses[0].Name})[uses[0].Name]; !ok || first.Interface() != "a" {
		t.Errorf("got %v", first)
	}
}
