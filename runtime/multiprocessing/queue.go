package multiprocessing

// This file defines queues between processes: multiprocessing/queues.py.

import (
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/queue"
)

// A Queue is multiprocessing.Queue: a pipe, with a thread in each process that puts items, which feeds the pipe. So Put
// returns before the item is in the pipe, and a process that has put an item ends only when the pipe has room for it:
// get what children put before you join them. NewQueue makes one; its zero value can't be used. A Queue can be sent to
// other processes only in the arguments of NewProcess. Its methods may be called by several threads at once.
type Queue struct {
	maxsize      int
	reader       *Connection
	writer       *Connection
	rlock, wlock *Lock
	sem          *BoundedSemaphore
	label        string
	local        *feeding // the feeder of this process

	unfinished *Semaphore // of a JoinableQueue: counts items without a TaskDone
	cond       *Condition
}

// NewQueue returns a queue for at most maxsize items; with 0 or less, or no argument, there is no limit.
func NewQueue(maxsize ...int) *Queue {
	t, m := here("NewQueue")
	return m.newQueue(t, limit(maxsize), m.name("Queue", nil))
}

func limit(maxsize []int) int {
	if len(maxsize) == 0 || maxsize[0] <= 0 {
		return semMax
	}
	return maxsize[0]
}

func (m *module) newQueue(t *machine.Thread, maxsize int, name string) *Queue {
	q := &Queue{maxsize: maxsize, label: name, rlock: m.newHeldLock(t, name), wlock: m.newHeldLock(t, name),
		sem: m.newBounded(t, maxsize, name+" (full)")}
	q.reader, q.writer = m.pipe(t, []PipeOption{Duplex(false)}, name)
	q.local = newFeeding(m.s)
	return q
}

func (q *Queue) check() *feeding {
	if q == nil || q.local == nil {
		panic(exceptions.Type("a queue that processes share is made by NewQueue or NewJoinableQueue: its zero value " +
			"can't be used"))
	}
	return q.local
}

// open is check that also panics with a ValueError if the queue is closed.
func (q *Queue) open() *feeding {
	f := q.check()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		panic(exceptions.Value("Queue %v is closed", q))
	}
	return f
}

// Put waits while the queue has maxsize items and puts an item into it. A thread of this process sends the item; if the
// item can't be sent, the thread prints the reason on stderr and the item is lost. With Block(false) or a Timeout, Put
// panics with a *queue.Full if there is no room in time. It panics with a ValueError if the queue is closed.
func (q *Queue) Put(item any, opts ...WaitOption) {
	if err := q.put(item, patience(opts)); err != nil {
		panic(err)
	}
}

// PutNowait is Put that doesn't wait: it returns a *queue.Full if there is no room.
func (q *Queue) PutNowait(item any) error { return q.put(item, 0) }

// PutTimeout is Put that waits for at most d: it returns a *queue.Full if there is no room.
func (q *Queue) PutTimeout(item any, d time.Duration) error { return q.put(item, max(d, 0)) }

func (q *Queue) put(item any, d time.Duration) error {
	f := q.open()
	t := machine.Current()
	if !q.sem.sem.Acquire(t, d) {
		return &queue.Full{Queue: q.label}
	}
	if q.cond != nil {
		q.cond.Acquire()
		defer q.cond.Release()
		q.unfinished.release()
	}
	f.add(q, item)
	return nil
}

// Get waits for an item, removes it and returns it. With Block(false) or a Timeout it panics with a *queue.Empty if no
// item comes in time. It panics with a ValueError if the queue is closed.
func (q *Queue) Get(opts ...WaitOption) any {
	v, err := q.get(patience(opts))
	if err != nil {
		panic(err)
	}
	return v
}

// GetNowait is Get that doesn't wait: it returns a *queue.Empty if there is no item. An item that another process has
// just put may not have arrived.
func (q *Queue) GetNowait() (any, error) { return q.get(0) }

// GetTimeout is Get that waits for at most d: it returns a *queue.Empty if there is no item.
func (q *Queue) GetTimeout(d time.Duration) (any, error) { return q.get(max(d, 0)) }

func (q *Queue) get(d time.Duration) (any, error) {
	q.open()
	t := machine.Current()
	end := machine.Deadline(t, d)
	if !q.rlock.sem.Acquire(t, d) {
		return nil, &queue.Empty{Queue: q.label}
	}
	locked := true
	defer func() {
		if locked {
			q.rlock.release()
		}
	}()
	e := q.reader.check()
	if d >= 0 {
		ok, err := e.Poll(t, machine.Remaining(t, end))
		if err != nil {
			return nil, q.reader.fault(err, false)
		}
		if !ok {
			return nil, &queue.Empty{Queue: q.label}
		}
	}
	b, handles, err := e.RecvInto(t, q.reader.s.Buffer(), -1)
	if err != nil {
		return nil, q.reader.fault(err, false)
	}
	q.sem.release()
	locked = false
	q.rlock.release()
	v, err := q.reader.s.Loads(t, b, handles)
	q.reader.s.Recycle(b)
	return v, err
}

// Qsize returns the approximate number of items: those that any process has put and none has taken.
func (q *Queue) Qsize() int { q.check(); return q.maxsize - q.sem.GetValue() }

