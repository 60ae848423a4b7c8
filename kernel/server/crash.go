package server

// This file defines what happens when an interpreter process has died: the red error that says what
// is gone, and the definitions in the next interpreter.

import (
	"strings"

	"gilkernel/kernel/ink"
	"gilkernel/kernel/link"
	"gilkernel/kernel/worker"
)

// recover brings the definitions back after the interpreter died in this cell, and returns the error
// that says so.
func (x *execution) recover(c *worker.Crash) *link.Error {
	if x.s.closing() {
		return &link.Error{Name: "Shutdown", Value: errClosing.Error()}
	}
	gone := x.s.lose(x.origin.label)
	if failed := x.s.replay(x.origin); failed != "" {
		gone = failed
	}
	e := crashError(c, gone)
	if x.isInterrupted() {
		e.Name = "KeyboardInterrupt"
	}
	return e
}

// Died is called by the worker when the interpreter died while nothing ran, because of a goroutine
// that a cell has left behind: the error appears in that cell. The next run says Replaced, and then
// the definitions are brought back.
func (s *Server) Died(id int, c *worker.Crash) {
	if s.closing() {
		return
	}
	s.opts.logf("the interpreter died after run %d: %s", id, c.Reason)
	o := s.origins.get(id)
	if o == nil {
		s.lose("")
		return
	}
	e := crashError(c, s.lose(o.label))
	if !o.silent {
		s.publishError(o, e)
	}
}

// lose marks the values as gone and returns the sentence that says so. label is the cell whose fault
// it is.
func (s *Server) lose(label string) string { return goneSentence(s.cells.LoseValues(label)) }

// replay gives the new interpreter all definitions. If that fails all is forgotten: a definition that kills the
// interpreter by being there would do so forever. The sentence that is returned says so; it is "" if all went well.
func (s *Server) replay(o *origin) string {
	var log []link.Run
	for _, p := range s.cells.Replay() {
		log = append(log,
			link.Run{ID: s.newRun(o), Label: p.Label, Source: p.Source, Expr: p.Expr, Before: p.BeforeJSON()})
	}
	if log == nil {
		return ""
	}
	res := s.worker.Run(s.ctx, link.Run{ID: s.newRun(o), Label: o.label, Replay: true, Log: log})
	why := ""
	switch {
	case res.Crash != nil:
		why = ": " + res.Crash.Reason
	case res.Done.Error != nil:
		why = ": " + res.Done.Error.Value
	case res.Done.Status == "ok":
		return ""
	}
	s.opts.logf("replaying definitions%s", why)
	s.cells.Reset()
	return "All definitions are gone, too: bringing them back failed" + why + "."
}

// maxGone bounds the names in a sentence.
const maxGone = 20

func goneSentence(lost []string) string {
	switch n := len(lost); {
	case n == 0:
		return "No variable was lost; all definitions are back."
	case n == 1:
		return "The variable " + lost[0] + " is gone; all definitions are back."
	case n > maxGone:
		return "The variables " + strings.Join(lost[:maxGone], ", ") + ", … are gone; all definitions are back."
	default:
		return "The variables " + strings.Join(lost[:n-1], ", ") + " and " + lost[n-1] +
			" are gone; all definitions are back."
	}
}

// crashError says in Jupyter's form why the interpreter died.
func crashError(c *worker.Crash, gone string) *link.Error {
	name := c.Kind
	if name == "" {
		name = "crash"
	}
	e := &link.Error{Name: name, Value: c.Reason, Traceback: []string{ink.Kind(name) + ": " + c.Reason, gone}}
	for _, part := range []string{c.Goroutine, c.Trace} {
		if part = strings.TrimRight(part, "\n"); part != "" {
			e.Traceback = append(e.Traceback, strings.Split(part, "\n")...)
		}
	}
	return e
}
