package machine

// This file defines the one thing that threads wait for.

import (
	"sync/atomic"
	"time"
	"unsafe"

	"gilkernel/runtime/timeline"
)

// A Word is a number of 32 bits on which threads can wait: a futex. Everything that blocks is built from Words, so
// nothing above needs to know on which machine it runs. The zero Word is 0, and no thread waits for it. A Word must not
// be copied after its first use. Its methods are safe for concurrent use.
//
// Why a futex, and not a list of waiters with park and unpark: it is what CPython's semaphores, condition
// variables and PyMutex come down to on Linux, so the algorithms can be written down as they are; on a real
// machine it is the system call itself, so a wake-up costs what it costs CPython; and a lost wake-up can't
// be programmed as long as the value changes before Wake.
//
// Each method takes the thread that calls it. nil stands for a plain goroutine, which is no thread of a machine. What
// it does on a simulated machine's words happens at no particular virtual time.
type Word struct {
	v           atomic.Uint32
	sleepers    atomic.Int32              // how many wait outside of simulated machines
	sim         atomic.Pointer[simulator] // on which threads have waited for it
	first, last *Thread                   // those that wait on a simulated machine; touched by it alone
	shared      *atomic.Uint32            // the value, if it lies in memory that processes share; nil: it is v
}

// SharedWord returns a Word whose value is *p, in memory that other processes may have mapped: their Words with the
// same value wake the threads that wait on this one, and vice versa. p must be aligned to 4 bytes and stay mapped. On a
// simulated machine all threads that wait must use the same Word.
func SharedWord(p *uint32) *Word { return &Word{shared: (*atomic.Uint32)(unsafe.Pointer(p))} }

// value is the memory that the system call reads.
func (w *Word) value() *atomic.Uint32 {
	if w.shared != nil {
		return w.shared
	}
	return &w.v
}

// Status is how a wait ended.
type Status uint8

const (
	// Woken: by Wake, or for no reason. A waiter looks at the value again.
	Woken Status = iota
	// TimedOut: the time is up.
	TimedOut
	// Changed: the value wasn't the expected one.
	Changed
)

// Why says what a thread waits for: in the timeline and in the report of a deadlock. The zero Why is a
// wait inside of something that has said so already; it can't be interrupted.
type Why struct {
	Kind timeline.Kind // a waiting state: WaitLock, WaitQueue, WaitEvent, WaitJoin
	On   Resource      // what; may be nil
	// Owned says that only the holders of On can end the wait.
	Owned bool
	// Beyond says that another process may end the wait, so that it is no deadlock if all threads of this one wait.
	Beyond bool
	// Device says that something which is no thread may end the wait, such as a packet that arrives. Then it is a
	// deadlock only when a simulated machine has nothing left to do.
	Device bool
}

// touch brings t into its place in time before it does something that others can see.
func touch(t *Thread, w *Word, write bool) {
	if t == nil || t.m.sim == nil {
		return
	}
	if s := t.m.sim; s.explore != nil {
		s.wordAccessed(t, w, write)
	} else {
		s.touch(t)
	}
}

// Touch brings t into its place in time before it changes what w stands for and the Word itself doesn't show: a list of
// waiters that a sync.Mutex protects, say. An Explorer sees a write.
func (w *Word) Touch(t *Thread) { touch(t, w, true) }

// Load returns the value.
func (w *Word) Load(t *Thread) uint32 {
	touch(t, w, false)
	return w.value().Load()
}

// Store sets the value.
func (w *Word) Store(t *Thread, v uint32) {
	touch(t, w, true)
	w.value().Store(v)
}

// Swap sets the value and returns the former one.
func (w *Word) Swap(t *Thread, v uint32) uint32 {
	touch(t, w, true)
	return w.value().Swap(v)
}

// Add adds to the value, wrapping around, and returns the sum.
func (w *Word) Add(t *Thread, delta int32) uint32 {
	touch(t, w, true)
	return w.value().Add(uint32(delta))
}

// CompareAndSwap sets the value to v if it is old, and reports whether it was.
func (w *Word) CompareAndSwap(t *Thread, old, v uint32) bool {
	touch(t, w, true)
	return w.value().CompareAndSwap(old, v)
}

// Wake wakes up to n of those that wait, the first first, and returns how many; none if n isn't positive. Change the
// value before. For a nil Thread, those on a simulated machine don't count: they wake when the machine looks.
func (w *Word) Wake(t *Thread, n int) int {
	if n <= 0 {
		return 0 // futex would wake one
	}
	if t == nil {
		if s := w.sim.Load(); s != nil {
			s.post(message{w: w, n: n})
		}
		return wakeUp(w, n)
	}
	return t.m.backend.wake(t, w, n)
}

// Wait blocks while w holds old: until a Wake, for at most d; a negative d has no end. It reads the value and goes to
// sleep in one step, as seen by Wake. It may return Woken without a Wake, so call it in a loop.
//
// It doesn't touch the GIL: the caller detaches before and attaches after. It panics if the thread must end (Kill,
// Stop) or if no thread can ever wake it (*Deadlock), unless why is zero. A nil Thread, a plain goroutine, waits too,
// but Kill and Stop can't end that.
func (t *Thread) Wait(w *Word, old uint32, d time.Duration, why Why) Status {
	if t == nil && d < 0 {
		return waitPlain(w, old)
	}
	if t == nil {
		return sleepOn(w, old, int64(d))
	}
	if why.Kind == 0 {
		return t.m.backend.wait(t, w, old, int64(d), false)
	}
	t.die()
	if t.Recording() {
		t.recordWait(why)
	}
	t.enterWait(w, old, d >= 0 || why.Device, why)
	status := t.m.backend.wait(t, w, old, int64(d), true)
	t.leaveWait()
	if t.fate.Load() != nil {
		t.tell(timeline.Blocked, nil, why.On, 0)
	}
	t.die()
	return status
}

// waitPlain is the wait of a plain goroutine without an end. The machine keeps no list of these, so stack traces show
// it: in one that has this function, only another goroutine or thread can wake the goroutine.
//
//go:noinline
func waitPlain(w *Word, old uint32) Status { return sleepOn(w, old, -1) }

// recordWait writes the state event of a wait, if it isn't the state already: a waiter that lost the race
// for what it was woken for waits on.
func (t *Thread) recordWait(why Why) {
	var object timeline.Name
	var holder *Thread
	if why.On != nil {
		name := why.On.Name()
		if on, ok := why.On.(interface{ Label() string }); ok {
			name = on.Label() // the report of a deadlock says more
		}
		object = t.m.rec.Name(name)
		if h := why.On.Holders(); len(h) > 0 {
			holder = h[0].Thread
		}
	}
	if t.doing == why.Kind && t.object == object {
		return
	}
	t.doing, t.object = why.Kind, object
	t.RecordOn(why.Kind, holder, why.On, object, 0)
}

// deadline converts a time-out to a time on the thread's clock, -1 for none.
func (t *Thread) deadline(d time.Duration) int64 {
	if d < 0 {
		return -1
	}
	if now := t.clockOrWall(); int64(d) < 1<<62-now {
		return now + int64(d)
	}
	return -1 // 146 years
}

// until converts it back.
func (t *Thread) until(deadline int64) time.Duration {
	if deadline < 0 {
		return -1
	}
	return time.Duration(max(deadline-t.clockOrWall(), 0))
}

// clockOrWall returns the thread's time, that of the wall for a plain goroutine.
func (t *Thread) clockOrWall() int64 {
	if t == nil {
		return time.Now().UnixNano()
	}
	t.access(Clock{}, false)
	return t.m.backend.now(t)
}
