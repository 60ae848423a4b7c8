package exec_test

// This file defines the tests of what the engine promises to its host. What interpreted code does is held
// against compiled code by the rows of kernel/session/testdata and by bench/conformance.

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/exec/exectest"
	"gilkernel/kernel/std"
	"gilkernel/kernel/yaegi"
)

// host is a process around an engine, with what its tests look at.
type host struct {
	exectest.Host
	mu     sync.Mutex // protects the field below
	sites  []string
	done   chan struct{}
	thread exec.Thread // of all goroutines
	silent bool        // Tick does nothing
	frees  func(path, recv, name string) exec.Freeing
}

type stopped struct{}

func (stopped) Error() string { return "stopped" }
func (stopped) Uncatchable()  {}

func (h *host) Go(origin any, site string, f func(any)) {
	h.mu.Lock()
	h.sites = append(h.sites, site)
	h.mu.Unlock()
	h.Host.Go(origin, site, func(origin any) {
		defer func() {
			if v := recover(); v != nil {
				h.Print([]byte(describe(v)))
			}
		}()
		f(origin)
	})
}
func (h *host) Done(any) <-chan struct{} { return h.done }
func (h *host) Tick(any) {
	if !h.silent {
		panic(stopped{})
	}
}
func (h *host) Thread(any) exec.Thread { return h.thread }
func (h *host) Frees(path, recv, name string) exec.Freeing {
	if h.frees == nil {
		return exec.Holds
	}
	return h.frees(path, recv, name)
}

func newEngine() (*exec.Engine, *host) {
	h := &host{done: make(chan struct{})}
	if *bodies == "yaegi" {
		return exectest.New(h, yaegi.Engine{}, yaegi.MaxCalls), h
	}
	return exectest.New(h, nil, 0), h
}

// describe is a panic as text: its value and where it came from.
func describe(v any) string {
	p, ok := v.(*exec.Panic)
	if !ok {
		return fmt.Sprintf("not a *exec.Panic: %v", v)
	}
	s := fmt.Sprintf("panic: %v", p.Value)
	for _, f := range p.Trace.Frames {
		s += fmt.Sprintf("; %s %s", f.Func, f.Pos)
	}
	return s
}

// run compiles a source and calls its main, or runs several in turn as cells; it returns what was printed.
func run(t testing.TB, sources ...string) (out string) {
	t.Helper()
	if len(sources) > 1 {
		return runCells(t, sources)
	}
	e, h := newEngine()
	p, err := e.Compile("s0.go", "package main\n"+sources[0])
	if err != nil {
		return "error: " + err.Error()
	}
	p.Init(nil)
	func() {
		defer func() {
			if v := recover(); v != nil {
				h.Print([]byte(describe(v)))
			}
		}()
		e.Call(nil, "main")
	}()
	h.Wait()
	return h.Printed()
}

