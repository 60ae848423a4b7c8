package interp_test

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"gilkernel/kernel/link"
)

// machine sets the session's machine and returns its description.
func (p *process) machine(words string) string {
	p.t.Helper()
	p.runs++
	p.send(&link.Request{Machine: &link.Machine{ID: p.runs, Label: "In[0]", Words: words}})
	r := p.wait(p.runs)
	return r.ok(p.t).out[r.id]
}

func TestMachineWords(t *testing.T) {
	p := begin(t)
	for _, row := range []struct{ words, want string }{
		{"", "real python=3.13 "},
		{"simulated python=3.8 cores=8 seed=7", "simulated python=3.8 cores=8 interval=5ms seed=7\n"},
		{"", "simulated python=3.8 cores=8 interval=5ms seed=7\n"},
		{"interval=0.001", "simulated python=3.8 cores=8 interval=1ms seed=7\n"},
		{"python=2.7 interval=10ticks", "simulated python=2.7 cores=8 interval=10ticks seed=7\n"},
		{"", "simulated python=2.7 cores=8 interval=10ticks seed=7\nlegacy GIL (ticks); "},
		{"python=3.14.2t", "simulated python=3.14t cores=8 seed=7\n"},
		{"", "simulated python=3.14t cores=8 seed=7\nno GIL (free-threaded); "},
		{"real cores=1 python=3.12", "real python=3.12 cores=1 interval=1ms\n"},
	} {
		if got := p.machine(row.words); !strings.HasPrefix(got, row.want) {
			t.Errorf("%%machine %s: got %q, want %q", row.words, got, row.want)
		}
	}
	if got, want := p.machine("real cores=1024"), "and a real machine has no more; a simulated one has 1024: "+
		"%machine simulated cores=1024, or %%simulate cores=1024 for one cell\n"; !strings.HasSuffix(got, want) {
		t.Errorf("cores that the computer hasn't: %q, want %q at the end", got, want)
	}
	if got := p.machine("real cores=1"); strings.Contains(got, "no more") {
		t.Errorf("one core: %q", got)
	}
	for words, want := range map[string]string{
		"cores=0":      "a machine has 1 to 1024 cores, not 0",
		"cores=many":   `cores= needs a number, not "many"`,
		"python=":      "python= needs a version, such as python=3.11; there are 2.7, ",
		"python=4.0":   "no model of Python 4.0; there are 2.7, ",
		"interval=0":   "switch interval must be strictly positive",
		"interval=-5s": "switch interval must be strictly positive",
		"interval=x":   `interval= needs a time such as 5ms, or seconds as Python has them: 0.005; not "x"`,
		"seed=-1":      `seed= needs a whole number from 0 on, not "-1"`,
		"fast":         `"fast" says nothing about a machine; the words are real, simulated, `,
	} {
		p.runs++
		p.send(&link.Request{Machine: &link.Machine{ID: p.runs, Label: "In[0]", Words: words}})
		r := p.wait(p.runs)
		if r.done.Status != "error" || !strings.HasPrefix(r.done.Error.Value, want) {
			t.Errorf("%%machine %s: got %+v, want %q", words, r.done.Error, want)
		}
	}
	if got := p.machine(""); !strings.HasPrefix(got, "real python=3.12 cores=1 interval=1ms\n") {
		t.Errorf("a refused word has changed the machine to %q", got)
	}
}

// Counter is a cell that two threads increment a number in.
const counter = `import "gilkernel/runtime/machine"
var counter int
func id(n int) int { return n }
func plain(t *machine.Thread) { for i := 0; i < 300_000; i++ { counter++ } }
func call(t *machine.Thread) { for i := 0; i < 300_000; i++ { counter = id(counter) + 1 } }
func lost(f func(t *machine.Thread)) int {
	counter = 0
	t := machine.Current()
	a, b := t.Go("a", f), t.Go("b", f)
	a.Join(t, -1)
	b.Join(t, -1)
	return 600_000 - counter
}
---
`

