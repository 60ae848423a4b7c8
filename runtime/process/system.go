package process

// This file defines a process from the view of its own code.

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"gilkernel/runtime/call"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
)

// Options are the parts of a System.
type Options struct {
	Launcher Launcher      // how it starts processes
	Codec    *pickle.Codec // of values that are sent
	Name     string        // of the process; "" is "MainProcess" for the first one
	PID      int           // of the first process; 0 is FirstPID
	Globals  Globals       // nil: nothing is known of them
	// Repeated is the host's way to call a function many times with one argument each, faster than reflection: see
	// call.Each. It returns nil for functions that the host doesn't know. nil: it has none.
	Repeated func(fn any) call.Repeat
	Line     *os.File // what descriptors come on from the parent of a real process, see NewLine
	// Flush is called by any thread before the process sends a message or releases a semaphore. It passes on what the
	// process has printed, so that what another process prints because of the message follows it. nil: nothing needs to
	// be done.
	Flush func()
}

// FirstPID is the number of the first process of a simulated machine, which has no number of the operating system's.
const FirstPID = 1000

// A System is a process of a family as its own code sees it. New makes the System of the first process, a Launcher
// makes those of others. Its methods are safe for concurrent use; t is the calling thread, nil for a plain goroutine.
type System struct {
	in       *gil.Interpreter
	arena    *Arena
	self     int
	gen      uint32
	launcher Launcher
	codec    *pickle.Codec
	main     *machine.Thread // of a simulated process; nil: not known
	repeated func(fn any) call.Repeat
	flush    func()  // nil: nothing
	globals  Globals // set before anything runs in the process

	simulated *simulatedProcess // nil: it is none that was started

	refs    map[ref]int // protected by arena.mu
	buffers sync.Pool   // of *[]byte: memory for messages

	trunk trunk

	buries atomic.Int32 // how many children have just ended, which isn't known everywhere yet

	mu       sync.Mutex // protects the fields below
	states   map[any]any
	children map[*Process]bool // started here, and not ended
	ends     []func(*machine.Thread)
}

// systemKey is where an interpreter keeps its System.
type systemKey struct{}

// room is what an interpreter keeps.
type room struct {
	mu   sync.Mutex
	s    *System
	make func() (*System, error)
}

func roomOf(in *gil.Interpreter) *room {
	return in.State(systemKey{}, func() any { return &room{} }).(*room)
}

// Of returns the System of an interpreter, which the first call makes. The error says why there is none.
func Of(in *gil.Interpreter) (*System, error) {
	if in == nil {
		return nil, errors.New("a plain goroutine belongs to no process")
	}
	r := roomOf(in)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.s != nil:
	case r.make == nil:
		return nil, errors.New("this interpreter can't start processes")
	default:
		s, err := r.make()
		if err != nil {
			return nil, err
		}
		r.s = s
	}
	return r.s, nil
}

// Provide sets how the System of an interpreter is made on first use.
func Provide(in *gil.Interpreter, makeIt func() (*System, error)) {
	r := roomOf(in)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.make = makeIt
}

// Attach gives an interpreter a System that exists.
func Attach(in *gil.Interpreter, s *System) {
	r := roomOf(in)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.s = s
}

// Made returns the System of an interpreter, nil if Of hasn't made it yet.
func Made(in *gil.Interpreter) *System {
	r := roomOf(in)
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.s
}

// New makes the System of the first process of a family, for Provide.
func New(in *gil.Interpreter, a *Arena, o Options) (*System, error) {
	if o.Name == "" {
		o.Name = "MainProcess"
	}
	e, err := a.newEntry(nil, -1, o.Name)
	if err != nil {
		return nil, err
	}
	if o.PID == 0 {
		o.PID = FirstPID
	}
	a.u32(e.at(entPID)).Store(uint32(o.PID))
	if !a.collect {
		in.Machine().SetJudge(judge)
	}
	return Join(in, a, e.n, o), nil
}

// Join makes the System of a process that a Launcher has started, by its number in the arena, for Provide.
func Join(in *gil.Interpreter, a *Arena, n int, o Options) *System {
	e := a.entry(n)
	s := &System{
		in:       in,
		arena:    a,
		self:     n,
		gen:      e.gen(),
		launcher: o.Launcher,
		codec:    o.Codec,
		globals:  o.Globals,
		repeated: o.Repeated,
		flush:    o.Flush,
		refs:     map[ref]int{},
		states:   map[any]any{},
		children: map[*Process]bool{},
	}
	a.mu.Lock()
	a.systems[n] = s
	a.mu.Unlock()
	a.u32(e.at(entState)).Store(entryRuns)
	if a.collect {
		go s.watch() // ends with the process's entry
	}
	return s
}

