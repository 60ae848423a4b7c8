package interp

// This file defines deferred calls. The interpreter evaluates their arguments late, mixes them up in
// loops and lets a panic of one of them escape recover, so lowered functions keep theirs here:
//
//	b := func(d *__rt.Deferred) { …; d.Push(f); …; r = 1; return }; __rt.With(b); return r

import "sync"

// Deferred is the stack of deferred calls of one call of a function. It is used by the goroutine that
// runs the function.
type Deferred struct {
	s         *session
	calls     []func()
	panicking bool
	value     any // of the panic
	pos       int // the register when it began
}

// Push defers f.
func (d *Deferred) Push(f func()) { d.calls = append(d.calls, f) }

// Recover is the builtin recover, for the functions that d calls. An interrupt can't be recovered
// from, and a nil *Deferred has nothing to recover from.
func (d *Deferred) Recover() any {
	if d == nil || !d.panicking {
		return nil
	}
	if _, ok := d.value.(interrupted); ok {
		return nil
	}
	d.panicking = false
	return recovered(d.value)
}

// with is __rt.With: it runs a function's body and then, however that ended, what it deferred.
func (s *session) with(body func(*Deferred)) {
	d := &Deferred{s: s}
	returned := false
	defer func() {
		if !returned {
			d.caught(recover())
		}
		d.unwind()
		if d.panicking {
			*s.machine.registers.pos = d.pos
			panic(d.value)
		}
	}()
	body(d)
	returned = true
}

// caught notes a panic; nil is what runtime.Goexit leaves.
func (d *Deferred) caught(v any) {
	if v != nil {
		d.panicking, d.value, d.pos = true, v, *d.s.machine.registers.pos
	}
}

// unwind runs the deferred calls, the last first. A panic of one replaces the panic before it.
func (d *Deferred) unwind() {
	for len(d.calls) > 0 {
		f := d.calls[len(d.calls)-1]
		d.calls = d.calls[:len(d.calls)-1]
		d.call(f)
	}
}

func (d *Deferred) call(f func()) {
	returned := false
	id := goroutineID()
	d.s.unwinds.push(id, d)
	defer func() {
		d.s.unwinds.pop(id)
		if returned {
			return
		}
		v := recover()
		if d.caught(v); v == nil {
			d.unwind() // runtime.Goexit goes on behind this function: the rest must be done now
		}
	}()
	f()
	returned = true
}

// unwinds holds, by goroutine, whose deferred functions run, the innermost last: what recover means in
// a function that isn't a literal behind defer. The zero value is ready.
type unwinds struct {
	mu          sync.Mutex // protects the field below
	byGoroutine map[int64][]*Deferred
}

func (u *unwinds) push(id int64, d *Deferred) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.byGoroutine == nil {
		u.byGoroutine = map[int64][]*Deferred{}
	}
	u.byGoroutine[id] = append(u.byGoroutine[id], d)
}

func (u *unwinds) pop(id int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if rest := u.byGoroutine[id][:len(u.byGoroutine[id])-1]; len(rest) > 0 {
		u.byGoroutine[id] = rest
	} else {
		delete(u.byGoroutine, id)
	}
}

// recover is __rt.Recover: the builtin recover in a function that may have been deferred by its name.
func (s *session) recover() any {
	id := goroutineID()
	s.unwinds.mu.Lock()
	stack := s.unwinds.byGoroutine[id]
	s.unwinds.mu.Unlock()
	if len(stack) == 0 {
		return nil
	}
	return stack[len(stack)-1].Recover()
}
