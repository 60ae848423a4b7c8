package interp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gilkernel/kernel/link"
)

// begun starts code whose first output is "begun" and waits for that.
func (p *process) begun(code string) *link.Run {
	p.t.Helper()
	q := p.request(code)
	q.Input = true
	p.send(&link.Request{Run: q})
	p.until(func(r *result) bool { return strings.Contains(r.out[q.ID], "begun") })
	return q
}

// awake leaves a goroutine that sleeps: what waits isn't a deadlock then.
func (p *process) awake() {
	p.t.Helper()
	p.run("import \"time\"\ngo time.Sleep(time.Hour)\n").ok(p.t)
}

// interrupted interrupts a run and returns how it ended.
func (p *process) interrupted(id int) *result {
	p.t.Helper()
	p.interrupt(id)
	r := p.wait(id)
	if r.done.Status != "interrupted" || r.done.Error == nil || r.done.Error.Name != "KeyboardInterrupt" {
		p.t.Fatalf("got %+v: %s", r.done, trace(r.done.Error))
	}
	return r
}

// What a cell may be in when it is interrupted. All print "begun" first; "after" must never be printed.
var blocked = []struct{ name, code string }{
	{"loop", `import "fmt"
fmt.Println("begun")
for {  }
fmt.Println("after")`},
	{"nested calls", `import "fmt"
func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
---
fmt.Println("begun")
fib(60)
fmt.Println("after")`},
	{"receive", `import "fmt"
c := make(chan int)
fmt.Println("begun")
<-c

fmt.Println("after")`},
	{"send in a function", `import "fmt"
func f(c chan int) { c <- 1 }
---
c := make(chan int)
fmt.Println("begun")
f(c)

fmt.Println("after")`},
	{"range over a channel", `import "fmt"
c := make(chan int)
fmt.Println("begun")
for range c {  }

fmt.Println("after")`},
	{"select", `import "fmt"
c := make(chan int)
fmt.Println("begun")
select { case <-c: ; case c <- 1: }

fmt.Println("after")`},
	{"sleep", `import ("fmt"; "time")
fmt.Println("begun")
time.Sleep(time.Hour)

fmt.Println("after")`},
	{"time.After", `import ("fmt"; "time")
fmt.Println("begun")
<-time.After(time.Hour)

fmt.Println("after")`},
	{"mutex", `import ("fmt"; "sync")
var mu sync.Mutex
fmt.Println("begun")
mu.Lock()
mu.Lock()

fmt.Println("after")`},
	{"wait group", `import ("fmt"; "sync")
var wg sync.WaitGroup
wg.Add(1)
fmt.Println("begun")
wg.Wait()

fmt.Println("after")`},
	{"cond", `import ("fmt"; "sync")
c := sync.NewCond(&sync.Mutex{})
c.L.Lock()
fmt.Println("begun")
c.Wait()

fmt.Println("after")`},
	{"accept", `import ("fmt"; "net")
l, err := net.Listen("tcp", "127.0.0.1:0")
fmt.Println("begun", err)
l.Accept()

fmt.Println("after")`},
	{"http server", `import ("fmt"; "net/http")
fmt.Println("begun")
http.ListenAndServe("127.0.0.1:0", nil)

fmt.Println("after")`},
	{"child process", `import ("fmt"; "os/exec")
fmt.Println("begun")
exec.Command("sleep", "3600").Run()

fmt.Println("after")`},
	{"printing", `import "fmt"
fmt.Println("begun")
for { fmt.Println("again and again") }
fmt.Println("after")`},
	{"recover", `import "fmt"
func f() { defer func() { recover() }(); for {  } }
---
fmt.Println("begun")
for { f() }
fmt.Println("after")`},
	{"endless deferred function", `import "fmt"
func f() { defer func() { for {  } }(); for {  } }
---
fmt.Println("begun")
f()
fmt.Println("after")`},
	{"thread", `import ("fmt"; "gilkernel/runtime/threading")
t := threading.NewThread(func() { for {  } })
t.Start()
fmt.Println("begun")
t.Join()

fmt.Println("after")`},
	{"lock", `import ("fmt"; "gilkernel/runtime/threading")
l := threading.NewLock()
t := threading.NewThread(func() { l.Acquire(); for {  } })
t.Start()
fmt.Println("begun")
l.Acquire()
l.Acquire()

fmt.Println("after")`},
	{"threads", `import ("fmt"; "gilkernel/runtime/threading"; "time")
e := threading.NewEvent()
for range 5 { threading.NewThread(func() { e.Wait(); fmt.Println("after") }).Start() }
threading.NewThread(func() { for { time.Sleep(time.Millisecond) } }).Start()
fmt.Println("begun")
e.Wait()

fmt.Println("after")`},
	{"goroutines", `import "fmt"
done := make(chan bool)
go func() { for {  } }()
go func() { <-done; fmt.Println("after") }()
fmt.Println("begun")
<-done

fmt.Println("after")`},
}

