package futures

// This file defines the threads of a pool: _worker and _adjust_thread_count of Lib/concurrent/futures/thread.py, and
// what CPython needn't do, since it kills no threads. A host may kill a thread (of an interrupted cell) that calls of
// other cells wait for, so
//
//   - Submit counts no worker that was killed, even if it hasn't noticed yet: on a simulated machine that may be long;
//   - a worker that dies with calls in the queue starts another one.

import (
	"fmt"
	"slices"
	"sync"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

// A worker is a thread of a pool that has begun.
type worker struct {
	t    *machine.Thread
	th   *threading.Thread
	idle bool // it counts as idle; protected by crew.mu
}

// A crew is the workers of a pool. Its lock is Go's own: it is never held across a wait.
type crew struct {
	mu      sync.Mutex // protects the fields below
	workers []*worker
	idle    int // the workers that count as idle, less those that Submit counts on
}

// join adds a worker.
func (c *crew) join(w *worker) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.workers = append(c.workers, w)
}

// rest counts a worker as idle.
func (c *crew) rest(w *worker) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w.idle = true
	c.idle++
}

// work notes that a worker has received what it waited for. Submit has already counted on it.
func (c *crew) work(w *worker) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w.idle = false
}

// take reports whether a worker is idle, and counts on it if so.
func (c *crew) take() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.idle == 0 {
		return false
	}
	c.idle--
	return true
}

// leave removes a worker, and reports whether it was there.
func (c *crew) leave(w *worker) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.Index(c.workers, w)
	if i >= 0 {
		c.leaveLocked(i)
	}
	return i >= 0
}

func (c *crew) leaveLocked(i int) {
	if c.workers[i].idle && c.idle > 0 {
		c.idle--
	}
	c.workers = slices.Delete(c.workers, i, i+1)
}

// bury removes the workers that were killed, and returns their threads.
func (c *crew) bury() (threads []*threading.Thread) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(c.workers) - 1; i >= 0; i-- {
		if w := c.workers[i]; w.t.Killed() {
			c.leaveLocked(i)
			threads = append(threads, w.th)
		}
	}
	return threads
}

// adjust starts another thread if there may be one more and none is idle. Callers hold the lock.
func (ex *ThreadPoolExecutor) adjust(t *machine.Thread) {
	killed := ex.crew.bury()
	for _, th := range killed {
		ex.remove(th)
	}
	switch {
	case len(ex.threads) >= ex.max:
	case len(killed) > 0: // an earlier Submit may have counted on one of them
		ex.begin(t)
	case ex.version < 8 || !ex.crew.take():
		ex.begin(t)
	}
}

// remove takes a thread out of the list. Callers hold the lock.
func (ex *ThreadPoolExecutor) remove(th *threading.Thread) {
	ex.threads = slices.DeleteFunc(ex.threads, func(other *threading.Thread) bool { return other == th })
}

// begin starts a thread. Callers hold the lock.
func (ex *ThreadPoolExecutor) begin(t *machine.Thread) {
	opts := []threading.Option{threading.Name(fmt.Sprintf("%s_%d", ex.prefix, len(ex.threads)))}
	if ex.start != nil {
		if len(ex.threads) == 0 {
			ex.register(t)
		}
		ex.threads = append(ex.threads, ex.start(opts[0]))
		return
	}
	if ex.version < 9 {
		opts = append(opts, threading.Daemon(true))
	} else {
		opts = append(opts, threading.Daemon(false))
	}
	th := threading.NewThread(ex.worker, opts...)
	if len(ex.threads) == 0 {
		ex.register(t)
	}
	th.Start()
	ex.threads = append(ex.threads, th)
}

// worker is _worker: what each thread runs.
func (ex *ThreadPoolExecutor) worker() {
	w := &worker{t: machine.Current(), th: threading.CurrentThread()}
	ex.crew.join(w)
	returned := false
	defer func() {
		if ex.crew.leave(w); !returned {
			ex.lose(w)
		}
	}()
	if ex.initializer != nil && !ex.initialize() {
		returned = true
		return
	}
	for {
		call := ex.next(w)
		if call != nil {
			call.run(w.t)
			if ex.version >= 8 && ex.version < 12 {
				ex.crew.rest(w)
			}
			continue
		}
		if ex.over() {
			ex.work.Put((*item)(nil)) // the others must know
			returned = true
			return
		}
	}
}

// next waits for a call. Since 3.12 a worker counts as idle only if it finds none; in older versions it counts from the
// end of a call.
func (ex *ThreadPoolExecutor) next(w *worker) *item {
	if ex.version >= 12 {
		if v, err := ex.work.GetNowait(); err == nil {
			return v.(*item)
		}
		ex.crew.rest(w)
	}
	v := ex.work.Get()
	ex.crew.work(w)
	return v.(*item)
}

// lose removes a worker that was killed. If calls are left, another worker must make them: the Submit that has counted
// on this one may have been the last.
func (ex *ThreadPoolExecutor) lose(w *worker) {
	ex.acquire()
	defer ex.lock.Release()
	ex.remove(w.th)
	if !ex.work.Empty() && len(ex.threads) < ex.max && !moduleOf(ex.in).ends() {
		ex.begin(w.t)
	}
}
