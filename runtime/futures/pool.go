package futures

// This file defines the pool of threads: Lib/concurrent/futures/thread.py.

import (
	"fmt"
	"iter"
	"sync"

	"gilkernel/runtime/call"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/queue"
	"gilkernel/runtime/threading"
)

// A ThreadPoolExecutor makes calls in threads of its own, which it starts when they are needed. NewThreadPoolExecutor
// makes one. All methods may be called by several threads at once; those that configure it only before the first
// Submit.
type ThreadPoolExecutor struct {
	in          *gil.Interpreter
	version     int
	max         int
	prefix      string
	initializer func() (any, error)
	work        *queue.SimpleQueue

	lock    *threading.Lock // protects the fields below
	threads []*threading.Thread
	closed  bool
	broken  bool

	crew crew
	id   gil.Identity

	start func(name threading.Option) *threading.Thread // starts a worker; nil: in this interpreter
	spoil func() error                                  // what the pool panics with when it is broken; nil: newBroken
}

// brokenError is what callers get of a pool whose initializer has failed.
func (ex *ThreadPoolExecutor) brokenError() error {
	if ex.spoil != nil {
		return ex.spoil()
	}
	return newBroken()
}

// item is a call to be made; a nil *item makes a worker check whether it must end.
type item struct {
	f    *Future
	call func() (any, error)
}

// module is what an interpreter keeps of this package.
type module struct {
	mu      sync.Mutex // protects the fields below
	pools   int
	open    []*ThreadPoolExecutor
	atExit  bool
	closing bool
}

type moduleKey struct{}

func moduleOf(in *gil.Interpreter) *module {
	return in.State(moduleKey{}, func() any { return &module{} }).(*module)
}

// ends reports whether the program ends.
func (m *module) ends() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.closing
}

// NewThreadPoolExecutor returns a pool of at most maxWorkers threads. The default depends on the version and the cores
// of the machine: five for each through 3.7, from 3.8 on four more than there are, but at most 32. It panics with a
// ValueError, "max_workers must be greater than 0", and with a RuntimeError in a plain goroutine, which belongs to no
// interpreter.
func NewThreadPoolExecutor(maxWorkers ...int) *ThreadPoolExecutor {
	t := machine.Current()
	in := gil.Of(t)
	if in == nil {
		panic(exceptions.Runtime("futures.NewThreadPoolExecutor: a plain goroutine belongs to no Python interpreter; " +
			"call it in the cell or in a threading.Thread"))
	}
	ex := &ThreadPoolExecutor{in: in, version: minor(in)}
	switch cores := t.Machine().Cores(); {
	case len(maxWorkers) > 1:
		panic(exceptions.Type("ThreadPoolExecutor takes one number of workers, not %d; see ThreadNamePrefix and "+
			"Initializer", len(maxWorkers)))
	case len(maxWorkers) == 1:
		ex.max = maxWorkers[0]
	case ex.version < 8:
		ex.max = cores * 5
	default:
		ex.max = min(32, cores+4)
	}
	if ex.max <= 0 {
		panic(exceptions.Value("max_workers must be greater than 0"))
	}
	m := moduleOf(in)
	m.mu.Lock()
	ex.prefix = fmt.Sprintf("ThreadPoolExecutor-%d", m.pools)
	m.pools++
	m.mu.Unlock()
	ex.lock = threading.NewInnerLock(ex)
	ex.work = queue.NewSimpleQueue().Named(ex.prefix)
	return ex
}

// ThreadNamePrefix sets what the names of the threads begin with, by default "ThreadPoolExecutor-0" for the first pool,
// and returns the pool.
func (ex *ThreadPoolExecutor) ThreadNamePrefix(prefix string) *ThreadPoolExecutor {
	ex.configure("ThreadNamePrefix")
	if prefix != "" {
		ex.prefix = prefix
		ex.work.Named(prefix)
	}
	return ex
}

