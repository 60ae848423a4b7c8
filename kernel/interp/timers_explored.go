package interp

// This file replaces functions that call a function of the cell later, on a goroutine that no machine knows. A search
// finds out that it was called (see outsiders), but not that it would have been after the last run.

import (
	"context"
	"time"

	rt "gilkernel/runtime/machine"
)

// exploredTimers returns replacements for functions of a package, time or context, which end the run.
func (s *runner) exploredTimers(path string) map[string]any {
	functions := map[string]any{}
	switch path {
	case "time":
		functions["AfterFunc"] = func(d time.Duration, f func()) *time.Timer {
			if er := s.exploredRun(); er != nil {
				er.leaves(rt.Current(), "time.AfterFunc calls its function on "+aGoroutine)
			}
			return time.AfterFunc(d, f)
		}
	case "context":
		functions["AfterFunc"] = func(ctx context.Context, f func()) func() bool {
			if er := s.exploredRun(); er != nil {
				er.leaves(rt.Current(), "context.AfterFunc calls its function on "+aGoroutine)
			}
			return context.AfterFunc(ctx, f)
		}
	}
	return functions
}

// exploredRun returns the explored run to which the calling thread belongs, nil if it belongs to none.
func (s *runner) exploredRun() *exploredRun {
	t := rt.Current()
	if t == nil {
		return nil
	}
	if y, _ := t.Local(pythonKey{}).(*pyThread); y != nil {
		return y.explored
	}
	return nil
}
