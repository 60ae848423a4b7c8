package machine

// This file defines how a thread that waits in native code without having released the GIL loses it.
//
// CPython's C functions release the GIL around what blocks. Compiled Go functions know of no GIL, and no list says
// which of them wait: each may lock a mutex or receive from a channel. So a watcher outside of the machine looks at the
// stacks of goroutines; the GIL of a thread that is parked in native code is released for it. The thread notices when
// it comes back, before it does anything else: see back, or where native code calls back.
//
//	unclaimed ─watcher─► claimed ─parked─► forfeiting ─released─► forfeited ─thread─► unclaimed, and takes the GIL again
//	    ▲                   │
//	    └──thread or watcher┘

import (
	"iter"
	"time"

	"gilkernel/runtime/timeline"
)

// The states of Thread.claim.
const (
	unclaimed  int32 = iota
	claimed          // a watcher checks whether the thread is parked
	forfeiting       // it is, and its GIL is about to be released
	forfeited        // it was released
)

// Forfeit releases the GIL of a thread that is parked in native code, and lets the other threads of a simulated machine
// run, which all wait for it. parked must report whether the thread's goroutine is parked in native code: if it isn't,
// or has no GIL, nothing happens. Forfeit reports whether it did. It must be called by a goroutine that is no thread.
func (t *Thread) Forfeit(parked func() bool) bool {
	if !t.claim.CompareAndSwap(unclaimed, claimed) {
		return false
	}
	t.SetFlag(FlagForfeit)
	// From here on the thread sees the claim before it does anything. So it is in native code still if it is now.
	if t.claimable() && parked() && t.claimable() && t.claim.CompareAndSwap(claimed, forfeiting) {
		t.m.backend.forfeit(t)
		return true
	}
	if t.claim.CompareAndSwap(claimed, unclaimed) {
		t.ClearFlag(FlagForfeit)
	}
	return false
}

// claimable reports whether there is anything to forfeit. The thread may be changing that, and then cancels the claim.
//
//go:norace
func (t *Thread) claimable() bool { return t.inside || t.m.sim != nil }

// release is Detach for a thread whose own goroutine is parked.
func (t *Thread) release() {
	if t.inside {
		t.away++
		t.inside, t.lost = false, true
		t.interp.Detach(t)
	}
	t.Do(timeline.WaitEvent, t.ObjectName("compiled code"))
}

// back settles what happened to the thread in native code. It comes first in each method that such a thread may call
// next: one that has forfeited its turn would move beside the thread whose turn it is.
func (t *Thread) back() {
	if t.claim.Load() != unclaimed {
		t.settle()
	}
}

// settle ends a claim. Own goroutine only, before the thread does anything when it comes back from native code.
func (t *Thread) settle() {
	for pause := 20 * time.Microsecond; ; pause = min(2*pause, 5*time.Millisecond) {
		switch t.claim.Load() {
		case unclaimed:
			return
		case claimed:
			if t.claim.CompareAndSwap(claimed, unclaimed) {
				t.ClearFlag(FlagForfeit)
				return
			}
		case forfeiting:
			time.Sleep(pause) // released by the watcher, or by the machine's driver
		case forfeited:
			t.m.backend.rejoin(t)
			t.claim.Store(unclaimed)
			return
		}
	}
}

// regain acquires the forfeited GIL again, unless the thread is in a callback from native code, which has acquired it.
func (t *Thread) regain() {
	switch {
	case t.flag.Load()&FlagForfeit == 0 || t.inside && t.lost:
	case t.lost:
		t.lost = false
		t.ClearFlag(FlagForfeit)
		t.Resume()
	default: // it had none
		t.ClearFlag(FlagForfeit)
		t.Do(timeline.Run, 0)
	}
}

func (r *realMachine) forfeit(t *Thread) {
	t.release()
	t.claim.Store(forfeited)
}

func (r *realMachine) rejoin(*Thread) {}

// forfeit lets another driver take over from the one that waits for t's coroutine.
func (s *simulator) forfeit(t *Thread) { s.relieve(t) }

// stand continues in the place of t, whose coroutine is parked: another one releases the GIL, and then t is away.
// Called by the driver, as t's turn.
func (s *simulator) stand(t *Thread) {
	resume, yield := t.sim.resume, t.sim.yield
	t.sim.resume, _ = iter.Pull(func(y func(struct{}) bool) {
		t.sim.yield = y
		t.release()
		t.sim.lost = &outward{}
		s.external++
		s.block(t)
		t.sim.state, t.sim.away = simAway, t.sim.lost
		t.sim.resume, t.sim.yield = resume, yield
		t.claim.Store(forfeited)
		s.next = s.decide()
	})
	s.resume(t)
}

// rejoin waits for t's turn. The driver that has waited for t sees that another one has taken over, and says that t is
// back.
func (s *simulator) rejoin(t *Thread) {
	s.stop(t)
	t.sim.lost = nil
}
