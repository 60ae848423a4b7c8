package exec_test

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/std/frees"
)

// diary is a thread that records the calls it receives. It belongs to all goroutines of its host.
type diary struct {
	flag     atomic.Uint32
	steps    bool
	watches  bool
	apart    bool
	attached bool
	log      []string
	checks   int
	spends   int
	g        *exec.G
	where    func(g *exec.G)
	between  func() // called by each step
}

func (d *diary) Flag() *atomic.Uint32 { return &d.flag }
func (d *diary) Steps() bool          { return d.steps }
func (d *diary) Step() {
	d.log = append(d.log, "step")
	if d.between != nil {
		d.between()
	}
}
func (d *diary) Spend()          { d.spends++ }
func (d *diary) Attached() bool  { return d.attached }
func (d *diary) Attach()         { d.attached = true; d.log = append(d.log, "attach") }
func (d *diary) Detach()         { d.attached = false; d.log = append(d.log, "detach") }
func (d *diary) Watches() bool   { return d.watches }
func (d *diary) Elsewhere() bool { return d.apart }
func (d *diary) Check() {
	d.checks++
	if d.where != nil {
		d.where(d.g)
	}
}
func (d *diary) Runs(g *exec.G) *exec.G {
	old := d.g
	d.g = g
	return old
}
func (d *diary) Blocking(what frees.How, name string, fn func()) {
	d.log = append(d.log, []string{"holds", "io", "work", "much", "event"}[what]+" "+name)
	d.attached = false
	defer func() { d.attached = true }()
	fn()
}
func (d *diary) Holding(name string, _ int, fn func()) {
	d.log = append(d.log, "holds "+name)
	fn()
}

