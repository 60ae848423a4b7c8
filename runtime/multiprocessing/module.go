package multiprocessing

// This file defines the module's globals, of which each process has its own.

import (
	"cmp"
	"crypto/rand"
	"slices"
	"strconv"
	"sync"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
	"gilkernel/runtime/threading"
)

// module is the state of this package in one process.
type module struct {
	s *process.System

	mu         sync.Mutex // protects the fields below; held briefly, never while anything waits
	current    *Process
	children   []*Process // started and not joined, in order of their starts
	numbers    int        // of children made so far
	names      map[string]int
	method     string // "" until it is set or first needed
	finalizers []*finalizer
	hooked     bool    // exit is registered for the end of the program
	lines      []*line // to managers
	lineNumber int
}

type moduleKey struct{}

// of returns the module of a process.
func of(s *process.System) *module {
	return s.State(moduleKey{}, func() any {
		m := &module{s: s, names: map[string]int{}}
		m.current = &Process{m: m, name: s.Self().Name(), self: s.Self(), begun: true, key: rand.Text()}
		return m
	}).(*module)
}

// here returns the calling thread and its process's module. It panics with a RuntimeError in a plain goroutine, which
// belongs to no process; call names the called function in the error.
func here(call string) (*machine.Thread, *module) {
	t := machine.Current()
	in := gil.Of(t)
	if in == nil {
		panic(exceptions.Runtime("multiprocessing.%s: a plain goroutine belongs to no Python interpreter; call it in "+
			"the cell or in a threading.Thread", call))
	}
	s, err := process.Of(in)
	if err != nil {
		panic(exceptions.Runtime("multiprocessing.%s: %v", call, err))
	}
	m := of(s)
	m.hook(t)
	return t, m
}

// hook makes the end of the program, in the main process, wait for children.
func (m *module) hook(t *machine.Thread) {
	m.mu.Lock()
	hooked := m.hooked
	m.hooked = true
	m.mu.Unlock()
	if !hooked && m.s.Parent() == nil {
		threading.AtExit(t, func() { m.exit(machine.Current()) })
	}
}

// name returns the name of an object in reports: "Lock accounts", or "Lock-1", "Lock-2", … for one without a name.
func (m *module) name(kind string, names []string) string {
	if len(names) > 0 && names[0] != "" {
		return kind + " " + names[0]
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.names[kind]++
	return kind + "-" + strconv.Itoa(m.names[kind])
}

// A finalizer is called at the end of a process: multiprocessing.util.Finalize.
type finalizer struct {
	priority int
	f        func(t *machine.Thread)
}

// finally registers f for the end of the process and returns a function that cancels the registration. Finalizers with
// a higher priority run first; of two with the same priority, the one registered later runs first:
// util._run_finalizers.
func (m *module) finally(priority int, f func(*machine.Thread)) (cancel func()) {
	x := &finalizer{priority, f}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.finalizers = append(m.finalizers, x)
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.finalizers = slices.DeleteFunc(m.finalizers, func(y *finalizer) bool { return y == x })
	}
}

// finalize calls all finalizers with a priority of at least least.
func (m *module) finalize(t *machine.Thread, least int) {
	for {
		m.mu.Lock()
		var first *finalizer
		for _, x := range slices.Backward(m.finalizers) {
			if x.priority >= least && (first == nil || cmp.Compare(x.priority, first.priority) > 0) {
				first = x
			}
		}
		m.finalizers = slices.DeleteFunc(m.finalizers, func(y *finalizer) bool { return y == first })
		m.mu.Unlock()
		if first == nil {
			return
		}
		first.f(t)
	}
}

// exit runs at the end of a process: util._exit_function. It terminates children that are daemons and waits for all
// children.
func (m *module) exit(t *machine.Thread) {
	m.finalize(t, 0)
	for _, p := range m.active(t) {
		if p.Daemon() {
			p.send(sigTerm)
		}
	}
	for _, p := range m.active(t) {
		p.child.Wait(t, forever)
	}
	m.finalize(t, -1<<30)
}

// active returns the children that haven't ended and forgets the others: process._cleanup.
func (m *module) active(t *machine.Thread) []*Process {
	m.mu.Lock()
	list := slices.Clone(m.children)
	m.mu.Unlock()
	alive := list[:0:0]
	for _, p := range list {
		if _, ended := p.child.Exit(t); !ended {
			alive = append(alive, p)
		} else {
			m.discard(p)
		}
	}
	return alive
}

func (m *module) discard(p *Process) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.children = slices.DeleteFunc(m.children, func(q *Process) bool { return q == p })
}

// CurrentProcess returns the process that the calling thread belongs to: current_process().
func CurrentProcess() *Process {
	_, m := here("CurrentProcess")
	return m.current
}

// ParentProcess returns the process that started the calling thread's process, nil in the main process:
// parent_process(). Join, Name, PID and IsAlive work on it.
func ParentProcess() *Process {
	_, m := here("ParentProcess")
	p := m.s.Parent()
	if p == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.current.up == nil {
		m.current.up = &Process{m: m, name: p.Name(), self: p, begun: true, stranger: true}
	}
	return m.current.up
}

// ActiveChildren returns the children of this process that haven't ended, in order of their starts, and joins those
// that have: active_children().
func ActiveChildren() []*Process {
	t, m := here("ActiveChildren")
	return m.active(t)
}

// CPUCount returns how many threads can run at once: cpu_count().
func CPUCount() int {
	t, _ := here("CPUCount")
	return t.Machine().Cores()
}
