package process

// This file defines what threads wait on while others change what they wait for.

import (
	"time"

	"gilkernel/runtime/machine"
)

const (
	forever = machine.Forever
	all     = 1 << 30
	// lockPatience is how long a thread waits for a lock that is held briefly before it checks whether the holder is
	// alive.
	lockPatience = 20 * time.Millisecond
)

// A signal is a number that changes, and how many wait for that. A process that is killed while it waits leaves the
// second too high, which costs the others a system call.
type signal struct{ seq, waiters *machine.Word }

// notify wakes up to n threads that wait. Change what they wait for before.
func (g signal) notify(t *machine.Thread, n int) {
	if g.waiters.Load(t) == 0 {
		return
	}
	g.seq.Add(t, 1)
	g.seq.Wake(t, n)
}

// wait waits until ready, for at most d, and reports whether it is. It doesn't touch the GIL.
func (g signal) wait(t *machine.Thread, ready func() bool, d time.Duration, why machine.Why) bool {
	if ready() {
		return true
	}
	if d == 0 {
		return false
	}
	end := machine.Deadline(t, d)
	if t.Spin(ready) { // the other side is busy with it on another core: a sleep would cost both a system call
		return true
	}
	g.waiters.Add(t, 1)
	defer g.waiters.Add(t, -1)
	for {
		seq := g.seq.Load(t)
		if ready() {
			return true
		}
		rest := machine.Remaining(t, end)
		if rest == 0 {
			return false
		}
		t.Wait(g.seq, seq, rest, why)
	}
}

// robust is a lock of a process's threads that outlives its holder: the end of the process releases it. Its word is 0,
// or the holder's number plus 1, and has contended set if a thread may sleep on it: without, unlock needs no system
// call.
type robust struct{ w *machine.Word }

const contended = 1 << 31

// lock acquires the lock for a process, within d, and reports whether it did.
func (r robust) lock(t *machine.Thread, self int, d time.Duration, why machine.Why) (got bool) {
	mine := uint32(self) + 1
	if r.w.CompareAndSwap(t, 0, mine) {
		return true
	}
	end := machine.Deadline(t, d)
	defer func() {
		if !got { // the wake-up may have been this thread's: pass it on
			r.w.Wake(t, 1)
		}
	}()
	for {
		v := r.w.Load(t)
		if v == 0 {
			if r.w.CompareAndSwap(t, 0, mine|contended) { // others may sleep as this thread did
				return true
			}
			continue
		}
		rest := machine.Remaining(t, end)
		if rest == 0 {
			return false
		}
		if v&contended == 0 && !r.w.CompareAndSwap(t, v, v|contended) {
			continue
		}
		t.Wait(r.w, v|contended, rest, why)
	}
}

func (r robust) unlock(t *machine.Thread) {
	if r.w.Swap(t, 0)&contended != 0 {
		r.w.Wake(t, 1)
	}
}

// bury releases the lock if a process that has ended holds it, and wakes the threads that wait: that process may have
// been woken for the lock without acquiring it.
func (r robust) bury(t *machine.Thread, dead int) {
	for {
		v := r.w.Load(t)
		if v&^contended != uint32(dead)+1 || r.w.CompareAndSwap(t, v, 0) {
			break
		}
	}
	r.w.Wake(t, all)
}
