package multiprocessing

// This file defines what a worker of a pool does: multiprocessing.pool.worker.

import (
	"encoding/binary"
	"errors"
	"reflect"

	"gilkernel/runtime/call"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
)

// work is what a worker of a pool receives in addition to its order.
type work struct {
	Tasks, Results *Connection
	Board          *board
	Number         int // of its entry on the board
	Initializer    any
	Arguments      []any
	MaxTasks       int  // 0: no limit
	All            bool // a panic that ends other processes, such as sys.exit, is the task's exception
}

// Kinds of tasks: how a task calls its function.
const (
	callOnce byte = iota // with all arguments
	callMap              // with each of the arguments
	callStar             // with the elements of each of the arguments
)

// Kinds of results.
const (
	resultValue byte = iota
	resultError
)

// head is the header of a task and of its result.
type head struct {
	job   uint64
	index uint32
	what  byte
	from  uint16 // of a result: the number of the worker
}

const headSize = 15

func (h head) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, h.job)
	b = binary.LittleEndian.AppendUint32(b, h.index)
	return binary.LittleEndian.AppendUint16(append(b, h.what), h.from)
}

func headOf(b []byte) (h head, rest []byte, ok bool) {
	if len(b) < headSize {
		return h, nil, false
	}
	return head{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint32(b[8:]), b[12],
		binary.LittleEndian.Uint16(b[13:])}, b[headSize:], true
}

// run executes tasks until there are no more, or until MaxTasks are done.
func (w *work) run(t *machine.Thread, s *process.System) {
	doing := w.Board.doing(w.Number)
	if w.Initializer != nil {
		if f := guarded(func() { w.initialize(t) }); f != nil {
			doing.Store(workerFails)
			panic(f.Value)
		}
	}
	for done := 0; w.MaxTasks == 0 || done < w.MaxTasks; done++ {
		doing.Store(workerWaits)
		b, handles, err := pipeEnd(w.Tasks).RecvWith(t, process.Patience{Idle: true, Into: s.Buffer()})
		if err != nil {
			doing.Store(workerLeaves)
			return
		}
		h, body, ok := headOf(b)
		if !ok {
			panic(strange("task"))
		}
		w.Board.begin(w.Number, h.job, h.index)
		answer, handles := w.do(t, s, h, body, handles)
		s.Recycle(b)
		err = w.Results.end.Send(t, answer, handles)
		s.Recycle(answer)
		if err != nil {
			panic(w.Results.fault(err, true))
		}
	}
	doing.Store(workerRetires)
}

func (w *work) initialize(t *machine.Thread) {
	f := call.Of(w.Initializer, w.Arguments)
	if _, err := f(); err != nil {
		panic(err)
	}
}

// do runs a task and returns the message with its result.
func (w *work) do(
	t *machine.Thread, s *process.System, h head, body []byte, handles []process.Handle,
) ([]byte, []process.Handle) {
	result := head{job: h.job, index: h.index, what: resultValue, from: uint16(w.Number)}
	var v any
	f := guarded(func() { v = w.call(t, s, h.what, body, handles) })
	if f == nil {
		b, handles, err := s.Dumps(t, v)
		if err == nil {
			answer := append(result.append(s.Buffer()), b...)
			s.Recycle(b)
			return answer, handles
		}
		f = encodingError(v, err)
	} else if ends(f.Value, w.All) {
		panic(f.Value)
	}
	result.what = resultError
	b, kept := dumpError(t, s, f)
	return append(result.append(make([]byte, 0, headSize+len(b))), b...), kept
}

// ends reports whether a panic of a task ends its process: the end of the thread always does; without all, so do
// exceptions that are a BaseException but no Exception in Python.
func ends(v any, all bool) bool {
	if exceptions.Uncatchable(v) {
		return true
	}
	err, ok := v.(error)
	return ok && !all &&
		(errors.As(err, new(*exceptions.SystemExit)) || errors.As(err, new(*exceptions.KeyboardInterrupt)))
}

// call calls the function of a task and returns its result or results; those of callMap are a slice of any type. It
// panics with the function's panic, or with the error that the function returns.
func (w *work) call(t *machine.Thread, s *process.System, what byte, body []byte, handles []process.Handle) any {
	items, err := s.LoadItems(t, body, handles)
	if err != nil {
		panic(err)
	}
	if len(items) != 2 {
		panic(strange("task"))
	}
	fn := items[0]
	if what == callOnce {
		args, _ := items[1].([]any)
		return must(fn, args)
	}
	list := reflect.ValueOf(items[1])
	item := w.Board.u32(w.Number, boardItem)
	if what == callMap {
		results, ok, err := call.Each(fn, list, item, s.Repeated())
		if err != nil {
			panic(err)
		}
		if !ok {
			panic(notCallable(fn))
		}
		return results
	}
	results := make([]any, list.Len())
	for i := range results {
		item.Store(uint32(i))
		results[i] = must(fn, spread(list.Index(i).Interface()))
	}
	return results
}

// must calls fn and returns its result. It panics with the error that fn returns, and with a TypeError if fn isn't a
// function.
func must(fn any, args []any) any {
	f := call.Of(fn, args)
	if f == nil {
		panic(notCallable(fn))
	}
	v, err := f()
	if err != nil {
		panic(err)
	}
	return v
}

// spread returns the elements of a slice or an array as arguments: f(*v). It panics with a TypeError for other values.
func spread(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	r := reflect.ValueOf(v)
	if k := r.Kind(); k != reflect.Slice && k != reflect.Array {
		panic(exceptions.Type("argument after * must be an iterable, not %T", v))
	}
	list := make([]any, r.Len())
	for i := range list {
		list[i] = r.Index(i).Interface()
	}
	return list
}

// pipeEnd returns the pipe end of a connection, nil for a connection over a socket.
func pipeEnd(c *Connection) *process.End { e, _ := c.end.(*process.End); return e }