func TestSources(t *testing.T) {
	for _, row := range []struct {
		name    string
		sources []string
		want    string
	}{
		{"a closure that compiled code calls", []string{`import ("sort"; "strings")
func main() { s := []int{3, 1, 2}; n := 0; sort.Slice(s, func(i, j int) bool { n++; return s[i] < s[j] }); println(s[0], s[2], n > 0, strings.Map(func(r rune) rune { return r + 1 }, "abc")) }`}, "1 3 true bcd\n"},
		{"a compiled function as a value", []string{`import "strings"
func main() { f := strings.ToUpper; g := (*strings.Builder).Len; var b strings.Builder; b.WriteString("xy"); println(f("a"), g(&b)) }`}, "A 2\n"},
		{"compiled methods of all arities, by value and by interface", []string{`import ("bytes"; "container/list"; "fmt"; "math/big"; "strings"; "time")
type writer interface { Write(b []byte) (int, error); WriteString(s string) (int, error); Len() int; String() string; Grow(n int); Reset(); ReadString(d byte) (string, error) }
type sum interface { Add(a, b *big.Int) *big.Int; Exp(x, y, m *big.Int) *big.Int; Cmp(o *big.Int) int; SetBit(x *big.Int, i int, b uint) *big.Int; String() string; Int64() int64 }
type chain interface { PushBack(v any) *list.Element; InsertBefore(v any, at *list.Element) *list.Element; Front() *list.Element; Len() int }
type replacer interface { Replace(s string) string }
type missing interface { Error() string; Unwrap() error }
func main() {
	var o strings.Builder; defer func() { print(o.String()) }()
	var w writer = &bytes.Buffer{}; w.Grow(10); n, err := w.WriteString("ab"); m, _ := w.Write([]byte("cd\nx")); line, _ := w.ReadString('\n'); fmt.Fprintln(&o, n, err, m, line == "abcd\n", w.Len(), w.String()); w.Reset(); fmt.Fprintln(&o, w.Len())
	a, b := big.NewInt(3), big.NewInt(4)
	var z sum = new(big.Int); z.Add(a, b); fmt.Fprintln(&o, z.String(), z.Cmp(a), z.Int64()); z.Exp(a, b, big.NewInt(5)); fmt.Fprintln(&o, z.String()); z.SetBit(a, 3, 1); fmt.Fprintln(&o, z.String())
	x := new(big.Int); x.Mul(a, b); x.Lsh(x, 2); fmt.Fprintln(&o, x.Add(x, a), x.Binomial(5, 2))
	l := list.New(); var c chain = l; c.InsertBefore("first", c.PushBack(2.5)); l.InsertAfter(7, c.Front()); for e := c.Front(); e != nil; e = e.Next() { fmt.Fprint(&o, e.Value, " ") }; fmt.Fprintln(&o, c.Len(), l.InsertBefore(1, &list.Element{}) == nil)
	var r replacer = strings.NewReplacer("a", "b"); fmt.Fprintln(&o, r.Replace("aa"))
	var d fmt.Stringer = 3 * time.Second; fmt.Fprintln(&o, d.String()); t := time.NewTimer(time.Hour); fmt.Fprintln(&o, t.Reset(time.Hour))
	e := fmt.Errorf("x: %w", fmt.Errorf("y")); fmt.Fprintln(&o, e.(missing).Unwrap(), e.(missing).Error())
	defer func() { fmt.Fprintln(&o, recover() != nil) }(); var none *list.List; c = none; c.PushBack(1)
}`}, "2 <nil> 4 true 1 x\n0\n7 1 7\n1\n11\n10 10\nfirst 7 2.5 3 true\nbb\n3s\ntrue\ny x: y\ntrue\n"},
		{"a failed source declares nothing", []string{"var x = 1", "func f() int { return x }", "func main() { println(f()) }"}, "1\n"},
		{"a method of an earlier type", []string{`type T struct{ n int }
func (t T) A() int { return t.n }`, `import "fmt"
func (t *T) B() int { t.n++; return t.A() }
func (t T) String() string { return fmt.Sprint("T", t.n) }`, `import "fmt"
func main() { t := T{1}; println(t.B(), fmt.Sprint(t), fmt.Sprint([]T{t})) }`}, "2 T2 [T2]\n"},
		{"a method declared again", []string{`type T struct{}
func (T) M() int { return 1 }
func call(t T) int { return t.M() }`, "func (T) M() int { return 2 }", "func main() { var i interface{ M() int } = T{}; println(call(T{}), i.M()) }"}, "2 2\n"},
		{"a type declared again", []string{"//line In[1]:1:1\ntype T struct{ a int }\nvar old = T{1}", `import "fmt"
//line In[2]:1:1
type T struct{ b int }
func main() { println(fmt.Sprintf("%T %T %T", old, &old, T{})) }`}, "main.T (cell 1) *main.T (cell 1) main.T\n"},
		{"a trace", []string{"func f(n int) {\n\tif n == 0 {\n\t\tpanic(\"zero\")\n\t}\n\tf(n - 1)\n}\nfunc main() {\n\tf(1)\n}"}, "panic: zero; f s0.go:4:3; f s0.go:6:2; main s0.go:9:2"},
		{"a trace after deferred calls", []string{"func f() {\n\tdefer func() {}()\n\tvar m map[int]int\n\tm[1] = 2\n}\nfunc main() { f() }"}, "panic: assignment to entry in nil map; f s0.go:5:2; main s0.go:7:15"},
		{"a panic in a goroutine", []string{"func main() { go func() { panic(1) }() }"}, "panic: 1; main.func1 s0.go:2:27"},
		{"an endless recursion", []string{"func f() int { return f() + 1 }\nfunc main() { defer func() { println(recover().(error).Error()) }(); f() }"}, "maximum recursion depth exceeded\n"},
		{"a recursion through mutual calls", []string{"func even(n int) bool { if n == 0 { return true }; return odd(n - 1) }\nfunc odd(n int) bool { if n == 0 { return false }; return even(n - 1) }\nfunc main() { println(even(1001), even(1000)) }"}, "false true\n"},
		{"a pulled iterator", []string{`import "iter"
func main() { next, stop := iter.Pull(func(yield func(int) bool) { for i := 0; yield(i); i++ {} }); a, _ := next(); b, _ := next(); stop(); _, ok := next(); println(a, b, ok) }`}, "0 1 false\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := run(t, row.sources...); got != row.want {
				t.Errorf("got  %q\nwant %q", got, row.want)
			}
		})
	}
}

