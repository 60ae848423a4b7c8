package exceptions

// This file defines Python's hierarchy of exceptions, and the questions that it answers.

import "errors"

// derived is an exception outside of Python's built-in ones that knows which classes it is derived from.
type derived interface{ Bases() []string }

// base returns the class that a built-in exception is derived from, "" if name isn't one (Lib, "Exception hierarchy").
func base(name string) string {
	switch name {
	case "BaseException":
		return ""
	case "Exception", "KeyboardInterrupt", "SystemExit", "GeneratorExit", "BaseExceptionGroup", "CancelledError":
		return "BaseException"
	case "ZeroDivisionError", "OverflowError", "FloatingPointError":
		return "ArithmeticError"
	case "IndexError", "KeyError":
		return "LookupError"
	case "RecursionError", "NotImplementedError", "BrokenBarrierError", "BrokenExecutor":
		return "RuntimeError"
	case "UnicodeError":
		return "ValueError"
	case "UnboundLocalError":
		return "NameError"
	case "FileNotFoundError", "FileExistsError", "PermissionError", "IsADirectoryError", "NotADirectoryError",
		"ConnectionError", "TimeoutError", "BlockingIOError", "ChildProcessError", "InterruptedError",
		"ProcessLookupError":
		return "OSError"
	case "BrokenPipeError", "ConnectionRefusedError", "ConnectionResetError", "ConnectionAbortedError":
		return "ConnectionError"
	case "BrokenThreadPool":
		return "BrokenExecutor"
	}
	return "Exception"
}

// Bases returns the classes that an exception belongs to, its own first: ZeroDivisionError, ArithmeticError, Exception,
// BaseException. It is nil for an error that Python has no name for.
func Bases(e error) []string {
	var x Exception
	if !errors.As(e, &x) {
		return nil
	}
	all := []string{x.Exception()}
	if d, ok := x.(derived); ok {
		all = append(all, d.Bases()...)
	}
	for name := base(all[len(all)-1]); name != ""; name = base(name) {
		all = append(all, name)
	}
	return all
}

// Is reports whether what recover returned, or an error, is an exception of one of the classes: "except (ValueError,
// LookupError):" is
//
//	if e := recover(); exceptions.Is(e, "ValueError", "LookupError") { … }
//
// Go's own run-time errors count as what Python would raise, as Of says. Whatever else there is counts as an Exception.
// A nil v is none.
func Is(v any, classes ...string) bool {
	e := Of(v)
	if e == nil {
		return false
	}
	has := Bases(e)
	if has == nil {
		has = []string{"Exception", "BaseException"}
	}
	for _, has := range has {
		for _, want := range classes {
			if has == want {
				return true
			}
		}
	}
	return false
}

// Try calls fn and returns the exception that it panicked with, as Of says, or nil: "try: …, except Exception as e".
// Those that aren't Exceptions, which are KeyboardInterrupt and SystemExit, pass through, and so does what ends a
// thread from outside. It panics with a TypeError if fn is nil.
func Try(fn func()) (e error) {
	if fn == nil {
		panic(Type("'nil' object is not callable"))
	}
	returned := false
	defer func() {
		if returned {
			return
		}
		v := recover()
		if v == nil {
			return // runtime.Goexit continues by itself
		}
		if Uncatchable(v) {
			panic(v)
		}
		if e = Of(v); !Is(e, "Exception") {
			panic(v)
		}
	}()
	fn()
	returned = true
	return nil
}

// Uncatchable reports whether a panic ends the thread from outside, which no code of a learner may catch: an interrupt,
// the kill of its process, the machine's stop. Such a panic is an error with a method Uncatchable; what interpreted
// code panics with is wrapped with the calls that were open.
func Uncatchable(v any) bool {
	err, ok := v.(error)
	return ok && errors.As(err, new(interface{ Uncatchable() }))
}
