package futures

// This file defines what the pool knows of a call: its names and its end.

import (
	"errors"
	"fmt"
	"runtime/debug"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
)

// typeName is what Go calls a value's type.
func typeName(v any) string {
	if v == nil {
		return "NoneType"
	}
	return fmt.Sprintf("%T", v)
}

// errorName is what Python calls an exception, or what Go calls it. A panic with anything else is a RuntimeError.
func errorName(err error) string {
	var e exceptions.Exception
	if errors.As(err, &e) {
		return e.Exception()
	}
	if _, ok := err.(*machine.Failure); ok {
		return "RuntimeError"
	}
	return typeName(err)
}

// describe shows a panic as the last line of a traceback.
func describe(v any) string {
	f := &machine.Failure{Value: v}
	return errorName(f) + ": " + f.Error()
}

// isDeadlock reports whether a panic is the report of a deadlock.
func isDeadlock(v any) bool {
	var d *machine.Deadlock
	var other *machine.Deadlocked
	err, _ := v.(error)
	return errors.As(err, &d) || errors.As(err, &other)
}

// guard makes a call, and returns what it panics with as its exception; fatal is set if the panic must continue.
func guard(call func() (any, error)) (result any, fatal any, err error) {
	defer func() {
		if v := recover(); v != nil {
			result, err = nil, &machine.Failure{Value: v, Stack: debug.Stack()}
			if exceptions.Uncatchable(v) {
				fatal = v
			}
		}
	}()
	result, err = call()
	return result, nil, err
}
