package process

// This file defines semaphores: _multiprocessing.SemLock.

import (
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
	semValue   = atOwn
	semMax     = atOwn + 4
	semKind    = atOwn + 8
	semWaiters = atOwn + 12
	// If at most one thread can hold it, 64 bits each: an atomic store is expensive, so there are few.
	semWho   = atOwn + 16 // the process that holds it, plus 1, and the generation of its entry; 0: it is free
	semWhere = atOwn + 24 // its thread there, and the cell and the line where that acquired it; it stays when the semaphore is released
)

// A Semaphore is a counting semaphore, or a recursive lock, that processes share (Modules/_multiprocessing/semaphore.c). Its
// methods may be called concurrently; t is the calling thread, nil for a plain goroutine.
type Semaphore struct {
	s     *System
	v     slot
	kind  Kind
	limit uint32
	value *machine.Word
	// waiters is how many threads sleep on value, or more: a process that is killed stays counted.
	waiters *machine.Word
	label   string
	object  atomic.Int64 // its number in timelines, plus 1; 0: it has none yet

	// count is how often it was acquired through this object and not released: SemLock._count. last is the thread that did so last. Who
	// acquires writes last first, and who looks reads count first: so none but the holder of a recursive lock finds itself in it.
	count atomic.Int64
	last  atomic.Pointer[machine.Thread]
}

// NewSemaphore makes a semaphore whose value is at most limit. The name is for reports. The error is ErrFull, or one of the
// system's.
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
	m := &Semaphore{s: s, v: v, kind: Kind(a.u32(v.at(semKind)).Load()), limit: a.u32(v.at(semMax)).Load(), value: v.word(semValue), waiters: v.word(semWaiters), label: v.name()}
	if a.collect {
		runtime.AddCleanup(m, func(v slot) { s.give(nil, v, 0) }, v)
	}
	return m
}

// Handle returns the semaphore as a number for one message.
func (m *Semaphore) Handle() Handle {
	h := Handle{kind: kindSemaphore, n: m.v.n, gen: m.v.gen}
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
	case e.gen() != who.gen:
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

// holder is the holder of a semaphore that at most one thread can hold; process is -1 if it is free or the holder isn't known.
type holder struct {
	process int
	gen     uint32
	id      int             // the thread's number there
	t       *machine.Thread // nil: it isn't on this machine
	since   machine.Site
}

func (m *Semaphore) holder() holder {
	a := m.v.a
	who, where := a.u64(m.v.at(semWho)).Load(), a.u64(m.v.at(semWhere)).Load()
	h := holder{process: int(uint32(who)) - 1, gen: uint32(who >> 32), id: int(uint32(where)),
		since: machine.Site{Cell: uint16(where >> 48), Line: uint16(where >> 32)}}
	if h.process >= 0 && a.entry(h.process).gen() == h.gen {
		h.t = a.thread(h.process, h.id)
	}
	return h
}

// Acquire takes 1 from the value, and waits for at most d while it is 0; a negative d has no end. It reports whether it did. The caller
// releases its GIL only to wait.
func (m *Semaphore) Acquire(t *machine.Thread, d time.Duration) bool {
	defer runtime.KeepAlive(m) // this may be its last use, and its slot another object's then
	if m.kind == Recursive && m.Mine(t) {
		m.count.Add(1)
		return true
	}
	if !m.try(t) {
		if d == 0 || !m.await(t, d) {
			return false
		}
	}
	if m.last.Load() != t {
		m.last.Store(t)
	}
	m.count.Add(1)
	m.record(t, timeline.Acquire)
	return true
}

// try takes 1 if it can.
func (m *Semaphore) try(t *machine.Thread) bool {
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
		a := m.v.a
		where := uint64(0)
		if t != nil {
			site := t.Site()
			where = uint64(site.Cell)<<48 | uint64(site.Line)<<32 | uint64(uint32(t.ID()))
		}
		if w := a.u64(m.v.at(semWhere)); w.Load() != where {
			w.Store(where)
		}
		a.u64(m.v.at(semWho)).Store(uint64(m.s.gen)<<32 | uint64(uint32(m.s.self)+1))
	}
	return true
}

// await waits and takes.
func (m *Semaphore) await(t *machine.Thread, d time.Duration) bool {
	end := machine.Deadline(t, d)
	t.Detach()
	defer t.Attach()
	// Most locks are held for less time than a sleep takes: the holder, on another core, then needn't wake this thread.
	if t.Spin(func() bool { return m.value.Load(t) > 0 && m.try(t) }) {
		return true
	}
	m.waiters.Add(t, 1)
	got := false
	defer func() {
		m.waiters.Add(t, -1)
		if !got && m.value.Load(t) > 0 { // the wake-up was another's, too
			m.value.Wake(t, 1)
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
			t.Kill(&machine.Deadlock{Waits: []machine.Waiting{{Thread: t.Name(), For: heldBy{m}.Name(), At: t.Site(), Since: t.Now()}}})
		}
		t.Wait(m.value, 0, rest, m.why())
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
	return who.process >= 0 && (e.gen() != who.gen || !e.runs()) && m.value.Load(nil) == 0
}

// Release adds 1 to the value and wakes a thread that waits. It returns an AssertionError for a recursive lock of another thread, and a
// ValueError if the value would exceed its limit.
func (m *Semaphore) Release(t *machine.Thread) error {
	defer runtime.KeepAlive(m)
	if m.kind == Recursive {
		if !m.Mine(t) {
			return &exceptions.AssertionError{Message: "attempt to release recursive lock not owned by thread"}
		}
		if m.count.Load() > 1 {
			m.count.Add(-1)
			return nil
		}
	} else if m.value.Load(t) >= m.limit {
		return exceptions.Value("semaphore or lock released too many times")
	}
	m.s.printed()
	m.count.Add(-1)
	if m.limit == 1 {
		m.v.a.u64(m.v.at(semWho)).Store(0)
	}
	m.record(t, timeline.Release)
	m.value.Add(t, 1)
	if m.waiters.Load(t) > 0 {
		m.value.Wake(t, 1)
	}
	return nil
}

func (m *Semaphore) record(t *machine.Thread, k timeline.Kind) {
	if t.Recording() && m.limit == 1 { // of those that more can have, the timeline would name one holder and keep it
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
func (m *Semaphore) Count() int { return int(m.count.Load()) }

// Mine reports whether t is the thread that acquired the semaphore last through this object, and has it.
func (m *Semaphore) Mine(t *machine.Thread) bool {
	return m.count.Load() > 0 && m.last.Load() == t
}

// HolderName returns the name of the process that holds a semaphore that at most one thread can hold, and the thread's number there.
// ok is false if it is free or the holder isn't known.
func (m *Semaphore) HolderName() (process string, own bool, ok bool) {
	h := m.holder()
	if h.process < 0 || m.value.Load(nil) > 0 {
		return "", false, false
	}
	return m.v.a.entry(h.process).name(), h.process == m.s.self, true
}

// System returns the process that has this object.
func (m *Semaphore) System() *System { return m.s }

// Limit returns the greatest value that the semaphore can have.
func (m *Semaphore) Limit() int { return int(m.limit) }
