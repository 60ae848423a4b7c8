package exceptions

// This file defines the exception of system calls that fail.

import (
	"fmt"
	"strings"
	"syscall"
	"unicode"
)

// OSError is an operation that the operating system, or what stands for it, refuses: OSError, or one of the classes
// that Python derives from it, such as ConnectionRefusedError. The class is that of the number, unless Class names
// another; errors.Is finds the syscall.Errno in it.
type OSError struct {
	Class   string // "" is that of Errno, or OSError itself
	Message string // "" is what Errno means
	Errno   int    // 0 is none
	// Note is what Python doesn't say: the cause, and what to do. It follows Python's words; "" is none.
	Note string
}

// System returns the exception for a failed system call.
func System(number syscall.Errno) *OSError { return &OSError{Errno: int(number)} }

// Strerror returns what the number means: "Connection refused".
func (e *OSError) Strerror() string {
	text := syscall.Errno(e.Errno).Error()
	if e.Errno == 0 || strings.HasPrefix(text, "errno ") {
		return fmt.Sprintf("Unknown error %d", e.Errno)
	}
	return string(unicode.ToUpper(rune(text[0]))) + text[1:]
}

// Error returns the message, or Python's words for the number, "[Errno 111] Connection refused", and the note.
func (e *OSError) Error() string {
	text := e.Message
	if text == "" {
		text = fmt.Sprintf("[Errno %d] %s", e.Errno, e.Strerror())
	}
	if e.Note != "" {
		text += ": " + e.Note
	}
	return text
}

// Exception returns the class.
func (e *OSError) Exception() string {
	if e.Class != "" {
		return e.Class
	}
	switch syscall.Errno(e.Errno) {
	case syscall.EAGAIN, syscall.EALREADY, syscall.EINPROGRESS:
		return "BlockingIOError"
	case syscall.EPIPE, syscall.ESHUTDOWN:
		return "BrokenPipeError"
	case syscall.ECONNABORTED:
		return "ConnectionAbortedError"
	case syscall.ECONNREFUSED:
		return "ConnectionRefusedError"
	case syscall.ECONNRESET:
		return "ConnectionResetError"
	case syscall.EACCES, syscall.EPERM:
		return "PermissionError"
	case syscall.EINTR:
		return "InterruptedError"
	case syscall.ENOENT:
		return "FileNotFoundError"
	case syscall.EEXIST:
		return "FileExistsError"
	case syscall.ETIMEDOUT:
		return "TimeoutError"
	case syscall.ECHILD:
		return "ChildProcessError"
	case syscall.ESRCH:
		return "ProcessLookupError"
	}
	return "OSError"
}

// Unwrap returns the number, nil if there is none.
func (e *OSError) Unwrap() error {
	if e.Errno == 0 {
		return nil
	}
	return syscall.Errno(e.Errno)
}

// Is reports whether target is an OSError of the same class and with the same number; one without a class or a number
// is that of any: errors.Is(err, &exceptions.OSError{}).
func (e *OSError) Is(target error) bool {
	o, ok := target.(*OSError)
	return ok && (o.Class == "" || o.Class == e.Exception()) && (o.Errno == 0 || o.Errno == e.Errno)
}
