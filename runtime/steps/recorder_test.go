package steps_test

// This file tests what recorders make of runs of real locks, queues and threads on a simulated machine.

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/queue"
	"gilkernel/runtime/steps"
	"gilkernel/runtime/threading"
)

// A program reports its steps by hand. What it accesses is in the first of its lines that names it, or in a
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
	threading.SetHost(in, threading.Host{Stderr: io.Discard})
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
MainThread starts Thread-2 [takes]
Thread-2 acquires lock [takes]
Thread-2 reads n: 1
Thread-2 writes n: 1 → 2
Thread-2 releases lock
Thread-2 ends
MainThread calls a.Join() [takes]
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
MainThread starts Thread-1 [takes]
Thread-1 puts into jobs: 1 item is in it [takes]
Thread-1 ends
Thread-2 continues after the wait for jobs [takes]
Thread-2 gets from jobs: 0 items are in it
Thread-2 ends
MainThread calls a.Join() [takes]
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
MainThread calls time.Sleep() [takes]
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
MainThread starts Thread-2 [takes]
Thread-2 acquires locks[1] (here locks[i])
Thread-2 sleeps
MainThread waits for the end of Thread-1 [takes]
Thread-1 waits for locks[1] (here locks[j]), which Thread-2 holds
Thread-2 waits for locks[0] (here locks[j]), which Thread-1 holds
locks[0]: [1] [2]
locks[1]: [2] [1]
`},
		{"locks of package sync", func(p *program) {
			n := 0
			var mu sync.Mutex
			work := func() {
				p.do("mu.Lock()", func() {
					for !mu.TryLock() {
						machine.Current().Sleep(1000)
					}
				})
				write(p, "n", &n, read(p, "n", &n)+1)
				machine.Current().Sleep(1000)
				p.do("mu.Unlock()", mu.Unlock)
			}
			a, b := threading.NewThread(work), threading.NewThread(work)
			p.do("a.Start()", a.Start)
			p.do("b.Start()", b.Start)
			p.do("a.Join()", func() { a.Join() })
			p.do("b.Join()", func() { b.Join() })
		}, `
MainThread starts Thread-1
Thread-1 acquires mu [takes]
Thread-1 reads n: 0
Thread-1 writes n: 0 → 1
Thread-1 sleeps
MainThread starts Thread-2 [takes]
Thread-2 waits for mu, which Thread-1 holds [takes]
Thread-2 sleeps
MainThread waits for the end of Thread-1 [takes]
Thread-1 releases mu [takes]
Thread-1 ends
MainThread continues: Thread-1 has ended [takes]
MainThread waits for the end of Thread-2
Thread-2 acquires mu after the wait [takes]
Thread-2 reads n: 1
Thread-2 writes n: 1 → 2
Thread-2 sleeps
Thread-2 releases mu
Thread-2 ends
MainThread continues: Thread-2 has ended [takes]
mu: [] []
`},
		{"an event, a semaphore, a barrier", func(p *program) {
			e, s, b := threading.NewEvent(), threading.NewSemaphore(1), threading.NewBarrier(2)
			a := threading.NewThread(func() {
				p.do("ready.Wait()", func() { e.Wait() })
				p.do("slots.Acquire()", func() { s.Acquire() })
				p.do("slots.Release()", func() { s.Release() })
				p.do("meet.Wait()", func() { b.Wait() })
			})
			p.do("a.Start()", a.Start)
			p.do("slots.Acquire()", func() { s.Acquire() })
			p.do("ready.Set()", e.Set)
			p.do("ready.Set()", e.Set)
			machine.Current().Sleep(1000)
			p.do("slots.Release()", func() { s.Release() })
			p.do("meet.Wait()", func() { b.Wait() })
			p.do("a.Join()", func() { a.Join() })
		}, `
MainThread starts Thread-1
Thread-1 waits for ready [takes]
MainThread acquires slots [takes]
MainThread sets ready, which wakes Thread-1
MainThread sets ready
MainThread sleeps
Thread-1 continues after the wait for ready [takes]
Thread-1 waits for slots, which MainThread holds
MainThread releases slots [takes]
MainThread waits at meet
Thread-1 continues after the wait for slots [takes]
Thread-1 acquires slots
Thread-1 releases slots
Thread-1 is the last at meet, which wakes MainThread
Thread-1 ends
MainThread continues after the wait for meet [takes]
MainThread calls a.Join()
ready: [] []
slots: [] []
meet: [] []
`},
		{"one lock under two names, and two under one", func(p *program) {
			a, b := threading.NewLock("x"), threading.NewLock("x")
			same := a
			read(p, "a", &a)
			read(p, "b", &b)
			read(p, "same", &same)
			for _, l := range []*threading.Lock{a, b} {
				p.do("l.Acquire()", func() { l.Acquire() })
			}
			p.do("same.Release()", same.Release)
			p.do("b.Release()", b.Release)
		}, `
MainThread acquires a (here l)
MainThread acquires b (here l)
MainThread releases a (here same)
MainThread releases b
a: [] []
b: [] []
`},
		{"an argument that is a call", func(p *program) {
			in, out := queue.NewQueue(), queue.NewQueue()
			in.Put(1)
			p.lines = []string{"out.Put(in.Get())"}
			p.step(&steps.Access{Op: steps.Sync, Name: "out.Put()"})
			read(p, "out", &out)
			p.step(&steps.Access{Op: steps.Sync, Name: "in.Get()"})
			read(p, "in", &in)
			out.Put(in.Get())
		}, `
MainThread puts into in: 1 item is in it
MainThread gets from in: 0 items are in it
MainThread puts into out: 1 item is in it
in: [] []
out: [] []
`},
		{"a panic of a thread", func(p *program) {
			n := 1
			a := threading.NewThread(func() {
				if read(p, "n", &n) > 0 {
					panic("no more")
				}
			})
			p.do("a.Start()", a.Start)
			p.do("a.Join()", func() { a.Join() })
		}, `
MainThread starts Thread-1
Thread-1 panics: no more
Thread-1 ends
MainThread calls a.Join() [takes]
`},
		{"a panic of MainThread", func(p *program) {
			n := 1
			if read(p, "n", &n) > 0 {
				panic(&exceptions.AssertionError{Message: "n is 1"})
			}
		}, `
MainThread reads n: 1
MainThread panics: AssertionError: n is 1
`},
		{"an RLock", func(p *program) {
			r := threading.NewRLock()
			p.do("r.Acquire()", func() { r.Acquire() })
			p.do("r.Acquire()", func() { r.Acquire() })
			read(p, "r", &r)
			p.do("r.Release()", r.Release)
			p.do("r.Release()", r.Release)
		}, `
MainThread acquires r
MainThread acquires r again
MainThread releases r once, and still holds it
MainThread releases r
r: [] []
`},
		{"a lock that isn't got", func(p *program) {
			lock := threading.NewLock()
			read(p, "lock", &lock)
			p.do("lock.Acquire()", func() { lock.Acquire() })
			p.do("lock.Acquire()", func() { lock.Acquire(threading.Blocking(false)) })
			p.do("lock.Acquire()", func() { lock.Acquire(threading.Timeout(1000)) })
			p.do("lock.Release()", lock.Release)
		}, `
MainThread acquires lock
MainThread doesn't get lock
MainThread waits for lock, which it holds itself
MainThread releases lock
lock: [] []
`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := list(run(t, "3.12", row.run)); got != strings.TrimLeft(row.want, "\n") {
				t.Errorf("got\n%s", got)
			}
		})
	}
}
