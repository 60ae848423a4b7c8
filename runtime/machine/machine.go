package machine

// This file defines machines and their options.

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"gilkernel/runtime/timeline"
)

// DefaultCores is how many cores a simulated machine has by default.
const DefaultCores = 2

// MaxCores is the largest number of cores that a machine can have.
const MaxCores = 1024

// Options say what a machine is like. The zero Options, and a nil pointer, are the defaults.
type Options struct {
	// Cores is how many threads can run at once. 0 is the default: all of the computer's on a real
	// machine, 2 on a simulated one. A real machine has no more than the computer has; with fewer it
	// pins its threads to that many, where the system can do that (Linux).
	Cores int
	// Seed decides what is left to chance on a simulated machine: how long a wake-up takes, which of two threads is
	// first at the same moment. The same seed gives the same run.
	Seed uint64
	// Recorder records what happens; nil records nothing and costs nothing.
	Recorder *timeline.Recorder
	// OS is the operating system that a simulated machine models; nil is Linux in a virtual machine.
	OS *OS
	// Chooser decides which thread of a simulated machine runs next; nil chooses by Seed.
	Chooser Chooser
	// Explorer makes a simulated machine one that is explored, see Explorer: it has one core, and Chooser isn't asked.
	Explorer Explorer
	// Crew keeps the goroutines of a simulated machine for the next one; nil makes them anew. See there.
	Crew *Crew
	// Site says where in the learner's code a thread is. It is called on the thread's own goroutine
	// when it blocks or records something, so it must be fast (about 10 ns) and must not block. May be
	// nil.
	Site func(t *Thread) Site
}

// A Site is a place in a learner's code. The zero Site is unknown.
type Site struct {
	Cell uint16 // the cell's number, In [n], or 0
	Line uint16 // the line, from 1, or 0
	File string // the file's name if it isn't a cell; may be empty
}

// String returns the place as "In[3], line 5", as "main.go:5", or as an empty string for the zero Site.
func (s Site) String() string {
	switch {
	case s.Cell > 0:
		return fmt.Sprintf("In[%d], line %d", s.Cell, s.Line)
	case s.File != "":
		return fmt.Sprintf("%s:%d", s.File, s.Line)
	case s.Line > 0:
		return fmt.Sprintf("line %d", s.Line)
	}
	return ""
}

// A Machine is where threads run. Real and Simulate make machines; all methods are safe for concurrent use unless they
// say otherwise. There is no zero Machine.
type Machine struct {
	opts    Options
	os      OS
	rec     *timeline.Recorder // nil if off
	left    leftCalls          // calls that left a simulated machine, if it records
	backend backend
	sim     *simulator // the backend if it is simulated, else nil: what is asked at each check
	stop    atomic.Pointer[stopped]
	judge   atomic.Pointer[func(Interpreter)] // see SetJudge

	observer atomic.Pointer[Observer] // see Observe

	mu      sync.Mutex // protects the fields below; held briefly, never while anything waits
	threads []*Thread  // not ended, in order of creation
	first   [4]*Thread // memory for as many
	nextID  atomic.Int32
	home    string // the process of the first thread
	groups  map[Interpreter]*group
	recent  *group   // of the last thread that was made, nil if that has no members
	ends    []func() // see OnStop

	kept   sync.Mutex  // protects the field below; mu may be taken while it is held
	states map[any]any // see State

	waits sync.Mutex // protects all groups and all threads' waiting; may be held when mu is taken, not vice versa
}

// backend is what differs between machines. All its methods are called on t's own goroutine, unless they say otherwise.
type backend interface {
	now(t *Thread) int64 // t may be nil
	// wait blocks while w holds old, until a wake-up, for at most d nanoseconds if d >= 0. kill wakes it only if it is
	// interruptible.
	wait(t *Thread, w *Word, old uint32, d int64, interruptible bool) Status
	// wake wakes up to n threads. t is nil if the caller is no thread of the machine.
	wake(t *Thread, w *Word, n int) int
	sleep(t *Thread, d int64)
	work(t *Thread, d int64)
	yield(t *Thread)
	// call calls fn, which may block outside of the machine.
	call(t *Thread, fn func())
	start(t *Thread, by *Thread, body func())
	// run makes the caller t until body returns. The error says why it can't.
	run(t *Thread, body func()) error
	drain(d int64)
	kill(t *Thread) // makes a blocked thread look at its fate; called by any goroutine
	// forfeit releases the GIL of t, whose goroutine is parked in native code; called by no thread. rejoin is called by
	// t when it comes back.
	forfeit(t *Thread)
	rejoin(t *Thread)
}

