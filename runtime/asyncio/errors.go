package asyncio

// This file defines the exceptions of this package.

import (
	"fmt"
	"strings"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
)

// CancelledError is what a cancelled task panics with where it waits, and what other tasks receive as its outcome.
type CancelledError struct{}

// Error says so.
func (*CancelledError) Error() string { return "the task was cancelled" }

// Exception returns "CancelledError".
func (*CancelledError) Exception() string { return "CancelledError" }

// Is makes errors.Is treat all of them as equal.
func (*CancelledError) Is(target error) bool { _, ok := target.(*CancelledError); return ok }

// TimeoutError is what WaitFor and Timeout return when the time is up.
type TimeoutError = exceptions.TimeoutError

// InvalidStateError is a question for the result of a Future that has none yet, or a second result.
type InvalidStateError struct{ Message string }

// Error returns the message.
func (e *InvalidStateError) Error() string { return e.Message }

// Exception returns "InvalidStateError".
func (*InvalidStateError) Exception() string { return "InvalidStateError" }

// QueueEmpty is what Queue.GetNowait returns if there is nothing.
type QueueEmpty struct{ Queue string }

// Error returns a text that names the queue.
func (e *QueueEmpty) Error() string { return e.Queue + " is empty" }

// Exception returns "QueueEmpty".
func (*QueueEmpty) Exception() string { return "QueueEmpty" }

// Is makes errors.Is treat all of them as equal.
func (*QueueEmpty) Is(target error) bool { _, ok := target.(*QueueEmpty); return ok }

// QueueFull is what Queue.PutNowait returns if there is no room.
type QueueFull struct{ Queue string }

// Error returns a text that names the queue.
func (e *QueueFull) Error() string { return e.Queue + " is full" }

// Exception returns "QueueFull".
func (*QueueFull) Exception() string { return "QueueFull" }

// Is makes errors.Is treat all of them as equal.
func (*QueueFull) Is(target error) bool { _, ok := target.(*QueueFull); return ok }

// QueueShutDown is the end of a Queue that was shut down.
type QueueShutDown struct{ Queue string }

// Error returns a text that names the queue.
func (e *QueueShutDown) Error() string { return e.Queue + " is shut down" }

// Exception returns "QueueShutDown".
func (*QueueShutDown) Exception() string { return "QueueShutDown" }

// Is makes errors.Is treat all of them as equal.
func (*QueueShutDown) Is(target error) bool { _, ok := target.(*QueueShutDown); return ok }

// A Deadlock says that no task of a loop can ever continue. Run panics with it.
type Deadlock struct {
	Waits []machine.Waiting // in order of the tasks' creation; Thread is the task's name
}

// Error says which task waits for what, on a line each.
func (d *Deadlock) Error() string {
	var b strings.Builder
	if len(d.Waits) == 1 {
		b.WriteString("deadlock: the only task waits, and no other task can wake it")
	} else {
		fmt.Fprintf(&b, "deadlock: all %d tasks wait for ever", len(d.Waits))
	}
	for _, w := range d.Waits {
		fmt.Fprintf(&b, "\n  %s waits for %s", w.Thread, w.For)
		if w.At != (machine.Site{}) {
			fmt.Fprintf(&b, " at %s", w.At)
		}
		for _, h := range w.HeldBy {
			fmt.Fprintf(&b, ", held by %s", h)
		}
	}
	return b.String()
}

// Exception returns "Deadlock", which doesn't exist in Python.
func (*Deadlock) Exception() string { return "Deadlock" }

// Mermaid draws which task waits for what as a Mermaid flowchart.
func (d *Deadlock) Mermaid() string { return (&machine.Deadlock{Waits: d.Waits}).Mermaid() }

// gone is what the code of a task panics with whose loop is over.
type gone struct{}

func (gone) Error() string { return "the event loop of this task has ended" }

// Uncatchable keeps interpreted code's recover from seeing it.
func (gone) Uncatchable() {}
