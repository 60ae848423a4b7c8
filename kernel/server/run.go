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
	text   string
	expr   bool   // it is an expression whose value alone is wanted
	value  string // link.Run.Value
	steps  string // link.Run.Step
	python string // link.Run.Python
	twin   bool   // link.Run.Twin
	test   *link.Test
}

// A ran is the result of a code.
type ran struct {
	link.Done
	wall time.Duration // of the run alone, without compiling
}

// code returns Go code of the cell; its lines and columns are the cell's.
func (x *execution) code(text, value string) code {
	return code{text: text, value: value}
}

// expr returns an expression whose value is wanted.
func (x *execution) expr(text, value string) code {
	return code{text: text, expr: true, value: value}
}

// apart reports whether the text isn't the cell's.
func (c *code) apart() bool { return c.value == "return" || c.test != nil }

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

// linkRun returns what the interpreter is asked to do with the code.
func (x *execution) linkRun(id int, c code) link.Run {
	r := link.Run{ID: id, Label: x.label, Source: c.text, Expr: c.expr, Code: c.text, Value: c.value, Input: x.mayAsk(),
		Step: c.steps, Python: c.python, Twin: c.twin, Test: c.test}
	if !c.apart() || c.test != nil {
		r.Code = x.content.Code // the magic's line too: what tracebacks show is what was typed
	}
	return r
}

// run compiles and runs code and commits its definitions. Both processes compile it, at the same time.
func (x *execution) run(c code) (ran, *link.Error) {
	var wall time.Duration
	done, failed := x.attempt(func(id int) (worker.Result, *link.Error) {
		r := x.linkRun(id, c)
		p, err := x.compiled(c)
		switch {
		case x.isInterrupted():
			return worker.Result{}, interruptedError(x.label)
		case err != nil && c.apart():
			return worker.Result{}, compileError(err)
		case err != nil:
			return worker.Result{}, x.compileError(err)
		}
		started := time.Now()
		r.Before = p.BeforeJSON()
		x.announce(true)
		res := x.s.worker.RunMeanwhile(x.until(), r, x.s.pub.Release)
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
		id := x.ahead
		if x.ahead = 0; id == 0 {
			id = x.s.newRun(x.origin)
		}
		res, failed := do(id)
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

// compiled returns the program of the code, or nil as soon as the cell is interrupted. go/types can't be stopped: an
// abandoned compilation runs to its end, which is near because of the bounds in packages cell and session, and changes
// nothing.
func (x *execution) compiled(c code) (*session.Program, error) {
	compile := x.s.cells.Compile
	if c.expr {
		compile = x.s.cells.CompileExpr
	}
	type result struct {
		p   *session.Program
		err error
	}
	done := make(chan result, 1)
	x.s.compiler.do(func() {
		p, err := compile(x.label, c.text)
		done <- result{p, err}
	})
	select {
	case r := <-done:
		return r.p, r.err
	case <-x.stopped:
		x.s.compiler.end() // what it does ends by itself
		return nil, nil
	}
}

// A compiler is a goroutine for compilations: its stack stays as large as they need it, while that of each new one
// grows anew. It belongs to the executor.
type compiler struct {
	work chan func() // nil: there is no goroutine
}

// do has the goroutine do f, and returns before that is done.
func (c *compiler) do(f func()) {
	if c.work == nil {
		work := make(chan func(), 1)
		c.work = work
		go func() { // ends with end, or with the compilation that it does then
			for f := range work {
				f()
			}
		}()
	}
	c.work <- f
}

// end ends the goroutine when it has done what it does. The next do starts another.
func (c *compiler) end() {
	if c.work != nil {
		close(c.work)
		c.work = nil
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
