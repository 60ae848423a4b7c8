package rtype_test

import (
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"gilkernel/kernel/exec/rtype"
)

// TestCollector holds memory only through values of forged types while the
// collector runs all the time.
func TestCollector(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	node := nodeType()
	shape := define("Shape", reflect.TypeFor[any]())
	mixed := define("Mixed", rtype.StructOf([]reflect.StructField{
		field("n", reflect.TypeFor[int]()), embed("Node", node), field("_", reflect.TypeFor[*int]()),
		field("s", shape), field("a", reflect.ArrayOf(20, reflect.TypeFor[*string]())),
		embed("Ptr", reflect.PointerTo(node)),
	}))
	direct := define("Direct", rtype.StructOf([]reflect.StructField{field("p", reflect.TypeFor[*string]())}),
		method("String", func(p **string) string { runtime.GC(); return **p }))
	const rounds = 40
	var kept []reflect.Value
	var shown []any
	for i := range rounds {
		v := reflect.New(mixed)
		label := func(s string) string { return strings.Repeat(s, i+1) }
		n := (*nodeData)(v.Elem().Field(1).Addr().UnsafePointer())
		n.Name = label("name")
		n.Next = &nodeData{Name: label("next")}
		n.Kids = []nodeData{{Name: label("kid")}, {}}
		n.M = map[string]nodeData{label("key"): {Name: label("elem")}}
		*(*any)(v.Elem().Field(3).Addr().UnsafePointer()) = label("shape")
		arr := (*[20]*string)(v.Elem().Field(4).Addr().UnsafePointer())
		for j := range arr {
			s := label(fmt.Sprint("arr", j))
			arr[j] = &s
		}
		*(**nodeData)(v.Elem().Field(5).Addr().UnsafePointer()) = &nodeData{Name: label("embedded")}
		m := reflect.MakeMap(reflect.MapOf(reflect.TypeFor[int](), mixed))
		m.SetMapIndex(reflect.ValueOf(1), v.Elem())
		ch := reflect.MakeChan(reflect.ChanOf(reflect.BothDir, mixed), 2)
		ch.Send(v.Elem())
		kept = append(kept, m, ch)
		s := label("direct")
		shown = append(shown, valueOf(direct, &s).Interface())
		runtime.GC()
	}
	for i := range rounds {
		v1 := kept[2*i].MapIndex(reflect.ValueOf(1))
		v2, _ := kept[2*i+1].Recv()
		want := func(s string) string { return strings.Repeat(s, i+1) }
		for _, v := range []reflect.Value{v1, v2} {
			p := reflect.New(mixed)
			p.Elem().Set(v)
			n := (*nodeData)(p.Elem().Field(1).Addr().UnsafePointer())
			if n.Name != want("name") || n.Next.Name != want("next") || n.Kids[0].Name != want("kid") ||
				n.M[want("key")].Name != want("elem") ||
				*(*any)(p.Elem().Field(3).Addr().UnsafePointer()) != want("shape") ||
				*(*[20]*string)(p.Elem().Field(4).Addr().UnsafePointer())[19] != want("arr19") ||
				(*(**nodeData)(p.Elem().Field(5).Addr().UnsafePointer())).Name != want("embedded") {
				t.Fatalf("round %d: memory was lost", i)
			}
		}
		if got := fmt.Sprint(shown[i]); got != want("direct") {
			t.Fatalf("round %d: %s", i, got)
		}
	}
}

