package futures

// This file defines waiting for several futures.

import (
	"fmt"
	"iter"
	"slices"
	"sync"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// waiter is a thread that waits for several futures.
type waiter struct {
	what []*Future
	when ReturnWhen
	w    machine.Word // 1: look again

	mu       sync.Mutex // protects the fields below
	pending  int        // how many aren't done
	told     map[*Future]bool
	failed   bool
	finished []*Future // since the last look
}

// Name implements machine.Resource.
func (w *waiter) Name() string {
	if len(w.what) == 1 {
		return w.what[0].Name()
	}
	return fmt.Sprintf("%d futures", len(w.what))
}

// Holders implements machine.Resource: which of them it takes isn't known.
func (w *waiter) Holders() []machine.Holder {
	if len(w.what) == 1 {
		return w.what[0].Holders()
	}
	return nil
}

// tell notes that f is done.
func (w *waiter) tell(t *machine.Thread, f *Future) {
	w.w.Touch(t)
	if w.note(f) {
		w.w.Store(t, 1)
		w.w.Wake(t, 1)
	}
}

// note reports whether the waiter must be woken.
func (w *waiter) note(f *Future) bool {
	f.mu.Lock()
	failed := f.state == finished && f.err != nil
	f.mu.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.told[f] {
		return false // before 3.8: a second result
	}
	w.told[f] = true
	w.finished = append(w.finished, f)
	w.pending--
	w.failed = w.failed || failed
	return w.enough()
}

func (w *waiter) enough() bool {
	return w.pending == 0 || w.when == FIRST_COMPLETED && len(w.finished) > 0 || w.when == FIRST_EXCEPTION && w.failed
}

// install makes w a waiter of all its futures; those that are done count.
func (w *waiter) install(t *machine.Thread) {
	w.w.Touch(t)
	w.pending, w.told = len(w.what), make(map[*Future]bool, len(w.what))
	for _, f := range w.what {
		f.mu.Lock()
		known := f.state.known()
		if !known {
			f.waiters = append(f.waiters, w)
		}
		f.mu.Unlock()
		if known {
			w.note(f)
		}
	}
}

// remove undoes install.
func (w *waiter) remove() {
	for _, f := range w.what {
		f.mu.Lock()
		if i := slices.Index(f.waiters, w); i >= 0 {
			f.waiters = slices.Delete(slices.Clone(f.waiters), i, i+1) // tell may be walking along it
		}
		f.mu.Unlock()
	}
}

// unique returns the futures without repetitions. It panics with an AttributeError if one is nil.
func unique(fs []*Future) []*Future {
	seen := make(map[*Future]bool, len(fs))
	list := make([]*Future, 0, len(fs))
	for _, f := range fs {
		if f == nil {
			panic(&exceptions.AttributeError{Message: "'NoneType' object has no attribute '_condition'"})
		}
		if !seen[f] {
			seen[f] = true
			list = append(list, f)
		}
	}
	return list
}

// Wait waits for futures: until all are done, or as a ReturnWhen says, for at most a Timeout. It returns those that are
// done and those that aren't, in the order of fs, each once. It panics with a ValueError, "Invalid return condition:
// 'x'", if the ReturnWhen is none.
func Wait(fs []*Future, opts ...WaitOption) (done, notDone []*Future) {
	t := machine.Current()
	o := optionsOf(t, opts)
	w := &waiter{what: unique(fs), when: o.when}
	w.install(t)
	defer w.remove()
	w.mu.Lock()
	enough := w.enough()
	w.mu.Unlock()
	if !enough {
		sleep(t, &w.w, o.until, machine.Why{Kind: timeline.WaitEvent, On: w})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.what {
		if w.told[f] {
			done = append(done, f)
		} else {
			notDone = append(notDone, f)
		}
	}
	return done, notDone
}

// AsCompleted returns an iterator over futures as they get done, each once: first those that are done already, in the
// order of fs. After a Timeout, counted from the call on, the last turn has no Future but a *TimeoutError: "1 (of 3)
// futures unfinished".
func AsCompleted(fs []*Future, opts ...WaitOption) iter.Seq2[*Future, error] {
	t := machine.Current()
	o := optionsOf(t, opts)
	list := unique(fs)
	return func(yield func(*Future, error) bool) {
		t := machine.Current()
		w := &waiter{what: list, when: FIRST_COMPLETED}
		w.install(t)
		defer w.remove()
		for n := 0; n < len(list); {
			w.mu.Lock()
			ready := w.finished
			w.finished = nil
			w.w.Store(nil, 0)
			w.mu.Unlock()
			for _, f := range ready {
				if n++; !yield(f, nil) {
					return
				}
			}
			if len(ready) > 0 {
				continue
			}
			if !sleep(t, &w.w, o.until, machine.Why{Kind: timeline.WaitEvent, On: w}) {
				yield(nil, &TimeoutError{Message: fmt.Sprintf("%d (of %d) futures unfinished", len(list)-n, len(list))})
				return
			}
		}
	}
}
