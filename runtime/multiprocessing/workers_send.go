package multiprocessing

// This file defines how tasks are sent: Pool._handle_tasks.

import (
	"slices"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/process"
	"gilkernel/runtime/timeline"
)

// A sink is where the results of a job go. Its methods are called by one thread at a time, with the GIL.
type sink interface {
	// set takes the result of a task of the job, or its exception, and reports whether that was the last one.
	set(t *machine.Thread, index int, v any, err error) (done bool)
	// fail takes the exception of all tasks that have no result yet.
	fail(t *machine.Thread, err error)
}

// A job is the work of one call, such as a Map.
type job struct {
	n     uint64
	what  byte
	fn    any
	sink  sink
	chunk int // how many items a task has, but for the last one
	begin func() bool
}

// A task is one call in another process, or a chunk of them.
type task struct {
	index int
	args  any // []any, or for a chunk any slice
}

// A sequence is the tasks of a job.
type sequence struct {
	job *job
	// Either next returns the next task, without waiting, or each calls yield for all of them, which may do anything.
	next func() (task, bool)
	each func(yield func(task) bool)
	done func(t *machine.Thread) // is called after all were sent; may be nil
}

// A message is a task as bytes.
type message struct {
	b       []byte
	handles []process.Handle
}

// add queues the tasks of a job.
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
	for _, v := range list { // what they print belongs to the cell that gave them a task last
		if !v.p.child.Adopt() {
			break
		}
	}
	w.advance(t, false)
}

// startFor starts process number n because there is a sequence more. If that fails, the sequence waits for another
// process; without any it is taken back, and the error is the caller's.
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

// send is what the sender does.
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
	w.tasks.Close(t) // the workers leave when they have received everything
	w.results.Poke(t)
}

// advance sends the queued tasks. Without wait, it leaves to the sender those that would block and those whose iterator
// is the program's code.
func (w *Workers) advance(t *machine.Thread, wait bool) {
	w.mu.Lock()
	if w.sending {
		w.mu.Unlock() // the thread that sends looks again before it stops
		return
	}
	w.sending = true
	defer func() { // after a panic too: the thread may be ended while it waits
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

// step sends a message, or the next task of a sequence, or all of one that may do anything. over says that nothing is
// left of the sequence, more that the pipe has room. It returns with a panic only if the thread ends; the caller's
// mutex is locked again then.
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

// dump returns a task as bytes. It returns nil if the task was cancelled, or can't be sent; the error is the task's
// result then.
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

// post sends a message. Without wait it keeps a message that finds no room and returns false; with it, it returns false
// if the pool ends meanwhile. A nil message was sent.
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
		defer w.nudges.later() // when it was sent
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
