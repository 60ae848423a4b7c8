package futures

// This file defines the pool of processes: Lib/concurrent/futures/process.py.

import (
	"errors"
	"iter"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"sync"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/threading"
)

// A ProcessPoolExecutor makes calls in processes of its own, each with an interpreter and a GIL of its own.
// NewProcessPoolExecutor makes one. Functions, arguments and results are sent, see package multiprocessing. All methods
// may be called by several threads at once; Initializer, MaxTasksPerChild and MPContext only before the first Submit.
type ProcessPoolExecutor struct {
	id    gil.Identity
	label string
	o     multiprocessing.WorkersOptions

	mu      sync.Mutex // protects the fields below; held briefly, never while anything waits
	workers *multiprocessing.Workers
	making  bool
	closed  bool
	pending map[*Future]bool // not done
}

// extraCalls is how many calls beyond one for each worker are sent: a call that was sent can't be cancelled
// (EXTRA_QUEUED_CALLS).
const extraCalls = 1

// windowsMost is how many processes Windows can wait for (_MAX_WINDOWS_WORKERS).
const windowsMost = 61

// NewProcessPoolExecutor returns a pool of at most maxWorkers processes, by default one for each core; they are started
// when they are needed. It panics with a ValueError, "max_workers must be greater than 0", and with a RuntimeError in a
// plain goroutine, which belongs to no interpreter.
func NewProcessPoolExecutor(maxWorkers ...int) *ProcessPoolExecutor {
	t := machine.Current()
	if gil.Of(t) == nil {
		panic(exceptions.Runtime("futures.NewProcessPoolExecutor: a plain goroutine belongs to no Python " +
			"interpreter; call it in the cell or in a threading.Thread"))
	}
	n := t.Machine().Cores()
	windows := runtime.GOOS == "windows" && !t.Machine().Simulated()
	if windows {
		n = min(n, windowsMost)
	}
	switch {
	case len(maxWorkers) > 1:
		panic(exceptions.Type("ProcessPoolExecutor takes one number of workers, not %d; see Initializer, "+
			"MaxTasksPerChild and MPContext", len(maxWorkers)))
	case len(maxWorkers) == 1:
		n = maxWorkers[0]
	}
	switch {
	case n <= 0:
		panic(exceptions.Value("max_workers must be greater than 0"))
	case windows && n > windowsMost:
		panic(exceptions.Value("max_workers must be <= %d", windowsMost))
	}
	return &ProcessPoolExecutor{label: threading.DefaultName(t, "ProcessPoolExecutor"), pending: map[*Future]bool{},
		o: multiprocessing.WorkersOptions{Processes: n, OnDemand: true, Window: n + extraCalls, AllErrors: true,
			Kind: "ProcessPoolExecutor", NamedAsChild: true, Finish: true}}
}

// configure calls set, which changes the options. It panics with a RuntimeError after the first Submit.
func (ex *ProcessPoolExecutor) configure(
	call string, set func(o *multiprocessing.WorkersOptions),
) *ProcessPoolExecutor {
	ex.check()
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if ex.workers != nil || ex.making || ex.closed {
		panic(exceptions.Runtime("ProcessPoolExecutor.%s comes before the first Submit", call))
	}
	set(&ex.o)
	return ex
}

func (ex *ProcessPoolExecutor) check() {
	if ex == nil || ex.pending == nil {
		panic(&exceptions.AttributeError{Message: "a ProcessPoolExecutor that NewProcessPoolExecutor didn't make has " +
			"no attribute '_shutdown_lock'"})
	}
}

// Initializer sets what each process calls before it makes its first call, and returns the pool. If it fails, the pool
// is broken. It panics with a TypeError, "initializer must be a callable".
func (ex *ProcessPoolExecutor) Initializer(fn any, args ...any) *ProcessPoolExecutor {
	if v := reflect.ValueOf(fn); v.Kind() != reflect.Func || v.IsNil() {
		panic(exceptions.Type("initializer must be a callable"))
	}
	return ex.configure("Initializer", func(o *multiprocessing.WorkersOptions) {
		o.Initializer, o.Arguments = fn,
			args
	})
}

