//go:build unix

package worker_test

// This file tests the Supervisor with fake interpreters.

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gilkernel/kernel/link"
	"gilkernel/kernel/worker"
	"gilkernel/skip"
)

// A recorder is a Handler that records everything.
type recorder struct {
	t     *testing.T
	event func(link.Event) // called before the event is recorded
	died  chan death

	mu   sync.Mutex // protects the fields below
	all  []link.Event
	text map[string]string // by "cell name"
}

type death struct {
	cell  int
	crash *worker.Crash
}

func (r *recorder) Event(ev link.Event) {
	if r.event != nil {
		r.event(ev)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, ev)
	if ev.Stream != nil {
		r.text[fmt.Sprint(ev.Cell, " ", ev.Stream.Name)] += ev.Stream.Text
	}
}

func (r *recorder) Died(cell int, c *worker.Crash) { r.died <- death{cell, c} }

func (r *recorder) streams() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return fmt.Sprint(r.text)
}

// newSupervisor returns a Supervisor of fake interpreters, closed at the end of the test.
func newSupervisor(t *testing.T, o worker.Options) (*worker.Supervisor, *recorder) {
	t.Helper()
	rec := &recorder{t: t, died: make(chan death, 10), text: map[string]string{}}
	kind := fakeEnv + "=yes"
	for _, kv := range o.Env {
		if strings.HasPrefix(kv, fakeEnv) {
			kind = kv
		}
	}
	o.Env = append(o.Env, kind, "GORACE=log_path=/dev/null") // the fake's races are the test
	o.Logf = func(f string, args ...any) { t.Logf(f, args...) }
	e := worker.New(rec, &o)
	t.Cleanup(func() { e.Close() })
	return e, rec
}

func (r *recorder) expect(want string) {
	r.t.Helper()
	if got := r.streams(); got != want {
		r.t.Errorf("streams:\n%s\nwant\n%s", got, want)
	}
}

// run runs lines for the fake interpreter.
func run(t *testing.T, e *worker.Supervisor, id int, source string) worker.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	return e.Run(ctx, link.Run{ID: id, Label: "In[" + strconv.Itoa(id) + "]", Source: source})
}

func newRecorder(t *testing.T) *recorder {
	return &recorder{t: t, died: make(chan death, 10), text: map[string]string{}}
}

func wantStatus(t *testing.T, res worker.Result, status string) {
	t.Helper()
	if res.Done.Status != status || res.Crash != nil || res.Replaced {
		t.Fatalf("result is %+v (crash %+v), want status %q", res, res.Crash, status)
	}
}

func TestOutputBelongsToItsRun(t *testing.T) {
	e, rec := newSupervisor(t, worker.Options{})
	wantStatus(t, run(t, e, 1, "print a\nout b\nerr c"), "ok")
	wantStatus(t, run(t, e, 2, "out d\nerr e\nprint f"), "ok")
	rec.mu.Lock()
	defer rec.mu.Unlock()
	for key, want := range map[string][]string{
		"1 stdout": {"a\n", "b\n"}, "1 stderr": {"c\n"}, "2 stdout": {"d\n", "f\n"}, "2 stderr": {"e\n"}} {
		for _, w := range want {
			if !strings.Contains(rec.text[key], w) {
				t.Errorf("%s is %q, without %q", key, rec.text[key], w)
			}
		}
	}
}

// When Run returns, everything that the run wrote to descriptor 1 has been passed on, whatever the amount.
func TestRunWaitsForItsLastByte(t *testing.T) {
	e, rec := newSupervisor(t, worker.Options{})
	for i := range 20 {
		const n = 300_000
		wantStatus(t, run(t, e, i, "flood "+strconv.Itoa(n)), "ok")
		rec.mu.Lock()
		if got := len(rec.text[fmt.Sprint(i, " stdout")]); got != n {
			t.Errorf("run %d: %d bytes, want %d", i, got, n)
		}
		rec.mu.Unlock()
	}
}

func TestStartedAndReplay(t *testing.T) {
	e, rec := newSupervisor(t, worker.Options{})
	res := run(t, e, 1, "print a")
	if !res.Started {
		t.Error("the run has started, the result says no")
	}
	res = e.Run(context.Background(), link.Run{ID: 2, Source: "print b\nout c\nerr d", Replay: true})
	wantStatus(t, res, "ok")
	rec.expect("map[1 stdout:a\n]")
}