func TestInterrupt(t *testing.T) {
	for _, machine := range []string{"real", "simulated"} {
		for _, row := range blocked {
			if machine == "simulated" && row.name == "sleep" {
				continue // an hour of virtual time is over at once
			}
			t.Run(machine+"/"+row.name, func(t *testing.T) {
				p := begin(t)
				p.awake()
				p.machine(machine)
				q := p.begun(row.code + "\n")
				r := p.interrupted(q.ID)
				// What is left of it must not print, and the next cell must run as ever.
				again := p.run("n := 0\nfor i := 0; i < 1000; i++ { n += i }\nn\n").ok(t)
				if again.text() != `"499500"` {
					t.Errorf("the next cell resulted in %s", again.text())
				}
				if out := r.out[q.ID] + again.out[q.ID]; strings.Contains(out, "after") {
					t.Errorf("it resumed: %q", out)
				}
			})
		}
	}
}

// A cell that is given up while it is compiled begins beside the next one, and must not have its MainThread.
func TestInterruptWhileCompiling(t *testing.T) {
	var code strings.Builder
	code.WriteString("import \"net\"\nl, _ := net.Listen(\"tcp\", \"localhost:0\")\n")
	for i := range 4000 {
		fmt.Fprintf(&code, "if v := []int{%d}; len(v) > 1 { println(v[0]) }\n", i)
	}
	code.WriteString("l.Accept()\n")
	p := begin(t)
	for range 3 {
		q := p.request(code.String())
		p.send(&link.Request{Run: q})
		p.interrupted(q.ID)
		if got := p.run("7\n").ok(t).text(); got != `"7"` {
			t.Fatalf("the next cell resulted in %s", got)
		}
	}
}

func TestInterruptReading(t *testing.T) {
	p := begin(t)
	q := p.request("import \"fmt\"\nvar s string\nfmt.Scanln(&s)\n\nfmt.Println(\"after\")\n")
	q.Input = true
	p.send(&link.Request{Run: q})
	var asked *link.InputRequest
	for asked == nil {
		asked = p.next().Input
	}
	p.interrupted(q.ID)
	p.send(&link.Request{Input: &link.Input{ID: asked.ID, Text: "too late"}})
	p.run("import \"fmt\"\nvar s string\nfmt.Scanln(&s)\n").ok(t)
}

// A deferred function of an interrupted cell runs, and the traceback says where it was.
func TestInterruptUnwinds(t *testing.T) {
	p := begin(t)
	q := p.begun(`import "fmt"
var cleaned int
func work() {
	defer func() { for i := 0; i < 5; i++ { cleaned++ } }()
	for i := 0; ; i++ { if i == 0 { fmt.Println("begun") } }
}
---

work()
`)
	r := p.interrupted(q.ID)
	if got := trace(r.done.Error); !strings.HasPrefix(got, "In[1]:8:1\n") || !strings.Contains(got, "\nIn[1]:4:") ||
		!strings.HasSuffix(got, "KeyboardInterrupt: the cell was interrupted") {
		t.Errorf("got %s", got)
	}
	if got := p.run("cleaned\n").ok(t).text(); got != `"5"` {
		t.Errorf("the deferred function counted to %s", got)
	}
}

