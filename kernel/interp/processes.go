package interp

// This file defines the processes that cells start with package multiprocessing: the family of each Python of the
// session, and the log of definitions that real processes receive. Until a cell uses them, a session pays for the text
// of the log alone.

import (
	"os"
	"sync"
	"sync/atomic"
	"time"

	"gilkernel/kernel/link"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/process"
	"gilkernel/runtime/threading"
)

// processes holds what a session knows of other processes. Its methods may be called concurrently.
type processes struct {
	argv  []string  // of this process
	eased sync.Once // the collection of garbage, see process.System.EaseCollection
	line  *os.File  // what descriptors come on from the process that has started this one, nil if none has

	mu      sync.Mutex // protects the fields below
	file    *os.File   // of the arena that the process was given, or has made
	arena   *process.Arena
	defined []definition // all sources that were compiled, in order
	spares  spares
	busy    atomic.Int32    // how many there are in running
	running map[*child]bool // processes that do something, and may be given functions of later cells: workers of pools
	codec   *pickle.Codec
}

// A definition is a source that was compiled. A session has one for each cell, so it is small.
type definition struct {
	id            int
	label, source string
	more          *link.Run // all of it, if it has more; nil for most
}

func newDefinition(q *link.Run) definition {
	d := definition{id: q.ID, label: q.Label, source: q.Source}
	if q.Expr || q.Before != nil || q.Code != q.Source || q.Step != "" {
		d.more = &link.Run{ID: q.ID, Label: q.Label, Source: q.Source, Expr: q.Expr, Before: q.Before, Code: q.Code,
			Step: q.Step}
	}
	return d
}

// request returns what gives the definition to another process.
func (d definition) request() *link.Run {
	if d.more != nil {
		return d.more
	}
	return &link.Run{ID: d.id, Label: d.label, Source: d.source, Code: d.source}
}

// log notes a source that was compiled, for later processes and for the spares.
func (ps *processes) log(q *link.Run) {
	d := newDefinition(q)
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.defined = append(ps.defined, d)
	ps.tell()
	for _, c := range ps.spares.idle {
		c.define(d.request())
	}
	for c := range ps.running {
		c.define(d.request())
	}
}

// tell announces to the other processes how many sources there are, so that they wait for those that are under way. The
// caller holds mu.
func (ps *processes) tell() {
	if ps.arena != nil {
		ps.arena.SetSources(len(ps.defined))
	}
}

// sourceTime is how long a process waits for a source that another one has compiled.
const sourceTime = 10 * time.Second

// compiled implements sourcing.
func (ps *processes) compiled() int {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return len(ps.defined)
}

// catchUp implements sourcing. What this process had before is the caller's to say: a source that it compiled while the
// caller looked for a declaration, in vain, has come too.
func (ps *processes) catchUp(before int) bool {
	late := time.Now().Add(sourceTime)
	for {
		ps.mu.Lock()
		have, all := len(ps.defined), 0
		if ps.arena != nil {
			all = ps.arena.Sources()
		}
		ps.mu.Unlock()
		if have >= all || time.Now().After(late) {
			return have > before
		}
		time.Sleep(time.Millisecond) // it is read and compiled by another goroutine
	}
}

// took records that a child does something. The caller holds mu.
func (ps *processes) took(c *child) {
	if ps.running == nil {
		ps.running = map[*child]bool{}
	}
	ps.running[c] = true
	ps.busy.Store(int32(len(ps.running)))
}

// forget removes a child that has ended.
func (ps *processes) forget(c *child) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	delete(ps.running, c)
	ps.busy.Store(int32(len(ps.running)))
}

// settle waits until what the children of a run have printed is passed on, before the run is answered.
func (ps *processes) settle(r *run) {
	ps.mu.Lock()
	var list []*child
	for c := range ps.running {
		if c.run.Load() == r {
			list = append(list, c)
		}
	}
	ps.mu.Unlock()
	late := time.After(settleTime)
	for _, c := range list {
		c.ask()
	}
	for _, c := range list {
		select {
		case <-c.synced:
		case <-c.over:
		case <-late: // it was stopped, or has no core
			return
		}
	}
}

// settleTime is how long the end of a cell waits for what its processes have printed.
const settleTime = 500 * time.Millisecond

// define compiles a source without running anything of it.
func (s *runner) define(q *link.Run) {
	s.host.names(q)
	_ = s.add(q) // the parent has compiled it
}

// codec returns what sends values of this session's cells.
func (s *runner) codec() *pickle.Codec {
	s.processes.mu.Lock()
	defer s.processes.mu.Unlock()
	if s.processes.codec == nil {
		s.processes.codec = codec(s.host.engine, &s.processes)
	}
	return s.processes.codec
}

// family makes the System of a Python: the first process of a family.
func (p *python) family() (*process.System, error) {
	s := p.s
	if p.spec.simulated {
		l := &process.Simulated{Enter: func(_, child *process.System) *pickle.Codec {
			in := child.Interpreter()
			threading.SetHost(in, threading.Host{Stderr: s.stderr, Describe: s.describe, FuncName: s.pythonName})
			child.SetGlobals(&globals{s, p.enterImage(in)})
			return s.codec()
		}}
		return process.New(p.in, process.NewArena(),
			process.Options{Launcher: &simulatedLauncher{l, p}, Codec: s.codec(), Globals: &globals{s, imageOf(p.in)}})
	}
	a, err := s.processes.open()
	if err != nil {
		return nil, err
	}
	go s.processes.prepare(s, minSpares) // ends when there are enough spares
	sys, err := process.New(p.in, a, process.Options{Launcher: &launcher{p}, Codec: s.codec(), PID: os.Getpid(),
		Globals: &globals{s, nil}})
	if err == nil {
		s.processes.eased.Do(func() { sys.EaseCollection(gcPercent) })
	}
	return sys, err
}

// A simulatedLauncher starts the simulated processes of a Python. An interrupt kills those of its run, as it kills real
// ones. It implements process.Launcher.
type simulatedLauncher struct {
	*process.Simulated
	p *python
}

// Launch implements process.Launcher.
func (l *simulatedLauncher) Launch(
	t *rt.Thread, s *process.System, p *process.Process, spec *process.Spec, ended func(*rt.Thread, int),
) (process.Running, error) {
	ses := l.p.s
	r := ses.threads.current()
	if r == nil {
		return l.Simulated.Launch(t, s, p, spec, ended)
	}
	r.enter()
	var forget func()
	running, err := l.Simulated.Launch(t, s, p, spec, func(t *rt.Thread, code int) {
		// not before the next turn of the machine's
		forget()
		defer ses.leave(r)
		ended(t, code)
	})
	if err != nil {
		ses.leave(r)
		return nil, err
	}
	forget = r.whileRunning(func() { _ = running.Signal(killSignal) })
	return running, nil
}

// open returns the arena of the session, which is made when it is needed first.
func (ps *processes) open() (*process.Arena, error) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.arena != nil {
		return ps.arena, nil
	}
	var err error
	if ps.file != nil {
		ps.arena, err = process.OpenArena(ps.file)
	} else {
		ps.arena, ps.file, err = process.CreateArena()
	}
	if err == nil {
		ps.tell()
	}
	return ps.arena, err
}

// endFamily ends the children of a Python that is discarded.
func (p *python) endFamily() {
	if s := process.Made(p.in); s != nil {
		s.End()
	}
}
