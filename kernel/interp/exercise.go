package interp

// This file defines the machines on which exercises run a cell's functions.

import (
	"errors"
	"fmt"
	"reflect"

	"gilkernel/runtime/exercise"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// exerciseEvents is how many events the timeline of an exercise's run keeps. There are hundreds of runs, so it is
// small.
const exerciseEvents = 1 << 13

// exercises returns what replaces the functions of package exercise: those of a course on this session.
func (s *runner) exercises() map[string]any {
	c := exercise.New(exercise.Host{Simulate: s.simulate, Explore: s.exploreSolution, Capture: s.capture,
		Print: func(text string) { fmt.Fprintln(s.stdout, text) }, File: exercise.DefaultFile()})
	functions := map[string]any{}
	v := reflect.ValueOf(c)
	for i := range v.NumMethod() { // a front door of the same name for each
		functions[v.Type().Method(i).Name] = v.Method(i).Interface()
	}
	// the package's own knows no checks of interpreted code, so its threads would never be interrupted
	functions["Simulate"] = s.simulate
	return functions
}

// simulate implements exercise.Host. body runs on a machine of its own, which the calling thread leaves its own for:
// without its GIL, as long as that takes.
func (s *runner) simulate(w exercise.World, record bool, body func()) (tl *timeline.Timeline, err error) {
	events := 0
	if record {
		events = exerciseEvents
	}
	s.mu.Lock()
	p, err := newPython(s, pythonSpec{simulated: true, version: w.Python, cores: w.Cores, interval: w.Interval,
		seed: w.Seed, chooser: w.Chooser(), check: true}, events)
	if err == nil {
		s.pythons = append(s.pythons, p)
	}
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	defer s.drop(p)
	run := func() { err = p.run(body) }
	if t := rt.Current(); t != nil {
		t.AllowThreads("exercise.Check", run)
	} else {
		run()
	}
	if err == nil {
		if r := s.threads.current(); r != nil && r.dying.Load() {
			err = errors.Join(interrupted{})
		}
	}
	if record {
		tl = p.rec.SnapshotAt(int64(p.m.Now()))
		tl.Info = p.in.Info()
	}
	return tl, err
}

// capture implements exercise.Host: what the calling cell prints while f runs is returned instead of shown.
func (s *runner) capture(f func()) string {
	r := s.threads.current()
	if r == nil {
		f()
		return ""
	}
	var text string
	func() {
		end := r.out.divert()
		defer func() { text = end() }() // also if f ends by an interrupt's panic
		f()
	}()
	return text
}

// pythonOn returns the session's Python on a machine, or nil if there is none.
func (s *runner) pythonOn(m *rt.Machine) *python {
	for _, p := range s.allPythons() {
		if p.m == m {
			return p
		}
	}
	return nil
}
