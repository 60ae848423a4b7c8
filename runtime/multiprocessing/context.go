package multiprocessing

// This file defines start methods and contexts: multiprocessing/context.py.

import (
	"runtime"
	"slices"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// The start methods.
const (
	methodFork   = "fork"
	methodSpawn  = "spawn"
	methodServer = "forkserver"
)

// system returns the operating system whose Python t's is: simulated machines are Linux.
func system(t *machine.Thread) string {
	if t.Machine().Simulated() {
		return "linux"
	}
	return runtime.GOOS
}

// methods returns the start methods of t's Python, the default first.
func methods(t *machine.Thread) []string {
	switch system(t) {
	case "windows":
		return []string{methodSpawn}
	case "darwin":
		return []string{methodSpawn, methodFork, methodServer}
	}
	if gil.Of(t).Minor() >= 314 {
		return []string{methodServer, methodFork, methodSpawn}
	}
	return []string{methodFork, methodSpawn, methodServer}
}

// startMethod returns the method of processes that have none of their own; the default is fixed from then on.
func (m *module) startMethod(t *machine.Thread) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.method == "" {
		m.method = methods(t)[0]
	}
	return m.method
}

// GetAllStartMethods returns the start methods of this Python, the default first.
func GetAllStartMethods() []string {
	t, _ := here("GetAllStartMethods")
	return methods(t)
}

// GetStartMethod returns how processes are started: "fork" through 3.13 and "forkserver" since 3.14 on Linux, "spawn"
// on macOS and Windows, unless SetStartMethod was called. The default is fixed from then on.
func GetStartMethod() string {
	t, m := here("GetStartMethod")
	return m.startMethod(t)
}

// A MethodOption is an optional argument of SetStartMethod: Force.
type MethodOption struct{ force bool }

// Force(true) lets SetStartMethod be called again.
func Force(force bool) MethodOption { return MethodOption{force} }

// SetStartMethod sets how processes are started, and so what their global variables begin with: see the package's
// documentation. It panics with a RuntimeError the second time, "context has already been set", and with
// a ValueError for a method that this Python doesn't have.
func SetStartMethod(method string, opts ...MethodOption) {
	t, m := here("SetStartMethod")
	force := false
	for _, o := range opts {
		force = o.force
	}
	m.mu.Lock()
	set := m.method != ""
	m.mu.Unlock()
	if set && !force {
		panic(exceptions.Runtime("context has already been set"))
	}
	checkMethod(t, method)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.method = method
}

func checkMethod(t *machine.Thread, method string) {
	if !slices.Contains(methods(t), method) {
		panic(exceptions.Value("cannot find context for '%s'", method))
	}
}

// methodWord returns a start method as names of processes begin with it: "Spawn"; "" is that of none.
func methodWord(method string) string {
	return map[string]string{methodFork: "Fork", methodSpawn: "Spawn", methodServer: "ForkServer"}[method]
}

// A Context makes processes with a start method of its own: multiprocessing.get_context. Everything else that it makes
// is what the package's functions make.
type Context struct{ method string }

// GetContext returns the context of a start method; that of "" is the one that SetStartMethod sets. It panics with a
// ValueError for a method that this Python doesn't have, "cannot find context for 'x'".
func GetContext(method string) *Context {
	t, _ := here("GetContext")
	if method != "" {
		checkMethod(t, method)
	}
	return &Context{method}
}

// GetStartMethod returns the context's start method.
func (c *Context) GetStartMethod() string {
	if c.method != "" {
		return c.method
	}
	return GetStartMethod()
}

// NewProcess is multiprocessing.NewProcess with the context's start method, which is in the process's name too:
// "SpawnProcess-1".
func (c *Context) NewProcess(target any, opts ...Option) *Process {
	_, m := here("NewProcess")
	return m.newProcess(c.GetStartMethod(), target, opts)
}

// Pipe is multiprocessing.Pipe.
func (c *Context) Pipe(opts ...PipeOption) (a, b *Connection) { return Pipe(opts...) }

// NewLock is multiprocessing.NewLock.
func (c *Context) NewLock(name ...string) *Lock { return NewLock(name...) }

// NewRLock is multiprocessing.NewRLock.
func (c *Context) NewRLock(name ...string) *RLock { return NewRLock(name...) }

// NewSemaphore is multiprocessing.NewSemaphore.
func (c *Context) NewSemaphore(value int, name ...string) *Semaphore {
	return NewSemaphore(value, name...)
}

// NewBoundedSemaphore is multiprocessing.NewBoundedSemaphore.
func (c *Context) NewBoundedSemaphore(value int, name ...string) *BoundedSemaphore {
	return NewBoundedSemaphore(value, name...)
}

// NewCondition is multiprocessing.NewCondition.
func (c *Context) NewCondition(lock Locker, name ...string) *Condition {
	return NewCondition(lock, name...)
}

// NewEvent is multiprocessing.NewEvent.
func (c *Context) NewEvent(name ...string) *Event { return NewEvent(name...) }

// NewBarrier is multiprocessing.NewBarrier.
func (c *Context) NewBarrier(parties int, opts ...BarrierOption) *Barrier {
	return NewBarrier(parties, opts...)
}

// NewQueue is multiprocessing.NewQueue.
func (c *Context) NewQueue(maxsize ...int) *Queue { return NewQueue(maxsize...) }

// NewJoinableQueue is multiprocessing.NewJoinableQueue.
func (c *Context) NewJoinableQueue(maxsize ...int) *JoinableQueue {
	return NewJoinableQueue(maxsize...)
}

// NewSimpleQueue is multiprocessing.NewSimpleQueue.
func (c *Context) NewSimpleQueue() *SimpleQueue { return NewSimpleQueue() }

// NewValue is multiprocessing.NewValue.
func (c *Context) NewValue(typecode string, value any, opts ...LockOption) *Value {
	return NewValue(typecode, value, opts...)
}

// NewArray is multiprocessing.NewArray.
func (c *Context) NewArray(typecode string, sizeOrValues any, opts ...LockOption) *Array {
	return NewArray(typecode, sizeOrValues, opts...)
}

// CPUCount is multiprocessing.CPUCount.
func (c *Context) CPUCount() int { return CPUCount() }
