package interp

// This file defines what a stepped cell shows: which thread did what in which line, in the order in which it happened.

import (
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/link"
	"gilkernel/runtime/gil"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/steps"
)

// stepsOf returns what link.Run.Step means to the engine.
func stepsOf(places string) exec.Steps {
	switch places {
	case "access":
		return exec.StepAccess
	case "calls":
		return exec.StepCalls
	}
	return exec.NoSteps
}

// stepping is what a run that is stepped through has. Its methods may be called concurrently.
type stepping struct {
	r   *run
	rec *steps.Recorder

	mu    sync.Mutex           // protects the field below
	sites map[*exec.Site]place // where they are
}

// step has a run's steps recorded that is about to execute in py, until the function that it returns is called.
func (s *runner) step(r *run, py *python, places string) (over func()) {
	profile := py.in.Profile()
	st := &stepping{r: r, sites: map[*exec.Site]place{}}
	st.rec = steps.New(steps.Config{
		Python:      profile.Version,
		Source:      s.host.sources.text,
		Thread:      func(t *rt.Thread) string { return stepName(py.main, t) },
		Panic:       s.panicText,
		Interpreted: s.host.engine.Interprets,
		Parallel:    profile.Kind == gil.FreeThreaded,
		Calls:       stepsOf(places) == exec.StepCalls,
	})
	r.mu.Lock()
	r.steps = st
	r.mu.Unlock()
	py.m.Observe(st)
	return func() {
		py.m.Observe(nil)
		s.host.engine.StepModules(exec.NoSteps)
	}
}

// stepName returns what a thread is called in a table of steps: its name follows that of its process, if that isn't the
// cell's.
func stepName(main, t *rt.Thread) string {
	if process := processName(main, t); process != "" {
		return process + " " + t.Name()
	}
	return t.Name()
}

// panicText returns the text of what a thread panicked with, "" for what ends one in the ordinary way.
func (s *runner) panicText(value any, stack []byte) string {
	f := &failure{value: value}
	if p, ok := value.(*exec.Panic); ok {
		f.value, f.trace = p.Value, p.Trace
	}
	if err := unmade(f.value, stack); err != nil {
		f.value = err
	}
	return s.failureText(f)
}

// failureText returns the text of a failure, "" for one that isn't a step: an interrupt, a deadlock.
func (s *runner) failureText(f *failure) string {
	if f.interrupted() || f.deadlocked() {
		return ""
	}
	name, text := explain(f.value)
	return strings.TrimPrefix(strings.TrimSuffix(name+": "+text, ": "), "panic: ")
}

// Observe implements machine.Observer: what threads of other cells do on the same machine is no step of this one.
func (st *stepping) Observe(e rt.Event) {
	if y, _ := e.Thread.Local(pythonKey{}).(*pyThread); y != nil {
		if r := y.run.Load(); r != nil && r != st.r {
			return
		}
	}
	st.rec.Observe(e)
}

// Step implements exec.Stepper. Before each step another goroutine may run: that is what a stepped cell
// is to show.
func (h *host) Step(origin any, site *exec.Site, at unsafe.Pointer, n int) {
	r := runOf(origin)
	if r == nil || r.steps == nil {
		return
	}
	runtime.Gosched()
	t := rt.Current()
	id := int64(0)
	if t == nil {
		id = rt.GoroutineID()
	} else if y, _ := t.Local(pythonKey{}).(*pyThread); y != nil && y.steps && site.Op == "write" {
		y.Step() // as a source without steps has it
	}
	if a := r.steps.access(h, site, at, n); a != nil {
		r.steps.rec.Step(t, id, a)
	}
}

// access returns what a site is to a Recorder, nil if it is in the line of a magic: the call of the cell itself.
func (st *stepping) access(h *host, site *exec.Site, at unsafe.Pointer, n int) *steps.Access {
	st.mu.Lock()
	p, ok := st.sites[site]
	if !ok {
		p = h.sources.parse(site.Pos)
		if lines := h.sources.text(p.label); p.line <= len(lines) && strings.HasPrefix(lines[max(p.line, 1)-1], "%%") {
			p.line = 0
		}
		st.sites[site] = p
	}
	st.mu.Unlock()
	if p.label != "" && p.line == 0 {
		return nil
	}
	return stepAccess(site, p, at, n)
}

// stepAccess returns what a site at a place is to a Recorder.
func stepAccess(site *exec.Site, p place, at unsafe.Pointer, n int) *steps.Access {
	a := &steps.Access{Op: site.Op, Name: site.Name, Label: p.label, Line: p.line, Column: p.column}
	switch site.Op {
	case steps.Read, steps.Write:
		// Of a compiled function, which may do anything, there are many, and they are of little interest.
		if at == nil && strings.HasSuffix(site.Name, "()") && !site.Module {
			a.Op, a.Name = steps.Call, strings.TrimSuffix(site.Name, "()")
			return a
		}
	case steps.Call, steps.Loop, steps.Sync:
		return a
	default:
		a.Op = steps.Read
	}
	a.Key, a.Share = part(site, at, site.Variable(at))
	if n == 1 && site.IsVariable() && at != nil {
		a.Get = func() any { return site.Value(at) }
	}
	return a
}

// failed records that the cell's own code has failed; a nil f is no failure. It does nothing on a nil stepping.
func (st *stepping) failed(s *runner, main *rt.Thread, f *failure) {
	if st == nil || f == nil {
		return
	}
	if text := s.failureText(f); text != "" {
		at := &steps.Access{}
		if frames := s.frames(f); len(frames) > 0 {
			p := frames[len(frames)-1].place
			at.Label, at.Line = p.label, p.line
		}
		st.rec.Failed(main, 0, at, text)
	}
}

// show shows the steps of a run that has ended.
func (st *stepping) show(s *runner, f *failure) {
	o := steps.Outcome{Kind: steps.Value}
	switch {
	case f.deadlocked():
		o.Kind = steps.Deadlock
	case f.asserted():
		o.Kind = steps.Failed
	case f != nil:
		o.Kind = steps.Panicked
	}
	v := st.rec.View(o)
	if v.Blank() {
		st.r.out.write("stdout", []byte(v.Text()))
		return
	}
	st.r.out.flush()
	s.send(&link.Event{Cell: st.r.id, Display: &link.Display{Kind: "display_data",
		Data: rawMap(map[string]any{"text/plain": v.Text(), "text/html": v.HTML()})}})
}
