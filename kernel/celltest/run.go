package celltest

// This file defines how tests are run, and what each is wrapped in.

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gilkernel/kernel/exec"
)

// goroutinePanicked is what is printed of a test that has ended, but for a goroutine.
const goroutinePanicked = "a goroutine panicked during the test, as shown\n"

// verbose is a flag that package testing has for sure.
const verbose = "test.v"

// Run runs functions as go test would, with flags of go test by their names without a dash, and prints what it prints.
// It is called on a thread of cells, which waits in Host.Wait; if that panics, so does Run. The error says that a flag
// has a value that it can't have.
func (x *Runner) Run(funcs []Func, flags map[string]string) (Result, error) {
	if err := x.set(flags); err != nil {
		return Result{}, err
	}
	watched := &verdicts{x: x, names: examples(funcs)}
	var abandoned atomic.Bool
	p, err := newPipe(func(b []byte) {
		if !abandoned.Load() {
			watched.see(b)
			x.host.Print(b)
		}
	})
	if err != nil {
		return Result{}, fmt.Errorf("running tests: %w", err)
	}
	procs := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(procs)
	x.enter(p)
	// What is abandoned still prints for a moment, and examples put files into os.Stdout: the pipe stays until both Run
	// and the tests have ended.
	var users atomic.Int32
	users.Store(2)
	leave := func() {
		if users.Add(-1) == 0 {
			x.leave(p)
		}
	}
	defer leave()
	code, began, ended := 0, time.Now(), false
	defer func() { abandoned.Store(!ended) }()
	panics := x.host.Panics()
	x.host.Wait(func() {
		defer leave()
		code = x.main(funcs)
	})
	if code == 0 && x.host.Panics() > panics { // its test had ended
		code = 2 // as the program of go test ends
	}
	took := time.Since(began)
	ended = true
	p.drain()
	x.mu.Lock()
	r := Result{Code: code, Failed: x.failed}
	x.mu.Unlock()
	verdict, none := "ok  ", ""
	if code != 0 {
		verdict = "FAIL"
	}
	if watched.none {
		none = " [no tests to run]"
	}
	fmt.Fprintf(p.w, "%s\tcells\t%.3fs%s\n", verdict, took.Seconds(), none)
	return r, nil
}

// enter makes a pipe what package testing prints to.
func (x *Runner) enter(p *pipe) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.failed = nil
	clear(x.helpers)
	x.pipes = append(x.pipes, p)
	p.stdout, p.stderr = os.Stdout, os.Stderr
	os.Stdout, os.Stderr = p.w, p.w // go test merges them, too
}

// leave puts back what was there before a pipe, of which nothing more is used.
func (x *Runner) leave(p *pipe) {
	defer p.close() // without the lock: what is passed on may need it
	x.mu.Lock()
	defer x.mu.Unlock()
	x.pipes = slices.DeleteFunc(x.pipes, func(q *pipe) bool { return q == p })
	back := func(stdout, stderr **os.File) {
		if *stdout == p.w {
			*stdout = p.stdout
		}
		if *stderr == p.w {
			*stderr = p.stderr
		}
	}
	back(&os.Stdout, &os.Stderr)
	for _, q := range x.pipes { // of runs that began after it was abandoned
		back(&q.stdout, &q.stderr)
	}
}

// main runs the functions in the order of the program that go test makes, and returns its exit code.
func (x *Runner) main(funcs []Func) int {
	var tests []testing.InternalTest
	var benchmarks []testing.InternalBenchmark
	var targets []testing.InternalFuzzTarget
	var examples []testing.InternalExample
	var own func(*testing.M)
	for _, f := range funcs {
		switch call := f.F.(type) {
		case func(*testing.T):
			tests = append(tests, testing.InternalTest{Name: f.Name, F: x.top(f.Name, call)})
		case func(*testing.B):
			benchmarks = append(benchmarks, testing.InternalBenchmark{Name: f.Name, F: func(b *testing.B) {
				x.watch(f.Name, b)
				x.guard(b, func() { call(b) })
			}})
		case func(*testing.F):
			targets = append(targets, testing.InternalFuzzTarget{Name: f.Name, Fn: func(t *testing.F) {
				x.watch(f.Name, t)
				x.guard(t, func() { call(t) })
			}})
		case func():
			examples = append(examples, testing.InternalExample{Name: f.Name, F: func() { x.example(f.Name, call) },
				Output: f.Output, Unordered: f.Unordered})
		case func(*testing.M):
			own = call
		}
	}
	m := testing.MainStart(deps{}, tests, benchmarks, targets, examples)
	if own == nil {
		return m.Run()
	}
	return x.testMain(m, own)
}