// MaxTasksPerChild replaces a process by a new one after n calls, and returns the pool: max_tasks_per_child=n. It
// panics with a ValueError, "max_tasks_per_child must be >= 1".
func (ex *ProcessPoolExecutor) MaxTasksPerChild(n int) *ProcessPoolExecutor {
	if n <= 0 {
		panic(exceptions.Value("max_tasks_per_child must be >= 1"))
	}
	return ex.configure("MaxTasksPerChild", func(o *multiprocessing.WorkersOptions) { o.MaxTasks = n })
}

// MPContext sets how processes are started, and returns the pool: mp_context=multiprocessing.get_context("spawn").
func (ex *ProcessPoolExecutor) MPContext(c *multiprocessing.Context) *ProcessPoolExecutor {
	return ex.configure("MPContext", func(o *multiprocessing.WorkersOptions) { o.Method = c.GetStartMethod() })
}

// Name implements machine.Resource: "ProcessPoolExecutor-1".
func (ex *ProcessPoolExecutor) Name() string { return ex.label }

// String returns the executor's repr: "<concurrent.futures.process.ProcessPoolExecutor object at 0x7f3a00000040>".
func (ex *ProcessPoolExecutor) String() string {
	return "<concurrent.futures.process.ProcessPoolExecutor object at " + ex.id.Address(ex) + ">"
}

// GoString is String, so that %#v shows the same.
func (ex *ProcessPoolExecutor) GoString() string { return ex.String() }

// MaxWorkers returns how many processes there may be.
func (ex *ProcessPoolExecutor) MaxWorkers() int { return ex.o.Processes }

// Processes returns the running processes; nil before the first Submit.
func (ex *ProcessPoolExecutor) Processes() []*multiprocessing.Process {
	if w := ex.started(); w != nil {
		return w.Processes()
	}
	return nil
}

func (ex *ProcessPoolExecutor) started() *multiprocessing.Workers {
	ex.check()
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return ex.workers
}

// Submit makes a process of the pool call fn with args, and returns the Future of its outcome. If a value can't be
// sent, the error is the Future's exception. It panics with a RuntimeError, "cannot schedule new futures after
// shutdown", after Shutdown, and with a *BrokenProcessPool if a process was lost.
func (ex *ProcessPoolExecutor) Submit(fn any, args ...any) *Future {
	return ex.submit(func(w *multiprocessing.Workers, begin func() bool, done func(any, error)) {
		w.Submit(fn, args, begin, done)
	}, fn)
}

func (ex *ProcessPoolExecutor) submit(
	give func(w *multiprocessing.Workers, begin func() bool, done func(any, error)), fn any,
) *Future {
	ex.check()
	if v := reflect.ValueOf(fn); v.Kind() != reflect.Func || v.IsNil() {
		panic(exceptions.Type("'%s' object is not callable", typeName(fn)))
	}
	t := machine.Current()
	w := ex.open()
	if err := w.Broken(); err != nil {
		panic(broken("A child process terminated abruptly, the process pool is not usable anymore", err))
	}
	f := newFuture(t)
	ex.mu.Lock()
	if ex.closed {
		ex.mu.Unlock()
		panic(exceptions.Runtime("cannot schedule new futures after shutdown"))
	}
	ex.pending[f] = true
	ex.mu.Unlock()
	give(w, func() bool {
		if f.SetRunningOrNotifyCancel() {
			return true
		}
		ex.forget(f)
		return false
	}, func(v any, err error) {
		ex.forget(f)
		if b := new(multiprocessing.BrokenPool); errors.As(err, &b) {
			err = broken("A process in the process pool was terminated abruptly while the future was running or "+
				"pending", b)
		}
		if !f.Cancelled() {
			f.end(v, err)
		}
	})
	return f
}

