package multiprocessing

// This file defines the objects that managers have for Python's types.

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"gilkernel/runtime/builtins"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/queue"
	"gilkernel/runtime/threading"
)

// own returns an object of one of Python's types, by the name in Python and the arguments that the methods of Manager
// send, nil for other names.
func own(typeid string, args []any) any {
	n := func(i int) int { return part[int](args, i) }
	switch typeid {
	case "dict":
		return &managedDict{builtins.NewDict(args...)}
	case "list":
		return &managedList{builtins.NewList(args...)}
	case "Namespace":
		return &managedNamespace{values: map[string]any{}}
	case "Value":
		return &managedValue{code: part[string](args, 0), value: args[1]}
	case "Array":
		return NewRawArray(part[string](args, 0), args[1])
	case "Lock":
		return &managedLock{lock: threading.NewLock()}
	case "RLock":
		return &managedLock{lock: threading.NewRLock(), recursive: true}
	case "Semaphore":
		return &managedSemaphore{threading.NewSemaphore(n(0))}
	case "BoundedSemaphore":
		return &managedSemaphore{threading.NewBoundedSemaphore(n(0))}
	case "Condition":
		l := threading.NewRLock()
		return &managedCondition{managedLock{lock: l, recursive: true}, threading.NewCondition(l)}
	case "Event":
		return &managedEvent{threading.NewEvent()}
	case "Barrier":
		opts := []threading.BarrierOption{threading.Action(part[func()](args, 1))}
		if d := part[time.Duration](args, 2); d >= 0 {
			opts = append(opts, threading.Timeout(d))
		}
		return &managedBarrier{threading.NewBarrier(n(0), opts...)}
	case "Queue":
		return &managedQueue{queue.NewQueue(n(0))}
	}
	return nil
}

// within returns the options of a wait for at most d.
func within(d time.Duration) []threading.WaitOption {
	switch {
	case d < 0:
		return nil
	case d == 0:
		return []threading.WaitOption{threading.Blocking(false)}
	}
	return []threading.WaitOption{threading.Timeout(d)}
}

// managedDict is a dict. What isn't a method of builtins.Dict returns what can be sent.
type managedDict struct{ *builtins.Dict }

func (d *managedDict) PairsList() (list []any) {
	for k, v := range d.Items() {
		list = append(list, k, v)
	}
	return list
}

func (d *managedDict) UpdatePairs(pairs []any) {
	d.Update(builtins.NewDict(pairs...))
}

func (d *managedDict) Take() []any {
	k, v := d.PopItem()
	return []any{k, v}
}

// managedList is a list.
type managedList struct{ *builtins.List }

func (l *managedList) Part(i, j int) []any { return slices.Collect(l.Slice(i, j).All()) }

func (l *managedList) Order(key any, reverse bool) {
	l.Sort(builtins.Key(key), builtins.Reverse(reverse))
}

// managedNamespace is a managers.Namespace.
type managedNamespace struct {
	mu     sync.Mutex // protects the field below
	values map[string]any
}

func (n *managedNamespace) Get(name string) any {
	n.mu.Lock()
	defer n.mu.Unlock()
	v, ok := n.values[name]
	if !ok {
		panic(&exceptions.AttributeError{Message: "'Namespace' object has no attribute '" + name + "'"})
	}
	return v
}

func (n *managedNamespace) Set(name string, v any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.values[name] = v
}

func (n *managedNamespace) Del(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, ok := n.values[name]; !ok {
		panic(&exceptions.AttributeError{Message: "'Namespace' object has no attribute '" + name + "'"})
	}
	delete(n.values, name)
}

func (n *managedNamespace) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(n.values)) {
		if !strings.HasPrefix(name, "_") {
			parts = append(parts, name+"="+builtins.Repr(n.values[name]))
		}
	}
	return "Namespace(" + strings.Join(parts, ", ") + ")"
}

// managedValue is a managers.Value: what the type code says isn't checked, as in Python.
type managedValue struct {
	mu    sync.Mutex // protects the field below
	code  string
	value any
}

func (v *managedValue) Get() any { v.mu.Lock(); defer v.mu.Unlock(); return v.value }

func (v *managedValue) Set(x any) { v.mu.Lock(); defer v.mu.Unlock(); v.value = x }

func (v *managedValue) String() string {
	return fmt.Sprintf("Value('%s', %s)", v.code, builtins.Repr(v.Get()))
}

// A locker is a lock of package threading.
type locker interface {
	Acquire(opts ...threading.WaitOption) bool
	Release()
	Name() string
}

// managedLock is a Lock or an RLock, and knows which client holds it.
type managedLock struct {
	lock      locker
	recursive bool

	mu     sync.Mutex // protects the fields below
	holder *session
	count  int
	dead   string // the holder, which won't release it; "" is none
}

// lockOf is a managedLock as a client calls it.
type lockOf struct {
	l *managedLock
	c *session
}

func (l *managedLock) of(c *session) any { return lockOf{l, c} }

func (l *managedLock) String() string { return fmt.Sprint(l.lock) }

