package asyncio

// This file defines tasks: Lib/asyncio/tasks.py.

import (
	"errors"
	"iter"
	"runtime/debug"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// A Task is a coroutine that a loop runs. CreateTask makes one. Only the loop's thread may use it.
type Task struct {
	*Future
	id     int
	label  string
	object timeline.Name // of label
	fn     func() (any, error)
	target any // the function, for texts

	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool

	waiter     *Future      // what it waits for
	at         machine.Site // where
	mustCancel bool         // it must be cancelled at its next step
	cancels    int          // calls of Cancel without an Uncancel
	forwarded  bool         // what it waits for was cancelled on its account
	throw      bool         // it is cancelled where it waits, now

	returned bool // its function did, or panicked; the fields below say how
	value    any
	failure  error
	fatal    any // a panic that ends the loop too
}

// stepChecks is what a step costs, in checks of interpreted code: 1.3 µs under 3.13 (asyncio.sleep(0) in a loop, ten
// tasks).
const stepChecks = 45

func (l *loop) newTask(c Coroutine) *Task {
	k := &Task{Future: l.newFuture(nil, ""), fn: c.call, target: c.fn}
	k.id = l.mod.number("Task")
	k.SetName(numbered("Task", k.id))
	k.of, k.cancelIt = k, k.Cancel
	k.next, k.stop = iter.Pull(k.body)
	l.tasks[k] = struct{}{}
	l.soon(k.step)
	return k
}

// Name returns the task's name: "Task-1".
func (k *Task) Name() string { return k.label }

// SetName renames it.
func (k *Task) SetName(name string) {
	k.label = name
	k.object = k.l.t.ObjectName(name)
}

// SetResult panics with a RuntimeError, as Python's does.
func (k *Task) SetResult(any) {
	panic(exceptions.Runtime("Task does not support set_result operation"))
}

// SetException panics with a RuntimeError, as Python's does.
func (k *Task) SetException(error) {
	panic(exceptions.Runtime("Task does not support set_exception operation"))
}

// Cancel makes the task panic with a *CancelledError where it waits, at its next turn, and reports whether it was not
// done. The task may recover and continue; it is Cancelled only when the panic has ended it.
func (k *Task) Cancel() bool {
	k.unseen = false
	if k.Done() {
		return false
	}
	k.cancels++
	if k.waiter != nil && k.waiter.Cancel() {
		k.forwarded = true
		return true
	}
	k.mustCancel = true
	return true
}

// Cancelling returns how many calls of Cancel there were without an Uncancel: task.cancelling(). Python has it since
// 3.11.
func (k *Task) Cancelling() int { return k.cancels }

// Uncancel cancels one call of Cancel, and returns how many are left: task.uncancel(). It is for code that has
// recovered the CancelledError and continues. Since 3.13 a cancellation that hasn't reached the task is void with the
// last one.
func (k *Task) Uncancel() int {
	if k.cancels > 0 {
		if k.cancels--; k.cancels == 0 && gil.Of(k.l.t).Minor() >= 313 {
			k.mustCancel = false
		}
	}
	return k.cancels
}

// body is the coroutine.
func (k *Task) body(yield func(struct{}) bool) {
	k.yield = yield
	defer func() {
		if v := recover(); v != nil {
			k.returned = true
			k.fatal, k.failure = failureOf(v)
		}
	}()
	machine.Enter(k.l.t, func() {
		k.checkThrow()
		k.value, k.failure = k.fn()
	})
	k.returned = true
}

// failureOf turns a panic into an exception, and reports whether it must end the loop too, as Python's
// KeyboardInterrupt and SystemExit do. What interpreted code panics with is wrapped in something with the calls that
// were open.
func failureOf(v any) (fatal any, failure error) {
	err, _ := v.(error)
	var quit gone
	var deadlock *machine.Deadlock
	var deadlocked *machine.Deadlocked
	var exit *exceptions.SystemExit
	switch {
	case errors.As(err, &quit):
		return nil, quit
	case isCancelled(err):
		return nil, &CancelledError{}
	case exceptions.Uncatchable(v), errors.As(err, &deadlock), errors.As(err, &deadlocked), errors.As(err, &exit):
		fatal = v
	}
	return fatal, &machine.Failure{Value: v, Stack: debug.Stack()}
}

// checkThrow panics if the task is cancelled here.
func (k *Task) checkThrow() {
	if k.throw {
		k.throw = false
		panic(&CancelledError{})
	}
}

// step runs the task until it waits or ends.
func (k *Task) step() {
	l := k.l
	if k.Done() {
		return // the loop was given up
	}
	if k.mustCancel {
		k.throw, k.mustCancel = true, false
	}
	k.waiter = nil
	old := l.current
	l.enter(k)
	_, more := k.next()
	l.current = old
	if more {
		return
	}
	l.t.CheckN(stepChecks)
	k.finish()
	if k.fatal != nil {
		panic(k.fatal)
	}
}

// finish gives the task its outcome.
func (k *Task) finish() {
	delete(k.l.tasks, k)
	switch {
	case !k.returned: // runtime.Goexit
		k.Future.SetException(exceptions.Runtime("the coroutine ended its goroutine"))
	case k.failure == nil && k.mustCancel, k.failure != nil && isOwn(k.failure):
		k.mustCancel = false
		k.Future.cancel()
	case k.failure != nil:
		k.Future.SetException(k.failure)
		k.l.failed = append(k.l.failed, k)
	default:
		k.Future.SetResult(k.value)
	}
}

// isOwn reports whether an outcome is the task's cancellation: as a panic, or returned by a function that passes its
// errors on.
func isOwn(err error) bool {
	_, quit := err.(gone)
	return quit || isCancelled(err)
}

// suspend lets the loop run until it steps k again.
func (k *Task) suspend() {
	k.l.t.CheckN(stepChecks)
	if k.l.over || !k.yield(struct{}{}) {
		panic(gone{})
	}
	k.checkThrow()
}

// await waits until f is done.
func (k *Task) await(f *Future) {
	if f.Done() {
		return
	}
	if f == k.Future {
		panic(exceptions.Runtime("Task cannot await on itself: %s", k.label))
	}
	k.forwarded = false
	f.onDone(k.step)
	k.waiter, k.at = f, k.l.t.Site()
	if k.mustCancel && f.Cancel() {
		k.mustCancel, k.forwarded = false, true
	}
	k.suspend()
	if k.forwarded && isCancelled(f.err) {
		k.forwarded = false
		f.unseen = false
		panic(&CancelledError{})
	}
}

func (k *Task) sameLoop(f *Future) {
	if f.l != k.l {
		panic(exceptions.Runtime("Task %s got Future %s attached to a different loop", k.label, f.name()))
	}
}
