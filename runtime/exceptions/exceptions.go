// Package exceptions defines Python's built-in exceptions as Go errors.
//
// Where Python raises because a call was wrong (a lock released twice, a thread started twice), the runtime
// panics with one of these, as Go does for misuse; a cell then shows it in Python's form, "RuntimeError: release
// unlocked lock", at the line of the call. What a correct program has to reckon with (an empty queue, a time-out) is
// returned as an error instead.
package exceptions

import "fmt"

// An Exception is an error that Python has a name for.
type Exception interface {
	error
	// Exception returns Python's name of the type, such as "ValueError".
	Exception() string
}

// RuntimeError is an operation that isn't possible in the present state.
type RuntimeError struct{ Message string }

// ValueError is an argument of the right type with a value that makes no sense.
type ValueError struct{ Message string }

// TypeError is an argument of the wrong type, or too many or too few of them.
type TypeError struct{ Message string }

// AttributeError is a name that something doesn't have.
type AttributeError struct{ Message string }

// OverflowError is a number that is too large.
type OverflowError struct{ Message string }

// Error returns the message.
func (e *OverflowError) Error() string { return e.Message }

// Exception returns "OverflowError".
func (*OverflowError) Exception() string { return "OverflowError" }

// Error returns the message.
func (e *AttributeError) Error() string { return e.Message }

// Exception returns "AttributeError".
func (*AttributeError) Exception() string { return "AttributeError" }

// AssertionError is an assertion that failed.
type AssertionError struct{ Message string }

// SystemExit ends the thread that raises it, silently. The zero SystemExit is that of sys.exit().
type SystemExit struct{ Code int }

// KeyboardInterrupt is what ends a cell that is interrupted. The zero KeyboardInterrupt is ready.
type KeyboardInterrupt struct{}

// Error returns nothing: Python's has no message.
func (*KeyboardInterrupt) Error() string { return "" }

// Exception returns "KeyboardInterrupt".
func (*KeyboardInterrupt) Exception() string { return "KeyboardInterrupt" }

// Error returns the message.
func (e *RuntimeError) Error() string { return e.Message }

// Error returns the message.
func (e *ValueError) Error() string { return e.Message }

// Error returns the message.
func (e *TypeError) Error() string { return e.Message }

// Error returns the message.
func (e *AssertionError) Error() string { return e.Message }

// Error returns the code.
func (e *SystemExit) Error() string { return fmt.Sprint(e.Code) }

// Exception returns "RuntimeError".
func (*RuntimeError) Exception() string { return "RuntimeError" }

// Exception returns "ValueError".
func (*ValueError) Exception() string { return "ValueError" }

// Exception returns "TypeError".
func (*TypeError) Exception() string { return "TypeError" }

// Exception returns "AssertionError".
func (*AssertionError) Exception() string { return "AssertionError" }

// Exception returns "SystemExit".
func (*SystemExit) Exception() string { return "SystemExit" }

// Runtime returns a *RuntimeError with a formatted message.
func Runtime(format string, a ...any) error { return &RuntimeError{fmt.Sprintf(format, a...)} }

// Value returns a *ValueError with a formatted message.
func Value(format string, a ...any) error { return &ValueError{fmt.Sprintf(format, a...)} }

// Type returns a *TypeError with a formatted message.
func Type(format string, a ...any) error { return &TypeError{fmt.Sprintf(format, a...)} }