func TestThread(t *testing.T) {
	for _, row := range []struct {
		name, code string
		set        func(d *diary)
		want       string
	}{
		{"a write to what threads share is a step",
			"var n int\nfunc __cell() { n++; n = n + 1; m := 0; m++; print(n, m) }", func(d *diary) { d.steps = true },
			"step, step"},
		{"behind a pointer, in a map, in a closure", `
type T struct{ n int }
func __cell() {
	p := &T{}
	p.n++
	m := map[string]int{}
	m["a"] += 2
	k := 0
	func() { k++ }()
}`, func(d *diary) { d.steps = true }, "step, step, step"},
		{"no steps unless they are wanted", "var n int\nfunc __cell() { n++ }", nil, ""},
		{"a digest of much data releases the GIL, one of little doesn't", `
import "crypto/sha256"
func __cell() { sha256.Sum256(make([]byte, 4096)); sha256.Sum256(make([]byte, 16)) }`, nil, "work crypto/sha256.Sum256"},
		{"so does reading", `
import ("io"; "os")
func __cell() { f, _ := os.Open(os.DevNull); io.ReadAll(f); f.Close() }`, nil, "io os.Open, io io.ReadAll, io *os.File.Close"},
		{"reading from what knows of threads itself is done in place", `
import ("bufio"; "io"; "strings"; "bytes")
func __cell() {
	r := strings.NewReader("one\ntwo\n")
	io.ReadAll(r)
	io.ReadAll(bufio.NewReader(io.LimitReader(r, 4)))
	io.ReadAll(bytes.NewReader(nil))
}`, func(d *diary) { d.apart = true }, "io io.ReadAll"},
		{"so is reading from it and others", `
import ("io"; "strings"; "bytes")
func __cell() { io.ReadAll(io.MultiReader(bytes.NewReader(nil), strings.NewReader("x"))) }`, func(d *diary) { d.apart = true }, ""},
		{"and from the learner's own reader", `
import ("io"; "bytes")
type reader struct{}
func (reader) Read([]byte) (int, error) { return 0, io.EOF }
func __cell() {
	io.ReadAll(reader{})
	io.ReadAll(struct{ io.Reader }{&reader{}})
	io.ReadAll(struct{ io.Reader }{&bytes.Buffer{}})
}`, func(d *diary) { d.apart = true }, "io io.ReadAll"},
		{"but not where a call without the GIL is the thread's own", `
import ("io"; "strings")
func __cell() { io.ReadAll(strings.NewReader("x")) }`, nil, "io io.ReadAll"},
		{"what doesn't is shown on demand", `
import "sort"
func __cell() { sort.Ints([]int{2, 1}) }`, func(d *diary) { d.watches = true }, "holds sort.Ints"},
		{"waiting for a channel", `
func __cell() {
	c := make(chan int)
	go func() { c <- 1 }()
	<-c
	b := make(chan int, 1)
	b <- 1
	<-b
}`, nil, "event channel"},
		{"a callback of a call without the GIL has it", `
import ("io/fs"; "path/filepath"; "os")
var n int
func __cell() { filepath.WalkDir(os.TempDir(), func(string, fs.DirEntry, error) error { n++; return fs.SkipAll }) }`,
			func(*diary) {}, "io path/filepath.WalkDir, attach, detach"},
	} {
		t.Run(row.name, func(t *testing.T) {
			e, h := newEngine()
			d := &diary{attached: true}
			if row.set != nil {
				row.set(d)
			}
			h.frees = func(path, name string) frees.How {
				switch path + "." + name {
				case "strings.Read":
					return frees.Knows
				case "os.Open", "io.ReadAll", "os.Close", "path/filepath.WalkDir":
					return frees.IO
				case "crypto/sha256.Sum256":
					return frees.Much
				case "os.TempDir":
					return frees.Knows
				}
				return frees.Holds
			}
			code := row.code
			if _, err := e.Compile("c1.go", "package main\n"+code); err != nil {
				t.Fatal(err)
			}
			h.thread = d
			e.Call(nil, "__cell")
			h.thread = nil
			h.Wait()
			got := strings.Join(d.log, ", ")
			if i := strings.Index(row.want, "event channel"); i == 0 && got == "" {
				got = row.want // the goroutine was faster
			}
			if got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}

// A thread's checks are those of learners' functions; the standard library's own code, which the engine compiles
// where compiled code has no bodies, is native to Python's eyes.
func TestChecks(t *testing.T) {
	e, h := newEngine()
	if _, err := e.Compile("c1.go", `package main
import "slices"
func f() {}
func __loop() { for i := 0; i < 10; i++ {} }
func __calls() { f(); f() }
func __sort() { slices.Sort([]int{3, 1, 2, 5, 4}) }
`); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		entry  string
		spends bool
		n      int
	}{{"__loop", false, 12}, {"__calls", false, 3}, {"__sort", true, 2}} {
		d := &diary{attached: true}
		d.flag.Store(1)
		h.thread, h.silent = d, true
		e.Call(nil, row.entry)
		if d.checks != row.n || (d.spends > 0) != row.spends {
			t.Errorf("%s: %d checks, %d spends; want %d", row.entry, d.checks, d.spends, row.n)
		}
	}
}

// A thread knows in which cell and line it is.
func TestWhere(t *testing.T) {
	e, h := newEngine()
	if _, err := e.Compile("c1.go", `package main
//line In[7]:1:1
func f() {
	for i := 0; i < 1; i++ {
	}
}
func __cell() {
	f()
}
`); err != nil {
		t.Fatal(err)
	}
	var got []int
	d := &diary{attached: true, where: func(g *exec.G) {
		file, line := g.Where()
		if file != "In[7]" {
			t.Errorf("it is in %q", file)
		}
		got = append(got, line)
	}}
	d.flag.Store(1)
	h.thread, h.silent = d, true
	e.Call(nil, "__cell")
	if want := []int{6, 2, 2, 2}; !slices.Equal(got, want) { // the cell, f, and both tests of its loop
		t.Errorf("lines %v, want %v", got, want)
	}
}

// After a compiled function that has called back, a thread is again where it was. That holds for the first callback
// too, for which there is no goroutine's state yet.
func TestWhereBehindACallback(t *testing.T) {
	e, h := newEngine()
	if _, err := e.Compile("c1.go", `package main
import "sort"
//line In[7]:1:1
func less(i, j int) bool { return i < j }
func __cell() {
	sort.Slice([]int{2, 1}, less)
	for range 1 {
	}
}
`); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		var got []int
		d := &diary{attached: true, where: func(g *exec.G) {
			_, line := g.Where()
			got = append(got, line)
		}}
		d.flag.Store(1)
		h.thread, h.silent = d, true
		e.Call(nil, "__cell")
		if want := []int{3, 1, 3, 4}; !slices.Equal(got, want) { // the cell, less, behind the call, the loop
			t.Errorf("lines %v, want %v", got, want)
		}
	}
}

// What another thread writes between the read and the write of an update is lost, whichever way the update is written.
func TestStepIsBetweenReadAndWrite(t *testing.T) {
	for _, update := range []string{
		`m["k"]++`, `m["k"] += 1`, `m["k"] = m["k"] + 1`, `m["k"] = add(m["k"])`, `x, m["k"] = 0, m["k"] + 1`,
		`m["k"], x = m["k"] + 1, 0`,
		`s[0]++`, `s[0] += 1`, `s[0] = s[0] + 1`, `x, s[0] = 0, s[0] + 1`, `a[0] = a[0] + 1`, `a[0]++`,
		`p.n++`, `p.n = p.n + 1`, `p.n, x = p.n + 1, 0`, `v.n = v.n + 1`, `*q = *q + 1`, `*q++`, `n = n + 1`, `n++`,
		`n, x = n + 1, 0`,
		`p.m["k"] = p.m["k"] + 1`, `p.s[0] = p.s[0] + 1`,
	} {
		t.Run(update, func(t *testing.T) {
			e, h := newEngine()
			if _, err := e.Compile("c1.go", `package main
type T struct { n int; m map[string]int; s []int }
var m map[string]int
var s []int
var a [1]int
var p *T
var v T
var q *int
var n, x int
func add(n int) int { return n + 1 }
func __cell() { `+update+`; _, _, _ = x, a, v }
func __other() { m["k"], s[0], a[0], p.n, v.n, *q, n, p.m["k"], p.s[0] = 0, 0, 0, 0, 0, 0, 0, 0, 0 }
func __init() {
	m, s, p, q = map[string]int{}, []int{0}, &T{m: map[string]int{}, s: []int{0}}, new(int)
	m["k"], s[0], a[0], p.n, v.n, *q, n, p.m["k"], p.s[0] = 5, 5, 5, 5, 5, 5, 5, 5, 5
}
func __sum() { print(m["k"] + s[0] + a[0] + p.n + v.n + *q + n + p.m["k"] + p.s[0]) }
`); err != nil {
				t.Fatal(err)
			}
			e.Call(nil, "__init")
			d := &diary{attached: true, steps: true}
			steps := 0
			d.between = func() {
				if steps++; steps == 1 {
					h.thread = nil
					e.Call(nil, "__other")
				}
			}
			h.thread = d
			e.Call(nil, "__cell")
			h.thread = nil
			e.Call(nil, "__sum")
			if got := h.Printed(); got != "6" {
				t.Errorf("the sum is %s after %d steps, want 6: the update alone, of what was read", got, steps)
			}
		})
	}
}
