package threading

// This file defines threads.

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// A Thread is threading.Thread. NewThread makes one, Start starts it; it belongs to the interpreter of the thread that
// starts it. Its methods are safe for concurrent use. The zero Thread isn't usable: its methods panic with a
// RuntimeError, "thread.__init__() not called" (Lib/threading.py).
type Thread struct {
	in   *gil.Interpreter // of the thread that made it
	mt   atomic.Pointer[machine.Thread]
	kind threadKind
	made machine.Site // where NewThread was called

	begun   atomic.Bool  // Start was called
	started machine.Word // 1 since it runs

	named  machine.Word // stands for name, where an explorer looks
	mu     sync.Mutex   // protects the fields below; held briefly
	name   string
	daemon bool
	target any // nil when it has been called
	label  string
	args   []any
	run    func(*Thread) // instead of calling target
	ran    bool
	failed any // what it panicked with
	stack  string
}

type threadKind uint8

const (
	usual threadKind = iota
	mainThread
	dummy
)

// An Option is an optional argument of NewThread and NewTimer: Args, Name, Daemon. The zero Option is none.
type Option struct {
	args   []any
	name   string
	daemon int // -1 false, 1 true
	what   optionKind
}

type optionKind uint8

const (
	_ optionKind = iota
	optArgs
	optName
	optDaemon
)

// String returns what Python calls the argument.
func (k optionKind) String() string { return [...]string{"", "args", "name", "daemon"}[k] }

// Args are the arguments that the target is called with. There are no keyword arguments in Go.
func Args(a ...any) Option { return Option{what: optArgs, args: a} }

// Name is the thread's name; an empty one leaves the default, "Thread-1 (f)" (before 3.10 "Thread-1").
func Name(name string) Option { return Option{what: optName, name: name} }

// Daemon(true) makes a thread that the end of the program doesn't wait for. The default is that of the thread that
// makes it.
func Daemon(daemon bool) Option {
	if daemon {
		return Option{what: optDaemon, daemon: 1}
	}
	return Option{what: optDaemon, daemon: -1}
}

// NewThread returns a thread that will call target, any function, with the arguments of Args; results are discarded. A
// nil target does nothing. It panics with a TypeError if target is no function, and with a RuntimeError in a plain
// goroutine, which belongs to no interpreter. Whether the arguments fit is seen when the thread runs, as in Python.
func NewThread(target any, opts ...Option) *Thread {
	th := newThread("NewThread", target, opts)
	moduleOf(th.in).remember(th)
	return th
}

func newThread(call string, target any, opts []Option) *Thread {
	t := machine.Current()
	in := gil.Of(t)
	if in == nil {
		panic(exceptions.Runtime("threading.%s: a plain goroutine belongs to no Python interpreter; call it in the "+
			"cell or in a threading.Thread", call))
	}
	m := moduleOf(in)
	th := &Thread{in: in, target: target, daemon: currentThread(t).Daemon(), made: t.Site()}
	if target != nil {
		callable(target, "target must be callable")
		th.label = funcName(target, m.theHost())
	}
	for _, o := range opts {
		switch o.what {
		case optArgs:
			th.args = o.args
		case optName:
			th.name = o.name
		case optDaemon:
			if th.daemon = o.daemon > 0; th.daemon {
				checkDaemon(in, "daemon threads are disabled in this (sub)interpreter")
			}
		}
	}
	if th.name == "" {
		th.name = m.number("Thread")
		if th.label != "" && in.Minor() >= 310 {
			th.name += " (" + th.label + ")"
		}
	}
	return th
}

// checkDaemon panics if an interpreter has no daemon threads: one with a GIL of its own in a process of others.
func checkDaemon(in *gil.Interpreter, words string) {
	if in.ID() != 0 && in.Profile().SubInterpreters {
		panic(exceptions.Runtime("%s", words))
	}
}

// check panics if the thread wasn't made by NewThread.
func (th *Thread) check() {
	if th == nil || th.in == nil && th.kind != dummy {
		panic(exceptions.Runtime("thread.__init__() not called"))
	}
}

// Start lets the thread run, and returns when it runs, as in Python: the caller waits, without the GIL, until the new
// thread has held it. It panics with a RuntimeError, "threads can only be started once", the second time.
func (th *Thread) Start() { th.start(nil) }

