package twin

// This file defines where the programs in Go run.

import (
	"fmt"
	"strings"
	"testing"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// A World is a MainThread on a machine.
type World struct {
	Machine     *machine.Machine
	Interpreter *gil.Interpreter
	Main        *machine.Thread
	Recorder    *timeline.Recorder // nil on a real machine
}

// NewWorld makes one with two cores and a version of Python.
func NewWorld(t testing.TB, real bool, version string, seed uint64) *World {
	t.Helper()
	w := &World{}
	make := machine.Real
	if !real {
		make = machine.Simulate
		w.Recorder = timeline.NewRecorder(1<<12, timeline.Info{Virtual: true})
	}
	var err error
	if w.Machine, err = make(&machine.Options{Cores: 2, Seed: seed, Recorder: w.Recorder}); err != nil {
		t.Fatal(err)
	}
	if w.Interpreter, err = gil.New(w.Machine, &gil.Options{Version: version}); err != nil {
		t.Fatal(err)
	}
	w.Main = threading.Main(w.Interpreter)
	return w
}

// Run runs fn as the MainThread and returns what ended it.
func (w *World) Run(fn func()) error { return w.Main.Run(func(*machine.Thread) { fn() }) }

// Everywhere runs fn in worlds of both machines and several versions, and returns what each logged, by name.
func Everywhere(t *testing.T, fn func(t *testing.T, log func(...any))) map[string]string {
	t.Helper()
	got := map[string]string{}
	for _, real := range []bool{false, true} {
		for _, version := range []string{"3.8", "3.11", "3.13", "3.14t"} {
			name := fmt.Sprintf("real=%v/%s", real, version)
			t.Run(name, func(t *testing.T) {
				var b strings.Builder
				if err := NewWorld(t, real, version, 1).Run(func() { fn(t, func(a ...any) { fmt.Fprintln(&b, a...) }) }); err != nil {
					fmt.Fprintln(&b, "ended by", err)
				}
				got[name] = b.String()
			})
		}
	}
	return got
}
