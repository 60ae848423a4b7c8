package machine

// This file defines how a goroutine knows which thread it is.
//
// Go has no thread-locals. Profiler labels are per goroutine, but goroutines inherit them: the ones that a compiled
// package starts for a thread (an HTTP server's handlers) would be taken for the thread itself, and the GIL be held by
// two. So a thread is found by its goroutine's g, the runtime's own descriptor, whose address two instructions read;
// where there is no assembly for that, by the number in the goroutine's stack trace.

import (
	"sync"
	"sync/atomic"
)

// lookup exists once in a process: functions that take no thread look here for the caller's. A Machine can't keep it,
// because the caller doesn't know the machine either.
var lookup directory

// directory finds threads by their goroutines. Readers don't wait.
type directory struct {
	mu      sync.Mutex // held by writers
	buckets [1 << 12]atomic.Pointer[entry]
}

// entry is a thread that runs. It never changes.
type entry struct {
	g    uintptr
	t    *Thread // nil: the goroutine is none for now
	next *entry
}

func (d *directory) bucket(g uintptr) *atomic.Pointer[entry] {
	return &d.buckets[(g>>6^g>>18)%uintptr(len(d.buckets))]
}

func (d *directory) find(g uintptr) *entry {
	for e := d.bucket(g).Load(); e != nil; e = e.next {
		if e.g == g {
			return e
		}
	}
	return nil
}

// set makes t the thread of a goroutine, or makes the goroutine a plain one if forget is set, and returns the former
// entry.
func (d *directory) set(g uintptr, t *Thread, forget bool) (old *entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := d.bucket(g)
	var list *entry
	for e := b.Load(); e != nil; e = e.next {
		if e.g == g {
			old = e
			continue
		}
		list = &entry{e.g, e.t, list}
	}
	if !forget {
		list = &entry{g, t, list}
	}
	b.Store(list)
	return old
}

// Current returns the thread that the calling goroutine is, or nil for a plain goroutine. It takes a few nanoseconds.
// May be called by any goroutine.
func Current() *Thread {
	if e := lookup.find(goroutine()); e != nil {
		if e.t != nil && e.t.claim.Load() != unclaimed { // native code calls one of ours
			e.t.settle()
		}
		return e.t
	}
	return nil
}

// Enter calls fn, within which Current returns t on this goroutine. A nil t makes the goroutine a plain one.
func Enter(t *Thread, fn func()) {
	g := goroutine()
	old := lookup.set(g, t, false)
	defer func() {
		if old == nil {
			lookup.set(g, nil, true)
		} else {
			lookup.set(g, old.t, false)
		}
	}()
	fn()
}