// system returns that of a process that runs here, nil for others.
func (a *Arena) system(n int) *System {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.systems[n]
}

// thread returns a thread of a process that runs here, nil for others.
func (a *Arena) thread(process, id int) *machine.Thread {
	s := a.system(process)
	if s == nil {
		return nil
	}
	for _, t := range s.in.Machine().Threads() {
		if t.ID() == id {
			return t
		}
	}
	return nil
}

// Interpreter returns the interpreter of the process.
func (s *System) Interpreter() *gil.Interpreter { return s.in }

// Arena returns what the family shares.
func (s *System) Arena() *Arena { return s.arena }

// Number returns the process's number in the arena.
func (s *System) Number() int { return s.self }

// Launcher returns how the process starts others.
func (s *System) Launcher() Launcher { return s.launcher }

// Self returns the process as others see it.
func (s *System) Self() *Process { return &Process{s: s, n: s.self, gen: s.gen} }

// Parent returns the process that has started this one, nil for the first one.
func (s *System) Parent() *Process {
	n := s.arena.entry(s.self).parent()
	if n < 0 {
		return nil
	}
	return &Process{s: s, n: n, gen: s.arena.entry(n).gen()}
}

// family reports whether there is any other process that could do something for this one.
func (s *System) family() bool { return s.arena.u32(atLive).Load() > 1 }

// State returns what is kept under a key for this process, and makes it if there is nothing.
func (s *System) State(key any, makeIt func() any) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.states[key]
	if !ok {
		v = makeIt()
		s.states[key] = v
	}
	return v
}

// Buffer returns memory for a message, for RecvInto, and Recycle takes back that memory, or what Dumps or RecvInto has
// returned: no part of it may be in use. So messages leave nothing to the garbage collector.
func (s *System) Buffer() []byte {
	if b, ok := s.buffers.Get().(*[]byte); ok {
		return (*b)[:0]
	}
	return nil
}

// Recycle takes memory of a message back: see Buffer.
func (s *System) Recycle(b []byte) {
	if cap(b) > 0 {
		s.buffers.Put(&b)
	}
}

// DumpItems returns values as bytes with handles, which the caller sends, starts a process with, or drops. The error is
// a *pickle.Error, which names what can't be sent.
func (s *System) DumpItems(t *machine.Thread, items []pickle.Item) (b []byte, handles []Handle, err error) {
	b, handles, err = s.dumpItems(t, items)
	if err == nil {
		t.Cost(dumpCost + time.Duration(len(b)/codecBytes))
	}
	return b, handles, err
}

// errElsewhere refuses an object of another family, whose number means nothing here, or another object.
var errElsewhere = errors.New("it was made on another machine, such as that of a cell with %%simulate; make another " +
	"one here")

// dumpItems is DumpItems, which takes a simulated machine no time.
func (s *System) dumpItems(t *machine.Thread, items []pickle.Item) (b []byte, handles []Handle, err error) {
	b, err = s.codec.DumpInto(s.Buffer(), items, func(kept any) (int, error) {
		h := kept.(Handle) // nothing else is kept between processes
		if h.from != nil && h.from != s.arena {
			h.parts(h.from, func(v slot, side int) { v.land(side) }) // the object itself still holds the slot
			return 0, errElsewhere
		}
		handles = append(handles, h)
		return len(handles) - 1, nil
	})
	if err != nil {
		for _, h := range handles {
			s.Drop(t, h)
		}
		return nil, nil, err
	}
	return b, handles, nil
}

// What making bytes of a value takes a simulated machine, and a value of bytes, with the GIL: ForkingPickler.dumps and
// pickle.loads of a small value, in CPython 3.8 through 3.13. Bytes lie between those of a bytes object (30 GB/s) and
// those of a list of numbers (0.1 to 0.3 GB/s).
const (
	dumpCost   = 2300 * time.Nanosecond
	loadCost   = 300 * time.Nanosecond
	codecBytes = 2 // in a nanosecond
)

// LoadItems returns the values of bytes with handles: a Restorer is given the objects of its handles, see Open. Handles
// that the values don't use are dropped.
func (s *System) LoadItems(t *machine.Thread, b []byte, handles []Handle) ([]any, error) {
	items, faults, err := s.loadItems(t, b, handles)
	if err == nil && len(faults) > 0 {
		err = loading(b, faults[0].Err)
	}
	if err == nil {
		t.Cost(loadCost + time.Duration(len(b)/codecBytes))
	}
	return items, err
}