// TestStacks calls methods whose arguments and results live in registers and
// on the stack while stacks grow and the collector runs.
func TestStacks(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	type pair struct{ a, b *string }
	type taker interface {
		Take(depth int, p pair, s []*string, arr [3]*string) (pair, [2]*string)
	}
	var grow func(n int) int
	grow = func(n int) int {
		var pad [256]byte
		if n == 0 {
			runtime.GC()
			return int(pad[0])
		}
		return grow(n-1) + int(pad[n%256])
	}
	typ := pointType(method("Take", func(
		p *pointData, depth int, x pair, s []*string, arr [3]*string,
	) (pair, [2]*string) {
		grow(depth)
		return pair{x.b, x.a}, [2]*string{s[0], arr[2]}
	}))
	fresh := func(s string, i int) *string { x := fmt.Sprint(s, i); return &x }
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 30 {
				v := valueOf(typ, pointData{g, i}).Interface().(taker)
				p, arr := v.Take(i*10, pair{fresh("a", i), fresh("b", i)}, []*string{fresh("c", i)},
					[3]*string{2: fresh("d", i)})
				if got, want := *p.a+*p.b+*arr[0]+*arr[1], fmt.Sprintf("b%da%[1]dc%[1]dd%[1]d", i); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		})
	}
	wg.Wait()
}

// TestConcurrent forges from many goroutines at once.
func TestConcurrent(t *testing.T) {
	var wg sync.WaitGroup
	structs := make([]reflect.Type, 8)
	for g := range structs {
		wg.Go(func() {
			for i := range 50 {
				typ := pointType(method("String", stringPoint))
				if got := fmt.Sprint(valueOf(typ, pointData{g, i}).Interface()); got != fmt.Sprintf("<%d,%d>", g, i) {
					t.Error(got)
				}
				structs[g] = rtype.StructOf([]reflect.StructField{embed("Builder", reflect.TypeFor[strings.Builder]()),
					field("f", reflect.ArrayOf(i+1, reflect.TypeFor[uint8]()))})
				rtype.InterfaceOf("main", fmt.Sprint("interface { M", i, "() }"),
					[]rtype.InterfaceMethod{{Name: fmt.Sprint("M", i), Type: reflect.TypeFor[func()]()}})
			}
		})
	}
	wg.Wait()
	for _, s := range structs {
		if s != structs[0] {
			t.Error("StructOf isn't canonical")
		}
	}
}

func TestPanicInMethod(t *testing.T) {
	typ := pointType(method("Error", func(*pointData) string { panic("inside") }))
	e := valueOf(typ, pointData{}).Interface().(error)
	if got := mustPanic(t, func() { _ = e.Error() }); got != "inside" {
		t.Error(got)
	}
	done := make(chan struct{})
	exiting := pointType(method("Close", func(*pointData) error { runtime.Goexit(); return nil }))
	go func() {
		defer close(done)
		valueOf(exiting, pointData{}).Interface().(interface{ Close() error }).Close()
		t.Error("Goexit returned")
	}()
	<-done
}

// TestExhausted uses up all stubs, in a process of its own.
func TestExhausted(t *testing.T) {
	if os.Getenv("RTYPE_EXHAUST") == "" {
		// Under an emulator, which the first word then names, the system can't start the program by itself.
		words := append(strings.Fields(os.Getenv("GILKERNEL_EMULATOR")), os.Args[0], "-test.run=^TestExhausted$",
			"-test.v")
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Env = append(os.Environ(), "RTYPE_EXHAUST=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	for i := range 1 << 20 {
		typ := define("T", reflect.TypeFor[int](), method("String", func(p *int) string { return fmt.Sprint(i) }))
		s, ok := reflect.Zero(typ).Interface().(fmt.Stringer)
		if !ok {
			t.Fatal("the method is missing")
		}
		var err any
		func() {
			defer func() { err = recover() }()
			if got := s.String(); got != fmt.Sprint(i) {
				t.Fatal(got)
			}
		}()
		if err != nil {
			if !strings.Contains(fmt.Sprint(err), "no more entry points") || i < 10000 {
				t.Fatalf("after %d types: %v", i, err)
			}
			return
		}
	}
	t.Error("stubs never end")
}

func BenchmarkStringer(b *testing.B) {
	typ := define("T", reflect.TypeFor[int](),
		rtype.Method{Name: "String", Type: reflect.TypeFor[func() string](), Call: constant})
	s := reflect.Zero(typ).Interface().(fmt.Stringer)
	b.ReportAllocs()
	for b.Loop() {
		_ = s.String()
	}
}
