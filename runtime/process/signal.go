package process

// This file defines what threads wait on while others change what they wait for.

import (
	"time"

	"gilkernel/runtime/machine"
)

const (
	forever = machine.Forever
	all     = 1 << 30
	// lockPatience is how long a thread waits for a lock that is held for short before it looks whether the holder lives.
	lockPatience = 20 * time.Millisecond
)

// A signal is a number that changes, and how many wait for that. A process that is killed while it waits leaves the second
// too high, which costs the others a system call.
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

// robust is a lock of a process's threads that outlives its holder: the end of the process releases it.
type robust struct{ w *machine.Word }

// lock takes it for a process.
func (r robust) lock(t *machine.Thread, self int, d time.Duration, why machine.Why) bool {
	end := machine.Deadline(t, d)
	for !r.w.CompareAndSwap(t, 0, uint32(self)+1) {
		v := r.w.Load(t)
		if v == 0 {
			continue
		}
		rest := machine.Remaining(t, end)
		if rest == 0 {
			return false
		}
		t.Wait(r.w, v, rest, why)
	}
	return true
}

func (r robust) unlock(t *machine.Thread) {
	r.w.Store(t, 0)
	r.w.Wake(t, 1)
}

// bury releases the lock if a process that has ended holds it.
func (r robust) bury(t *machine.Thread, dead int) {
	if r.w.CompareAndSwap(t, uint32(dead)+1, 0) {
		r.w.Wake(t, all)
	}
}
