package server

// This file defines what magics get from the kernel: magic.Kernel for the cell that is executed.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/ink"
	"gilkernel/kernel/link"
	"gilkernel/kernel/magic"
	"gilkernel/kernel/session"
	"gilkernel/kernel/worker"
)

var _ magic.Kernel = (*execution)(nil)

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

// magic does a step that isn't Go.
func (x *execution) magic(step cell.Step) *link.Error {
	err := x.s.magics.Run(x.until(), x, step)
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

// Label returns the cell's name in positions.
func (x *execution) Label() string { return x.label }

// CheckGo compiles code and drops it.
func (x *execution) CheckGo(code string) error {
	if _, err := x.compiled(func() (*session.Program, error) { return x.s.cells.Compile(x.label, code) }); err != nil {
		return asError(x.compileError(err))
	}
	return nil
}

// RunGo runs code as a part of the cell.
func (x *execution) RunGo(_ context.Context, code string) (magic.Timing, error) {
	value := "display"
	if x.content.Silent {
		value = ""
	}
	user, system, known := x.s.interpreterCPU()
	failed := x.runCode(code, value)
	t := magic.Timing{Wall: x.wall}
	if known {
		var u, sys time.Duration
		if u, sys, t.CPU = x.s.interpreterCPU(); t.CPU {
			t.User, t.System = max(u-user, 0), max(sys-system, 0) // less than 0: it was replaced
		}
	}
	return t, asError(failed)
}

// StepGo runs code as a part of the cell and shows its steps.
func (x *execution) StepGo(ctx context.Context, code, places string) error {
	x.steps = places
	defer func() { x.steps = "" }()
	_, err := x.RunGo(ctx, code)
	return err
}

// RunGoOn runs code as a part of the cell on a machine of its own.
func (x *execution) RunGoOn(ctx context.Context, code, machine string) error {
	x.python = machine
	defer func() { x.python = "" }()
	_, err := x.RunGo(ctx, code)
	return err
}

// Machine sets and shows the session's machine. In a cell with code, which may compare several machines, setting one prints nothing.
func (x *execution) Machine(_ context.Context, words string) error {
	_, err := x.ask(func(id int) worker.Result {
		return x.s.engine.Machine(x.until(), link.Machine{ID: id, Label: x.label, Words: words, Quiet: x.mixed})
	})
	return err
}

// Engines returns what can run cells, and what does.
func (x *execution) Engines() (names []string, now string) { return Engines(), x.s.engine.EngineName() }

// SetEngine replaces the interpreter by one that runs cells otherwise, and brings the definitions back.
func (x *execution) SetEngine(_ context.Context, name string) error {
	x.s.engine.SetEngine(name)
	gone := x.s.lose("")
	if failed := x.s.replay(x.origin); failed != "" {
		gone = failed
	}
	x.Stream("stdout", fmt.Sprintf("%s runs cells from now on. %s\n", name, gone))
	return nil
}

// RunCommand runs a child process of the interpreter.
func (x *execution) RunCommand(_ context.Context, argv []string, stdin string) (int, error) {
	return x.ask(func(id int) worker.Result {
		return x.s.engine.Command(x.until(), link.Command{ID: id, Label: x.label, Argv: argv, Stdin: stdin})
	})
}

// ask has the interpreter do what isn't Go code, and returns its exit status.
func (x *execution) ask(do func(id int) worker.Result) (int, error) {
	done, err := x.askDone(do)
	return done.Exit, err
}

// askDone is ask that returns all that the interpreter said.
func (x *execution) askDone(do func(id int) worker.Result) (link.Done, error) {
	for range maxReplacements {
		if x.isInterrupted() {
			break
		}
		res := do(x.s.newRun(x.origin))
		switch {
		case res.Replaced:
			x.s.replay(x.origin)
			continue
		case res.Crash != nil:
			return link.Done{}, asError(x.recover(res.Crash))
		}
		return res.Done, asError(doneError(x.label, &res.Done))
	}
	return link.Done{}, asError(interruptedError(x.label))
}

// Stream prints text in the cell's output.
func (x *execution) Stream(name, text string) {
	if !x.content.Silent {
		x.s.pub.Stream(x.origin.parent, name, text)
	}
}

// Display shows data in the cell's output.
func (x *execution) Display(data map[string]any) {
	d := link.Display{Kind: "display_data", Data: map[string]json.RawMessage{}}
	for mime, v := range data {
		d.Data[mime] = x.s.marshal(v)
	}
	if !x.content.Silent {
		x.s.display(x.origin, &d)
	}
}

// Environ returns the kernel's environment with the changes that magics made. What a cell sets with
// os.Setenv is known to its interpreter only.
func (x *execution) Environ() []string {
	env := slices.DeleteFunc(os.Environ(), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		_, changed := x.s.env[name]
		return changed
	})
	for name, value := range x.s.env {
		if value != nil {
			env = append(env, name+"="+*value)
		}
	}
	return env
}

// Setenv sets a variable in this interpreter and all that follow.
func (x *execution) Setenv(name, value string) error {
	if name == "" || strings.ContainsAny(name, "=\x00") || strings.Contains(value, "\x00") {
		return &magic.Error{Name: "UsageError", Message: fmt.Sprintf("%q can't be the name of a variable, or its value has a zero byte", name)}
	}
	x.s.env[name] = &value
	x.s.engine.Setenv(link.Setenv{Key: name, Value: value})
	return nil
}

// Unsetenv removes a variable from this interpreter and all that follow.
func (x *execution) Unsetenv(name string) error {
	x.s.env[name] = nil
	x.s.engine.Setenv(link.Setenv{Key: name, Unset: true})
	return nil
}

// Getwd returns the directory of the last Chdir.
func (x *execution) Getwd() string { return x.s.engine.Dir() }

// Chdir changes the directory of this interpreter and all that follow.
func (x *execution) Chdir(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a directory", dir)
	}
	x.s.engine.Chdir(link.Chdir{Dir: dir})
	return nil
}

// Variables returns the session's variables.
func (x *execution) Variables() []session.Variable { return x.s.cells.Variables() }

// Delete forgets definitions and releases the values that nothing else uses.
func (x *execution) Delete(_ context.Context, names []string) error {
	code, err := x.s.cells.Releasing(names)
	if err != nil {
		return asError(compileError(err))
	}
	if code != "" {
		if failed := x.runCode(code, ""); failed != nil {
			return asError(failed)
		}
	}
	return x.s.cells.Delete(names)
}

// Reset forgets the session's definitions.
func (x *execution) Reset() error {
	x.s.cells.Reset()
	return nil
}

// History returns the session's inputs.
func (x *execution) History() []magic.Input {
	found, err := x.s.history.written().Range(0, 0, 0)
	if err != nil {
		x.s.opts.logf("%v", err) // what could be read is better than an error
	}
	inputs := make([]magic.Input, len(found))
	for i, e := range found {
		inputs[i] = magic.Input{Number: e.Line, Code: e.Input}
	}
	return inputs
}

// SetNextInput adds a payload that front ends turn into a cell.
func (x *execution) SetNextInput(text string, replace bool) {
	x.payload = append(x.payload, map[string]any{"source": "set_next_input", "text": text, "replace": replace})
}