// A cell may close descriptors 1 and 2.
func TestClosedDescriptors(t *testing.T) {
	e, rec := newSupervisor(t, worker.Options{})
	wantStatus(t, run(t, e, 1, "close 1\nclose 2\nprint a"), "ok")
	wantStatus(t, run(t, e, 2, "print b"), "ok")
	rec.expect("map[1 stdout:a\n 2 stdout:b\n]")
}

func TestInput(t *testing.T) {
	rec := newRecorder(t)
	var e *worker.Supervisor
	rec.event = func(ev link.Event) {
		if ev.Input != nil {
			e.Input(link.Input{Text: "Ada, asked for " + ev.Input.Prompt})
		}
	}
	e = worker.New(rec, &worker.Options{Env: []string{fakeEnv + "=yes"}})
	defer e.Close()
	wantStatus(t, run(t, e, 1, "ask name"), "ok")
	rec.expect("map[1 stdout:Ada, asked for name\n]")
}

func TestSettingsSurviveCrashes(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GONE", "no")
	e, rec := newSupervisor(t, worker.Options{Dir: dir, Env: []string{"GIVEN=1"}, MemoryLimit: 123456789})
	e.Chdir(link.Chdir{Dir: "sub"})
	e.Setenv(link.Setenv{Key: "KEPT", Value: "a=b"})
	e.Setenv(link.Setenv{Key: "GONE", Unset: true})
	ask := "dir\nenv KEPT\nenv GONE\nenv GIVEN\nenv GILKERNEL_MEMORY_LIMIT"
	want := filepath.Join(dir, "sub") + "\na=b true\n false\n1 true\n123456789 true\n"
	wantStatus(t, run(t, e, 1, ask), "ok")
	if res := run(t, e, 2, "exit 0"); res.Crash == nil {
		t.Fatal("no crash")
	}
	wantStatus(t, run(t, e, 3, ask), "ok")
	rec.expect("map[1 stdout:" + want + " 3 stdout:" + want + "]")
	if e.Dir() != filepath.Join(dir, "sub") {
		t.Errorf("Dir is %s", e.Dir())
	}
}

func TestCrashes(t *testing.T) {
	e, rec := newSupervisor(t, worker.Options{Spare: true})
	for i, row := range []struct {
		source, kind, reason string
	}{
		{"exit 3", "SystemExit", "os.Exit(3) ended the interpreter at In[1]:2:1"},
		{"mapwrites", "concurrent map writes", "two goroutines wrote to the same map at the same time"},
		{"unlock", "unlock of unlocked mutex", "a sync.Mutex was unlocked that was not locked"},
		{"stack", "stack overflow", "a function called itself without end"},
		{"memory", "out of memory", "the limit is 2GiB (GILKERNEL_MEMORY_LIMIT or %limit memory changes it)"},
		{"panic oh", "panic", "panicked: oh"},
		{"kill 9", "killed", "SIGKILL"},
		{"kill 15", "killed", "SIGTERM"},
		{"kill 6", "aborted", "the signal SIGABRT ended the interpreter"},
		{"kill 4", "illegal instruction", "the signal SIGILL ended the interpreter"},
		{"kill 1", "killed", "the signal SIGHUP ended the interpreter"},
		{"close 4\nhang", "killed", "did the cell close descriptor 4"},
		{"nonsense\nhang", "protocol", "does not understand"},
	} {
		if row.source == "memory" && raceDetector() {
			continue // it has its own error for that
		}
		if row.source == "kill 1" && signal.Ignored(syscall.SIGHUP) {
			continue // nohup started the tests, and the interpreters inherit that
		}
		id := i + 1
		res := run(t, e, id, "print before\nerr kept\n"+row.source)
		if res.Crash == nil {
			t.Fatalf("%s: no crash: %+v", row.source, res)
		}
		if c := res.Crash; c.Kind != row.kind || !strings.Contains(c.Reason, row.reason) || c.Cell != id {
			t.Errorf("%s: %+v", row.source, c)
		}
		if !res.Started || res.Done.Status != "error" {
			t.Errorf("%s: %+v", row.source, res)
		}
		wantStatus(t, run(t, e, 100+id, "print after"), "ok")
		rec.mu.Lock()
		for key, want := range map[string]string{" stdout": "before\n", " stderr": "kept\n"} {
			if got := rec.text[fmt.Sprint(id, key)]; got != want {
				t.Errorf("%s:%s is %q, want %q", row.source, key, got, want)
			}
		}
		if got := rec.text[fmt.Sprint(100+id, " stdout")]; got != "after\n" {
			t.Errorf("%s: the next run printed %q", row.source, got)
		}
		rec.mu.Unlock()
	}
	if len(rec.died) > 0 {
		t.Errorf("a death was reported twice: %+v", <-rec.died)
	}
}

