package steps_test

// This file tests what recorders make of runs of real locks, queues and threads on a simulated machine.

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/queue"
	"gilkernel/runtime/steps"
	"gilkernel/runtime/threading"
)

// A program is one whose steps are told by hand. What it accesses is in the first of its lines that names it, or in a
// line of its own.
type program struct {
	r     *steps.Recorder
	lines []string
}

// do is the step before a call of a method, and the call.
func (p *program) do(call string, f func()) {
	p.step(&steps.Access{Op: steps.Sync, Name: call})
	f()
}

// read is the step before a variable is read.
func read[T any](p *program, name string, v *T) T {
	p.step(&steps.Access{Op: steps.Read, Name: name, Key: v, Get: func() any { return *v }})
	return *v
}

// write is the step before a variable is written, and the write.
func write[T any](p *program, name string, v *T, to T) {
	p.step(&steps.Access{Op: steps.Write, Name: name, Key: v, Get: func() any { return *v }})
	*v = to
}

func (p *program) step(a *steps.Access) {
	name := strings.TrimSuffix(a.Name, "()")
	i := slices.IndexFunc(p.lines, func(line string) bool { return strings.Contains(line, name) })
	if i < 0 {
		i = len(p.lines)
		p.lines = append(p.lines, a.Name)
	}
	a.Label, a.Line, a.Column = "In[1]", i+1, strings.Index(p.lines[i], name)+1
	t := machine.Current()
	t.StepOn(nil, true)
	p.r.Step(t, 0, a)
}

