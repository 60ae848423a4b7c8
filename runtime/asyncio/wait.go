package asyncio

// This file defines waits for several tasks: Lib/asyncio/tasks.py.

import (
	"iter"
	"reflect"
	"slices"
	"time"

	"gilkernel/runtime/exceptions"
)

// An Awaitable is a *Task or a *Future.
type Awaitable interface {
	// Await waits until it is done and returns its outcome; see Future.Await.
	Await() (any, error)
	// Done reports whether there is an outcome.
	Done() bool
	// Cancelled reports whether it was cancelled.
	Cancelled() bool
	// Cancel cancels it; see Future.Cancel and Task.Cancel.
	Cancel() bool
	// Result returns the outcome; see Future.Result.
	Result() (any, error)
	// Exception returns what went wrong; see Future.Exception.
	Exception() error
	future() *Future
}

func (f *Future) future() *Future { return f }

// flatten replaces slices among arguments by their elements: gather(*tasks).
func flatten(args []any) []any {
	if !slices.ContainsFunc(args, isSlice) {
		return args
	}
	var all []any
	for _, a := range args {
		if !isSlice(a) {
			all = append(all, a)
			continue
		}
		v := reflect.ValueOf(a)
		for i := range v.Len() {
			all = append(all, v.Index(i).Interface())
		}
	}
	return all
}

func isSlice(a any) bool {
	k := reflect.ValueOf(a).Kind()
	return k == reflect.Slice || k == reflect.Array
}

// several are the arguments of Wait and AsCompleted.
type several struct {
	list  []Awaitable // without doubles
	when  Option
	limit time.Duration // negative: none
}

// severalOf sorts arguments. Functions and coroutines become tasks if start is set, and are a TypeError otherwise.
func severalOf(l *loop, args []any, start bool) several {
	s := several{when: AllCompleted, limit: -1}
	for _, a := range flatten(args) {
		switch a := a.(type) {
		case Option:
			if s.when = a; a == ReturnExceptions {
				panic(exceptions.Value("Invalid return_when value: %s", a))
			}
		case time.Duration:
			s.limit = max(a, 0)
		case *Task:
			l.check(a)
			s.add(a)
		case *Future:
			l.check(a)
			s.add(a)
		case Awaitable:
			s.add(a)
		default:
			l.check(a)
			if !start {
				panic(exceptions.Type("Passing coroutines is forbidden, use tasks explicitly."))
			}
			s.add(l.newTask(Coro(a)))
		}
	}
	for _, a := range s.list {
		l.ensure(a.future())
	}
	return s
}

func (s *several) add(a Awaitable) {
	if !slices.ContainsFunc(s.list, func(b Awaitable) bool { return a.future() == b.future() }) {
		s.list = append(s.list, a)
	}
}

// futures returns the Futures.
func (s *several) futures() gathering {
	all := make(gathering, len(s.list))
	for i, a := range s.list {
		all[i] = a.future()
	}
	return all
}

// Wait waits for tasks and Futures, which may stand in slices, and returns those that are done and the others, both in
// the order of the arguments: asyncio.wait. FirstCompleted and FirstException among the arguments let it return
// earlier, a time.Duration limits the wait: Wait(a, b, time.Second). It cancels nothing, and exceptions stay with their
// tasks. It panics with a ValueError, "Set of Tasks/Futures is empty.", if there are none, and with a TypeError,
// "Passing coroutines is forbidden, use tasks explicitly.", for a function.
func Wait(awaitables ...any) (done, pending []Awaitable) {
	k := waiting("Wait")
	s := severalOf(k.l, awaitables, false)
	if len(s.list) == 0 {
		panic(exceptions.Value("Set of Tasks/Futures is empty."))
	}
	left := 0
	enough := func(f *Future) bool {
		return left == 0 || s.when == FirstCompleted || s.when == FirstException && f.err != nil && !f.Cancelled()
	}
	w := k.l.newFuture(s.futures(), "")
	early := false
	for _, f := range s.futures() {
		if !f.Done() {
			left++
		}
	}
	for _, f := range s.futures() {
		early = early || f.Done() && enough(f)
	}
	if !early && left > 0 {
		var forget []func()
		for _, f := range s.futures() {
			if f.Done() {
				continue
			}
			forget = append(forget, f.onDone(func() {
				if left--; enough(f) {
					w.settle()
				}
			}))
		}
		var tm *timer
		if s.limit >= 0 {
			tm = k.l.later(s.limit, w.settle)
		}
		func() {
			defer func() { // after a cancellation too
				if tm != nil {
					tm.cancel()
				}
				for _, fn := range forget {
					fn()
				}
			}()
			k.await(w)
		}()
	}
	for _, a := range s.list {
		if a.Done() {
			done = append(done, a)
		} else {
			pending = append(pending, a)
		}
	}
	return done, pending
}

// AsCompleted returns an iterator over the outcomes of several in the order in which they end: for f in
// asyncio.as_completed(…): await f. The arguments are those of Gather, and a time.Duration, which limits the wait for
// all, from the call on: the last turn is a *TimeoutError then. What isn't done when the loop ends runs on.
func AsCompleted(awaitables ...any) iter.Seq2[any, error] {
	l := here()
	s := severalOf(l, awaitables, true)
	var ended queue[*Future]
	var ring *Future
	up := false
	wake := func() {
		if ring != nil {
			ring.settle()
		}
	}
	for _, f := range s.futures() {
		f.onDone(func() { ended.push(f); wake() })
	}
	var tm *timer
	if s.limit >= 0 && len(s.list) > 0 {
		tm = l.later(s.limit, func() { up = true; wake() })
	}
	return func(yield func(any, error) bool) {
		defer func() {
			if tm != nil {
				tm.cancel()
			}
		}()
		k := waiting("AsCompleted")
		for range s.list {
			for ended.len() == 0 && !up {
				ring = k.l.newFuture(s.futures(), "")
				k.await(ring)
			}
			if ended.len() == 0 {
				yield(nil, &TimeoutError{})
				return
			}
			if r, err := ended.pop().Result(); !yield(r, err) {
				return
			}
		}
	}
}

// Shield returns a Future with the outcome of what Gather takes, whose cancellation doesn't cancel that:
// asyncio.shield.
func Shield(awaitable any) *Future {
	l := here()
	inner := l.ensure(awaitable)
	if inner.Done() {
		return inner
	}
	outer := l.newFuture(inner.of, inner.how)
	forget := inner.onDone(func() {
		switch {
		case outer.Done():
			inner.unseen = inner.unseen && !outer.Cancelled()
		case inner.Cancelled():
			outer.cancel()
		case inner.err != nil:
			inner.unseen = false
			outer.SetException(inner.err)
		default:
			outer.SetResult(inner.result)
		}
	})
	outer.onDone(func() {
		if !inner.Done() {
			forget()
		}
	})
	return outer
}