func raceDetector() bool {
	info, _ := debug.ReadBuildInfo()
	return slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

func TestDeathBetweenRuns(t *testing.T) {
	e, rec := newSupervisor(t, worker.Options{})
	wantStatus(t, run(t, e, 1, "later exit 4"), "ok")
	d := <-rec.died
	if d.cell != 1 || d.crash.Kind != "SystemExit" || d.crash.Exit != 4 {
		t.Errorf("died: %+v %+v", d, d.crash)
	}
	if res := run(t, e, 2, "print a"); !res.Replaced {
		t.Errorf("the replacement was not reported: %+v", res)
	}
	wantStatus(t, run(t, e, 3, "print a"), "ok")

	// Killed from outside: after a replay, no result says Replaced.
	syscall.Kill(e.PIDs()[0], syscall.SIGKILL)
	if d := <-rec.died; d.cell != 3 || d.crash.Kind != "killed" {
		t.Errorf("died: %+v %+v", d, d.crash)
	}
	wantStatus(t, e.Run(context.Background(), link.Run{ID: 4, Replay: true}), "ok")
	wantStatus(t, run(t, e, 5, "print b"), "ok")
}

func TestInterruptIsSoftFirst(t *testing.T) {
	e, rec := newSupervisor(t, worker.Options{})
	started := make(chan bool, 10)
	rec.event = func(link.Event) { started <- true }
	e.Interrupt() // nothing runs, so nothing happens
	result := make(chan worker.Result, 1)
	go func() { result <- run(t, e, 1, "print a\nwait") }()
	<-started
	e.Interrupt()
	wantStatus(t, <-result, "interrupted")
	pid := e.PIDs()[0]
	e.Interrupt()
	wantStatus(t, run(t, e, 2, "print b"), "ok")
	if got := e.PIDs()[0]; got != pid {
		t.Errorf("the interpreter was replaced: %d, then %d", pid, got)
	}
}

func TestSecondInterruptKills(t *testing.T) {
	e, rec := newSupervisor(t, worker.Options{})
	started := make(chan bool, 10)
	rec.event = func(link.Event) { started <- true }
	result := make(chan worker.Result, 1)
	go func() { result <- run(t, e, 1, "print a\nhang") }()
	<-started
	e.Interrupt()
	e.Interrupt()
	res := <-result
	if res.Crash == nil || res.Crash.Kind != "KeyboardInterrupt" || !res.Started {
		t.Errorf("%+v %+v", res, res.Crash)
	}
	wantStatus(t, run(t, e, 2, "print b"), "ok")
}

// A quick second interrupt doesn't kill a cell that ends at the first.
func TestDoublePressIsSoft(t *testing.T) {
	e, rec := newSupervisor(t, worker.Options{})
	started := make(chan bool, 10)
	rec.event = func(link.Event) { started <- true }
	for id := range 20 {
		result := make(chan worker.Result, 1)
		go func() { result <- run(t, e, id, "print a\nwait") }()
		<-started
		e.Interrupt()
		e.Interrupt()
		wantStatus(t, <-result, "interrupted")
	}
}

// An interrupt at the very end of a run affects that run or none, never the next.
func TestHammerInterrupt(t *testing.T) {
	e, _ := newSupervisor(t, worker.Options{})
	wantStatus(t, run(t, e, 0, ""), "ok")
	pid := e.PIDs()[0]
	var wg sync.WaitGroup
	for id := 1; id <= 300; id++ {
		began := make(chan struct{})
		wg.Go(func() {
			close(began)
			e.Interrupt()
		})
		<-began
		if res := run(t, e, id, ""); res.Crash != nil {
			t.Fatalf("run %d: %+v", id, res.Crash)
		}
		wg.Wait()
		wantStatus(t, run(t, e, 1000+id, ""), "ok")
	}
	if got := e.PIDs()[0]; got != pid {
		t.Errorf("the interpreter was replaced: %d, then %d", pid, got)
	}
}

func TestContextEndsARun(t *testing.T) {
	e, rec := newSupervisor(t, worker.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	rec.event = func(link.Event) { cancel() }
	res := e.Run(ctx, link.Run{ID: 1, Source: "print a\nhang"})
	if res.Crash == nil || res.Crash.Kind != "cancelled" {
		t.Errorf("%+v %+v", res, res.Crash)
	}
	for id := range 20 { // whichever ready case select chooses
		wantStatus(t, e.Run(ctx, link.Run{ID: 2 + id}), "interrupted")
	}
}

// An interrupt between the caller's check and the beginning of the run isn't lost: Until ends the run.
func TestUntil(t *testing.T) {
	e, _ := newSupervisor(t, worker.Options{})
	stopped := make(chan struct{})
	ctx := worker.Until(context.Background(), stopped)
	wantStatus(t, e.Run(ctx, link.Run{ID: 1}), "ok")
	e.Interrupt()
	close(stopped)
	wantStatus(t, e.Run(ctx, link.Run{ID: 2, Source: "hang"}), "interrupted")
	wantStatus(t, run(t, e, 3, ""), "ok")
}

func TestRunsWaitForEachOther(t *testing.T) {
	e, rec := newSupervisor(t, worker.Options{})
	var wg sync.WaitGroup
	for id := range 20 {
		wg.Go(func() { wantStatus(t, run(t, e, id, "out a\nsleep 1\nout b"), "ok") })
	}
	wg.Wait()
	rec.mu.Lock()
	defer rec.mu.Unlock()
	for id := range 20 {
		if got := rec.text[fmt.Sprint(id, " stdout")]; got != "a\nb\n" {
			t.Errorf("run %d printed %q", id, got)
		}
	}
}

func TestInterpreterThatCannotStart(t *testing.T) {
	for _, row := range []struct {
		name, reason string
		o            worker.Options
	}{
		{"missing", "no such file", worker.Options{Command: []string{"/does/not/exist"}}},
		{"broken", "cannot find my head", worker.Options{Env: []string{fakeEnv + "=broken"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			e, _ := newSupervisor(t, row.o)
			for id := range 2 {
				res := run(t, e, id, "print a")
				if res.Crash == nil || res.Crash.Kind != "start" || !strings.Contains(res.Crash.Reason, row.reason) {
					t.Errorf("%+v %+v", res, res.Crash)
				}
			}
		})
	}
}

// An interrupt ends even a run whose interpreter isn't ready.
func TestInterruptBeforeReady(t *testing.T) {
	e, _ := newSupervisor(t, worker.Options{Env: []string{fakeEnv + "=mute"}})
	result := make(chan worker.Result, 1)
	go func() { result <- run(t, e, 1, "") }()
	for len(result) == 0 {
		e.Interrupt() // until it is there to be interrupted
		runtime.Gosched()
	}
	wantStatus(t, <-result, "interrupted")
}

func TestCommandsDieWithTheirInterpreter(t *testing.T) {
	if runtime.GOOS != "linux" {
		skip.Missing(t, "the test needs /proc to find processes in groups of their own")
	}
	e, rec := newSupervisor(t, worker.Options{})
	pids := make(chan int, 1)
	rec.event = func(ev link.Event) {
		if ev.Stream != nil {
			pid, _ := strconv.Atoi(ev.Stream.Text)
			pids <- pid
		}
	}
	result := make(chan worker.Result, 1)
	go func() {
		result <- e.Command(context.Background(), link.Command{ID: 1, Argv: []string{"sleep", "1000"}})
	}()
	pid := <-pids
	e.Interrupt()
	e.Interrupt()
	if res := <-result; res.Crash == nil {
		t.Errorf("%+v", res)
	}
	for deadline := time.Now().Add(time.Minute); alive(pid); time.Sleep(time.Millisecond) { // it was sent SIGKILL
		if time.Now().After(deadline) {
			t.Fatalf("the child %d is still alive", pid)
		}
	}
}

func alive(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(b), ") Z ")
}

func TestSpareComesAfterTheFirstRun(t *testing.T) {
	e, _ := newSupervisor(t, worker.Options{Spare: true})
	if n := len(e.PIDs()); n > 1 {
		t.Errorf("%d processes before the first run", n)
	}
	wantStatus(t, run(t, e, 1, ""), "ok")
	first := e.PIDs()[0]
	var spare int
	for spare == 0 {
		for _, u := range e.Usage() {
			if u.Spare {
				spare = u.PID
			}
		}
		runtime.Gosched()
	}
	if res := run(t, e, 2, "exit 1"); res.Crash == nil {
		t.Fatal("no crash")
	}
	if got := e.PIDs()[0]; got != spare || got == first {
		t.Errorf("the interpreter is %d, not the spare %d", got, spare)
	}
	wantStatus(t, run(t, e, 3, ""), "ok")
}

func TestUsage(t *testing.T) {
	e, _ := newSupervisor(t, worker.Options{})
	wantStatus(t, run(t, e, 1, ""), "ok")
	u := e.Usage()
	if len(u) != 1 || u[0].PID <= 0 {
		t.Fatalf("usage is %+v", u)
	}
	if runtime.GOOS == "linux" && (u[0].RSS < 1<<20 || u[0].CPU < 0) {
		t.Errorf("usage is %+v", u)
	}
}

func TestCloseEndsEverything(t *testing.T) {
	e, rec := newSupervisor(t, worker.Options{})
	started := make(chan bool, 1)
	rec.event = func(link.Event) { started <- true }
	result := make(chan worker.Result, 2)
	go func() { result <- run(t, e, 1, "print a\nhang") }()
	<-started
	go func() { result <- run(t, e, 2, "") }()
	pid := e.PIDs()[0]
	e.Close()
	for range 2 {
		if res := <-result; res.Crash == nil || res.Crash.Kind != "closed" {
			t.Errorf("%+v %+v", res, res.Crash)
		}
	}
	if runtime.GOOS == "linux" && alive(pid) {
		t.Errorf("the interpreter %d is still alive", pid)
	}
	e.Close()
	e.Interrupt()
	if res := run(t, e, 3, ""); res.Crash == nil || res.Crash.Kind != "closed" {
		t.Errorf("%+v %+v", res, res.Crash)
	}
	if len(e.PIDs()) != 0 {
		t.Errorf("processes: %v", e.PIDs())
	}
}

// A closed Supervisor leaves no goroutines, descriptors or zombies behind.
func TestNothingLeaks(t *testing.T) {
	if runtime.GOOS != "linux" {
		skip.Missing(t, "the test needs /proc")
	}
	count := func() (fds, goroutines, children int) {
		names, _ := os.ReadDir("/proc/self/fd")
		c, _ := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/children", os.Getpid()))
		return len(names), runtime.NumGoroutine(), len(strings.Fields(string(c)))
	}
	cycle := func() {
		e, _ := newSupervisor(t, worker.Options{Spare: true})
		for id := range 3 {
			run(t, e, id, "print a")
			run(t, e, 10+id, "exit 1")
		}
		e.Close()
	}
	cycle()
	fds, goroutines, children := count()
	for range 5 {
		cycle()
	}
	// Timers and contexts of the tests may take a moment to end.
	for late := time.Now().Add(time.Minute); time.Now().Before(late); {
		f, g, c := count()
		if f <= fds && g <= goroutines && c <= children {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	f, g, c := count()
	t.Errorf("descriptors %d, then %d; goroutines %d, then %d; children %d, then %d", fds, f, goroutines, g, children,
		c)
}

// Text of descriptor 2 is held back briefly, not until the end of the run.
func TestErrorTextArrivesWhileTheRunGoesOn(t *testing.T) {
	e, rec := newSupervisor(t, worker.Options{})
	arrived := make(chan string, 10)
	rec.event = func(ev link.Event) { arrived <- fmt.Sprint(ev.Cell, ev.Stream.Name, ev.Stream.Text) }
	result := make(chan worker.Result, 1)
	go func() { result <- run(t, e, 1, "err a\nwait") }()
	if got := <-arrived; got != "1stderra\n" {
		t.Errorf("%q arrived", got)
	}
	e.Interrupt()
	wantStatus(t, <-result, "interrupted")

	// After the end it belongs to the last run that wasn't a replay.
	wantStatus(t, run(t, e, 2, "later err b"), "ok")
	if got := <-arrived; got != "2stderrb\n" {
		t.Errorf("%q arrived", got)
	}
	wantStatus(t, e.Run(context.Background(), link.Run{ID: 3, Replay: true, Source: "told err c"}), "ok")
	e.Setenv(link.Setenv{Key: "TOLD", Value: "1"})
	if got := <-arrived; got != "2stderrc\n" {
		t.Errorf("%q arrived", got)
	}
}