// Initializer sets what each thread calls before it makes its first call, and returns the pool. If it fails, the pool
// is broken. It panics with a TypeError, "initializer must be a callable", or if the arguments don't fit.
func (ex *ThreadPoolExecutor) Initializer(fn any, args ...any) *ThreadPoolExecutor {
	ex.configure("Initializer")
	if ex.initializer = call.Of(fn, args); ex.initializer == nil {
		panic(exceptions.Type("initializer must be a callable"))
	}
	return ex
}

func (ex *ThreadPoolExecutor) configure(call string) {
	ex.acquire()
	defer ex.lock.Release()
	if len(ex.threads) > 0 || ex.closed {
		panic(exceptions.Runtime("ThreadPoolExecutor.%s comes before the first Submit", call))
	}
}

// acquire takes the lock.
func (ex *ThreadPoolExecutor) acquire() {
	if ex.lock == nil {
		panic(&exceptions.AttributeError{Message: "a ThreadPoolExecutor that NewThreadPoolExecutor didn't make has " +
			"no attribute '_shutdown_lock'"})
	}
	ex.lock.Acquire()
}

// Name implements machine.Resource: "ThreadPoolExecutor-0".
func (ex *ThreadPoolExecutor) Name() string { return ex.prefix }

// String returns the executor's repr: "<concurrent.futures.thread.ThreadPoolExecutor object at 0x7f3a00000040>".
func (ex *ThreadPoolExecutor) String() string {
	return "<concurrent.futures.thread.ThreadPoolExecutor object at " + ex.id.Address(ex) + ">"
}

// GoString is String, so that %#v shows the same.
func (ex *ThreadPoolExecutor) GoString() string { return ex.String() }

// Holders implements machine.Resource.
func (ex *ThreadPoolExecutor) Holders() []machine.Holder { return nil }

// MaxWorkers returns how many threads there may be.
func (ex *ThreadPoolExecutor) MaxWorkers() int { return ex.max }

// Threads returns the threads that were started.
func (ex *ThreadPoolExecutor) Threads() []*threading.Thread {
	ex.acquire()
	defer ex.lock.Release()
	return append([]*threading.Thread(nil), ex.threads...)
}

// Submit lets a thread of the pool call fn with args, and returns the Future of its outcome. Numbers among the
// arguments may have another type than the parameter. It panics with a TypeError if fn is no function or the arguments
// don't fit, with a RuntimeError, "cannot schedule new futures after shutdown", after Shutdown, and with a
// *BrokenThreadPool if an initializer has failed.
func (ex *ThreadPoolExecutor) Submit(fn any, args ...any) *Future {
	call := call.Of(fn, args)
	if call == nil {
		panic(exceptions.Type("'%s' object is not callable", typeName(fn)))
	}
	t := machine.Current()
	ex.acquire()
	defer ex.lock.Release()
	switch {
	case ex.broken:
		panic(ex.brokenError())
	case ex.closed:
		panic(exceptions.Runtime("cannot schedule new futures after shutdown"))
	case moduleOf(ex.in).ends():
		panic(exceptions.Runtime("cannot schedule new futures after interpreter shutdown"))
	}
	f := newFuture(t)
	ex.work.Put(&item{f, call})
	ex.adjust(t)
	return f
}

func newBroken() error {
	return &BrokenThreadPool{BrokenExecutor{"A thread initializer failed, the thread pool is not usable anymore"}}
}

// register makes the end of the program end the pool: _python_exit.
func (ex *ThreadPoolExecutor) register(t *machine.Thread) {
	m := moduleOf(ex.in)
	m.mu.Lock()
	m.open = append(m.open, ex)
	first := !m.atExit
	m.atExit = true
	m.mu.Unlock()
	if first {
		threading.RegisterAtExit(t, m.exit)
	}
}

