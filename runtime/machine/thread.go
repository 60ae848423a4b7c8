package machine

// This file defines threads: their identity, how they begin, and how they end.

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/timeline"
)

// A Thread is a thread of a Machine. NewThread makes one, Start or Run lets it run a function.
//
// Methods that make the thread do something (checks, waits, sleep, Go, …) may be called only on its own goroutine; the
// others by any goroutine. A nil *Thread stands for a plain goroutine, which no machine knows.
type Thread struct {
	// What each check reads comes first, in one cache line. Only the thread's own goroutine, and on a
	// simulated machine the scheduler while the thread stands still, touch these.
	clock   int64 // the thread's time on a simulated machine, ns
	horizon int64 // it may run by itself until then
	exact   int64 // it may touch what is shared until then
	budget  int64 // ticks left until Interpreter.Break is wanted
	pace    pace
	flag    atomic.Uint32 // Flag bits
	claim   atomic.Int32  // see Forfeit
	inside  bool          // it is attached to its interpreter
	free    bool          // it is in a call of Free

	m      *Machine
	interp Interpreter // nil if it belongs to none
	group  *group      // all threads of interp
	id     int32
	lane   int32 // in the timeline; 0 if off
	away   int   // how often Detach was called more than Attach; 0 is attached
	begun  bool  // Interpreter.Begin was called
	shown  bool  // doing was recorded
	runs   bool  // Run was called, not Start
	lost   bool  // the GIL was forfeited, and isn't taken again yet

	name   atomic.Pointer[string]
	fate   atomic.Pointer[fate]
	killed atomic.Bool
	state  atomic.Int32 // life: fresh, alive, idle, ended
	over   Word         // 1 when it has ended
	failed *Failure     // how, if a panic ended it; written before over

	waiting waiting // what it waits for; protected by Machine.waits
	doing   timeline.Kind
	object  timeline.Name // of doing
	few     [4]local      // the first locals, which are asked for at each event
	locals  map[any]any
	usage   usage

	sim  simThread
	real realThread
}

// pace is Pace in the form in which checks use it.
type pace struct {
	check, step           int64
	checkTicks, stepTicks int32
	stepChecks, stepOrder bool
}

// The states of Thread.state.
const (
	fresh int32 = iota // not started
	alive
	idle // a thread of Run between two calls
	ended
)

// A Failure is the panic that ended a thread.
type Failure struct {
	Value any    // what was panicked with
	Stack []byte // where, as debug.Stack says
}

// Error says what the panic said.
func (f *Failure) Error() string { return fmt.Sprint(f.Value) }

// orderly reports whether a panic is one with which a machine ends a thread. Its stack tells nothing new, and is
// expensive to record where most runs end like that.
func orderly(v any) bool {
	switch v.(type) {
	case *Stopped, *Deadlock, *Deadlocked:
		return true
	}
	return false
}

// name is what the timeline calls the failure. A deadlock is the same for each of its threads, whichever reports it.
func (f *Failure) name() string {
	err, _ := f.Value.(error)
	if errors.As(err, new(*Deadlock)) || errors.As(err, new(*Deadlocked)) {
		return "Deadlock"
	}
	return f.Error()
}

// Unwrap returns the panic's value if it is an error.
func (f *Failure) Unwrap() error {
	err, _ := f.Value.(error)
	return err
}

// Is lets errors.Is find the exception of Python's that the panic is: a ZeroDivisionError for a division by zero.
func (f *Failure) Is(target error) bool { return errors.Is(exceptions.Of(f.Value), target) }

// As lets errors.As find that exception.
func (f *Failure) As(target any) bool { return errors.As(exceptions.Of(f.Value), target) }

type fate struct {
	err  error
	once bool // it is over when it has been panicked with
}

// NewThread makes a thread that hasn't been started. It belongs to in, or to no interpreter if in is nil: it never sees
// a GIL then. May be called by any goroutine.
func (m *Machine) NewThread(in Interpreter, name string) *Thread {
	t := &Thread{m: m, interp: in, doing: timeline.Run, budget: 1 << 62, away: 1}
	if !m.Explored() {
		t.pace.check, t.pace.step = 1, 1 // something, so that a loop of checks takes time
	}
	t.name.Store(&name)
	t.group = m.groupOf(in)
	m.mu.Lock()
	t.group.members++
	t.id = m.nextID.Add(1)
	lane := t.laneOf(name)
	if t.id == 1 {
		m.home = lane.Process
	}
	t.lane = m.rec.Thread(lane) // under the lock: lanes are in the order of the numbers
	m.mu.Unlock()
	if m.sim != nil {
		t.flag.Store(FlagAlways)
		t.sim.core = -1
	}
	return t
}

