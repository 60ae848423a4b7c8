package interp

// This file defines how a search finds out that compiled code calls a function of its cell on a goroutine of its own:
// one that a timer starts, or a server.

import (
	"runtime"
	"sync"
	"sync/atomic"

	"gilkernel/kernel/link"
	rt "gilkernel/runtime/machine"
)

// outsiders are goroutines that no machine schedules, and that have called functions of the cell. Its methods may be
// called concurrently.
type outsiders struct {
	own atomic.Int64 // the goroutine of the search
	n   int          // how many goroutines there were when the search looked last; used by its own goroutine

	mu    sync.Mutex // protects the field below
	notes []link.ExploreNote
}

// Refuses implements exec.Strangers: such a goroutine would run beside the threads of the machine.
func (h *host) Refuses() (refused func(pos string)) {
	if !h.s.arena { // each call of a plain goroutine by compiled code asks
		return nil
	}
	r := h.s.threads.current()
	if r == nil {
		return nil
	}
	x := r.exploring.Load()
	if x == nil || x.outsiders.own.Load() == rt.GoroutineID() {
		return nil
	}
	return func(pos string) {
		at := h.sources.parse(pos)
		n := link.ExploreNote{Label: at.label, Line: at.line, Fatal: true,
			Text: "this function is called on " + aGoroutine}
		x.outsiders.mu.Lock()
		defer x.outsiders.mu.Unlock()
		x.outsiders.notes = append(x.outsiders.notes, n)
	}
}

// wakeTries is how often wake lets others run.
const wakeTries = 100

// wake lets goroutines run that compiled code has just started: they may be about to call a function of the cell.
func (o *outsiders) wake() {
	for range wakeTries {
		if runtime.NumGoroutine() <= o.n {
			break
		}
		runtime.Gosched()
	}
	o.n = runtime.NumGoroutine()
}

// take returns what was noted since it was called last.
func (o *outsiders) take() []link.ExploreNote {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := o.notes
	o.notes = nil
	return list
}
