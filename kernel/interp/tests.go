package interp

// This file runs the tests of cells: it implements what package celltest needs of this process.

import (
	"fmt"
	"os"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"

	"gilkernel/kernel/celltest"
	"gilkernel/kernel/exec"
	"gilkernel/kernel/link"
	"gilkernel/runtime/gil"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// testHost implements celltest.Host.
type testHost struct{ s *runner }

// Print sends output of package testing to the cell that runs the tests.
func (h testHost) Print(p []byte) {
	if r := h.s.testing.Load(); r != nil && !r.dying.Load() {
		r.out.write("stdout", p)
	}
}

// Call calls f on a thread of the session's Python, because the calling goroutine, which package testing has made,
// isn't one.
func (h testHost) Call(name string, f func()) {
	r := h.s.testing.Load()
	r.mu.Lock()
	main, _ := r.main.(*rt.Thread)
	r.mu.Unlock()
	ctx := r.labels(&h.s.threads, "", nil)
	r.enter()
	ended := make(chan struct{})
	main.Machine().NewThread(gil.Of(main), name).Start(nil, func(*rt.Thread) {
		pprof.SetGoroutineLabels(ctx)
		defer close(ended) // after runtime.Goexit too
		defer h.s.leave(r)
		f()
	})
	<-ended
}

// Wait calls f without the GIL, until f returns or the run is interrupted.
func (h testHost) Wait(f func()) {
	r := h.s.threads.current()
	r.enter() // f waits for goroutines of package testing that belong to the run, so an interrupt must end them, too
	syncs(h).await(timeline.WaitEvent, "testing", func() {
		defer h.s.leave(r)
		f()
	}, func() {})
}

// Panics returns how many goroutines of the run have panicked.
func (h testHost) Panics() int {
	if r := h.s.testing.Load(); r != nil {
		return int(r.panics.Load())
	}
	return 0
}

// Stopped reports whether the calling goroutine's run was interrupted.
func (h testHost) Stopped() bool {
	r := h.s.threads.current()
	return r != nil && r.dying.Load()
}

// Explain returns the text of a panic and, below it, the lines of cells that it has passed, innermost first; "" for an
// interrupt.
func (h testHost) Explain(v any) string {
	f := &failure{value: v}
	if p, ok := v.(*exec.Panic); ok {
		f.value, f.trace = p.Value, p.Trace
	}
	if f.interrupted() || h.Stopped() {
		return ""
	}
	if isNilError(f.value) {
		if err := unmade(f.value, debug.Stack()); err != nil {
			f.value = err
		}
	}
	name, text := explain(f.value)
	if name != "panic" {
		text = name + ": " + text
	}
	var b strings.Builder
	fmt.Fprintf(&b, "panic: %s\n", text)
	for _, fr := range slices.Backward(h.s.frames(f)) {
		fmt.Fprintf(&b, "    %s:%d", fr.place.label, fr.place.line)
		if fr.function != "" {
			b.WriteString(": in " + fr.function)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// runTests runs functions of cells as tests. values are the elements of the cell's value.
func (s *runner) runTests(r *run, values []any) {
	var funcs []celltest.Func
	for i, f := range r.test.Funcs {
		funcs = append(funcs, celltest.Func{Name: f.Name, F: values[i], Output: f.Output, Unordered: f.Unordered})
	}
	s.testing.Store(r)
	defer s.testing.Store(nil)
	result, err := s.tests.Run(funcs, r.test.Flags)
	tested := &link.Tested{Code: result.Code, Failed: result.Failed}
	if err != nil {
		tested.Refused = err.Error()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tested = tested
}

// settleTests makes sure that output of package testing precedes what the calling goroutine of a run prints next.
func (s *runner) settleTests(r *run) {
	if s.testing.Load() == r {
		s.tests.Settle()
	}
}

// inTest reports whether a file assigned to os.Stdout or os.Stderr must be ignored, because it is a file of package
// testing or because tests run and the calling goroutine belongs to another cell.
func (s *runner) inTest(file *os.File) bool {
	if s.tests.Owns(file) {
		return true
	}
	r := s.testing.Load()
	return r != nil && s.threads.current() != r
}
