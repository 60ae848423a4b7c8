//go:build unix

package worker_test

// This file tests the real interpreter process, with cells compiled by a session.

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gilkernel/kernel/link"
	"gilkernel/kernel/session"
	"gilkernel/kernel/worker"
)

// compiled returns the run of a cell of a session.
func compiled(t *testing.T, s *session.Session, id int, code string) link.Run {
	t.Helper()
	label := fmt.Sprintf("In[%d]", id)
	p, err := s.Compile(label, code)
	if err != nil {
		t.Fatalf("%s: %v", code, err)
	}
	s.Commit(p)
	return link.Run{ID: id, Label: label, Source: p.Source, Expr: p.Expr, Before: p.BeforeJSON(), Code: code}
}

func newReal(t *testing.T, o worker.Options) (*worker.Supervisor, *recorder) {
	o.Env = append(o.Env, fakeEnv+"=real")
	return newSupervisor(t, o)
}

func runReal(e *worker.Supervisor, r link.Run) worker.Result {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	return e.Run(ctx, r)
}

func TestRealOutput(t *testing.T) {
	e, rec := newReal(t, worker.Options{})
	s := session.New(nil)
	wantStatus(t,
		runReal(e, compiled(t, s, 1, "fmt.Println(`a`)\nfmt.Fprintln(os.Stderr, `b`)\nsyscall.Write(2, []byte(`d`))")),
		"ok")
	rec.mu.Lock()
	out, err := rec.text["1 stdout"], rec.text["1 stderr"]
	rec.mu.Unlock()
	if out != "a\n" || err != "b\nd" && err != "db\n" {
		t.Errorf("stdout %q, stderr %q", out, err)
	}
	res := e.Command(context.Background(), link.Command{ID: 2, Argv: []string{"sh", "-c", "echo child; exit 4"}})
	if res.Done.Exit != 4 {
		t.Errorf("%+v", res.Done)
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if got := rec.text["2 stdout"]; got != "child\n" {
		t.Errorf("the child printed %q", got)
	}
}

func TestRealCrashesOfCells(t *testing.T) {
	limit := int64(600 << 20)
	if raceDetector() {
		limit = -1 // it needs more memory itself
	}
	e, rec := newReal(t, worker.Options{Spare: true, MemoryLimit: limit})
	s := session.New(nil)
	for i, row := range []struct{ code, kind, reason string }{
		{"os.Exit(3)", "SystemExit", "os.Exit(3) ended the interpreter"},
		{"log.Fatal(`oh`)", "SystemExit", "log.Fatal ended the interpreter"},
		{"m := map[int]int{}\nf := func() { for i := 0; ; i++ { m[i%10] = i } }\ngo f()\nf()", "concurrent map writes",
			"two goroutines"},
		{"var mu sync.Mutex\nmu.Unlock()", "unlock of unlocked mutex", "not locked"},
		{"type T int\nfunc (t T) String() string { return fmt.Sprint(t) }\nfmt.Println(T(1))", "stack overflow",
			"called itself without end"},
		{"var all [][]byte\nfor { all = append(all, make([]byte, 16<<20)) }", "out of memory", "600MiB"},
		{"syscall.Kill(os.Getpid(), syscall.SIGKILL)\nselect {}", "killed", "SIGKILL"},
	} {
		if row.kind == "out of memory" && raceDetector() {
			continue
		}
		id := i + 1
		res := runReal(e, compiled(t, s, id, row.code))
		if res.Crash == nil {
			t.Errorf("%s: no crash: %+v %+v", row.code, res, res.Done.Error)
			continue
		}
		c := res.Crash
		if c.Kind != row.kind || !strings.Contains(c.Reason, row.reason) || c.Cell != id || !res.Started {
			t.Errorf("%s: started %t, %+v", row.code, res.Started, c)
		}
		if strings.Contains(c.Trace, "yaegi") || strings.Contains(c.Trace, "runtime") {
			t.Errorf("%s: the trace is about the interpreter:\n%s", row.code, c.Trace)
		}
		t.Logf("%s: %s %q %q", c.Kind, c.Reason, c.Goroutine, c.Trace)
		s.Reset()
		wantStatus(t, runReal(e, compiled(t, s, 100+id, "fmt.Println(`on`)")), "ok")
		rec.mu.Lock()
		if got := rec.text[fmt.Sprint(id, " stderr")]; got != "" && !strings.HasSuffix(got, " oh\n") {
			t.Errorf("%s: the cell shows %q", row.code, got)
		}
		rec.mu.Unlock()
	}
}

func TestRealInterrupts(t *testing.T) {
	e, rec := newReal(t, worker.Options{})
	s := session.New(nil)
	started := make(chan bool, 100)
	rec.event = func(ev link.Event) { started <- true }
	// without it, the cells that wait are deadlocks
	wantStatus(t, runReal(e, compiled(t, s, 1, "go time.Sleep(time.Hour)\nfmt.Println(`a`)")), "ok")
	<-started
	pid := e.PIDs()[0]
	for i, code := range []string{
		"for {}", "select {}", "<-make(chan int)", "time.Sleep(time.Hour)", "var mu sync.Mutex\nmu.Lock()\nmu.Lock()",
		"var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()",
	} {
		result := make(chan worker.Result, 1)
		go func() { result <- runReal(e, compiled(t, s, i+2, "fmt.Println(1)\n"+code)) }()
		<-started
		e.Interrupt()
		res := <-result
		if res.Done.Status != "interrupted" && (res.Done.Error == nil || res.Done.Error.Name != "KeyboardInterrupt") {
			t.Errorf("%s: %+v %+v %+v", code, res.Done, res.Done.Error, res.Crash)
		}
	}
	if got := e.PIDs()[0]; got != pid {
		t.Errorf("the interpreter was replaced")
	}
}

// An interpreter exits when the kernel process has ended.
func TestRealEndsWithItsKernel(t *testing.T) {
	e, rec := newReal(t, worker.Options{})
	s := session.New(nil)
	wantStatus(t, runReal(e, compiled(t, s, 1, "x := 1")), "ok")
	worker.CloseRequests(e)
	if d := <-rec.died; d.cell != 1 { // it kills its own group, including itself
		t.Errorf("%d %+v", d.cell, d.crash)
	}
}

func BenchmarkRun(b *testing.B) {
	e := worker.New(newRecorder(nil), &worker.Options{})
	defer e.Close()
	for b.Loop() {
		if res := e.Run(context.Background(), link.Run{ID: 1}); res.Crash != nil {
			b.Fatal(res.Crash)
		}
	}
}

// BenchmarkCrash measures the time from one os.Exit to the next, with and without a spare.
func BenchmarkCrash(b *testing.B) {
	for _, spare := range []bool{false, true} {
		b.Run(fmt.Sprint("spare=", spare), func(b *testing.B) {
			e := worker.New(newRecorder(nil), &worker.Options{Spare: spare})
			defer e.Close()
			p, err := session.New(nil).Compile("In[1]", "os.Exit(1)")
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				b.StopTimer()
				e.Run(context.Background(), link.Run{ID: 1})
				for spare && len(e.PIDs()) < 2 {
					time.Sleep(10 * time.Millisecond)
				}
				time.Sleep(50 * time.Millisecond) // it loads its tables
				b.StartTimer()
				if res := e.Run(context.Background(), link.Run{ID: 2, Source: p.Source}); res.Crash == nil {
					b.Fatalf("%+v", res)
				}
				e.Run(context.Background(), link.Run{ID: 3, Replay: true})
			}
		})
	}
}
