package exec

// This file defines operations on channels. An operation that blocks also waits for the end of the run, so that an
// interrupt unblocks it.

import (
	"go/ast"
	"go/types"
	"reflect"
	"runtime"
	"time"
	"unsafe"
)

// waiter is how values of one size wait at a channel.
type waiter struct {
	send func(c, p unsafe.Pointer, done <-chan struct{}) bool
	recv func(c, p unsafe.Pointer, done <-chan struct{}) (ok, alive bool)
}

// waiterOf makes the waiter for elements with the memory of T: the runtime copies what the channel was
// made for, so only the size and the pointers in it matter here.
func waiterOf[T any]() *waiter {
	return &waiter{
		send: func(c, p unsafe.Pointer, done <-chan struct{}) bool {
			select {
			case *(*chan T)(unsafe.Pointer(&c)) <- *(*T)(p):
				return true
			case <-done:
				return false
			}
		},
		recv: func(c, p unsafe.Pointer, done <-chan struct{}) (bool, bool) {
			select {
			case v, ok := <-*(*chan T)(unsafe.Pointer(&c)):
				*(*T)(p) = v
				return ok, true
			case <-done:
				return false, false
			}
		},
	}
}

// waiterFor returns the waiter for a type of elements.
func (c *fn) waiterFor(t *typ) *waiter {
	switch {
	case t.size == 0:
		return waiterOf[struct{}]()
	case t.kind == reflect.String:
		return waiterOf[string]()
	case t.kind == reflect.Interface:
		return waiterOf[eface]()
	case t.kind == reflect.Slice:
		return waiterOf[slice]()
	case t.class == classPtr:
		// Not unsafe.Pointer: reflect.ChanOf makes all channel types in the image of chan unsafe.Pointer,
		// and makes them wrong if the program has a pointer to that type.
		return waiterOf[*byte]()
	case !hasPointers(t.t) && t.align == t.size:
		switch t.size {
		case 1:
			return waiterOf[uint8]()
		case 2:
			return waiterOf[uint16]()
		case 4:
			return waiterOf[uint32]()
		case 8:
			return waiterOf[uint64]()
		}
	}
	return c.e.reflectWaiter(t)
}

// reflectWaiter is a waiter for any type.
func (e *Engine) reflectWaiter(t *typ) *waiter {
	ct := e.typ(types.NewChan(types.SendRecv, t.t))
	cases := func(dir reflect.SelectDir, c, p unsafe.Pointer, done <-chan struct{}) []reflect.SelectCase {
		x := reflect.SelectCase{Dir: dir}
		if c != nil {
			x.Chan = valueAt(e.reflect(ct), unsafe.Pointer(&c))
			if dir == reflect.SelectSend {
				x.Send = valueAt(e.reflect(t), p)
			}
		}
		return []reflect.SelectCase{x, {Dir: reflect.SelectRecv, Chan: reflect.ValueOf(done)}}
	}
	return &waiter{
		send: func(c, p unsafe.Pointer, done <-chan struct{}) bool {
			i, _, _ := reflect.Select(cases(reflect.SelectSend, c, p, done))
			return i == 0
		},
		recv: func(c, p unsafe.Pointer, done <-chan struct{}) (bool, bool) {
			i, v, ok := reflect.Select(cases(reflect.SelectRecv, c, p, done))
			if i != 0 {
				return false, false
			}
			valueAt(e.reflect(t), p).Set(v)
			return ok, true
		},
	}
}

// silentChecks is how many checks, a millisecond apart, let the deferred functions of an interrupted goroutine keep
// running.
const silentChecks = 100

// interrupted ends a goroutine whose run was interrupted while it waited.
func (g *G) interrupted() {
	for range silentChecks {
		g.returned()
		time.Sleep(time.Millisecond)
	}
	runtime.Goexit() // a thread that has seen its end before
}

