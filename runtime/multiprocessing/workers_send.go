package multiprocessing

// This file defines how tasks are sent: Pool._handle_tasks.

import (
	"slices"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/process"
	"gilkernel/runtime/timeline"
)

// A sink receives the results of a job. Its methods are called by one thread at a time, with the GIL.
type sink interface {
	// set receives the result or the exception of a task of the job and reports whether that was the last task.
	set(t *machine.Thread, index int, v any, err error) (done bool)
	// fail receives the exception of all tasks that have no result yet.
	fail(t *machine.Thread, err error)
}

// A job is the work of one call, such as a Map.
type job struct {
	n     uint64
	what  byte
	fn    any
	sink  sink
	chunk int // how many items each task but the last has
	begin func() bool
}

// A task is one call in another process, or a chunk of them.
type task struct {
	index int
	args  any // []any; for a chunk, any slice
}

// A sequence is the tasks of a job.
type sequence struct {
	job *job
	// Either next returns the next task without blocking, or each calls yield for each task and may block, because it
	// runs an iterator of the program. The other is nil.
	next func() (task, bool)
	each func(yield func(task) bool)
	done func(t *machine.Thread) // called after all tasks were sent; may be nil
}

// A message is a task as bytes.
type message struct {
	b       []byte
	handles []process.Handle
}

// add queues the tasks of a job. It panics as running does if the pool doesn't accept tasks.
func (w *Workers) add(t *machine.Thread, s *sequence) {
	w.mu.Lock()
	if w.state != poolRuns {
		w.mu.Unlock()
		w.running()
		return
	}
	w.last++
	s.job.n = w.last
	w.jobs[s.job.n] = s.job
	w.queue = append(w.queue, s)
	n := w.slots
	list := w.list
	start := w.o.OnDemand && n < w.o.Processes && len(w.jobs) > n
	if start {
		w.slots++
	}
	w.mu.Unlock()
	if start {
		w.startFor(t, n, s)
	}
	for _, v := range list { // their output belongs to the cell that submitted the last task
		if !v.p.child.Adopt() {
			break
		}
	}
	w.advance(t, false)
}

// startFor starts process number n for a new sequence. If that fails, the sequence waits for another process; if there
// is none, startFor removes the sequence from the queue and panics with the error.
func (w *Workers) startFor(t *machine.Thread, n int, s *sequence) {
	started := false
	defer func() {
		if started {
			return
		}
		v := recover()
		w.mu.Lock()
		if w.slots == n+1 {
			w.slots = n
		}
		alone := len(w.list) == 0
		if alone || ends(v, false) {
			delete(w.jobs, s.job.n)
			w.queue = slices.DeleteFunc(w.queue, func(q *sequence) bool { return q == s })
			alone = true
		}
		w.mu.Unlock()
		if alone {
			panic(v)
		}
	}()
	w.start(t, n)
	started = true
}

// send runs in the sender: it sends tasks until the pool is closed and all are sent, or until the pool ends.
func (w *Workers) send(t *machine.Thread) {
	t.SetLocal(ownKey{}, w)
	ended := false
	defer func() {
		if !ended {
			w.stop(t, &BrokenPool{Message: w.name + " was ended together with the thread that sends its tasks"},
				sigKill)
		}
	}()
	for !ended {
		seen := w.todo.Load(t)
		w.advance(t, true)
		w.mu.Lock()
		ended = w.state == poolEnds || w.state == poolCloses && len(w.queue) == 0 && w.held == nil && !w.sending
		w.sent = ended
		w.mu.Unlock()
		if !ended {
			await(t, &w.todo, seen, forever, machine.Why{Kind: timeline.WaitQueue, On: idle{}, Beyond: true})
		}
	}
	w.tasks.Close(t) // the workers exit when they have received everything
	w.results.Poke(t)
}

