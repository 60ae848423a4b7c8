package threading

// This file defines semaphores.

import (
	"sync/atomic"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// A Semaphore is threading.Semaphore: a counter that is never negative. The zero Semaphore is that of 1, as Python's
// Semaphore() is (Lib/threading.py: a Condition of a Lock).
type Semaphore struct {
	kind    string       // "" is "Semaphore"
	gate    gate         // protects taken
	taken   atomic.Int64 // 1 minus the counter, so that the zero Semaphore's is 1
	waiters waiters
	label   label
}

// NewSemaphore returns a semaphore whose counter is value. The name is for timelines and reports. It panics with a
// ValueError if value is negative.
func NewSemaphore(value int, name ...string) *Semaphore {
	s := &Semaphore{}
	s.set("Semaphore", value, name)
	return s
}

func (s *Semaphore) set(kind string, value int, name []string) {
	if value < 0 {
		panic(exceptions.Value("semaphore initial value must be >= 0"))
	}
	s.kind = kind
	s.taken.Store(int64(1 - value))
	s.label.set(kind, name)
}

func (s *Semaphore) kindName() string {
	if s.kind == "" {
		return "Semaphore"
	}
	return s.kind
}

// Acquire waits until the counter is more than 0, subtracts 1, and returns true. It returns false if it can't:
// Blocking(false) doesn't wait, Timeout(d) waits at most for d. It panics with a ValueError if both are given.
func (s *Semaphore) Acquire(opts ...WaitOption) bool {
	return s.acquire(machine.Current(), semaphoreTime(opts), s)
}

// acquire is Acquire; on is s, or what it is a part of.
func (s *Semaphore) acquire(t *machine.Thread, d time.Duration, on machine.Resource) bool {
	end := machine.Deadline(t, d)
	python(t, turnsSemaphore/2)
	s.gate.enter(t, on)
	defer s.gate.exit(t)
	python(t, turnsSemaphore/2)
	got := false
	defer func() {
		if !got { // an interrupt, perhaps after a notification, which is then passed on
			s.waiters.notify(t, 1, nil)
		}
	}()
	for first := true; s.taken.Load() == 1; first = false {
		if d == 0 || d > 0 && !first && machine.Remaining(t, end) == 0 {
			got = true // nothing, but no thread has missed anything
			return false
		}
		s.label.fix(t, s.kindName())
		s.waiters.wait(t, machine.Remaining(t, end), inside{g: &s.gate, of: on},
			machine.Why{Kind: timeline.WaitLock, On: on})
	}
	s.taken.Add(1)
	got = true
	if t.Recording() {
		s.label.record(t, timeline.Acquire, nil, on, s.kindName())
	}
	return true
}

// Release adds n to the counter, 1 if n is left out, and wakes as many as wait. It panics with a ValueError if n is
// less than 1.
func (s *Semaphore) Release(n ...int) { s.release(machine.Current(), count(n), nil, s) }

func count(n []int) int {
	if len(n) == 0 {
		return 1
	}
	if n[0] < 1 {
		panic(exceptions.Value("n must be one or more"))
	}
	return n[0]
}

func (s *Semaphore) release(t *machine.Thread, n int, check func() error, on machine.Resource) {
	s.gate.mustEnter(t, on)
	defer python(t, turnsSemaphore) // not before: an interrupt there would lose the release
	defer s.gate.exit(t)
	if check != nil {
		if err := check(); err != nil {
			misuse(t, err)
		}
	}
	s.taken.Add(-int64(n))
	if t.Recording() {
		s.label.record(t, timeline.Release, nil, on, s.kindName())
	}
	s.waiters.notify(t, n, func(woken *machine.Thread) {
		if t.Recording() {
			s.label.record(t, timeline.Wake, woken, on, s.kindName())
		}
	})
}

// With calls fn between Acquire and Release: "with semaphore: …". It is released after a panic too.
func (s *Semaphore) With(fn func()) {
	s.Acquire()
	with(fn, func() { s.Release() }, func() { s.Release() })
}

// Name returns what the semaphore is called in timelines and reports: "Semaphore pool", "Semaphore-1".
func (s *Semaphore) Name() string { return s.label.name(s.kindName()) }

// Holders implements machine.Resource: a semaphore doesn't know which threads have acquired it.
func (s *Semaphore) Holders() []machine.Holder { return nil }

// A BoundedSemaphore is threading.BoundedSemaphore: a Semaphore whose counter never exceeds its initial value. The zero
// BoundedSemaphore is that of 1.
type BoundedSemaphore struct {
	s     Semaphore
	limit int // the initial value minus 1
}

// NewBoundedSemaphore returns a semaphore whose counter is value. It panics as NewSemaphore does.
func NewBoundedSemaphore(value int, name ...string) *BoundedSemaphore {
	b := &BoundedSemaphore{limit: value - 1}
	b.s.set(boundedKind, value, name)
	return b
}

const boundedKind = "BoundedSemaphore"

// Acquire is Semaphore.Acquire.
func (b *BoundedSemaphore) Acquire(opts ...WaitOption) bool {
	return b.s.acquire(machine.Current(), semaphoreTime(opts), b)
}

// Release is Semaphore.Release; it panics with a ValueError, "Semaphore released too many times", if the counter would
// exceed its initial value, and leaves it as it is.
func (b *BoundedSemaphore) Release(n ...int) {
	k := count(n)
	b.s.release(machine.Current(), k, func() error {
		if 1-int(b.s.taken.Load())+k > b.limit+1 {
			return exceptions.Value("Semaphore released too many times")
		}
		return nil
	}, b)
}

// With calls fn between Acquire and Release: "with semaphore: …".
func (b *BoundedSemaphore) With(fn func()) {
	b.Acquire()
	with(fn, func() { b.Release() }, func() { b.Release() })
}

// Name returns what the semaphore is called in timelines and reports.
func (b *BoundedSemaphore) Name() string { return b.s.label.name(boundedKind) }

// Holders implements machine.Resource.
func (b *BoundedSemaphore) Holders() []machine.Holder { return nil }