// exit is _python_exit.
func (m *module) exit() {
	m.mu.Lock()
	m.closing = true
	list := m.open
	m.open = nil
	m.mu.Unlock()
	for _, ex := range list {
		ex.work.Put((*item)(nil))
	}
	for _, ex := range list {
		for _, th := range ex.Threads() {
			th.Join()
		}
	}
}

// forget removes a pool from those that the end of the program ends.
func (m *module) forget(ex *ThreadPoolExecutor) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, o := range m.open {
		if o == ex {
			m.open = append(m.open[:i], m.open[i+1:]...)
			return
		}
	}
}

// over reports whether workers must end.
func (ex *ThreadPoolExecutor) over() bool {
	if moduleOf(ex.in).ends() {
		return true
	}
	ex.acquire()
	defer ex.lock.Release()
	return ex.closed
}

// initialize calls the initializer and reports whether it succeeded; if not, the pool is broken.
func (ex *ThreadPoolExecutor) initialize() bool {
	_, fatal, err := guard(ex.initializer)
	if fatal != nil {
		panic(fatal)
	}
	if err == nil {
		return true
	}
	threading.Report(machine.Current(), fmt.Sprintf("Exception in initializer:\n%s: %v\n", errorName(err), err))
	ex.acquire()
	defer ex.lock.Release()
	ex.broken = true
	for {
		v, err := ex.work.GetNowait()
		if err != nil {
			return false
		}
		if w := v.(*item); w != nil {
			w.f.SetException(ex.brokenError())
		}
	}
}

// run is _WorkItem.run.
func (w *item) run(t *machine.Thread) {
	if !w.f.SetRunningOrNotifyCancel() {
		return
	}
	w.f.runner.Store(t)
	returned := false
	defer func() {
		if !returned { // runtime.Goexit, which can't be recovered
			w.f.end(nil, exceptions.Runtime("the function ended its goroutine"))
		}
	}()
	result, fatal, err := guard(w.call)
	returned = true
	if fatal != nil {
		defer panic(fatal)
	}
	w.f.end(result, err)
}

// Map lets threads of the pool call fn with the elements of the iterables; see MapWith.
func (ex *ThreadPoolExecutor) Map(fn any, iterables ...any) iter.Seq2[any, error] {
	return MapWith(ex, fn, iterables...)
}

// Shutdown refuses more calls, and waits until the others are made and the threads have ended. NoWait doesn't wait,
// CancelFutures cancels what hasn't begun. It may be called again.
func (ex *ThreadPoolExecutor) Shutdown(opts ...ShutdownOption) {
	var o ShutdownOption
	for _, p := range opts {
		o |= p
	}
	ex.close(o&CancelFutures != 0)
	if o&NoWait != 0 {
		return
	}
	for _, th := range ex.Threads() {
		th.Join()
	}
	moduleOf(ex.in).forget(ex)
}

func (ex *ThreadPoolExecutor) close(cancel bool) {
	ex.acquire()
	defer ex.lock.Release()
	ex.closed = true
	for cancel {
		v, err := ex.work.GetNowait()
		if err != nil {
			break
		}
		if w := v.(*item); w != nil {
			w.f.Cancel()
		}
	}
	ex.work.Put((*item)(nil)) // wakes an idle worker
}

// With calls fn with the pool and shuts it down: "with ThreadPoolExecutor() as ex". With shuts it down after a panic
// too, but doesn't wait if the panic is the report of a deadlock or the end of the thread.
func (ex *ThreadPoolExecutor) With(fn func(ex *ThreadPoolExecutor)) {
	with(ex, func() { fn(ex) })
}

// with calls fn and shuts an executor down. After the report of a deadlock it doesn't wait: the wait would be the next
// deadlock.
func with(ex Executor, fn func()) {
	defer func() {
		v := recover()
		if v == nil {
			ex.Shutdown()
			return
		}
		if exceptions.Uncatchable(v) || isDeadlock(v) {
			ex.Shutdown(NoWait)
		} else {
			ex.Shutdown()
		}
		panic(v)
	}()
	fn()
}
