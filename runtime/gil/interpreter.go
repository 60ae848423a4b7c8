package gil

// This file defines interpreters.

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// Options say what an interpreter is like. The zero Options, and a nil pointer, are the defaults.
type Options struct {
	Version string // as ProfileOf takes it; "" is DefaultVersion
	// SwitchInterval and CheckInterval (in ticks) replace the version's defaults if they aren't 0.
	SwitchInterval time.Duration
	CheckInterval  int
	// Process and PID are what timelines call the process; "" and 0 if there is only one.
	Process string
	PID     int
}

// An Interpreter is a Python that threads of a machine belong to. It implements machine.Interpreter. Its methods
// may be called concurrently.
type Interpreter struct {
	m       *machine.Machine
	profile Profile
	process string
	pid     int
	number  int // 0 for the main interpreter
	gil     *lock
	parent  *Interpreter

	mu     sync.Mutex // protects the fields below; held briefly
	subs   int
	states []state // few: a map takes longer
}

// state is what State keeps.
type state struct{ key, value any }

// lock is a GIL, which several interpreters can share.
type lock struct {
	kind Kind
	// explored says that the token stands for the GIL: on a machine that is explored.
	explored bool
	modern   modern
	token    token
	legacy   legacy
	// threads is how many were begun. The legacy GIL doesn't exist before there are two, as
	// PyEval_InitThreads makes it.
	threads atomic.Int32
	mu      sync.Mutex      // protects first; held briefly
	first   *machine.Thread // the first of them, which counts no ticks until there is a second
	name    timeline.Name   // 0 if it is the only one
	text    string
}

// New makes the main interpreter of a process on a machine. The error says what is wrong with the options.
func New(m *machine.Machine, o *Options) (*Interpreter, error) {
	if o == nil {
		o = &Options{}
	}
	p, err := ProfileOf(o.Version)
	if err != nil {
		return nil, err
	}
	in := &Interpreter{m: m, profile: p, process: o.Process, pid: o.PID, gil: newLock(m, p)}
	if o.SwitchInterval != 0 {
		if err := in.setSwitchInterval(o.SwitchInterval); err != nil {
			return nil, err
		}
	}
	if o.CheckInterval != 0 {
		in.gil.legacy.interval.Store(int64(max(o.CheckInterval, 0)))
	}
	return in, nil
}

func newLock(m *machine.Machine, p Profile) *lock {
	l := &lock{kind: p.Kind, explored: m.Explored()}
	l.modern.interval.Store(int64(p.SwitchInterval))
	l.legacy.interval.Store(int64(p.CheckInterval))
	return l
}

// Sub makes another interpreter in the same process: with a GIL of its own (PEP 684), or sharing this one's. The
// error is that of a version whose interpreters can't have that.
func (in *Interpreter) Sub(ownGIL bool) (*Interpreter, error) {
	if ownGIL && !in.profile.OwnGIL {
		return nil, fmt.Errorf("interpreters with a GIL of their own came with Python 3.12, and this is %s",
			in.profile.Version)
	}
	root := in
	for root.parent != nil {
		root = root.parent
	}
	root.mu.Lock()
	root.subs++
	n := root.subs
	root.mu.Unlock()
	sub := &Interpreter{m: in.m, profile: in.profile, process: in.process, pid: in.pid, number: n, gil: in.gil,
		parent: in}
	if ownGIL {
		sub.gil = newLock(in.m, in.profile)
		sub.gil.text = fmt.Sprintf("interpreter %d", n)
		sub.gil.name = in.m.Recorder().Name(sub.gil.text)
	}
	return sub, nil
}

// Shares implements machine.Sharer: the main interpreter of the process, whose sub-interpreters wait for the same
// objects.
func (in *Interpreter) Shares() machine.Interpreter {
	for in.parent != nil {
		in = in.parent
	}
	return in
}

// Machine returns the interpreter's machine.
func (in *Interpreter) Machine() *machine.Machine { return in.m }

// Profile returns what the interpreter is a model of.
func (in *Interpreter) Profile() Profile { return in.profile }