// Whether an unlocked counter loses updates follows from where that Python looks at its eval breaker. The functions
// were compiled before the version was chosen.
func TestLostUpdates(t *testing.T) {
	p := begin(t)
	p.run(counter).ok(t)
	for _, row := range []struct {
		machine string
		f       string
		loses   bool
	}{
		{"simulated python=2.7", "plain", true},
		{"simulated python=3.6", "plain", true},
		{"simulated python=3.8", "plain", true},
		{"simulated python=3.10", "plain", false},
		{"simulated python=3.13", "plain", false},
		{"simulated python=3.14", "plain", false},
		{"simulated python=3.14t", "plain", true},
		{"simulated python=3.11", "call", true},
		{"simulated python=3.14", "call", true},
		{"real python=3.10", "plain", false},
		{"real python=3.13", "plain", false},
	} {
		t.Run(row.machine+" "+row.f, func(t *testing.T) {
			p.t = t
			p.machine(row.machine + " interval=100us")
			text := p.run("lost(" + row.f + ")\n").ok(t).text()
			n, err := strconv.Atoi(strings.Trim(text, `"`))
			if err != nil || (n > 0) != row.loses {
				t.Errorf("%s updates were lost", text)
			}
		})
	}
}

// A thread that computes without end loses the GIL wherever Python looks at its eval breaker, whatever the form of the
// GIL and of the loop: else the cell never ends.
func TestLoopsGiveTheGILUp(t *testing.T) {
	p := begin(t)
	p.run(`var stop bool
func again() { if !stop { again2() } }
func again2() {}
func forever(yield func(int) bool) { for i := 0; !stop && yield(i); i++ {} }
---
`).ok(t)
	for name, loop := range map[string]string{
		"for":           "for !stop {}",
		"for ever":      "for { if stop { break } }",
		"three clauses": "for i := 0; !stop; i++ {}",
		"continue":      "outer: for !stop { for { continue outer } }",
		"range n":       "for range 1<<60 { if stop { break } }",
		"range slice":   "xs := make([]struct{}, 1<<40); for range xs { if stop { break } }",
		"range func":    "for range forever {}",
		"calls":         "for !stop { again() }",
		"goto":          "again: if !stop { goto again }",
		"select":        "var c chan int; for !stop { select { case <-c: default: } }",
		"literal":       "f := func() bool { return stop }; for !f() {}",
		"native":        "for !stop { _ = strings.Repeat(\"a\", 2) }",
	} {
		for _, machine := range []string{"real python=2.7", "simulated python=2.7",
			"real python=3.1 interval=1000ticks", "real python=3.8", "simulated python=3.13 cores=1",
			"real python=3.14t"} {
			t.Run(name+"/"+machine, func(t *testing.T) {
				p.t = t
				p.machine(machine)
				got := p.run(`import ("gilkernel/runtime/threading"; "strings"; "time")
stop = false
_ = strings.Repeat
t := threading.NewThread(func() { ` + loop + ` })
t.Start()
time.Sleep(time.Millisecond)
stop = true
t.Join()
t.IsAlive()
`).ok(t).text()
				if got != `"false"` {
					t.Errorf("got %s", got)
				}
			})
		}
	}
}

// The same seed gives the same run, in interpreted code too; another one gives another.
func TestSimulatedCells(t *testing.T) {
	run := func(words string) string {
		p := begin(t)
		p.run(counter).ok(t)
		p.machine(words)
		return p.run("import \"gilkernel/runtime/machine\"\n" +
			"func() (any, any) { return lost(plain), machine.Current().Now() }()\n").ok(t).text()
	}
	first := run("simulated python=3.8 seed=1 cores=4")
	if again := run("simulated python=3.8 seed=1 cores=4"); again != first {
		t.Errorf("seed 1 gave %s, then %s", first, again)
	}
	if other := run("simulated python=3.8 seed=2 cores=4"); other == first {
		t.Errorf("seeds 1 and 2 both gave %s", first)
	}
}

// An hour of virtual time is over at once, and the cell's own clock shows it.
func TestVirtualClock(t *testing.T) {
	p := begin(t)
	p.machine("simulated")
	got := p.run("import \"time\"\nstart := time.Now()\ntime.Sleep(time.Hour)\ntime.Since(start).Round(time.Second)\n").
		ok(t).text()
	if got != `"1h0m0s"` {
		t.Errorf("got %s", got)
	}
}