// StartIn is Start in another interpreter of the process, whose thread it becomes: that one's call_in_thread.
func (th *Thread) StartIn(in *gil.Interpreter) { th.start(in) }

// start is Start in an interpreter, nil for the caller's own.
func (th *Thread) start(elsewhere *gil.Interpreter) {
	th.check()
	t := machine.Current()
	if t == nil && th.kind == usual && th.in.Machine().Simulated() {
		panic(exceptions.Runtime("threading.Thread.Start: a plain goroutine can't start threads of a simulated " +
			"machine"))
	}
	if th.kind != usual || !th.begun.CompareAndSwap(false, true) {
		misuse(t, exceptions.Runtime("threads can only be started once"))
	}
	in := th.in
	if own := gil.Of(t); own != nil {
		in = own // the machine that the thread was made on may be gone
	}
	if elsewhere != nil {
		in = elsewhere
	}
	m := moduleOf(in)
	mt := in.Machine().NewThread(in, th.Label())
	th.mt.Store(mt)
	m.add(t, th)
	mt.Start(t, func(mt *machine.Thread) { th.bootstrap(mt, m) })
	if th.started.Load(t) == 1 {
		return
	}
	if t != nil {
		t.Detach()
		defer t.Resume()
	}
	why := machine.Why{Kind: timeline.WaitEvent, On: starting{th}}
	for th.started.Load(t) == 0 {
		t.Wait(&th.started, 0, forever, why)
	}
}

// starting is what a Start waits for.
type starting struct{ th *Thread }

func (s starting) Name() string              { return "the start of " + s.th.Label() }
func (s starting) Holders() []machine.Holder { return nil }

// threadKey is where a machine's thread keeps its Thread.
type threadKey struct{}

// bootstrap is Thread._bootstrap_inner.
func (th *Thread) bootstrap(mt *machine.Thread, m *module) {
	mt.SetLocal(threadKey{}, th)
	th.started.Store(mt, 1)
	th.started.Wake(mt, all)
	defer m.remove(mt, th)
	defer func() {
		if v := recover(); v != nil {
			if mt.Machine().Explored() && silent(v) {
				panic(v) // many runs end so, and no thread is left that could ask for the stack
			}
			stack := debug.Stack()
			th.mu.Lock()
			th.failed, th.stack = v, m.describe(th, v, stack).ExcTraceback
			th.mu.Unlock()
			m.uncaught(th, v, stack)
			panic(v) // for the machine, whose lane ends with it
		}
	}()
	th.Run()
}

// Run calls the target, in the calling thread. Threads do that by themselves; a learner may call Run to see that
// nothing runs at the same time. It panics with an AttributeError the second time, because Python has deleted the
// target by then.
func (th *Thread) Run() {
	th.check()
	th.mu.Lock()
	run, target, args, ran := th.run, th.target, th.args, th.ran
	th.target, th.args, th.ran = nil, nil, true
	th.mu.Unlock()
	switch {
	case run != nil:
		run(th)
	case ran:
		misuse(machine.Current(), &exceptions.AttributeError{Message: "'Thread' object has no attribute '_target'"})
	case target != nil:
		callTarget(th.in, target, th.label, args)
	}
}

// Join waits until the thread has ended, for at most a Timeout; IsAlive reports whether it is still running. The caller
// releases its GIL meanwhile. A panic that ended the thread isn't raised here: Exception returns it. It panics with a
// RuntimeError if the thread wasn't started ("cannot join thread before it is started") or is the caller ("cannot join
// current thread").
func (th *Thread) Join(opts ...WaitOption) {
	th.check()
	t := machine.Current()
	d := waitTime("join", opts)
	if th.kind == dummy {
		if th.in.Minor() < 313 {
			misuse(t, &exceptions.AssertionError{Message: "cannot join a dummy thread"})
		}
		misuse(t, exceptions.Runtime("cannot join a dummy thread"))
	}
	mt := th.mt.Load()
	if mt == nil || th.started.Load(t) == 0 && th.kind == usual {
		misuse(t, exceptions.Runtime("cannot join thread before it is started"))
	}
	if t != nil && mt == t {
		misuse(t, exceptions.Runtime("cannot join current thread"))
	}
	if d >= 0 && old(t) {
		poll(t, machine.Deadline(t, d), func() bool { return mt.Join(t, 0) })
		return
	}
	mt.Join(t, d)
}

