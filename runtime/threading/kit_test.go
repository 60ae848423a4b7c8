package threading_test

// This file defines what the tests stand on: interpreters of several versions on both machines.

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// world is an interpreter on a machine.
type world struct {
	m      *machine.Machine
	in     *gil.Interpreter
	rec    *timeline.Recorder
	stderr buffer
}

// buffer is a bytes.Buffer for several threads.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// line is where tests keep the line that a thread is at.
type line struct{}

// at says that the calling thread is at a line.
func at(n int) { machine.Current().SetLocal(line{}, n) }

func site(t *machine.Thread) machine.Site {
	n, _ := t.Local(line{}).(int)
	if n == 0 {
		return machine.Site{}
	}
	return machine.Site{Cell: 1, Line: uint16(n)}
}

func newWorld(tb testing.TB, simulated bool, version string, o machine.Options) *world {
	tb.Helper()
	w := &world{rec: o.Recorder}
	make, err := machine.Real, error(nil)
	if simulated {
		make = machine.Simulate
	}
	if w.m, err = make(&o); err != nil {
		tb.Fatal(err)
	}
	if w.in, err = gil.New(w.m, &gil.Options{Version: version}); err != nil {
		tb.Fatal(err)
	}
	threading.SetHost(w.in, threading.Host{Stderr: &w.stderr})
	return w
}

// run runs a cell.
func (w *world) run(fn func()) error {
	return threading.Main(w.in).Run(func(*machine.Thread) { fn() })
}

// everywhere runs a test on both machines under several versions.
func everywhere(t *testing.T, test func(t *testing.T, w *world)) {
	for _, simulated := range []bool{true, false} {
		for _, version := range []string{"2.7", "3.8", "3.11", "3.13", "3.14t"} {
			t.Run(fmt.Sprintf("%s/%s", machineName(simulated), version), func(t *testing.T) {
				test(t, newWorld(t, simulated, version, machine.Options{Site: site}))
			})
		}
	}
}

func machineName(simulated bool) string {
	if simulated {
		return "simulated"
	}
	return "real"
}

// raised calls fn and returns what it panicked with, in Python's form.
func raised(fn func()) (text string) {
	defer func() {
		if v := recover(); v != nil {
			text = pythonic(v)
		}
	}()
	fn()
	return "no exception"
}

func pythonic(v any) string {
	err, ok := v.(error)
	if !ok {
		return fmt.Sprintf("RuntimeError: %v", v)
	}
	var e exceptions.Exception
	if errors.As(err, &e) {
		return e.Exception() + ": " + e.Error()
	}
	return fmt.Sprintf("RuntimeError: %v", err)
}
