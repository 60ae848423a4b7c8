package threading_test

// This file tests objects that threads of several interpreters of one process share.

import (
	"errors"
	"testing"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

// inMain runs f as MainThread of a Python on each machine, and returns how it ended there.
func inMain(t *testing.T, f func(main *machine.Thread)) (ends []error) {
	t.Helper()
	for _, make := range []func(*machine.Options) (*machine.Machine, error){machine.Simulate, machine.Real} {
		m, err := make(&machine.Options{Cores: 4})
		if err != nil {
			t.Fatal(err)
		}
		in, err := gil.New(m, &gil.Options{Version: "3.14"})
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, threading.Main(in).Run(f))
		m.Stop(errors.New("the test is over"))
	}
	return ends
}

// A thread of another interpreter may release what this one waits for, whichever other threads wait.
func TestSharedBetweenInterpreters(t *testing.T) {
	for name, wait := range map[string]func() (wait, release func()){
		"Semaphore": func() (wait, release func()) {
			s := threading.NewSemaphore(0)
			return func() { s.Acquire() }, func() { s.Release() }
		},
		"Event": func() (wait, release func()) {
			e := threading.NewEvent()
			return func() { e.Wait() }, func() { e.Set() }
		},
		"Lock": func() (wait, release func()) {
			l := threading.NewLock()
			l.Acquire()
			return func() { l.Acquire() }, func() { l.Release() }
		},
	} {
		for i, err := range inMain(t, func(main *machine.Thread) {
			w, release := wait()
			last := gil.NewInterpreter().CallInThread("last", func() {
				machine.Current().Sleep(20 * time.Millisecond)
				release()
				release()
			})
			other := gil.NewInterpreter().CallInThread("other", func() {
				if name != "Lock" { // a Lock can't be released twice
					w()
				}
			})
			w()
			other.Join(main, -1)
			last.Join(main, -1)
		}) {
			if err != nil && name != "Lock" {
				t.Errorf("%s, machine %d: %v", name, i, err)
			}
			if d := new(machine.Deadlock); name == "Lock" && errors.As(err, &d) {
				t.Errorf("%s, machine %d: %v", name, i, err)
			}
		}
	}
}

// If no thread of any of the interpreters can go on, it is a deadlock of all of them.
func TestDeadlockBetweenInterpreters(t *testing.T) {
	for i, err := range inMain(t, func(main *machine.Thread) {
		a, b := threading.NewSemaphore(0), threading.NewSemaphore(0)
		gil.NewInterpreter().CallInThread("other", func() { a.Acquire(); b.Release() })
		b.Acquire()
	}) {
		d := new(machine.Deadlock)
		if !errors.As(err, &d) || len(d.Waits) != 2 {
			t.Errorf("machine %d: %v", i, err)
		}
	}
}
