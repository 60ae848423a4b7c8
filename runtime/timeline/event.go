package timeline

// This file defines events: what can happen to a thread.

// A Kind is what happened. The zero Kind is none, and no event has it.
type Kind uint8

// States: what a thread does until its next state event.
const (
	_ Kind = iota

	// Start begins a thread's lane: the thread exists, but hasn't run yet. Other is the thread that
	// started it, or 0.
	Start
	// Ready is a thread that could run, but has no core.
	Ready
	// Run is a thread that runs interpreted code, on Core.
	Run
	// Native is a native call that doesn't release the GIL, on Core; Object names the function.
	Native
	// NativeFree is a native call that releases the GIL (Py_BEGIN_ALLOW_THREADS), on Core; Object
	// names the function.
	NativeFree
	// WaitGIL is a thread that wants the GIL. Object names which, if there are several.
	WaitGIL
	// WaitLock is a thread that wants the lock, semaphore or per-object lock Object; Other is its holder, if it
	// has one.
	WaitLock
	// WaitQueue is a thread that can't put into the full queue Object, or get from the empty one.
	WaitQueue
	// WaitEvent is a thread that waits for another one's signal: Condition, Event, Barrier, Future.
	WaitEvent
	// WaitJoin is a thread that waits for the end of the thread Other, or of the process Object.
	WaitJoin
	// IO is a thread that is in a blocking system call; Object names it.
	IO
	// Sleep is a thread that sleeps.
	Sleep
	// Paused is a thread that stands still because the world is stopped: PEP 703's collector, or a
	// fork.
	Paused
	// Outside is a goroutine that is no thread of the machine and isn't known to wait: it runs beside the machine, and
	// none of the machine's cores are busy with it.
	Outside
	// Blocked is a thread that is blocked forever, by a deadlock. Object is what it waits for.
	Blocked
	// Done ends a thread's lane.
	Done
	// Failed ends a thread's lane too: an exception (a panic) left its target. Object names it.
	Failed

	lastState
)

// Instants: they leave the thread's state as it is.
const (
	// Take is the moment at which the thread acquires the GIL. Object names which, if there are several.
	Take Kind = iota + lastState
	// Switch is a Take of a GIL that another thread, Other, held last. Machines may write Take instead: Timeline
	// determines itself which was the last.
	Switch
	// Drop is the moment at which the thread releases the GIL.
	Drop
	// DropRequest is a thread that has waited for the interval and asks the holder, Other, to release it.
	DropRequest
	// Acquire is the moment at which the thread acquires the lock Object.
	Acquire
	// Release is the moment at which the thread releases the lock Object. Other is the thread that gets the lock, if
	// one waits.
	Release
	// Put is something put into the queue Object; Value is the queue's size after it.
	Put
	// Get is something taken from the queue Object; Value is the queue's size after it.
	Get
	// Wake is a thread that makes the thread Other ready: notify, set, release. Object says with what.
	Wake
	// Spawn is a thread that starts the thread or process Other.
	Spawn
	// Send is a message to another process, or through a socket; Value is the same as its Receive's.
	Send
	// Receive is its arrival.
	Receive
	// StopWorld is a thread that stops all others; they become Paused.
	StopWorld
	// StartWorld is its end.
	StartWorld
	// Collect is a run of the garbage collector.
	Collect
	// Signal is a signal's handler that runs.
	Signal
	// Mark is the learner's own mark; Object is its text.
	Mark
	// Connect is a socket that is connected with a server, Accept one that a server has accepted. Object is the
	// connection, see Flow.
	Connect
	// Accept is the other side of Connect.
	Accept
	// Write is bytes that are sent through a connection, Read bytes that are received; Value is how many, Object the
	// connection and what they say, see Flow.
	Write
	// Read is the other side of Write.
	Read
	// Hangup is a connection's close. Object is the connection.
	Hangup
	// Step is an event loop that begins a step of the task Object, or that has nothing to do if Object is 0.
	Step

	lastKind
)

