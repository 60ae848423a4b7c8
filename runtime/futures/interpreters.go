package futures

// This file defines the pool of interpreters: Lib/concurrent/futures/interpreter.py of Python 3.14.

import (
	"errors"
	"fmt"
	"iter"

	"gilkernel/runtime/call"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/process"
	"gilkernel/runtime/threading"
)

// An InterpreterPoolExecutor makes calls in threads that have an interpreter each, in the same process (PEP 734): a GIL
// of its own, so that they run side by side, and global variables of its own, which begin as they are declared.
// Functions, arguments and results are copied from one interpreter to the other. NewInterpreterPoolExecutor makes one.
// All methods may be called by several threads at once; Initializer and ThreadNamePrefix only before the first Submit.
type InterpreterPoolExecutor struct {
	pool     *ThreadPoolExecutor
	siblings process.Siblings // nil: the host keeps no variables for each interpreter, and nothing is copied
	id       gil.Identity
}

// NewInterpreterPoolExecutor returns a pool of at most maxWorkers interpreters; the default is that of
// NewThreadPoolExecutor. It panics with an AttributeError before Python 3.14, with a ValueError, "max_workers must be
// greater than 0", and with a RuntimeError in a plain goroutine.
func NewInterpreterPoolExecutor(maxWorkers ...int) *InterpreterPoolExecutor {
	in := gil.Current()
	if in == nil {
		panic(exceptions.Runtime("futures.NewInterpreterPoolExecutor: a plain goroutine belongs to no Python " +
			"interpreter; call it in the cell or in a threading.Thread"))
	}
	if in.Minor() < 314 {
		panic(&exceptions.AttributeError{Message: fmt.Sprintf("module 'concurrent.futures' has no attribute "+
			"'InterpreterPoolExecutor': it came with Python 3.14, and this is %s", in.Profile().Version)})
	}
	ex := &InterpreterPoolExecutor{pool: NewThreadPoolExecutor(maxWorkers...), siblings: process.SiblingsOf(in)}
	ex.pool.ThreadNamePrefix("Interpreter" + ex.pool.prefix[len("Thread"):])
	ex.pool.start = ex.begin
	ex.pool.spoil = func() error {
		return &BrokenInterpreterPool{BrokenThreadPool{BrokenExecutor{newBroken().Error()}}}
	}
	return ex
}

// begin starts a worker in a new interpreter.
func (ex *InterpreterPoolExecutor) begin(name threading.Option) *threading.Thread {
	sub, err := ex.pool.in.Sub(true)
	if err != nil {
		panic(exceptions.Runtime("%v", err)) // the version was checked
	}
	th := threading.NewThread(func() {
		if ex.siblings != nil {
			ex.siblings.Enter(sub)
		}
		ex.pool.worker()
	}, name, threading.Daemon(false))
	th.StartIn(sub)
	return th
}

// ThreadNamePrefix is that of ThreadPoolExecutor; the default is "InterpreterPoolExecutor-0".
func (ex *InterpreterPoolExecutor) ThreadNamePrefix(prefix string) *InterpreterPoolExecutor {
	ex.pool.ThreadNamePrefix(prefix)
	return ex
}

// Initializer sets what each interpreter calls before it makes its first call, and returns the pool. If it fails, the
// pool is broken. It panics with a TypeError, "initializer must be a callable", if the arguments don't fit, and with a
// *NotShareableError if one of them can't be copied.
func (ex *InterpreterPoolExecutor) Initializer(fn any, args ...any) *InterpreterPoolExecutor {
	if call.Of(fn, args) == nil {
		panic(exceptions.Type("initializer must be a callable"))
	}
	task, err := ex.task("initializer", fn, args)
	if err != nil {
		panic(err)
	}
	ex.pool.Initializer(task)
	return ex
}

// Submit makes an interpreter of the pool call a copy of fn with copies of args, and returns the Future of its outcome,
// a copy too. What can't be copied is the Future's exception, a *NotShareableError. It panics as
// ThreadPoolExecutor.Submit does.
func (ex *InterpreterPoolExecutor) Submit(fn any, args ...any) *Future {
	if call.Of(fn, args) == nil {
		panic(exceptions.Type("'%s' object is not callable", typeName(fn)))
	}
	task, err := ex.task("function", fn, args)
	if err != nil {
		task = func() (any, error) { return nil, err }
	}
	return ex.pool.Submit(task)
}

// task returns a call of a copy of fn in another interpreter. The copy is written now, by the thread that holds what it
// is copied from.
func (ex *InterpreterPoolExecutor) task(name string, fn any, args []any) (func() (any, error), error) {
	if ex.siblings == nil {
		return call.Of(fn, args), nil
	}
	codec := ex.siblings.Codec()
	data, err := codec.DumpItems([]pickle.Item{{Name: name, Value: fn}, {Name: "args", Value: args}}, nil)
	if err != nil {
		return nil, &NotShareableError{err}
	}
	return func() (any, error) {
		items, err := codec.LoadItems(data, nil)
		if err != nil {
			return nil, &NotShareableError{err}
		}
		copies, _ := items[1].([]any)
		result, fatal, err := guard(call.Of(items[0], copies))
		switch {
		case fatal != nil:
			panic(fatal)
		case err != nil:
			return nil, ex.carry(codec, err)
		}
		return ex.copy(codec, result)
	}, nil
}

