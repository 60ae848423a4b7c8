package asyncio

// This file defines the calls that a loop hands to threads, and what threads may call: base_events.py, threads.py.

import (
	"fmt"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/futures"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// ToThread calls a function in a thread of the loop's pool and waits for its outcome, while the loop runs other tasks:
// asyncio.to_thread. Arguments and outcome are as for CreateTask. A thread can't be cancelled: if the task is, the
// thread runs on, and Run waits for it.
func ToThread(fn any, args ...any) (any, error) {
	k := waiting("ToThread")
	return k.l.inThread(nil, fn, args).Await()
}

// RunInExecutor lets an executor call a function, and returns the Future of its outcome: loop.run_in_executor. nil is
// the loop's own pool, of as many threads as a futures.ThreadPoolExecutor has. Run waits for the calls that aren't
// done. It panics with a TypeError if fn is no function or the arguments don't fit, and with a RuntimeError after the
// executor's Shutdown.
func RunInExecutor(executor futures.Executor, fn any, args ...any) *Future {
	return here().inThread(executor, fn, args)
}

// inThread is run_in_executor. Only the loop's thread calls it.
func (l *loop) inThread(executor futures.Executor, fn any, args []any) *Future {
	call := callOf(fn, args)
	if call == nil {
		panic(exceptions.Type("%s object is not callable", repr(fmt.Sprintf("%T", fn))))
	}
	f := l.newFuture(elsewhere{}, "")
	end := func(u *machine.Thread, result any, err error) {
		l.post(u, func() {
			l.threads--
			switch {
			case f.Done():
			case err != nil:
				f.SetException(err)
			default:
				f.SetResult(result)
			}
		})
	}
	if executor == nil && gil.Of(l.t) == nil {
		l.threads++
		l.t.Go(fmt.Sprintf("asyncio_%d", l.mod.number("asyncio")-1), func(u *machine.Thread) { runCall(u, call, end) })
		return f
	}
	if executor == nil {
		if l.pool == nil {
			l.pool = futures.NewThreadPoolExecutor().ThreadNamePrefix("asyncio")
		}
		executor = l.pool
	}
	var c *futures.Future
	if _, ok := fn.(Coroutine); ok {
		c = executor.Submit(call)
	} else {
		c = executor.Submit(fn, args...) // what an executor sends elsewhere is the function, not a call of it
	}
	l.threads++
	f.cancelIt = func() bool {
		c.Cancel()
		return f.cancel()
	}
	c.AddDoneCallback(func(c *futures.Future) {
		if c.Cancelled() {
			end(machine.Current(), nil, &CancelledError{})
			return
		}
		result, err := c.Result()
		end(machine.Current(), result, err)
	})
	return f
}

// elsewhere is what a task awaits that has given work to an executor.
type elsewhere struct{}

// Name says so in reports.
func (elsewhere) Name() string { return "a call in another thread" }

// runCall makes a call in a thread of its own.
func runCall(u *machine.Thread, call func() (any, error), end func(*machine.Thread, any, error)) {
	var result any
	err := error(exceptions.Runtime("the function ended its goroutine"))
	defer func() {
		if v := recover(); v != nil {
			var fatal any
			if fatal, err = failureOf(v); fatal != nil {
				defer panic(fatal)
			}
		}
		end(u, result, err)
	}()
	result, err = call()
}

// A Loop is an event loop, for other threads: GetRunningLoop returns it.
type Loop struct{ l *loop }

// GetRunningLoop returns the loop that the calling thread runs: asyncio.get_running_loop. It panics with a
// RuntimeError, "no running event loop", if there is none. From then on the loop counts on other threads to call
// CallSoonThreadsafe: if all its tasks wait, that is a deadlock only if all threads wait too.
func GetRunningLoop() *Loop {
	l := here()
	l.shared = true
	if l.handle == nil {
		l.handle = &Loop{l}
	}
	return l.handle
}

// CallSoonThreadsafe lets the loop call fn in its next turn: loop.call_soon_threadsafe. Any thread and any goroutine
// may call it. It panics with a RuntimeError, "Event loop is closed", when Run has ended.
func (h *Loop) CallSoonThreadsafe(fn func()) {
	if fn == nil {
		panic(exceptions.Type("'nil' object is not callable"))
	}
	if !h.l.post(machine.Current(), fn) {
		panic(exceptions.Runtime("Event loop is closed"))
	}
}

// RunCoroutineThreadsafe lets a loop run a function with arguments as a task, and returns the Future of its outcome for
// the calling thread, which isn't the loop's: asyncio.run_coroutine_threadsafe. Cancelling it cancels the task. It
// panics as CreateTask and CallSoonThreadsafe do.
func RunCoroutineThreadsafe(loop *Loop, fn any, args ...any) *futures.Future {
	coro := Coro(fn, args...)
	c := futures.NewFuture()
	loop.CallSoonThreadsafe(func() {
		k := loop.l.newTask(coro)
		k.AddDoneCallback(func(f *Future) {
			if f.Cancelled() {
				c.Cancel()
				c.SetRunningOrNotifyCancel()
				return
			}
			if !c.SetRunningOrNotifyCancel() {
				return
			}
			if r, err := f.Result(); err != nil {
				c.SetException(err)
			} else {
				c.SetResult(r)
			}
		})
		c.AddDoneCallback(func(c *futures.Future) {
			if c.Cancelled() && !k.Done() {
				loop.l.post(machine.Current(), func() { k.Cancel() })
			}
		})
	})
	return c
}

// CallSoon lets the loop call fn in its next turn: loop.call_soon. Only the loop's thread may call it.
func (h *Loop) CallSoon(fn func()) { h.l.soon(fn) }

// CallLater lets the loop call fn after d, and returns a function that cancels the call: loop.call_later. Only the
// loop's thread may call it.
func (h *Loop) CallLater(d time.Duration, fn func()) (cancel func()) { return h.l.later(d, fn).cancel }

// CreateTask is the function CreateTask, for this loop. Only the loop's thread may call it.
func (h *Loop) CreateTask(fn any, args ...any) *Task { return h.l.newTask(Coro(fn, args...)) }

// CreateFuture returns a Future of the loop: loop.create_future. Only the loop's thread may call it.
func (h *Loop) CreateFuture() *Future { return h.l.newFuture(nil, "") }

// RunInExecutor is the function RunInExecutor, for this loop. Only the loop's thread may call it.
func (h *Loop) RunInExecutor(executor futures.Executor, fn any, args ...any) *Future {
	return h.l.inThread(executor, fn, args)
}

// Time returns the loop's time: loop.time(). Only the loop's thread may call it.
func (h *Loop) Time() time.Duration { return h.l.t.Now() }

// IsClosed reports whether Run has ended: loop.is_closed().
func (h *Loop) IsClosed() bool {
	h.l.inbox.Lock()
	defer h.l.inbox.Unlock()
	return h.l.inbox.closed
}