// reported returns what a report calls the thread: "MainThread of Process-1" if it isn't of the process that the
// machine's first thread is of.
func (t *Thread) reported() string {
	if t.interp != nil {
		if process, _, _ := t.interp.Process(); process != "" && process != t.m.home {
			return t.Name() + " of " + process
		}
	}
	return t.Name()
}

func (t *Thread) laneOf(name string) timeline.Thread {
	lane := timeline.Thread{Name: name, TID: t.NativeID(), CPU: int64(t.CPUTime())}
	if t.interp != nil {
		lane.Process, lane.PID, lane.GIL = t.interp.Process()
	}
	return lane
}

// Start lets the thread run fn at the same time as its starter, by, which may be nil if no thread of the machine starts
// it. It returns at once, and panics if the thread was started before: callers check that with Started. If t belongs to
// an interpreter, fn runs attached to it.
func (t *Thread) Start(by *Thread, fn func(t *Thread)) {
	if !t.state.CompareAndSwap(fresh, alive) {
		panic("machine: a thread was started twice")
	}
	t.enroll()
	t.group.entered(t.m)
	if by != nil {
		by.Record(timeline.Spawn, t, 0, 0)
	}
	t.m.backend.start(t, by, func() { // on a simulated machine: no thread's goroutine if by is of another one
		defer t.end() // after runtime.Goexit too
		t.body(fn)
	})
}

// Run makes the calling goroutine the thread until fn returns, as a cell is MainThread while it runs. It
// can be called again, but not twice at once; the thread hasn't ended in between. It returns the panic that ended
// fn as a *Failure, a *Deadlock or the reason of Machine.Stop.
//
// On a simulated machine this is what lets all the machine's threads move: when fn has returned they
// stand still, until the next Run or Drain.
func (t *Thread) Run(fn func(t *Thread)) error {
	switch {
	case t.state.CompareAndSwap(fresh, alive):
		t.runs = true
		t.enroll()
	case t.state.CompareAndSwap(idle, alive):
	default:
		panic("machine: a thread was run twice at once, or after its end")
	}
	t.group.entered(t.m)
	var failed *Failure
	t.failed = nil
	err := t.m.backend.run(t, func() {
		defer func() { // after runtime.Goexit too
			t.state.Store(idle)
			t.group.left(t.m)
		}()
		failed = t.body(fn)
	})
	if err != nil {
		return err
	}
	if failed != nil {
		t.tell(timeline.Failed, nil, nil, 1)
	}
	if failed == nil {
		if s := t.m.stop.Load(); s != nil {
			return (&Stopped{s.reason}).cause()
		}
		return nil
	}
	switch err := failed.Value.(type) {
	case *Deadlock:
		return err
	case *Deadlocked:
		return err.Deadlock
	case *Stopped:
		return err.cause()
	}
	return failed
}

// End ends a thread that was only ever Run, and wakes the threads that join it. It does nothing if the thread has
// ended.
func (t *Thread) End() {
	if t.state.CompareAndSwap(idle, alive) {
		t.group.entered(t.m)
		_ = t.m.backend.run(t, func() { t.end() }) // an end waits for no thread
	}
}

// enroll counts the thread as one of the machine's.
func (t *Thread) enroll() {
	t.m.mu.Lock()
	t.m.threads = append(t.m.threads, t)
	t.group.threads = append(t.group.threads, t)
	t.m.mu.Unlock()
	if s := t.m.stop.Load(); s != nil { // Stop may have looked before
		t.kill(&Stopped{s.reason})
	}
}

// body runs fn attached to the interpreter, and returns the panic that ended it.
func (t *Thread) body(fn func(*Thread)) (failed *Failure) {
	defer func() {
		// A goroutine that calls runtime.Goexit gets here too, with nothing to recover.
		if v := recover(); v != nil {
			failed = &Failure{Value: v}
			if !t.m.Explored() || !orderly(v) {
				failed.Stack = debug.Stack()
			}
			t.failed = failed
		}
		t.settle()
		t.lost = false
		if t.interp != nil {
			if !t.inside {
				t.away = 1 // the panic came from where the thread was detached
				t.Attach()
			}
			t.Detach()
		}
	}()
	if t.interp != nil {
		if !t.begun {
			t.begun = true
			t.interp.Begin(t)
		}
		t.Attach()
	} else {
		t.Do(timeline.Run, 0)
	}
	Enter(t, func() { fn(t) })
	return nil
}