// run runs a program as MainThread of a simulated Python and returns its View.
func run(t *testing.T, version string, f func(p *program), source ...string) *steps.View {
	t.Helper()
	m, err := machine.Simulate(&machine.Options{Cores: 1, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	in, err := gil.New(m, &gil.Options{Version: version})
	if err != nil {
		t.Fatal(err)
	}
	p := &program{lines: source}
	p.r = steps.New(steps.Config{Python: version, Source: func(string) []string { return p.lines }})
	m.Observe(p.r)
	main := threading.Main(in)
	out := steps.Outcome{Kind: steps.Value}
	err = main.Run(func(*machine.Thread) { f(p) })
	var d *machine.Deadlock
	switch {
	case errors.As(err, &d):
		out = steps.Outcome{Kind: steps.Deadlock, Text: d.Error()}
	case err != nil:
		out = steps.Outcome{Kind: steps.Panicked, Text: err.Error()}
	}
	m.Stop(nil)
	m.Drain(-1)
	return p.r.View(out)
}

// list writes a view's steps, those of little interest left out.
func list(v *steps.View) string {
	var b strings.Builder
	for _, s := range v.Steps {
		if s.Quiet {
			continue
		}
		who, _, _ := strings.Cut(v.Threads[s.Thread].Name, " (")
		fmt.Fprintf(&b, "%s %s", who, s.Text)
		if s.Switch != "" {
			fmt.Fprintf(&b, " [%s]", s.Switch)
		}
		b.WriteByte('\n')
	}
	for _, l := range v.Locks {
		fmt.Fprintf(&b, "%s: %v %v\n", l.Name, l.Holders, l.Waiters)
	}
	return b.String()
}

func TestRecorder(t *testing.T) {
	for _, row := range []struct {
		name string
		run  func(p *program)
		want string
	}{
		{"two threads and a lock", func(p *program) {
			n := 0
			lock := threading.NewLock("accounts")
			work := func() {
				p.do("lock.Acquire()", func() { lock.Acquire() })
				write(p, "n", &n, read(p, "n", &n)+1)
				p.do("lock.Release()", lock.Release)
			}
			a, b := threading.NewThread(work), threading.NewThread(work)
			p.do("a.Start()", a.Start)
			p.do("b.Start()", b.Start)
			p.do("a.Join()", func() { a.Join() })
			p.do("b.Join()", func() { b.Join() })
		}, `
MainThread starts Thread-1
Thread-1 acquires lock [takes]
Thread-1 reads n: 0
Thread-1 writes n: 0 → 1
Thread-1 releases lock
Thread-1 ends
MainThread starts Thread-2
Thread-2 acquires lock [takes]
Thread-2 reads n: 1
Thread-2 writes n: 1 → 2
Thread-2 releases lock
Thread-2 ends
MainThread calls a.Join()
MainThread calls b.Join()
lock: [] []
`},
		{"a queue", func(p *program) {
			q := queue.NewQueue()
			a := threading.NewThread(func() { p.do("jobs.Put()", func() { q.Put(1) }) })
			b := threading.NewThread(func() { p.do("jobs.Get()", func() { q.Get() }) })
			p.do("b.Start()", b.Start)
			p.do("a.Start()", a.Start)
			p.do("a.Join()", func() { a.Join() })
			p.do("b.Join()", func() { b.Join() })
		}, `
MainThread starts Thread-2
Thread-2 waits: jobs is empty [takes]
MainThread starts Thread-1
Thread-1 puts into jobs: 1 item is in it [takes]
Thread-1 ends
Thread-2 continues after the wait for jobs [takes]
Thread-2 gets from jobs: 0 items are in it
Thread-2 ends
MainThread calls a.Join()
MainThread calls b.Join()
jobs: [] []
`},
		{"a condition", func(p *program) {
			c := threading.NewCondition(nil)
			ready := false
			a := threading.NewThread(func() {
				p.do("c.Acquire()", func() { c.Acquire() })
				for !read(p, "ready", &ready) {
					p.do("c.Wait()", func() { c.Wait() })
				}
				p.do("c.Release()", c.Release)
			})
			p.do("a.Start()", a.Start)
			p.do("time.Sleep()", func() { machine.Current().Sleep(1000) })
			p.do("c.Acquire()", func() { c.Acquire() })
			write(p, "ready", &ready, true)
			p.do("c.Notify()", func() { c.Notify() })
			p.do("c.Release()", c.Release)
			p.do("a.Join()", func() { a.Join() })
		}, `
MainThread starts Thread-1
Thread-1 acquires c [takes]
Thread-1 reads ready: false
Thread-1 releases c
Thread-1 waits for a notification of c
MainThread sleeps
MainThread acquires c
MainThread writes ready: false → true
MainThread notifies Thread-1 by c
MainThread releases c
MainThread waits for the end of Thread-1
Thread-1 wakes from the wait for c [takes]
Thread-1 acquires c
Thread-1 reads ready: true
Thread-1 releases c
Thread-1 ends
MainThread continues: Thread-1 has ended [takes]
c: [] []
`},
		{"a deadlock", func(p *program) {
			locks := []*threading.Lock{threading.NewLock(), threading.NewLock()}
			move := func(i, j int) func() {
				return func() {
					read(p, "locks", &locks)
					p.do("locks[i].Acquire()", func() { locks[i].Acquire() })
					machine.Current().Sleep(1000)
					read(p, "locks", &locks)
					p.do("locks[j].Acquire()", func() { locks[j].Acquire() })
				}
			}
			a, b := threading.NewThread(move(0, 1)), threading.NewThread(move(1, 0))
			p.do("a.Start()", a.Start)
			p.do("b.Start()", b.Start)
			p.do("a.Join()", func() { a.Join() })
		}, `
MainThread starts Thread-1
Thread-1 acquires locks[0] (here locks[i])
Thread-1 sleeps
MainThread starts Thread-2
Thread-2 acquires locks[1] (here locks[i])
Thread-2 sleeps
MainThread waits for the end of Thread-1
Thread-1 waits for locks[1] (here locks[j]), which Thread-2 holds
Thread-2 waits for locks[0] (here locks[j]), which Thread-1 holds
locks[0]: [1] [2]
locks[1]: [2] [1]
`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := list(run(t, "3.12", row.run)); got != strings.TrimLeft(row.want, "\n") {
				t.Errorf("got\n%s", got)
			}
		})
	}
}
