package exceptions

// This file defines what the operating system refuses.

// OSError is an operation that the operating system, or what stands for it, refuses. Class is the name of a subclass, such as
// "BrokenPipeError"; "" is OSError itself.
type OSError struct{ Class, Message string }

// Error returns the message.
func (e *OSError) Error() string { return e.Message }

// Exception returns the class.
func (e *OSError) Exception() string {
	if e.Class == "" {
		return "OSError"
	}
	return e.Class
}

// Is reports whether target is an OSError of the same class, or of none.
func (e *OSError) Is(target error) bool {
	o, ok := target.(*OSError)
	return ok && (o.Class == "" || o.Class == e.Class)
}
