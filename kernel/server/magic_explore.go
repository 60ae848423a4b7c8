package server

// This file defines how magics explore code.

import (
	"context"

	"gilkernel/kernel/link"
	"gilkernel/kernel/magic"
	"gilkernel/kernel/worker"
)

// An exploreHost is magic.Explorations.
type exploreHost struct{ x *execution }

var _ magic.Explorations = exploreHost{}

// Explore compiles code, has the interpreter explore it, and commits nothing.
func (h exploreHost) Explore(_ context.Context, text string, q link.Explore) (*link.Explored, error) {
	x := h.x
	done, failed := x.attempt(func(id int) (worker.Result, *link.Error) {
		p, err := x.compiled(x.code(text, ""))
		switch {
		case x.isInterrupted():
			return worker.Result{}, interruptedError(x.label)
		case err != nil:
			return worker.Result{}, x.compileError(err)
		}
		q.ID, q.Label, q.Source, q.Before, q.Code = id, p.Label, p.Source, p.BeforeJSON(), x.content.Code
		return x.s.worker.Explore(x.until(), q), nil
	})
	if failed != nil {
		return nil, asError(failed)
	}
	if done.Explored == nil {
		return &link.Explored{Bound: -1, Broken: -1}, nil
	}
	return done.Explored, nil
}
