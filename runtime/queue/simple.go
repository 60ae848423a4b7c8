package queue

// This file defines the queue that is C: Modules/_queuemodule.c.

import (
	"sync"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// A SimpleQueue is queue.SimpleQueue: without a limit, TaskDone and Shutdown, and four times as fast. NewSimpleQueue
// makes one; the zero SimpleQueue is ready too. All methods may be called by several threads at once. (Python has it
// since 3.7; here all versions do.)
//
// Since 3.13 an item is handed to the thread that has waited longest; in older versions, the first thread to ask after
// a Put gets it.
type SimpleQueue struct {
	label label
	order machine.Word // touched before items is: changes have their places in time

	mu      sync.Mutex // protects the fields below; held briefly, never while anything waits
	items   fifo
	getters []*getter
}

// getter is a thread that waits.
type getter struct {
	w      machine.Word // 1: out of the list
	fair   bool
	handed bool // item is its own; protected by SimpleQueue.mu
	item   any
}

// NewSimpleQueue returns an empty queue.
func NewSimpleQueue() *SimpleQueue {
	q := &SimpleQueue{}
	q.label.init("SimpleQueue")
	return q
}

// Named gives the queue a name for timelines and reports, and returns the queue.
func (q *SimpleQueue) Named(name string) *SimpleQueue {
	q.label.kind = "SimpleQueue"
	q.label.set(name)
	return q
}

// Name returns what the queue is called in timelines and reports: "SimpleQueue jobs", "SimpleQueue-1".
func (q *SimpleQueue) Name() string { return q.label.name() }

// emptySimple is what a Get waits for.
type emptySimple struct{ q *SimpleQueue }

// Name implements machine.Resource.
func (e emptySimple) Name() string { return e.q.Name() + " (empty)" }

// Whole returns the queue.
func (e emptySimple) Whole() any { return e.q }

// Holders implements machine.Resource: any thread can put.
func (e emptySimple) Holders() []machine.Holder { return nil }

// Put puts an item into the queue. It never waits; the options exist because Queue's Put has them, and are ignored.
func (q *SimpleQueue) Put(item any, _ ...Option) {
	t := machine.Current()
	q.order.Touch(t)
	g, size := q.add(item)
	q.record(t, timeline.Put, size)
	if g != nil {
		g.w.Store(t, 1)
		g.w.Wake(t, 1)
	}
}

// add returns the getter to wake, and the size.
func (q *SimpleQueue) add(item any) (*getter, int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.getters) == 0 {
		q.items.put(item)
		return nil, q.items.len()
	}
	g := q.getters[0]
	q.getters[0] = nil
	q.getters = q.getters[1:]
	if g.fair {
		g.item, g.handed = item, true
		return g, q.items.len()
	}
	q.items.put(item)
	return g, q.items.len()
}

func (q *SimpleQueue) record(t *machine.Thread, kind timeline.Kind, size int) {
	if t.Recording() {
		if q.label.text.Load() == nil {
			q.label.init("SimpleQueue")
		}
		q.label.record(t, kind, emptySimple{q}, size)
	}
}

// PutNowait is Put; the error is always nil.
func (q *SimpleQueue) PutNowait(item any) error {
	q.Put(item)
	return nil
}

// PutTimeout is Put; the error is always nil.
func (q *SimpleQueue) PutTimeout(item any, _ time.Duration) error {
	q.Put(item)
	return nil
}

// Get takes an item out of the queue and returns it, and waits for one, without the GIL, if there is none. It panics
// with an *Empty if a Block(false) or Timeout(d) forbids that, and with a ValueError if d is negative.
func (q *SimpleQueue) Get(opts ...Option) any {
	item, err := q.get(patienceOf(opts))
	if err != nil {
		panic(err)
	}
	return item
}

// GetNowait takes an item out of the queue if there is one. The error is an *Empty.
func (q *SimpleQueue) GetNowait() (any, error) { return q.get(patience{not: true}) }

// GetTimeout is Get that waits for at most d. The error is an *Empty. A negative d panics with a ValueError.
func (q *SimpleQueue) GetTimeout(d time.Duration) (any, error) {
	return q.get(patience{timed: true, d: d})
}

func (q *SimpleQueue) get(p patience) (any, error) {
	p.check()
	t := machine.Current()
	fair := true
	if in := gil.Of(t); in != nil {
		fair = in.Profile().FairLocks
	}
	until := p.until(t)
	for {
		q.order.Touch(t)
		item, g, ok := q.takeOrWait(p.not || p.timed && machine.Now(t) >= until, fair)
		switch {
		case ok:
			q.record(t, timeline.Get, q.Qsize())
			return item, nil
		case g == nil:
			return nil, &Empty{q.Name()}
		}
		q.wait(t, g, p.timed, until)
		if g.handed {
			q.record(t, timeline.Get, q.Qsize())
			return g.item, nil
		}
	}
}

// takeOrWait takes an item, or joins those that wait unless never is set.
func (q *SimpleQueue) takeOrWait(never, fair bool) (item any, g *getter, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.items.len() > 0 {
		return q.items.get(), nil, true
	}
	if never {
		return nil, nil, false
	}
	g = &getter{fair: fair}
	q.getters = append(q.getters, g)
	return nil, g, false
}

// wait waits until g is out of the list, if timed until a time.
func (q *SimpleQueue) wait(t *machine.Thread, g *getter, timed bool, until time.Duration) {
	ended := false

	if t != nil {
		t.Detach()
	}
	defer func() {
		if !ended {
			q.abandon(t, g)
		}
		t.Resume()
	}()
	why := machine.Why{Kind: timeline.WaitQueue, On: emptySimple{q}}
	for g.w.Load(t) == 0 {
		left := time.Duration(-1)
		if timed {
			left = max(until-machine.Now(t), 0)
		}
		if t.Wait(&g.w, 0, left, why) == machine.TimedOut {
			break
		}
	}
	q.order.Touch(t)
	q.remove(g)
	ended = true
}

func (q *SimpleQueue) remove(g *getter) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, h := range q.getters {
		if h == g {
			q.getters = append(q.getters[:i], q.getters[i+1:]...)
			return
		}
	}
}

// abandon passes on to another thread what was meant for one that must end.
func (q *SimpleQueue) abandon(t *machine.Thread, g *getter) {
	q.remove(g)
	q.mu.Lock()
	var next *getter
	if g.handed {
		q.items.list = append(append([]any{}, g.item), q.items.list[q.items.head:]...)
		q.items.head = 0
	}
	if q.items.len() > 0 && len(q.getters) > 0 {
		next = q.getters[0]
		q.getters = q.getters[1:]
		if next.fair {
			next.item, next.handed = q.items.get(), true
		}
	}
	q.mu.Unlock()
	if next != nil {
		next.w.Store(t, 1)
		next.w.Wake(t, 1)
	}
}

// Qsize returns how many items there are. The answer may be out of date when the caller sees it.
func (q *SimpleQueue) Qsize() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.items.len()
}

// Empty reports whether there are no items. The answer may be out of date when the caller sees it.
func (q *SimpleQueue) Empty() bool { return q.Qsize() == 0 }
