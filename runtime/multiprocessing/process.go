package multiprocessing

// This file defines processes.

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
	"gilkernel/runtime/threading"
)

// A Process is multiprocessing.Process: a function that another process calls, with an interpreter and a GIL of its
// own. NewProcess makes one, Start starts it. The function gets copies of its arguments; send results through a Queue
// or a Pipe, or share a Value or an Array. It has global variables of its own; what they begin with depends on the
// start method. Its methods may be called by any thread of the process that made it.
type Process struct {
	m        *module
	identity []int // numbers of the way down from the main process; nil for that
	method   string
	self     *process.Process // of the current process and its parent, as others see it
	stranger bool             // the parent: it isn't a child of ours
	up       *Process         // the parent of the current process; protected by m.mu
	work     *work            // of a worker of a pool
	ended    func(t *machine.Thread, code int)

	// The fields below are protected by m.mu.
	name   string
	daemon bool
	key    string
	door   []*Connection // it is a manager's; see serveManager
	target any
	args   []any
	begun  bool
	closed bool
	child  *process.Process // nil before the start
	sent   int              // the last signal that this process has sent it
}

// The numbers of signals.
const (
	sigInt  = 2
	sigKill = 9
	sigTerm = 15
)

// NewProcess returns a process that will call target, any function, with the arguments of Args, when it is started; its
// results are dropped. A nil target does nothing. It panics with a TypeError if target is no function.
func NewProcess(target any, opts ...Option) *Process {
	_, m := here("NewProcess")
	return m.newProcess("", target, opts)
}

