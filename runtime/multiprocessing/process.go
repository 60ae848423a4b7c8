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

// A Process is multiprocessing.Process: a process that calls a function, with an interpreter and a GIL of its own.
// NewProcess makes one, Start starts it. The function gets copies of its arguments; send results through a Queue or a
// Pipe, or share a Value or an Array. The process has its own global variables; their first values depend on the start
// method. The methods of a Process may be called by any thread of the process that made it; its zero value can't be
// used.
type Process struct {
	m        *module
	identity []int // the number of each ancestor below the main process, then its own; nil for the main process
	method   string
	self     *process.Process // set only for the current process and its parent
	stranger bool             // it is the parent, not a child
	up       *Process         // the parent of the current process; protected by m.mu
	work     *work            // set for a worker of a pool
	ended    func(t *machine.Thread, code int)

	// The fields below are protected by m.mu.
	name   string
	daemon bool
	key    string
	door   []*Connection // set for a manager's process; see serveManager
	target any
	args   []any
	begun  bool
	closed bool
	child  *process.Process // nil before the start
	sent   int              // the last signal that this process has sent to it
}

// The numbers of the signals.
const (
	sigInt  = 2
	sigKill = 9
	sigTerm = 15
)

// NewProcess returns a process that, once started, calls target, any function, with the arguments of Args; the results
// of target are discarded. With a nil target the process does nothing. NewProcess panics with a TypeError if target
// isn't a function.
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

// started returns the child, nil before the start. It panics with an AssertionError, words, if p is the current process
// or its parent.
func (p *Process) started(words string) *process.Process {
	p.check()
	p.m.mu.Lock()
	defer p.m.mu.Unlock()
	assert(p.self == nil, words)
	return p.child
}

// Start starts the process and returns when the process has a pid; the process may not have done anything yet. It
// panics with an AssertionError if it was started before ("cannot start a process twice") or if the caller is a daemon,
// with the error that Sendable returns if the target or an argument can't be sent to another process, and with an
// OSError if the process can't be started.
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

// Run calls the target in the calling process; a started process calls it by itself.
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
// GIL while it waits. Join panics with an AssertionError if the process wasn't started ("can only join a started
// process") or isn't a child of this one.
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

// Terminate ends the process with SIGTERM, whatever it is doing: it releases no lock, and an item that it is putting
// into a queue may be lost. If the process has ended, Terminate does nothing. Before the start it panics with an
// AttributeError, as Python does.
func (p *Process) Terminate() { p.signal("terminate", sigTerm) }

// Kill is Terminate with SIGKILL.
func (p *Process) Kill() { p.signal("kill", sigKill) }

// Interrupt sends SIGINT: the main thread of the process panics with a KeyboardInterrupt, at its next check or where it
// waits, and can recover from it. If it doesn't, the process prints a traceback and ends with exit code 1. A process
// that hasn't begun to run its target is ended by the signal. Python has interrupt since 3.14; in older versions,
// os.kill(p.pid, signal.SIGINT) does the same. Interrupt panics as Terminate does.
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

// Close releases the resources of the object; afterwards its other methods, except Name, SetName, Daemon, AuthKey,
// SetAuthKey and String, panic with a ValueError, "process object is closed". Closing it again does nothing. Close
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

// check0 is check for methods that a closed process has, too.
func (p *Process) check0() {
	if p == nil || p.m == nil {
		p.check()
	}
}

// SetName renames the process for this process: p.name = "x".
func (p *Process) SetName(name string) {
	p.check0()
	p.m.mu.Lock()
	p.name = name
	p.m.mu.Unlock()
	if p.self != nil && !p.stranger {
		p.self.SetName(name)
	}
}

// Daemon reports whether the process is terminated when the process that started it ends.
func (p *Process) Daemon() bool {
	p.check0()
	p.m.mu.Lock()
	defer p.m.mu.Unlock()
	return p.daemon
}

// SetDaemon sets, before the start, whether the process is a daemon: p.daemon = True. After the start it panics with an
// AssertionError, "process has already started".
func (p *Process) SetDaemon(daemon bool) {
	p.check()
	p.m.mu.Lock()
	defer p.m.mu.Unlock()
	assert(!p.begun, "process has already started")
	p.daemon = daemon
}

// PID returns the process's pid as an int, nil before the start: p.pid.
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

// ExitCode returns nil before the start and while the process runs, then its exit code as an int: 0 if the target
// returned, 1 if an exception ended it, the argument of sys.exit or os.Exit, or minus the number of the signal that
// ended it: p.exitcode.
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

// AuthKey returns a copy of the key by which processes of the family recognize each other: p.authkey.
func (p *Process) AuthKey() []byte {
	p.check0()
	p.m.mu.Lock()
	defer p.m.mu.Unlock()
	return []byte(p.key)
}

// SetAuthKey sets the key: p.authkey = b"…".
func (p *Process) SetAuthKey(key []byte) {
	p.check0()
	p.m.mu.Lock()
	defer p.m.mu.Unlock()
	p.key = string(key)
}

// A Sentinel stands for the end of a process, for which Wait can wait: p.sentinel.
type Sentinel struct{ p *process.Process }

// Sentinel returns the process's sentinel. It panics with a ValueError before the start.
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
