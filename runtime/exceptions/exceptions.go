// Package exceptions defines Python's built-in exceptions as Go errors.
//
// Where Python raises because a call was wrong (a lock released twice, a thread started twice), the runtime panics with
// one of these, as Go does for misuse; a cell then shows it in Python's form, "RuntimeError: release unlocked lock", at
// the line of the call. What a correct program must expect (an empty queue, a time-out) is returned as an error
// instead.
//
// Go's own run-time errors count as Python's exceptions: a division by zero is a ZeroDivisionError. Of has the table;
// Is, Try and Bases answer by Python's hierarchy.
//
//	Python                                  Go
//	try: f()                                err := exceptions.Try(f)
//	except (ValueError, LookupError):       if exceptions.Is(err, "ValueError", "LookupError") { … }
//	except ZeroDivisionError as e:          var e *exceptions.ZeroDivisionError; if errors.As(err, &e) { … }
//	in a deferred function                  if v := recover(); exceptions.Is(v, "ArithmeticError") { … }
//	raise ValueError("no")                  panic(exceptions.Value("no"))
//	except* ValueError as group:            match, rest := group.Split("ValueError")
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

// AttributeError is a name that an object doesn't have.
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

// Error returns "": Python's has no message.
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

// Is reports whether target is a RuntimeError too, whatever its message: errors.Is(err, &exceptions.RuntimeError{}).
func (*RuntimeError) Is(target error) bool { _, ok := target.(*RuntimeError); return ok }

// Is reports whether target is a ValueError too, whatever its message: errors.Is(err, &exceptions.ValueError{}).
func (*ValueError) Is(target error) bool { _, ok := target.(*ValueError); return ok }

// Is reports whether target is a TypeError too, whatever its message: errors.Is(err, &exceptions.TypeError{}).
func (*TypeError) Is(target error) bool { _, ok := target.(*TypeError); return ok }

// Is reports whether target is an AttributeError too, whatever its message: errors.Is(err,
// &exceptions.AttributeError{}).
func (*AttributeError) Is(target error) bool { _, ok := target.(*AttributeError); return ok }

// Is reports whether target is an OverflowError too, whatever its message: errors.Is(err, &exceptions.OverflowError{}).
func (*OverflowError) Is(target error) bool { _, ok := target.(*OverflowError); return ok }

// Is reports whether target is an AssertionError too, whatever its message: errors.Is(err,
// &exceptions.AssertionError{}).
func (*AssertionError) Is(target error) bool { _, ok := target.(*AssertionError); return ok }

// Is reports whether target is a SystemExit too, whatever its code: errors.Is(err, &exceptions.SystemExit{}).
func (*SystemExit) Is(target error) bool { _, ok := target.(*SystemExit); return ok }

// Is reports whether target is a KeyboardInterrupt too: errors.Is(err, &exceptions.KeyboardInterrupt{}).
func (*KeyboardInterrupt) Is(target error) bool { _, ok := target.(*KeyboardInterrupt); return ok }