// sendStmt compiles c <- v.
func (c *fn) sendStmt(s *ast.SendStmt) {
	ch := c.expr(s.Chan)
	elem := c.elemOf(ch.t)
	hold, held := c.hold(ch)
	value := c.spill(c.convert(c.expr(s.Value), elem, s.Value.Pos()))
	p, w, step := held.p, c.waiterFor(elem), c.channel("write", s.Chan)
	c.do(s.Pos(), func(fr *frame) {
		hold(fr)
		v := value(fr)
		q := p(fr)
		step.on(fr, q)
		if q != nil && chansend(q, v, true) {
			return
		}
		alive := false
		fr.g.blocking(waitSend.on(q), false, func() { alive = w.send(q, v, fr.g.done()) })
		if !alive {
			fr.g.interrupted()
		}
	})
}

// receive compiles <-c; with commaOK also whether the value was sent.
func (c *fn) receive(e *ast.UnaryExpr, commaOK bool) *expr {
	ch := c.expr(e.X)
	elem := c.elemOf(ch.t)
	p, w, outside := ch.p, c.waiterFor(elem), fromOutside(elem)
	off := c.alloc(elem)
	clr, step := c.e.clear(elem), c.channel("write", e.X)
	recv := func(fr *frame) bool {
		q := p(fr)
		step.on(fr, q)
		if q != nil {
			if selected, ok := chanrecv(q, true, fr.at(off)); selected {
				if !ok {
					clr(fr.at(off))
				}
				return ok
			}
		}
		ok, alive := false, false
		fr.g.blocking(waitReceive.on(q), outside, func() { ok, alive = w.recv(q, fr.at(off), fr.g.done()) })
		if !alive {
			fr.g.interrupted()
		}
		return ok
	}
	if commaOK {
		okOff := c.alloc(c.e.boolType)
		return c.pair(elem, off, okOff, func(fr *frame) { *(*bool)(fr.at(okOff)) = recv(fr) })
	}
	return load(elem, func(fr *frame) unsafe.Pointer {
		recv(fr)
		return fr.at(off)
	})
}

// comm is one case of a select.
type comm struct {
	clause *ast.CommClause
	ch     ptrFn // nil for default
	send   ptrFn
	elem   *typ
	ct     *typ
	off    uintptr // what was received
	okOff  uintptr
	start  *label
}

// selectStmt compiles a select.
func (c *fn) selectStmt(s *ast.SelectStmt, name string) {
	var comms []*comm
	var holds, steps []func(fr *frame) // steps are none but in cells with steps
	def := -1
	for i, cl := range s.Body.List {
		cl := cl.(*ast.CommClause)
		m := &comm{clause: cl, start: &label{}}
		comms = append(comms, m)
		if cl.Comm == nil {
			def = i
			continue
		}
		if sd, ok := cl.Comm.(*ast.SendStmt); ok {
			x := c.expr(sd.Chan)
			m.ct, m.elem = x.t, c.elemOf(x.t)
			h, held := c.hold(x)
			holds = append(holds, h)
			m.ch = held.p
			if step := c.channel("write", sd.Chan).at(m.ch); step != nil {
				steps = append(steps, step)
			}
			hv, v := c.hold(c.convert(c.expr(sd.Value), m.elem, sd.Value.Pos()))
			holds = append(holds, hv)
			m.send = c.spill(v)
			continue
		}
		x := c.expr(recvOf(cl.Comm).X)
		m.ct, m.elem = x.t, c.elemOf(x.t)
		h, held := c.hold(x)
		holds = append(holds, h)
		m.ch = held.p
		if step := c.channel("write", recvOf(cl.Comm).X).at(m.ch); step != nil {
			steps = append(steps, step)
		}
		m.off, m.okOff = c.alloc(m.elem), c.alloc(c.e.boolType)
	}
	eng := c.e
	if len(comms) > 2 || len(comms) == 2 && def < 0 {
		c.do(s.Pos(), c.accesses("chance", "the case that a select takes", s.Pos(), nil).nowhere())
	}
	c.emit(s.Pos(), func(fr *frame) int {
		for _, h := range holds {
			h(fr)
		}
		for _, step := range steps {
			step(fr)
		}
		return comms[eng.choose(fr, comms, def)].start.pc
	})
	if c.foreignBody != nil {
		var starts []*label
		for _, m := range comms {
			starts = append(starts, m.start)
		}
		c.foreignBody.chosen(starts, nil, func(i int) { c.received(comms[i]) })
		return
	}
	end := &label{yield: c.yield()}
	c.targets = append(c.targets, &target{label: name, brk: end, yield: c.yield()})
	for _, m := range comms {
		c.bind(m.start)
		c.received(m)
		c.stmts(m.clause.Body)
		c.jump(m.clause.End(), end)
	}
	c.targets = c.targets[:len(c.targets)-1]
	c.bind(end)
}

