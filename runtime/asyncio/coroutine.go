package asyncio

// This file defines what counts as a coroutine: a Go function and its arguments.

import (
	"fmt"
	"strings"

	"gilkernel/runtime/call"
	"gilkernel/runtime/exceptions"
)

// A Coroutine is a call that hasn't been made yet: f(1) in Python, where f is an async def. Coro makes one; a function
// without arguments is one too.
type Coroutine struct{ call func() (any, error) }

// Coro returns the coroutine of a function and its arguments. It panics with a TypeError if they don't fit.
func Coro(fn any, args ...any) Coroutine {
	call := callOf(fn, args)
	if call == nil {
		panic(exceptions.Type("a coroutine was expected, got %s", repr(fn)))
	}
	return Coroutine{call}
}

// callOf is call.Of, for coroutines too.
func callOf(fn any, args []any) func() (any, error) {
	if c, ok := fn.(Coroutine); ok && len(args) == 0 {
		return c.call
	}
	return call.Of(fn, args)
}

// repr shows a value as Python's repr does, as far as Go's are like Python's.
func repr(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case string:
		return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`).Replace(v) + "'"
	case bool:
		if v {
			return "True"
		}
		return "False"
	}
	return fmt.Sprint(v)
}
