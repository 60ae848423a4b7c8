// Package worker keeps an interpreter process ready to run cells, whatever cells do to it.
//
// The path of one run:
//
//	Run ─ request ─▶ fd 3 ┐
//	                      │ the interpreter process
//	handle ◀─ items ─ readers ◀─ fd 1, 2, 4, 5
//	   │
//	   ├─▶ Handler.Event  (in order, one at a time)
//	   └─▶ Run's Result, after Done and all that was written before it, or when the process has died
//
// A process has four readers and one reaper, see process.go. They pass on everything that they read, one item at a
// time, and the reaper is last: all output of a process is handled before its death. The Supervisor's own goroutine,
// dispatch, does what is due later.
package worker

// This file defines the Supervisor: its options, its processes, and its end.

import (
	"fmt"
	"sync"
	"time"

	"gilkernel/kernel/link"
)

const (
	// startTimeout is how long a new interpreter may take to send Ready. On an idle computer it takes 20 ms.
	startTimeout = 30 * time.Second
	// spareDelay delays the start of a spare, so that it doesn't slow down the cells that follow the first one.
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
	// MemoryLimit, in bytes, is passed to interpreters as GILKERNEL_MEMORY_LIMIT, which they enforce themselves. Zero
	// means the limit in this process's environment, a negative one no limit.
	MemoryLimit int64
	// Spare keeps a second interpreter started. It isn't started before the first run has ended, because an unused
	// kernel should be small.
	Spare bool
	// Engine is the engine that runs the bodies of cells' functions, one of link.Engines; "" is the value of
	// link.EngineVariable, or the first.
	Engine string
	// Leave names the files that interpreters remove if this process is killed: its sockets.
	Leave []string
	// Stack is what SmallStacks returned; 0 if it wasn't called.
	Stack uint64
	// Logf logs problems that are reported nowhere else; nil discards them.
	Logf func(format string, args ...any)
}

// A Handler receives the events of interpreters. Its methods are called one at a time, by goroutines of the
// Supervisor. They may call all methods of the Supervisor but Run, Command and Close, and block the Supervisor until
// they return.
type Handler interface {
	// Event receives the Stream, Display, Clear, Error and Input events. Text that was read from descriptors 1 and 2 is
	// a Stream event with the Cell of the current run, or of the last one.
	Event(ev link.Event)
	// Died reports that the interpreter died while nothing ran. cell is the ID of the run that caused it, or of the
	// last run if that can't be determined. A new interpreter, without definitions, replaces it; the next Result has
	// Replaced set.
	Died(cell int, crash *Crash)
}

// A Supervisor runs cells in an interpreter process. Its methods are safe for concurrent use.
type Supervisor struct {
	handler Handler
	opts    Options
	program *program

	turn       sync.Mutex // held while an item is handled or tick runs; locked before mu
	dispatcher dispatcher // protected by turn

	poke chan struct{} // 1 slot: dispatch should look at killAt, or at closed
	slot chan struct{} // 1 slot: taken by the current run
	quit chan struct{} // closed by Close
	done sync.WaitGroup

	mu       sync.Mutex // protects the fields below
	closed   bool
	current  *process // executes the runs; nil: none could be started
	spare    *process
	live     int // processes whose exit dispatch hasn't seen
	run      *run
	prepared prepared       // for the next run
	killAt   time.Time      // when a forced interrupt of run takes effect
	replaced bool           // current isn't the one that executed the last run, and the caller doesn't know it yet
	machine  string         // the words of all Machine requests
	last     int            // ID of the last run that wasn't a replay
	labels   map[string]int // IDs of the latest runs by label
	dir      string         // as by Chdir
	env      map[string]string
	unset    map[string]bool
}

// New returns a Supervisor and starts the first interpreter in the background. h must not be nil; a nil o means the
// default options. Close must be called.
func New(h Handler, o *Options) *Supervisor {
	s := &Supervisor{
		handler: h,
		poke:    make(chan struct{}, 1),
		slot:    make(chan struct{}, 1),
		quit:    make(chan struct{}),
		labels:  make(map[string]int),
		env:     make(map[string]string),
		unset:   make(map[string]bool),
	}
	if o != nil {
		s.opts = *o
	}
	if s.opts.Logf == nil {
		s.opts.Logf = func(string, ...any) {}
	}
	s.dispatcher.s = s
	s.program = newProgram(s.opts.Command)
	s.dir = s.opts.Dir
	s.done.Go(s.dispatch) // ends after Close, when the last process has been reaped
	s.done.Go(func() {    // ends when the process has been started, after a millisecond
		if _, err := s.process(); err != nil {
			s.opts.Logf("starting an interpreter: %v", err)
		}
	})
	return s
}

// Close kills all interpreters and everything that they started, and waits until they have exited. The current run ends
// with a Crash of Kind "closed", and so do later ones. It returns nil. Calls after the first return immediately.
func (s *Supervisor) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.quit)
	for _, p := range []*process{s.current, s.spare} {
		if p != nil {
			p.kill(byClose)
		}
	}
	s.mu.Unlock()
	s.wake()
	s.done.Wait()
	return nil
}

func (s *Supervisor) wake() {
	select {
	case s.poke <- struct{}{}:
	default:
	}
}

// process returns the interpreter for the next run, and starts one if there is none.
func (s *Supervisor) process() (*process, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.processLocked()
}

func (s *Supervisor) processLocked() (*process, error) {
	if s.closed {
		return nil, errClosed
	}
	if s.current != nil {
		return s.current, nil
	}
	p := s.spare
	s.spare = nil
	if p == nil {
		var err error
		if p, err = s.startLocked(); err != nil {
			return nil, err
		}
	}
	s.current = p
	if err := p.write(link.Request{Init: s.initLocked(p)}); err != nil {
		s.opts.Logf("interpreter %d: %v", p.pid, err) // it is dying: its exit will be handled
	}
	return p, nil
}

// startLocked starts a process, which then waits for its Init.
func (s *Supervisor) startLocked() (*process, error) {
	cmd, err := s.program.command()
	if err != nil {
		return nil, err
	}
	cmd.Env = s.environment()
	p, err := start(cmd, s.post)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", cmd.Args[0], err)
	}
	s.live++
	return p, nil
}
