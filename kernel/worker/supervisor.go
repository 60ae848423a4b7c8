// Package worker keeps an interpreter process at hand that runs cells, whatever cells do to it.
//
// The way of one run:
//
//	Run ─ request ─▶ fd 3 ┐
//	                      │ the interpreter process
//	dispatch ◀─ items ─ readers ◀─ fd 1, 2, 4, 5
//	   │
//	   ├─▶ Handler.Event  (in order, one at a time)
//	   └─▶ Run's Result, once Done and both markers have come, or the process has died
//
// A process has four readers and one reaper, see process.go. All that they read goes through one
// channel to the Supervisor's only other goroutine, dispatch, which therefore sees the last word of a
// process before its death.
package worker

// This file defines the Supervisor: its settings, what is at hand, and its end.

import (
	"fmt"
	"sync"
	"time"

	"gilkernel/kernel/link"
)

const (
	// startTimeout is how long a new interpreter may take to say Ready. It takes 20 ms on a quiet machine.
	startTimeout = 30 * time.Second
	// spareDelay keeps the start of a spare out of the way of the cells that follow the first one.
	spareDelay = 300 * time.Millisecond
)

// Options are the settings of a Supervisor; a nil *Options means the defaults.
type Options struct {
	// Command is the argv of the interpreter process; empty means this executable with "interp".
	Command []string
	// Dir is the working directory of interpreters; "" means this process's.
	Dir string
	// Env is K=V, added to this process's environment.
	Env []string
	// MemoryLimit in bytes is given to interpreters as GILKERNEL_MEMORY_LIMIT, which they keep
	// themselves. Zero means what this process's environment says, a negative limit none.
	MemoryLimit int64
	// Spare keeps a second, started interpreter at hand. It isn't started before the first run has
	// ended, because a kernel that nobody uses should be small.
	Spare bool
	// Engine runs the bodies of cells' functions, one of link.Engines; "" is what link.EngineVariable says, or the
	// first.
	Engine string
	// Leave are the files that interpreters remove should this process be killed: its sockets.
	Leave []string
	// Stack is what SmallStacks returned; 0 if it wasn't called.
	Stack uint64
	// Logf gets what nobody else is told; nil drops it.
	Logf func(format string, args ...any)
}

// A Handler is told what interpreters do. Its methods are called one at a time, from one goroutine of
// the Supervisor. They may call all methods of the Supervisor but Run,
// Command and Close, and while they don't return nothing goes on.
type Handler interface {
	// Event gets the Stream, Display, Clear, Error and Input events. Text that was read from
	// descriptors 1 and 2 comes as Stream, with the Cell of the run that goes on or was the last.
	Event(ev link.Event)
	// Died says that the interpreter died while nothing ran, through the fault of the run with the ID
	// cell, or of the last one if that can't be told. A new one is in its place, without definitions;
	// the next Result says Replaced.
	Died(cell int, crash *Crash)
}

// A Supervisor runs cells in an interpreter process. Its methods may be called concurrently.
type Supervisor struct {
	handler Handler
	opts    Options
	program *program

	items chan item     // from the readers and reapers of all processes to dispatch
	poke  chan struct{} // 1 slot: dispatch should look at killAt, or at closed
	slot  chan struct{} // 1 slot: taken by the run that goes on
	quit  chan struct{} // closed by Close
	done  sync.WaitGroup

	mu       sync.Mutex // protects the fields below
	closed   bool
	current  *process // gets the runs; nil: none could be started yet
	spare    *process
	live     int // processes whose exit dispatch hasn't seen
	run      *run
	killAt   time.Time      // when a forced interrupt of run takes effect
	replaced bool           // current isn't the one that the last run ran on, and the caller doesn't know
	machine  string         // the words of all Machine requests
	last     int            // ID of the run that was the last, replays apart
	labels   map[string]int // IDs of the latest runs by label
	dir      string         // as by Chdir
	env      map[string]string
	unset    map[string]bool
}

// New returns a Supervisor and starts the first interpreter in the background. Close must be called.
func New(h Handler, o *Options) *Supervisor {
	e := &Supervisor{
		handler: h,
		items:   make(chan item, 64),
		poke:    make(chan struct{}, 1),
		slot:    make(chan struct{}, 1),
		quit:    make(chan struct{}),
		labels:  make(map[string]int),
		env:     make(map[string]string),
		unset:   make(map[string]bool),
	}
	if o != nil {
		e.opts = *o
	}
	if e.opts.Logf == nil {
		e.opts.Logf = func(string, ...any) {}
	}
	e.program = newProgram(e.opts.Command)
	e.dir = e.opts.Dir
	e.done.Go(e.dispatch) // ends when Close was called and the last process has been reaped
	e.done.Go(func() {    // ends when the process has been started: a millisecond
		if _, err := e.process(); err != nil {
			e.opts.Logf("starting an interpreter: %v", err)
		}
	})
	return e
}

// Close kills all interpreters with all that they started, and waits until they are gone. A run that
// goes on ends with a Crash of Kind "closed". Calls after the first do nothing and return at once.
func (e *Supervisor) Close() error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil
	}
	e.closed = true
	close(e.quit)
	for _, p := range []*process{e.current, e.spare} {
		if p != nil {
			p.kill(byClose)
		}
	}
	e.mu.Unlock()
	e.wake()
	e.done.Wait()
	return nil
}

func (e *Supervisor) wake() {
	select {
	case e.poke <- struct{}{}:
	default:
	}
}

// process returns the interpreter for the next run, and starts one if there is none.
func (e *Supervisor) process() (*process, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.processLocked()
}

func (e *Supervisor) processLocked() (*process, error) {
	if e.closed {
		return nil, errClosed
	}
	if e.current != nil {
		return e.current, nil
	}
	p := e.spare
	e.spare = nil
	if p == nil {
		var err error
		if p, err = e.startLocked(); err != nil {
			return nil, err
		}
	}
	e.current = p
	if err := p.write(link.Request{Init: e.initLocked(p)}); err != nil {
		e.opts.Logf("interpreter %d: %v", p.pid, err) // its end is under way
	}
	return p, nil
}

// startLocked starts a process that waits for its Init.
func (e *Supervisor) startLocked() (*process, error) {
	cmd, err := e.program.command()
	if err != nil {
		return nil, err
	}
	cmd.Env = e.environment()
	p, err := start(cmd, e.items)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", cmd.Args[0], err)
	}
	e.live++
	return p, nil
}
