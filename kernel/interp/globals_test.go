//go:build linux

package interp_test

// This file tests which values global variables have in the processes that a cell starts.

import (
	"fmt"
	"strings"
	"testing"
)

// bothMachines are those on which everything must be the same.
var bothMachines = [...]string{"", "simulated cores=4 seed=1"}

// global is a cell that starts a process, on both machines.
type global struct {
	name, code string
	out        string
	notes      []string // as "line: text"
}

func (g global) test(t *testing.T) {
	t.Helper()
	for _, machine := range bothMachines {
		p := begin(t)
		if machine != "" {
			p.machine(machine)
		}
		head := "import \"fmt\"\nimport mp \"gilkernel/runtime/multiprocessing\"\n"
		r := p.run(head + strings.TrimPrefix(g.code, "\n")).ok(t)
		var notes []string
		for _, n := range r.done.Notes {
			notes = append(notes, fmt.Sprintf("%d: %s", n.Line, n.Text))
		}
		if got := strings.ReplaceAll(r.out[r.id], "In[2]", "In[1]"); got != g.out ||
			strings.Join(notes, "\n") != strings.Join(g.notes, "\n") {
			t.Errorf("%s (%s): got\n%s\n%s\nwant\n%s\n%s", g.name, machine, got, strings.Join(notes, "\n"), g.out,
				strings.Join(g.notes, "\n"))
		}
	}
}

// servers is the beginning of cells that start a server which serves each client in a process of its own.
const servers = `
import "gilkernel/runtime/socket"
import "gilkernel/runtime/socketserver"
import "gilkernel/runtime/threading"
func serve(handler any, opts ...socketserver.Option) {
	s, err := socketserver.NewForkingTCPServer("localhost", 0, handler, opts...)
	if err != nil { panic(err) }
	th := threading.NewThread(func() { s.ServeForever() })
	th.Start()
	c, err := socket.CreateConnection("localhost", s.ServerAddress().Port)
	if err != nil { panic(err) }
	answer, err := c.MakeFile().ReadAll()
	if err != nil { panic(err) }
	fmt.Println(string(answer))
	_ = c.Close()
	s.Shutdown(); s.ServerClose(); th.Join()
}`

// A forked process begins with the values that the global variables have, as far as they can be sent.
func TestForkedGlobals(t *testing.T) {
	for _, row := range []global{
		{"counter", `
var counter = 5
func bump() { counter++; fmt.Println("child", counter) }
---
p := mp.NewProcess(bump)
p.Start(); p.Join()
fmt.Println("parent", counter)`, "child 6\nparent 5\n", nil},
		{"by way of functions, methods, values and captured variables", `
var a, b, c, d, e, unused = 1, 2, 3, 4, 5, make(chan int)
type T struct{ f func() int }
func (t T) get() int { return a + t.f() }
func getB() int { return b }
var table = map[string]any{"t": T{getB}, "c": func() int { return c }}
func run(t T) { fmt.Println(t.get(), table["t"].(T).get(), table["c"].(func() int)()) }
func outer() func() int { inner := func() int { return d }; return func() int { return inner() + e } }
func call(f func() int) { fmt.Println(f()) }
---
a, b, c, d, e = 10, 20, 30, 40, 50
p := mp.NewProcess(run, mp.Args(T{func() int { return 7 }}))
p.Start(); p.Join()
p = mp.NewProcess(call, mp.Args(outer()))
p.Start(); p.Join()`, "17 30 30\n90\n", nil},
		{"what variables share stays shared", `
type node struct{ n int; next *node }
var list = &node{n: 1}
var same, tail = list, &list.next
var counter int
var pointer = &counter
func change(arg *node) {
	counter = 3
	list.n, *tail = 9, &node{n: 4}
	fmt.Println(*pointer, same.n, same.next.n, same == list, arg == list)
}
---
list.next = list
p := mp.NewProcess(change, mp.Args(list))
p.Start(); p.Join()
fmt.Println(counter, list.n)`, "3 9 4 true true\n0 1\n", nil},
		{"a shared object is itself", `
var lock = mp.NewLock()
var value = mp.NewValue("i", 0)
var q = mp.NewQueue()
func add() { for range 50 { lock.With(func() { value.SetValue(value.Int() + 1) }) }; q.Put("done") }
---
var ps []*mp.Process
for range 3 { p := mp.NewProcess(add); p.Start(); ps = append(ps, p) }
for range 3 { q.Get() }
for _, p := range ps { p.Join() }
fmt.Println(value.Int())`, "150\n", nil},
		{"what can't be sent is zero, noted once, and said if the process fails", `
var jobs chan int
var deep struct{ n int; inner []any }
var fine = 4
func drain() { fmt.Println(fine, deep.n, jobs == nil); panic("no jobs") }
---
jobs, deep.n, deep.inner = make(chan int, 3), 1, []any{2, make(chan bool)}; for range 2 { p := mp.NewProcess(drain); p.Start(); p.Join() }`,
			strings.Repeat("4 0 true\nProcess Process-%d:\nTraceback (most recent call last):\n"+
				"  Cell In[1], line 4, in drain\n"+
				"    func drain() { fmt.Println(fine, deep.n, jobs == nil); panic(\"no jobs\") }\npanic: no jobs\n"+
				"deep is zero in this process, because Go can't fork. deep.inner[1]: a chan bool can't be sent to "+
				"another process: use a multiprocessing.Queue or a Pipe\n"+
				"jobs is zero in this process, because Go can't fork. jobs: a chan int can't be sent to another "+
				"process: use a multiprocessing.Queue or a Pipe\n", 1), []string{
				"6: a process started here begins with a zero deep, because Go can't fork; deep.inner[1]: a chan " +
					"bool can't be sent to another process: use a multiprocessing.Queue or a Pipe",
				"6: a process started here begins with a zero jobs, because Go can't fork; jobs: a chan int can't be " +
					"sent to another process: use a multiprocessing.Queue or a Pipe"}},
		{"what the handler of a server uses", servers + `
var count, jobs, unused = 5, make(chan int), make(chan int)
func helper() string { count++; return fmt.Sprint(count, jobs == nil) }
func handle(c *socket.Socket) error { return c.SendAll([]byte(helper())) }
func onError(c *socket.Socket, _ socket.Addr, _ error) { _ = c.SendAll([]byte(fmt.Sprint("failed", failures))) }
var failures = 1
type mine struct{ r *socketserver.BaseRequestHandler }
func (m mine) Handle() { _ = m.r.Request.SendAll([]byte(suffix)); panic("no") }
var suffix = "a"
---
count, failures, suffix = 7, 2, "b"
serve(handle); serve(func(r *socketserver.BaseRequestHandler) mine { return mine{r} }, socketserver.HandleError(onError))`,
			"8 false\nbfailed2\n",
			[]string{"4: a process started here begins with a new jobs, because Go can't fork; jobs: a chan int " +
				"can't be sent to another process: use a multiprocessing.Queue or a Pipe"}},
		{"a child of a child", `
var n = 1
func inner() { n++; fmt.Println("inner", n) }
func outer() { n = 10; p := mp.NewProcess(inner); p.Start(); p.Join(); fmt.Println("outer", n) }
---
p := mp.NewProcess(outer)
p.Start(); p.Join()
fmt.Println(n)`, "inner 11\nouter 10\n1\n", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if strings.Contains(row.out, "%d") {
				row.out = fmt.Sprintf(row.out, 1) + fmt.Sprintf(row.out, 2)
			}
			row.test(t)
		})
	}
}

