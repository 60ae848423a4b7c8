//go:build unix

// Package processtest runs tests with processes, on both machines.
//
// It is for tests: a real process is the test binary once more, which Main turns into what the parent asked for.
package processtest

// This file defines the worlds in which tests run.

import (
	"fmt"
	"os"
	"testing"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/process"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// A World is a main process on a machine.
type World struct {
	Machine     *machine.Machine
	Interpreter *gil.Interpreter
	System      *process.System
	Main        *machine.Thread
	Recorder    *timeline.Recorder // nil on a real machine
}

// Child is what a process does that was started: see process.Spec.Main.
type Child func(s *process.System, data []byte, handles []process.Handle) int

// Main is TestMain: it runs the tests, or a child's function if this is a process that a test has started.
func Main(m *testing.M, child Child) {
	Boot(child)
	os.Exit(m.Run())
}

// Boot does what a child does and ends the process, if it was started by a World of the same program. In another
// process it returns at once. Call it first in main.
func Boot(child Child) {
	if words := os.Getenv(process.BootVariable); words != "" {
		os.Exit(boot(words, child))
	}
}

func boot(words string, child Child) int {
	process.WatchParent()
	f := os.NewFile(process.ArenaFD, "arena")
	a, err := process.OpenArena(f)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	mach, err := machine.Real(nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	in, err := gil.New(mach, &gil.Options{Version: os.Getenv("GILKERNEL_TEST_PYTHON"), PID: os.Getpid()})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	code := 1
	err = threading.Main(in).Run(func(*machine.Thread) {
		s, data, handles, err := process.Booted(in, a, words, process.Options{Launcher: launcher(f, in), Codec: codec(),
			Line: os.NewFile(process.LineFD, "line")}, os.Getpid())
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
		s.EaseCollection(100)
		code = child(s, data, handles)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "a process of a test:", err)
	}
	return code
}

func launcher(f *os.File, in *gil.Interpreter) *process.Exec {
	return &process.Exec{Argv: []string{os.Args[0]}, File: f,
		Env: []string{"GILKERNEL_TEST_PYTHON=" + in.Profile().Version}}
}

func codec() *pickle.Codec { return pickle.New(&pickle.Options{Resolver: resolver{}}) }

// NewWorld makes one with a number of cores and a version of Python. Its processes end with the test.
func NewWorld(t testing.TB, real bool, version string, seed uint64) *World {
	t.Helper()
	w, err := Open(real, version, seed)
	if err != nil {
		t.Fatal(err)
	}
	if real {
		t.Cleanup(w.System.End)
	}
	return w
}

// Open is NewWorld for a program that is no test: on a real machine it ends the processes with System.End.
func Open(real bool, version string, seed uint64) (w *World, err error) {
	cores := 0
	if !real {
		cores = 4
	}
	return OpenCores(real, version, cores, seed)
}

// OpenCores is Open with a number of cores, 0 for those of the computer.
func OpenCores(real bool, version string, cores int, seed uint64) (w *World, err error) {
	w = &World{}
	make := machine.Real
	if !real {
		make = machine.Simulate
		w.Recorder = timeline.NewRecorder(1<<14, timeline.Info{Virtual: true})
	}
	if w.Machine, err = make(&machine.Options{Cores: cores, Seed: seed, Recorder: w.Recorder}); err != nil {
		return nil, err
	}
	if w.Interpreter, err = gil.New(w.Machine,
		&gil.Options{Version: version, Process: "MainProcess", PID: 1000}); err != nil {
		return nil, err
	}
	if real {
		a, f, err := process.CreateArena()
		if err != nil {
			return nil, err
		}
		w.System, err = process.New(w.Interpreter, a,
			process.Options{Launcher: launcher(f, w.Interpreter), Codec: codec(), PID: os.Getpid()})
		if err != nil {
			return nil, err
		}
		w.System.EaseCollection(100)
	} else {
		l := &process.Simulated{Enter: func(_, _ *process.System) *pickle.Codec { return codec() }}
		w.System, err = process.New(w.Interpreter, process.NewArena(), process.Options{Launcher: l, Codec: codec()})
		if err != nil {
			return nil, err
		}
	}
	process.Attach(w.Interpreter, w.System)
	w.Main = threading.Main(w.Interpreter)
	return w, nil
}

// Run runs fn as the MainThread and returns what ended it.
func (w *World) Run(fn func(t *machine.Thread)) error { return w.Main.Run(fn) }