// copy returns a value as the interpreter of the pool's owner gets it.
func (ex *InterpreterPoolExecutor) copy(codec *pickle.Codec, v any) (any, error) {
	data, err := codec.DumpItems([]pickle.Item{{Name: "result", Value: v}}, nil)
	if err != nil {
		return nil, &NotShareableError{err}
	}
	items, err := codec.LoadItems(data, nil)
	if err != nil {
		return nil, &NotShareableError{err}
	}
	return items[0], nil
}

// carry returns a call's exception as the other interpreter gets it: a copy, or an ExecutionFailed that says what it
// was.
func (ex *InterpreterPoolExecutor) carry(codec *pickle.Codec, err error) error {
	var f *machine.Failure
	if !errors.As(err, &f) {
		if v, refused := ex.copy(codec, err); refused == nil {
			return v.(error)
		}
		return &ExecutionFailed{Type: errorName(err), Message: err.Error()}
	}
	if isDeadlock(f.Value) {
		return err
	}
	if v, refused := ex.copy(codec, f.Value); refused == nil {
		return &machine.Failure{Value: v, Stack: f.Stack}
	}
	return &machine.Failure{Value: &ExecutionFailed{Type: errorName(err), Message: f.Error()}, Stack: f.Stack}
}

// Map makes interpreters of the pool call fn with the elements of the iterables; see MapWith.
func (ex *InterpreterPoolExecutor) Map(fn any, iterables ...any) iter.Seq2[any, error] {
	return MapWith(ex, fn, iterables...)
}

// Shutdown is that of ThreadPoolExecutor.
func (ex *InterpreterPoolExecutor) Shutdown(opts ...ShutdownOption) { ex.pool.Shutdown(opts...) }

// With calls fn with the pool and shuts it down: see ThreadPoolExecutor.With.
func (ex *InterpreterPoolExecutor) With(fn func(ex *InterpreterPoolExecutor)) {
	ex.pool.With(func(*ThreadPoolExecutor) { fn(ex) })
}

// MaxWorkers returns how many interpreters there may be.
func (ex *InterpreterPoolExecutor) MaxWorkers() int { return ex.pool.MaxWorkers() }

// Threads returns the threads that were started.
func (ex *InterpreterPoolExecutor) Threads() []*threading.Thread { return ex.pool.Threads() }

// Name implements machine.Resource: "InterpreterPoolExecutor-0".
func (ex *InterpreterPoolExecutor) Name() string { return ex.pool.prefix }

// Holders implements machine.Resource.
func (ex *InterpreterPoolExecutor) Holders() []machine.Holder { return nil }

// String returns the executor's repr.
func (ex *InterpreterPoolExecutor) String() string {
	return "<concurrent.futures.interpreter.InterpreterPoolExecutor object at " + ex.id.Address(ex) + ">"
}

// GoString is String, so that %#v shows the same.
func (ex *InterpreterPoolExecutor) GoString() string { return ex.String() }

var _ Executor = (*InterpreterPoolExecutor)(nil)

// A NotShareableError says that a value can't be copied to another interpreter:
// concurrent.interpreters.NotShareableError. It wraps the reason.
type NotShareableError struct{ Err error }

// Error names the value, and what to do instead.
func (e *NotShareableError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *NotShareableError) Unwrap() error { return e.Err }

// Exception returns "NotShareableError".
func (*NotShareableError) Exception() string { return "NotShareableError" }

// An ExecutionFailed is the exception of a call in another interpreter which can't be copied itself:
// concurrent.interpreters.ExecutionFailed.
type ExecutionFailed struct{ Type, Message string }

// Error names the exception there.
func (e *ExecutionFailed) Error() string { return e.Type + ": " + e.Message }

// Exception returns "ExecutionFailed".
func (*ExecutionFailed) Exception() string { return "ExecutionFailed" }

// BrokenInterpreterPool is an InterpreterPoolExecutor whose initializer has failed.
type BrokenInterpreterPool struct{ BrokenThreadPool }

// Exception returns "BrokenInterpreterPool".
func (*BrokenInterpreterPool) Exception() string { return "BrokenInterpreterPool" }

// Unwrap returns the BrokenThreadPool that it is.
func (e *BrokenInterpreterPool) Unwrap() error { return &e.BrokenThreadPool }

// Is makes errors.Is treat all of them as equal.
func (*BrokenInterpreterPool) Is(target error) bool {
	_, ok := target.(*BrokenInterpreterPool)
	return ok
}
