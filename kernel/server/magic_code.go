package server

// This file defines how magics run code and commands.

import (
	"context"
	"fmt"
	"time"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/link"
	"gilkernel/kernel/magic"
	"gilkernel/kernel/worker"
)

// A codeHost is magic.Code.
type codeHost struct{ x *execution }

// Label returns the cell's name in positions.
func (h codeHost) Label() string { return h.x.label }

// Parse cuts code into its steps.
func (h codeHost) Parse(code string) ([]cell.Step, error) { return h.x.s.cells.Parse(code) }

// CheckGo compiles code and discards it.
func (h codeHost) CheckGo(text string) error {
	if _, err := h.x.compiled(h.x.code(text, "")); err != nil {
		return asError(h.x.compileError(err))
	}
	return nil
}

// RunGo runs code as a part of the cell.
func (h codeHost) RunGo(_ context.Context, text string, o magic.Running) (magic.Timing, error) {
	c := h.x.code(text, "display")
	if h.x.content.Silent {
		c.value = ""
	}
	c.steps, c.python = o.Steps, o.Machine
	user, system, known := h.x.s.interpreterCPU()
	done, failed := h.x.run(c)
	t := magic.Timing{Wall: done.wall}
	if known {
		var u, sys time.Duration
		if u, sys, t.CPU = h.x.s.interpreterCPU(); t.CPU {
			t.User, t.System = max(u-user, 0), max(sys-system, 0) // less than 0: it was replaced
		}
	}
	return t, asError(failed)
}

// RunCommand runs a child process of the interpreter.
func (h codeHost) RunCommand(_ context.Context, argv []string, stdin string) (int, error) {
	done, failed := h.x.ask(func(id int) worker.Result {
		return h.x.s.worker.Command(h.x.until(), link.Command{ID: id, Label: h.x.label, Argv: argv, Stdin: stdin})
	})
	return done.Exit, asError(failed)
}

// A machineHost is magic.Machines.
type machineHost struct {
	x     *execution
	mixed bool // the cell has code and not only magics
}

// Machine sets and shows the session's machine. In a cell with code, which may compare several machines, setting one
// prints nothing.
func (h *machineHost) Machine(_ context.Context, words string) error {
	_, failed := h.x.ask(func(id int) worker.Result {
		return h.x.s.worker.Machine(h.x.until(), link.Machine{ID: id, Label: h.x.label, Words: words, Quiet: h.mixed})
	})
	return asError(failed)
}

// Engines returns the engines that can run cells, and the current one.
func (h *machineHost) Engines() (names []string, now string) {
	return link.Engines(), h.x.s.worker.EngineName()
}

// SetEngine replaces the interpreter by one with another engine, and restores the definitions.
func (h *machineHost) SetEngine(_ context.Context, name string) error {
	h.x.s.worker.SetEngine(name)
	gone := h.x.s.lose("")
	if failed := h.x.s.replay(h.x.origin); failed != "" {
		gone = failed
	}
	h.x.stream("stdout", fmt.Sprintf("%s runs cells from now on. %s\n", name, gone))
	return nil
}
