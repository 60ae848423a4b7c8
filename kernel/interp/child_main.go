package interp

// This file defines what an interpreter process does when it becomes a process of package multiprocessing.

import (
	"fmt"
	"os"
	"os/signal"
	"strings"

	"gilkernel/kernel/link"
	"gilkernel/runtime/exceptions"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/process"
)

// startChild does what the parent has sent, and ends the process.
func (s *runner) startChild(q *link.Child) {
	os.Clearenv()
	for _, kv := range q.Env {
		if k, v, ok := strings.Cut(kv, "="); ok {
			_ = os.Setenv(k, v) // it was one
		}
	}
	if q.Dir != "" {
		_ = os.Chdir(q.Dir) // without it the process stays where it is
	}
	r := s.begin(q.ID, q.Label)
	r.child = true
	s.finish(r, func() *link.Done {
		code := s.child(r, q)
		r.out.flush()
		s.tellAll()
		os.Exit(code)
		return nil
	}, func() {})
}

// child runs the target and returns the exit code of the process.
func (s *runner) child(r *run, q *link.Child) int {
	py, err := s.childPython(q)
	if err != nil {
		fmt.Fprintln(s.stderr, "starting a process:", err)
		return 1
	}
	r.mu.Lock()
	r.main = py.main
	r.mu.Unlock()
	a, err := s.processes.open()
	if err != nil {
		fmt.Fprintln(s.stderr, "starting a process:", err)
		return 1
	}
	code := 1
	err = py.run(func() {
		// The variables are an image's, so that they can be where their values are, with all pointers to them.
		for len(s.host.waiting) > 0 { // one that panics has told the learner so in the parent
			s.contain(func() { s.host.initModules(r) })
		}
		g := &globals{s, py.enterImage(py.in)}
		sys, data, handles, err := process.Booted(py.in, a, q.Words, process.Options{
			Launcher: &launcher{py},
			Codec:    s.codec(),
			Globals:  g,
			Repeated: s.host.engine.Repeated,
			Line:     s.processes.line,
			Flush:    func() { s.processes.order(); r.out.settle() },
		}, os.Getpid())
		if err != nil {
			fmt.Fprintln(s.stderr, "starting a process:", err)
			return
		}
		s.printed.Store(sys.Printed())
		sys.EaseCollection(gcPercent)
		interruptible(py.main)
		code = multiprocessing.Bootstrap(sys, data, handles)
	})
	if err != nil {
		fmt.Fprintln(s.stderr, "a process:", err)
		return 1
	}
	return code
}

// interruptible makes SIGINT a KeyboardInterrupt of the main thread, from now on. Before, it ends the process, as it
// does a Python that is still starting.
func interruptible(main *rt.Thread) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	go func() { // ends with the process
		for range signals {
			main.Kill(&exceptions.KeyboardInterrupt{})
		}
	}()
}
