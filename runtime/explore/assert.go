package explore

// This file defines assertions.

import (
	"fmt"

	"gilkernel/runtime/exceptions"
)

// Assert panics with Python's AssertionError if cond is false. The message is what fmt.Sprint makes of the arguments,
// and may be empty. Any goroutine may call it at any time. It is Python's assert statement, but for python -O: it can't
// be switched off.
func Assert(cond bool, message ...any) {
	if !cond {
		panic(&exceptions.AssertionError{Message: fmt.Sprint(message...)})
	}
}
