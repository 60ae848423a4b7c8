package steps

// This file defines what a recorder makes of the locks of package sync. Nothing is heard of them but the calls: a
// thread acquires a lock that is free, and one that isn't when it goes on.

import "slices"

// locks is a call, in which a thread may acquire or release a lock of Go's. Callers hold mu.
func (r *Recorder) locks(th *thread, w *row) {
	if w.gone || r.c.Locks {
		return
	}
	switch w.method {
	case "Lock", "RLock":
		o := r.named(w.name)
		if !o.goLock {
			return
		}
		w.obj, w.settled = o, true
		if len(o.holders) == 0 || w.method == "RLock" && o.shared {
			w.op, o.shared = Acquire, w.method == "RLock"
			o.holders = append(o.holders, th)
			return
		}
		w.op, w.holders = Wait, slices.Clone(o.holders)
		o.waiters = append(o.waiters, th)
		th.takes = w
	case "Unlock", "RUnlock":
		o := r.named(w.name)
		if !o.goLock {
			return
		}
		w.op, w.obj, w.settled = Release, o, true
		if i := max(slices.Index(o.holders, th), 0); i < len(o.holders) {
			o.holders = slices.Delete(o.holders, i, i+1)
		}
	}
}

// taken records that a thread continues after it has waited for one of Go's locks. Callers hold mu.
func (r *Recorder) taken(th *thread) {
	c := th.takes
	if c == nil {
		return
	}
	th.takes = nil
	o := c.obj
	if i := slices.Index(o.waiters, th); i >= 0 {
		o.waiters = slices.Delete(o.waiters, i, i+1)
	}
	o.holders, o.shared = append(o.holders, th), c.method == "RLock"
	r.add(&row{th: th, op: Acquire, obj: o, name: c.name, method: c.method, at: c.at, waited: true, n: -1})
}
