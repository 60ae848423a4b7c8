package interp_test

// This file tests the table of a stepped cell.

import (
	"encoding/json"
	"strings"
	"testing"

	"gilkernel/kernel/link"
)

// stepped runs a cell with its steps, after others, and returns the table, or what was printed instead, and the page's.
// The machine "calls" is the session's own, for a cell that has steps at calls alone.
func stepped(t *testing.T, machine string, cells ...string) (text, page string) {
	t.Helper()
	p := begin(t)
	step := "access"
	if machine == "calls" {
		step = machine
	} else {
		p.machine(machine)
	}
	for _, c := range cells[:len(cells)-1] {
		p.run(c).ok(t)
	}
	q := p.request(cells[len(cells)-1])
	q.Step = step
	p.send(&link.Request{Run: q})
	r := p.wait(q.ID)
	for _, e := range r.displays {
		data := e.Display.Data
		if data["text/html"] != nil {
			_ = json.Unmarshal(data["text/plain"], &text)
			_ = json.Unmarshal(data["text/html"], &page)
			return text, page
		}
	}
	return r.out[r.id], ""
}

// What a table says, line by line without the source: the rest of the line is looked for.
func TestSteps(t *testing.T) {
	const simulated = "simulated python=3.12 cores=1 seed=1"
	for _, row := range []struct {
		name    string
		machine string
		cells   []string
		want    []string // in this order
	}{
		{"a lost update", "simulated python=3.12 cores=1 seed=1", []string{`import "gilkernel/runtime/threading"
---
counter := 0
work := func() {
	v := counter
	time.Sleep(time.Millisecond)
	counter = v + 1
}
a, b := threading.NewThread(work), threading.NewThread(work)
a.Start(); b.Start()
a.Join(); b.Join()`}, []string{
			"Thread-2 read 0, Thread-1 wrote 1, Thread-2 wrote 1: one update is lost.\n",
			"MainThread  9     «a.Start»(); b.Start() ", "starts Thread-1\n",
			"Thread-1    4     v := «counter» ", "reads counter: 0\n",
			"Thread-1    5     time.Sleep(time.Millisecond)  sleeps\n",
			"MainThread  10    «a.Join»(); b.Join() ", "waits for the end of Thread-1\n",
			"Thread-1    6     «counter» = v + 1 ", "writes counter: 0 → 1\n", "ends\n",
			"MainThread", "continues: Thread-1 has ended\n",
			"Thread-2", "writes counter: 1 → 1\n",
		}},
		{"a deadlock of locks in structs, in an earlier cell's function", simulated, []string{
			`import "gilkernel/runtime/threading"
---
type account struct { mu threading.Lock; balance int }
accounts := []*account{{balance: 1}, {balance: 2}}
func transfer(from, to *account) {
	from.mu.Acquire()
	time.Sleep(time.Millisecond)
	to.mu.Acquire()
}`, `import "gilkernel/runtime/threading"
---
a := threading.NewThread(func() { transfer(accounts[0], accounts[1]) })
b := threading.NewThread(func() { transfer(accounts[1], accounts[0]) })
a.Start(); b.Start()
a.Join(); b.Join()`}, []string{
			"Thread-1 holds accounts[0].mu and waits for accounts[1].mu, Thread-2 holds accounts[1].mu and waits",
			"for accounts[0].mu.\n",
			"Thread-1    In[2]:5  «from.mu.Acquire»() ", "acquires accounts[0].mu\n",
			"Thread-2    In[2]:7  «to.mu.Acquire»() ", "waits for accounts[0].mu, which",
			"at the end accounts[0].mu: Thread-1 (Thread-2 waits); accounts[1].mu: Thread-2 (Thread-1 waits)\n",
		}},
		{"check, then act", simulated, []string{`import "gilkernel/runtime/threading"
---
items := []int{1}
pop := func() {
	if len(items) > 0 {
		time.Sleep(time.Millisecond)
		items = items[:len(items)-1]
	}
}
a, b := threading.NewThread(pop), threading.NewThread(pop)
a.Start(); b.Start()
a.Join(); b.Join()`}, []string{
			"Thread-2 read items: [1], Thread-1 wrote [], then Thread-2 failed: what it had read was no longer",
			"if len(«items») > 0 {", "panics: runtime error: slice bounds out of\n", "range [:-1]\n",
		}},
		{"an assertion", simulated, []string{`import ("gilkernel/runtime/threading"; "gilkernel/runtime/explore")
---
n := 0
a := threading.NewThread(func() { n = 1; time.Sleep(time.Second); n = 2 })
a.Start()
explore.Assert(n == 2, "n is ", n)`}, []string{
			"MainThread read n: 1 while Thread-1 had not ended.\n", "panics: AssertionError: n is 1\n",
		}},
		{"goroutines and a Mutex", "real python=3.13", []string{`var mu sync.Mutex
done := make(chan int, 1)
n := 0
go func() { mu.Lock(); n++; mu.Unlock(); done <- 1 }()
<-done
mu.Lock()
n`}, []string{
			"goroutine 1", "acquires mu\n", "reads n: 0\n", "writes n: 0 → 1\n", "releases mu\n",
			"MainThread", "acquires mu\n", "reads n: 1\n", "at the end mu: MainThread\n",
		}},
		{"calls alone", "calls", []string{`func f() {}
---
for range 2 { f() }`}, []string{"calls f", "ends a turn of the loop\n", "calls f"}},
		{"a panic", simulated, []string{`import "fmt"
---
n := 1
panic(fmt.Sprint("no ", n))`}, []string{"MainThread read n: 1 and failed: no 1.\n", "3     panic(", "panics: no 1\n"}},
		{"nothing that others see", simulated, []string{`3 + 4`}, []string{
			"no step: the cell touches nothing that two threads could see\n"}},
		{"processes", "simulated cores=4 seed=1", []string{`import mp "gilkernel/runtime/multiprocessing"
var n int
func child() { n = 7 }
---
p := mp.NewProcess(child)
p.Start()
p.Join()
n = 8`}, []string{"MainThread", "starts Process-1 MainThread\n", "Process-1 MainThread", "ends\n"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			text, page := stepped(t, row.machine, row.cells...)
			rest := text
			for _, want := range row.want {
				_, after, ok := strings.Cut(rest, want)
				if !ok {
					t.Fatalf("%q is missing, or not in its order, in\n%s", want, text)
				}
				rest = after
			}
			if strings.Contains(text, "step    ") && !strings.Contains(page, "<table class=\"gilsteps\">") {
				t.Errorf("there is no table for pages: %s", page)
			}
		})
	}
}

// What another cell's thread does on the same machine is no step.
func TestStepsAreTheCells(t *testing.T) {
	text, _ := stepped(t, "real python=3.13", `import "gilkernel/runtime/threading"
---
other := threading.NewLock()
stop := threading.NewEvent()
busy := threading.NewThread(func() {
	for !stop.IsSet() {
		other.With(func() {})
	}
}, threading.Daemon(true))
busy.Start()`, `n := 0
for range 20 { n++; time.Sleep(time.Millisecond) }
stop.Set()
busy.Join()
n`)
	joins := strings.Contains(text, "joins ") || strings.Contains(text, "waits for the end of ")
	if strings.Contains(text, "acquires other") || !joins {
		t.Errorf("got\n%s", text)
	}
}
