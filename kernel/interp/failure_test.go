package interp_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gilkernel/kernel/link"
)

func TestTraceback(t *testing.T) {
	p := begin(t)
	r := p.run(`func f(n int) {
	panic("boom")
}
func g() { defer func() { recover() }(); f(1) }
---
g()
f(3)
`)
	want := `In[1]:7:1
      5 ---
      6 g()
----> 7 f(3)
      8 
In[1]:2:2 in f
      1 func f(n int) {
----> 2 	panic("boom")
      3 }
      4 func g() { defer func() { recover() }(); f(1) }
panic: boom`
	if got := trace(r.done.Error); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if r.done.Status != "error" || r.done.Compile || !r.started || r.done.Error.Name != "panic" ||
		r.done.Error.Value != "boom" {
		t.Errorf("got %+v", r.done)
	}
	if r.out[1] != "" {
		t.Errorf("printed %q", r.out[1])
	}
}

// The functions between the cell's statement and the panic are named, in code of earlier cells too.
func TestTracebackThroughCells(t *testing.T) {
	p := begin(t)
	p.run(`type T struct{ n int }
func (t T) fail(i int) int { return []int{t.n}[i] }
---

`).ok(t)
	r := p.run(`func h(f func(int) int) int { return f(7) }
---
h(func(i int) int { return T{1}.fail(i) })
`)
	got := trace(r.done.Error)
	for _, want := range []string{"In[2]:3:1\n", "\nIn[2]:1:31 in h\n", "\nIn[2]:3:21 in a function literal\n",
		"\nIn[1]:2:30 in T.fail\n", "----> 2 func (t T) fail",
		"\npanic: runtime error: index out of range [7] with length 1"} {
		at := strings.Index(got, want)
		if at < 0 {
			t.Fatalf("no %q, or not in order, in\n%s", want, trace(r.done.Error))
		}
		got = got[at:]
	}
	if r.done.Error.Name != "runtime error" || r.done.Error.Value != "index out of range [7] with length 1" {
		t.Errorf("got %+v", r.done.Error)
	}
}

