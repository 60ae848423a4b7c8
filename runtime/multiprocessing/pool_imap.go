package multiprocessing

// This file defines iterators over results: IMapIterator and IMapUnorderedIterator.

import (
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// An IMapIterator yields the results of Imap or ImapUnordered: "for v := range it" waits for each result and yields it
// once. A loop that ends early leaves the rest to the next loop, or to Next. The loop panics with a task's exception
// when its turn comes; a later loop continues after it.
type IMapIterator func(yield func(any) bool)

// nextKey is the thread-local key under which Next passes its Timeout to the iterator.
type nextKey struct{}

// Next returns the next result; ok is false after the last one, where Python raises StopIteration. It panics with the
// exception of the task. With Timeout(d) it waits for at most d, then panics with a *TimeoutError.
func (it IMapIterator) Next(opts ...WaitOption) (v any, ok bool) {
	t := machine.Current()
	old := t.Local(nextKey{})
	t.SetLocal(nextKey{}, timeout("next", opts))
	defer t.SetLocal(nextKey{}, old)
	for v := range it {
		return v, true
	}
	return nil, false
}

// Imap is Map that returns immediately: a thread of the pool takes the items one by one, and the iterator yields the
// results as they arrive, in the order of the items. It panics with a ValueError for a Chunksize that isn't positive.
func (p *Pool) Imap(fn, items any, opts ...TaskOption) IMapIterator {
	return p.imap(true, fn, items, opts)
}

// ImapUnordered is Imap that yields the results in the order in which the tasks end.
func (p *Pool) ImapUnordered(fn, items any, opts ...TaskOption) IMapIterator {
	return p.imap(false, fn, items, opts)
}

func (p *Pool) imap(ordered bool, fn, items any, opts []TaskOption) IMapIterator {
	w := p.check()
	w.running()
	t := machine.Current()
	o := optionsOf(opts)
	if !o.chunked {
		o.chunk = 1
	}
	if o.chunk < 1 {
		panic(exceptions.Value("Chunksize must be 1+, not %d", o.chunk))
	}
	r := &imapResults{pool: p, name: p.newResult(t, "", fn, o).name, ordered: ordered, length: -1,
		unsorted: map[int]outcome{}}
	s := &sequence{job: &job{what: callMap, fn: fn, sink: r, chunk: o.chunk}}
	n := 0 // tasks that were sent; only the sender uses it
	s.each = func(yield func(task) bool) {
		n = r.send(t, items, o.chunk, w, s.job, yield)
	}
	s.done = func(t *machine.Thread) {
		if r.setLength(t, n) {
			w.forget(t, s.job.n)
		}
	}
	w.add(t, s)
	return r.iterate
}

// imapResults holds the results of an Imap.
type imapResults struct {
	pool    *Pool // keeps the pool alive until all results have arrived
	name    string
	ordered bool
	more    machine.Word // changes when an item is added or no more will be

	mu       sync.Mutex // protects the fields below; held briefly, never while anything waits
	items    []outcome
	unsorted map[int]outcome // tasks whose turn hasn't come
	index    int             // tasks whose turn has come
	length   int             // tasks in all; -1: not known yet
	over     bool            // no more will come: the pool has ended
}

// An outcome is a result or an exception.
type outcome struct {
	v   any
	err error
}

// Name implements machine.Resource.
func (r *imapResults) Name() string { return "the next result of " + r.name }

// Holders implements machine.Resource.
func (r *imapResults) Holders() []machine.Holder { return nil }

// send passes all items to yield, in chunks, and returns the number of tasks. If the program's iterator panics, the
// panic is the result of the next task, which is the last one: Pool._guarded_task_generation.
func (r *imapResults) send(_ *machine.Thread, items any, chunk int, w *Workers, j *job, yield func(task) bool) (n int) {
	t := machine.Current()
	var part []any
	flush := func() bool {
		list := part
		part = nil
		n++
		return yield(task{n - 1, list})
	}
	f := guarded(func() {
		each(items, func(x any) bool {
			part = append(part, x)
			return len(part) < chunk || flush()
		})
	})
	if f != nil && ends(f.Value, true) {
		panic(f.Value)
	}
	if len(part) > 0 && f == nil {
		flush()
	}
	if f != nil {
		err := exceptions.Of(f.Value)
		w.deliver(t, j.n, n, nil,
			&TaskError{err, className(err), &RemoteTraceback{threading.FormatException(t, f.Value, debug.Stack())}})
		n++
	}
	return n
}

// set implements sink.
func (r *imapResults) set(t *machine.Thread, index int, v any, err error) (done bool) {
	r.mu.Lock()
	if r.ordered && index != r.index {
		r.unsorted[index] = outcome{v, err}
		r.mu.Unlock()
		return false
	}
	r.take(outcome{v, err})
	for next, ok := r.unsorted[r.index]; ok; next, ok = r.unsorted[r.index] {
		delete(r.unsorted, r.index)
		r.take(next)
	}
	done = r.index == r.length
	if done {
		r.pool = nil
	}
	r.mu.Unlock()
	r.wake(t)
	return done
}

// take adds the outcome of the task whose turn it is. The caller holds mu.
func (r *imapResults) take(o outcome) {
	r.index++
	list, ok := o.v.([]any)
	if o.err != nil || !ok {
		r.items = append(r.items, o)
		return
	}
	for _, v := range list {
		r.items = append(r.items, outcome{v, nil})
	}
}

// setLength records the number of tasks and reports whether all are done.
func (r *imapResults) setLength(t *machine.Thread, n int) (done bool) {
	r.mu.Lock()
	r.length = n
	if done = r.index == n; done {
		r.pool = nil
	}
	r.mu.Unlock()
	r.wake(t)
	return done
}

// fail implements sink: iterators still yield the results that have arrived, in order, with err in place of missing
// ones.
func (r *imapResults) fail(t *machine.Thread, err error) {
	r.mu.Lock()
	r.over, r.pool = true, nil
	for _, i := range slices.Sorted(maps.Keys(r.unsorted)) {
		if i > r.index {
			r.take(outcome{nil, err})
			r.index = i
		}
		r.take(r.unsorted[i])
	}
	if r.index != r.length {
		r.take(outcome{nil, err})
	}
	r.mu.Unlock()
	r.wake(t)
}

func (r *imapResults) wake(t *machine.Thread) {
	r.more.Add(t, 1)
	r.more.Wake(t, 1<<30)
}

// iterate is the IMapIterator.
func (r *imapResults) iterate(yield func(any) bool) {
	t := machine.Current()
	for {
		d := forever
		if own, ok := t.Local(nextKey{}).(time.Duration); ok {
			d = own
		}
		o, ok := r.next(t, d)
		if !ok {
			return
		}
		if o.err != nil {
			panic(o.err)
		}
		if !yield(o.v) {
			return
		}
	}
}

// next waits for the next outcome; ok is false after the last one.
func (r *imapResults) next(t *machine.Thread, d time.Duration) (o outcome, ok bool) {
	end := machine.Deadline(t, d)
	for {
		seen := r.more.Load(t)
		r.mu.Lock()
		if len(r.items) > 0 {
			o = r.items[0]
			r.items[0] = outcome{}
			r.items = r.items[1:]
			r.mu.Unlock()
			return o, true
		}
		over := r.over || r.index == r.length
		r.mu.Unlock()
		if over {
			return o, false
		}
		rest := machine.Remaining(t, end)
		if rest == 0 {
			panic(&TimeoutError{})
		}
		await(t, &r.more, seen, rest, machine.Why{Kind: timeline.WaitEvent, On: r})
	}
}
