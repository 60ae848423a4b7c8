package multiprocessing

// This file defines how other kinds of pools submit tasks to Workers.

import "gilkernel/runtime/machine"

// single is the sink of a job that has one task.
type single struct{ done func(v any, err error) }

func (s single) set(t *machine.Thread, _ int, v any, err error) bool {
	callBack(t, func() { s.done(v, err) })
	return true
}

func (s single) fail(t *machine.Thread, err error) { callBack(t, func() { s.done(nil, err) }) }

// Submit queues a call of fn with args in a process. begin is called just before the call is sent, after which the call
// can't be cancelled; if begin returns false, the call is dropped. Otherwise done is called with the outcome, by a
// thread of the pool or by the calling one. Submit panics with a *BrokenPool if the pool has lost a process, and with a
// ValueError, "Pool not running", after Close.
func (w *Workers) Submit(fn any, args []any, begin func() bool, done func(v any, err error)) {
	w.add(machine.Current(), once(&job{what: callOnce, fn: fn, sink: single{done}, begin: begin}, args))
}

// SubmitChunk is Submit for several calls: each row is the []any of one call's arguments, and the outcome is the []any
// of the results, or the first exception.
func (w *Workers) SubmitChunk(fn any, rows []any, begin func() bool, done func(v any, err error)) {
	w.add(machine.Current(), once(&job{what: callStar, fn: fn, sink: single{done}, begin: begin, chunk: len(rows)},
		rows))
}
