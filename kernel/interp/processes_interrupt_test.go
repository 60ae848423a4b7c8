//go:build linux

package interp_test

// This file tests interrupts of processes: Process.Interrupt, and a cell's while its processes run.

import (
	"strings"
	"testing"

	"gilkernel/kernel/link"
)

// Each of them is in its target when it is interrupted, and is about to make its call, or is in it already.
func TestProcessInterrupt(t *testing.T) {
	for _, row := range []struct{ name, target, err, out string }{
		{"a loop", `func target(ready *mp.SimpleQueue) { ready.Put(1); for {} }`, "KeyboardInterrupt", "1\n"},
		{"a sleep", `func target(ready *mp.SimpleQueue) { ready.Put(1); time.Sleep(time.Hour) }`, "KeyboardInterrupt",
			"1\n"},
		{"a pipe", `func target(ready *mp.SimpleQueue) { a, b := mp.Pipe(); defer b.Close(); ready.Put(b); a.Recv() }`,
			"KeyboardInterrupt", "1\n"},
		{"a lock", `func target(ready *mp.SimpleQueue) { l := mp.NewSemaphore(0); ready.Put(1); ` +
			`l.Acquire(mp.Timeout(time.Hour)) }`, "KeyboardInterrupt", "1\n"},
		{"a child", `func inner() { time.Sleep(time.Hour) }
func target(ready *mp.SimpleQueue) { p := mp.NewProcess(inner); p.SetDaemon(true); p.Start(); ready.Put(1); p.Join() }`, "KeyboardInterrupt", "1\n"},
		{"deferred functions", `func target(ready *mp.SimpleQueue) { defer fmt.Println("deferred"); ready.Put(1); ` +
			`time.Sleep(time.Hour) }`, "KeyboardInterrupt", "deferred\n1\n"},
		{"recovered", `func target(ready *mp.SimpleQueue) { defer func() { fmt.Println(errors.Is(recover().(error), ` +
			`&exceptions.KeyboardInterrupt{})) }(); ready.Put(1); time.Sleep(time.Hour) }`, "", "true\n0\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			for _, python := range []string{"", "simulated cores=4 seed=1"} {
				p := begin(t)
				q := p.request(mpImports + "import \"errors\"\nvar _, _, _, _ = os.Getpid, time.Now, exceptions.Is, errors.Is\n" + row.target + `
---
ready := mp.NewSimpleQueue()
p := mp.NewProcess(target, mp.Args(ready), mp.Name("worker"))
p.Start(); ready.Get()
p.Interrupt()
p.Join()
fmt.Println(p.ExitCode())`)
				if python != "" {
					p.machine(python)
				}
				p.send(&link.Request{Run: q})
				r := p.wait(q.ID).ok(t)
				var out, errs strings.Builder
				for _, s := range r.streams {
					if s.Name == "stderr" {
						errs.WriteString(s.Text)
					} else {
						out.WriteString(s.Text)
					}
				}
				if out.String() != row.out {
					t.Errorf("%s: printed %q, want %q", python, out.String(), row.out)
				}
				got := errs.String()
				if row.err == "" && got != "" ||
					row.err != "" &&
						!(strings.HasPrefix(got,
							"Process worker:\nTraceback (most recent call last):\n  Cell In[1], line ") &&
							strings.HasSuffix(got, "\n"+row.err+"\n")) {
					t.Errorf("%s: on stderr %q", python, got)
				}
			}
		})
	}
}

// A cell that is interrupted while its processes run: they end, what they have printed is there once, they print no
// traceback, and the next cell runs.
func TestInterruptedCellWithProcesses(t *testing.T) {
	for _, python := range []string{"", "simulated cores=4 seed=1"} {
		p := begin(t)
		q := p.request(mpImports + `
func child(n int, up *mp.SimpleQueue) { fmt.Println("child", n); up.Put(n); for {} }
func sleeper(n int, up *mp.SimpleQueue) { fmt.Println("child", n); up.Put(n); time.Sleep(time.Hour) }
var _, _ = os.Getpid, exceptions.Is
---
up := mp.NewSimpleQueue()
var all []*mp.Process
for i := range 4 {
	f := child
	if i % 2 == 1 { f = sleeper }
	p := mp.NewProcess(f, mp.Args(i, up))
	p.Start()
	all = append(all, p)
}
for range all { up.Get() }
fmt.Println("all begun")
for _, p := range all { p.Join() }`)
		if python != "" {
			p.machine(python)
		}
		p.send(&link.Request{Run: q})
		all := ""
		for !strings.Contains(all, "all begun\n") {
			if e := p.next(); e.Stream != nil {
				all += e.Stream.Text
			} else if e.Done != nil {
				t.Fatalf("%s: it has ended: %+v", python, e.Done)
			}
		}
		p.interrupt(q.ID)
		r := p.wait(q.ID)
		all += r.out[r.id]
		if r.done.Status != "interrupted" {
			t.Errorf("%s: status %s", python, r.done.Status)
		}
		r = p.run("import mp \"gilkernel/runtime/multiprocessing\"\nimport \"fmt\"\n---\n" +
			"for _, c := range mp.ActiveChildren() { c.Join() }\nfmt.Println(len(mp.ActiveChildren()))").ok(t)
		if got := r.out[r.id]; got != "0\n" {
			t.Errorf("%s: %s children are left", python, got)
		}
		all += r.out[q.ID] // on a busy computer the answer doesn't wait for the last of it
		for _, line := range []string{"child 0\n", "child 1\n", "child 2\n", "child 3\n", "all begun\n"} {
			if n := strings.Count(all, line); n != 1 {
				t.Errorf("%s: %q is there %d times in %q", python, line, n, all)
			}
		}
		if strings.Contains(all, "Traceback") || len(r.errors) > 0 {
			t.Errorf("%s: %q and %d errors", python, all, len(r.errors))
		}
	}
}
