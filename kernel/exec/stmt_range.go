package exec

// This file defines range.

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"unicode/utf8"
	"unsafe"
)

var oneConst = constant.MakeInt64(1)

// returnLabel is where a return within the body of a range over a function goes.
var returnLabel = &label{pc: opReturn}

func (c *fn) rangeStmt(s *ast.RangeStmt, name string) {
	c.shareLoopVars(s)
	xt := c.typeOf(s.X)
	switch u := xt.Underlying().(type) {
	case *types.Signature:
		c.rangeFunc(s, u, name)
		return
	case *types.Basic:
		if u.Info()&types.IsInteger != 0 {
			c.rangeInt(s, name)
			return
		}
		c.rangeString(s, name)
		return
	case *types.Map:
		c.rangeMap(s, u, name)
		return
	case *types.Chan:
		c.rangeChan(s, name)
		return
	}
	c.rangeSlice(s, name)
}

// loopVars emits what each turn of a range begins with: its variables, new ones or assigned ones.
func (c *fn) loopVars(s *ast.RangeStmt, key, value *expr) {
	var lhs []ast.Expr
	var xs []*expr
	for i, l := range []ast.Expr{s.Key, s.Value} {
		x := []*expr{key, value}[i]
		if l != nil && x != nil && !isBlank(l) {
			lhs, xs = append(lhs, l), append(xs, x)
		}
	}
	places := c.targetsOf(lhs, s.Tok == token.DEFINE) // both before the first is assigned to
	for i, l := range lhs {
		if places[i].eval != nil {
			c.do(l.Pos(), places[i].eval)
		}
	}
	for i, l := range lhs {
		if v := c.sharedLoopVar(s, l); v != nil {
			c.setShared(v, xs[i], l.Pos())
			continue
		}
		c.assignTo(l, places[i], xs[i], s.Tok == token.DEFINE, l.Pos())
	}
}

// turns emits a loop: more decides about another turn, and then sets what key and value read. ix, which may be nil,
// says the same of a loop over indexes.
func (c *fn) turns(s *ast.RangeStmt, name string, more func(fr *frame) bool, key, value *expr, ix *indexed) {
	if c.foreignBody != nil {
		c.foreignBody.turned(s, more, key, value)
		return
	}
	y := c.yield()
	top, end := &label{yield: y}, &label{yield: y}
	c.bind(top)
	next := c.next()
	c.emit(s.For, func(fr *frame) int {
		if more(fr) {
			return next
		}
		return end.pc
	})
	c.loopVars(s, key, value)
	c.targets = append(c.targets, &target{label: name, brk: end, cont: &label{yield: y}, yield: y})
	t := c.targets[len(c.targets)-1]
	c.stmts(s.Body.List)
	c.targets = c.targets[:len(c.targets)-1]
	c.bind(t.cont)
	c.back(s.For, top)
	c.bind(end)
	if c.src.steps == NoSteps {
		c.fuseRange(top.pc, s, more, ix)
	}
}

// hiddenLocal is the expression for a value in the frame that no variable names.
func hiddenLocal(t *typ, off uintptr) *expr {
	x := loadLocal(t, off)
	x.addr = nil
	return x
}

func (c *fn) rangeInt(s *ast.RangeStmt, name string) {
	x := c.expr(s.X)
	t := x.t
	if s.Key != nil {
		if kt := c.lhsType(s.Key); kt != nil {
			t = kt
		}
	}
	if x.cv != nil {
		if isUntyped(t.t) {
			t = c.e.intType
		}
		x = c.constExpr(t, x.cv)
	}
	i, n := c.alloc(c.e.int64Type), c.alloc(c.e.int64Type)
	limit := x.i
	c.do(s.X.Pos(), func(fr *frame) {
		*(*int64)(fr.at(n)) = limit(fr)
		*(*int64)(fr.at(i)) = -1
	})
	key := hiddenLocal(c.e.int64Type, i).retyped(t)
	uns := !signed(t.kind)
	var ix *indexed
	if !uns {
		ix = &indexed{index: i, n: n}
	}
	c.turns(s, name, func(fr *frame) bool {
		p := (*int64)(unsafe.Add(unsafe.Pointer(fr), i))
		*p++
		m := *(*int64)(unsafe.Add(unsafe.Pointer(fr), n))
		return *p < m || uns && uint64(*p) < uint64(m)
	}, key, nil, ix)
}