// What belongs to a thread and what to a plain goroutine, on both machines.
func TestThreadsAndGoroutines(t *testing.T) {
	for _, words := range []string{"real", "simulated"} {
		for _, row := range []struct{ name, code, want string }{
			{"a cell is a thread", `import "gilkernel/runtime/gil"
func() (any, any) { return gil.IsGILEnabled(), gil.Version() }()
`, `"true, \"3.13\""`},
			{"a goroutine is none", `import "gilkernel/runtime/gil"
c := make(chan bool)
go func() { c <- gil.IsGILEnabled() }()
<-c
`, `"false"`},
			{"goroutines of compiled packages are none", `import ("gilkernel/runtime/gil"; "time")
c := make(chan bool)
time.AfterFunc(1, func() { c <- gil.IsGILEnabled() })
<-c
`, `"false"`},
			{"a channel between threads", `import "gilkernel/runtime/machine"
c := make(chan int)
t := machine.Current()
t.Go("a", func(*machine.Thread) { c <- 6 * <-c })
c <- 7
<-c
`, `"42"`},
			{"a mutex between threads", `import ("gilkernel/runtime/machine"; "sync"; "time")
var mu sync.Mutex
n := 0
t := machine.Current()
mu.Lock()
a := t.Go("a", func(*machine.Thread) { mu.Lock(); n++; mu.Unlock() })
time.Sleep(time.Millisecond)
n = 41
mu.Unlock()
a.Join(t, -1)
n
`, `"42"`},
			{"reading a pipe lets others run", `import ("gilkernel/runtime/machine"; "os")
r, w, _ := os.Pipe()
t := machine.Current()
t.Go("a", func(*machine.Thread) { w.Write([]byte("hello")) })
b := make([]byte, 5)
r.Read(b)
string(b)
`, `"\"hello\""`},
			{"callbacks of a call without the GIL have it", `import ("io/fs"; "os"; "path/filepath")
n := 0
filepath.WalkDir(os.TempDir(), func(string, fs.DirEntry, error) error { n++; return fs.SkipAll })
n
`, `"1"`},
			{"sleeping takes the time of the machine's clock", `import "time"
start := time.Now()
time.Sleep(20*time.Millisecond)
d := time.Since(start)
func() (any, any) { return d >= 20*time.Millisecond, time.Until(start) <= -d }()
`, `"true, true"`},
			{"a panic in a thread ends the thread only", `import "gilkernel/runtime/machine"
t := machine.Current()
a := t.Go("a", func(*machine.Thread) { panic("oops") })
a.Join(t, -1)
a.Failure().Value != nil
`, `"true"`},
		} {
			t.Run(words+"/"+row.name, func(t *testing.T) {
				p := begin(t)
				p.machine(words)
				if got := p.run(row.code).ok(t).text(); got != row.want {
					t.Errorf("got %s, want %s", got, row.want)
				}
			})
		}
	}
}

// A deadlock is reported at once, with lines, as text and as a graph; nothing else is lost.
func TestDeadlock(t *testing.T) {
	for _, words := range []string{"real", "simulated"} {
		t.Run(words, func(t *testing.T) {
			p := begin(t)
			p.machine(words)
			r := p.run(`import "gilkernel/runtime/threading"
var a, b = threading.NewLock("a"), threading.NewLock("b"); var t1, t2 *threading.Thread; var both = threading.NewBarrier(2)
func grab(x, y *threading.Lock) {
	x.Acquire()
	defer x.Release()
	both.Wait()
	y.Acquire()
}
---
t1 = threading.NewThread(grab, threading.Args(a, b))
t2 = threading.NewThread(grab, threading.Args(b, a))
t1.Start()
t2.Start()
t1.Join()
`)
			for _, want := range []string{
				"Thread-1 and Thread-2 wait for each other, and MainThread for them\n",
				"  MainThread waits for the end of Thread-1 (grab) at In[2], line 13\n",
				"  Thread-1 (grab) waits for Lock b at In[2], line 6,\n" +
					"    held by Thread-2 (grab) since In[2], line 3\n",
				"  Thread-2 (grab) waits for Lock a at In[2], line 6,\n    held by Thread-1 (grab) since In[2], line 3",
			} {
				if r.done.Error == nil || r.done.Error.Name != "Deadlock" ||
					!strings.Contains(r.done.Error.Value, want) {
					t.Fatalf("got %+v, want %q", r.done.Error, want)
				}
			}
			if len(r.displays) != 1 || !strings.HasPrefix(string(r.displays[0].Display.Data["text/markdown"]),
				"\"```mermaid\\nflowchart TD\\n") {
				t.Errorf("got %d displays", len(r.displays))
			}
			if r.out[r.id] != "" {
				t.Errorf("printed %q", r.out[r.id])
			}
			if got := p.run("import \"gilkernel/runtime/threading\"\nt1.Join()\nt2.Join()\n" +
				"func() (any, any, any) { return a.Locked(), b.Locked(), threading.ActiveCount() }()\n").ok(t).
				text(); got != `"false, false, 1"` {
				t.Errorf("afterwards: %s", got)
			}
		})
	}
}

