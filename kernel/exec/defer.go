package exec

// This file defines defer, panic and recover.
//
// A panic of interpreted code is a panic of Go. A function that defers catches it, runs its deferred calls, and raises
// the panic again if none of them recovered. That loses the original stack, so the interpreted calls are recorded where
// the panic is first caught (G.cur is still the call that panicked).

import (
	"runtime"
	"unsafe"
)

// deferred is one deferred call.
type deferred struct {
	next *deferred
	call func(up *frame)
}

// panicking is the state of a function that runs its deferred calls.
type panicking struct {
	active    bool // a panic is in progress, not yet recovered
	value     any
	goexit    bool
	recovered bool
}

// runDeferring runs the operations of a function that may defer.
func runDeferring(f *frame) {
	g, depth := f.g, f.g.depth
	f.defer_, f.panic_ = nil, nil
	returned := false
	defer func() {
		if returned {
			if f.defer_ != nil {
				f.unwind(&panicking{})
			}
			return
		}
		p := &panicking{}
		p.caught(g, recover())
		g.depth, g.cur, f.down = depth, f, nil
		f.unwind(p)
		f.place = 0 // the caller may keep the frame for its next call
	}()
	f.run(0)
	returned = true
}

// caught records how a function that didn't return has ended.
func (p *panicking) caught(g *G, v any) {
	if v == nil {
		p.goexit = true // runtime.Goexit
		return
	}
	if inner, ok := v.(*Panic); ok { // of a callback that compiled code made
		v, g.trail = inner.Value, inner.Trace
		if g.trail != nil {
			g.trail.value = v
		}
	}
	g.traced(v)
	p.active, p.value, p.recovered = true, v, false
}

// unwind runs the deferred calls of a frame, last one first, and continues to panic unless one recovers.
func (f *frame) unwind(p *panicking) {
	f.panic_ = p
	for f.defer_ != nil {
		d := f.defer_
		f.defer_ = d.next
		f.callDeferred(d, p)
	}
	f.panic_ = nil
	if p.active {
		panic(p.value)
	}
}

func (f *frame) callDeferred(d *deferred, p *panicking) {
	g, depth := f.g, f.g.depth
	returned := false
	defer func() {
		if returned {
			return
		}
		v := recover()
		g.depth, g.cur, f.down = depth, f, nil
		p.caught(g, v)
		if v == nil {
			f.unwind(p) // Goexit continues past this function: run the rest now
		}
	}()
	d.call(f)
	returned = true
}

// uncatchable is implemented by panics that recover ignores.
type uncatchable interface{ Uncatchable() }

// recover_ is the builtin recover, called in frame f.
func recover_(f *frame) any {
	if f.flags&frameDeferred == 0 || f.up == nil {
		return nil
	}
	p := f.up.panic_
	if p == nil || !p.active {
		return nil
	}
	if _, ok := p.value.(uncatchable); ok {
		return nil
	}
	p.active, p.recovered = false, true
	f.g.trail = nil
	return p.value
}

// panic_ is the builtin panic.
func panic_(v any) {
	if v == nil {
		panic(new(runtime.PanicNilError))
	}
	panic(v)
}

// copyOf returns a copy of the value at p in memory of its own.
func (e *Engine) copyOf(t *typ, p unsafe.Pointer) unsafe.Pointer {
	m := unsafeNew(e.rtype(t))
	if t.size > 0 {
		t.move(m, p)
	}
	return m
}
