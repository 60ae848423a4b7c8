package multiprocessing

// This file defines pools: multiprocessing/pool.py.

import (
	"fmt"
	"reflect"
	"runtime"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

// A Pool is multiprocessing.Pool: processes that run tasks. NewPool makes one, and Terminate ends it, or Close and
// Join. Its methods may be called by any thread of the process that made it; its zero value can't be used. A pool that
// is neither terminated nor closed lives as long as the session, or until the garbage collector finds that no variable
// refers to it.
//
// When a worker is killed, the pool is broken: its unfinished tasks fail with a *BrokenPool that says which worker
// ended, how, and in which task.
type Pool struct{ w *Workers }

// A PoolOption is an optional argument of NewPool: Initializer, MaxTasksPerChild.
type PoolOption struct {
	initializer any
	args        []any
	max         int
	what        poolOptionKind
}

type poolOptionKind uint8

const (
	_ poolOptionKind = iota
	optInitializer
	optMaxTasks
)

// Initializer makes each worker call fn with args before its first task: Pool(initializer=fn, initargs=args). Locks and
// queues can be sent to workers in these arguments. If it fails, the pool is broken; Python's pool starts new workers
// forever.
func Initializer(fn any, args ...any) PoolOption {
	return PoolOption{what: optInitializer, initializer: fn, args: args}
}

// MaxTasksPerChild(n) replaces a worker with a new one after n tasks; a chunk of a Map is one task:
// Pool(maxtasksperchild=n).
func MaxTasksPerChild(n int) PoolOption { return PoolOption{what: optMaxTasks, max: n} }

// A TaskOption is an optional argument of Map, ApplyAsync and their relatives: Chunksize, Callback, ErrorCallback.
type TaskOption struct {
	what     taskOptionKind
	n        int
	callback func(any)
	errback  func(error)
}

type taskOptionKind uint8

const (
	_ taskOptionKind = iota
	optChunksize
	optCallback
	optErrorCallback
)

// Chunksize(n) sends n items at a time: chunksize=n. By default, Map and Starmap make about four chunks for each
// worker, and Imap and ImapUnordered send one item at a time.
func Chunksize(n int) TaskOption { return TaskOption{what: optChunksize, n: n} }

// Callback makes a thread of the pool call f with the result: callback=f. It must not wait for the pool.
func Callback(f func(result any)) TaskOption { return TaskOption{what: optCallback, callback: f} }

// ErrorCallback makes a thread of the pool call f with the exception: error_callback=f. It must not wait for the pool.
func ErrorCallback(f func(err error)) TaskOption {
	return TaskOption{what: optErrorCallback, errback: f}
}

// NewPool returns a pool of the given number of processes; Python's default is CPUCount(). It panics with a ValueError,
// "Number of processes must be at least 1", for fewer than 1, with a ValueError for a MaxTasksPerChild below 1, with a
// TypeError, "initializer must be a callable", for an Initializer that isn't a function, and with an OSError if a
// process can't be started.
func NewPool(processes int, opts ...PoolOption) *Pool { return newPool("", processes, opts) }

// NewPool is multiprocessing.NewPool with the context's start method.
func (c *Context) NewPool(processes int, opts ...PoolOption) *Pool {
	return newPool(c.method, processes, opts)
}

func newPool(method string, processes int, opts []PoolOption) *Pool {
	_, m := here("NewPool")
	o := WorkersOptions{Processes: processes, Method: method, Kind: "Pool"}
	if processes < 1 {
		panic(exceptions.Value("Number of processes must be at least 1"))
	}
	for _, p := range opts {
		switch p.what {
		case optInitializer:
			if v := reflect.ValueOf(p.initializer); v.Kind() != reflect.Func || v.IsNil() {
				panic(exceptions.Type("initializer must be a callable"))
			}
			o.Initializer, o.Arguments = p.initializer, p.args
		case optMaxTasks:
			if p.max < 1 {
				panic(exceptions.Value("maxtasksperchild must be a positive int or None"))
			}
			o.MaxTasks = p.max
		}
	}
	p := &Pool{NewWorkers(o)}
	if m.s.Arena().Collects() {
		runtime.AddCleanup(p, func(w *Workers) {
			w.stop(nil,
				&BrokenPool{Message: w.name + " was ended because no variable referred to it. Keep the pool in a " +
					"variable until its tasks are done."}, sigTerm)
		}, p.w)
	}
	return p
}

// check returns the pool's workers.
func (p *Pool) check() *Workers {
	if p == nil || p.w == nil {
		panic(exceptions.Type("a Pool is made by NewPool: its zero value can't be used"))
	}
	return p.w
}

// taskOptions holds the TaskOptions of a call.
type taskOptions struct {
	chunk    int // 0: the default
	chunked  bool
	callback func(any)
	errback  func(error)
}

func (o *taskOptions) add(p TaskOption) {
	switch p.what {
	case optChunksize:
		o.chunk, o.chunked = p.n, true
	case optCallback:
		o.callback = p.callback
	case optErrorCallback:
		o.errback = p.errback
	}
}

func optionsOf(opts []TaskOption) (o taskOptions) {
	for _, p := range opts {
		o.add(p)
	}
	return o
}

// Apply calls fn with args in a worker and returns its result: several results are a []any, and a last result of type
// error is the exception. It panics with the exception of the task, a *TaskError.
func (p *Pool) Apply(fn any, args ...any) any { return p.ApplyAsync(fn, args...).Get() }

// ApplyAsync is Apply that doesn't wait. args may contain TaskOptions, which aren't passed to fn.
func (p *Pool) ApplyAsync(fn any, args ...any) *AsyncResult {
	w := p.check()
	w.running()
	var o taskOptions
	list := make([]any, 0, len(args))
	for _, a := range args {
		if opt, ok := a.(TaskOption); ok {
			o.add(opt)
		} else {
			list = append(list, a)
		}
	}
	t := machine.Current()
	r := p.newResult(t, "ApplyResult", fn, o)
	r.left = 1
	w.add(t, once(&job{what: callOnce, fn: fn, sink: r}, list))
	return r
}

// once returns the sequence of a job that has one task.
func once(j *job, args []any) *sequence {
	over := false
	return &sequence{job: j, next: func() (task, bool) {
		if over {
			return task{}, false
		}
		over = true
		return task{args: args}, true
	}}
}

func (p *Pool) newResult(t *machine.Thread, class string, fn any, o taskOptions) *AsyncResult {
	if v := reflect.ValueOf(fn); v.Kind() != reflect.Func || v.IsNil() {
		panic(notCallable(fn))
	}
	return &AsyncResult{class: class, pool: p, name: threading.FuncName(t, fn), callback: o.callback,
		errback: o.errback}
}

// Map calls fn in the workers with each of the items and returns the results in order. items is a slice, an array, a
// string, a map (of which it takes the keys), a channel, a Go iterator with one variable, or an int (the numbers below
// it). It panics with the first exception of a task, a *TaskError, when all tasks are done.
func (p *Pool) Map(fn, items any, opts ...TaskOption) []any {
	return p.MapAsync(fn, items, opts...).Get().([]any)
}

// MapAsync is Map that doesn't wait.
func (p *Pool) MapAsync(fn, items any, opts ...TaskOption) *AsyncResult {
	return p.mapAsync(callMap, fn, items, opts)
}

// Starmap is Map in which each item holds the arguments of one call: a []any, or another slice or array.
func (p *Pool) Starmap(fn, items any, opts ...TaskOption) []any {
	return p.StarmapAsync(fn, items, opts...).Get().([]any)
}

// StarmapAsync is Starmap that doesn't wait.
func (p *Pool) StarmapAsync(fn, items any, opts ...TaskOption) *AsyncResult {
	return p.mapAsync(callStar, fn, items, opts)
}

func (p *Pool) mapAsync(what byte, fn, items any, opts []TaskOption) *AsyncResult {
	w := p.check()
	w.running()
	t := machine.Current()
	o := optionsOf(opts)
	list := listOf(items)
	n := list.Len()
	chunk := o.chunk
	if !o.chunked {
		chunk = (n + 4*w.Size() - 1) / (4 * w.Size())
	}
	r := p.newResult(t, "MapResult", fn, o)
	r.values = make([]any, n)
	if n == 0 || chunk <= 0 { // as in Python
		r.value, r.pool = r.values, nil
		r.over.Store(t, 1)
		return r
	}
	r.chunk, r.left = chunk, (n+chunk-1)/chunk
	w.add(t, &sequence{job: &job{what: what, fn: fn, sink: r, chunk: chunk}, next: chunks(list, chunk)})
	return r
}

// chunks returns a function that returns the next chunk of a slice as a task, and false when there is none.
func chunks(list reflect.Value, chunk int) func() (task, bool) {
	i := 0
	return func() (task, bool) {
		from := i * chunk
		if from >= list.Len() {
			return task{}, false
		}
		x := task{i, list.Slice(from, min(from+chunk, list.Len())).Interface()}
		i++
		return x, true
	}
}

// listOf returns a copy of items as a slice: the caller may change items before the tasks are sent.
func listOf(items any) reflect.Value {
	v := reflect.ValueOf(items)
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Array {
		c := reflect.MakeSlice(reflect.SliceOf(v.Type().Elem()), v.Len(), v.Len())
		reflect.Copy(c, v)
		return c
	}
	list := []any{}
	each(items, func(x any) bool {
		list = append(list, x)
		return true
	})
	return reflect.ValueOf(list)
}

// each calls yield for each item until yield returns false. It panics with a TypeError if items can't be iterated over.
func each(items any, yield func(any) bool) {
	v := reflect.ValueOf(items)
	switch {
	case v.Kind() == reflect.String:
		for _, r := range v.String() {
			if !yield(string(r)) {
				return
			}
		}
	case v.Kind() == reflect.Slice, v.Kind() == reflect.Array, v.Kind() == reflect.Chan:
		if v.Kind() == reflect.Chan {
			for x := range v.Seq() {
				if !yield(x.Interface()) {
					return
				}
			}
			return
		}
		for i := range v.Len() {
			if !yield(v.Index(i).Interface()) {
				return
			}
		}
	case v.CanInt() || v.CanUint() || v.Kind() == reflect.Map ||
		v.Kind() == reflect.Func && v.Type().CanSeq() && !v.IsNil():
		for x := range v.Seq() {
			if !yield(x.Interface()) {
				return
			}
		}
	default:
		panic(notIterable(items))
	}
}

// notCallable returns the TypeError for a value that isn't a function, or is nil.
func notCallable(fn any) error {
	if fn == nil {
		return exceptions.Type("'NoneType' object is not callable")
	}
	return exceptions.Type("'%T' object is not callable", fn)
}

func notIterable(items any) error {
	if items == nil {
		return exceptions.Type("'NoneType' object is not iterable")
	}
	return exceptions.Type("'%T' object is not iterable", items)
}

// Close makes the pool refuse new tasks. The workers exit when all tasks are done. Closing it again does nothing.
func (p *Pool) Close() { p.check().Close() }

// Terminate ends the workers immediately and waits until they have ended. Unfinished tasks fail with a *BrokenPool; in
// Python, a thread that waits for such a task waits forever. Terminating it again does nothing.
func (p *Pool) Terminate() { p.check().Terminate(); runtime.KeepAlive(p) }

// Join waits until the workers have ended. Before Close or Terminate it panics with a ValueError, "Pool is still
// running" (in Python 3.6, with an AssertionError).
func (p *Pool) Join() {
	w := p.check()
	if w.status() == "RUN" {
		if gil.Of(machine.Current()).Minor() < 307 {
			assert(false, "")
		}
		panic(exceptions.Value("Pool is still running"))
	}
	w.Join()
	runtime.KeepAlive(p)
}

// With calls fn with the pool, then terminates the pool, also after a panic: "with Pool(4) as p: …".
func (p *Pool) With(fn func(p *Pool)) {
	p.check().running()
	defer p.leave()
	fn(p)
}

// leave ends a With. It doesn't wait while a panic ends the thread.
func (p *Pool) leave() {
	v := recover()
	if v == nil {
		p.Terminate()
		return
	}
	if ends(v, true) {
		p.w.stop(machine.Current(), &BrokenPool{Message: p.w.name + " was ended together with the block that made it."},
			sigKill)
	} else {
		p.Terminate()
	}
	panic(v)
}

// Processes returns the workers that run: in Python p._pool.
func (p *Pool) Processes() []*Process { return p.check().Processes() }

// Name returns the pool's name in timelines and reports: "Pool-1".
func (p *Pool) Name() string { return p.check().name }

// String returns its repr: "<multiprocessing.pool.Pool state=RUN pool_size=4>".
func (p *Pool) String() string {
	if p == nil || p.w == nil {
		return "<multiprocessing.pool.Pool>"
	}
	return fmt.Sprintf("<multiprocessing.pool.Pool state=%s pool_size=%d>", p.w.status(), p.w.Size())
}