func (c *fn) rangeSlice(s *ast.RangeStmt, name string) {
	x := c.expr(s.X)
	i := c.alloc(c.e.intType)
	key := hiddenLocal(c.e.intType, i)
	var value *expr
	var length func(fr *frame) int
	var ix *indexed
	wantsValue := s.Value != nil && !isBlank(s.Value)
	switch u := x.t.u.(type) {
	case *types.Slice:
		hold, held := c.hold(x)
		c.do(s.X.Pos(), func(fr *frame) {
			hold(fr)
			*(*int)(fr.at(i)) = -1
		})
		p, elem := held.p, c.elemOf(x.t)
		length = func(fr *frame) int { return (*slice)(p(fr)).len }
		value = c.hiddenElement(elem, held.off, i)
		if wantsValue && c.src.steps == StepAccess {
			value = c.readAt(elementName(s), s.X.Pos(), value, func(fr *frame) unsafe.Pointer {
				return unsafe.Add((*slice)(p(fr)).data, uintptr(*(*int)(fr.at(i)))*elem.size)
			}, true)
		}
		ix = &indexed{index: i, n: held.off + unsafe.Offsetof(slice{}.len)}
	case *types.Array:
		n := int(u.Len())
		length = func(*frame) int { return n }
		if !wantsValue && !hasCall(s.X) { // the array isn't evaluated
			c.do(s.X.Pos(), func(fr *frame) { *(*int)(fr.at(i)) = -1 })
			break
		}
		hold, held := c.hold(x)
		c.do(s.X.Pos(), func(fr *frame) {
			hold(fr)
			*(*int)(fr.at(i)) = -1
		})
		p, elem := held.p, c.elemOf(x.t)
		value = load(elem, func(fr *frame) unsafe.Pointer {
			return unsafe.Add(p(fr), uintptr(*(*int)(fr.at(i)))*elem.size)
		})
	case *types.Pointer:
		a := u.Elem().Underlying().(*types.Array)
		n, elem := int(a.Len()), c.e.typ(a.Elem())
		length = func(*frame) int { return n }
		hold, held := c.hold(x)
		c.do(s.X.Pos(), func(fr *frame) {
			hold(fr)
			*(*int)(fr.at(i)) = -1
		})
		p := held.p
		at := func(fr *frame) unsafe.Pointer {
			return unsafe.Add(nilCheck(p(fr)), uintptr(*(*int)(fr.at(i)))*elem.size)
		}
		value = load(elem, at)
		if wantsValue && c.src.steps == StepAccess {
			value = c.readAt(elementName(s), s.X.Pos(), value, at, true)
		}
	default:
		c.fail(s.X.Pos(), "range over %s isn't known to the interpreter", x.t.t)
	}
	c.turns(s, name, func(fr *frame) bool {
		p := (*int)(unsafe.Add(unsafe.Pointer(fr), i))
		*p++
		return *p < length(fr)
	}, key, value, ix)
}

