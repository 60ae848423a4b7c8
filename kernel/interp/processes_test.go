//go:build linux

package interp_test

// This file tests the processes that cells start with package multiprocessing.

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gilkernel/kernel/link"
)

const mpImports = `import "fmt"
import "os"
import "time"
import "gilkernel/runtime/exceptions"
import mp "gilkernel/runtime/multiprocessing"
`

// What a process does that a cell starts, and what the cell sees of it.
func TestProcesses(t *testing.T) {
	for _, row := range []struct{ name, code, want string }{
		{"output and arguments", `func hello(name string, n ...int) { fmt.Println("hello", name, n, mp.CurrentProcess().Name()) }
---
p := mp.NewProcess(hello, mp.Args("you", 1, 2))
p.Start(); p.Join()
fmt.Println(p.ExitCode())`, "hello you [1 2] Process-1\n0\n"},
		{"a function literal", `---
p := mp.NewProcess(func() { fmt.Println("literal") })
p.Start(); p.Join()
fmt.Println(p.ExitCode())`, "literal\n0\n"},
		{"an exception", `func f(n int) int { return 1 / n }
func g() { f(0) }
---
p := mp.NewProcess(g, mp.Name("worker"))
p.Start(); p.Join()
fmt.Println(p.ExitCode())`, "Process worker:\nTraceback (most recent call last):\n  Cell In[1], line 2, in g\n    func g() { f(0) }\n" +
			"  Cell In[1], line 1, in f\n    func f(n int) int { return 1 / n }\n" +
			"runtime error: integer divide by zero\n1\n"},
		{"exit codes", `func exit(n int) { os.Exit(n) }
func leave(n int) { panic(&exceptions.SystemExit{Code: n}) }
func sleep() { time.Sleep(time.Hour) }
---
for _, f := range []any{exit, leave} {
	p := mp.NewProcess(f, mp.Args(7))
	p.Start(); p.Join()
	fmt.Println(p.ExitCode())
}
p := mp.NewProcess(sleep)
p.Start(); p.Terminate(); p.Join()
q := mp.NewProcess(sleep)
q.Start(); q.Kill(); q.Join()
fmt.Println(p.ExitCode(), q.ExitCode())`, "7\n7\n-15 -9\n"},
		{"a change to a global variable isn't seen by the parent", `var counter int
func add(n int) { counter += n; fmt.Println("child", counter); func() { counter++ }(); done := make(chan bool); go func() { counter++; close(done) }(); <-done; fmt.Println("child", counter) }
---
p := mp.NewProcess(add, mp.Args(10))
p.Start(); p.Join()
fmt.Println("parent", counter)`, "child 10\nchild 12\nparent 0\n"},
		{"a child of a child", `func inner(c *mp.Connection) { c.Send(mp.CurrentProcess().Name()) }
func outer(c *mp.Connection) {
	p := mp.NewProcess(inner, mp.Args(c))
	p.Start(); p.Join()
	c.Send(p.ExitCode())
}
---
a, b := mp.Pipe()
p := mp.NewProcess(outer, mp.Args(b))
p.Start()
fmt.Println(a.Recv(), a.Recv())
p.Join()`, "Process-1:1 0\n"},
		{"a type of a cell", `type point struct{ x, y int; next *point }
func (p point) String() string { return fmt.Sprint("<", p.x, ",", p.y, ">") }
func move(q *mp.SimpleQueue, p point) { p.x++; p.next = &point{3, 4, nil}; q.Put(p) }
---
q := mp.NewSimpleQueue()
p := mp.NewProcess(move, mp.Args(q, point{x: 1, y: 2}))
p.Start()
got := q.Get().(point)
p.Join()
fmt.Println(got, *got.next)`, "<2,2> <3,4>\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			for _, python := range []string{"", "simulated cores=4 seed=1"} {
				p := begin(t)
				code := mpImports + row.code
				for _, used := range []string{"os", "time", "exceptions"} {
					if !strings.Contains(row.code, used+".") {
						code = strings.Replace(code, "import \""+used+"\"\n", "import _ \""+used+"\"\n", 1)
						code = strings.Replace(code, "import \"gilkernel/runtime/"+used+"\"\n",
							"import _ \"gilkernel/runtime/"+used+"\"\n", 1)
					}
				}
				q := p.request(code)
				if python != "" {
					p.machine(python)
				}
				p.send(&link.Request{Run: q})
				r := p.wait(q.ID).ok(t)
				if got := r.out[r.id]; got != row.want {
					t.Errorf("%s: got\n%s\nwant\n%s", python, got, row.want)
				}
			}
		})
	}
}