// What plain goroutines and timers will do isn't a deadlock before they have done it, on either machine.
func TestNoDeadlockBesideGoroutines(t *testing.T) {
	for _, words := range []string{"real", "simulated"} {
		t.Run(words, func(t *testing.T) {
			p := begin(t)
			p.machine(words)
			// The harness has no names over cells: each row has its own event.
			wait := func(event, set string) *result {
				return p.run(strings.ReplaceAll(`import ("context"; "time"; "gilkernel/runtime/threading")
var EVENT = threading.NewEvent(); var _, _ = context.Background, time.Now
---
`+set+"\nEVENT.Wait()\n", "EVENT", event))
			}
			for event, set := range map[string]string{
				"goroutine": "go func() { time.Sleep(20 * time.Millisecond); EVENT.Set() }()",
				"busy":      "go func() { for range 1_000_000 {}; EVENT.Set() }()",
				"timer":     "time.AfterFunc(20*time.Millisecond, EVENT.Set)",
				"ended": "ctx, _ := context.WithTimeout(context.Background(), 20*time.Millisecond); " +
					"context.AfterFunc(ctx, EVENT.Set)",
				"oneBehind": "go func() { go func() { time.Sleep(20 * time.Millisecond); EVENT.Set() }() }()",
			} {
				if got := wait(event, set).ok(t).text(); got != `"true"` {
					t.Errorf("%s: %s", event, got)
				}
			}
			// When they have done it, it is.
			if r := wait("never", "go func() {}()\ntime.AfterFunc(1, func() {})"); r.done.Error == nil ||
				r.done.Error.Name != "Deadlock" {
				t.Errorf("got %+v", r.done.Error)
			}
		})
	}
}

// A panic in a thread is printed in Python's form, and the cell continues.
func TestExceptHook(t *testing.T) {
	for _, words := range []string{"real", "simulated"} {
		p := begin(t)
		p.machine(words)
		r := p.run(`import "gilkernel/runtime/threading"
func f() {
	var m map[string]int
	m["a"] = 1
}
---
t1 := threading.NewThread(f)
t1.Start()
t1.Join()
func() (any, any) { return t1.Exception() != nil, threading.NewThread(func() {}).Name() }()
`).ok(t)
		want := "Exception in thread Thread-1 (f):\nTraceback (most recent call last):\n  Cell In[2], line 3, in f\n" +
			"    m[\"a\"] = 1\nruntime error: assignment to entry in nil map\n"
		if r.out[r.id] != want || r.text() != `"true, \"Thread-2 (\u003clambda\u003e)\""` {
			t.Errorf("%s: printed %q, resulted in %s", words, r.out[r.id], r.text())
		}
	}
}

// A cell with a Python of its own shows its timeline, and leaves the session's as it was.
func TestOwnPython(t *testing.T) {
	p := begin(t)
	q := p.request("import (\"gilkernel/runtime/gil\"; \"gilkernel/runtime/machine\")\nt := machine.Current()\n" +
		"a := t.Go(\"a\", func(*machine.Thread) { gil.Checks(1_000_000) })\ngil.Checks(1_000_000)\na.Join(t, -1);\n")
	q.Python = "simulated python=3.11 cores=4"
	p.send(&link.Request{Run: q})
	r := p.wait(q.ID).ok(t)
	if len(r.displays) != 1 || r.displays[0].Display == nil {
		t.Fatalf("got %d displays", len(r.displays))
	}
	d := r.displays[0].Display.Data
	for _, want := range []string{"Python 3.11", "4 cores", "simulated", "MainThread", "holds GIL"} {
		if !strings.Contains(string(d["text/plain"]), want) {
			t.Errorf("the text doesn't say %q: %s", want, d["text/plain"])
		}
	}
	if len(d["image/png"]) == 0 || len(d["application/vnd.vegalite.v5+json"]) == 0 {
		t.Error("a picture is missing")
	}
	if got := p.machine(""); !strings.HasPrefix(got, "real python=3.13 ") {
		t.Errorf("the session's machine is %q", got)
	}
}