func (m *module) newProcess(method string, target any, opts []Option) *Process {
	if v := reflect.ValueOf(target); target != nil && (v.Kind() != reflect.Func || v.IsNil()) {
		panic(notCallable(target))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.numbers++
	p := &Process{m: m, method: method, target: target, daemon: m.current.daemon, key: m.current.key}
	p.identity = append(append(p.identity, m.current.identity...), m.numbers)
	for _, o := range opts {
		switch o.what {
		case optArgs:
			p.args = o.args
		case optName:
			p.name = o.name
		case optDaemon:
			p.daemon = o.daemon
		}
	}
	if p.name == "" {
		var numbers []string
		for _, n := range p.identity {
			numbers = append(numbers, strconv.Itoa(n))
		}
		p.name = methodWord(method) + "Process-" + strings.Join(numbers, ":")
	}
	return p
}

// check panics if the process wasn't made by NewProcess, or was closed.
func (p *Process) check() {
	if p == nil || p.m == nil {
		panic(exceptions.Runtime("Process.__init__() not called: make processes with NewProcess"))
	}
	p.m.mu.Lock()
	defer p.m.mu.Unlock()
	if p.closed {
		panic(exceptions.Value("process object is closed"))
	}
}

// assert panics with an AssertionError unless ok.
func assert(ok bool, words string) {
	if !ok {
		panic(&exceptions.AssertionError{Message: words})
	}
}

// started returns the child; it panics with an AssertionError if this isn't the process that made p.
func (p *Process) started(words string) *process.Process {
	p.check()
	p.m.mu.Lock()
	defer p.m.mu.Unlock()
	assert(p.self == nil, words)
	return p.child
}

// Start starts the process and returns when it has a number; it may not have done anything then. It panics with an
// AssertionError, "cannot start a process twice", the second time, and in a daemon; and if the target or an argument
// can't be sent to another process.
func (p *Process) Start() {
	p.check()
	t, m := here("Process.Start")
	p.m.mu.Lock()
	begun, current := p.begun, m.current
	daemon := current.daemon
	p.m.mu.Unlock()
	assert(!begun, "cannot start a process twice")
	assert(p.m == m, "can only start a process object created by current process")
	assert(!daemon, "daemonic processes are not allowed to have children")
	m.active(t)
	spec := m.spec(t, p)
	child, err := m.s.Spawn(t, spec)
	if err != nil {
		panic(&exceptions.OSError{Message: fmt.Sprintf("starting %s: %v", p.Name(), err)})
	}
	m.mu.Lock()
	p.begun, p.child = true, child
	p.target, p.args = nil, nil // they may be large, and are the child's now
	m.children = append(m.children, p)
	m.mu.Unlock()
}

// Run calls the target, in the calling process. The new process does that by itself.
func (p *Process) Run() {
	p.check()
	p.m.mu.Lock()
	target, args := p.target, p.args
	p.m.mu.Unlock()
	if target != nil {
		threading.Call(machine.Current(), target, args)
	}
}

// Join waits until the process has ended, for at most a Timeout; ExitCode shows whether it has. The caller releases its
// GIL meanwhile. It panics with an AssertionError if the process wasn't started ("can only join a started process") or
// is no child of this one.
func (p *Process) Join(opts ...WaitOption) {
	d := timeout("join", opts)
	t := machine.Current()
	if p != nil && p.stranger {
		p.self.Wait(t, d)
		return
	}
	child := p.started("can only join a child process")
	assert(child != nil, "can only join a started process")
	if child.Wait(t, d) {
		p.m.discard(p)
	}
}

// IsAlive reports whether the process was started and hasn't ended.
func (p *Process) IsAlive() bool {
	p.check()
	t := machine.Current()
	if p.self != nil {
		_, ended := p.self.Exit(t)
		return !ended
	}
	child := p.started("can only test a child process")
	if child == nil {
		return false
	}
	if _, ended := child.Exit(t); !ended {
		return true
	}
	p.m.discard(p)
	return false
}

// Terminate ends the process with SIGTERM, wherever it is: it releases nothing that it holds, and what it puts into a
// queue just then may be lost. What has ended stays as it is. It panics with an AttributeError before the start, as
// Python does.
func (p *Process) Terminate() { p.signal("terminate", sigTerm) }

// Kill is Terminate with SIGKILL.
func (p *Process) Kill() { p.signal("kill", sigKill) }

// Interrupt sends SIGINT: the main thread of the process panics with a KeyboardInterrupt, at its next check or where it
// waits, and can recover it. Uncaught it ends the process with its traceback and exit code 1. A process that hasn't
// begun with its target is ended by the signal. Python has it since 3.14; in older versions, os.kill(p.pid,
// signal.SIGINT) does the same. It panics as Terminate does.
func (p *Process) Interrupt() { p.signal("interrupt", sigInt) }

func (p *Process) signal(call string, sig int) {
	if p.started("can only test a child process") == nil {
		panic(&exceptions.AttributeError{Message: "'NoneType' object has no attribute '" + call + "'"})
	}
	p.send(sig)
}

func (p *Process) send(sig int) {
	p.m.mu.Lock()
	p.sent = sig
	p.m.mu.Unlock()
	if err := p.child.Signal(sig); err != nil {
		panic(&exceptions.OSError{Message: fmt.Sprintf("ending %s: %v", p.Name(), err)})
	}
}

// Close releases what the object holds; its other methods panic with a ValueError then, "process object is closed". It
// panics with a ValueError while the process runs.
func (p *Process) Close() {
	if p == nil || p.m == nil {
		p.check()
	}
	p.m.mu.Lock()
	child, closed := p.child, p.closed
	p.m.mu.Unlock()
	if closed {
		return
	}
	if child != nil {
		if _, ended := child.Exit(machine.Current()); !ended {
			panic(exceptions.Value("Cannot close a process while it is still running. You should first call join() " +
				"or terminate()."))
		}
		p.m.discard(p)
	}
	p.m.mu.Lock()
	defer p.m.mu.Unlock()
	p.closed, p.child, p.target, p.args = true, nil, nil, nil
}

// Name returns the process's name.
func (p *Process) Name() string {
	p.check0()
	p.m.mu.Lock()
	defer p.m.mu.Unlock()
	return p.name
}

// check0 is check for what closed processes can do.
func (p *Process) check0() {
	if p == nil || p.m == nil {
		p.check()
	}
}

// SetName renames the process, here: p.name = "x".
func (p *Process) SetName(name string) {
	p.check0()
	p.m.mu.Lock()
	p.name = name
	p.m.mu.Unlock()
	if p.self != nil && !p.stranger {
		p.self.SetName(name)
	}
}

// Daemon reports whether the process is terminated at the end of the one that started it.
func (p *Process) Daemon() bool {
	p.check0()
	p.m.mu.Lock()
	defer p.m.mu.Unlock()
	return p.daemon
}

// SetDaemon sets that before the start: p.daemon = True. It panics with an AssertionError, "process has already
// started", after it.
func (p *Process) SetDaemon(daemon bool) {
	p.check()
	p.m.mu.Lock()
	defer p.m.mu.Unlock()
	assert(!p.begun, "process has already started")
	p.daemon = daemon
}

// PID returns the process's number, nil before the start: p.pid.
func (p *Process) PID() any {
	p.check()
	if p.self != nil {
		return p.self.PID()
	}
	if child := p.started("can only test a child process"); child != nil {
		return child.PID()
	}
	return nil
}

// Ident is PID: p.ident.
func (p *Process) Ident() any { return p.PID() }

// ExitCode returns nil before the start and while the process runs, then its exit code as an int: 0 if it returned, 1
// if an exception ended it, what sys.exit or os.Exit was given, or the number of the signal that ended it, times -1:
// p.exitcode.
func (p *Process) ExitCode() any {
	p.check()
	if p.self != nil {
		return nil
	}
	if child := p.started("can only test a child process"); child != nil {
		if code, ended := child.Exit(machine.Current()); ended {
			return code
		}
	}
	return nil
}

// AuthKey returns the key that processes of the family know each other by: p.authkey.
func (p *Process) AuthKey() []byte {
	p.check0()
	p.m.mu.Lock()
	defer p.m.mu.Unlock()
	return []byte(p.key)
}

// SetAuthKey sets it: p.authkey = b"…".
func (p *Process) SetAuthKey(key []byte) {
	p.check0()
	p.m.mu.Lock()
	defer p.m.mu.Unlock()
	p.key = string(key)
}

// A Sentinel is what Wait takes to wait for the end of a process: p.sentinel.
type Sentinel struct{ p *process.Process }

// Sentinel returns that of the process. It panics with a ValueError before the start.
func (p *Process) Sentinel() Sentinel {
	p.check()
	if p.self != nil {
		return Sentinel{p.self}
	}
	child := p.started("can only test a child process")
	if child == nil {
		panic(exceptions.Value("process not started"))
	}
	return Sentinel{child}
}

// String returns what Python's repr shows: "<Process name='Process-1' pid=1001 parent=1000 stopped exitcode=0>".
func (p *Process) String() string {
	p.check0()
	t := machine.Current()
	p.m.mu.Lock()
	name, daemon, closed, child := p.name, p.daemon, p.closed, p.child
	p.m.mu.Unlock()
	class, status, code := "Process", "initial", any(nil)
	parent := p.m.s.Self().PID()
	switch {
	case p.stranger:
		class, status = "_ParentProcess", "unknown"
	case p.self != nil:
		status = "started"
		if up := p.m.s.Parent(); up == nil {
			class, parent = "_MainProcess", 0
		} else {
			parent = up.PID()
		}
	case closed:
		status = "closed"
	case child != nil:
		status = "started"
		if c, ended := child.Exit(t); ended {
			status, code = "stopped", c
		}
	}
	info := []string{class, fmt.Sprintf("name='%s'", name)}
	if child != nil {
		info = append(info, fmt.Sprintf("pid=%d", child.PID()))
	}
	if parent != 0 && !p.stranger {
		info = append(info, fmt.Sprintf("parent=%d", parent))
	} else {
		info = append(info, "parent=None")
	}
	info = append(info, status)
	if c, ok := code.(int); ok {
		text := strconv.Itoa(c)
		if c < 0 && !strings.HasPrefix(process.SignalName(-c), "signal") {
			text = "-" + process.SignalName(-c)
		}
		info = append(info, "exitcode="+text)
	}
	if daemon {
		info = append(info, "daemon")
	}
	return "<" + strings.Join(info, " ") + ">"
}
