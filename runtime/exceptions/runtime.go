package exceptions

// This file defines the exceptions that Go's run-time errors correspond to; see Of.

// IndexError is an index beyond a sequence's ends.
type IndexError struct{ Message string }

// Error returns the message.
func (e *IndexError) Error() string { return e.Message }

// Exception returns "IndexError".
func (*IndexError) Exception() string { return "IndexError" }

// Is reports whether target is an IndexError too, whatever its message: errors.Is(err, &exceptions.IndexError{}).
func (*IndexError) Is(target error) bool { _, ok := target.(*IndexError); return ok }

// ZeroDivisionError is a division by zero.
type ZeroDivisionError struct{ Message string }

// Error returns the message.
func (e *ZeroDivisionError) Error() string { return e.Message }

// Exception returns "ZeroDivisionError".
func (*ZeroDivisionError) Exception() string { return "ZeroDivisionError" }

// Is reports whether target is a ZeroDivisionError too, whatever its message: errors.Is(err,
// &exceptions.ZeroDivisionError{}).
func (*ZeroDivisionError) Is(target error) bool { _, ok := target.(*ZeroDivisionError); return ok }

// RecursionError is too many nested calls.
type RecursionError struct{ Message string }

// Error returns the message.
func (e *RecursionError) Error() string { return e.Message }

// Exception returns "RecursionError".
func (*RecursionError) Exception() string { return "RecursionError" }

// Is reports whether target is a RecursionError too, whatever its message: errors.Is(err,
// &exceptions.RecursionError{}).
func (*RecursionError) Is(target error) bool { _, ok := target.(*RecursionError); return ok }

// NotImplementedError is something that this Python cannot do.
type NotImplementedError struct{ Message string }

// Error returns the message.
func (e *NotImplementedError) Error() string { return e.Message }

// Exception returns "NotImplementedError".
func (*NotImplementedError) Exception() string { return "NotImplementedError" }

// Is reports whether target is a NotImplementedError too, whatever its message: errors.Is(err,
// &exceptions.NotImplementedError{}).
func (*NotImplementedError) Is(target error) bool { _, ok := target.(*NotImplementedError); return ok }

// MemoryError is an allocation that failed.
type MemoryError struct{ Message string }

// Error returns the message.
func (e *MemoryError) Error() string { return e.Message }

// Exception returns "MemoryError".
func (*MemoryError) Exception() string { return "MemoryError" }

// Is reports whether target is a MemoryError too, whatever its message: errors.Is(err, &exceptions.MemoryError{}).
func (*MemoryError) Is(target error) bool { _, ok := target.(*MemoryError); return ok }

// StopIteration is the end of an iterator.
type StopIteration struct{ Message string }

// Error returns the message.
func (e *StopIteration) Error() string { return e.Message }

// Exception returns "StopIteration".
func (*StopIteration) Exception() string { return "StopIteration" }

// Is reports whether target is a StopIteration too, whatever its message: errors.Is(err, &exceptions.StopIteration{}).
func (*StopIteration) Is(target error) bool { _, ok := target.(*StopIteration); return ok }

// UnicodeError is text that cannot be encoded or decoded.
type UnicodeError struct{ Message string }

// Error returns the message.
func (e *UnicodeError) Error() string { return e.Message }

// Exception returns "UnicodeError".
func (*UnicodeError) Exception() string { return "UnicodeError" }

// Is reports whether target is a UnicodeError too, whatever its message: errors.Is(err, &exceptions.UnicodeError{}).
func (*UnicodeError) Is(target error) bool { _, ok := target.(*UnicodeError); return ok }

// EOFError is the end of a file where more was expected.
type EOFError struct{ Message string }

// Error returns the message.
func (e *EOFError) Error() string { return e.Message }

// Exception returns "EOFError".
func (*EOFError) Exception() string { return "EOFError" }

// Is reports whether target is an EOFError too, whatever its message: errors.Is(err, &exceptions.EOFError{}).
func (*EOFError) Is(target error) bool { _, ok := target.(*EOFError); return ok }

// BufferError is a buffer that cannot be used in this way.
type BufferError struct{ Message string }

// Error returns the message.
func (e *BufferError) Error() string { return e.Message }

// Exception returns "BufferError".
func (*BufferError) Exception() string { return "BufferError" }

// Is reports whether target is a BufferError too, whatever its message: errors.Is(err, &exceptions.BufferError{}).
func (*BufferError) Is(target error) bool { _, ok := target.(*BufferError); return ok }
