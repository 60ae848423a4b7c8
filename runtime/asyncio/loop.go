package asyncio

// This file defines the event loop: Lib/asyncio/base_events.py.

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/futures"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// loop is an event loop. All of it belongs to its thread, but for the inbox.
type loop struct {
	t        *machine.Thread
	mod      *module
	ready    queue[func()]
	timers   timers
	seq      uint64
	tasks    map[*Task]struct{} // not done
	current  *Task
	last     *Task // whose step was recorded last
	failed   []*Task
	stopping bool
	over     bool                        // tasks can't wait any more
	threads  int                         // calls that executors make for it
	pool     *futures.ThreadPoolExecutor // its own; nil before it is needed
	shared   bool                        // other threads may post
	handle   *Loop

	bell  machine.Word // counts what came into the inbox
	inbox struct {
		sync.Mutex
		list   []func()
		closed bool
	}
}

type loopKey struct{}

// loopOf returns the loop that t runs, or nil.
func loopOf(t *machine.Thread) *loop {
	if t == nil {
		return nil
	}
	l, _ := t.Local(loopKey{}).(*loop)
	return l
}

// here returns the running loop.
func here() *loop {
	l := loopOf(machine.Current())
	if l == nil {
		panic(exceptions.Runtime("no running event loop"))
	}
	return l
}

// waiting returns the running task, which is going to wait.
func waiting(call string) *Task {
	k := here().current
	if k == nil {
		panic(exceptions.Runtime("asyncio.%s: a callback can't wait, only a task can", call))
	}
	return k
}

// module is what an interpreter keeps of this package.
type module struct {
	mu       sync.Mutex // protects counters
	counters map[string]int
}

type moduleKey struct{}

// moduleOf returns that of t's interpreter, a new one if it has none.
func moduleOf(t *machine.Thread) *module {
	fresh := func() any { return &module{counters: map[string]int{}} }
	if in := gil.Of(t); in != nil {
		return in.State(moduleKey{}, fresh).(*module)
	}
	return fresh().(*module)
}

// number counts things of a kind.
func (m *module) number(kind string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counters[kind]++
	return m.counters[kind]
}

func numbered(kind string, n int) string { return kind + "-" + strconv.Itoa(n) }

// soon schedules a call of fn for the next turn: call_soon.
func (l *loop) soon(fn func()) { l.ready.push(fn) }

// timer is a callback for later.
type timer struct {
	at   time.Duration
	seq  uint64
	fn   func()
	void bool
}

// timers is a heap.
type timers []*timer

func (h timers) Len() int { return len(h) }
func (h timers) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[i].at, h[j].at), cmp.Compare(h[i].seq, h[j].seq)) < 0
}
func (h timers) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *timers) Push(x any)   { *h = append(*h, x.(*timer)) }
func (h *timers) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return last
}

// later schedules a call of fn after d: call_later.
func (l *loop) later(d time.Duration, fn func()) *timer {
	l.seq++
	at := time.Duration(1<<63 - 1)
	if now := l.t.Now(); d < at-now {
		at = now + d
	}
	tm := &timer{at: at, seq: l.seq, fn: fn}
	heap.Push(&l.timers, tm)
	return tm
}

// cancel makes the timer do nothing.
func (tm *timer) cancel() { tm.void, tm.fn = true, nil }

// until runs the loop until f is done.
func (l *loop) until(f *Future) {
	f.onDone(func() { l.stopping = true })
	for l.stopping = false; !l.stopping; {
		l.turn()
	}
}

// turn is _run_once.
func (l *loop) turn() {
	for len(l.timers) > 0 && l.timers[0].void {
		heap.Pop(&l.timers)
	}
	switch {
	case l.ready.len() > 0:
		l.poll()
	case len(l.timers) > 0:
		l.idle(max(l.timers[0].at-l.t.Now(), 0))
	default:
		l.idle(-1)
	}
	l.receive()
	for now := l.t.Now(); len(l.timers) > 0 && l.timers[0].at <= now; {
		if tm := heap.Pop(&l.timers).(*timer); !tm.void {
			l.ready.push(tm.fn)
		}
	}
	for n := l.ready.len(); n > 0; n-- {
		l.ready.pop()()
	}
}

// selectCost is what a look at the selector takes that finds nothing.
const selectCost = time.Microsecond

// poll looks for what has happened, without waiting: epoll_wait with a time-out of 0, which releases the GIL.
func (l *loop) poll() {
	l.t.Detach()
	l.t.Cost(selectCost)
	l.t.Attach()
}