// A cell that asks for more cores than there are says so, as %machine does; one with fewer, or simulated ones, says
// nothing.
func TestMissingCores(t *testing.T) {
	p := begin(t)
	for machine, want := range map[string]string{
		"real cores=1024":      "a real machine has no more; a simulated one has 1024",
		"real cores=1":         "",
		"real":                 "",
		"simulated cores=1024": "",
	} {
		r := p.wait(p.on(machine, "_ = 1\n").ID).ok(t)
		if got := r.out[r.id]; !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q, want %q", machine, got, want)
		}
	}
}

// Of a deadlock the figure shows that it lasts: each of its threads is blocked up to the end, also a MainThread that
// waits for itself.
func TestFigureOfADeadlock(t *testing.T) {
	p := begin(t)
	for code, want := range map[string]string{
		"import \"gilkernel/runtime/threading\"\nl := threading.NewLock(\"mine\")\nl.Acquire()\nl.Acquire()\n": `One thread will never run again: T1 MainThread waits for Lock mine, which T1 MainThread holds\..*T1 MainThread r?[lL]x?X{20,} `,
		"import \"gilkernel/runtime/threading\"\na, b := threading.NewLock(\"a\"), threading.NewLock(\"b\")\n" +
			"in := threading.NewEvent()\nt := threading.NewThread(func() { b.Acquire(); in.Set(); a.Acquire() })\n" +
			"a.Acquire()\nt.Start()\nin.Wait()\nb.Acquire()\n": `Two threads will never run again: T1 MainThread waits for Lock b, which T2 \S+ \S+ holds; T2 \S+ \S+ waits for Lock a, which T1 MainThread holds\..*T1 MainThread \w*XX .*T2 Thread-1 \S+ \w*XX `,
	} {
		r := p.wait(p.on("simulated", code).ID)
		var text string
		for _, d := range r.displays {
			if plain := d.Display.Data["text/plain"]; len(d.Display.Data["image/png"]) > 0 {
				if err := json.Unmarshal(plain, &text); err != nil {
					t.Fatal(err)
				}
			}
		}
		text = strings.Join(strings.Fields(text), " ") // the sentence is broken into lines
		if r.done.Error == nil || r.done.Error.Name != "Deadlock" || !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("%s%v, and the figure doesn't say %s:\n%s", code, r.done.Error, want, text)
		}
	}
}

// An interrupted cell that can't be ended has its MainThread forever: the next one gets another.
func TestGivenUp(t *testing.T) {
	p := begin(t)
	p.awake()
	q := p.begun("import (\"fmt\"; \"sync\")\nvar o sync.Once\nfmt.Println(\"begun\")\n" +
		"o.Do(func() { o.Do(func() {}) })\n")
	p.interrupted(q.ID)
	p.run("import \"gilkernel/runtime/machine\"\nt := machine.Current()\na := t.Go(\"a\", func(*machine.Thread) {})\n" +
		"a.Join(t, -1)\n").ok(t)
}

// A lock that its holder took along is noted once, in the cell at whose end a thread waits for it.
func TestOrphanedLocks(t *testing.T) {
	p := begin(t)
	p.machine("simulated")
	p.run(`import "gilkernel/runtime/threading"
var mu = threading.NewLock("accounts")
func grab() { mu.Acquire() }
---
a := threading.NewThread(grab)
a.Start()
a.Join()
`).ok(t)
	r := p.run(`import "gilkernel/runtime/threading"
---
b := threading.NewThread(grab)
b.Start()
`).ok(t)
	want := "Thread-1 (grab) ended while it held Lock accounts since In[2], line 2, and Thread-2 (grab) waits for " +
		"it; release a lock in every way out of a function, as defer does"
	if n := r.done.Notes; len(n) != 2 || n[1].Text != want {
		t.Errorf("got %+v, want %q", n, want)
	}
	if r = p.run("---\n_ = 1\n").ok(t); len(r.done.Notes) != 0 {
		t.Errorf("noted again: %+v", r.done.Notes)
	}
	if r = p.run("---\nmu.Release()\n").ok(t); len(r.done.Notes) != 0 {
		t.Errorf("after the release: %+v", r.done.Notes)
	}
}