// elementName is what a range calls an element of what it goes through.
func elementName(s *ast.RangeStmt) string {
	index := "…"
	if s.Key != nil && !isBlank(s.Key) {
		index = types.ExprString(s.Key)
	}
	return types.ExprString(s.X) + "[" + index + "]"
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

func (c *fn) rangeString(s *ast.RangeStmt, name string) {
	hold, held := c.hold(c.expr(s.X))
	str := held.s
	at, next, r := c.alloc(c.e.intType), c.alloc(c.e.intType), c.alloc(c.e.typ(types.Typ[types.Int32]))
	c.do(s.X.Pos(), func(fr *frame) {
		hold(fr)
		*(*int)(fr.at(next)) = 0
	})
	c.turns(s, name, func(fr *frame) bool {
		text := str(fr)
		i := *(*int)(fr.at(next))
		if i >= len(text) {
			return false
		}
		*(*int)(fr.at(at)) = i
		ch, n := rune(text[i]), 1
		if ch >= utf8.RuneSelf {
			ch, n = utf8.DecodeRuneInString(text[i:])
		}
		*(*int32)(fr.at(r)) = ch
		*(*int)(fr.at(next)) = i + n
		return true
	}, hiddenLocal(c.e.intType, at), hiddenLocal(c.e.typ(types.Typ[types.Int32]), r), nil)
}

func (c *fn) rangeMap(s *ast.RangeStmt, u *types.Map, name string) {
	x := c.expr(s.X)
	hold, held := c.hold(x)
	m := held.p
	kt, vt, eng, mt := c.e.typ(u.Key()), c.e.typ(u.Elem()), c.e, x.t
	iter, k, v := c.allocPtr(), c.alloc(kt), c.alloc(vt)
	step := c.mapStep("range", types.ExprString(s.X), s.X.Pos())
	wantsValue := s.Value != nil && !isBlank(s.Value)
	c.do(s.X.Pos(), func(fr *frame) {
		hold(fr)
		p := m(fr)
		*(*unsafe.Pointer)(fr.at(iter)) = unsafe.Pointer(valueAt(eng.reflect(mt), unsafe.Pointer(&p)).MapRange())
	})
	c.turns(s, name, func(fr *frame) bool {
		it := (*reflect.MapIter)(*(*unsafe.Pointer)(fr.at(iter)))
		if step != nil {
			step(fr, m(fr), 1)
		}
		if !it.Next() {
			return false
		}
		valueAt(eng.reflect(kt), fr.at(k)).SetIterKey(it)
		if wantsValue {
			valueAt(eng.reflect(vt), fr.at(v)).SetIterValue(it)
		}
		return true
	}, hiddenLocal(kt, k), hiddenLocal(vt, v), nil)
}

func (c *fn) rangeChan(s *ast.RangeStmt, name string) {
	x := c.expr(s.X)
	hold, held := c.hold(x)
	elem := c.elemOf(x.t)
	p, w, v := held.p, c.waiterFor(elem), c.alloc(elem)
	outside, step := fromOutside(elem), c.channel("write", s.X)
	c.do(s.X.Pos(), hold)
	c.turns(s, name, func(fr *frame) bool {
		ch := p(fr)
		step.on(fr, ch)
		if ch != nil {
			if selected, ok := chanrecv(ch, true, fr.at(v)); selected {
				return ok
			}
		}
		ok, alive := false, false
		fr.g.blocking(waitReceive.on(ch), outside, func() { ok, alive = w.recv(ch, fr.at(v), fr.g.done()) })
		if !alive {
			fr.g.interrupted()
		}
		return ok
	}, hiddenLocal(elem, v), nil, nil)
}

// yieldState is one execution of a range over a function.
type yieldState struct {
	exit  *label // where to go after the loop; nil: on
	state int
}

const (
	yieldReady = iota
	yieldRunning
	yieldDone
	yieldPanicked
)

// rangeFunc compiles a range over a function. The body runs in the frame of the function that it stands
// in: the function value that the iterator gets runs a part of this function's operations.
func (c *fn) rangeFunc(s *ast.RangeStmt, sig *types.Signature, name string) {
	x := c.expr(s.X)
	ysig := sig.Params().At(0).Type().Underlying().(*types.Signature)
	yt := c.typ(sig.Params().At(0).Type())
	y := &yieldLoop{outer: c.yield(), state: c.allocPtr()}
	start, end := &label{yield: y}, &label{yield: c.yield()}

	// The function that the iterator calls.
	plain := types.NewSignatureType(nil, nil, nil, ysig.Params(), ysig.Results(), false)
	w := c.e.newFn(c.src, c.env, c.name, plain, s.Pos())
	w.code.hidden = true
	w.params(nil, plain)
	var offs []uintptr
	var moves []func(dst, src unsafe.Pointer)
	var sites []*Site
	for _, p := range w.code.params {
		if s := c.hears("what "+types.ExprString(s.X)+" yields", s.X, p.t); s != nil {
			sites = append(sites, s)
		}
		offs = append(offs, c.alloc(p.t))
		moves = append(moves, p.t.move)
	}
	params, result := w.code.params, w.code.results[0].off
	w.emit(s.Pos(), func(f *frame) int {
		fr := (*frame)(f.clo.caps[0])
		st := (*yieldState)(f.clo.caps[1])
		switch st.state {
		case yieldRunning:
			panic(rangeError("range function continued iteration after loop body panic"))
		case yieldPanicked:
			panic(rangeError("range function continued iteration after loop body panic"))
		case yieldDone:
			panic(rangeError("range function continued iteration after function for loop body returned false"))
		case yieldDone + 2:
			panic(rangeError("range function continued iteration after whole loop exit"))
		}
		st.state = yieldPanicked
		for i, p := range params {
			moves[i](fr.at(offs[i]), f.at(p.off))
		}
		g, pc := fr.g, fr.pc
		fr.g = f.g
		f.g.cur = fr
		for i, s := range sites {
			s.heard(fr, fr.at(offs[i]))
		}
		ret := fr.run(start.pc)
		f.g.cur = f
		fr.g, fr.pc = g, pc
		st.state = yieldReady
		*(*bool)(f.at(result)) = ret == opYield
		if ret != opYield {
			st.state = yieldDone
		}
		return opReturn
	})
	yk := w.finish()

	eng, head := c.e, c.e.head(yt)
	arg := &expr{t: yt, p: func(fr *frame) unsafe.Pointer {
		st := *(*unsafe.Pointer)(fr.at(y.state))
		return eng.newClosure(head, yt, yk, nil, []unsafe.Pointer{unsafe.Pointer(fr), st}, fr.g.host)
	}}
	isig := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), false)
	prep := c.prepareValue(x, isig, c.e.layout(isig), []*expr{arg}, pooled)
	cur := c.yield()
	c.emit(s.X.Pos(), func(fr *frame) int {
		st := new(yieldState)
		*(*unsafe.Pointer)(fr.at(y.state)) = unsafe.Pointer(st)
		f := prep(fr)
		f.call(fr)
		fr.g.release(f)
		was := st.state
		st.state = yieldDone + 2
		if was == yieldPanicked {
			panic(rangeError("range function recovered a loop body panic and did not resume panicking"))
		}
		if fr.g.flag.Load() != 0 {
			fr.tick()
		}
		if l := st.exit; l != nil {
			if l.yield == cur {
				return l.pc
			}
			return cur.leave(fr, l)
		}
		return end.pc
	})

	if c.foreignBody == nil {
		c.yields = append(c.yields, y)
	}
	c.bind(start)
	var vals [2]*expr
	for i := range offs {
		vals[i] = hiddenLocal(params[i].t, offs[i])
	}
	c.loopVars(s, vals[0], vals[1])
	if c.foreignBody != nil {
		c.foreignBody.yieldBody(y)
		c.bind(end)
		return
	}
	cont := &label{yield: y}
	c.targets = append(c.targets, &target{label: name, brk: end, cont: cont, yield: y})
	c.stmts(s.Body.List)
	c.targets = c.targets[:len(c.targets)-1]
	c.bind(cont)
	check, pos := c.check("loop", s.For), s.For
	c.emit(s.Body.Rbrace, func(fr *frame) int {
		if fr.g.explored == nil { // a check would change the times of simulated runs, and yaegi has none here
			return opYield
		}
		place := fr.place
		fr.place = pos
		if check != nil {
			check(fr)
		}
		if fr.g.flag.Load() != 0 { // as back does: an iterator of compiled code has no check of its own
			fr.tick()
		}
		fr.place = place
		return opYield
	})
	c.yields = c.yields[:len(c.yields)-1]
	c.bind(end)
}

// rangeError is an error of the Go runtime: what follows its "runtime error: ".
type rangeError string

func (e rangeError) Error() string { return "runtime error: " + string(e) }
func (rangeError) RuntimeError()   {}
