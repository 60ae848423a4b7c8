package interp

// This file defines how the check of an exercise explores code that uses the learner's solution.

import (
	"encoding/json"
	"errors"
	"reflect"
	"unsafe"

	"gilkernel/kernel/link"
	"gilkernel/runtime/exercise"
	rt "gilkernel/runtime/machine"
	view "gilkernel/runtime/steps"
)

// checkLabel is what positions in the code of a check say: no cell has it.
const checkLabel = "In[0]"

// checkID is the number of explorations for checks: no cell has it.
const checkID = 1 << 30

// checkSeconds is after how long an exploration for a check is given up: its schedules are counted, so that its
// answer is the same on each computer, and a slow computer gets this much.
const checkSeconds = 60

// exploreSolution implements exercise.Host. It returns nil if the session's variable of the solution's name has
// another value, or the code can't be explored.
func (s *runner) exploreSolution(x exercise.Exploration) (found *exercise.Explored, err error) {
	r := s.threads.current()
	if r == nil || s.arena || !s.holds(x.Name, x.Solution) {
		return nil, nil
	}
	p, err := s.host.cells.Compile(checkLabel, x.Source)
	if err != nil {
		return nil, nil // the learner's code has redefined something that it needs
	}
	preemptions := x.Preemptions
	q := &link.Explore{ID: checkID, Label: p.Label, Source: p.Source, Before: p.BeforeJSON(), Code: x.Source,
		Mode: link.ExploreSearch, Python: x.Python, Preemptions: &preemptions, Schedules: x.Schedules,
		Seconds: checkSeconds, Quiet: true}
	if x.Schedule != "" {
		q.Mode, q.Schedule = link.ExploreReplay, x.Schedule
	}
	var done *link.Done
	work := func() { done = s.exploreBeside(r, q) }
	if t := rt.Current(); t != nil {
		t.AllowThreads("exercise.Check", work)
	} else {
		work()
	}
	switch {
	case r.dying.Load():
		return nil, errors.Join(interrupted{})
	case done.Explored == nil && x.Schedule != "" && done.Error != nil:
		return nil, errors.New(done.Error.Value)
	case done.Explored == nil:
		return nil, nil
	}
	return exploredOf(done.Explored), nil
}

// exploredOf returns what an exploration has shown, as package exercise takes it.
func exploredOf(e *link.Explored) *exercise.Explored {
	x := &exercise.Explored{Schedules: e.Schedules, Bound: e.Bound, Complete: e.Complete, Differs: e.Differs != nil}
	for _, n := range e.Notes {
		x.Unrepeatable = x.Unrepeatable || n.Fatal
	}
	i := e.Broken
	if e.Schedules == 0 && len(e.Outcomes) > 0 { // a replay
		i = 0
	}
	if i >= 0 && i < len(e.Outcomes) {
		o := &e.Outcomes[i]
		x.Kind, x.Text, x.Preemptions, x.Schedule = o.Kind, o.Text, o.Preemptions, o.Schedule
		v := new(view.View)
		if o.Kind == view.Deadlock && json.Unmarshal(e.View, v) == nil && v.Sentence != "" {
			x.Text = v.Sentence // which thread holds what, in one line
		}
	}
	return x
}

// holds reports whether the session calls a value by a name: its variable has this value, or it is the function that is
// declared so.
func (s *runner) holds(name string, value any) bool {
	v := reflect.ValueOf(value)
	if !v.IsValid() || v.Kind() != reflect.Func {
		return !v.IsValid() // a program without a solution
	}
	for _, g := range s.host.engine.Live(nil) {
		if g.Shown != name || g.Type != v.Type() {
			continue
		}
		held := reflect.NewAt(g.Type, g.Pointer).Elem()
		return closure(held) == closure(v)
	}
	return s.host.engine.FuncName(value) == name
}

// closure returns what a function value points to: the same for all copies of it.
func closure(v reflect.Value) unsafe.Pointer {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return *(*unsafe.Pointer)(p.UnsafePointer())
}
