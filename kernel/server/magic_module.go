package server

// This file defines how magics fetch modules.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"gilkernel/kernel/magic"
	"gilkernel/kernel/module"
)

// A moduleHost is magic.Modules.
type moduleHost struct{ x *execution }

// Get fetches a module and says what has changed in go.mod.
func (h moduleHost) Get(ctx context.Context, path, version string, checks bool) error {
	x := h.x
	x.lookAround()
	ctx, cancel := context.WithCancel(ctx)
	var waiting sync.WaitGroup
	waiting.Go(func() { // ends with Get, or with an interrupt
		select {
		case <-x.stopped:
			cancel()
		case <-ctx.Done():
		}
	})
	defer waiting.Wait()
	defer cancel()
	got, err := x.s.mods.Get(ctx, path, version, checks, func(text string) { x.stream("stderr", text+"\n") })
	switch {
	case x.isInterrupted():
		return stepError{interruptedError(x.label)}
	case errors.Is(err, context.DeadlineExceeded):
		return &magic.Error{Name: "ModuleError", Message: "the server doesn't answer: " + err.Error()}
	case err != nil:
		return &magic.Error{Name: "ModuleError", Message: err.Error()}
	}
	text := x.s.gotText(got)
	switch {
	case checks:
		text += "its code is Python code: a thread may lose the GIL in it, and %%step shows its lines\n"
	case got.Checked:
		text += "its code holds the GIL now, as a C extension does: with --checks it was Python code\n"
	}
	x.stream("stdout", text)
	return nil
}

// gotText is what %get shows.
func (s *Server) gotText(got module.Got) string {
	text := fmt.Sprintf("%s %s is there already\n", got.Path, got.Version)
	if len(got.Changed) > 0 {
		text = strings.Join(got.Changed, "\n") + "\n"
	}
	if got.Written {
		text += "written to " + got.File + "\n"
	}
	for _, m := range s.cells.Modules() {
		now := slices.IndexFunc(got.Changed, func(c string) bool { return strings.HasPrefix(c, m.Path+"@") })
		if now >= 0 && got.Changed[now] != m.String() {
			text += fmt.Sprintf("what imports %s gets %s from the next cell on; values of its types stay what they "+
				"are\n", m, got.Changed[now])
		}
	}
	return text
}

// lookAround makes the session look for modules where the cells are.
func (x *execution) lookAround() {
	h := worldHost{x}
	x.s.mods.Look(h.Environ(), h.Getwd())
}

var _ magic.Modules = moduleHost{}
