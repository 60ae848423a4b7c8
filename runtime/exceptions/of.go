package exceptions

// This file defines which of Python's exceptions a panic or an error of Go's is.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// Of returns the exception that Python would raise where Go panics with v or returns v as an error. nil stays nil.
//
//	Go                                                            Python
//	integer divide by zero                                        ZeroDivisionError
//	index out of range, slice bounds out of range                 IndexError
//	invalid memory address or nil pointer dereference             AttributeError
//	interface conversion, comparing or hashing what can't be      TypeError
//	assignment to entry in nil map                                TypeError
//	negative shift amount, makeslice: len out of range            ValueError
//	cannot convert slice … to array; a number that strconv can't read  ValueError
//	more than 100,000 nested calls                                RecursionError
//	an allocation that fails, makeslice: cap out of range         MemoryError
//	send on closed channel, close of closed or nil channel        ValueError
//	fs.ErrNotExist, ErrExist, ErrPermission, other system calls   FileNotFoundError, FileExistsError, PermissionError, OSError
//	io.EOF, io.ErrUnexpectedEOF                                   EOFError
//	os.ErrDeadlineExceeded, context.DeadlineExceeded              TimeoutError
//	context.Canceled                                              CancelledError
//
// An error that is or wraps an Exception is returned as it is, and so is another error, which is none of Python's;
// another value is a RuntimeError with its text. errors.As finds in the result both Python's type and, through Unwrap,
// what v was.
func Of(v any) error {
	if v == nil {
		return nil
	}
	err, ok := v.(error)
	if !ok {
		return Runtime("%s", fmt.Sprint(v))
	}
	var known Exception
	if errors.As(err, &known) {
		return err
	}
	if e := translate(err); e != nil {
		return &caused{e, err}
	}
	return err
}

// caused is an exception that stands for an error of Go's.
type caused struct {
	is    Exception
	cause error
}

// Error returns the exception's message.
func (c *caused) Error() string { return c.is.Error() }

// Exception returns the exception's name.
func (c *caused) Exception() string { return c.is.Exception() }

// Unwrap returns the exception and what it stands for.
func (c *caused) Unwrap() []error { return []error{c.is, c.cause} }

// translate returns the exception for an error of Go's, nil if there is none.
func translate(err error) Exception {
	var deep interface{ Recursion() }
	var run runtime.Error
	var number *strconv.NumError
	switch {
	case errors.As(err, &deep):
		return &RecursionError{err.Error()}
	case errors.As(err, &run):
		return fromRuntime(run)
	case errors.As(err, &number):
		return fromNumber(number)
	case errors.Is(err, context.DeadlineExceeded):
		return &TimeoutError{err.Error()}
	case errors.Is(err, context.Canceled):
		return &named{"CancelledError", err.Error()}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &EOFError{err.Error()}
	}
	return fromSystem(err)
}

// fromRuntime returns the exception for a run-time error.
func fromRuntime(err runtime.Error) Exception {
	text := strings.TrimPrefix(err.Error(), "runtime error: ")
	var failed *runtime.TypeAssertionError
	if errors.As(err, &failed) {
		return &TypeError{text}
	}
	for _, row := range []struct {
		part string
		make func() Exception
	}{
		{"divide by zero", func() Exception { return &ZeroDivisionError{"integer division or modulo by zero"} }},
		{"cap out of range", func() Exception { return &MemoryError{text} }},
		{"len out of range", func() Exception { return &ValueError{text} }},
		{"out of range", func() Exception { return &IndexError{text} }},
		{"nil pointer dereference",
			func() Exception { return &AttributeError{"'NoneType' object has no attributes: " + text} }},
		{"nil map", func() Exception {
			return &TypeError{"'NoneType' object does not support item assignment: " + text}
		}},
		{"unhashable type", func() Exception { return &TypeError{text} }},
		{"uncomparable type", func() Exception { return &TypeError{text} }},
		{"shift amount", func() Exception { return &ValueError{"negative shift count"} }},
		{"slice with length", func() Exception { return &ValueError{text} }},
		{"closed channel", func() Exception { return &ValueError{text} }},
		{"nil channel", func() Exception { return &ValueError{text} }},
		{"out of memory", func() Exception { return &MemoryError{text} }},
		{"stack", func() Exception { return &RecursionError{text} }},
	} {
		if strings.Contains(text, row.part) {
			return row.make()
		}
	}
	return &RuntimeError{text}
}

// fromNumber returns the exception for a text that is no number: int("x") and float("x").
func fromNumber(err *strconv.NumError) Exception {
	switch {
	case strings.HasPrefix(err.Func, "ParseFloat"):
		return &ValueError{"could not convert string to float: " + quote(err.Num)}
	case errors.Is(err, strconv.ErrRange):
		return &OverflowError{err.Error()}
	}
	return &ValueError{"invalid literal for int() with base 10: " + quote(err.Num)}
}

func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`).Replace(s) + "'"
}

// fromSystem returns the exception for a failed system call, nil if err is none.
func fromSystem(err error) Exception {
	for _, row := range []struct {
		is   error
		name string
	}{
		{fs.ErrNotExist, "FileNotFoundError"}, {fs.ErrExist, "FileExistsError"}, {fs.ErrPermission, "PermissionError"},
		{syscall.EISDIR, "IsADirectoryError"}, {syscall.ENOTDIR, "NotADirectoryError"},
		{syscall.ECONNREFUSED, "ConnectionRefusedError"}, {syscall.ECONNRESET, "ConnectionResetError"},
		{syscall.ECONNABORTED, "ConnectionAbortedError"}, {syscall.EPIPE, "BrokenPipeError"},
		{syscall.EAGAIN, "BlockingIOError"}, {syscall.ECHILD, "ChildProcessError"},
		{syscall.ESRCH, "ProcessLookupError"},
		{syscall.ENOMEM, "MemoryError"},
	} {
		if errors.Is(err, row.is) {
			return &named{row.name, err.Error()}
		}
	}
	var network net.Error
	if errors.As(err, &network) && network.Timeout() {
		return &TimeoutError{err.Error()}
	}
	var path *fs.PathError
	var number syscall.Errno
	if network != nil || errors.As(err, &path) || errors.As(err, &number) {
		return &named{"OSError", err.Error()}
	}
	return nil
}

// named is an exception that has no type of its own, because Go has other ways to ask for it: errors.Is(err,
// fs.ErrNotExist).
type named struct{ name, message string }

func (e *named) Error() string     { return e.message }
func (e *named) Exception() string { return e.name }