// A process has the definitions of all cells, those that ran after the spares were started too.
func TestProcessesKnowLaterCells(t *testing.T) {
	p := begin(t)
	p.run(mpImports + "var _, _, _ = os.Getpid, time.Now, exceptions.SystemExit{}\n" +
		"func f0() { fmt.Println(\"child\", 0) }\n---\np := mp.NewProcess(f0)\np.Start(); p.Join()").ok(t)
	for i := 1; i < 6; i++ {
		r := p.run(fmt.Sprintf(`import "fmt"
import mp "gilkernel/runtime/multiprocessing"
func f%d() { f%d(); fmt.Println("child", %[1]d) }
---
p := mp.NewProcess(f%[1]d)
p.Start(); p.Join()`, i, i-1)).ok(t)
		want := ""
		for j := range i + 1 {
			want += fmt.Sprintln("child", j)
		}
		if got := r.out[r.id]; got != want {
			t.Errorf("cell %d: got %q, want %q", i, got, want)
		}
	}
}

// A function literal that only a queue holds arrives in a later cell.
func TestQueueHoldsAFunction(t *testing.T) {
	for _, python := range []string{"", "simulated cores=4 seed=1"} {
		p := begin(t)
		q := p.request(`import "fmt"
import "runtime"
import mp "gilkernel/runtime/multiprocessing"
var q *mp.SimpleQueue
---
q = mp.NewSimpleQueue()
n := 3
q.Put(func() int { n++; return n })
_, _ = fmt.Println, runtime.GC`)
		if python != "" {
			p.machine(python)
		}
		p.send(&link.Request{Run: q})
		p.wait(q.ID).ok(t)
		r := p.run(`import "fmt"
import "runtime"
---
runtime.GC()
runtime.GC()
f := q.Get().(func() int)
fmt.Println(f(), f())`).ok(t)
		if got := r.out[r.id]; got != "4 5\n" {
			t.Errorf("%s: got %q", python, got)
		}
	}
}

// pids returns the processes whose environment has a variable.
func pids(t *testing.T, variable string) (list []int) {
	t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		b, err := os.ReadFile(d)
		if err != nil || !bytes.Contains(b, []byte(variable)) {
			continue
		}
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(d)))
		list = append(list, n)
	}
	return list
}

// none waits until no process has a variable but those of a list.
func none(t *testing.T, variable string, but ...int) {
	t.Helper()
	var left []int
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
		left = left[:0]
		for _, pid := range pids(t, variable) {
			if len(but) == 0 || pid != but[0] {
				left = append(left, pid)
			}
		}
		if len(left) == 0 {
			return
		}
	}
	t.Errorf("these processes are left: %v", left)
}

const family = mpImports + `
func leaf(q *mp.Queue) { for i := 0; ; i++ { q.Put(i); time.Sleep(time.Microsecond) } }
func node(q *mp.Queue) {
	p := mp.NewProcess(leaf, mp.Args(q))
	p.Start(); p.Join()
}
---
q, l := mp.NewQueue(), mp.NewLock()
for range 2 { mp.NewProcess(node, mp.Args(q)).Start() }
_, _ = os.Stdout, exceptions.Is
fmt.Println("begun")
for { l.With(func() { q.Get() }) }
`

// An interrupt ends the processes of a cell, and the next cell runs.
func TestInterruptEndsProcesses(t *testing.T) {
	p := begin(t, "GILKERNEL_TEST_FAMILY=interrupt")
	p.interrupted(p.begun(family).ID)
	r := p.run("import mp \"gilkernel/runtime/multiprocessing\"\nimport \"fmt\"\n---\n" +
		"for _, c := range mp.ActiveChildren() { c.Join() }\nfmt.Println(len(mp.ActiveChildren()))").ok(t)
	if got := r.out[r.id]; got != "0\n" {
		t.Errorf("%s children are left", got)
	}
}

// Whatever process is killed, whenever: nothing is left of a family that has lost its first process, and the first
// process lives on without the others.
func TestKilledAnywhere(t *testing.T) {
	// Memory that processes share is a file without a name, or one in this folder. Other programs, browsers for one,
	// have files in /dev/shm and in the usual folder, at any time.
	temp := t.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 30 {
		variable := fmt.Sprintf("GILKERNEL_TEST_FAMILY=kill%d-%d", os.Getpid(), i)
		p := begin(t, variable, "TMPDIR="+temp)
		q := p.request(family)
		p.send(&link.Request{Run: q})
		time.Sleep(time.Duration(rng.IntN(200)) * time.Millisecond) // any point will do
		list := pids(t, variable)
		victim := list[rng.IntN(len(list))]
		if i%3 == 0 {
			victim = p.cmd.Process.Pid
		}
		_ = syscall.Kill(victim, syscall.SIGKILL) // it may have ended
		if victim != p.cmd.Process.Pid {
			p.interrupted(q.ID)
			p.run("import \"fmt\"\n---\nfmt.Println()").ok(t)
			p.closeIn()
		}
		none(t, variable)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("%v are left, %v", left, err)
	}
}
