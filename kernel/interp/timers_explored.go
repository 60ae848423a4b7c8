package interp

// This file defines what functions that start timers do where a cell is explored: no machine knows the real clock, on
// which they run, nor the goroutines on which they call functions.

import (
	"context"
	"reflect"
	"time"

	"gilkernel/kernel/link"
	rt "gilkernel/runtime/machine"
)

// exploredTimers is what replaces the functions of package time and of package context that start timers. Those that
// call a function end the run: it would be called at any time, even in a later run. The others are noted: whoever waits
// for one ends the run, but one can also be asked whether it is over.
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

// onRealClock returns a function that is f, and is noted by its name when an explored run calls it.
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

// exploredRun returns the run of an exploration to which the calling thread belongs, nil if it belongs to none.
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
