package twin

// This file defines where the programs in Go run.

import (
	"fmt"
	"strings"
	"testing"
	"time"

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

// output returns what a program prints.
func output(t testing.TB, real bool, version string, program func(log func(...any))) (string, error) {
	t.Helper()
	var b strings.Builder
	err := NewWorld(t, real, version, 1).Run(func() { program(func(a ...any) { fmt.Fprintln(&b, a...) }) })
	return b.String(), err
}

// Timed is Everywhere for what depends on which of several waits ends first, and must print want: on a real machine,
// the computer's load may change their order, so that it is run there until it prints want, for up to a minute.
func Timed(t *testing.T, want string, program func(log func(...any))) {
	t.Helper()
	everywhere(t, func(t *testing.T, real bool, version string) {
		for late := time.Now().Add(patience); ; {
			got, err := output(t, real, version, program)
			if got == want && err == nil {
				return
			}
			if !real || time.Now().After(late) {
				t.Fatalf("%v\n%swant\n%s", err, got, want)
			}
		}
	})
}

func everywhere(t *testing.T, run func(t *testing.T, real bool, version string)) {
	t.Helper()
	for _, real := range []bool{false, true} {
		for _, version := range []string{"3.8", "3.11", "3.13", "3.14t"} {
			t.Run(fmt.Sprintf("real=%v/%s", real, version), func(t *testing.T) { run(t, real, version) })
		}
	}
}

// Everywhere runs fn in worlds of both machines and several versions, and returns what each logged, by name.
func Everywhere(t *testing.T, fn func(t *testing.T, log func(...any))) map[string]string {
	t.Helper()
	got := map[string]string{}
	everywhere(t, func(t *testing.T, real bool, version string) {
		text, err := output(t, real, version, func(log func(...any)) { fn(t, log) })
		if err != nil {
			text += fmt.Sprintln("ended by", err)
		}
		got[fmt.Sprintf("real=%v/%s", real, version)] = text
	})
	return got
}
