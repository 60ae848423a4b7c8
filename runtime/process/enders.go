package process

// This file defines which processes may end a wait.

import (
	"math/bits"

	"gilkernel/runtime/machine"
)

// enders is a resource that knows which processes may end a wait for it. It may list processes that have ended, which
// won't.
type enders interface{ enders() (list []int, ok bool) }

// enders of a lock: any process that refers to it may release it; a recursive lock, or one inside a queue, only its
// holder.
func (h heldBy) enders() ([]int, bool) {
	if h.m.kind != Counting {
		if who := h.m.holder(); who.process >= 0 {
			if !who.in(h.m.v.a.entry(who.process).gen()) {
				return nil, true
			}
			return []int{who.process}, true
		}
	}
	return h.m.v.holders(0)
}

func (e ending) enders() ([]int, bool) { return []int{e.p.n}, true }

func (w watched) enders() ([]int, bool) { return []int{w.p.n}, true }

func (w waitFor) enders() ([]int, bool) {
	if w.state == ringFull {
		return w.r.holders(0)
	}
	return w.r.holders(1)
}

func (w *several) enders() (list []int, ok bool) {
	for _, one := range w.list {
		var more []int
		switch one := one.(type) {
		case *Process:
			more, ok = []int{one.n}, true
		case *End:
			if one.in == nil {
				continue
			}
			more, ok = one.in.holders(1)
		default:
			ok = false
		}
		if !ok {
			return nil, false
		}
		list = append(list, more...)
	}
	return list, true
}

// holders returns the numbers of the processes that refer to a side of a slot; ok is false if a message under way
// carries it.
func (v slot) holders(side int) (list []int, ok bool) {
	if v.a.u32(v.at(atFlight+4*int64(side))).Load() != 0 {
		return nil, false
	}
	for i := range maxProcesses / 64 {
		for set := v.a.u64(v.holder(side, 64*i)).Load(); set != 0; set &= set - 1 {
			list = append(list, 64*i+bits.TrailingZeros64(set))
		}
	}
	return list, true
}

// waking reports whether what a thread waits for has happened: the process that did it, which may have ended since, is
// about to wake it.
func waking(w machine.Wait) bool {
	on, ok := w.On.(interface{ waking() bool })
	return ok && on.waking()
}

func (e ending) waking() bool { return e.p.leaves() }

func (w watched) waking() bool { return w.p.leaves() }

// leaves reports whether the process has ended, or is about to report its end.
func (p *Process) leaves() bool {
	e := p.entry()
	return e.gen() != p.gen || !e.runs()
}

func (w waitFor) waking() bool {
	if w.state == ringFull {
		return !w.r.held(0) || ringSize-w.r.used(nil) >= chunkHead+chunkLeast
	}
	return w.r.readable(nil)
}

func (w *several) waking() bool {
	for _, one := range w.list {
		if p, ok := one.(*Process); one.ready(nil) || ok && p.leaves() {
			return true
		}
	}
	return false
}

// Outside reports whether a process other than the waiting one may end the wait: see machine.Why's Beyond, which was
// set when it began.
func (h heldBy) Outside() bool { return h.m.s.family() }

// Outside is that of a wait at a pipe.
func (w waitFor) Outside() bool { return w.r.a.u32(atLive).Load() > 1 }
