// Package iter is the interpreter's own version of the standard library's.
package iter

// Seq yields values.
type Seq[V any] func(yield func(V) bool)

// Seq2 yields pairs.
type Seq2[K, V any] func(yield func(K, V) bool)

// puller runs an iterator in a goroutine that goes on only while a value is asked for.
type puller struct {
	ask, told     chan bool
	started, done bool
	failed        any
}

func (p *puller) start(run func()) {
	p.started = true
	p.ask, p.told = make(chan bool), make(chan bool)
	go func() {
		defer func() {
			p.done = true
			p.failed = recover()
			p.told <- false
		}()
		if <-p.ask {
			run()
		}
	}()
}

// next asks for another value; more says whether there is one.
func (p *puller) next(more bool) bool {
	p.ask <- more
	ok := <-p.told
	if f := p.failed; f != nil {
		p.failed = nil
		panic(f)
	}
	return ok
}

// yield hands a value over and waits until it is asked for the next.
func (p *puller) yield() bool {
	p.told <- true
	return <-p.ask
}

// Pull turns a push iterator into a pull iterator.
func Pull[V any](seq Seq[V]) (next func() (V, bool), stop func()) {
	p := &puller{}
	var v V
	run := func() {
		seq(func(w V) bool {
			v = w
			return p.yield()
		})
	}
	next = func() (V, bool) {
		var zero V
		if p.done {
			return zero, false
		}
		if !p.started {
			p.start(run)
		}
		if !p.next(true) {
			return zero, false
		}
		w := v
		v = zero
		return w, true
	}
	stop = func() {
		if p.done {
			return
		}
		if !p.started {
			p.done = true
			return
		}
		p.next(false)
	}
	return next, stop
}

// Pull2 is Pull for pairs.
func Pull2[K, V any](seq Seq2[K, V]) (next func() (K, V, bool), stop func()) {
	p := &puller{}
	var k K
	var v V
	run := func() {
		seq(func(a K, b V) bool {
			k, v = a, b
			return p.yield()
		})
	}
	next = func() (K, V, bool) {
		var zk K
		var zv V
		if p.done {
			return zk, zv, false
		}
		if !p.started {
			p.start(run)
		}
		if !p.next(true) {
			return zk, zv, false
		}
		return k, v, true
	}
	stop = func() {
		if p.done {
			return
		}
		if !p.started {
			p.done = true
			return
		}
		p.next(false)
	}
	return next, stop
}