// Acquire acquires the lock for a client, and waits for at most d.
func (o lockOf) Acquire(d time.Duration) bool {
	l := o.l
	l.mu.Lock()
	dead := l.dead
	l.mu.Unlock()
	if dead != "" && d < 0 {
		panic(l.lost(o.c.thread.Name()))
	}
	if !l.lock.Acquire(within(d)...) {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holder, l.dead = o.c, ""
	l.count++
	return true
}

// Release releases the lock. Any client may release a Lock.
func (o lockOf) Release() {
	l := o.l
	l.mu.Lock()
	holder, count, dead := l.holder, l.count, l.dead
	l.dead = ""
	if l.count--; l.count <= 0 {
		l.holder, l.count = nil, 0
	}
	l.mu.Unlock()
	done := false
	defer func() {
		if !done {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.holder, l.count, l.dead = holder, count, dead
		}
	}()
	l.lock.Release()
	done = true
}

// lose records that the holder has ended, if the holder is one of those. It reports whether nothing will release the
// lock: an ended process that held a Lock may rely on another to release it, unless it was killed.
func (l *managedLock) lose(how string, killed bool, which func(*session) bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.holder == nil || l.dead != "" || !which(l.holder) || !killed && !l.recursive {
		return false
	}
	l.dead = how
	return true
}

// lost returns what a thread gets that waits for the lock.
func (l *managedLock) lost(thread string) *machine.Deadlock {
	l.mu.Lock()
	defer l.mu.Unlock()
	return &machine.Deadlock{Waits: []machine.Waiting{{Thread: thread, For: l.lock.Name() + ", held by " + l.dead}}}
}

// managedSemaphore is a Semaphore or a BoundedSemaphore.
type managedSemaphore struct {
	s interface {
		Acquire(opts ...threading.WaitOption) bool
		Release(n ...int)
	}
}

func (s *managedSemaphore) Acquire(d time.Duration) bool { return s.s.Acquire(within(d)...) }

func (s *managedSemaphore) Release() { s.s.Release() }

func (s *managedSemaphore) String() string { return fmt.Sprint(s.s) }

// managedCondition is a Condition with an RLock.
type managedCondition struct {
	managedLock
	cond *threading.Condition
}

// conditionOf is a managedCondition as a client calls it.
type conditionOf struct {
	lockOf
	cond *threading.Condition
}

func (o *managedCondition) of(c *session) any { return conditionOf{lockOf{&o.managedLock, c}, o.cond} }

// Wait waits for a notification, for at most d. Other clients may hold the lock in the meantime.
func (o conditionOf) Wait(d time.Duration) bool {
	l := o.l
	l.mu.Lock()
	count, mine := l.count, l.holder == o.c
	if mine {
		l.holder, l.count = nil, 0
	}
	l.mu.Unlock()
	defer func() {
		if mine {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.holder, l.count = o.c, count
		}
	}()
	return o.cond.Wait(within(d)...)
}

func (o conditionOf) Notify(n int) { o.cond.Notify(n) }

func (o conditionOf) NotifyAll() { o.cond.NotifyAll() }

// managedEvent is an Event.
type managedEvent struct{ e *threading.Event }

func (e *managedEvent) Set() { e.e.Set() }

func (e *managedEvent) Clear() { e.e.Clear() }

func (e *managedEvent) IsSet() bool { return e.e.IsSet() }

func (e *managedEvent) Wait(d time.Duration) bool { return e.e.Wait(within(d)...) }

func (e *managedEvent) String() string { return fmt.Sprint(e.e) }

// managedBarrier is a Barrier.
type managedBarrier struct{ b *threading.Barrier }

func (b *managedBarrier) Wait(d time.Duration) (int, error) { return b.b.Wait(within(d)...) }

func (b *managedBarrier) Abort() { b.b.Abort() }

func (b *managedBarrier) Reset() { b.b.Reset() }

func (b *managedBarrier) Parties() int { return b.b.Parties() }

func (b *managedBarrier) NWaiting() int { return b.b.NWaiting() }

func (b *managedBarrier) Broken() bool { return b.b.Broken() }

// managedQueue is a Queue: queue.Queue, so a JoinableQueue, too.
type managedQueue struct{ q *queue.Queue }

func (q *managedQueue) Put(item any, d time.Duration) error {
	switch {
	case d < 0:
		q.q.Put(item)
		return nil
	case d == 0:
		return q.q.PutNowait(item)
	}
	return q.q.PutTimeout(item, d)
}

func (q *managedQueue) Get(d time.Duration) (any, error) {
	switch {
	case d < 0:
		return q.q.Get(), nil
	case d == 0:
		return q.q.GetNowait()
	}
	return q.q.GetTimeout(d)
}

func (q *managedQueue) Qsize() int { return q.q.Qsize() }

func (q *managedQueue) Empty() bool { return q.q.Empty() }

func (q *managedQueue) Full() bool { return q.q.Full() }

func (q *managedQueue) TaskDone() { q.q.TaskDone() }

func (q *managedQueue) Join() { q.q.Join() }

func (q *managedQueue) String() string { return fmt.Sprint(q.q) }