// An Event is something that happened to one thread. It has 32 bytes and no pointers: names are
// numbers that the Recorder gave out. The zero Event is none.
type Event struct {
	At     int64  // nanoseconds since the machine's start
	Thread int32  // the thread it happened to: what Recorder.Thread returned
	Other  int32  // the second thread in it, or 0
	Object Name   // lock, queue, function, …, or 0
	Value  int32  // a queue's size, a message's number, …: see the Kind
	Cell   uint16 // the cell's number, In [n], or 0
	Line   uint16 // the line in the cell, from 1, or 0
	Core   uint16 // the core, from 1, or 0 if it isn't known
	Kind   Kind
}

// A Name is a string that a Recorder knows. The zero Name is the empty string.
type Name int32

// IsState reports whether the thread is in this state until its next state event.
func (k Kind) IsState() bool { return k > 0 && k < lastState }

// IsBusy reports whether a thread in this state uses a core.
func (k Kind) IsBusy() bool { return k == Run || k == Native || k == NativeFree }

// IsEnd reports whether the thread has ended.
func (k Kind) IsEnd() bool { return k == Done || k == Failed }

// IsWait reports whether a thread in this state waits for another one: for the GIL or for a lock,
// queue, signal or end, but not for a core, a device or the clock.
func (k Kind) IsWait() bool { return k >= WaitGIL && k <= WaitJoin }

// String returns the kind in words, such as "wait for lock".
func (k Kind) String() string {
	if int(k) < len(kinds) && kinds[k].name != "" {
		return kinds[k].name
	}
	return "no event"
}

// Letter returns the letter that stands for a state in pictures and texts, and a space for what isn't a
// state or has nothing to be seen: a thread that hasn't begun or has ended.
func (k Kind) Letter() byte {
	if int(k) < len(kinds) && kinds[k].letter != 0 {
		return kinds[k].letter
	}
	return ' '
}

// kinds is indexed by Kind. All waits for other threads share a letter: what they wait for is said in
// words.
var kinds = [lastKind]struct {
	name   string
	letter byte
}{
	Start:       {"start", 0},
	Ready:       {"wait for core", 'Q'},
	Run:         {"run", 'R'},
	Native:      {"native call", 'N'},
	NativeFree:  {"native call without the GIL", 'F'},
	WaitGIL:     {"wait for GIL", 'W'},
	WaitLock:    {"wait for lock", 'L'},
	WaitQueue:   {"wait for queue", 'L'},
	WaitEvent:   {"wait for event", 'L'},
	WaitJoin:    {"wait for join", 'L'},
	IO:          {"I/O", 'I'},
	Sleep:       {"sleep", 'S'},
	Paused:      {"world stopped", 'P'},
	Outside:     {"goroutine outside the machine", 'G'},
	Blocked:     {"blocked for ever", 'X'},
	Done:        {"done", 0},
	Failed:      {"ended by exception", 0},
	Take:        {"take GIL", 0},
	Switch:      {"switch", 0},
	Drop:        {"drop GIL", 0},
	DropRequest: {"drop request", 0},
	Acquire:     {"acquire", 0},
	Release:     {"release", 0},
	Put:         {"put", 0},
	Get:         {"get", 0},
	Wake:        {"wake", 0},
	Spawn:       {"spawn", 0},
	Send:        {"send", 0},
	Receive:     {"receive", 0},
	StopWorld:   {"stop the world", 0},
	StartWorld:  {"start the world", 0},
	Collect:     {"collect garbage", 0},
	Signal:      {"signal", 0},
	Mark:        {"mark", 0},
	Connect:     {"connect", 0},
	Accept:      {"accept", 0},
	Write:       {"send", 0},
	Read:        {"receive", 0},
	Hangup:      {"close", 0},
	Step:        {"step of a task", 0},
}
