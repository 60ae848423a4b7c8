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

// directory finds threads by their goroutines. Readers don't block.
type directory struct {
	mu      sync.Mutex // held by writers
	buckets [1 << 12]atomic.Pointer[entry]
}

// entry is a goroutine that is a thread, or may be one again.
type entry struct {
	g    uintptr
	t    atomic.Pointer[Thread] // nil: it is none for now; changed by the goroutine itself
	next atomic.Pointer[entry]
}

func (d *directory) bucket(g uintptr) *atomic.Pointer[entry] {
	return &d.buckets[(g>>6^g>>18)%uintptr(len(d.buckets))]
}

func (d *directory) find(g uintptr) *entry {
	for e := d.bucket(g).Load(); e != nil; e = e.next.Load() {
		if e.g == g {
			return e
		}
	}
	return nil
}

// add adds an entry for a goroutine that has none.
func (d *directory) add(g uintptr, t *Thread) {
	e := &entry{g: g}
	e.t.Store(t)
	d.mu.Lock()
	defer d.mu.Unlock()
	b := d.bucket(g)
	e.next.Store(b.Load())
	b.Store(e)
}

// remove removes the entry of a goroutine. Readers that are at it still find the next entry.
func (d *directory) remove(g uintptr) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for at := d.bucket(g); ; {
		e := at.Load()
		if e.g == g {
			at.Store(e.next.Load())
			return
		}
		at = &e.next
	}
}

// Current returns the thread that the calling goroutine is, or nil for a plain goroutine. It takes a few nanoseconds.
// May be called by any goroutine.
func Current() *Thread {
	e := lookup.find(goroutine())
	if e == nil {
		return nil
	}
	t := e.t.Load()
	if t != nil && t.claim.Load() != unclaimed { // native code calls one of ours
		t.settle()
	}
	return t
}

// Enter calls fn, within which Current returns t on this goroutine. A nil t makes the goroutine a plain one.
func Enter(t *Thread, fn func()) {
	g := goroutine()
	if e := lookup.find(g); e != nil {
		old := e.t.Swap(t)
		defer e.t.Store(old)
	} else {
		lookup.add(g, t)
		defer lookup.remove(g)
	}
	fn()
}
