package queue

// This file defines queues: Lib/queue.py.

import (
	"iter"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// A Queue is queue.Queue: what was put first comes first. NewQueue makes one. All methods may be called by several
// threads at once; there is no zero Queue.
type Queue struct {
	label label
	max   int

	lock                    *threading.Lock // protects the fields below
	notEmpty, notFull, done *threading.Condition
	items                   store
	unfinished              int
	shut                    bool
}

// A LifoQueue is queue.LifoQueue: what was put last comes first. NewLifoQueue makes one.
type LifoQueue struct{ Queue }

// A PriorityQueue is queue.PriorityQueue: the least comes first, as Less compares. NewPriorityQueue makes one.
type PriorityQueue struct{ Queue }

// NewQueue returns a queue with room for maxsize items; there is no limit if it isn't given or not positive.
func NewQueue(maxsize ...int) *Queue {
	q := &Queue{}
	q.init("Queue", &fifo{}, maxsize)
	return q
}

// NewLifoQueue is NewQueue for a LifoQueue.
func NewLifoQueue(maxsize ...int) *LifoQueue {
	q := &LifoQueue{}
	q.init("LifoQueue", &lifo{}, maxsize)
	return q
}

// NewPriorityQueue is NewQueue for a PriorityQueue.
func NewPriorityQueue(maxsize ...int) *PriorityQueue {
	q := &PriorityQueue{}
	q.init("PriorityQueue", &priority{}, maxsize)
	return q
}

func (q *Queue) init(kind string, items store, maxsize []int) {
	switch len(maxsize) {
	case 0:
	case 1:
		q.max = maxsize[0]
	default:
		panic(exceptions.Type("%s.__init__() takes from 1 to 2 positional arguments but %d were given", kind,
			1+len(maxsize)))
	}
	q.label.init(kind)
	q.items = items
	q.lock = threading.NewInnerLock(q)
	condition := func(how string) *threading.Condition {
		return threading.NewInnerCondition(q.lock, machine.Why{Kind: timeline.WaitQueue, On: waiting{q, how}})
	}
	q.notEmpty, q.notFull, q.done = condition("empty"), condition("full"), condition("tasks not done")
}

// Named gives the queue a name for timelines and reports, and returns the queue.
func (q *Queue) Named(name string) *Queue { q.label.set(name); return q }

// Named gives the queue a name for timelines and reports, and returns the queue.
func (q *LifoQueue) Named(name string) *LifoQueue { q.label.set(name); return q }

// Named gives the queue a name for timelines and reports, and returns the queue.
func (q *PriorityQueue) Named(name string) *PriorityQueue { q.label.set(name); return q }

// Name returns what the queue is called in timelines and reports: "Queue jobs", "Queue-1".
func (q *Queue) Name() string { return q.label.name() }

// Holders implements machine.Resource: a queue has none.
func (q *Queue) Holders() []machine.Holder { return nil }

// waiting is what a caller waits for.
type waiting struct {
	q   *Queue
	how string
}

// Name implements machine.Resource: "Queue jobs (empty)".
func (w waiting) Name() string { return w.q.Name() + " (" + w.how + ")" }

// Whole returns the queue.
func (w waiting) Whole() any { return w.q }

// Holders implements machine.Resource: any thread can put and get.
func (w waiting) Holders() []machine.Holder { return nil }

// What put and get cost in checks of interpreted code: before the lock is asked for, and while it is held (1.2 µs and
// 1.3 µs under 3.13, of which the lock itself takes some).
const checksBefore, checksInside = 12, 24

// enter takes the lock, which the caller releases, and returns the calling thread. Interpreted code runs before and
// after, which may lose the GIL, so that other threads find the lock taken now and then, as in Python.
func (q *Queue) enter() *machine.Thread {
	if q.lock == nil {
		panic(&exceptions.AttributeError{Message: "a Queue that NewQueue didn't make has no attribute 'mutex'"})
	}
	t := machine.Current()
	if t != nil {
		t.CheckN(checksBefore)
	}
	q.lock.Acquire()
	return t
}

// Put puts an item into the queue, and waits for room if there is none. Block(false) and Timeout(d) limit the wait;
// they are what PutNowait and PutTimeout return errors for. It panics with a *ShutDown if the queue is or gets shut
// down, with a *Full if the time is up, and with a ValueError if that is negative.
func (q *Queue) Put(item any, opts ...Option) {
	if err := q.put(item, patienceOf(opts)); err != nil {
		panic(err)
	}
}

// PutNowait puts an item into the queue if there is room. The error is a *Full or a *ShutDown.
func (q *Queue) PutNowait(item any) error { return q.put(item, patience{not: true}) }

// PutTimeout is Put that waits for at most d. The error is a *Full or a *ShutDown. A negative d panics with a
// ValueError.
func (q *Queue) PutTimeout(item any, d time.Duration) error {
	return q.put(item, patience{timed: true, d: d})
}

func (q *Queue) put(item any, p patience) (err error) {
	t := q.enter()
	defer q.lock.Release()
	if t != nil {
		t.CheckN(checksInside)
	}
	if q.shut {
		return &ShutDown{q.Name()}
	}
	if q.max > 0 {
		p.check()
		if !q.await(t, q.notFull, p, func() bool { return q.items.len() < q.max || q.shut }) {
			return &Full{q.Name()}
		}
		if q.shut {
			return &ShutDown{q.Name()}
		}
	}
	q.items.put(item)
	q.unfinished++
	q.label.record(t, timeline.Put, q, q.items.len())
	q.notEmpty.Notify()
	return nil
}

// await waits until ready, and reports whether that came before the time was up. Callers hold the lock.
func (q *Queue) await(t *machine.Thread, c *threading.Condition, p patience, ready func() bool) bool {
	if ready() {
		return true
	}
	if p.not {
		return false
	}
	until := p.until(t)
	returned := false
	defer func() {
		if !returned && ready() && q.lock.Locked() {
			c.Notify() // the thread must end: pass its wake-up on to another
		}
	}()
	for !ready() {
		if !p.timed {
			c.Wait()
			continue
		}
		left := until - machine.Now(t)
		if left <= 0 {
			returned = true
			return false
		}
		c.Wait(threading.Timeout(left))
	}
	returned = true
	return true
}

// Get takes an item out of the queue and returns it, and waits for one if there is none. Block(false) and Timeout(d)
// limit the wait; they are what GetNowait and GetTimeout return errors for. It panics with a *ShutDown if the queue is
// or gets shut down and has no items, with an *Empty if the time is up, and with a ValueError if that is negative.
func (q *Queue) Get(opts ...Option) any {
	item, err := q.get(patienceOf(opts))
	if err != nil {
		panic(err)
	}
	return item
}

// GetNowait takes an item out of the queue if there is one. The error is an *Empty or a *ShutDown.
func (q *Queue) GetNowait() (any, error) { return q.get(patience{not: true}) }

// GetTimeout is Get that waits for at most d. The error is an *Empty or a *ShutDown. A negative d panics with a
// ValueError.
func (q *Queue) GetTimeout(d time.Duration) (any, error) { return q.get(patience{timed: true, d: d}) }

func (q *Queue) get(p patience) (any, error) {
	t := q.enter()
	defer q.lock.Release()
	if t != nil {
		t.CheckN(checksInside)
	}
	if q.shut && q.items.len() == 0 {
		return nil, &ShutDown{q.Name()}
	}
	p.check()
	if !q.await(t, q.notEmpty, p, func() bool { return q.items.len() > 0 || q.shut }) {
		return nil, &Empty{q.Name()}
	}
	if q.items.len() == 0 {
		return nil, &ShutDown{q.Name()}
	}
	item := q.items.get()
	q.label.record(t, timeline.Get, q, q.items.len())
	q.notFull.Notify()
	return item, nil
}

// All returns an iterator that gets items until the queue is shut down and empty: while True: q.get(), up to
// ShutDown.
func (q *Queue) All() iter.Seq[any] {
	return func(yield func(any) bool) {
		for {
			item, err := q.get(patience{})
			if err != nil || !yield(item) {
				return
			}
		}
	}
}

// Qsize returns how many items there are. The answer may be out of date when the caller sees it.
func (q *Queue) Qsize() int {
	q.enter()
	defer q.lock.Release()
	return q.items.len()
}

// Empty reports whether there are no items. The answer may be out of date when the caller sees it.
func (q *Queue) Empty() bool { return q.Qsize() == 0 }

// Full reports whether there is no room. The answer may be out of date when the caller sees it.
func (q *Queue) Full() bool { return q.Qsize() >= q.max && q.max > 0 }

// Maxsize returns how many items there is room for; not positive: there is no limit.
func (q *Queue) Maxsize() int { return q.max }

// IsShutdown reports whether Shutdown was called.
func (q *Queue) IsShutdown() bool {
	q.enter()
	defer q.lock.Release()
	return q.shut
}

// TaskDone says that the work on an item is done. It panics with a ValueError, "task_done() called too many times", if
// it was called for all items before.
func (q *Queue) TaskDone() {
	q.enter()
	defer q.lock.Release()
	if q.unfinished <= 0 {
		panic(exceptions.Value("task_done() called too many times"))
	}
	if q.unfinished--; q.unfinished == 0 {
		q.done.NotifyAll()
	}
}

// Join waits until TaskDone was called for all items.
func (q *Queue) Join() {
	t := q.enter()
	defer q.lock.Release()
	q.await(t, q.done, patience{}, func() bool { return q.unfinished == 0 })
}

// Shutdown lets Put fail from now on, and Get when the queue is empty; all threads that wait are woken. If immediate is
// given and true, the items are discarded and count as done.
func (q *Queue) Shutdown(immediate ...bool) {
	q.enter()
	defer q.lock.Release()
	q.shut = true
	if len(immediate) > 0 && immediate[0] {
		for q.items.len() > 0 {
			q.items.get()
			q.unfinished = max(q.unfinished-1, 0)
		}
		q.done.NotifyAll()
	}
	q.notEmpty.NotifyAll()
	q.notFull.NotifyAll()
}