func none() map[string]int { return nil }

// What Go's own errors say, interpreted code's say too, and they are of the same types.
func TestErrorsAreGos(t *testing.T) {
	for _, row := range []struct {
		code     string
		compiled func()
	}{
		{`var x any = "s"; _ = x.(int)`, func() { var x any = "s"; _ = x.(int) }},
		{`var x any; _ = x.(int)`, func() { var x any; _ = x.(int) }},
		{`var x any = 1; _ = x.(error)`, func() { var x any = 1; _ = x.(error) }},
		{`var x error; _ = x.(interface{ Is(error) bool })`, func() { var x error; _ = x.(interface{ Is(error) bool }) }},
		{`i := 5; _ = make([]int, 3)[i]`, func() { i := 5; _ = make([]int, 3)[i] }},
		{`i := 5; _ = "abc"[i:]`, func() { i := 5; _ = "abc"[i:] }},
		{`i, j := 2, 1; _ = make([]int, 3)[i:j]`, func() { i, j := 2, 1; _ = make([]int, 3)[i:j] }},
		{`i := 9; a := [3]int{}; _ = a[:i]`, func() { i := 9; a := [3]int{}; _ = a[:i] }},
		{`n := -1; _ = make([]int, n)`, func() { n := -1; _ = make([]int, n) }},
		{`n := 0; _ = 1 / n`, func() { n := 0; _ = 1 / n }},
		{`n := -1; _ = 1 << n`, func() { n := -1; _ = 1 << n }},
		{`var p *int; *p = 1`, func() { var p *int; *p = 1 }},
		{`var f func(); f()`, func() { var f func(); f() }},
		{`var m map[string]int; m["a"] = 1`, func() { none()["a"] = 1 }},
		{`m := map[any]int{}; m[[]int{}] = 1`, func() { m := map[any]int{}; m[[]int{}] = 1 }},
		{`var a, b any = []int{}, []int{}; _ = a == b`, func() { var a, b any = []int{}, []int{}; _ = a == b }},
		{`s := []int{1}; _ = [2]int(s)`, func() { s := []int{1}; _ = [2]int(s) }},
		{`c := make(chan int); close(c); close(c)`, func() { c := make(chan int); close(c); close(c) }},
		{`panic(nil)`, func() { panic(nil) }},
	} {
		var want any
		func() {
			defer func() { want = recover() }()
			row.compiled()
		}()
		e, _ := newEngine()
		if _, err := e.Compile("s.go", "package main\nfunc main() { "+row.code+" }"); err != nil {
			t.Errorf("%s: %v", row.code, err)
			continue
		}
		func() {
			defer func() {
				p, ok := recover().(*exec.Panic)
				if !ok || fmt.Sprint(p.Value) != fmt.Sprint(want) {
					t.Errorf("%s: got %v, want %v", row.code, p, want)
				}
			}()
			e.Call(nil, "main")
		}()
	}
}

