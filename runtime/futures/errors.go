package futures

// This file defines the exceptions of this package.

import (
	"errors"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/multiprocessing"
)

// CancelledError is the outcome of a Future that was cancelled.
type CancelledError struct{}

// Error says so.
func (*CancelledError) Error() string { return "the Future was cancelled" }

// Exception returns "CancelledError".
func (*CancelledError) Exception() string { return "CancelledError" }

// Is makes errors.Is treat all of them as equal.
func (*CancelledError) Is(target error) bool { _, ok := target.(*CancelledError); return ok }

// TimeoutError replaces an outcome when the time is up.
type TimeoutError = exceptions.TimeoutError

// InvalidStateError is a second outcome for a Future.
type InvalidStateError struct{ Message string }

// Error returns the message.
func (e *InvalidStateError) Error() string { return e.Message }

// Exception returns "InvalidStateError".
func (*InvalidStateError) Exception() string { return "InvalidStateError" }

// BrokenExecutor is an executor that can't be used any more. It is common to all kinds of executors: errors.Is(err,
// &BrokenExecutor{}) is true of each.
type BrokenExecutor struct{ Message string }

// Error returns the message.
func (e *BrokenExecutor) Error() string { return e.Message }

// Exception returns "BrokenExecutor".
func (*BrokenExecutor) Exception() string { return "BrokenExecutor" }

// Is makes errors.Is treat all of them as equal.
func (*BrokenExecutor) Is(target error) bool { _, ok := target.(*BrokenExecutor); return ok }

// BrokenThreadPool is a ThreadPoolExecutor whose initializer has failed.
type BrokenThreadPool struct{ BrokenExecutor }

// Exception returns "BrokenThreadPool".
func (*BrokenThreadPool) Exception() string { return "BrokenThreadPool" }

// Unwrap returns the BrokenExecutor that it is.
func (e *BrokenThreadPool) Unwrap() error { return &e.BrokenExecutor }

// Is makes errors.Is treat all of them as equal.
func (*BrokenThreadPool) Is(target error) bool { _, ok := target.(*BrokenThreadPool); return ok }

// BrokenProcessPool is a ProcessPoolExecutor that has lost a process, or whose initializer has failed.
type BrokenProcessPool struct {
	BrokenExecutor
	// Cause says which process has ended, how, and in which call; nil if none has.
	Cause *multiprocessing.BrokenPool
}

// broken returns a BrokenProcessPool with Python's words and what is known beyond them.
func broken(words string, why error) error {
	e := &BrokenProcessPool{BrokenExecutor: BrokenExecutor{words + "."}}
	if errors.As(why, &e.Cause) {
		e.Message = words + ". " + e.Cause.Message
	}
	return e
}

// Exception returns "BrokenProcessPool".
func (*BrokenProcessPool) Exception() string { return "BrokenProcessPool" }

// Bases returns the names of the exceptions from which it is derived.
func (*BrokenProcessPool) Bases() []string { return []string{"BrokenExecutor", "RuntimeError"} }

// Unwrap returns the BrokenExecutor that it is, and the cause.
func (e *BrokenProcessPool) Unwrap() []error {
	if e.Cause == nil {
		return []error{&e.BrokenExecutor}
	}
	return []error{&e.BrokenExecutor, e.Cause}
}

// Is makes errors.Is treat all of them as equal.
func (*BrokenProcessPool) Is(target error) bool { _, ok := target.(*BrokenProcessPool); return ok }