// IsAlive reports whether the thread was started and hasn't ended.
func (th *Thread) IsAlive() bool {
	th.check()
	t := machine.Current()
	started := th.started.Load(t) == 1
	mt := th.mt.Load()
	return (started || th.kind != usual) && mt != nil && !mt.Ended()
}

// Name returns the thread's name.
func (th *Thread) Name() string {
	th.check()
	th.named.Load(machine.Current())
	return th.Label()
}

// Label is Name for tools that describe what a thread does: to ask is no step of the thread.
func (th *Thread) Label() string {
	th.mu.Lock()
	defer th.mu.Unlock()
	return th.name
}

// SetName renames the thread, in timelines too: t.name = "x".
func (th *Thread) SetName(name string) {
	th.check()
	th.named.Touch(machine.Current())
	th.mu.Lock()
	th.name = name
	th.mu.Unlock()
	if mt := th.mt.Load(); mt != nil {
		mt.SetName(name)
	}
}

// Daemon reports whether the end of the program doesn't wait for the thread.
func (th *Thread) Daemon() bool {
	th.check()
	th.mu.Lock()
	defer th.mu.Unlock()
	return th.daemon
}

// SetDaemon sets that before the start: t.daemon = True. It panics with a RuntimeError, "cannot set daemon status of
// active thread", after it.
func (th *Thread) SetDaemon(daemon bool) {
	th.check()
	if daemon && th.in != nil {
		checkDaemon(th.in, "daemon threads are disabled in this interpreter")
	}
	if th.begun.Load() || th.kind != usual {
		misuse(machine.Current(), exceptions.Runtime("cannot set daemon status of active thread"))
	}
	th.mu.Lock()
	defer th.mu.Unlock()
	th.daemon = daemon
}

// Ident returns the thread's number in its process, 0 before its start. It isn't given to another thread later.
func (th *Thread) Ident() int64 {
	th.check()
	if mt := th.mt.Load(); mt != nil {
		return int64(mt.ID())
	}
	if th.kind == dummy {
		return plainIdent + th.plainID()
	}
	return 0
}

// NativeID returns the operating system's number of the thread, a made-up one on a simulated machine, 0 before the
// start and for plain goroutines, which have none of their own.
func (th *Thread) NativeID() int64 {
	th.check()
	if mt := th.mt.Load(); mt != nil {
		return mt.NativeID()
	}
	return 0
}

// Exception returns what ended the thread, nil if it returned or hasn't ended: what it panicked with, as exceptions.Of
// says: an error, or a RuntimeError that says it.
func (th *Thread) Exception() error {
	th.check()
	th.mu.Lock()
	defer th.mu.Unlock()
	if th.failed == nil {
		return nil
	}
	return exceptions.Of(th.failed)
}

// Stack returns where the panic that ended the thread came from, as the host prints it, or as Go does without a host;
// "" if no panic did, or if it came from no line of the learner's.
func (th *Thread) Stack() string {
	th.check()
	th.mu.Lock()
	defer th.mu.Unlock()
	return th.stack
}

// String returns what Python's repr shows: "<Thread(Thread-1 (f), started daemon 7)>".
func (th *Thread) String() string {
	th.check()
	class := "Thread"
	switch th.kind {
	case mainThread:
		class = "_MainThread"
	case dummy:
		class = "_DummyThread"
	}
	return th.text(class)
}

// text is String for a class.
func (th *Thread) text(class string) string {
	status := []string{"initial"}
	switch {
	case th.mt.Load() != nil && th.mt.Load().Ended():
		status[0] = "stopped"
	case th.kind != usual || th.IsAlive():
		status[0] = "started"
	}
	if th.Daemon() {
		status = append(status, "daemon")
	}
	if id := th.Ident(); id != 0 {
		status = append(status, fmt.Sprint(id))
	}
	return fmt.Sprintf("<%s(%s, %s)>", class, th.Label(), strings.Join(status, " "))
}

// silent reports whether the end of a thread needs no report: the thread was asked to end, or another thread reports
// it.
func silent(v any) bool {
	err, ok := v.(error)
	if !ok {
		return false
	}
	var stopped *machine.Stopped
	var deadlocked *machine.Deadlocked
	var exit *exceptions.SystemExit
	// then the host reports it itself
	return errors.As(err, &stopped) || errors.As(err, &deadlocked) || errors.As(err, &exit) || exceptions.Uncatchable(v)
}
