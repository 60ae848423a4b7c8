// Package iter is the interpreter's own version of the standard library's.
package iter

import "runtime"

// Seq yields values.
type Seq[V any] func(yield func(V) bool)

// Seq2 yields pairs.
type Seq2[K, V any] func(yield func(K, V) bool)

// puller runs an iterator in a goroutine that goes on only while a value is asked for.
type puller struct {
	ask, told                       chan bool
	started, running, stopped, done bool
	panicked                        bool
	failed                          any
}

func (p *puller) start(run func()) {
	p.started = true
	p.ask, p.told = make(chan bool), make(chan bool)
	go func() {
		returned := false
		defer func() {
			p.done = true
			if !returned {
				p.panicked, p.failed = true, recover()
			}
			p.told <- false
		}()
		if <-p.ask {
			run()
		}
		returned = true
	}()
}

// next lets the iterator go on; more says whether another value is wanted.
func (p *puller) next(more bool, name string) bool {
	if p.running {
		panic(name + " called again before yield")
	}
	p.running = true
	p.ask <- more
	ok := <-p.told
	p.running = false
	if p.panicked {
		p.panicked = false
		if p.failed == nil {
			runtime.Goexit() // the iterator did
		}
		panic(p.failed)
	}
	return ok
}

// yield hands a value over and waits until it is asked for the next.
func (p *puller) yield() bool {
	if p.done || p.stopped {
		return false
	}
	p.told <- true
	return <-p.ask
}

// stop ends the iterator.
func (p *puller) stop(name string) {
	if p.done || p.stopped {
		return
	}
	p.stopped = true
	if !p.started {
		p.done = true
		return
	}
	p.next(false, name)
}

// Pull turns a push iterator into a pull iterator.
func Pull[V any](seq Seq[V]) (next func() (V, bool), stop func()) {
	p := &puller{}
	var v V
	run := func() {
		seq(func(w V) bool {
			if p.done || p.stopped {
				return false
			}
			v = w
			return p.yield()
		})
	}
	next = func() (V, bool) {
		var zero V
		if p.done || p.stopped {
			return zero, false
		}
		if !p.started {
			p.start(run)
		}
		if !p.next(true, "iter.Pull: next") {
			return zero, false
		}
		w := v
		v = zero
		return w, true
	}
	stop = func() { p.stop("iter.Pull: stop") }
	return next, stop
}

// Pull2 is Pull for pairs.
func Pull2[K, V any](seq Seq2[K, V]) (next func() (K, V, bool), stop func()) {
	p := &puller{}
	var k K
	var v V
	run := func() {
		seq(func(a K, b V) bool {
			if p.done || p.stopped {
				return false
			}
			k, v = a, b
			return p.yield()
		})
	}
	next = func() (K, V, bool) {
		var zk K
		var zv V
		if p.done || p.stopped {
			return zk, zv, false
		}
		if !p.started {
			p.start(run)
		}
		if !p.next(true, "iter.Pull2: next") {
			return zk, zv, false
		}
		return k, v, true
	}
	stop = func() { p.stop("iter.Pull2: stop") }
	return next, stop
}
