package server

// This file defines how magics see and change the session: its world, its definitions, its settings.

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"gilkernel/kernel/link"
	"gilkernel/kernel/magic"
	"gilkernel/kernel/session"
)

// A worldHost is magic.World.
type worldHost struct{ x *execution }

// Environ returns the kernel's environment with the changes that magics made. What a cell sets with
// os.Setenv is known to its interpreter only.
func (h worldHost) Environ() []string {
	env := slices.DeleteFunc(os.Environ(), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		_, changed := h.x.s.env[name]
		return changed
	})
	for name, value := range h.x.s.env {
		if value != nil {
			env = append(env, name+"="+*value)
		}
	}
	return env
}

// Setenv sets a variable in this interpreter and all that follow.
func (h worldHost) Setenv(name, value string) error {
	if name == "" || strings.ContainsAny(name, "=\x00") || strings.Contains(value, "\x00") {
		return &magic.Error{Name: "UsageError",
			Message: fmt.Sprintf("%q can't be the name of a variable, or its value has a zero byte", name)}
	}
	h.x.s.env[name] = &value
	h.x.s.worker.Setenv(link.Setenv{Key: name, Value: value})
	return nil
}

// Unsetenv removes a variable from this interpreter and all that follow.
func (h worldHost) Unsetenv(name string) error {
	h.x.s.env[name] = nil
	h.x.s.worker.Setenv(link.Setenv{Key: name, Unset: true})
	return nil
}

// Getwd returns the directory of the last Chdir.
func (h worldHost) Getwd() string { return h.x.s.worker.Dir() }

// Chdir changes the directory of this interpreter and all that follow.
func (h worldHost) Chdir(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a directory", dir)
	}
	h.x.s.worker.Chdir(link.Chdir{Dir: dir})
	return nil
}

// A sessionHost is magic.Session.
type sessionHost struct{ x *execution }

// Variables returns the session's variables.
func (h sessionHost) Variables() []session.Variable { return h.x.s.cells.Variables() }

// Delete forgets definitions and releases the values that nothing else uses.
func (h sessionHost) Delete(_ context.Context, names []string) error {
	code, err := h.x.s.cells.Releasing(names)
	if err != nil {
		return asError(compileError(err))
	}
	if code != "" {
		if _, failed := h.x.run(h.x.code(code, "")); failed != nil {
			return asError(failed)
		}
	}
	return h.x.s.cells.Delete(names)
}

// Reset forgets the session's definitions.
func (h sessionHost) Reset() error {
	h.x.s.cells.Reset()
	return nil
}

// History returns the session's inputs.
func (h sessionHost) History() []magic.Input {
	found, err := h.x.s.history.written().Range(0, 0, 0)
	if err != nil {
		h.x.s.opts.logf("%v", err) // what could be read is better than an error
	}
	inputs := make([]magic.Input, len(found))
	for i, e := range found {
		inputs[i] = magic.Input{Number: e.Line, Code: e.Input}
	}
	return inputs
}
