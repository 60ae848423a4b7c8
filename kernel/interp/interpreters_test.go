//go:build linux

package interp_test

// This file tests pools of interpreters: each has global variables of its own.

import (
	"strings"
	"testing"
)

func TestInterpreterPool(t *testing.T) {
	const code = `import "fmt"
import "sort"
import "errors"
import "gilkernel/runtime/futures"
import "gilkernel/runtime/threading"
var counter = 5
var table = map[string]int{"a": 1}
func bump(n int) int { counter += n; table["b"] = n; return counter }
func square(x int) int { return x * x }
func fail(text string) int { panic(errors.New(text)) }
func prepare(n int) { counter = n }
func broken() { panic("no") }
func name() string { return threading.CurrentThread().Name() }
func point(p struct{ x, y *int }) bool { return p.x == p.y && *p.x == 3 }
func channel() chan int { return make(chan int) }
---
counter = 50
futures.NewInterpreterPoolExecutor(1).With(func(ex *futures.InterpreterPoolExecutor) {
	fmt.Println(ex.Submit(bump, 1).Result())
	fmt.Println(ex.Submit(bump, 10).Result())
	fmt.Println(ex.Submit(name).Result())
	x := 3
	fmt.Println(ex.Submit(point, struct{ x, y *int }{&x, &x}).Result())
	fmt.Println(ex.Submit(fail, "wrong").Exception())
	fmt.Println(ex.Submit(func(c chan int) {}, make(chan int)).Exception())
	fmt.Println(ex.Submit(channel).Exception())
	sum := 0
	fmt.Println(ex.Submit(func() { sum++ }).Result())
	fmt.Println(sum)
})
fmt.Println(counter, len(table))
futures.NewInterpreterPoolExecutor(3).With(func(ex *futures.InterpreterPoolExecutor) {
	list, err := futures.List(ex.Map(square, 10))
	fmt.Println(list, err)
})
ex := futures.NewInterpreterPoolExecutor(1).Initializer(prepare, 100)
fmt.Println(ex.Submit(bump, 1).Result())
ex.Shutdown()
ex = futures.NewInterpreterPoolExecutor(1).Initializer(broken)
f := ex.Submit(square, 2)
fmt.Println(f.Exception(), errors.Is(f.Exception(), &futures.BrokenThreadPool{}), errors.Is(f.Exception(), &futures.BrokenExecutor{}))
ex.Shutdown()
sort.Ints(nil)
`
	const want = "6 <nil>\n16 <nil>\nInterpreterPoolExecutor-0_0 <nil>\ntrue <nil>\nwrong\n" +
		"args[0]: a chan int can't be sent to another process: use a multiprocessing.Queue or a Pipe\n" +
		"result: a chan int can't be sent to another process: use a multiprocessing.Queue or a Pipe\n<nil> <nil>\n0\n" +
		"50 1\n[0 1 4 9 16 25 36 49 64 81] <nil>\n101 <nil>\n" +
		"A thread initializer failed, the thread pool is not usable anymore true true\n"
	for _, machine := range []string{"real python=3.14", "simulated python=3.14 cores=4 seed=1",
		"simulated python=3.14t cores=4"} {
		p := begin(t)
		p.machine(machine)
		r := p.run(code).ok(t)
		if got := strings.ReplaceAll(r.out[r.id], "Exception in initializer:\nRuntimeError: no\n", ""); got != want {
			// it may come a moment later
			t.Errorf("%s: got\n%s\nwant\n%s", machine, got, want)
		}
		r = p.run("import \"gilkernel/runtime/futures\"\n---\nfutures.NewInterpreterPoolExecutor(0)\n")
		if e := r.done.Error; e == nil || !strings.Contains(e.Value, "max_workers must be greater than 0") {
			t.Errorf("%s: %+v", machine, e)
		}
	}
	p := begin(t)
	r := p.run("import \"gilkernel/runtime/futures\"\n---\nfutures.NewInterpreterPoolExecutor(1)\n")
	if e := r.done.Error; e == nil || e.Name != "AttributeError" {
		t.Errorf("3.13: %+v", e)
	}
}

// An interpreter that gil.NewInterpreter made has global variables of its own too.
func TestSubInterpreterVariables(t *testing.T) {
	for _, machine := range []string{"real", "simulated cores=4 seed=1"} {
		p := begin(t)
		p.machine(machine)
		r := p.run(`import "fmt"
import "gilkernel/runtime/gil"
import "gilkernel/runtime/machine"
var counter = 5
func add() { for range 10 { counter++ } }
---
counter = 50
func() {
	a, b := gil.NewInterpreter(), gil.NewInterpreter()
	seen := make([]int, 3)
	for i, in := range []*gil.Interpreter{a, b, a} {
		th := in.CallInThread("t", func() { add(); seen[i] = counter })
		th.Join(machine.Current(), -1)
	}
	fmt.Println(seen, counter)
}()
`).ok(t)
		if got := r.out[r.id]; got != "[15 15 25] 50\n" {
			t.Errorf("%s: got %s", machine, got)
		}
	}
}

// A loop hands calls to every kind of executor, and its tasks run meanwhile: the function and its arguments are what is
// sent.
func TestLoopHandsCallsToExecutors(t *testing.T) {
	const code = `import "fmt"
import "time"
import "gilkernel/runtime/asyncio"
import "gilkernel/runtime/futures"
var calls = 0
func power(base, exponent int) int {
	calls++
	result := 1
	for range exponent { result *= base }
	return result
}
func divide(a, b int) int { return a / b }
func hand(name string, ex futures.Executor) {
	asyncio.Run(func() {
		ticks := 0
		asyncio.CreateTask(func() { for { asyncio.Sleep(time.Millisecond); ticks++ } })
		result, err := asyncio.RunInExecutor(ex, power, 2, 10).Await()
		fmt.Println(name, result, err, calls)
		_, err = asyncio.GetRunningLoop().RunInExecutor(ex, divide, 1, 0).Await()
		fmt.Println(err != nil)
		before := ticks
		asyncio.RunInExecutor(ex, func() { for range 2_000_000 {} }).Await()
		fmt.Println("ticks", ticks > before)
	})
	ex.Shutdown()
}
---
hand("threads", futures.NewThreadPoolExecutor(1))
hand("processes", futures.NewProcessPoolExecutor(1))
hand("interpreters", futures.NewInterpreterPoolExecutor(1))
`
	const want = "threads 1024 <nil> 1\ntrue\nticks true\nprocesses 1024 <nil> 1\ntrue\n" +
		"ticks true\ninterpreters 1024 <nil> 1\ntrue\nticks true\n"
	p := begin(t)
	p.machine("simulated python=3.14 cores=4")
	r := p.run(code).ok(t)
	if got := r.out[r.id]; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