// testMain calls TestMain and returns the exit code that it has set or ended with.
func (x *Runner) testMain(m *testing.M, f func(*testing.M)) int {
	v, returned := x.call("TestMain", m, func() { f(m) })
	if e, ok := exited(v); ok {
		return e.Code
	}
	if !returned {
		x.fail("TestMain")
		fmt.Fprintf(os.Stdout, "%sFAIL\n", x.explain(v))
		return 2
	}
	// The program of go test reads the same field, in the same way.
	return int(reflect.ValueOf(m).Elem().FieldByName("exitCode").Int())
}

// top wraps a test that isn't another one's.
func (x *Runner) top(name string, f func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) {
		x.watch(name, t)
		x.guard(t, func() { f(t) })
	}
}

// watch notes whether a function has failed when it has ended.
func (x *Runner) watch(name string, t testing.TB) {
	t.Cleanup(func() { // the first cleanup is called last, after parallel subtests too
		if t.Failed() {
			x.fail(name)
		}
	})
}

// test wraps the function of a subtest.
func (x *Runner) test(f func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) { x.guard(t, func() { f(t) }) }
}

// guard calls f for a test, which fails if f panics: package testing would end the process. f runs in another goroutine
// than the test's, which ends as f has ended.
func (x *Runner) guard(t testing.TB, f func()) {
	if x.host.Stopped() {
		t.SkipNow()
	}
	panics := x.host.Panics()
	v, returned := x.call(t.Name(), t, f)
	if x.host.Panics() > panics && !t.Failed() {
		fmt.Fprint(t.Output(), goroutinePanicked)
		t.Fail()
	}
	switch {
	case returned:
	case v == nil && t.Failed():
		t.FailNow()
	case v == nil && t.Skipped():
		t.SkipNow()
	default:
		fmt.Fprint(t.Output(), x.explain(v))
		t.FailNow()
	}
}

// call calls f as code of cells, for a *testing.T or its like. If f doesn't return, it returns the panic that ended f,
// and nil if f has ended its goroutine. It returns after all that f has waited for: an interrupt ends a wait, and
// package testing would end the process if a subtest failed after its test has ended.
func (x *Runner) call(name string, of any, f func()) (v any, returned bool) {
	x.host.Call(name, func() {
		defer func() {
			if !returned {
				v = recover()
			}
		}()
		f()
		returned = true
	})
	x.waitsOf(of).Wait()
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.waits, of)
	return v, returned
}

// waitsOf counts the waits of a *testing.T or its like.
func (x *Runner) waitsOf(of any) *sync.WaitGroup {
	x.mu.Lock()
	defer x.mu.Unlock()
	w := x.waits[of]
	if w == nil {
		w = new(sync.WaitGroup)
		x.waits[of] = w
	}
	return w
}

// wait calls f, which waits for other tests, for a *testing.T or its like. It ends its goroutine if f has ended its
// own.
func (x *Runner) wait(of any, f func()) {
	w := x.waitsOf(of)
	w.Add(1)
	returned := false
	x.host.Wait(func() {
		defer w.Done()
		f()
		returned = true
	})
	if !returned {
		runtime.Goexit()
	}
}

// explain returns what is printed of a panic in a test, nil for one that has ended its goroutine by itself.
func (x *Runner) explain(v any) string {
	if v == nil {
		return "test executed panic(nil) or runtime.Goexit: subtest may have called FailNow on a parent test\n"
	}
	if e, ok := exited(v); ok {
		return fmt.Sprintf("panic: unexpected call to %s(%d) during test\n", e.By, e.Code)
	}
	return x.host.Explain(v)
}