// end is the thread's last act.
func (t *Thread) end() {
	if t.interp != nil {
		t.interp.End(t)
	}
	kind, object := timeline.Done, timeline.Name(0)
	if f := t.failed; f != nil {
		if _, quiet := f.Value.(*Stopped); !quiet {
			kind = timeline.Failed
			if t.m.rec.On() {
				object = t.m.rec.Name(f.name())
			}
		}
	}
	t.Record(kind, nil, object, 0)
	t.state.Store(ended)
	m := t.m
	t.usage.end()
	m.rec.SetThread(t.lane, t.laneOf(t.Name())) // before another thread can know that it has ended
	same := func(u *Thread) bool { return u == t }
	m.mu.Lock()
	m.threads = slices.DeleteFunc(m.threads, same)
	t.group.threads = slices.DeleteFunc(t.group.threads, same)
	m.mu.Unlock()
	t.over.Store(t, 1)
	t.over.Wake(t, 1<<30)
	t.group.left(m)
	t.resign()
	if m.sim != nil { // with what waking them took
		m.sim.account(t)
		m.rec.SetThread(t.lane, t.laneOf(t.Name()))
	}
}

// Join waits until t has ended, for at most d; a negative d has no end. It reports whether t has. by is the thread that
// waits, or nil for a plain goroutine; it releases its GIL meanwhile. A thread that wasn't started never ends.
func (t *Thread) Join(by *Thread, d time.Duration) bool {
	if t.over.Load(by) == 1 {
		return true
	}
	if d == 0 {
		return false
	}
	deadline := by.deadline(d)
	by.Detach()
	defer by.Attach()
	for t.over.Load(by) == 0 {
		if by.Wait(&t.over, 0, by.until(deadline), Why{Kind: timeline.WaitJoin, On: joining{t}, Owned: true}) ==
			TimedOut {
			return t.over.Load(by) == 1
		}
	}
	return true
}

// joining is what a Join waits for.
type joining struct{ t *Thread }

func (j joining) Name() string      { return "the end of " + j.t.Name() }
func (j joining) Holders() []Holder { return []Holder{{Thread: j.t}} }

// Ends says that what is waited for is the end of the holder.
func (j joining) Ends() {}

// Go makes a thread of the same interpreter and starts it.
func (t *Thread) Go(name string, fn func(t *Thread)) *Thread {
	c := t.m.NewThread(t.interp, name)
	c.Start(t, fn)
	return c
}

// Machine returns the thread's machine.
func (t *Thread) Machine() *Machine { return t.m }

// Interpreter returns what the thread belongs to, or nil.
func (t *Thread) Interpreter() Interpreter { return t.interp }

// ID returns the thread's number on its machine: 1 for the first, 2 for the next.
func (t *Thread) ID() int { return int(t.id) }

// Lane returns the thread's number in the timeline, 0 if nothing is recorded or t is nil.
func (t *Thread) Lane() int32 {
	if t == nil {
		return 0
	}
	return t.lane
}

// NativeID returns the operating system's number of the thread: a made-up one on a simulated machine,
// 0 on a real one before the start.
func (t *Thread) NativeID() int64 {
	if t.m.sim != nil {
		return 1000 + int64(t.id)
	}
	return t.real.tid.Load()
}

// Name returns the thread's name, "nobody" for nil.
func (t *Thread) Name() string {
	if t == nil {
		return "nobody"
	}
	return *t.name.Load()
}

// SetName renames the thread, in timelines too.
func (t *Thread) SetName(name string) {
	t.name.Store(&name)
	t.m.rec.SetThread(t.lane, t.laneOf(name))
}

// Started reports whether Start or Run was called.
func (t *Thread) Started() bool { return t.state.Load() != fresh }

// Ended reports whether the thread has ended.
func (t *Thread) Ended() bool { return t.state.Load() == ended }

// Failure returns the panic that ended the thread, nil if no panic did or the thread hasn't ended.
func (t *Thread) Failure() *Failure {
	if !t.Ended() {
		return nil
	}
	return t.failed
}

// Local returns what SetLocal kept under a key for this thread, or nil. Own goroutine only.
func (t *Thread) Local(key any) any {
	for i := range t.few {
		if t.few[i].key == key {
			return t.few[i].value
		}
	}
	return t.locals[key]
}

// local is what SetLocal keeps; a nil key is none.
type local struct{ key, value any }

// SetLocal keeps a value for this thread: the room of thread-local storage. Own goroutine only.
func (t *Thread) SetLocal(key, value any) {
	for i := range t.few {
		if k := t.few[i].key; k == key || k == nil {
			t.few[i] = local{key, value}
			return
		}
	}
	if t.locals == nil {
		t.locals = map[any]any{}
	}
	t.locals[key] = value
}
