package interp

// This file replaces functions that start timers in explored cells: no machine knows the real clock, on which timers
// run, or the goroutines on which they call functions.

import (
	"context"
	"reflect"
	"time"

	"gilkernel/kernel/link"
	rt "gilkernel/runtime/machine"
)

// exploredTimers returns replacements for the functions of a package, time or context, that start timers. Those that
// call a function end the run, because the function could be called at any time, even in a later run. The others are
// noted: a wait for such a timer ends the run, but a cell may also only check whether it has expired.
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
		for name, f := range map[string]any{"After": time.After, "NewTicker": time.NewTicker, "NewTimer": time.NewTimer,
			"Tick": time.Tick} {
			functions[name] = s.onRealClock(path+"."+name, f)
		}
	case "context":
		functions["AfterFunc"] = func(ctx context.Context, f func()) func() bool {
			if er := s.exploredRun(); er != nil {
				er.leaves(rt.Current(), "context.AfterFunc calls its function on "+aGoroutine)
			}
			return context.AfterFunc(ctx, f)
		}
		for name, f := range map[string]any{"WithDeadline": context.WithDeadline,
			"WithDeadlineCause": context.WithDeadlineCause, "WithTimeout": context.WithTimeout,
			"WithTimeoutCause": context.WithTimeoutCause} {
			functions[name] = s.onRealClock(path+"."+name, f)
		}
	}
	return functions
}

// onRealClock returns a function that calls f, and adds a note with its name if an explored run calls it.
func (s *runner) onRealClock(name string, f any) any {
	v := reflect.ValueOf(f)
	return reflect.MakeFunc(v.Type(), func(args []reflect.Value) []reflect.Value {
		if er := s.exploredRun(); er != nil {
			n := link.ExploreNote{Text: name + " runs on the real clock, which is not the machine's"}
			n.Label, n.Line = placeOf(er.p.site(rt.Current()))
			er.x.note(n)
		}
		return v.Call(args)
	}).Interface()
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
