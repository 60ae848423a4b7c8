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
	text := x.s.gotText(got.Path, got.Version, got.Changed, got.File)
	if checks {
		text += "its code is Python code: a thread may lose the GIL in it, and %%step shows its lines\n"
	}
	x.stream("stdout", text)
	return nil
}

// gotText is what %get shows.
func (s *Server) gotText(path, version string, changed []string, file string) string {
	text := fmt.Sprintf("%s %s\n", path, version)
	if len(changed) > 0 {
		text = strings.Join(changed, "\n") + "\n"
	}
	text += "written to " + file + "\n"
	if len(changed) == 0 {
		text = fmt.Sprintf("%s %s is there already\n", path, version)
	}
	for _, m := range s.cells.Modules() {
		now := slices.IndexFunc(changed, func(c string) bool { return strings.HasPrefix(c, m.Path+"@") })
		if now >= 0 && changed[now] != m.String() {
			text += fmt.Sprintf("what imports %s gets %s from the next cell on; values of its types stay what they "+
				"are\n", m, changed[now])
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