// A source that can't be compiled leaves the engine as it was.
func TestRefused(t *testing.T) {
	e, _ := newEngine()
	for _, text := range []string{"", "not Go", "package main\nfunc f() { undefined() }", "package main\ntype T int\nvar x T = \"s\"", "package main\nimport \"no/such/package\"\nvar _ = no.X", "package main\nfunc f()"} {
		var at *exec.Error
		if _, err := e.Compile("s.go", text); !errors.As(err, &at) || at.Msg == "" {
			t.Errorf("%q: got %v, want an *Error", text, err)
		}
	}
	if _, err := e.Compile("s.go", "package main\ntype T string\nfunc f() T { return \"s\" }"); err != nil {
		t.Errorf("the names of a refused source are still taken: %v", err)
	}
}

// The flag ends what computes and what waits, deferred calls run, and recover doesn't see it.
func TestInterrupt(t *testing.T) {
	for _, body := range []string{"for {}", "<-make(chan int)", "select {}", "var c chan int; for range c {}", "var c chan string; c <- \"s\"", "f := func() {}; for { f() }"} {
		e, h := newEngine()
		if _, err := e.Compile("s.go", "package main\nfunc main() { defer println(\"deferred\"); defer func() { if recover() != nil { println(\"seen\") } }(); println(\"begun\"); "+body+" }"); err != nil {
			t.Fatal(err)
		}
		ended := make(chan any)
		go func() {
			defer func() { ended <- recover() }()
			e.Call(nil, "main")
		}()
		for begun := false; !begun; {
			begun = h.Printed() != ""
		}
		e.Flag().Store(1)
		close(h.done)
		if p, ok := (<-ended).(*exec.Panic); !ok || p.Value != (stopped{}) {
			t.Errorf("%s: it ended with %v", body, p)
		}
		if got := h.Printed(); strings.Contains(got, "seen") {
			t.Errorf("%s: printed %q", body, got)
		}
	}
}

// Goroutines share what Go says that they share.
func TestGoroutines(t *testing.T) {
	got := run(t, `import ("sync"; "sync/atomic")
type T struct{ mu sync.Mutex; m map[int]int }
func (t *T) add(k int) { t.mu.Lock(); defer t.mu.Unlock(); t.m[k]++ }
func main() {
	t := &T{m: map[int]int{}}
	var n atomic.Int64
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 200 { t.add(i % 7); n.Add(int64(g)) }
		}()
	}
	wg.Wait()
	s := 0
	for _, v := range t.m { s += v }
	println(s, n.Load())
}`)
	if got != "1600 5600\n" {
		t.Errorf("got %q", got)
	}
}

// stepHost writes down what it is told of steps.
type stepHost struct {
	*host
	steps []string
}

func (h *stepHost) Step(_ any, site *exec.Site, read func() any) {
	s := site.Op
	if site.Name != "" {
		s += " " + site.Name
	}
	if read != nil {
		s += fmt.Sprintf("=%v", read())
	}
	h.steps = append(h.steps, s)
}

