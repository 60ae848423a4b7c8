package asyncio

// This file defines what counts as a coroutine: a Go function and its arguments.

import (
	"reflect"

	"gilkernel/runtime/call"
	"gilkernel/runtime/exceptions"
)

// A Coroutine is a call that hasn't been made yet: f(1) in Python, where f is an async def. Coro makes one; a function
// without arguments is one too.
type Coroutine struct {
	call func() (any, error)
	fn   any // for texts
}

// Coro returns the coroutine of a function and its arguments. It panics with a TypeError if they don't fit.
func Coro(fn any, args ...any) Coroutine {
	call := callOf(fn, args)
	if call == nil {
		panic(exceptions.Type("a coroutine was expected, got %s", repr(fn)))
	}
	return Coroutine{call, targetOf(fn)}
}

// callOf is call.Of, for coroutines too.
func callOf(fn any, args []any) func() (any, error) {
	if c, ok := fn.(Coroutine); ok && len(args) == 0 {
		return c.call
	}
	return call.Of(fn, args)
}

// isFunc reports whether v is a function.
func isFunc(v any) bool { return reflect.ValueOf(v).Kind() == reflect.Func }

// targetOf returns the function that a coroutine calls.
func targetOf(fn any) any {
	if c, ok := fn.(Coroutine); ok {
		return c.fn
	}
	return fn
}
