package multiprocessing

// This file defines the exceptions of pools.

import (
	"fmt"
	"strings"

	"gilkernel/runtime/exceptions"
)

// A TimeoutError is the panic of Get and Next after their Timeout: multiprocessing.TimeoutError.
type TimeoutError struct{}

// Error returns "": Python's TimeoutError has no text.
func (*TimeoutError) Error() string { return "" }

// Exception returns "TimeoutError".
func (*TimeoutError) Exception() string { return "TimeoutError" }

// Bases returns the names of the exceptions from which it is derived.
func (*TimeoutError) Bases() []string { return []string{"ProcessError"} }

// Is makes errors.Is treat all of them as equal.
func (*TimeoutError) Is(target error) bool { _, ok := target.(*TimeoutError); return ok }

// A RemoteTraceback is the cause of an exception that was raised in another process: the traceback that process would
// have printed.
type RemoteTraceback struct{ Traceback string }

// Error returns the traceback between quotation marks, as Python does.
func (e *RemoteTraceback) Error() string { return "\n\"\"\"\n" + e.Traceback + "\"\"\"" }

// Exception returns "RemoteTraceback".
func (*RemoteTraceback) Exception() string { return "RemoteTraceback" }

// A TaskError is the exception of a task: the value it panicked with in another process, or the error it returned.
// errors.As finds a copy of that exception, and the RemoteTraceback.
type TaskError struct {
	Err   error // the copy of the exception
	Class string
	Cause *RemoteTraceback
}

// Error returns the exception's text.
func (e *TaskError) Error() string { return e.Err.Error() }

// Exception returns the name of the exception: "ValueError".
func (e *TaskError) Exception() string { return e.Class }

// Bases returns the names of the exceptions from which it is derived.
func (e *TaskError) Bases() []string { return exceptions.Bases(e.Err) }

// Unwrap returns the exception and its cause.
func (e *TaskError) Unwrap() []error { return []error{e.Err, e.Cause} }

// CausedBy returns the RemoteTraceback, for code that prints the exception.
func (e *TaskError) CausedBy() error { return e.Cause }

// A MaybeEncodingError takes the place of a result that can't be sent back to the process of the pool.
type MaybeEncodingError struct {
	Exc   string // why it can't be sent
	Value string // the result, as text
}

// Error returns a text with the result and the reason.
func (e *MaybeEncodingError) Error() string {
	return fmt.Sprintf("Error sending result: '%s'. Reason: '%s'", e.Value, e.Exc)
}

// Exception returns "MaybeEncodingError".
func (*MaybeEncodingError) Exception() string { return "MaybeEncodingError" }

// A BrokenPool is the exception of the unfinished tasks of a pool that has lost a worker, and of all calls that submit
// tasks to it later. CPython's Pool waits forever instead.
type BrokenPool struct {
	Worker      string // its name; "" if no worker was lost
	PID         int
	ExitCode    int    // negative: minus the number of the signal that ended it
	OutOfMemory bool   // it ended because memory, or its share of memory, had run out
	Task        string // the function that it was running, "" for none
	Item        int    // the index of the job's item that it was working on
	Message     string
}

// Error says which worker ended, how, and in which task.
func (e *BrokenPool) Error() string { return e.Message }

// Exception returns "BrokenPool".
func (*BrokenPool) Exception() string { return "BrokenPool" }

// Bases returns the names of the exceptions from which it is derived.
func (*BrokenPool) Bases() []string { return []string{"RuntimeError"} }

// Is makes errors.Is treat all of them as equal.
func (*BrokenPool) Is(target error) bool { _, ok := target.(*BrokenPool); return ok }

// A StandIn replaces an exception of a task that can't be sent: it has the exception's name and text.
type StandIn struct {
	Class   string
	Classes []string // from which it is derived
	Message string
}

// Error returns the text of the exception.
func (e *StandIn) Error() string { return e.Message }

// Exception returns the name of the exception.
func (e *StandIn) Exception() string { return e.Class }

// Bases returns the names of the exceptions from which it is derived.
func (e *StandIn) Bases() []string { return e.Classes }

// clip shortens a value's text for a message.
func clip(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