// Real returns a machine whose threads are goroutines, each locked to an operating system's thread of
// its own, on the computer's own clock. It fails if the options make no sense.
func Real(o *Options) (*Machine, error) {
	m, err := newMachine(o)
	if err != nil {
		return nil, err
	}
	m.backend, err = newReal(m)
	if err != nil {
		return nil, err
	}
	return m, nil
}

// Simulate returns a machine with a clock, cores and an operating system of its own, on which one
// goroutine runs at a time. It fails if the options make no sense.
func Simulate(o *Options) (*Machine, error) {
	m, err := newMachine(o)
	if err != nil {
		return nil, err
	}
	m.sim = newSimulator(m)
	m.backend = m.sim
	return m, nil
}

func newMachine(o *Options) (*Machine, error) {
	m := &Machine{groups: map[Interpreter]*group{}}
	m.threads = m.first[:0]
	if o != nil {
		m.opts = *o
	}
	if m.opts.Cores != 0 {
		if err := CheckCores(m.opts.Cores); err != nil {
			return nil, err
		}
	}
	m.os = Linux()
	if m.opts.OS != nil {
		m.os = *m.opts.OS
		if err := m.os.check(); err != nil {
			return nil, err
		}
	}
	m.rec = m.opts.Recorder
	return m, nil
}

// CheckCores reports what is wrong with a number of cores that a user has typed. Unlike in Options, 0 is wrong: a user
// who types cores=0 doesn't mean the default.
func CheckCores(n int) error {
	if n < 1 || n > MaxCores {
		return fmt.Errorf("a machine has 1 to %d cores, not %d", MaxCores, n)
	}
	return nil
}

// Simulated reports whether the machine has a clock of its own. It is for front ends that show it; primitives never
// need it.
func (m *Machine) Simulated() bool { return m.sim != nil }

// Cores returns how many threads can run at once.
func (m *Machine) Cores() int { return m.opts.Cores }

// Seed returns the seed of a simulated machine.
func (m *Machine) Seed() uint64 { return m.opts.Seed }

// Recorder returns the recorder of events, or nil.
func (m *Machine) Recorder() *timeline.Recorder { return m.rec }

// Now returns the time since the machine's start. A thread should call its own Now: on a simulated machine, threads
// that run at once aren't all at the same time.
func (m *Machine) Now() time.Duration { return time.Duration(m.backend.now(nil)) }

// Threads returns the threads that haven't ended, in order of creation.
func (m *Machine) Threads() []*Thread {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]*Thread(nil), m.threads...)
}

// Drain lets the threads run on for up to d after Thread.Run returned, until all have ended or wait forever. On a
// simulated machine nothing moves outside of Run and Drain, so this is what lets daemon threads run; d is virtual time,
// but calls that left the machine (Thread.Blocking) are waited for as long in real time. On a real machine it waits for
// up to d until all have ended. A negative d has no end.
//
// It must not be called by a thread of the machine: on a simulated one it panics then, on a real one it waits for
// its caller. Two calls at once, or one beside a Run, follow each other on a simulated machine.
func (m *Machine) Drain(d time.Duration) { m.backend.drain(int64(d)) }

// Settle is Drain(d) that ends as soon as over reports true, for threads that were killed. over is called between the
// turns of a simulated machine's threads, by a goroutine of the machine. A real machine's threads move anyway: Settle
// does nothing there.
func (m *Machine) Settle(d time.Duration, over func() bool) {
	if m.sim != nil {
		m.sim.settle(int64(d), over)
	}
}

type stopped struct{ reason error }

// Stop ends all threads: each panics with a *Stopped that carries the reason at its next check or wait, or at once if
// it waits. A thread in a long native call ends after it. The machine can't be used again. Stop returns at once; the
// second reason is ignored. On a simulated machine the threads need a Drain to get there: without it, those that are
// blocked keep their memory, as goroutines do that wait forever.
func (m *Machine) Stop(reason error) {
	if !m.stop.CompareAndSwap(nil, &stopped{reason}) {
		return
	}
	for _, t := range m.Threads() {
		t.kill(&Stopped{reason})
	}
	m.atStop()
}
