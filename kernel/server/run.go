package server

// This file defines how a cell has the interpreter do something: run code, above all.

import (
	"time"

	"gilkernel/kernel/link"
	"gilkernel/kernel/session"
	"gilkernel/kernel/worker"
)

// A code is what a cell runs, and how.
type code struct {
	compile func() (*session.Program, error)
	value   string // link.Run.Value
	steps   string // link.Run.Step
	python  string // link.Run.Python
	twin    bool   // link.Run.Twin
}

// A ran is the result of a code.
type ran struct {
	link.Done
	wall time.Duration // of the run alone, without compiling
}

// code returns Go code of the cell; its lines and columns are the cell's.
func (x *execution) code(text, value string) code {
	return code{compile: func() (*session.Program, error) { return x.s.cells.Compile(x.label, text) }, value: value}
}

// expr returns an expression whose value is wanted.
func (x *execution) expr(text, value string) code {
	return code{compile: func() (*session.Program, error) { return x.s.cells.CompileExpr(x.label, text) }, value: value}
}

// apart reports whether the text isn't the cell's.
func (c *code) apart() bool { return c.value == "return" }

// evaluate returns the value of an expression.
func (x *execution) evaluate(expr string) (*link.Display, *link.Error) {
	done, failed := x.run(x.expr(expr, "return"))
	if failed != nil {
		return nil, failed
	}
	if done.Result == nil {
		return &link.Display{}, nil // a call without a result
	}
	return done.Result, nil
}

// run compiles and runs code and commits its definitions.
func (x *execution) run(c code) (ran, *link.Error) {
	var wall time.Duration
	done, failed := x.attempt(func(id int) (worker.Result, *link.Error) {
		p, err := x.compiled(c.compile)
		switch {
		case x.isInterrupted():
			return worker.Result{}, interruptedError(x.label)
		case err != nil && c.apart():
			return worker.Result{}, compileError(err)
		case err != nil:
			return worker.Result{}, x.compileError(err)
		}
		if !c.apart() {
			p.Code = x.content.Code // the magic's line too: what tracebacks show is what was typed
		}
		started := time.Now()
		res := x.s.worker.Run(x.until(), link.Run{
			ID: id, Label: p.Label, Source: p.Source, Expr: p.Expr, Before: p.BeforeJSON(), Code: p.Code,
			Value: c.value, Input: x.mayAsk(), Step: c.steps, Python: c.python, Twin: c.twin,
		})
		wall = time.Since(started)
		x.s.endQuestion()
		if res.Started && !res.Done.Compile {
			x.s.cells.Commit(p)
		}
		if !res.Replaced && !c.apart() {
			x.addNotes(p.Notes, res.Done.Notes)
		}
		return res, nil
	})
	return ran{done, wall}, failed
}

// maxReplacements is how often something is begun again because the interpreter had died before it.
const maxReplacements = 3

// attempt has the interpreter do something, which belongs to the run with the id. When the interpreter has died since
// the last run, what that one defined is brought back and do is called again: code is compiled again, because the
// values that it may have relied on are gone. An interpreter that dies of it is the cell's error. An error of do ends
// the attempts.
func (x *execution) attempt(do func(id int) (worker.Result, *link.Error)) (link.Done, *link.Error) {
	for range maxReplacements {
		if x.isInterrupted() {
			break
		}
		res, failed := do(x.s.newRun(x.origin))
		switch {
		case failed != nil:
			return link.Done{}, failed
		case res.Replaced:
			if gone := x.s.replay(x.origin); gone != "" {
				x.stream("stderr", gone+"\n")
			}
		case res.Crash != nil:
			return res.Done, x.recover(res.Crash)
		default:
			return res.Done, doneError(x.label, &res.Done)
		}
	}
	return link.Done{}, interruptedError(x.label)
}

// ask has the interpreter do what isn't Go code.
func (x *execution) ask(do func(id int) worker.Result) (link.Done, *link.Error) {
	return x.attempt(func(id int) (worker.Result, *link.Error) { return do(id), nil })
}

// compiled returns what compile does, or nil as soon as the cell is interrupted. go/types can't be stopped: an
// abandoned compilation runs to its end, which is near because of the bounds in packages cell and session, and changes
// nothing.
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
