package multiprocessing

// This file defines proxies of a manager's locks and queues.

import (
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/queue"
	"gilkernel/runtime/threading"
)

// An AcquirerProxy stands for a Lock, an RLock, a Semaphore or a BoundedSemaphore of a manager. If a process is killed
// while it holds a lock, the threads that wait for the lock panic with a Deadlock error.
type AcquirerProxy struct{ proxy }

// Lock makes a lock, which any thread of any process may release.
func (g *Manager) Lock() *AcquirerProxy { return &AcquirerProxy{g.create("Lock", nil)} }

// RLock makes a lock that its holder, a thread, can acquire again.
func (g *Manager) RLock() *AcquirerProxy { return &AcquirerProxy{g.create("RLock", nil)} }

// Semaphore makes a semaphore. It panics with a ValueError if value is negative.
func (g *Manager) Semaphore(value int) *AcquirerProxy {
	checkValue(value)
	return &AcquirerProxy{g.create("Semaphore", nil, value)}
}

// BoundedSemaphore makes a semaphore whose counter never exceeds its first value. It panics with a ValueError if value
// is negative.
func (g *Manager) BoundedSemaphore(value int) *AcquirerProxy {
	checkValue(value)
	return &AcquirerProxy{g.create("BoundedSemaphore", nil, value)}
}

// Acquire acquires the object and reports whether it did: with Block(false) it doesn't block, with Timeout(d) it blocks
// for at most d.
func (p *AcquirerProxy) Acquire(opts ...WaitOption) bool {
	return is[bool](&p.proxy, "Acquire", patience(opts))
}

// Release releases the object. It panics as the Release of threading's object does.
func (p *AcquirerProxy) Release() { p.do("Release") }

// With acquires the object, calls fn and releases the object, also after a panic: "with lock: …".
func (p *AcquirerProxy) With(fn func()) {
	p.Acquire()
	defer p.Release()
	fn()
}

// A ConditionProxy stands for a Condition of a manager, which has an RLock of its own.
type ConditionProxy struct{ proxy }

// Condition makes a condition with a new RLock.
func (g *Manager) Condition() *ConditionProxy { return &ConditionProxy{g.create("Condition", nil)} }

// Acquire is AcquirerProxy.Acquire.
func (p *ConditionProxy) Acquire(opts ...WaitOption) bool {
	return is[bool](&p.proxy, "Acquire", patience(opts))
}

// Release is AcquirerProxy.Release.
func (p *ConditionProxy) Release() { p.do("Release") }

// With acquires the condition's lock, calls fn and releases the lock, also after a panic.
func (p *ConditionProxy) With(fn func()) {
	p.Acquire()
	defer p.Release()
	fn()
}

// Wait releases the lock, waits for a notification, for at most a Timeout, and acquires the lock again. It reports
// whether there was a notification, and panics with a RuntimeError if the thread doesn't hold the lock.
func (p *ConditionProxy) Wait(opts ...WaitOption) bool {
	return is[bool](&p.proxy, "Wait", timeout("wait", opts))
}

// WaitFor waits until predicate, which the calling thread calls, returns true, for at most a Timeout. It returns the
// last result of predicate.
func (p *ConditionProxy) WaitFor(predicate func() bool, opts ...WaitOption) bool {
	t := machine.Current()
	end := machine.Deadline(t, timeout("wait_for", opts))
	for !predicate() {
		rest := machine.Remaining(t, end)
		if rest == 0 {
			return predicate()
		}
		is[bool](&p.proxy, "Wait", rest)
	}
	return true
}

// Notify wakes one thread that waits, or n of them.
func (p *ConditionProxy) Notify(n ...int) {
	k := 1
	if len(n) > 0 {
		k = n[0]
	}
	p.do("Notify", k)
}

// NotifyAll wakes all threads that wait.
func (p *ConditionProxy) NotifyAll() { p.do("NotifyAll") }

// An EventProxy stands for an Event of a manager.
type EventProxy struct{ proxy }

// Event makes an event.
func (g *Manager) Event() *EventProxy { return &EventProxy{g.create("Event", nil)} }

// Set sets the event and wakes all threads that wait for it.
func (p *EventProxy) Set() { p.do("Set") }

// Clear resets the event.
func (p *EventProxy) Clear() { p.do("Clear") }

// IsSet reports whether the event is set.
func (p *EventProxy) IsSet() bool { return is[bool](&p.proxy, "IsSet") }

// Wait waits until the event is set, for at most a Timeout, and reports whether it is.
func (p *EventProxy) Wait(opts ...WaitOption) bool {
	return is[bool](&p.proxy, "Wait", timeout("wait", opts))
}

