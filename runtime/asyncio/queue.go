package asyncio

// This file defines queues: Lib/asyncio/queues.py.

import (
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// A Queue is a queue between tasks of one loop. NewQueue makes one. Unlike that of package queue it needs no lock, and
// its size can be relied on until the next wait.
type Queue struct {
	label    string
	id       gil.Identity
	max      int
	items    queue[any]
	getters  []*Future
	putters  []*Future
	tasks    int // unfinished
	finished Event
	shut     bool
}

// NewQueue returns a queue with room for maxsize items, without limit if it isn't given or not positive.
func NewQueue(maxsize ...int) *Queue {
	q := &Queue{label: "Queue " + unnamed("Queue")}
	if len(maxsize) > 0 {
		q.max = maxsize[0]
	}
	q.finished.set = true
	q.finished.label = "the tasks of " + q.label
	return q
}

// unnamed returns the number of a queue without a name.
func unnamed(kind string) string {
	return numbered(kind, moduleOf(machine.Current()).number(kind))[len(kind)+1:]
}

// Named gives the queue a name for reports, and returns it.
func (q *Queue) Named(name string) *Queue {
	q.label = "Queue " + name
	q.finished.label = "the tasks of " + q.label
	return q
}

// Name returns what the queue is called in reports: "Queue jobs".
func (q *Queue) Name() string { return q.label }

// Maxsize returns how many items there is room for; not positive: there is no limit.
func (q *Queue) Maxsize() int { return q.max }

// Qsize returns how many items there are.
func (q *Queue) Qsize() int { return q.items.len() }

// Empty reports whether there are none.
func (q *Queue) Empty() bool { return q.items.len() == 0 }

// Full reports whether there is no room.
func (q *Queue) Full() bool { return q.max > 0 && q.items.len() >= q.max }

// Put puts an item into the queue, and waits for room: await q.put(item). It panics with a *QueueShutDown if the queue
// was shut down.
func (q *Queue) Put(item any) {
	for k := (*Task)(nil); q.Full(); {
		if q.shut {
			panic(&QueueShutDown{q.label})
		}
		if k == nil {
			k = waiting("Queue.Put")
		}
		q.wait(k, &q.putters, "full", func() bool { return !q.Full() })
	}
	if err := q.PutNowait(item); err != nil {
		panic(err)
	}
}

// wait waits until one of the other side wakes it. If it is cancelled instead, it passes a wake-up on.
func (q *Queue) wait(k *Task, list *[]*Future, how string, useful func() bool) {
	f := k.l.newFuture(q, how)
	*list = append(*list, f)
	ended := false
	defer func() {
		if ended || k.l.over {
			return
		}
		f.cancel()
		remove(list, f)
		if useful() && !f.Cancelled() {
			wakeNext(list)
		}
	}()
	k.await(f)
	ended = true
}

func remove(list *[]*Future, f *Future) {
	for i, g := range *list {
		if g == f {
			*list = append((*list)[:i], (*list)[i+1:]...)
			return
		}
	}
}

// wakeNext wakes the first that isn't cancelled.
func wakeNext(list *[]*Future) {
	for len(*list) > 0 {
		f := (*list)[0]
		(*list)[0] = nil
		*list = (*list)[1:]
		if !f.Done() {
			f.SetResult(nil)
			return
		}
	}
}

// wakeAll wakes all.
func wakeAll(list *[]*Future) {
	for len(*list) > 0 {
		wakeNext(list)
	}
}

// PutNowait puts an item into the queue. The error is a *QueueFull or a *QueueShutDown.
func (q *Queue) PutNowait(item any) error {
	switch {
	case q.shut:
		return &QueueShutDown{q.label}
	case q.Full():
		return &QueueFull{q.label}
	}
	q.items.push(item)
	q.record(timeline.Put)
	q.tasks++
	q.finished.Clear()
	wakeNext(&q.getters)
	return nil
}

// Get takes an item out of the queue, and waits for one: await q.get(). It panics with a *QueueShutDown if the queue
// was shut down and is empty.
func (q *Queue) Get() any {
	for k := (*Task)(nil); q.Empty(); {
		if q.shut {
			panic(&QueueShutDown{q.label})
		}
		if k == nil {
			k = waiting("Queue.Get")
		}
		q.wait(k, &q.getters, "empty", func() bool { return !q.Empty() })
	}
	item, err := q.GetNowait()
	if err != nil {
		panic(err)
	}
	return item
}

// GetNowait takes an item out of the queue. The error is a *QueueEmpty or a *QueueShutDown.
func (q *Queue) GetNowait() (any, error) {
	if q.Empty() {
		if q.shut {
			return nil, &QueueShutDown{q.label}
		}
		return nil, &QueueEmpty{q.label}
	}
	item := q.items.pop()
	q.record(timeline.Get)
	wakeNext(&q.putters)
	return item, nil
}

// record writes what happened into the timeline.
func (q *Queue) record(kind timeline.Kind) {
	if t := machine.Current(); t.Recording() {
		t.Record(kind, nil, t.ObjectName(q.label), int32(q.items.len()))
	}
}

// TaskDone says that the work on an item is done. It panics with a ValueError, "task_done() called too many times", if
// it was called for all items before.
func (q *Queue) TaskDone() {
	if q.tasks <= 0 {
		panic(exceptions.Value("task_done() called too many times"))
	}
	if q.tasks--; q.tasks == 0 {
		q.finished.Set()
	}
}

// Join waits until TaskDone was called for all items.
func (q *Queue) Join() {
	if q.tasks > 0 {
		q.finished.Wait()
	}
}

// Shutdown lets Put fail from now on, and Get when the queue is empty: at once if immediate is given and true, because
// the items are discarded then. Python has it since 3.13; here all versions do.
func (q *Queue) Shutdown(immediate ...bool) {
	q.shut = true
	if len(immediate) > 0 && immediate[0] {
		for !q.Empty() {
			q.items.pop()
			q.tasks = max(q.tasks-1, 0)
		}
		if q.tasks == 0 {
			q.finished.Set()
		}
	}
	wakeAll(&q.getters)
	wakeAll(&q.putters)
}