// Minor returns the version of Python as a number: 207 for 2.7, 310 for 3.10. For a nil in, that of a plain goroutine,
// it is the newest: 399.
func (in *Interpreter) Minor() int {
	if in == nil {
		return 399
	}
	major, rest, _ := strings.Cut(strings.TrimSuffix(in.profile.Version, "t"), ".")
	a, _ := strconv.Atoi(major)
	b, _ := strconv.Atoi(rest)
	return 100*a + b
}

// ID returns the interpreter's number: 0 for the main one.
func (in *Interpreter) ID() int { return in.number }

// State returns what is kept under a key for this interpreter, and makes it if there is nothing: the room
// of a module's globals.
func (in *Interpreter) State(key any, makeIt func() any) any {
	in.mu.Lock()
	defer in.mu.Unlock()
	for i := range in.states {
		if s := &in.states[i]; s.key == key {
			return s.value
		}
	}
	v := makeIt()
	in.states = append(in.states, state{key, v})
	return v
}

// Switches returns how often the modern GIL has changed hands: switch_number.
func (in *Interpreter) Switches(t *machine.Thread) uint64 {
	g := &in.gil.modern
	g.mu.lock(t)
	defer g.mu.unlock(t)
	return g.switches
}

// Guard returns the interpreter's GIL, nil if it has none: see machine.Thread.Guard. Interpreters that share a GIL
// return the same.
func (in *Interpreter) Guard() any {
	if in.profile.Kind == FreeThreaded {
		return nil
	}
	return in.gil
}

// Begin implements machine.Interpreter.
func (in *Interpreter) Begin(t *machine.Thread) {
	p := &in.profile
	t.SetPace(machine.Pace{Check: p.Check, Step: p.Step, CheckTicks: int32(p.CheckTicks), StepTicks: int32(p.StepTicks),
		StepChecks: p.StepChecks, StepOrders: p.Kind == FreeThreaded})
	in.gil.begin(t)
}

// begin counts a thread. Interpreted code calls Check only while the thread's flag isn't 0, so ticks are counted only
// with the flag set.
func (g *lock) begin(t *machine.Thread) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.threads.Add(1) == 1 {
		g.first = t
		return
	}
	if g.kind == Legacy && !g.explored {
		g.first.SetFlag(machine.FlagTicks)
		t.SetFlag(machine.FlagTicks)
	}
}

// End implements machine.Interpreter.
func (in *Interpreter) End(*machine.Thread) {}

// Process implements machine.Interpreter.
func (in *Interpreter) Process() (name string, pid int, gil string) {
	switch {
	case in.gil.kind == FreeThreaded:
		return in.process, in.pid, ""
	case in.gil.text != "":
		return in.process, in.pid, in.gil.text
	}
	return in.process, in.pid, "GIL"
}

// Attach implements machine.Interpreter.
func (in *Interpreter) Attach(t *machine.Thread) {
	switch g := in.gil; {
	case g.kind == FreeThreaded:
	case g.explored:
		g.token.take(t, g.name)
	case g.kind == Modern:
		g.modern.take(t, g.name)
	case g.kind == Legacy:
		g.legacy.take(t, g.name)
	}
	t.Do(timeline.Run, 0)
}

// Detach implements machine.Interpreter.
func (in *Interpreter) Detach(t *machine.Thread) {
	switch g := in.gil; {
	case g.kind == FreeThreaded:
	case g.explored:
		g.token.drop(t, g.name)
	case g.kind == Modern:
		g.modern.drop(t, g.name)
	case g.kind == Legacy:
		g.legacy.drop(t, g.name)
	}
}

// Break implements machine.Interpreter: eval_frame_handle_pending.
func (in *Interpreter) Break(t *machine.Thread) {
	switch g := in.gil; {
	case g.explored: // the machine has asked already
		t.ClearFlag(machine.FlagDrop)
		t.SetBudget(1 << 62)
	case g.kind == Modern:
		if t.HasFlag(machine.FlagDrop) {
			g.modern.drop(t, g.name)
			g.modern.take(t, g.name)
			t.Do(timeline.Run, 0)
		}
	case g.kind == Legacy:
		if t.Budget() >= 0 {
			return
		}
		if g.threads.Load() < 2 {
			t.SetBudget(max(g.legacy.interval.Load(), 0))
			return
		}
		g.legacy.pass(t, g.name)
		t.Do(timeline.Run, 0)
	}
}
