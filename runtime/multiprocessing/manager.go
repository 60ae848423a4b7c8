package multiprocessing

// This file defines managers: Lib/multiprocessing/managers.py.

import (
	"fmt"
	"reflect"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
)

// A Manager is multiprocessing.managers.SyncManager: a process that holds objects. In all other processes of the
// family, proxies stand for them. NewManager makes one. Its methods may be called by any thread of the process that
// made it; the proxies may be sent to any process.
//
// An object lives until the manager is shut down; CPython frees it with its last proxy. A proxy whose manager has ended
// panics at once: with a ConnectionRefusedError, or with an EOFError if it ended during the call.
type Manager struct {
	m    *module
	name string

	// The fields below are protected by m.mu.
	child     *Process
	address   address // of the server; zero before the start and after the end
	callables map[string]any
	sent      map[string]bool // which callables the server has
	cancel    func()
}

// A ProcessError is what a Manager in the wrong state panics with: multiprocessing.ProcessError.
type ProcessError struct{ Message string }

// Error returns the message.
func (e *ProcessError) Error() string { return e.Message }

// Exception returns "ProcessError".
func (*ProcessError) Exception() string { return "ProcessError" }

// A RemoteError is what goes wrong in a manager's process but in a method of an object: a constructor that panics, a
// method that doesn't exist, a result that can't be sent. It has the traceback: multiprocessing.managers.RemoteError.
type RemoteError struct{ Traceback string }

// Error returns the traceback between two lines, as Python's does.
func (e *RemoteError) Error() string {
	const line = "---------------------------------------------------------------------------"
	return "\n" + line + "\n" + e.Traceback + line
}

// Exception returns "RemoteError".
func (*RemoteError) Exception() string { return "RemoteError" }

// NewManager starts a manager: multiprocessing.Manager(). It ends with Shutdown, or with the process that made it.
func NewManager() *Manager {
	g := NewBaseManager()
	g.Start()
	return g
}

// NewBaseManager returns a manager that isn't started: managers.BaseManager(). Register types of your own, then Start
// it.
func NewBaseManager() *Manager {
	_, m := here("NewManager")
	return &Manager{m: m, name: m.name("SyncManager", nil), callables: map[string]any{}, sent: map[string]bool{}}
}

func (g *Manager) check() {
	if g == nil || g.m == nil {
		panic(exceptions.Type("a Manager is made by NewManager or NewBaseManager: its zero value can't be used"))
	}
}

// Register says what Create makes of a name: what callable, any function, returns, in the manager's process. It may be
// called before and after the start. Results of methods are copies; those of a method that returns a proxy are proxies.
func (g *Manager) Register(typeid string, callable any) {
	g.check()
	if v := reflect.ValueOf(callable); v.Kind() != reflect.Func || v.IsNil() {
		panic(notCallable(callable))
	}
	g.m.mu.Lock()
	defer g.m.mu.Unlock()
	g.callables[typeid] = callable
	delete(g.sent, typeid)
}

// Start starts the manager's process. It panics with a *ProcessError the second time.
func (g *Manager) Start() {
	g.check()
	t, m := here("Manager.Start")
	m.mu.Lock()
	begun := g.child != nil
	m.mu.Unlock()
	switch {
	case g.m != m:
		panic(exceptions.Runtime("a Manager is started by the process that made it"))
	case begun:
		panic(&ProcessError{"Already started server"})
	}
	reader, writer := m.pipe(t, []PipeOption{Duplex(false)}, g.name+" (door)")
	p := m.newProcess("", nil, []Option{Name(g.name), Daemon(false)})
	p.door = []*Connection{reader, writer}
	func() { // a manager may be started by a daemon, and ends with it
		m.mu.Lock()
		old := m.current.daemon
		m.current.daemon = false
		m.mu.Unlock()
		defer func() {
			m.mu.Lock()
			m.current.daemon = old
			m.mu.Unlock()
		}()
		p.Start()
	}()
	reader.Close() // so that a server that has ended is noticed
	cancel := m.finally(0, func(*machine.Thread) { g.Shutdown() })
	m.mu.Lock()
	defer m.mu.Unlock()
	g.child, g.cancel = p, cancel
	g.address = address{door: writer, server: g.name, id: fmt.Sprintf("%s/%v", g.name, p.child.PID())}
}

// patient is how long Shutdown waits for the server's end before it is terminated: BaseManager._finalize_manager.
const patient = time.Second

// Shutdown ends the manager's process; its objects are lost. It does nothing if it has ended.
func (g *Manager) Shutdown() {
	g.check()
	t, m := here("Manager.Shutdown")
	m.mu.Lock()
	p, a, cancel := g.child, g.address, g.cancel
	g.address = address{}
	m.mu.Unlock()
	if p == nil || a.door == nil {
		return
	}
	cancel()
	defer a.door.Close()
	a.tell(t, knock{Stop: true})
	for _, sig := range []int{sigTerm, sigKill} {
		if p.child.Wait(t, patient) {
			break
		}
		p.send(sig)
	}
	p.Join()
}

// With calls fn and shuts the manager down afterwards, also after a panic: with Manager() as m.
func (g *Manager) With(fn func()) {
	defer g.Shutdown()
	fn()
}

// Join waits until the manager's process has ended, for at most a Timeout.
func (g *Manager) Join(opts ...WaitOption) {
	g.check()
	g.m.mu.Lock()
	p := g.child
	g.m.mu.Unlock()
	if p != nil {
		p.Join(opts...)
	}
}

// Process returns the manager's process, nil before the start.
func (g *Manager) Process() *Process {
	g.check()
	g.m.mu.Lock()
	defer g.m.mu.Unlock()
	return g.child
}

// create makes an object in the server and returns its proxy. It panics with an AssertionError if the manager isn't
// started, and with what the server says.
func (g *Manager) create(typeid string, callable any, args ...any) proxy {
	g.check()
	g.m.mu.Lock()
	a := g.address
	g.m.mu.Unlock()
	if _, m := here("Manager"); m != g.m {
		panic(exceptions.Runtime("a Manager belongs to the process that made it: make the object there, and send its " +
			"proxy"))
	}
	assert(a.door != nil, "server not yet started")
	p := proxy{address: a, typeid: typeid}
	v, err := p.request(request{Method: typeid, Make: callable, Args: args})
	if err != nil {
		panic(err)
	}
	p.number, _ = v.(int)
	return p
}

// Create makes an object of a registered name, with arguments for its callable, and returns a proxy of it. It panics
// with an AttributeError if the name isn't registered, and with a *RemoteError if the callable panics or doesn't take
// the arguments.
func (g *Manager) Create(typeid string, args ...any) *Proxy {
	g.check()
	g.m.mu.Lock()
	callable, ok := g.callables[typeid]
	known := g.sent[typeid]
	g.m.mu.Unlock()
	switch {
	case !ok:
		panic(&exceptions.AttributeError{Message: fmt.Sprintf("'Manager' object has no attribute '%s': Register it",
			typeid)})
	case known:
		callable = nil // the server has it: what it captures is that of the first time
	}
	p := &Proxy{g.create(typeid, callable, args...)}
	g.m.mu.Lock()
	defer g.m.mu.Unlock()
	g.sent[typeid] = true
	return p
}

// String returns "<SyncManager SyncManager-1>".
func (g *Manager) String() string {
	if g == nil || g.m == nil {
		return "<SyncManager>"
	}
	return "<SyncManager " + g.name + ">"
}
