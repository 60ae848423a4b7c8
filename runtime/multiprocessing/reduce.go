package multiprocessing

// This file defines how the objects of this package are sent to another process: __getstate__ and __setstate__.

import (
	"fmt"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/process"
)

// spawning returns an error unless the calling thread is starting a process: context.assert_spawning.
func spawning(kind string) error {
	if t := machine.Current(); t != nil && t.Local(spawningKey{}) == true {
		return nil
	}
	return exceptions.Runtime("%s objects should only be shared between processes through inheritance: pass it in "+
		"the Args of NewProcess", kind)
}

// strange returns the error for a state that Reduce didn't make.
func strange(kind string) error { return fmt.Errorf("a %s can't be made of what was sent", kind) }

// part returns element i of a state, the zero T if there is none of this type.
func part[T any](state any, i int) (v T) {
	if list, ok := state.([]any); ok && i < len(list) {
		v, _ = list[i].(T)
	}
	return v
}

// kept returns a state that consists of the handle's number in the pickle and more.
func kept(p *pickle.Pickler, h process.Handle, more ...any) (any, error) {
	n, err := p.Keep(h)
	if err != nil {
		return nil, err
	}
	return append([]any{n}, more...), nil
}

// object returns the object of the handle with which a state begins, nil if there is none.
func object(u *pickle.Unpickler, state any) any {
	o, err := u.Handle(part[int](state, 0))
	if err != nil {
		return nil
	}
	return o
}

func (l *semLock) reduce(kind string, p *pickle.Pickler) (any, error) {
	if err := spawning(kind); err != nil {
		return nil, err
	}
	return kept(p, l.check().Handle())
}

func (l *semLock) restore(kind string, u *pickle.Unpickler, state any) error {
	sem, ok := object(u, state).(*process.Semaphore)
	if !ok {
		return strange(kind)
	}
	l.s, l.sem = sem.System(), sem
	return nil
}

// Reduce implements pickle.Reducer.
func (l *Lock) Reduce(p *pickle.Pickler) (any, error) { return l.reduce("Lock", p) }

// Restore implements pickle.Restorer.
func (l *Lock) Restore(u *pickle.Unpickler, state any) error { return l.restore("Lock", u, state) }

// Reduce implements pickle.Reducer.
func (l *RLock) Reduce(p *pickle.Pickler) (any, error) { return l.reduce("RLock", p) }

// Restore implements pickle.Restorer.
func (l *RLock) Restore(u *pickle.Unpickler, state any) error { return l.restore("RLock", u, state) }

// Reduce implements pickle.Reducer.
func (s *Semaphore) Reduce(p *pickle.Pickler) (any, error) {
	return s.reduce("Semaphore", p)
}

// Restore implements pickle.Restorer.
func (s *Semaphore) Restore(u *pickle.Unpickler, state any) error {
	return s.restore("Semaphore", u, state)
}

// Reduce implements pickle.Reducer.
func (s *BoundedSemaphore) Reduce(p *pickle.Pickler) (any, error) {
	return s.reduce("BoundedSemaphore", p)
}

// Restore implements pickle.Restorer.
func (s *BoundedSemaphore) Restore(u *pickle.Unpickler, state any) error {
	if err := s.restore("BoundedSemaphore", u, state); err != nil {
		return err
	}
	s.limit = s.sem.Limit()
	return nil
}

// Reduce implements pickle.Reducer. A connection can be sent at any time.
func (c *Connection) Reduce(p *pickle.Pickler) (any, error) {
	if c.Closed() {
		return nil, closed()
	}
	end, ok := c.end.(*process.End)
	if !ok {
		return nil,
			&pickle.Refusal{What: "a connection over a socket",
				Advice: "let the other process call connection.Client itself"}
	}
	return kept(p, end.Handle())
}

// Restore implements pickle.Restorer.
func (c *Connection) Restore(u *pickle.Unpickler, state any) error {
	end, ok := object(u, state).(*process.End)
	if !ok {
		return strange("Connection")
	}
	c.s, c.end = end.System(), end
	return nil
}

// Reduce implements pickle.Reducer.
func (q *Queue) Reduce(*pickle.Pickler) (any, error) {
	if err := spawning("Queue"); err != nil {
		return nil, err
	}
	q.check()
	return []any{q.maxsize, q.label, q.reader, q.writer, q.rlock, q.wlock, q.sem, q.unfinished, q.cond}, nil
}

// Restore implements pickle.Restorer.
func (q *Queue) Restore(_ *pickle.Unpickler, state any) error {
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

func (s *synchronized) reduce(kind string, p *pickle.Pickler) (any, error) {
	if err := spawning(kind); err != nil {
		return nil, err
	}
	if s.mem == nil {
		return nil, exceptions.Type("the zero %s is none", kind)
	}
	return kept(p, s.mem.Handle(), string(s.code.code), s.n, s.lock)
}

func (s *synchronized) restore(kind string, u *pickle.Unpickler, state any) error {
	mem, ok := object(u, state).(*process.Memory)
	if !ok {
		return strange(kind)
	}
	s.mem, s.code, s.n, s.lock = mem, typecodeOf(part[string](state, 1)), part[int](state, 2), part[Locker](state, 3)
	return nil
}

// Reduce implements pickle.Reducer.
func (v *Value) Reduce(p *pickle.Pickler) (any, error) {
	return v.reduce("Synchronized", p)
}

// Restore implements pickle.Restorer.
func (v *Value) Restore(u *pickle.Unpickler, state any) error {
	return v.restore("Synchronized", u, state)
}

// Reduce implements pickle.Reducer.
func (a *Array) Reduce(p *pickle.Pickler) (any, error) {
	return a.reduce("SynchronizedArray", p)
}

// Restore implements pickle.Restorer.
func (a *Array) Restore(u *pickle.Unpickler, state any) error {
	return a.restore("SynchronizedArray", u, state)
}

// Reduce implements pickle.Reducer.
func (b *Barrier) Reduce(p *pickle.Pickler) (any, error) {
	if err := spawning("Barrier"); err != nil {
		return nil, err
	}
	b.check()
	return kept(p, b.mem.Handle(), b.parties, int64(b.timeout), b.cond, b.action)
}

// Restore implements pickle.Restorer.
func (b *Barrier) Restore(u *pickle.Unpickler, state any) error {
	mem, ok := object(u, state).(*process.Memory)
	if b.cond = part[*Condition](state, 3); !ok || b.cond == nil {
		return strange("Barrier")
	}
	b.mem, b.parties, b.timeout, b.action = mem, part[int](state, 1), time.Duration(part[int64](state, 2)),
		part[func()](state, 4)
	return nil
}

// Reduce implements pickle.Reducer: it refuses, because a Process belongs to the process that made it.
func (p *Process) Reduce(*pickle.Pickler) (any, error) {
	return nil, &pickle.Refusal{What: "a Process", Advice: "send its name or its pid"}
}

// Restore implements pickle.Restorer.
func (p *Process) Restore(*pickle.Unpickler, any) error { return strange("Process") }

// Reduce implements pickle.Reducer.
func (q *JoinableQueue) Reduce(*pickle.Pickler) (any, error) {
	return []any{q.Queue}, nil
}

// Restore implements pickle.Restorer.
func (q *JoinableQueue) Restore(_ *pickle.Unpickler, state any) error {
	if q.Queue = part[*Queue](state, 0); q.Queue == nil {
		return strange("JoinableQueue")
	}
	return nil
}