// A BarrierProxy stands for a Barrier of a manager.
type BarrierProxy struct{ proxy }

// Barrier makes a barrier for parties threads, with the options of NewBarrier. The manager's process calls the Action.
// It panics with a ValueError if parties is less than 1.
func (g *Manager) Barrier(parties int, opts ...BarrierOption) *BarrierProxy {
	if parties < 1 {
		panic(exceptions.Value("parties must be > 0"))
	}
	b := &Barrier{timeout: forever}
	for _, o := range opts {
		o.barrier(b)
	}
	return &BarrierProxy{g.create("Barrier", nil, parties, b.action, b.timeout)}
}

// Wait waits until all parties wait; see Barrier.Wait.
func (p *BarrierProxy) Wait(opts ...WaitOption) (int, error) {
	v, err := p.try("Wait", timeout("wait", opts))
	if err != nil && !exceptions.Is(err, (&threading.BrokenBarrierError{}).Exception()) {
		panic(err)
	}
	n, _ := v.(int)
	return n, err
}

// Abort breaks the barrier.
func (p *BarrierProxy) Abort() { p.do("Abort") }

// Reset empties the barrier; see Barrier.Reset.
func (p *BarrierProxy) Reset() { p.do("Reset") }

// Parties returns the number of threads that must wait before all continue.
func (p *BarrierProxy) Parties() int { return is[int](&p.proxy, "Parties") }

// NWaiting returns the number of threads that wait.
func (p *BarrierProxy) NWaiting() int { return is[int](&p.proxy, "NWaiting") }

// Broken reports whether the barrier is broken.
func (p *BarrierProxy) Broken() bool { return is[bool](&p.proxy, "Broken") }

// A QueueProxy stands for a queue.Queue of a manager: Queue and JoinableQueue are the same, as in Python. If a process
// dies during a Get, the call takes no item.
type QueueProxy struct{ proxy }

// Queue makes a queue for at most maxsize items; with 0 or less, or no argument, there is no limit.
func (g *Manager) Queue(maxsize ...int) *QueueProxy {
	n := 0
	if len(maxsize) > 0 {
		n = max(maxsize[0], 0)
	}
	return &QueueProxy{g.create("Queue", nil, n)}
}

// JoinableQueue is Queue.
func (g *Manager) JoinableQueue(maxsize ...int) *QueueProxy { return g.Queue(maxsize...) }

// failed returns err if it is nil, a *queue.Full or a *queue.Empty, and panics with any other error.
func failed(err error) error {
	if err != nil && !exceptions.Is(err, (&queue.Full{}).Exception()) &&
		!exceptions.Is(err, (&queue.Empty{}).Exception()) {
		panic(err)
	}
	return err
}

// Put waits while the queue is full and puts an item into it. With Block(false) or a Timeout it panics with a
// *queue.Full if there is no room in time.
func (p *QueueProxy) Put(item any, opts ...WaitOption) { p.do("Put", item, patience(opts)) }

// PutNowait is Put that doesn't wait: it returns a *queue.Full if there is no room.
func (p *QueueProxy) PutNowait(item any) error { return p.PutTimeout(item, 0) }

// PutTimeout is Put that waits for at most d: it returns a *queue.Full if there is no room.
func (p *QueueProxy) PutTimeout(item any, d time.Duration) error {
	_, err := p.try("Put", item, max(d, 0))
	return failed(err)
}

// Get waits for an item, removes it and returns it. With Block(false) or a Timeout it panics with a *queue.Empty if no
// item comes in time.
func (p *QueueProxy) Get(opts ...WaitOption) any { return p.do("Get", patience(opts)) }

// GetNowait is Get that doesn't wait: it returns a *queue.Empty if there is no item.
func (p *QueueProxy) GetNowait() (any, error) { return p.GetTimeout(0) }

// GetTimeout is Get that waits for at most d: it returns a *queue.Empty if there is no item.
func (p *QueueProxy) GetTimeout(d time.Duration) (any, error) {
	v, err := p.try("Get", max(d, 0))
	return v, failed(err)
}

// Qsize returns the number of items in the queue.
func (p *QueueProxy) Qsize() int { return is[int](&p.proxy, "Qsize") }

// Empty reports whether the queue has no item.
func (p *QueueProxy) Empty() bool { return is[bool](&p.proxy, "Empty") }

// Full reports whether the queue has no room.
func (p *QueueProxy) Full() bool { return is[bool](&p.proxy, "Full") }

// TaskDone marks an item that was taken as done. It panics with a ValueError if all items are done.
func (p *QueueProxy) TaskDone() { p.do("TaskDone") }

// Join waits until all items that were put are marked as done.
func (p *QueueProxy) Join() { p.do("Join") }
