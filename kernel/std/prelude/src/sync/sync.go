// Package sync is the interpreter's own version of the generic part of the standard library's.
package sync

import "sync"

// once calls a function one time; what it panicked with it panics with again.
type once struct {
	do     sync.Once
	ok     bool
	failed any
}

func (o *once) call(f func()) {
	o.do.Do(func() {
		defer func() {
			if !o.ok {
				o.failed = recover()
				panic(o.failed)
			}
		}()
		f()
		o.ok = true
	})
	if !o.ok {
		panic(o.failed)
	}
}

// OnceValue returns a function that calls f only once and returns what it returned.
func OnceValue[T any](f func() T) func() T {
	var o once
	var v T
	return func() T {
		o.call(func() { v = f() })
		return v
	}
}

// OnceValues is OnceValue for two values.
func OnceValues[T1, T2 any](f func() (T1, T2)) func() (T1, T2) {
	var o once
	var v T1
	var w T2
	return func() (T1, T2) {
		o.call(func() { v, w = f() })
		return v, w
	}
}
