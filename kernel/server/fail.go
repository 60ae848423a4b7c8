package server

// This file defines how a cell fails: the name of its error, where it appears, and which cells it aborts.

import (
	"errors"
	"slices"
	"strings"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/ink"
	"gilkernel/kernel/link"
)

// fail ends the steps of a cell, of which failed is the error, nil for none: it shows the notes and the error, aborts
// the cells behind one that failed, and returns the cell's error.
func (x *execution) fail(failed *link.Error) *link.Error {
	x.showNotes()
	if failed == nil {
		failed = x.goroutineFailed() // it was published already
	} else if !x.content.Silent {
		x.s.publishError(x.origin, failed)
	}
	if failed != nil && !x.content.Silent && isTrue(x.content.StopOnError) {
		x.s.queue.abortBehind(x.request)
	}
	return failed
}

// goroutineFailed returns the error that a goroutine of the cell has published while the cell ran: the
// cell has failed then, as the program would have.
func (x *execution) goroutineFailed() *link.Error {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	return x.failed
}

// doneError returns the error in the end of a run.
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

// compileError converts an error of the session to Jupyter's form.
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
	return &link.Error{Name: "KeyboardInterrupt", Value: label + " was interrupted",
		Traceback: []string{ink.Kind("KeyboardInterrupt") + ": " + label + " was interrupted"}}
}

// A stepError carries what went wrong in a step through package magic.
type stepError struct{ failed *link.Error }

func (e stepError) Error() string { return e.failed.Name + ": " + e.failed.Value }

// asError makes an error of e; nil stays nil.
func asError(e *link.Error) error {
	if e == nil {
		return nil
	}
	return stepError{e}
}
