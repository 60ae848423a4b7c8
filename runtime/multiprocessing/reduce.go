package multiprocessing

// This file defines how what this package makes is sent to another process: __getstate__ and __setstate__.

import (
	"fmt"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
)

// spawning returns an error unless the calling thread starts a process: context.assert_spawning.
func spawning(kind string) error {
	if t := machine.Current(); t != nil && t.Local(spawningKey{}) == true {
		return nil
	}
	return exceptions.Runtime("%s objects should only be shared between processes through inheritance: pass it in the Args of NewProcess", kind)
}

// strange is what a state is that Reduce didn't make.
func strange(kind string) error { return fmt.Errorf("a %s can't be made of what was sent", kind) }

// part returns element i of a state, zero if there is none of this type.
func part[T any](state any, i int) (v T) {
	if list, ok := state.([]any); ok && i < len(list) {
		v, _ = list[i].(T)
	}
	return v
}

func (l *semLock) reduce(kind string, keep func(process.Handle) int) (any, error) {
	if err := spawning(kind); err != nil {
		return nil, err
	}
	return []any{keep(l.check().Handle())}, nil
}

func (l *semLock) restore(kind string, state any, open func(int) any) error {
	sem, ok := open(part[int](state, 0)).(*process.Semaphore)
	if !ok {
		return strange(kind)
	}
	l.s, l.sem = sem.System(), sem
	return nil
}

// Reduce implements process.Sendable.
func (l *Lock) Reduce(keep func(process.Handle) int) (any, error) { return l.reduce("Lock", keep) }

// Restore implements process.Sendable.
func (l *Lock) Restore(state any, open func(int) any) error { return l.restore("Lock", state, open) }

// Reduce implements process.Sendable.
func (l *RLock) Reduce(keep func(process.Handle) int) (any, error) { return l.reduce("RLock", keep) }

// Restore implements process.Sendable.
func (l *RLock) Restore(state any, open func(int) any) error { return l.restore("RLock", state, open) }

// Reduce implements process.Sendable.
func (s *Semaphore) Reduce(keep func(process.Handle) int) (any, error) {
	return s.reduce("Semaphore", keep)
}

// Restore implements process.Sendable.
func (s *Semaphore) Restore(state any, open func(int) any) error {
	return s.restore("Semaphore", state, open)
}

// Reduce implements process.Sendable.
func (s *BoundedSemaphore) Reduce(keep func(process.Handle) int) (any, error) {
	return s.reduce("BoundedSemaphore", keep)
}

// Restore implements process.Sendable.
func (s *BoundedSemaphore) Restore(state any, open func(int) any) error {
	if err := s.restore("BoundedSemaphore", state, open); err != nil {
		return err
	}
	s.limit = s.sem.Limit()
	return nil
}

// Reduce implements process.Sendable. A connection can be sent at any time.
func (c *Connection) Reduce(keep func(process.Handle) int) (any, error) {
	if c.Closed() {
		return nil, closed()
	}
	return []any{keep(c.end.Handle())}, nil
}

// Restore implements process.Sendable.
func (c *Connection) Restore(state any, open func(int) any) error {
	end, ok := open(part[int](state, 0)).(*process.End)
	if !ok {
		return strange("Connection")
	}
	c.s, c.end = end.System(), end
	return nil
}

// Reduce implements process.Sendable.
func (q *Queue) Reduce(func(process.Handle) int) (any, error) {
	if err := spawning("Queue"); err != nil {
		return nil, err
	}
	q.check()
	return []any{q.maxsize, q.label, q.reader, q.writer, q.rlock, q.wlock, q.sem, q.unfinished, q.cond}, nil
}

// Restore implements process.Sendable.
func (q *Queue) Restore(state any, _ func(int) any) error {
	q.maxsize, q.label = part[int](state, 0), part[string](state, 1)
	q.reader, q.writer = part[*Connection](state, 2), part[*Connection](state, 3)
	q.rlock, q.wlock, q.sem = part[*Lock](state, 4), part[*Lock](state, 5), part[*BoundedSemaphore](state, 6)
	q.unfinished, q.cond = part[*Semaphore](state, 7), part[*Condition](state, 8)
	if q.reader == nil || q.writer == nil || q.rlock == nil || q.wlock == nil || q.sem == nil {
		return strange("Queue")
	}
	q.local = newFeeding(q.reader.s)
	return nil
}

func (s *synchronized) reduce(kind string, keep func(process.Handle) int) (any, error) {
	if err := spawning(kind); err != nil {
		return nil, err
	}
	if s.mem == nil {
		return nil, exceptions.Type("the zero %s is none", kind)
	}
	return []any{keep(s.mem.Handle()), string(s.code.code), s.n, s.lock}, nil
}

func (s *synchronized) restore(kind string, state any, open func(int) any) error {
	mem, ok := open(part[int](state, 0)).(*process.Memory)
	if !ok {
		return strange(kind)
	}
	s.mem, s.code, s.n, s.lock = mem, typecodeOf(part[string](state, 1)), part[int](state, 2), part[Locker](state, 3)
	return nil
}

// Reduce implements process.Sendable.
func (v *Value) Reduce(keep func(process.Handle) int) (any, error) {
	return v.reduce("Synchronized", keep)
}

// Restore implements process.Sendable.
func (v *Value) Restore(state any, open func(int) any) error {
	return v.restore("Synchronized", state, open)
}

// Reduce implements process.Sendable.
func (a *Array) Reduce(keep func(process.Handle) int) (any, error) {
	return a.reduce("SynchronizedArray", keep)
}

// Restore implements process.Sendable.
func (a *Array) Restore(state any, open func(int) any) error {
	return a.restore("SynchronizedArray", state, open)
}

// Reduce implements process.Sendable.
func (b *Barrier) Reduce(keep func(process.Handle) int) (any, error) {
	if err := spawning("Barrier"); err != nil {
		return nil, err
	}
	b.check()
	return []any{keep(b.mem.Handle()), b.parties, int64(b.timeout), b.cond, b.action}, nil
}

// Restore implements process.Sendable.
func (b *Barrier) Restore(state any, open func(int) any) error {
	mem, ok := open(part[int](state, 0)).(*process.Memory)
	if b.cond = part[*Condition](state, 3); !ok || b.cond == nil {
		return strange("Barrier")
	}
	b.mem, b.parties, b.timeout, b.action = mem, part[int](state, 1), time.Duration(part[int64](state, 2)), part[func()](state, 4)
	return nil
}

// Reduce implements process.Sendable: a process object stays where it was made, as it is not the process.
func (p *Process) Reduce(func(process.Handle) int) (any, error) {
	return nil, exceptions.Type("a Process can't be sent to another process: send its name or its pid")
}

// Restore implements process.Sendable.
func (p *Process) Restore(any, func(int) any) error { return strange("Process") }

// Reduce implements process.Sendable.
func (q *JoinableQueue) Reduce(func(process.Handle) int) (any, error) {
	return []any{q.Queue}, nil
}

// Restore implements process.Sendable.
func (q *JoinableQueue) Restore(state any, _ func(int) any) error {
	if q.Queue = part[*Queue](state, 0); q.Queue == nil {
		return strange("JoinableQueue")
	}
	return nil
}
