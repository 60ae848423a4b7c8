package multiprocessing

// This file defines how other kinds of pools give Workers tasks.

import "gilkernel/runtime/machine"

// single is the sink of a job that has one task.
type single struct{ done func(v any, err error) }

func (s single) set(t *machine.Thread, _ int, v any, err error) bool {
	callBack(t, func() { s.done(v, err) })
	return true
}

func (s single) fail(t *machine.Thread, err error) { callBack(t, func() { s.done(nil, err) }) }

// Submit makes a process call fn with args. Just before the call is sent, after which it can't be cancelled, begin is
// called; if it returns false, the call is dropped. Otherwise done is called with the outcome, by a thread of the pool
// or by the calling one. It panics with a ValueError, "Pool not running", after Close.
func (w *Workers) Submit(fn any, args []any, begin func() bool, done func(v any, err error)) {
	w.add(machine.Current(), once(&job{what: callOnce, fn: fn, sink: single{done}, begin: begin}, args))
}

// SubmitChunk is Submit for several calls: each of the rows is the []any of a call's arguments, and the outcome the
// []any of their results, or the first exception.
func (w *Workers) SubmitChunk(fn any, rows []any, begin func() bool, done func(v any, err error)) {
	w.add(machine.Current(), once(&job{what: callStar, fn: fn, sink: single{done}, begin: begin, chunk: len(rows)},
		rows))
}
