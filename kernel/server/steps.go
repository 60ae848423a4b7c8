package server

// This file defines the steps of a cell: how each is done, and what its failure is called.

import (
	"errors"
	"slices"
	"strings"
	"time"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/ink"
	"gilkernel/kernel/link"
	"gilkernel/kernel/session"
)

// runSteps does the cell and returns what went wrong, nil if nothing did. The first error ends it.
func (x *execution) runSteps() *link.Error {
	if failed := tooLong(x.content.Code); failed != nil {
		return failed
	}
	if name, level, ok := helpFor(x.content.Code); ok {
		x.help(name, level)
		return nil
	}
	steps, err := x.s.cells.Parse(x.content.Code)
	if err != nil {
		return compileError(err)
	}
	x.mixed = slices.ContainsFunc(steps, func(s cell.Step) bool { return s.Kind == cell.StepGo && strings.TrimSpace(s.Code) != "" })
	for i, step := range steps {
		var failed *link.Error
		if step.Kind == cell.StepGo {
			value := ""
			if i == len(steps)-1 && !x.content.Silent {
				value = "display" // the value of a last expression is the cell's result
			}
			failed = x.runCode(step.Code, value)
		} else {
			failed = x.magic(step)
		}
		if failed == nil && x.isInterrupted() {
			failed = interruptedError(x.label)
		}
		if failed != nil {
			return failed
		}
	}
	return nil
}

// maxReplacements is how often a run is begun again because the interpreter had died before it.
const maxReplacements = 3

// runCode compiles and runs Go code.
func (x *execution) runCode(code, value string) *link.Error {
	_, failed := x.run(func() (*session.Program, error) { return x.s.cells.Compile(x.label, code) }, value)
	return failed
}

// run runs what compile returns and commits its definitions. When the interpreter has died since the
// last run, what that one defined is brought back and the code is compiled again, because the values
// that it may have relied on are gone.
func (x *execution) run(compile func() (*session.Program, error), value string) (link.Done, *link.Error) {
	for range maxReplacements {
		p, err := x.compiled(compile)
		if x.isInterrupted() {
			break
		}
		if err != nil {
			if value == "return" {
				return link.Done{}, compileError(err) // its text isn't the cell's
			}
			return link.Done{}, x.compileError(err)
		}
		if value != "return" {
			p.Code = x.content.Code // the magic's line too: what tracebacks show is what was typed
		}
		started := time.Now()
		res := x.s.engine.Run(x.until(), link.Run{
			ID: x.s.newRun(x.origin), Label: p.Label, Source: p.Source, Expr: p.Expr, Before: p.BeforeJSON(), Code: p.Code,
			Value: value, Input: x.mayAsk(), Step: x.steps, Python: x.python, Twin: x.twin,
		})
		x.wall = time.Since(started)
		x.s.endQuestion()
		if res.Replaced {
			if gone := x.s.replay(x.origin); gone != "" {
				x.Stream("stderr", gone+"\n")
			}
			continue
		}
		if res.Started && !res.Done.Compile {
			x.s.cells.Commit(p)
		}
		if value != "return" {
			x.addNotes(p.Notes, res.Done.Notes)
		}
		if res.Crash != nil {
			return res.Done, x.recover(res.Crash)
		}
		return res.Done, doneError(x.label, &res.Done)
	}
	return link.Done{}, interruptedError(x.label)
}

// compiled returns what compile does, or nil as soon as the cell is interrupted. go/types can't be stopped: a compilation
// that nobody waits for any more comes to its end, which the bounds of package cell keep near, and changes nothing.
func (x *execution) compiled(compile func() (*session.Program, error)) (*session.Program, error) {
	type result struct {
		p   *session.Program
		err error
	}
	done := make(chan result, 1)
	go func() { // ends with the compilation
		p, err := compile()
		done <- result{p, err}
	}()
	select {
	case r := <-done:
		return r.p, r.err
	case <-x.stopped:
		return nil, nil
	}
}

// newRun returns the id of a new run that belongs to o.
func (s *Server) newRun(o *origin) int {
	s.mu.Lock()
	s.nextRun++
	id := s.nextRun
	s.mu.Unlock()
	s.origins.add(id, o)
	return id
}

// doneError returns what a run's end says that went wrong.
func doneError(label string, d *link.Done) *link.Error {
	switch {
	case d.Error != nil:
		return d.Error
	case d.Status == "interrupted":
		return interruptedError(label)
	case d.Status == "error":
		return &link.Error{Name: "error", Value: "the cell failed and did not say why"}
	}
	return nil
}

// compileError turns an error of the cell compiler into Jupyter's form.
func compileError(err error) *link.Error {
	if e, ok := errors.AsType[*cell.Error](err); ok {
		return &link.Error{Name: e.Name, Value: e.Message, Traceback: e.Traceback()}
	}
	return &link.Error{Name: "error", Value: err.Error(), Traceback: []string{ink.Kind("error") + ": " + err.Error()}}
}

// compileError is compileError with the lines that were typed: the compiler sees blanks for a magic's name.
func (x *execution) compileError(err error) *link.Error {
	if e, ok := errors.AsType[*cell.Error](err); ok {
		lines := strings.Split(x.content.Code, "\n")
		typed := *e
		typed.Diagnostics = slices.Clone(e.Diagnostics)
		for i := range typed.Diagnostics {
			d := &typed.Diagnostics[i]
			if n := d.Pos.Line; d.Pos.Label == x.label && n >= 1 && n <= len(lines) {
				d.Line = lines[n-1]
			}
		}
		err = &typed
	}
	return compileError(err)
}

// interruptedError is called as in Python, because front ends and their users know that name.
func interruptedError(label string) *link.Error {
	return &link.Error{Name: "KeyboardInterrupt", Value: label + " was interrupted", Traceback: []string{ink.Kind("KeyboardInterrupt") + ": " + label + " was interrupted"}}
}
