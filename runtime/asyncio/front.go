package asyncio

// This file defines what cells call first: Lib/asyncio/runners.py, tasks.py, timeouts.py.

import (
	"fmt"
	"slices"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

// Run runs an event loop on the calling thread until main is done, and returns main's outcome: asyncio.run. Then it
// cancels all other tasks and lets them end, and waits for the threads of ToThread and RunInExecutor. A panic of main
// continues in the caller.
//
// main is a function or a Coroutine. Run panics with a ValueError, "a coroutine was expected, got 5", if it is
// something else; with a RuntimeError within a running loop and on a plain goroutine, which has no clock of a machine;
// and with a Deadlock if no task can ever continue.
func Run(main any) (any, error) {
	t := machine.Current()
	if t == nil {
		panic(exceptions.Runtime("asyncio.Run: a plain goroutine belongs to no Python interpreter; call it in the " +
			"cell or in a threading.Thread"))
	}
	if loopOf(t) != nil {
		panic(exceptions.Runtime("asyncio.run() cannot be called from a running event loop"))
	}
	call := callOf(main, nil)
	if call == nil {
		panic(exceptions.Value("a coroutine was expected, got %s", repr(main)))
	}
	l := &loop{t: t, mod: moduleOf(t), tasks: map[*Task]struct{}{}}
	k := l.run(Coroutine{call, targetOf(main)})
	if f, ok := k.failure.(*machine.Failure); ok && k.err == error(f) {
		panic(f.Value)
	}
	return k.Result()
}

// run runs a loop until its main task is done.
func (l *loop) run(main Coroutine) *Task {
	l.t.SetLocal(loopKey{}, l)
	defer l.t.SetLocal(loopKey{}, nil)
	defer l.giveUp()
	k := l.newTask(main)
	l.until(k.Future)
	l.cancelRest()
	k.unseen = false
	l.reportUnseen()
	return k
}

// cancelRest cancels what main has left behind and waits for its end.
func (l *loop) cancelRest() {
	if rest := l.alive(); len(rest) > 0 {
		all := make([]*Future, len(rest))
		for i, k := range rest {
			k.Cancel()
			all[i] = k.Future
		}
		l.until(l.gather(all, true))
		for _, k := range rest {
			if !k.Cancelled() && k.err != nil {
				report("unhandled exception during asyncio.run() shutdown", "task", k)
			}
		}
	}
	for l.threads > 0 {
		l.turn()
	}
	if l.pool != nil {
		l.pool.Shutdown()
		l.pool = nil
	}
}

// reportUnseen prints the failures of tasks that weren't retrieved: Future.__del__.
func (l *loop) reportUnseen() {
	for _, k := range l.failed {
		if k.unseen {
			report("Task exception was never retrieved", "future", k)
		}
	}
}

// report is call_exception_handler.
func report(message, what string, k *Task) {
	threading.Report(machine.Current(), fmt.Sprintf("%s\n%s: <Task finished name=%s exception=%v>\n", message, what,
		repr(k.label), k.err))
}

// CreateTask lets the running loop run a function with arguments as a task, from the loop's next turn on:
// asyncio.create_task. What the function returns is the task's result, several results are a []any, and a last one of
// type error is the task's exception; so is a panic, as a *machine.Failure. Numbers among the arguments may have
// another type than the parameter. It panics with a TypeError if fn is no function or the arguments don't fit, and
// with a RuntimeError, "no running event loop", if there is none.
func CreateTask(fn any, args ...any) *Task {
	l := here()
	return l.newTask(Coro(fn, args...))
}

// CurrentTask returns the task that calls, nil in a callback: asyncio.current_task. It panics with a RuntimeError, "no
// running event loop", if there is none.
func CurrentTask() *Task { return here().current }

// AllTasks returns the running loop's tasks that aren't done, in the order of their creation: asyncio.all_tasks.
func AllTasks() []*Task { return here().alive() }

// CallSoon lets the running loop call fn in its next turn: loop.call_soon. fn can't wait.
func CallSoon(fn func()) { here().soon(fn) }

// CallLater lets the running loop call fn after d, and returns a function that cancels the call: loop.call_later. fn
// can't wait.
func CallLater(d time.Duration, fn func()) (cancel func()) { return here().later(d, fn).cancel }

// Sleep lets other tasks run for d, and for at least one turn: asyncio.sleep. A negative d is 0.
func Sleep(d time.Duration) {
	k := waiting("Sleep")
	if d <= 0 {
		k.l.soon(k.step)
		k.suspend()
		return
	}
	f := k.l.newFuture(nil, "")
	tm := k.l.later(d, f.settle)
	defer tm.cancel()
	k.await(f)
}

// An Option changes what Gather and Wait do.
type Option uint8

const (
	// ReturnExceptions lets Gather wait for all and put exceptions among the results, as values of type error.
	ReturnExceptions Option = 1 + iota
	// AllCompleted lets Wait wait until all are done, which is the default.
	AllCompleted
	// FirstCompleted lets Wait return when one is done.
	FirstCompleted
	// FirstException lets Wait return when one has failed, or all are done.
	FirstException
)

// String returns Python's name of the option.
func (o Option) String() string {
	switch o {
	case ReturnExceptions:
		return "return_exceptions=True"
	case AllCompleted:
		return "ALL_COMPLETED"
	case FirstCompleted:
		return "FIRST_COMPLETED"
	case FirstException:
		return "FIRST_EXCEPTION"
	}
	return "no option"
}

// Gather waits until all are done, and returns their results in the order of the arguments: asyncio.gather. Each is a
// Task, a Future, a Coroutine or a function, which becomes a task, or a slice of these; one that comes twice is run
// once if it is a Task or Future. The first exception is returned at once; the others continue. If the task that waits
// is cancelled, all are. It panics with a TypeError if something can't be waited for.
func Gather(awaitables ...any) ([]any, error) {
	k := waiting("Gather")
	awaitables = flatten(awaitables)
	all := make([]*Future, 0, len(awaitables))
	exceptionsToo := false
	for _, a := range awaitables {
		if o, ok := a.(Option); ok {
			exceptionsToo = exceptionsToo || o == ReturnExceptions
			continue
		}
		k.l.check(a)
	}
	for _, a := range awaitables {
		if _, ok := a.(Option); !ok {
			all = append(all, k.l.ensure(a))
		}
	}
	if len(all) == 0 {
		return []any{}, nil
	}
	outer := k.l.gather(all, exceptionsToo)
	k.await(outer)
	rs, err := outer.Result()
	if err != nil {
		return nil, err
	}
	return rs.([]any), nil
}

// check panics unless a can be waited for.
func (l *loop) check(a any) {
	switch a := a.(type) {
	case *Task:
		if a != nil {
			return
		}
	case *Future:
		if a != nil {
			return
		}
	default:
		if callOf(a, nil) != nil {
			return
		}
	}
	panic(exceptions.Type("An asyncio.Future, a coroutine or an awaitable is required"))
}

// ensure is ensure_future.
func (l *loop) ensure(a any) *Future {
	l.check(a)
	var f *Future
	switch a := a.(type) {
	case *Task:
		f = a.Future
	case *Future:
		f = a
	default:
		return l.newTask(Coro(a)).Future
	}
	if f.l != l {
		panic(exceptions.Value("The future belongs to a different loop than the one specified as the loop argument"))
	}
	return f
}

// gather returns the Future of several.
func (l *loop) gather(all []*Future, exceptionsToo bool) *Future {
	outer := l.newFuture(gathering(all), "")
	asked := false // to cancel
	outer.cancelIt = func() bool {
		if outer.Done() {
			return false
		}
		any := false
		for _, f := range all {
			any = f.Cancel() || any
		}
		asked = asked || any
		return any
	}
	unique := map[*Future]bool{}
	left := 0
	done := func(f *Future) {
		left--
		f.unseen = false
		switch {
		case outer.Done():
		case !exceptionsToo && f.err != nil:
			outer.SetException(f.err)
		case left == 0 && asked:
			outer.SetException(&CancelledError{})
		case left == 0:
			rs := make([]any, len(all))
			for i, f := range all {
				if rs[i] = f.result; f.err != nil {
					rs[i] = f.err
				}
			}
			outer.SetResult(rs)
		}
	}
	for _, f := range all {
		if !unique[f] {
			unique[f] = true
			left++
			f.AddDoneCallback(done)
		}
	}
	return outer
}

// gathering names what a Gather waits for.
type gathering []*Future

// Name lists those that aren't done.
func (g gathering) Name() string {
	var names []string
	for _, f := range g {
		if !f.Done() && !slices.Contains(names, f.name()) {
			names = append(names, f.name())
		}
	}
	if len(names) > 3 {
		return fmt.Sprintf("%s, %s and %d others", names[0], names[1], len(names)-2)
	}
	text := ""
	for i, n := range names {
		switch {
		case i == 0:
			text = n
		case i == len(names)-1:
			text += " and " + n
		default:
			text += ", " + n
		}
	}
	return text
}

// WaitFor waits for what Gather takes, for at most d: asyncio.wait_for. When the time is up it is cancelled, and a
// *TimeoutError returned when it has ended.
func WaitFor(awaitable any, d time.Duration) (any, error) {
	k := waiting("WaitFor")
	f := k.l.ensure(awaitable)
	if !f.Done() && d > 0 {
		k.awaitOne(f, d)
	}
	if f.Done() {
		return f.Result()
	}
	k.cancelAndWait(f)
	if f.Cancelled() {
		return nil, &TimeoutError{}
	}
	return f.Result()
}

// awaitOne waits until f is done, for at most d. If k is cancelled meanwhile, f is too.
func (k *Task) awaitOne(f *Future, d time.Duration) {
	w := k.l.newFuture(f.of, f.how)
	tm := k.l.later(d, w.settle)
	f.onDone(w.settle)
	ended := false
	defer func() {
		tm.cancel()
		if !ended && !k.l.over && !f.Done() {
			k.cancelAndWait(f)
		}
	}()
	k.await(w)
	ended = true
}

// cancelAndWait cancels f and waits for its end.
func (k *Task) cancelAndWait(f *Future) {
	w := k.l.newFuture(f.of, f.how)
	f.onDone(w.settle)
	f.Cancel()
	k.await(w)
}