// advance sends the queued tasks. Without wait, it leaves to the sender the tasks that would block and those whose
// iterator is the program's code.
func (w *Workers) advance(t *machine.Thread, wait bool) {
	w.mu.Lock()
	if w.sending {
		w.mu.Unlock() // the thread that is sending looks again before it stops
		return
	}
	w.sending = true
	defer func() { // also after a panic: the thread may be killed while it waits
		w.sending = false
		leave := !wait && (w.state != poolRuns || w.held != nil || len(w.queue) > 0 && w.queue[0].next == nil)
		w.mu.Unlock()
		if leave {
			w.wake(t)
		}
	}()
	for w.state != poolEnds {
		var s *sequence
		m := w.held
		switch {
		case m != nil:
		case len(w.queue) == 0 || w.o.Window > 0 && w.inflight >= w.o.Window:
			return
		default:
			if s = w.queue[0]; s.next == nil && !wait {
				return
			}
		}
		w.mu.Unlock()
		more, over := w.step(t, s, m, wait)
		w.mu.Lock()
		if over && len(w.queue) > 0 && w.queue[0] == s {
			w.queue[0] = nil
			w.queue = w.queue[1:]
		}
		if !more {
			return
		}
	}
}

// step sends m if it isn't nil, or the next task of s, or all tasks of s if its iterator may block. over says that s
// has no more tasks, more that the pipe has room. step panics only if the thread ends, and locks the caller's mutex
// first.
func (w *Workers) step(t *machine.Thread, s *sequence, m *message, wait bool) (more, over bool) {
	returned := false
	defer func() {
		if !returned {
			w.mu.Lock()
		}
	}()
	more = true
	switch {
	case m != nil:
		more = w.post(t, m, wait)
	case s.next != nil:
		x, ok := s.next()
		if over = !ok; ok {
			more = w.post(t, w.dump(t, s.job, x), wait)
		}
	default:
		s.each(func(x task) bool { return w.post(t, w.dump(t, s.job, x), true) })
		over = true
	}
	if over && s.done != nil {
		s.done(t)
	}
	returned = true
	return more, over
}

// dump returns a task as bytes. It returns nil if the task was cancelled, or if it can't be sent: then the error is the
// task's result.
func (w *Workers) dump(t *machine.Thread, j *job, x task) *message {
	if j.begin != nil && !j.begin() {
		w.forget(t, j.n)
		return nil
	}
	name := "args"
	if j.what != callOnce {
		name = "items"
	}
	b, handles, err := w.m.s.DumpItems(t, []pickle.Item{{Name: "function", Value: j.fn}, {Name: name, Value: x.args}})
	if err != nil {
		w.deliver(t, j.n, x.index, nil, unsendable(err))
		return nil
	}
	h := head{job: j.n, index: uint32(x.index), what: j.what}
	m := &message{append(h.append(make([]byte, 0, headSize+len(b))), b...), handles}
	w.m.s.Recycle(b)
	return m
}

// post sends a message and reports whether more can be sent. Without wait, it keeps a message for which the pipe has no
// room and returns false; with wait, it returns false if the pool ends while it waits. For a nil message it does
// nothing and returns true.
func (w *Workers) post(t *machine.Thread, m *message, wait bool) bool {
	if m == nil {
		return true
	}
	w.mu.Lock()
	w.held = nil
	w.inflight++
	ends := w.state == poolEnds
	quiet := w.nudges != nil && w.inflight > w.nudges.awake
	w.mu.Unlock()
	if quiet {
		quiet, _ = w.tasks.Unread(t)
	}
	if quiet {
		defer w.nudges.later() // after it was sent
	}
	if ends {
		w.drop(t, m)
		return false
	}
	if wait {
		err := w.tasks.SendWith(t, m.b, m.handles, process.Patience{Quiet: quiet, Stop: func(bool) bool {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.state == poolEnds
		}})
		return err == nil
	}
	ok, err := w.tasks.TrySend(t, m.b, m.handles, quiet)
	if ok || err != nil {
		return err == nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = m
	w.inflight--
	return false
}

func (w *Workers) drop(t *machine.Thread, m *message) {
	for _, h := range m.handles {
		w.m.s.Drop(t, h)
	}
}