// Empty reports whether there is no item now; another process may put one at any time.
func (q *Queue) Empty() bool { q.check(); return !q.reader.Poll() }

// Full reports whether there is no room now; another process may take an item at any time.
func (q *Queue) Full() bool { q.check(); return q.sem.GetValue() == 0 }

// Close makes Put and Get of this process panic; items that were put are still sent. Closing it again does nothing.
func (q *Queue) Close() { q.check().close() }

// JoinThread waits until all items that this process has put are in the pipe. It panics with an AssertionError if the
// queue isn't closed.
func (q *Queue) JoinThread() {
	f := q.check()
	f.mu.Lock()
	closed := f.closed
	f.mu.Unlock()
	assert(closed, "Queue "+q.String()+" not closed")
	f.join(machine.Current())
}

// CancelJoinThread lets this process end before all items that it has put are sent: the others are lost.
func (q *Queue) CancelJoinThread() { q.check().cancelJoin() }

// Name returns the queue's name in timelines and reports: "Queue-1".
func (q *Queue) Name() string { q.check(); return q.label }

// String returns "<Queue Queue-1>".
func (q *Queue) String() string {
	if q == nil || q.local == nil {
		return "<Queue>"
	}
	if q.cond != nil {
		return "<JoinableQueue " + q.label + ">"
	}
	return "<Queue " + q.label + ">"
}

// A JoinableQueue is multiprocessing.JoinableQueue: a Queue whose Join waits until TaskDone was called for each item.
type JoinableQueue struct{ *Queue }

// NewJoinableQueue returns a queue for at most maxsize items; with 0 or less, or no argument, there is no limit.
func NewJoinableQueue(maxsize ...int) *JoinableQueue {
	t, m := here("NewJoinableQueue")
	name := m.name("JoinableQueue", nil)
	q := m.newQueue(t, limit(maxsize), name)
	q.unfinished = m.newSemaphore(t, 0, name)
	q.cond = m.newCondition(t, nil, name+" (all tasks done)")
	return &JoinableQueue{q}
}

// TaskDone marks an item that was taken as done. It panics with a ValueError, "task_done() called too many times", if
// all items are done.
func (q *JoinableQueue) TaskDone() {
	q.check()
	q.cond.With(func() {
		t := machine.Current()
		if !q.unfinished.sem.Acquire(t, 0) {
			panic(exceptions.Value("task_done() called too many times"))
		}
		if q.unfinished.zero(t) {
			q.cond.NotifyAll()
		}
	})
}

// Join waits until all items that were put are marked as done.
func (q *JoinableQueue) Join() {
	q.check()
	q.cond.With(func() {
		if !q.unfinished.zero(machine.Current()) {
			q.cond.Wait()
		}
	})
}

// A SimpleQueue is multiprocessing.SimpleQueue: a pipe with two locks. Put waits while the pipe is full (64 KiB).
// NewSimpleQueue makes one; its zero value can't be used. A SimpleQueue can be sent to other processes only in the
// arguments of NewProcess.
type SimpleQueue struct {
	reader, writer *Connection
	rlock, wlock   *Lock
	label          string
}

// NewSimpleQueue returns an empty queue.
func NewSimpleQueue() *SimpleQueue {
	t, m := here("NewSimpleQueue")
	name := m.name("SimpleQueue", nil)
	q := &SimpleQueue{rlock: m.newHeldLock(t, name), wlock: m.newHeldLock(t, name), label: name}
	q.reader, q.writer = m.pipe(t, []PipeOption{Duplex(false)}, name)
	return q
}

func (q *SimpleQueue) check() {
	if q == nil || q.reader == nil {
		panic(exceptions.Type("a SimpleQueue that processes share is made by NewSimpleQueue: its zero value can't be " +
			"used"))
	}
}

// Put sends an item. It panics with a *PicklingError if the item can't be sent, and with an OSError if the queue is
// closed.
func (q *SimpleQueue) Put(item any) {
	q.check()
	t := machine.Current()
	b, handles, err := q.writer.s.Dumps(t, item)
	if err != nil {
		panic(unsendable(err))
	}
	q.wlock.With(func() { err = q.writer.end.Send(t, b, handles) })
	q.writer.s.Recycle(b)
	if err != nil {
		panic(q.writer.fault(err, true))
	}
}

// Get waits for an item, removes it and returns it. It panics with an OSError if the queue is closed.
func (q *SimpleQueue) Get() any {
	q.check()
	t := machine.Current()
	v, err := any(nil), error(nil)
	q.rlock.With(func() { v, err = q.reader.next(t) })
	if err != nil {
		panic(err)
	}
	return v
}

// Empty reports whether there is no item now.
func (q *SimpleQueue) Empty() bool { q.check(); return !q.reader.Poll() }

// Close closes the queue in this process. Closing it again does nothing.
func (q *SimpleQueue) Close() { q.check(); q.reader.Close(); q.writer.Close() }

// String returns "<SimpleQueue SimpleQueue-1>".
func (q *SimpleQueue) String() string {
	if q == nil {
		return "<SimpleQueue>"
	}
	return "<SimpleQueue " + q.label + ">"
}
