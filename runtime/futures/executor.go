package futures

// This file defines what all executors have in common, and what is built on Submit alone.

import (
	"fmt"
	"iter"
	"reflect"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
)

// An Executor makes calls elsewhere: in threads, in processes. Its methods may be called by several threads at once.
type Executor interface {
	// Submit schedules a call of fn with args and returns its Future. It panics with a RuntimeError after Shutdown.
	Submit(fn any, args ...any) *Future
	// Map schedules a call of fn with each row of elements of the iterables, and returns an iterator over the results
	// in order.
	Map(fn any, iterables ...any) iter.Seq2[any, error]
	// Shutdown makes the executor refuse more calls, and waits for those submitted.
	Shutdown(opts ...ShutdownOption)
}

// A ShutdownOption is an optional argument of Shutdown.
type ShutdownOption uint8

const (
	// NoWait makes Shutdown return at once: wait=False.
	NoWait ShutdownOption = 1 << iota
	// CancelFutures cancels the calls that haven't begun: cancel_futures=True.
	CancelFutures
)

// MapWith is Map for any Executor: it submits a call for each element of the iterables at once, until the shortest
// ends. They are slices, arrays, strings, maps' keys, iterators of Go with one variable, or an int for the numbers
// below it. A Timeout among them, counted from the call on, limits the wait for all.
//
// The iterator that it returns can be used once. It waits for each result; the first exception is its last turn, and
// what hasn't begun then, or when the loop is left, is cancelled. It panics with a TypeError if something can't be
// iterated over.
func MapWith(ex Executor, fn any, iterables ...any) iter.Seq2[any, error] {
	t := machine.Current()
	columns, o, stop := columnsOf(t, iterables)
	defer stop()
	var fs []*Future
	for {
		args, ok := row(columns)
		if !ok {
			break
		}
		fs = append(fs, ex.Submit(fn, args...))
	}
	return results(fs, o)
}

// results returns an iterator over the results of futures, which can be used once.
func results(fs []*Future, o waitOptions) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		defer func() {
			for _, f := range fs {
				f.Cancel()
			}
		}()
		t := machine.Current()
		for len(fs) > 0 {
			f := fs[0]
			r, err := f.wait(t, o)
			if err != nil {
				yield(nil, err)
				return
			}
			fs = fs[1:]
			if !yield(r, nil) {
				return
			}
		}
	}
}

// columnsOf returns what yields the elements of each iterable, and the options among them. stop ends the iterators.
func columnsOf(t *machine.Thread, iterables []any) (columns []func() (any, bool), o waitOptions, stop func()) {
	var opts []WaitOption
	var stops []func()
	stop = func() {
		for _, f := range stops {
			f()
		}
	}
	for _, it := range iterables {
		if o, ok := it.(WaitOption); ok {
			opts = append(opts, o)
			continue
		}
		next, halt := iterate(it)
		columns, stops = append(columns, next), append(stops, halt)
	}
	if len(columns) == 0 {
		panic(exceptions.Type("Map needs a function and at least one iterable"))
	}
	return columns, optionsOf(t, opts), stop
}

// row takes an element of each column: zip.
func row(columns []func() (any, bool)) ([]any, bool) {
	args := make([]any, len(columns))
	for i, next := range columns {
		var ok bool
		if args[i], ok = next(); !ok {
			return nil, false
		}
	}
	return args, true
}

// iterate is iter(): next returns the next element.
func iterate(it any) (next func() (any, bool), stop func()) {
	v := reflect.ValueOf(it)
	nothing := func() {}
	i := 0
	switch {
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		return func() (any, bool) {
			if i >= v.Len() {
				return nil, false
			}
			i++
			return v.Index(i - 1).Interface(), true
		}, nothing
	case v.Kind() == reflect.String:
		runes := []rune(v.String())
		return func() (any, bool) {
			if i >= len(runes) {
				return nil, false
			}
			i++
			return string(runes[i-1]), true
		}, nothing
	case v.CanInt() || v.CanUint() || v.Kind() == reflect.Map ||
		v.Kind() == reflect.Func && v.Type().CanSeq() && !v.IsNil():
		n, halt := iter.Pull(v.Seq())
		return func() (any, bool) {
			e, ok := n()
			if !ok {
				return nil, false
			}
			return e.Interface(), true
		}, halt
	}
	panic(exceptions.Type("'%s' object is not iterable", typeName(it)))
}

// List collects what an iterator of Map returns, up to its end or the first exception: list(ex.map(…)).
func List(results iter.Seq2[any, error]) ([]any, error) {
	var list []any
	for r, err := range results {
		if err != nil {
			return list, err
		}
		list = append(list, r)
	}
	return list, nil
}

var _ Executor = (*ThreadPoolExecutor)(nil)

// String shows the options as Python's names.
func (o ShutdownOption) String() string {
	switch o {
	case NoWait:
		return "wait=False"
	case CancelFutures:
		return "cancel_futures=True"
	}
	return fmt.Sprintf("ShutdownOption(%d)", uint8(o))
}