func TestSteps(t *testing.T) {
	for _, row := range []struct {
		body  string
		steps exec.Steps
		want  string
	}{
		{"n++", exec.StepAccess, "call, read n=0, write n=0"},
		{"n = n*2 + 1", exec.StepAccess, "call, read n=0, write n=0"},
		{"x := 1; x++; _ = x", exec.StepAccess, "call"},
		{"x := 1; func() { x++ }()", exec.StepAccess, "call, call, read x=1, write x=1"},
		{"p.c += 2", exec.StepAccess, "call, read p={5}, read p.c=5, write p.c=5"},
		{"m[1] += n", exec.StepAccess, "call, read m=map[1:3], read m[1], read n=0, write m[1]"},
		{"m[1] = 2", exec.StepAccess, "call, read m=map[1:3], write m[1]"},
		{"for i := 0; i < 2; i++ {}", exec.StepCalls, "call, loop, loop, loop"},
		{"n++; f()", exec.StepCalls, "call, call"},
		{"n++", exec.NoSteps, ""},
		{"mu.Lock(); n++; mu.Unlock()", exec.StepAccess, "call, sync mu.Lock(), read n=0, write n=0, sync mu.Unlock()"},
		{"mu.Lock(); defer mu.Unlock(); n++", exec.StepAccess, "call, sync mu.Lock(), read n=0, write n=0, sync mu.Unlock()"},
		{"for !mu.TryLock() {}; mu.Unlock()", exec.StepCalls, "call, loop, sync mu.TryLock(), sync mu.Unlock()"},
		{"mu.Lock()", exec.NoSteps, ""},
	} {
		_, h := newEngine()
		sh := &stepHost{host: h}
		e := exec.New(sh, &std.Importer{})
		text := "package main\nimport \"sync\"\nvar mu sync.Mutex\ntype T struct{ c int }\nvar n int\nvar p = &T{5}\nvar m = map[int]int{1: 3}\nfunc f() {}\nfunc main() { " + row.body + " }"
		p, err := e.CompileSteps("s.go", text, row.steps)
		if err != nil {
			t.Errorf("%s: %v", row.body, err)
			continue
		}
		p.Init(nil)
		sh.steps = nil
		e.Call(nil, "main")
		if got := strings.ReplaceAll(strings.Join(sh.steps, ", "), "&{5}", "{5}"); got != row.want {
			t.Errorf("%s:\ngot  %s\nwant %s", row.body, got, row.want)
		}
	}
}

// Any bytes are a source: they compile or are refused.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{"func main() {}", "type T[P any] struct{ p P }\nvar x T[int]", "func f(xs ...int) (n int) { defer func() { n++ }(); for range xs { n++ }; return }", "var a, b = b, 1", "L: for { break L }", "func f() { var m map[string][]int; m[\"a\"] = append(m[\"a\"], 1); for k, v := range m { _, _ = k, v } }", "func f(c chan int) { select { case v, ok := <-c: _, _ = v, ok; default: } }", "func f(x any) { switch y := x.(type) { case int: _ = y + 1; case error: _ = y.Error() } }", "type I interface{ M() }\ntype S struct{ I }\nvar s S\nvar f = s.M"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, _ := newEngine()
		if _, err := e.Compile("s.go", "package main\n"+text); err != nil && strings.Contains(err.Error(), "please report it") {
			t.Errorf("%q: %v", text, err)
		}
	})
}

func BenchmarkFib(b *testing.B) {
	e, _ := newEngine()
	if _, err := e.Compile("s.go", "package main\nfunc fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }\nfunc main() { fib(20) }"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		e.Call(nil, "main")
	}
}

// A check costs what it costs in an empty loop of a million turns.
func BenchmarkLoop(b *testing.B) {
	e, _ := newEngine()
	if _, err := e.Compile("s.go", "package main\nfunc main() { for i := 0; i < 1000000; i++ {} }"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		e.Call(nil, "main")
	}
}

func BenchmarkCompile(b *testing.B) {
	text := "package main\nimport \"fmt\"\n" + strings.Repeat("func f%d(n int) int {\n\ts := 0\n\tfor i := range n {\n\t\tif i%%2 == 0 {\n\t\t\ts += i\n\t\t}\n\t}\n\treturn s\n}\n", 3) + "func c%d() { fmt.Println(f%d(3)) }\n"
	e, _ := newEngine()
	for i := 0; b.Loop(); i++ {
		src := fmt.Sprintf(text, 4*i, 4*i+1, 4*i+2, 4*i, 4*i)
		if _, err := e.Compile("s.go", src); err != nil {
			b.Fatal(err)
		}
	}
}
