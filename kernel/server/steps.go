package server

// This file defines the steps of a cell, and how each is done.

import (
	"errors"
	"slices"
	"strings"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/ink"
	"gilkernel/kernel/link"
	"gilkernel/kernel/magic"
)

// prepare has the interpreter check the cell's first step while this process publishes that the cell runs, and checks
// it too.
func (x *execution) prepare() {
	code := x.content.Code
	if tooLong(code) != nil {
		return
	}
	if _, _, ok := helpFor(code); ok {
		return
	}
	if strings.Contains(code, "import") || len(x.s.cells.Modules()) > 0 {
		return // the interpreter may have to be told of a module first
	}
	if steps, err := x.s.cells.Parse(code); err == nil && len(steps) > 0 && steps[0].Kind == cell.StepGo {
		x.ahead = x.s.newRun(x.origin)
		x.s.worker.Prepare(x.linkRun(x.ahead, x.goStep(steps, 0)))
	}
}

// goStep returns the code of a step that is Go.
func (x *execution) goStep(steps []cell.Step, i int) code {
	value := ""
	if i == len(steps)-1 && !x.content.Silent {
		value = "display" // the value of a last expression is the cell's result
	}
	return x.code(steps[i].Code, value)
}

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
	return x.doSteps(steps)
}

// doSteps does steps of the cell, in order; the first error ends them.
func (x *execution) doSteps(steps []cell.Step) *link.Error {
	host := newHost(x)
	host.mixed = slices.ContainsFunc(steps,
		func(s cell.Step) bool { return s.Kind == cell.StepGo && strings.TrimSpace(s.Code) != "" })
	for i, step := range steps {
		var failed *link.Error
		if step.Kind == cell.StepGo {
			x.lookAround()
			_, failed = x.run(x.goStep(steps, i))
		} else {
			failed = x.magic(host, step)
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

// magic does a step that isn't Go.
func (x *execution) magic(host *host, step cell.Step) *link.Error {
	err := x.s.magics.Run(x.until(), host, step)
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[stepError](err); ok {
		return e.failed
	}
	if e, ok := errors.AsType[*magic.Error](err); ok {
		return &link.Error{Name: e.Name, Value: e.Message, Traceback: []string{ink.Kind(e.Name) + ": " + e.Message}}
	}
	return compileError(err)
}
