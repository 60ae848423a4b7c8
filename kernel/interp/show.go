package interp

// This file sends what is shown besides text: results, and what package display shows.

import (
	"strings"

	"gilkernel/kernel/link"
	"gilkernel/runtime/display"
)

// showResult handles the values of a cell's last expression, as link.Run.Value says.
func (s *runner) showResult(vs ...any) {
	s.result(vs, func() (data, metadata map[string]any, failed *failure) { return s.renderAll(vs) })
}

func (s *runner) result(vs []any, render func() (data, metadata map[string]any, failed *failure)) {
	r := s.threads.current()
	if r == nil || r.dying.Load() {
		return
	}
	if x := r.exploring.Load(); x != nil {
		x.result(vs)
		return
	}
	if r.test != nil {
		s.runTests(r, vs[0].([]any)) // the kernel process has made the list
		return
	}
	if r.value == "" {
		return
	}
	if name, ok := strings.CutPrefix(r.value, "python:"); ok && len(vs) == 1 {
		r.mu.Lock()
		r.result = forPython(name, vs[0])
		r.mu.Unlock()
		return
	}
	data, metadata, failed := render()
	d := encodeDisplay("execute_result", "", data, metadata)
	s.processes.order()
	r.out.flush()
	if r.value == "return" {
		r.mu.Lock()
		r.result = d
		r.mu.Unlock()
	} else {
		s.sendResult(&link.Event{Cell: r.id, Display: d})
	}
	s.report(r, "", failed)
}

// reportHere reports a failure in the calling goroutine that doesn't end the goroutine.
func (s *runner) reportHere(failed *failure) {
	if r := s.threads.current(); r != nil {
		s.report(r, "", failed)
	}
}

// A page implements display.Sink.
type page struct{ s *runner }

var _ display.Sink = page{}

// Bundle implements display.Sink.
func (p page) Bundle(v any) (data, metadata map[string]any) {
	data, metadata, failed := p.s.render(v)
	p.s.reportHere(failed)
	return data, metadata
}

// Display implements display.Sink.
func (p page) Display(kind, id string, data, metadata map[string]any) {
	if r := p.open(); r != nil {
		p.s.send(&link.Event{Cell: r.id, Display: encodeDisplay(kind, id, data, metadata)})
	}
}

// Clear implements display.Sink.
func (p page) Clear(wait bool) {
	if r := p.open(); r != nil {
		p.s.send(&link.Event{Cell: r.id, Clear: &link.Clear{Wait: wait}})
	}
}

// Input implements display.Sink.
func (p page) Input(prompt string, password bool) (string, error) {
	return p.s.input.ask(prompt, password)
}

// open returns the run that shows something, after it has sent everything that the run has printed; nil if nothing must
// be shown.
func (p page) open() *run {
	p.s.tick()
	r := p.s.threads.current()
	if r == nil || r.dying.Load() || r.exploring.Load() != nil {
		return nil
	}
	p.s.processes.order()
	p.s.settleTests(r)
	r.out.flush()
	return r
}
