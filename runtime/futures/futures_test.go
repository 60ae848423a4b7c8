package futures_test

// This file defines what all tests share: interpreters on both machines.

import (
	"fmt"
	"strings"
	"testing"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// world is a MainThread on a machine.
type world struct {
	m    *machine.Machine
	in   *gil.Interpreter
	main *machine.Thread
	rec  *timeline.Recorder
}

func newWorld(t testing.TB, real bool, version string, seed uint64) *world {
	t.Helper()
	make := machine.Simulate
	if real {
		make = machine.Real
	}
	var rec *timeline.Recorder
	if !real {
		rec = timeline.NewRecorder(1<<12, timeline.Info{Virtual: true})
	}
	m, err := make(&machine.Options{Cores: 2, Seed: seed, Recorder: rec})
	if err != nil {
		t.Fatal(err)
	}
	in, err := gil.New(m, &gil.Options{Version: version})
	if err != nil {
		t.Fatal(err)
	}
	return &world{m, in, threading.Main(in), rec}
}

// run runs fn as the MainThread and returns what ended it.
func (w *world) run(fn func()) error { return w.main.Run(func(*machine.Thread) { fn() }) }

// everywhere runs fn as MainThread of both machines and several versions.
func everywhere(t *testing.T, fn func(t *testing.T, log func(...any))) map[string]string {
	t.Helper()
	got := map[string]string{}
	for _, real := range []bool{false, true} {
		for _, version := range []string{"3.8", "3.11", "3.13", "3.14t"} {
			name := fmt.Sprintf("real=%v/%s", real, version)
			t.Run(name, func(t *testing.T) {
				var b strings.Builder
				w := newWorld(t, real, version, 1)
				if err := w.run(func() { fn(t, func(a ...any) { fmt.Fprintln(&b, a...) }) }); err != nil {
					fmt.Fprintln(&b, "ended by", err)
				}
				got[name] = b.String()
			})
		}
	}
	return got
}

// interpreter is for examples.
func interpreter(m *machine.Machine) *gil.Interpreter {
	in, _ := gil.New(m, nil)
	return in
}