// A spawned process begins with the values that declarations give, as Python imports the main module once more; what
// only running the cells gives is zero, and noted.
func TestSpawnedGlobals(t *testing.T) {
	for _, row := range []global{
		{"declared values, not those of now", `
import ("strings"; "errors"; "sync")
type T struct{ n int; m map[string]int; f func() int; mu *sync.Mutex }
func double(n int) int { return 2 * n }
func table() map[string]int { m := map[string]int{}; for i := range 3 { m[strings.Repeat("x", i)] = i }; return m }
var counter, name = 5, "n" + strings.ToUpper("ame")
var t = &T{counter2 + 1, table(), func() int { return counter }, &sync.Mutex{}}
var counter2 = double(20)
var list = append([]int{1, 2}, double(3))
var bad = errors.New("bad")
var made = make([]int, 3)
func show() {
	counter++
	fmt.Println(counter, name, t.n, len(t.m), t.f(), t.mu != nil, counter2, list, bad, made)
}
---
counter, name, list = 100, "other", nil
p := mp.GetContext("spawn").NewProcess(show)
p.Start(); p.Join()
fmt.Println(counter)`, "6 nAME 41 3 6 true 40 [1 2 6] bad [0 0 0]\n100\n", []string{"17: a process started here begins with what the declarations of counter, list, name say, because it runs no other statement of earlier cells; pass it what it needs in Args"}},
		{"what statements have done since isn't done again", `
var n int
var words = map[string]int{"a": 1}
var same = 7
var f func() int
func show() { fmt.Println(n, len(words), same, f == nil) }
---
n, same = 5, 8
words["b"] = 2
same = 7
for range 2 {
	p := mp.GetContext("spawn").NewProcess(show)
	p.Start(); p.Join()
}
p := mp.NewProcess(show) // forked: it has all of it
p.Start(); p.Join()`, "0 1 7 true\n0 1 7 true\n5 2 7 true\n", []string{"12: a process started here begins with zero values in n, because it runs no earlier cell; pass it what it needs in Args",
			"12: a process started here begins with what the declarations of words say, because it runs no other " +
				"statement of earlier cells; pass it what it needs in Args"}},
		{"what has an effect isn't done", `
import "os"
func loud() int { fmt.Println("loud"); return 3 }
func quiet(f func() int) int { return f() }
var pid, made, by = os.Getpid(), loud(), quiet(func() int { return 1 })
var depends = made + 1
var fine = 7
var nothing int
func show() { fmt.Println(pid, made, by, depends, fine, nothing) }
---
p := mp.GetContext("spawn").NewProcess(show)
p.Start(); p.Join()`, "loud\n0 0 0 0 7 0\n", []string{"10: a process started here begins with zero values in by, depends, made, pid, because it runs no earlier cell; pass it what it needs in Args"}},
		{"what the handler of a server uses", "\nimport \"strings\"\n" + servers[1:] + `
var prefix, word = loud(), strings.Repeat("w", 3)
func loud() string { fmt.Println("loud"); return "p" }
func handle(c *socket.Socket) error { return c.SendAll([]byte(prefix + word)) }
---
mp.SetStartMethod("spawn", mp.Force(true))
word = "other"
serve(handle)`, "loud\nwww\n", []string{"4: a process started here begins with zero values in prefix, because it runs no earlier cell; pass it what it needs in Args",
			"4: a process started here begins with what the declarations of word say, because it runs no other " +
				"statement of earlier cells; pass it what it needs in Args"}},
		{"a lock is another one", `
var lock = mp.NewLock()
var value = mp.NewValue("i", 4)
func try(c *mp.Connection) { c.Send(lock.Acquire(mp.Block(false))); value.SetValue(value.Int() + 1); c.Send(value.Int()) }
---
lock.Acquire()
for _, method := range []string{"spawn", "forkserver", "fork"} {
	a, b := mp.Pipe()
	p := mp.GetContext(method).NewProcess(try, mp.Args(b))
	p.Start()
	fmt.Println(method, a.Recv(), a.Recv())
	p.Join()
}
fmt.Println(value.Int())`, "spawn true 5\nforkserver true 5\nfork false 5\n5\n", nil},
		{"a failure says what was missing", `
import "os"
var home = os.TempDir()
func run() { panic("no " + home) }
---
p := mp.GetContext("spawn").NewProcess(run)
p.Start(); p.Join()`, "Process SpawnProcess-1:\nTraceback (most recent call last):\n  Cell In[1], line 2, in run\n    func run() { panic(\"no \" + home) }\npanic: no \nhome is zero in this process, which runs no earlier cell: pass what it needs in Args\n",
			[]string{"5: a process started here begins with zero values in home, because it runs no earlier cell; " +
				"pass it what it needs in Args"}},
		{"forked, what can't be sent is made anew", `
import "gilkernel/runtime/threading"
var lock = threading.NewLock()
func run() { lock.Acquire(); fmt.Println("acquired") }
---
lock.Acquire()
p := mp.NewProcess(run)
p.Start(); p.Join()`, "acquired\n", []string{"6: a process started here begins with a new lock, because Go can't fork; lock: a *threading.Lock can't be sent to another process: use a multiprocessing.Lock"}},
		{"forked, what can't be restored is missed by nobody who doesn't use it", `
import "gilkernel/runtime/multiprocessing/sharedmemory"
var block = sharedmemory.NewSharedMemory(sharedmemory.Create(true), sharedmemory.Size(16))
func add(x int) int { return x + 1 }
---
block.Close(); block.Unlink()
mp.NewPool(1).With(func(p *mp.Pool) { fmt.Println(p.Map(add, 3)) })`, "[1 2 3]\n", nil},
		{"forked, what can't be restored is named where it is used", `
import "gilkernel/runtime/multiprocessing/sharedmemory"
var block = sharedmemory.NewSharedMemory(sharedmemory.Create(true), sharedmemory.Size(16), sharedmemory.Name("gone"))
func use() { block.Buf().Get(0) }
---
block.Close(); block.Unlink()
p := mp.NewProcess(use)
p.Start(); p.Join()`, "Process Process-1:\nTraceback (most recent call last):\n  Cell In[1], line 2, in use\n    func use() { block.Buf().Get(0) }\nTypeError: a SharedMemory is made by NewSharedMemory: its zero value can't be used\nblock is zero in this process, because Go can't fork. restoring a sharedmemory.SharedMemory: [Errno 2] No such file or directory: '/gone'\n", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			row.test(t)
		})
	}
}

// A thousand processes that have ended, one after the other, leave nothing behind on a simulated machine.
func TestSimulatedProcessesLeaveNothing(t *testing.T) {
	p := begin(t)
	p.machine(bothMachines[1])
	r := p.run(`import ("fmt"; "runtime"; mp "gilkernel/runtime/multiprocessing")
type pair struct{ a int; b []string }
var table = map[string]pair{"x": {1, []string{"y"}}}
var counter int
func child(x pair) { counter += x.a; table["z"] = x }
func some(n int) (objects int64) {
	for range n { p := mp.NewProcess(child, mp.Args(pair{1, nil})); p.Start(); p.Join() }
	var m runtime.MemStats
	runtime.GC(); runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapObjects)
}
---
before := some(100)
after := some(1000)
fmt.Println(after - before < 10_000, counter, after - before)
`).ok(t)
	if got := r.out[r.id]; !strings.HasPrefix(got, "true 0 ") { // each had left some 30 objects
		t.Errorf("got %s", got)
	}
}
