package exec_test

// This file defines the tests of what the engine promises to its host. The rows of kernel/session/testdata and
// bench/conformance compare interpreted with compiled code.

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/exec/exectest"
	"gilkernel/kernel/std/frees"
	"gilkernel/kernel/yaegi"
)

// host is a process around an engine, with what its tests check.
type host struct {
	exectest.Host
	mu     sync.Mutex // protects the field below
	sites  []string
	done   chan struct{}
	thread exec.Thread // of all goroutines
	silent bool        // Tick does nothing
	frees  func(path, name string) frees.How
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
func (h *host) Frees(path, name string) frees.How {
	if h.frees == nil {
		return frees.Holds
	}
	return h.frees(path, name)
}

func newEngine() (*exec.Engine, *host) {
	h := &host{done: make(chan struct{})}
	if *bodies == "yaegi" {
		return exectest.New(h, yaegi.Engine{}, yaegi.MaxCalls), h
	}
	return exectest.New(h, nil, 0), h
}

// describe returns a panic as text: its value and where it came from.
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

func none() map[string]int { return nil }

// Errors of interpreted code have the texts and the types of Go's own errors.
func TestErrorsAreGos(t *testing.T) {
	for _, row := range []struct {
		code     string
		compiled func()
	}{
		{`var x any = "s"; _ = x.(int)`, func() { var x any = "s"; _ = x.(int) }},
		{`var x any; _ = x.(int)`, func() { var x any; _ = x.(int) }},
		{`var x any = 1; _ = x.(error)`, func() { var x any = 1; _ = x.(error) }},
		{`var x error; _ = x.(interface{ Is(error) bool })`, func() {
			var x error
			_ = x.(interface{ Is(error) bool })
		}},
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

// The flag ends code that computes and code that waits; deferred calls run, and recover doesn't see it.
func TestInterrupt(t *testing.T) {
	for _, body := range []string{
		"for {}", "<-make(chan int)", "select {}", "var c chan int; for range c {}", "var c chan string; c <- `s`",
		"f := func() {}; for { f() }",
	} {
		e, h := newEngine()
		text := "package main\nfunc main() {\ndefer println(`deferred`)\n" +
			"defer func() { if recover() != nil { println(`seen`) } }()\nprintln(`begun`)\n" + body + "\n}"
		if _, err := e.Compile("s.go", text); err != nil {
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

func BenchmarkFib(b *testing.B) {
	e, _ := newEngine()
	text := "package main\nfunc fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }\n" +
		"func main() { fib(20) }"
	if _, err := e.Compile("s.go", text); err != nil {
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
	const sum = `func f%d(n int) int {
	s := 0
	for i := range n {
		if i%%2 == 0 {
			s += i
		}
	}
	return s
}
`
	text := "package main\nimport \"fmt\"\n" + strings.Repeat(sum, 3) + "func c%d() { fmt.Println(f%d(3)) }\n"
	e, _ := newEngine()
	for i := 0; b.Loop(); i++ {
		src := fmt.Sprintf(text, 4*i, 4*i+1, 4*i+2, 4*i, 4*i)
		if _, err := e.Compile("s.go", src); err != nil {
			b.Fatal(err)
		}
	}
}