// exited returns the Exit that v is.
func exited(v any) (Exit, bool) {
	if p, ok := v.(*exec.Panic); ok {
		v = p.Value
	}
	e, ok := v.(Exit)
	return e, ok
}

// verdicts finds in what package testing prints which examples have failed, and whether nothing has run: it says so
// nowhere else.
type verdicts struct {
	x     *Runner
	names []string
	line  []byte // the beginning of one
	none  bool   // there were no tests to run
}

// examples returns the names of the examples among functions.
func examples(funcs []Func) (names []string) {
	for _, f := range funcs {
		if _, ok := f.F.(func()); ok {
			names = append(names, f.Name)
		}
	}
	return names
}

// see is given all that is printed, in order.
func (v *verdicts) see(b []byte) {
	const most = 1000 // of a line that matters
	for line := range bytes.Lines(b) {
		v.line = append(v.line, line[:min(len(line), max(0, most-len(v.line)))]...)
		if line[len(line)-1] != '\n' {
			return
		}
		if rest, ok := bytes.CutPrefix(v.line, []byte("--- FAIL: ")); ok {
			if name, _, _ := bytes.Cut(rest, []byte(" ")); slices.Contains(v.names, string(name)) {
				v.x.fail(string(name))
			}
		}
		v.none = v.none || string(v.line) == "testing: warning: no tests to run\n"
		v.line = v.line[:0]
	}
}

// example calls an example. Package testing would end the process if that panics, so its panic is printed where its
// output is compared.
func (x *Runner) example(name string, f func()) {
	if x.host.Stopped() {
		return
	}
	panics := x.host.Panics()
	if v, returned := x.call(name, nil, f); !returned {
		x.fail(name)
		fmt.Fprintf(os.Stdout, "\n%s", x.explain(v))
	}
	if x.host.Panics() > panics {
		x.fail(name)
		fmt.Fprintf(os.Stdout, "\n%s", goroutinePanicked)
	}
}

// set gives package testing its flags: those that aren't among flags have their defaults.
func (x *Runner) set(flags map[string]string) error {
	x.Init()
	for name, value := range flags {
		if name != "run" && name != "skip" && name != "bench" && name != "list" {
			continue
		}
		// Package testing ends the process for what is no regular expression. It cuts them at slashes, and at bars.
		for _, part := range strings.FieldsFunc(value, func(r rune) bool { return r == '/' || r == '|' }) {
			if _, err := regexp.Compile(part); err != nil {
				if _, err := regexp.Compile(value); err != nil {
					return fmt.Errorf("-%s: %w", name, err)
				}
			}
		}
	}
	// The process lets more threads run at once than there are cores, and names of benchmarks end in how many.
	all := map[string]string{"parallel": strconv.Itoa(runtime.NumCPU())}
	if !x.counted {
		x.counted = true
		all["cpu"] = strconv.Itoa(runtime.NumCPU()) // package testing adds what it is given to what it was given before
	}
	for name, value := range flags {
		all[name] = value
	}
	x.flags.VisitAll(func(f *flag.Flag) {
		if strings.HasPrefix(f.Name, "test.") && f.Value.Set(f.DefValue) != nil {
			_ = f.Value.Set("false") // -v has no name for its default
		}
	})
	for name, value := range all {
		if err := x.flags.Set("test."+name, value); err != nil {
			return fmt.Errorf("-%s can't be %q: %w", name, value, err)
		}
	}
	if !flag.Parsed() { // package testing would parse the arguments of the process
		return flag.CommandLine.Parse(nil)
	}
	return nil
}

// Init is testing.Init: cells find the flags of package testing among theirs.
func (x *Runner) Init() {
	x.mu.Lock()
	defer x.mu.Unlock()
	cells := flag.CommandLine
	if x.flags == nil {
		x.flags = flag.NewFlagSet("test", flag.ContinueOnError)
		flag.CommandLine = x.flags
		testing.Init()
		flag.CommandLine = cells
	}
	x.flags.VisitAll(func(f *flag.Flag) {
		if strings.HasPrefix(f.Name, "test.") && cells.Lookup(f.Name) == nil {
			cells.Var(f.Value, f.Name, f.Usage)
		}
	})
}