// loadItems is LoadItems, which takes a simulated machine no time and leaves at zero what can't be restored.
func (s *System) loadItems(t *machine.Thread, b []byte, handles []Handle) ([]any, []pickle.Fault, error) {
	used := make([]bool, len(handles))
	items, faults, err := s.codec.LoadMost(b, func(i int) any {
		if i < 0 || i >= len(handles) || used[i] {
			return nil
		}
		used[i] = true
		return s.Open(t, handles[i])
	})
	for i, h := range handles {
		if !used[i] {
			s.Drop(t, h)
		}
	}
	if err != nil {
		return nil, nil, loading(b, err)
	}
	return items, faults, nil
}

// loading is the error of a message that can't be read.
func loading(b []byte, err error) error {
	return fmt.Errorf("loading a message of %d bytes: %w", len(b), err)
}

// Dumps is DumpItems for one value without a name of its own.
func (s *System) Dumps(t *machine.Thread, v any) ([]byte, []Handle, error) {
	return s.DumpItems(t, []pickle.Item{{Name: "value", Value: v}})
}

// Loads is LoadItems for what Dumps returned.
func (s *System) Loads(t *machine.Thread, b []byte, handles []Handle) (any, error) {
	items, err := s.LoadItems(t, b, handles)
	if err != nil {
		return nil, err
	}
	return items[0], nil
}

// A Spec says what process to start.
type Spec struct {
	Name   string
	Method string // "fork", "spawn" or "forkserver"
	// Target is the function that Data tell Main to call, nil if there is none. A Launcher may look at it.
	Target any
	// Data and Handles are what Main is called with in the new process. Spawn takes the handles over.
	Data    []byte
	Handles []Handle
	// Main is what a simulated process does, as its MainThread; its result is the exit code. A real process calls what
	// its program says.
	Main func(s *System, data []byte, handles []Handle) int
	// Stdout and Stderr are where a real process writes to; nil is where this one does. They may be written to
	// concurrently.
	Stdout, Stderr io.Writer
	// Ended is called in this process after the new one has ended, once, with its exit code: by any thread, or by a
	// plain goroutine with a nil t. It must not wait. nil is nothing.
	Ended func(t *machine.Thread, code int)
}

// A Launcher starts processes.
type Launcher interface {
	// Launch starts the process that p is, whose System is Join of its number. It calls ended once, with its exit code,
	// when it has ended. It takes over the handles of spec, and drops them if it fails.
	Launch(t *machine.Thread, s *System, p *Process, spec *Spec,
		ended func(t *machine.Thread, code int)) (Running, error)
}

// Running is a process that a Launcher has started. Its methods must be safe for concurrent use.
type Running interface {
	// Signal sends a signal, by its number.
	Signal(sig int) error
}

// Spawn starts a process. It has a number when Spawn returns, and may have ended.
func (s *System) Spawn(t *machine.Thread, spec *Spec) (*Process, error) {
	e, err := s.arena.newEntry(t, s.self, spec.Name)
	if err != nil {
		for _, h := range spec.Handles {
			s.Drop(t, h)
		}
		return nil, err
	}
	p := &Process{s: s, n: e.n, gen: e.gen()}
	p.running, err = s.launcher.Launch(t, s, p, spec, func(t *machine.Thread, code int) {
		defer s.arena.judgeAll()
		s.buries.Add(1) // what is called below may wake threads of this process
		defer s.buries.Add(-1)
		notify := p.finished(code)
		s.bury(t, e.n, code)
		s.mu.Lock()
		delete(s.children, p)
		s.mu.Unlock()
		for _, f := range notify {
			f()
		}
		if spec.Ended != nil {
			spec.Ended(t, code)
		}
	})
	if err != nil {
		s.bury(t, e.n, 1)
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.over() {
		return p, nil
	}
	s.children[p] = true
	return p, nil
}

// End ends what this process has started, as its own end does, and says that it has ended itself if it is the first
// one.
func (s *System) End() {
	s.mu.Lock()
	list := slices.Collect(maps.Keys(s.children))
	s.mu.Unlock()
	for _, p := range list {
		_ = p.Signal(9) // it may have ended
	}
	s.trunk.mu.Lock()
	end := s.trunk.end
	s.trunk.end = nil
	s.trunk.mu.Unlock()
	if end != nil {
		end()
		s.unload(nil)
	}
	if e := s.arena.entry(s.self); e.gen() == s.gen && e.parent() < 0 {
		s.bury(nil, s.self, 0)
	}
}

// Repeated returns Options.Repeated, for call.Each.
func (s *System) Repeated() func(fn any) call.Repeat { return s.repeated }
