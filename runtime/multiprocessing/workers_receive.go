package multiprocessing

// This file defines how results are received, and what happens when a worker ends: Pool._handle_results and
// Pool._handle_workers.

import (
	"errors"
	"fmt"

	"gilkernel/runtime/call"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
	"gilkernel/runtime/threading"
)

// receive runs in the receiver: it takes results and handles the ends of workers until the pool has ended.
func (w *Workers) receive(t *machine.Thread) {
	t.SetLocal(ownKey{}, w)
	defer func() {
		// Deferred, because this must run even if the thread is killed.
		w.stop(t, &BrokenPool{Message: w.name + " was ended together with the thread that receives its results"},
			sigKill)
		w.free(t)
		w.over.Store(t, 1)
		w.over.Wake(t, 1<<30)
	}()
	for !w.finished() {
		b, handles, err := w.results.RecvWith(t, process.Patience{Idle: true, Stop: w.halt, Into: w.m.s.Buffer()})
		switch {
		case err == nil:
			w.result(t, b, handles)
			w.m.s.Recycle(b)
		case errors.Is(err, process.ErrStopped):
			for v := w.dead(); v != nil; v = w.dead() {
				w.lost(t, v)
			}
		default:
			return
		}
	}
}

// finished reports whether the pool has ended.
func (w *Workers) finished() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.finishedLocked()
}

func (w *Workers) finishedLocked() bool {
	return len(w.list) == 0 && w.sent && (w.state == poolEnds || len(w.jobs) == 0)
}

// halt reports whether the receiver must stop receiving, because a worker or the pool has ended. It abandons a message
// that has begun only if its sender may be dead.
func (w *Workers) halt(began bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, v := range w.list {
		if v.ended && (!began || v.code != 0) {
			return true
		}
	}
	return began && w.state == poolEnds || !began && w.finishedLocked()
}

// dead removes a worker that has ended from the list and returns it, nil if there is none.
func (w *Workers) dead() *worker {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, v := range w.list {
		if v.ended {
			w.list = append(w.list[:i:i], w.list[i+1:]...)
			return v
		}
	}
	return nil
}

// lost handles the end of a worker: it replaces the worker, breaks the pool, or does nothing.
func (w *Workers) lost(t *machine.Thread, v *worker) {
	w.m.discard(v.p)
	doing := w.board.doing(v.number).Load()
	w.mu.Lock()
	state, left := w.state, len(w.jobs)
	w.mu.Unlock()
	switch {
	case state == poolEnds:
	case v.code == 0 && doing == workerRetires && (state == poolRuns || left > 0):
		if err := w.replace(t, v.number); err != nil {
			w.break_(t,
				&BrokenPool{Message: fmt.Sprintf("%s is broken: no worker could be started in place of %s: %v. Make "+
					"another pool.", w.name, v.p.Name(), err)})
		}
	case v.code == 0 && (doing == workerRetires || doing == workerLeaves):
	default:
		w.break_(t, w.obituary(v, doing))
	}
}

// replace starts another worker with the same number.
func (w *Workers) replace(t *machine.Thread, number int) error {
	if f := guarded(func() { w.start(t, number) }); f != nil {
		return f
	}
	return nil
}

// break_ ends the pool because it has lost a worker.
func (w *Workers) break_(t *machine.Thread, why *BrokenPool) {
	w.mu.Lock()
	w.broken = why
	w.mu.Unlock()
	w.stop(t, why, sigKill)
}

// obituary returns the error that says how a worker ended, and in which task.
func (w *Workers) obituary(v *worker, doing uint32) *BrokenPool {
	w.m.mu.Lock()
	name, sent := v.p.name, v.p.sent
	w.m.mu.Unlock()
	e := &BrokenPool{Worker: name, PID: v.p.child.PID(), ExitCode: v.code}
	e.Message = fmt.Sprintf("%s is broken: %s (pid %d) ", w.name, e.Worker, e.PID)
	if v.code >= 0 {
		e.Message += fmt.Sprintf("ended with exit code %d", v.code)
	} else {
		e.Message += "was ended by " + process.SignalName(-v.code)
	}
	if why := v.p.child.OutOfMemory(); why != "" {
		e.OutOfMemory = true
		e.Message += " because " + why + ","
	} else if v.code == -sigKill && sent != sigKill {
		e.Message += w.memory(e)
	}
	e.Message += w.inHand(e, v, doing) + ". Make another pool."
	return e
}

// memory returns the part of an obituary that says whether the system killed the worker because memory had run out.
func (w *Workers) memory(e *BrokenPool) string {
	if w.m.s.Interpreter().Machine().Simulated() {
		return ""
	}
	kills, ok := process.OOMKills()
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.kills
	w.kills = kills
	switch {
	case !ok || !w.killsOK:
		return ", perhaps because memory had run out,"
	case kills > before:
		e.OutOfMemory = true
		return " because memory had run out,"
	}
	return ""
}

// inHand returns the part of an obituary that says what the worker was doing, and sets e's Task and Item.
func (w *Workers) inHand(e *BrokenPool, v *worker, doing uint32) string {
	n, index := w.board.job(v.number).Load(), w.board.u32(v.number, boardIndex).Load()
	w.mu.Lock()
	j := w.jobs[n]
	w.mu.Unlock()
	switch {
	case doing == workerStarts && w.o.Initializer != nil:
		return " in its initializer"
	case doing == workerStarts:
		return " before its first task"
	case doing == workerFails:
		return " because its initializer has failed"
	case doing != workerRuns, n == v.job && index == v.index, j == nil:
		return " between two tasks"
	}
	t := machine.Current()
	e.Task = threading.FuncName(t, j.fn)
	if e.Task == "" {
		e.Task = "a function"
	}
	if j.what == callOnce {
		return " while it ran " + e.Task
	}
	e.Item = int(index)*j.chunk + int(w.board.u32(v.number, boardItem).Load())
	return fmt.Sprintf(" while it ran %s for item %d", e.Task, e.Item)
}

// result handles a message of a worker.
func (w *Workers) result(t *machine.Thread, b []byte, handles []process.Handle) {
	h, body, ok := headOf(b)
	if !ok {
		return
	}
	var v any
	var err error
	if h.what == resultError {
		err = loadError(t, w.m.s, body, handles)
	} else {
		v, err = w.m.s.Loads(t, body, handles)
	}
	w.mu.Lock()
	w.inflight--
	for _, x := range w.list {
		if x.number == int(h.from) {
			x.job, x.index = h.job, h.index
		}
	}
	more := w.o.Window > 0 && len(w.queue) > 0
	w.mu.Unlock()
	w.deliver(t, h.job, int(h.index), v, err)
	if more {
		w.advance(t, false)
	}
}

// deliver passes a result to its job.
func (w *Workers) deliver(t *machine.Thread, n uint64, index int, v any, err error) {
	w.mu.Lock()
	j := w.jobs[n]
	w.mu.Unlock()
	if j != nil && j.what == callMap && err == nil {
		v = call.Anys(v)
	}
	if j != nil && j.sink.set(t, index, v, err) {
		w.forget(t, n)
	}
}

// forget removes a finished job from the pool.
func (w *Workers) forget(t *machine.Thread, n uint64) {
	w.mu.Lock()
	delete(w.jobs, n)
	last := len(w.jobs) == 0 && w.state != poolRuns
	w.mu.Unlock()
	if last {
		w.results.Poke(t)
	}
}
