package multiprocessing

// This file defines what a new process does: BaseProcess._bootstrap.

import (
	"errors"
	"runtime/debug"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/process"
	"gilkernel/runtime/threading"
)

// order is what a new process receives beside its target and arguments.
type order struct {
	Name     string
	Identity []int
	Daemon   bool
	Key      string
	Method   string
	Door     []*Connection // not empty: the process is a manager's
	Work     *work         // of a worker of a pool, which has no target
}

// spawningKey is where a thread notes that what it sends goes to a process that it starts.
type spawningKey struct{}

// spec returns how to start p. It panics with the reason if the target or an argument can't be sent.
func (m *module) spec(t *machine.Thread, p *Process) *process.Spec {
	method := p.method
	if method == "" {
		method = m.startMethod(t)
	}
	m.mu.Lock()
	o := order{Name: p.name, Identity: p.identity, Daemon: p.daemon, Key: p.key, Method: method, Door: p.door,
		Work: p.work}
	target, args := p.target, p.args
	m.mu.Unlock()
	old := t.Local(spawningKey{})
	t.SetLocal(spawningKey{}, true)
	defer t.SetLocal(spawningKey{}, old)
	g, tell := m.globals(method, target, args)
	data, handles, err := m.s.DumpStart(t, []pickle.Item{
		{Name: "process", Value: o},
		{Name: "target", Value: target},
		{Name: "args", Value: args},
	}, g)
	if err != nil {
		panic(unsendable(err))
	}
	if tell && len(g.Lacking) > 0 {
		m.s.Globals().Missing(t, g.Lacking)
	}
	return &process.Spec{Name: o.Name, Method: method, Target: target, Data: data, Handles: handles, Main: Bootstrap,
		Ended: p.ended}
}

// Bootstrap is what a new process does, as its MainThread: it calls the target that data hold, prints the panic that
// ends it, and does what a process does at its end. It returns the exit code. Hosts call it.
func Bootstrap(s *process.System, data []byte, handles []process.Handle) (code int) {
	t := machine.Current()
	m := of(s)
	m.mu.Lock()
	m.hooked = true // this is its end
	m.mu.Unlock()
	code = 1
	var lacking []process.Lacking
	failed := guarded(func() {
		items, missing, err := s.LoadStart(t, data, handles)
		if lacking = missing; err != nil {
			panic(err)
		}
		o := items[0].(order)
		m.mu.Lock()
		p := m.current
		p.name, p.identity, p.daemon, p.key, m.method = o.Name, o.Identity, o.Daemon, o.Key, o.Method
		m.mu.Unlock()
		args, _ := items[2].([]any)
		defer m.exit(t)
		switch {
		case len(o.Door) == 2:
			m.serveManager(t, o.Door)
		case o.Work != nil:
			o.Work.run(t, s)
		case items[1] != nil:
			threading.Call(t, items[1], args)
		}
		code = 0
	})
	if failed != nil {
		code = m.report(t, failed, lacking)
	}
	if late := guarded(func() { threading.Finish(t) }); late != nil && code == 0 {
		code = m.report(t, late, lacking)
	}
	return code & 0xff
}

// A PicklingError is what a value that can't be sent to another process is: pickle.PicklingError. It wraps the reason.
type PicklingError struct{ Err error }

// Error names what can't be sent, and what to do instead.
func (e *PicklingError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *PicklingError) Unwrap() error { return e.Err }

// Exception returns "PicklingError".
func (*PicklingError) Exception() string { return "PicklingError" }

// unsendable returns the exception for an error of Dumps: itself if it is one.
func unsendable(err error) error {
	var known exceptions.Exception
	if errors.As(err, &known) {
		return err
	}
	return &PicklingError{err}
}

// guarded calls f and returns the panic that ended it, nil if it returned.
func guarded(f func()) (failed *machine.Failure) {
	returned := false
	defer func() {
		if returned {
			return
		}
		v := recover()
		failed = &machine.Failure{Value: v, Stack: debug.Stack()}
		var killed *process.Killed
		if err, ok := v.(error); ok && errors.As(err, &killed) {
			panic(v)
		}
	}()
	f()
	returned = true
	return nil
}

// report prints what ended the process, as Python does, with the global variables that it may have missed, and returns
// the exit code.
func (m *module) report(t *machine.Thread, f *machine.Failure, lacking []process.Lacking) int {
	err, _ := f.Value.(error)
	var exit *exceptions.SystemExit
	if errors.As(err, &exit) {
		return exit.Code
	}
	var quiet *machine.Deadlocked
	var stopped *machine.Stopped // its program ended without it
	if errors.As(err, &quiet) || errors.As(err, &stopped) {
		return 1
	}
	var notes []string
	for _, l := range lacking {
		notes = append(notes, l.String())
	}
	threading.PrintException(t, "Process "+m.current.Name()+":\n", f.Value, f.Stack, notes...)
	return 1
}
