package queue

// This file defines what may be wrong with a queue.

// Empty is a Get that found nothing. errors.Is takes each for ErrEmpty.
type Empty struct{ Queue string }

// Full is a Put that found no room. errors.Is takes each for ErrFull.
type Full struct{ Queue string }

// ShutDown is a Put or a Get after Shutdown. errors.Is takes each for ErrShutDown.
type ShutDown struct{ Queue string }

// The targets for errors.Is.
var (
	ErrEmpty    error = &Empty{"a queue"}
	ErrFull     error = &Full{"a queue"}
	ErrShutDown error = &ShutDown{"a queue"}
)

// Error returns a text that names the queue.
func (e *Empty) Error() string { return e.Queue + " is empty" }

// Error returns a text that names the queue.
func (e *Full) Error() string { return e.Queue + " is full" }

// Error returns a text that names the queue.
func (e *ShutDown) Error() string { return e.Queue + " is shut down" }

// Exception returns "Empty".
func (*Empty) Exception() string { return "Empty" }

// Exception returns "Full".
func (*Full) Exception() string { return "Full" }

// Exception returns "ShutDown".
func (*ShutDown) Exception() string { return "ShutDown" }

// Is makes errors.Is treat all of them as equal.
func (*Empty) Is(target error) bool { _, ok := target.(*Empty); return ok }

// Is makes errors.Is treat all of them as equal.
func (*Full) Is(target error) bool { _, ok := target.(*Full); return ok }

// Is makes errors.Is treat all of them as equal.
func (*ShutDown) Is(target error) bool { _, ok := target.(*ShutDown); return ok }
