package multiprocessing

// This file defines the exceptions of pools.

import (
	"fmt"
	"strings"

	"gilkernel/runtime/exceptions"
)

// A TimeoutError is the panic of Get and Next after their Timeout: multiprocessing.TimeoutError.
type TimeoutError struct{}

// Error returns "", as Python's has no text.
func (*TimeoutError) Error() string { return "" }

// Exception returns "TimeoutError".
func (*TimeoutError) Exception() string { return "TimeoutError" }

// Bases says which exceptions it is derived from.
func (*TimeoutError) Bases() []string { return []string{"ProcessError"} }

// Is makes errors.Is take all of them for the same.
func (*TimeoutError) Is(target error) bool { _, ok := target.(*TimeoutError); return ok }

// A RemoteTraceback is the cause of an exception that was raised in another process: where, as that process would have
// printed it.
type RemoteTraceback struct{ Traceback string }

// Error returns the traceback between quotation marks, as Python does.
func (e *RemoteTraceback) Error() string { return "\n\"\"\"\n" + e.Traceback + "\"\"\"" }

// Exception returns "RemoteTraceback".
func (*RemoteTraceback) Exception() string { return "RemoteTraceback" }

// A TaskError is an exception of a task: what it panicked with in another process, or the error that it returned.
// errors.As finds a copy of that, and the RemoteTraceback.
type TaskError struct {
	Err   error // the copy
	Class string
	Cause *RemoteTraceback
}

// Error returns the exception's text.
func (e *TaskError) Error() string { return e.Err.Error() }

// Exception returns the name of the exception: "ValueError".
func (e *TaskError) Exception() string { return e.Class }

// Bases says which exceptions the exception is derived from.
func (e *TaskError) Bases() []string { return exceptions.Bases(e.Err) }

// Unwrap returns the exception and its cause.
func (e *TaskError) Unwrap() []error { return []error{e.Err, e.Cause} }

// CausedBy returns the cause, for code that prints the exception.
func (e *TaskError) CausedBy() error { return e.Cause }

// A MaybeEncodingError takes the place of a result that can't be sent back to the process of the pool.
type MaybeEncodingError struct {
	Exc   string // why
	Value string // what
}

// Error says both.
func (e *MaybeEncodingError) Error() string {
	return fmt.Sprintf("Error sending result: '%s'. Reason: '%s'", e.Value, e.Exc)
}

// Exception returns "MaybeEncodingError".
func (*MaybeEncodingError) Exception() string { return "MaybeEncodingError" }

// A BrokenPool is the exception of the unfinished tasks of a pool that has lost a worker, and of each task that the
// pool is given later. CPython's Pool waits forever instead.
type BrokenPool struct {
	Worker      string // its name; "" if no worker has ended
	PID         int
	ExitCode    int    // or minus the number of the signal that ended it
	OutOfMemory bool   // it ended because memory, or what it may have of it, had run out
	Task        string // the function that it ran, "" if it ran none
	Item        int    // which item of the job that was, from 0
	Message     string
}

// Error says which worker ended, how, and in which task.
func (e *BrokenPool) Error() string { return e.Message }

// Exception returns "BrokenPool".
func (*BrokenPool) Exception() string { return "BrokenPool" }

// Bases says which exceptions it is derived from.
func (*BrokenPool) Bases() []string { return []string{"RuntimeError"} }

// Is makes errors.Is take all of them for the same.
func (*BrokenPool) Is(target error) bool { _, ok := target.(*BrokenPool); return ok }

// A StandIn stands for an exception of a task that can't be sent: it has its name and its text.
type StandIn struct {
	Class   string
	Classes []string // that it is derived from
	Message string
}

// Error returns the text of the exception.
func (e *StandIn) Error() string { return e.Message }

// Exception returns the name of the exception.
func (e *StandIn) Exception() string { return e.Class }

// Bases says which exceptions the exception is derived from.
func (e *StandIn) Bases() []string { return e.Classes }

// clip shortens a value's text for a message.
func clip(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