// open returns the workers, which the first call makes.
func (ex *ProcessPoolExecutor) open() *multiprocessing.Workers {
	ex.mu.Lock()
	w, closed := ex.workers, ex.closed
	ex.mu.Unlock()
	switch {
	case closed:
		panic(exceptions.Runtime("cannot schedule new futures after shutdown"))
	case w != nil:
		return w
	}
	w = multiprocessing.NewWorkers(ex.o)
	ex.mu.Lock()
	other := ex.workers
	if other == nil {
		ex.workers = w
	}
	ex.mu.Unlock()
	if other != nil { // another thread was faster
		w.Close()
		return other
	}
	return w
}

func (ex *ProcessPoolExecutor) forget(f *Future) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	delete(ex.pending, f)
}

// Chunksize is an optional argument of ProcessPoolExecutor.Map: it sends n calls at a time. Other executors ignore it,
// as in Python.
func Chunksize(n int) WaitOption { return chunksize(n) }

type chunksize int

func (chunksize) apply(*waitOptions) {}

// Map makes processes of the pool call fn with the elements of the iterables; see MapWith. With Chunksize(n) each
// process is given n calls at once. It panics with a ValueError, "chunksize must be >= 1.", if that isn't positive.
func (ex *ProcessPoolExecutor) Map(fn any, iterables ...any) iter.Seq2[any, error] {
	size := 1
	for _, it := range iterables {
		if n, ok := it.(chunksize); ok {
			size = int(n)
		}
	}
	if size < 1 {
		panic(exceptions.Value("chunksize must be >= 1."))
	}
	if size == 1 {
		return MapWith(ex, fn, iterables...)
	}
	t := machine.Current()
	columns, o, stop := columnsOf(t, iterables)
	defer stop()
	var fs []*Future
	for over := false; !over; {
		var rows []any
		for len(rows) < size {
			args, ok := row(columns)
			if over = !ok; over {
				break
			}
			rows = append(rows, args)
		}
		if len(rows) > 0 {
			fs = append(fs, ex.submit(func(w *multiprocessing.Workers, begin func() bool, done func(any, error)) {
				w.SubmitChunk(fn, rows, begin, done)
			}, fn))
		}
	}
	return func(yield func(any, error) bool) {
		for chunk, err := range results(fs, o) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, r := range chunk.([]any) {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// Shutdown makes the pool refuse more calls, and waits until the submitted calls are done and the processes have
// exited. With NoWait it doesn't wait; with CancelFutures it cancels the calls that haven't begun. Calling it again
// does no harm.
func (ex *ProcessPoolExecutor) Shutdown(opts ...ShutdownOption) {
	var o ShutdownOption
	for _, p := range opts {
		o |= p
	}
	ex.check()
	w := ex.close()
	if w == nil {
		return
	}
	if o&CancelFutures != 0 {
		ex.cancel()
	}
	w.Close()
	if o&NoWait == 0 {
		w.Join()
	}
}

// close refuses more calls and returns the workers, nil if there are none.
func (ex *ProcessPoolExecutor) close() *multiprocessing.Workers {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.closed = true
	return ex.workers
}

// cancel cancels what hasn't begun.
func (ex *ProcessPoolExecutor) cancel() {
	ex.mu.Lock()
	list := slices.Collect(maps.Keys(ex.pending))
	ex.mu.Unlock()
	for _, f := range list {
		f.Cancel()
	}
}

// TerminateWorkers ends all processes at once with SIGTERM: terminate_workers, of 3.14. Calls that aren't done end with
// a *BrokenProcessPool.
func (ex *ProcessPoolExecutor) TerminateWorkers() {
	ex.check()
	if w := ex.close(); w != nil {
		w.Terminate()
	}
}

// KillWorkers is TerminateWorkers with SIGKILL: kill_workers.
func (ex *ProcessPoolExecutor) KillWorkers() {
	ex.check()
	if w := ex.close(); w != nil {
		w.Kill()
	}
}

// With calls fn with the pool and shuts it down: "with ProcessPoolExecutor() as ex". With shuts it down after a panic
// too, but doesn't wait if the panic is the report of a deadlock or the end of the thread.
func (ex *ProcessPoolExecutor) With(fn func(ex *ProcessPoolExecutor)) {
	with(ex, func() { fn(ex) })
}

var _ Executor = (*ProcessPoolExecutor)(nil)
