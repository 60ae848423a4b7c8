package machine

// This file defines the machine that is real: goroutines locked to threads of the operating system, and its
// clock.

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
)

// realMachine is the backend of Real.
type realMachine struct {
	m     *Machine
	begun time.Time
	pin   *affinity // nil: the threads may use all cores
}

// realThread is what a real machine keeps of a thread.
type realThread struct {
	tid atomic.Int64
	// word is what an interruptible wait sleeps on, nil otherwise: kill wakes it.
	word atomic.Pointer[Word]
	nap  Word // what it sleeps on while it only sleeps
	// calling is set while it is in a system call that a signal may interrupt, see Await.
	calling atomic.Bool
}

// spareProcs is how many more threads Go may run at once than there are cores. Threads of a real machine
// are the operating system's to schedule: with one P for each core, a thread that returns from a wait
// would queue for one, up to the 10 ms after which Go preempts the others, and no GIL is like that.
const spareProcs = 6

// RaiseProcs raises GOMAXPROCS to what real machines need, if it is less. Real does so itself; but this stops the
// world, so a host may want to choose when. May be called concurrently.
func RaiseProcs() {
	runtime.GOMAXPROCS(max(runtime.GOMAXPROCS(0), runtime.NumCPU()+spareProcs))
}

func newReal(m *Machine) (*realMachine, error) {
	r := &realMachine{m: m, begun: time.Now()}
	n := runtime.NumCPU()
	if m.opts.Cores == 0 || m.opts.Cores > n {
		m.opts.Cores = n
	}
	if m.opts.Cores < n {
		var err error
		if r.pin, err = newAffinity(m.opts.Cores); err != nil {
			return nil, fmt.Errorf("a real machine with %d of %d cores: %w", m.opts.Cores, n, err)
		}
	}
	RaiseProcs()
	return r, nil
}

func (r *realMachine) now(*Thread) int64 { return int64(time.Since(r.begun)) }

func (r *realMachine) wait(t *Thread, w *Word, old uint32, d int64, interruptible bool) Status {
	if !interruptible {
		return sleepOn(w, old, d)
	}
	// Kill sets the fate and then reads word; here the order is reversed. A kill between the check of the fate and the
	// sleep is repeated by kill.
	t.real.word.Store(w)
	defer t.real.word.Store(nil)
	if t.fate.Load() != nil {
		return Woken
	}
	return sleepOn(w, old, d)
}

func (r *realMachine) wake(_ *Thread, w *Word, n int) int {
	if s := w.sim.Load(); s != nil { // a thread of a simulated machine waits, or has waited
		s.post(message{w: w, n: n})
	}
	return wakeUp(w, n)
}

func (r *realMachine) sleep(t *Thread, d int64) {
	if d == 0 {
		osYield()
		return
	}
	begun := r.now(t)
	for left := d; left > 0 && t.fate.Load() == nil; left = d - (r.now(t) - begun) {
		r.wait(t, &t.real.nap, 0, left, true)
	}
}

// work keeps the core busy: the time of this thread, not that of the wall.
func (r *realMachine) work(t *Thread, d int64) {
	for begun := threadTime(); threadTime()-begun < d && t.fate.Load() == nil; {
		for range spinTurns {
			spin()
		}
	}
}

// spinTurns is how much work is done between two readings of the clock.
const spinTurns = 500

//go:noinline
func spin() {}

// spinLooks is how often Spin looks, and spinPause how many calls lie between two looks: about 100 ns.
const (
	spinLooks = 100
	spinPause = 50
)

// Spin calls ready for some microseconds, until it is true, and reports whether it was. It does so on a real machine
// with several cores, for a thread that is about to wait for what another core may do at any moment: then neither of
// the two needs a system call. The caller has no GIL. It returns false at once on other machines and for a plain
// goroutine.
func (t *Thread) Spin(ready func() bool) bool {
	if t == nil || t.m.sim != nil || t.m.opts.Cores < 2 {
		return false
	}
	for range spinLooks {
		for range spinPause {
			spin()
		}
		if ready() {
			return true
		}
	}
	return false
}

func (r *realMachine) yield(*Thread) { osYield() }

func (r *realMachine) call(_ *Thread, fn func()) { fn() }

func (r *realMachine) start(t, _ *Thread, body func()) {
	go func() { // ends with body; Machine.Drain waits for it
		// Without an unlock: the thread ends with the goroutine, and with it what was pinned.
		runtime.LockOSThread()
		r.identify(t)
		if r.pin != nil {
			r.pin.apply()
		}
		t.usage.begin()
		body()
	}()
}

func (r *realMachine) run(t *Thread, body func()) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r.identify(t)
	if r.pin != nil {
		r.pin.apply()
		defer r.pin.undo()
	}
	t.usage.begin()
	defer t.usage.end()
	body()
	return nil
}

// identify records which thread of the operating system t is.
func (r *realMachine) identify(t *Thread) {
	id := threadID()
	if t.real.tid.Swap(id) != id {
		r.m.rec.SetThread(t.lane, t.laneOf(t.Name()))
	}
}

// drainTurn is how long drain waits between two looks.
const drainTurn = time.Millisecond

func (r *realMachine) drain(d int64) {
	for begun := r.now(nil); ; time.Sleep(drainTurn) {
		busy := false
		for _, t := range r.m.Threads() {
			// One that is idle may be run again. One that has ended is still about to leave the machine's list.
			busy = busy || t.state.Load() != idle
		}
		if !busy || d >= 0 && r.now(nil)-begun >= d {
			return
		}
	}
}

// kill wakes t if it waits for anything but the GIL. A thread that has looked at its fate but doesn't sleep yet would
// miss the wake-up, so kill repeats it until the thread has left the wait.
func (r *realMachine) kill(t *Thread) {
	for pause := 50 * time.Microsecond; ; pause *= 2 {
		w := t.real.word.Load()
		if w == nil && !t.real.calling.Load() {
			return
		}
		if w != nil {
			wakeUp(w, 1<<30)
		} else {
			interruptThread(t.real.tid.Load())
		}
		if t.real.word.Load() == nil && !t.real.calling.Load() || t.fate.Load() == nil {
			return
		}
		time.Sleep(min(pause, 5*time.Millisecond))
	}
}
