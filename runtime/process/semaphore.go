package process

// This file defines semaphores: _multiprocessing.SemLock.

import (
	"encoding/binary"
	"runtime"
	"sync/atomic"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// A Kind says what a semaphore is: SemLock's RECURSIVE_MUTEX and SEMAPHORE.
type Kind uint32

const (
	Recursive Kind = iota // a lock that its holder can acquire again
	Counting
	Held // a lock that only its holder releases, such as those inside of a queue
)

// The fields of a semaphore's slot.
const (
	semValue = atOwn // the first half of its state
	// the second half: the process that holds it, see who; 0: it is free, or several threads can hold it
	semWho     = atOwn + 4
	semMax     = atOwn + 8
	semKind    = atOwn + 12
	semWaiters = atOwn + 16 // see waiters
	// 64 bits, if at most one thread can hold it: the holder's number in its process, and the cell and the line where
	// it acquired it. A release keeps it.
	semWhere = atOwn + 24
)

// who identifies a process in a semaphore's state: its number plus 1, and the low bits of the generation of its entry.
type who uint32

const whoBits = 10 // maxProcesses is less than 1<<whoBits

func whoIs(process int, gen uint32) who { return who(uint32(process) + 1 | gen<<whoBits) }

// process returns the number, -1 for the zero who.
func (w who) process() int { return int(w&(1<<whoBits-1)) - 1 }

// in reports whether a process of this generation of an entry is meant.
func (w who) in(gen uint32) bool { return uint32(w>>whoBits) == gen<<whoBits>>whoBits }

// stateOf returns a state as memory has it: the value, then the holder.
func stateOf(value uint32, w who) uint64 {
	var memory [8]byte
	binary.NativeEndian.PutUint32(memory[:], value)
	binary.NativeEndian.PutUint32(memory[semWho-semValue:], uint32(w))
	return binary.NativeEndian.Uint64(memory[:])
}

// A Semaphore is a counting semaphore, or a recursive lock, that processes share
// (Modules/_multiprocessing/semaphore.c). Its methods are safe for concurrent use; t is the calling thread, nil for a
// plain goroutine.
type Semaphore struct {
	s     *System
	v     slot
	kind  Kind
	limit uint32
	value *machine.Word
	// waiters has how many threads sleep on value, or more: a process that is killed stays counted. See wake for its
	// flags.
	waiters *machine.Word
	calls   bool          // wake uses the flags
	skipped atomic.Uint32 // how many times wake relied on the thread that was called
	label   string
	object  atomic.Int64 // its number in timelines, plus 1; 0: it has none yet

	// state is value and holder in one, if at most one thread can hold the semaphore and the machine is real: they
	// change in one step, which is fast, and a process that is killed leaves no half of it. Otherwise it is nil. free
	// and mine are the states when it is free and when this process holds it.
	state      *atomic.Uint64
	free, mine uint64
	where      *atomic.Uint64 // see semWhere
	sleepers   *atomic.Uint32 // the number in waiters

	// count is how often it was acquired through this object and not released: SemLock._count. last is the thread that
	// did so last. A thread that acquires the semaphore writes last first, and one that looks reads count first: so
	// only the holder of a recursive lock finds itself in it. Where state is enough, there is no count.
	count   atomic.Int64
	counted bool
	last    atomic.Pointer[machine.Thread]
}

// NewSemaphore makes a semaphore whose value is at most limit. The name is for reports. The error is ErrFull, or one of
// the system's.
func (s *System) NewSemaphore(t *machine.Thread, k Kind, value, limit uint32, name string) (*Semaphore, error) {
	v, err := s.newSlot(t, kindSemaphore, 0, name, func(v slot) error {
		a := v.a
		a.u32(v.at(semValue)).Store(value)
		a.u32(v.at(semMax)).Store(limit)
		a.u32(v.at(semKind)).Store(uint32(k))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.semaphore(v), nil
}

func (s *System) semaphore(v slot) *Semaphore {
	a := s.arena
	m := &Semaphore{
		s:       s,
		v:       v,
		kind:    Kind(a.u32(v.at(semKind)).Load()),
		limit:   a.u32(v.at(semMax)).Load(),
		value:   v.word(semValue),
		waiters: v.word(semWaiters),
		label:   v.name(),
	}
	m.where, m.sleepers = a.u64(v.at(semWhere)), a.u32(v.at(semWaiters))
	m.free, m.mine = stateOf(1, 0), stateOf(0, whoIs(s.self, s.gen))
	if a.collect && m.limit == 1 {
		m.state = a.u64(v.at(semValue))
	}
	m.counted = m.state == nil || m.kind == Recursive
	if a.collect {
		m.calls = runtime.GOOS == "linux" // elsewhere a process doesn't know which threads of others sleep
		runtime.AddCleanup(m, func(v slot) { s.give(nil, v, 0) }, v)
	}
	return m
}

// Handle returns the semaphore as a number for one message.
func (m *Semaphore) Handle() Handle {
	h := Handle{kind: kindSemaphore, n: m.v.n, gen: m.v.gen, from: m.v.a}
	h.keep(m.v.a)
	runtime.KeepAlive(m)
	return h
}

// Name returns the semaphore's name.
func (m *Semaphore) Name() string { return m.label }

// heldBy names the semaphore, and its holder if that is another process.
type heldBy struct{ m *Semaphore }

// Name implements machine.Resource.
func (h heldBy) Name() string {
	who := h.m.holder()
	if who.process < 0 || who.t != nil {
		return h.m.Name()
	}
	e := h.m.v.a.entry(who.process)
	switch {
	case !who.in(e.gen()):
		return h.m.Name() + ", held by a process that has ended"
	case !e.runs():
		return h.m.Name() + ", held by " + e.name() + ", " + e.end()
	}
	return h.m.Name() + ", held by " + e.name()
}

// Holders implements machine.Resource: a thread of a process that runs on the same machine.
func (h heldBy) Holders() []machine.Holder {
	who := h.m.holder()
	if who.t == nil {
		return nil
	}
	return []machine.Holder{{Thread: who.t, Since: who.since}}
}

// holder is the holder of a semaphore that at most one thread can hold; process is -1 if it is free or the holder isn't
// known.
type holder struct {
	who
	process int
	id      int             // the thread's number there
	t       *machine.Thread // nil: it isn't on this machine
	since   machine.Site
}

func (m *Semaphore) holder() holder {
	a := m.v.a
	w, where := who(a.u32(m.v.at(semWho)).Load()), m.where.Load()
	h := holder{who: w, process: w.process(), id: int(uint32(where)),
		since: machine.Site{Cell: uint16(where >> 48), Line: uint16(where >> 32)}}
	if h.process >= 0 && h.in(a.entry(h.process).gen()) {
		h.t = a.thread(h.process, h.id)
	}
	return h
}

// Acquire takes 1 from the value, and waits for at most d while it is 0; a negative d has no end. It reports whether it
// did. The caller releases its GIL only to wait.
func (m *Semaphore) Acquire(t *machine.Thread, d time.Duration) bool {
	if m.kind == Recursive && m.Mine(t) {
		m.count.Add(1)
		return true
	}
	if !m.try(t) {
		if d == 0 || !m.await(t, d) {
			return false
		}
	}
	if m.counted {
		m.count.Add(1)
	}
	if t.Recording() {
		m.record(t, timeline.Acquire)
	}
	runtime.KeepAlive(m) // this may be its last use; then its slot may become another object's
	return true
}

// try takes 1 if it can, and notes that t holds it.
func (m *Semaphore) try(t *machine.Thread) bool {
	if m.state != nil {
		if !m.state.CompareAndSwap(m.free, m.mine) {
			return false
		}
	} else {
		for {
			v := m.value.Load(t)
			if v == 0 {
				return false
			}
			if m.value.CompareAndSwap(t, v, v-1) {
				break
			}
		}
		if m.limit == 1 {
			m.v.a.u32(m.v.at(semWho)).Store(uint32(whoIs(m.s.self, m.s.gen)))
		}
	}
	if m.last.Load() != t {
		m.last.Store(t)
	}
	if m.limit == 1 {
		where := uint64(0)
		if t != nil {
			site := t.Site()
			where = uint64(site.Cell)<<48 | uint64(site.Line)<<32 | uint64(uint32(t.ID()))
		}
		if m.where.Load() != where { // a store takes longer
			m.where.Store(where)
		}
	}
	return true
}

// await waits and takes.
func (m *Semaphore) await(t *machine.Thread, d time.Duration) bool {
	end := machine.Deadline(t, d)
	t.Detach()
	defer t.Attach()
	// Most locks are held for less time than a sleep takes: the holder, on another core, then needn't wake this thread.
	ready := func() bool { return m.value.Load(t) > 0 && m.try(t) }
	if t.Spin(ready) {
		return true
	}
	m.waiters.Add(t, 1)
	got := false
	defer func() {
		m.answer(t)
		m.waiters.Add(t, -1)
		if (!got || m.calls) && m.value.Load(t) > 0 { // the wake-up was another's, too
			m.wake(t)
		}
	}()
	for {
		if got = m.try(t); got {
			return true
		}
		rest := machine.Remaining(t, end)
		if rest == 0 {
			return false
		}
		if rest < 0 && t != nil && m.orphaned() {
			t.Kill(
				&machine.Deadlock{Waits: []machine.Waiting{{Thread: t.Name(), For: heldBy{m}.Name(), At: t.Site(),
					Since: t.Now()}}})
		}
		t.Wait(m.value, 0, rest, m.why())
		m.answer(t)
		if got = m.calls && t.Spin(ready); got { // another thread may have been faster, but won't hold it for long
			return true
		}
	}
}

// The flags of waiters. Several releases while a thread is on its way from sleep need only one wake-up, a system call:
// the thread wakes the next one itself.
const (
	called = 1 << 31 // a thread was woken that hasn't run since, or is being woken
	missed = 1 << 30 // a release has relied on that

	waitersMask = missed - 1
	// mostSkipped is how often releases rely on the same thread: its process may be stopped.
	mostSkipped = 64
)

// wake wakes a thread that waits, unless one that was woken is on its way. The value was raised before.
func (m *Semaphore) wake(t *machine.Thread) {
	if !m.calls {
		m.value.Wake(t, 1)
		return
	}
	for {
		w := m.waiters.Load(t)
		switch {
		case w&waitersMask == 0:
			return
		case w&called == 0:
			if !m.waiters.CompareAndSwap(t, w, w|called) {
				continue
			}
			// If none slept, none will answer: the flag is this thread's to clear.
			if m.value.Wake(t, 1) > 0 || m.answer(t)&missed == 0 || m.value.Load(t) == 0 {
				return
			}
		case m.skipped.Add(1)%mostSkipped == 0:
			m.value.Wake(t, 1)
			return
		case w&missed != 0 || m.waiters.CompareAndSwap(t, w, w|missed):
			return
		}
	}
}

// answer clears the flags of waiters and returns their old values: from now on the called thread reads the value
// itself.
func (m *Semaphore) answer(t *machine.Thread) uint32 {
	if !m.calls {
		return 0
	}
	for {
		w := m.waiters.Load(t)
		if w&(called|missed) == 0 || m.waiters.CompareAndSwap(t, w, w&waitersMask) {
			return w
		}
	}
}

func (m *Semaphore) why() machine.Why {
	return machine.Why{Kind: timeline.WaitLock, On: heldBy{m}, Owned: m.kind != Counting, Beyond: m.s.family()}
}

// orphaned reports whether only a process that has ended could release the lock.
func (m *Semaphore) orphaned() bool {
	if m.kind == Counting || m.value.Load(nil) > 0 {
		return false
	}
	who := m.holder()
	e := m.v.a.entry(who.process)
	return who.process >= 0 && (!who.in(e.gen()) || !e.runs()) && m.value.Load(nil) == 0
}

// Release adds 1 to the value and wakes a thread that waits. It returns an AssertionError for a recursive lock of
// another thread, and a ValueError if the value would exceed its limit.
func (m *Semaphore) Release(t *machine.Thread) error {
	if m.kind == Recursive {
		if !m.Mine(t) {
			return &exceptions.AssertionError{Message: "attempt to release recursive lock not owned by thread"}
		}
		if m.count.Load() > 1 {
			m.count.Add(-1)
			return nil
		}
	} else if m.state == nil && m.value.Load(t) >= m.limit || m.state != nil && m.state.Load() == m.free {
		return errReleased()
	}
	m.s.printed()
	if m.counted {
		m.count.Add(-1)
	}
	if m.limit == 1 && m.state == nil {
		m.v.a.u32(m.v.at(semWho)).Store(0)
	}
	if t.Recording() {
		m.record(t, timeline.Release)
	}
	if m.state == nil {
		m.value.Add(t, 1)
		if m.waiters.Load(t) > 0 {
			m.wake(t)
		}
	} else {
		for held := m.mine; !m.state.CompareAndSwap(held, m.free); { // another process may hold it
			if held = m.state.Load(); held == m.free {
				return errReleased() // by another thread, just now
			}
		}
		if m.sleepers.Load() > 0 {
			m.wake(t)
		}
	}
	runtime.KeepAlive(m) // see Acquire
	return nil
}

func errReleased() error { return exceptions.Value("semaphore or lock released too many times") }

func (m *Semaphore) record(t *machine.Thread, k timeline.Kind) {
	if m.limit == 1 { // of those that more can have, the timeline would name one holder and keep it
		object := m.object.Load()
		if object == 0 {
			object = int64(t.ObjectName(m.label)) + 1
			m.object.Store(object)
		}
		t.Record(k, nil, timeline.Name(object-1), 0)
	}
}

// Value returns the value: sem_getvalue.
func (m *Semaphore) Value(t *machine.Thread) uint32 { return m.value.Load(t) }

// Count returns how often the semaphore was acquired through this object and not released.
func (m *Semaphore) Count() int {
	if m.counted {
		return int(m.count.Load())
	}
	if m.state.Load() == m.mine && m.last.Load() != nil {
		return 1
	}
	return 0
}

// Mine reports whether t is the thread that acquired the semaphore last through this object, and still holds it.
func (m *Semaphore) Mine(t *machine.Thread) bool {
	return m.Count() > 0 && m.last.Load() == t
}

// HolderName returns the name of the process that holds a semaphore that at most one thread can hold, and the thread's
// number there. ok is false if it is free or the holder isn't known.
func (m *Semaphore) HolderName() (process string, own bool, ok bool) {
	h := m.holder()
	if h.process < 0 || m.value.Load(nil) > 0 {
		return "", false, false
	}
	return m.v.a.entry(h.process).name(), h.process == m.s.self, true
}

// System returns the process that this object belongs to.
func (m *Semaphore) System() *System { return m.s }

// Limit returns the greatest value that the semaphore can have.
func (m *Semaphore) Limit() int { return int(m.limit) }