// idle waits for at most d, forever if it is negative: epoll_wait.
func (l *loop) idle(d time.Duration) {
	l.rest()
	if l.threads == 0 && !l.shared {
		if d < 0 {
			panic(l.deadlock())
		}
		l.t.IO("select", d)
		return
	}
	seen := l.bell.Load(l.t)
	if l.waits() {
		return
	}
	l.t.Detach()
	defer l.t.Resume()
	on := selector{}
	if d < 0 {
		on.text = l.blocked()
	}
	l.t.Wait(&l.bell, seen, d, machine.Why{Kind: timeline.WaitEvent, On: on})
}

// selector is what a loop waits for that has given work to threads.
type selector struct{ text string }

// Name implements machine.Resource: it says which task awaits what, if only another thread can wake the loop.
func (s selector) Name() string { return "another thread" + s.text }

// Holders implements machine.Resource: any thread can wake a loop.
func (selector) Holders() []machine.Holder { return nil }

// blocked says which task awaits what.
func (l *loop) blocked() string {
	text := " (the event loop: "
	for i, w := range l.deadlock().Waits {
		switch {
		case i == 3:
			return fmt.Sprintf("%s, and %d more tasks)", text, len(l.tasks)-i)
		case i > 0:
			text += ", "
		}
		text += w.Thread + " awaits " + w.For
		if w.At != (machine.Site{}) {
			text += fmt.Sprintf(" at %s", w.At)
		}
	}
	return text + ")"
}

// post makes the loop call fn: call_soon_threadsafe. t is any thread, or nil. It reports whether the loop isn't closed.
func (l *loop) post(t *machine.Thread, fn func()) bool {
	l.bell.Load(t) // its place in time
	l.inbox.Lock()
	open := !l.inbox.closed
	if open {
		l.inbox.list = append(l.inbox.list, fn)
	}
	l.inbox.Unlock()
	l.bell.Add(t, 1)
	l.bell.Wake(t, 1)
	return open
}

// waits reports whether something is in the inbox.
func (l *loop) waits() bool {
	l.inbox.Lock()
	defer l.inbox.Unlock()
	return len(l.inbox.list) > 0
}

func (l *loop) receive() {
	if l.threads == 0 && !l.shared {
		return
	}
	l.bell.Load(l.t)
	l.inbox.Lock()
	list := l.inbox.list
	l.inbox.list = nil
	l.inbox.Unlock()
	for _, fn := range list {
		l.ready.push(fn)
	}
}

// enter makes k the running task, which a timeline shows as a step.
func (l *loop) enter(k *Task) {
	l.current = k
	if l.last != k {
		l.last = k
		if l.t.Recording() {
			l.t.Record(timeline.Step, nil, k.object, 0)
		}
	}
}

// rest records that no task runs.
func (l *loop) rest() {
	if l.last != nil && l.t.Recording() {
		l.t.Record(timeline.Step, nil, 0, 0)
	}
	l.last = nil
}

// alive returns the tasks that aren't done, in order of creation.
func (l *loop) alive() []*Task {
	all := make([]*Task, 0, len(l.tasks))
	for k := range l.tasks {
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b *Task) int { return cmp.Compare(a.id, b.id) })
	return all
}

// deadlock returns the report of which task waits for what.
func (l *loop) deadlock() *Deadlock {
	d := &Deadlock{}
	for _, k := range l.alive() {
		w := machine.Waiting{Thread: k.label, For: "something"}
		if f := k.waiter; f != nil {
			w.For, w.At = f.name(), k.at
			if h, ok := f.of.(interface{ holder() *Task }); ok && h.holder() != nil {
				w.HeldBy, w.Held = []string{h.holder().label}, []machine.Site{{}}
			}
		}
		d.Waits = append(d.Waits, w)
	}
	return d
}

// giveUp ends the code of all tasks that are left: their deferred calls still run.
func (l *loop) giveUp() {
	l.over = true
	l.inbox.Lock()
	l.inbox.closed = true
	l.inbox.Unlock()
	if l.pool != nil {
		l.pool.Shutdown(futures.NoWait)
	}
	for _, k := range l.alive() {
		l.current = k
		k.stop()
	}
	l.current = nil
}

// queue is a first-in first-out queue without end.
type queue[T any] struct {
	list []T
	head int
}

func (q *queue[T]) len() int { return len(q.list) - q.head }
func (q *queue[T]) push(v T) { q.list = append(q.list, v) }
func (q *queue[T]) pop() T {
	var none T
	v := q.list[q.head]
	q.list[q.head] = none
	q.head++
	switch {
	case q.head == len(q.list):
		q.list, q.head = q.list[:0], 0
	case q.head > 64 && q.head > len(q.list)/2:
		n := copy(q.list, q.list[q.head:])
		clear(q.list[n:])
		q.list, q.head = q.list[:n], 0
	}
	return v
}