// Of cells that were brought back the source lines are shown too: of each part of a cell.
func TestTracebackThroughCellsBroughtBack(t *testing.T) {
	p := begin(t)
	a, b := p.request("func f(i int) int { return []int{1}[i] }\n"), p.request("\n\nfunc g() int { return f(3) }\n")
	a.Label, a.Code, b.Label, b.Code = "In[1]", "", "In[1]", ""
	back := &link.Run{ID: b.ID + 100, Replay: true, Log: []link.Run{*a, *b}}
	p.send(&link.Request{Run: back})
	p.wait(back.ID).ok(t)
	got := trace(p.run("---\ng()\n").done.Error)
	for _, want := range []string{"In[1]:4:16 in g\n", "----> 4 func g() int", "In[1]:2:21 in f\n",
		"----> 2 func f(i int)"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestPanicValues(t *testing.T) {
	p := begin(t)
	for _, row := range []struct{ code, name, value string }{
		{`panic("text")`, "panic", "text"},
		{`panic(42)`, "panic", "42"},
		{`panic(1.5)`, "panic", "1.5"},
		{`panic(true)`, "panic", "true"},
		{"import \"errors\"\npanic(errors.New(\"an error\"))", "panic", "an error"},
		{"import \"time\"\npanic(time.Second)", "panic", "1s"},
		{"type P struct{ x, Y int }\n---\npanic(P{1, 2})", "panic", "main.P{x: 1, Y: 2}"},
		{"var a []int\nvar i = 3\na[i] = 1", "runtime error", "index out of range [3] with length 0"},
		{"var a [2]int\nvar i = 3\na[i] = 1", "runtime error", "index out of range [3] with length 2"},
		{"s := \"abc\"\ni := 5\n_ = s[i]", "runtime error", "index out of range [5] with length 3"},
		{"a := []int{1}\ni := 5\n_ = a[i:]", "runtime error", "slice bounds out of range [5:1]"},
		{"s := \"abc\"\ni := 5\n_ = s[i:]", "runtime error", "slice bounds out of range [5:3]"},
		{"var m map[string]int\nm[\"a\"] = 1", "runtime error", "assignment to entry in nil map"},
		{"type N struct{ a int }\n---\nvar p *N\np.a = 1", "runtime error",
			"invalid memory address or nil pointer dereference"},
		{"type N2 struct{ a int }\n---\nvar p *N2\n_ = p.a", "runtime error",
			"invalid memory address or nil pointer dereference"},
		{"var p *int\n*p = 1", "runtime error", "invalid memory address or nil pointer dereference"},
		{"var f func()\nf()", "runtime error", "invalid memory address or nil pointer dereference"},
		{"x := 0\n_ = 1 / x", "runtime error", "integer divide by zero"},
		{"var v any = \"s\"\n_ = v.(int)", "runtime error", "interface conversion: interface {} is string, not int"},
		{"n := -1\n_ = make([]int, n)", "runtime error", "makeslice: len out of range"},
		{"n := -1\n_ = make(chan int, n)", "runtime error", "makechan: size out of range"},
		{"var c chan int\nclose(c)", "runtime error", "close of nil channel"},
		{"c := make(chan int)\nclose(c)\nclose(c)", "runtime error", "close of closed channel"},
		{"c := make(chan int, 1)\nclose(c)\nc <- 1", "runtime error", "send on closed channel"},
		{"import \"sync\"\nvar wg sync.WaitGroup\nwg.Done()", "panic", "sync: negative WaitGroup counter"},
	} {
		r := p.run(row.code + "\n")
		if r.done.Error == nil {
			t.Errorf("%s: no error, status %s", row.code, r.done.Status)
			continue
		}
		if got := r.done.Error; got.Name != row.name || got.Value != row.value || r.done.Status != "error" {
			t.Errorf("%s: got %s %q (%s), want %s %q", row.code, got.Name, got.Value, r.done.Status, row.name,
				row.value)
		}
	}
}

func TestRecovered(t *testing.T) {
	p := begin(t)
	r := p.run(`import ("fmt"; "runtime")
func try(f func()) {
	defer func() {
		r := recover()
		_, isRuntime := r.(runtime.Error)
		_, isError := r.(error)
		fmt.Println(r, isError, isRuntime)
	}()
	f()
}
---
try(func() { panic("text") })
try(func() { panic(fmt.Errorf("error")) })
try(func() { var a []int; i := 1; a[i] = 1 })
try(func() { var p *int; *p = 1 })
`).ok(t)
	want := `text false false
error true false
runtime error: index out of range [1] with length 0 true true
runtime error: invalid memory address or nil pointer dereference true true
`
	if r.out[1] != want {
		t.Errorf("got\n%swant\n%s", r.out[1], want)
	}
}

var goroutineLine = regexp.MustCompile(`(?m)^goroutine \d+, started at In\[1\]:3:1$`)

// A goroutine's panic is an error in the cell that started it, also long after that cell, and nothing
// is lost.
func TestPanicInGoroutine(t *testing.T) {
	p := begin(t)
	p.run(`import "fmt"
var kept, wake = 1, make(chan bool)
---
go func() { fmt.Println("last words"); <-wake; var m map[string]int; m["a"] = 1 }()
`).ok(t)
	p.run("kept = 2\n").ok(t)
	r := p.run("close(wake)\nkept\n").ok(t)
	for len(r.errors) == 0 {
		r.add(p.next())
	}
	e := r.errors[0]
	if got := trace(e.Error); e.Cell != 1 || e.Error.Name != "runtime error" || !goroutineLine.MatchString(got) ||
		!strings.HasPrefix(got, "In[1]:3:70 in a function literal\n") ||
		!strings.HasSuffix(got, "\npanic: runtime error: assignment to entry in nil map") {
		t.Errorf("cell %d: %+v\n%s", e.Cell, e.Error, got)
	}
	if got := p.run("kept\n").ok(t).text(); got != `"2"` {
		t.Errorf("got %s", got)
	}
}

func TestPanicInWaitGroupGoAndTimers(t *testing.T) {
	p := begin(t)
	r := p.run(`import ("sync"; "time"; "context")
var wg sync.WaitGroup
wg.Go(func() { panic("one") })
wg.Wait()
done := make(chan bool)
time.AfterFunc(0, func() { defer close(done); panic("two") })
<-done
fired := make(chan bool)
time.AfterFunc(0, func() { defer close(fired); panic("three") })
<-fired
ctx, cancel := context.WithCancel(context.Background())
gone := make(chan bool)
context.AfterFunc(ctx, func() { defer close(gone); panic("four") })
cancel()
<-gone
`).ok(t)
	for len(r.errors) < 4 {
		r.add(p.next())
	}
	var got []string
	for _, e := range r.errors {
		got = append(got, fmt.Sprint(e.Cell, e.Error.Value))
	}
	slices.Sort(got)
	if want := []string{"1four", "1one", "1three", "1two"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	// A goroutine that waits for a WaitGroup sees the report before what follows.
	if r.errors[0].Error.Value != "one" {
		t.Errorf("the first is %+v", r.errors[0].Error)
	}
}

func TestGoexit(t *testing.T) {
	p := begin(t)
	r := p.run("import (\"fmt\"; \"runtime\")\nfmt.Print(1)\nruntime.Goexit()\nfmt.Print(2)\n").ok(t)
	if r.out[1] != "1" {
		t.Errorf("printed %q", r.out[1])
	}
	p.run("1\n").ok(t)
}

func TestPanicInInitialiser(t *testing.T) {
	p := begin(t)
	r := p.run("func f() int { panic(\"early\") }\nvar x = f()\n---\n\n")
	if r.done.Status != "error" || r.done.Error.Name != "panic" || r.done.Error.Value != "early" {
		t.Errorf("got %+v %s", r.done, trace(r.done.Error))
	}
	p.run("1\n").ok(t)
}