func recvOf(s ast.Stmt) *ast.UnaryExpr {
	switch s := s.(type) {
	case *ast.ExprStmt:
		return ast.Unparen(s.X).(*ast.UnaryExpr)
	case *ast.AssignStmt:
		return ast.Unparen(s.Rhs[0]).(*ast.UnaryExpr)
	}
	return nil
}

// received compiles the assignment of what a case received.
func (c *fn) received(m *comm) {
	as, ok := m.clause.Comm.(*ast.AssignStmt)
	if !ok {
		return
	}
	pair := &expr{t: c.e.tupleType, slots: []slot{{m.off, m.elem}, {m.okOff, c.e.boolType}}, void: func(*frame) {}}
	if len(as.Lhs) == 1 {
		x := loadLocal(m.elem, m.off)
		x.addr, x.local = nil, false
		c.assignExprs(as, []*expr{x})
		return
	}
	_, parts := c.spread(pair)
	c.assignExprs(as, parts)
}

// choose blocks until a case can proceed, and communicates.
func (e *Engine) choose(fr *frame, comms []*comm, def int) int {
	if def >= 0 && len(comms) == 1 {
		return 0
	}
	if def >= 0 && len(comms) == 2 {
		m := comms[1-def]
		ch := m.ch(fr)
		if ch == nil {
			return def
		}
		if m.send != nil {
			if chansend(ch, m.send(fr), true) {
				return 1 - def
			}
			return def
		}
		selected, ok := chanrecv(ch, true, fr.at(m.off))
		if !selected {
			return def
		}
		if !ok {
			e.clear(m.elem)(fr.at(m.off))
		}
		*(*bool)(fr.at(m.okOff)) = ok
		return 1 - def
	}
	cases := make([]reflect.SelectCase, len(comms), len(comms)+1)
	kind, outside := waitForever, false
	for i, m := range comms {
		switch {
		case m.ch == nil:
			cases[i].Dir = reflect.SelectDefault
			continue
		case m.send != nil:
			cases[i].Dir = reflect.SelectSend
		default:
			cases[i].Dir = reflect.SelectRecv
		}
		if ch := m.ch(fr); ch != nil {
			kind, outside = waitSelect, outside || m.send == nil && fromOutside(m.elem)
			cases[i].Chan = valueAt(e.reflect(m.ct), unsafe.Pointer(&ch))
			if m.send != nil {
				cases[i].Send = valueAt(e.reflect(m.elem), m.send(fr))
			}
		}
	}
	if def < 0 {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(fr.g.done())})
	}
	var i int
	var v reflect.Value
	var ok bool
	wait := func() { i, v, ok = reflect.Select(cases) }
	if def < 0 {
		fr.g.blocking(kind, outside, wait)
	} else {
		wait()
	}
	if i == len(comms) {
		fr.g.interrupted()
	}
	if m := comms[i]; m.ch != nil && m.send == nil {
		valueAt(e.reflect(m.elem), fr.at(m.off)).Set(v)
		*(*bool)(fr.at(m.okOff)) = ok
	}
	return i
}