// An interrupt ends the goroutines of its cell only.
func TestInterruptSparesEarlierCells(t *testing.T) {
	p := begin(t)
	p.run(`import ("fmt"; "time")
var question, answer = make(chan int), make(chan int)
---
go func() { for { answer <- 1 + <-question } }()
go func() { for { time.Sleep(time.Millisecond); fmt.Print(".") } }()
`).ok(t)
	q := p.begun(`import "fmt"
go func() { for {  } }()
fmt.Println("begun")
for {  }
`)
	p.interrupted(q.ID)
	if got := p.run("question <- 41\n<-answer\n").ok(t).text(); got != `"42"` {
		t.Errorf("got %s", got)
	}
	p.until(func(r *result) bool { return len(r.out[1]) > 3 })
}

// The goroutines that an interrupted cell started end: they no longer take part.
func TestInterruptEndsGoroutines(t *testing.T) {
	p := begin(t)
	q := p.begun(`import ("fmt"; "time")
var n int
---
go func() { for { n++; time.Sleep(time.Microsecond) } }()
fmt.Println("begun")
select {}
`)
	p.interrupted(q.ID)
	got := p.run("import \"time\"\nbefore := n\ntime.Sleep(20*time.Millisecond)\nn-before\n").ok(t).text()
	if got != `"0"` {
		t.Errorf("it went on: %s", got)
	}
}

// A goroutine that is blocked in compiled code when its cell is interrupted ends when it wakes.
func TestNoZombie(t *testing.T) {
	p := begin(t)
	p.awake()
	q := p.begun(`import ("fmt"; "sync")
var mu sync.Mutex
var n int
func wait() { mu.Lock(); n++; fmt.Println("zombie") }
---
mu.Lock()
fmt.Println("begun")
wait()

n++
`)
	p.interrupted(q.ID)
	r := p.run("import \"time\"\nmu.Unlock()\ntime.Sleep(20*time.Millisecond)\nn\n").ok(t)
	if r.text() != `"0"` || len(r.out) > 0 {
		t.Errorf("it resumed: n is %s, output %v", r.text(), r.out)
	}
}

func TestInterruptFreesPort(t *testing.T) {
	p := begin(t)
	const listen = `import ("fmt"; "net")
l, err := net.Listen("tcp", "127.0.0.1:%d")
if err != nil { panic(err) }
fmt.Print("begun ", l.Addr().(*net.TCPAddr).Port, "\n")
for { c, err := l.Accept(); if err == nil { c.Close() } }
`
	q := p.request(fmt.Sprintf(listen, 0))
	p.send(&link.Request{Run: q})
	r := p.until(func(r *result) bool { return strings.HasSuffix(r.out[q.ID], "\n") })
	var port int
	if _, err := fmt.Sscanf(r.out[q.ID], "begun %d", &port); err != nil {
		t.Fatal(err)
	}
	p.interrupted(q.ID)
	q = p.begun(fmt.Sprintf(listen, port))
	p.interrupted(q.ID)
}

func TestInterruptOfAnotherRun(t *testing.T) {
	p := begin(t)
	q := p.begun("import \"fmt\"\nfmt.Println(\"begun\")\nc := make(chan int, 1)\n" +
		"for len(c) == 0 {  var s string; fmt.Scanln(&s); if s == \"end\" { break } }\n7\n")
	var asked *link.InputRequest
	for asked == nil {
		asked = p.next().Input
	}
	p.interrupt(q.ID - 1)
	p.interrupt(q.ID + 1)
	p.send(&link.Request{Input: &link.Input{ID: asked.ID, Text: "end"}})
	r := p.wait(q.ID).ok(t)
	if r.text() != `"7"` {
		t.Errorf("got %s", r.text())
	}
	p.interrupt(q.ID)
	p.run("1\n").ok(t)
}

// An interrupt is answered soon even where the cell's goroutine can't end.
func TestInterruptIsQuick(t *testing.T) {
	p := begin(t)
	p.awake()
	q := p.begun("import (\"fmt\"; \"sync\")\nvar mu sync.Mutex\nmu.Lock()\nfmt.Println(\"begun\")\nmu.Lock()\n")
	begun := time.Now()
	p.interrupted(q.ID)
	t.Logf("answered after %v", time.Since(begun))
}
