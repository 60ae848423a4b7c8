package exec

// This file defines the compilation of one function body: its variables' places, and the list of
// operations under construction.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"unsafe"
)

// fn is the state of compiling one function.
type fn struct {
	e      *Engine
	src    *source               // where the function is declared
	env    *env                  // what its type parameters stand for; nil: it has none
	parent *fn                   // of a function literal
	code   *code                 // what is made
	acts   []act                 // of each operation
	binds  []int                 // where labels are bound, in ascending order
	sig    *types.Signature      // without substitution
	boxed  map[types.Object]bool // variables that must have memory of their own

	vars     map[types.Object]*variable // those declared so far, and captured ones
	size     uintptr                    // of a frame, so far
	ptrs     []bool                     // which words of a frame hold pointers, so far
	captures []capture                  // of a function literal, in the order of the closure's caps
	results  []*variable                // the named ones, where return puts its values

	targets []*target // enclosing statements that break and continue leave
	labels  map[string]*label
	label   string       // of the statement that is compiled next
	yields  []*yieldLoop // the ranges over functions around the statement, the innermost last
	name    string       // as a learner knows it
	lits    int          // how many function literals it has so far, for their names
	curLine int          // of the last operation
	fall    *label       // of fallthrough

	special     map[ast.Stmt]func() // statements of a cell that aren't Go's, and what compiles them
	foreignBody *Body               // another engine compiles the body; nil: this one
}

// variable is where a variable lives.
type variable struct {
	t      *typ
	off    uintptr     // its slot in the frame
	boxed  bool        // the slot holds a pointer to it
	global *globalSlot // of a package variable
	// of a package variable: it holds the function literals of the initialisation, which may not have run
	init *code
	// of a package variable: the declaration that its first value comes from; nil: it has none that counts
	initial *initial
}

// capture is a variable of an enclosing function.
type capture struct {
	from uintptr // its slot in the enclosing function's frame
	to   uintptr
	name string // as the learner knows it
	t    *typ
}

// target is a statement that break or continue can leave.
type target struct {
	label     string
	brk, cont *label // cont is nil for switch and select
	yield     *yieldLoop
	block     bool // only a break with its label means it
}

// label is a place in the operations.
type label struct {
	pc    int
	yield *yieldLoop // the range body that it is in
}

// yieldLoop is a range over a function whose body is being compiled.
type yieldLoop struct {
	outer *yieldLoop
	state uintptr // slot of the loop's *yieldState
}

// limit is a panic of the compiler with a reason that the learner can read.
type limit struct {
	pos token.Pos
	msg string
}

func (c *fn) fail(pos token.Pos, format string, args ...any) {
	panic(limit{pos, fmt.Sprintf(format, args...)})
}

// newFn begins a function.
func (e *Engine) newFn(src *source, v *env, name string, sig *types.Signature, pos token.Pos) *fn {
	c := &fn{e: e, src: src, env: v, sig: sig, name: name, vars: map[types.Object]*variable{},
		labels: map[string]*label{}}
	c.code = &code{id: e.newID(), name: name, src: src, pos: pos, env: v}
	c.size = frameSize
	c.ptrs = append(c.ptrs, framePointers...)
	return c
}

// typ returns the type of t in this instance of the function.
func (c *fn) typ(t types.Type) *typ {
	t = c.e.subst(c.env, t)
	c.useType(t)
	return c.e.typ(t)
}

// typeOf returns the type of an expression in this instance of the function.
func (c *fn) typeOf(e ast.Expr) types.Type {
	if tv, ok := c.src.info.Types[e]; ok {
		return c.e.subst(c.env, tv.Type)
	}
	if id, ok := e.(*ast.Ident); ok {
		if o := c.object(id); o != nil {
			return c.e.subst(c.env, o.Type())
		}
	}
	c.fail(e.Pos(), "the type of this expression isn't known (%T)", e)
	return nil
}

// object returns what an identifier means.
func (c *fn) object(id *ast.Ident) types.Object {
	if o := c.src.info.Defs[id]; o != nil {
		return o
	}
	return c.src.info.Uses[id]
}

// bigVariable is the size in bytes at which a variable no longer lies in the frame.
const bigVariable = 1 << 10

// alloc reserves memory in the frame.
func (c *fn) alloc(t *typ) uintptr {
	align := max(t.align, 1)
	off := (c.size + align - 1) &^ (align - 1)
	c.size = off + max(t.size, 1)
	for uintptr(len(c.ptrs))*8 < c.size {
		c.ptrs = append(c.ptrs, false)
	}
	if t.class != classNone && t.kind != 0 && hasPointers(t.t) {
		pointerWords(t.t, off, func(w uintptr) { c.ptrs[w] = true })
	}
	return off
}

// allocPtr reserves a word that holds a pointer.
func (c *fn) allocPtr() uintptr { return c.alloc(c.e.ptrType) }

// temp returns memory for a value that is used before the same expression is computed again.
func (c *fn) temp(t *typ) ptrFn {
	if t.size > bigVariable {
		e := c.e
		return func(fr *frame) unsafe.Pointer { return unsafeNew(e.rtype(t)) }
	}
	off := c.alloc(t)
	return func(fr *frame) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(fr), off) }
}

// spill returns the address of an expression's value: its own, or that of a copy.
func (c *fn) spill(x *expr) ptrFn {
	if x.t.class == classMem {
		return x.p
	}
	tmp, put := c.temp(x.t), x.put()
	return func(fr *frame) unsafe.Pointer {
		p := tmp(fr)
		put(fr, p)
		return p
	}
}

// hold computes x into a temporary of its own: the first result does it, the second reads it.
func (c *fn) hold(x *expr) (func(fr *frame), *expr) {
	if x.cv != nil || x.nil {
		return func(*frame) {}, x
	}
	put := x.put()
	if x.t.size > bigVariable {
		off := c.allocPtr()
		e, t := c.e, x.t
		return func(fr *frame) {
			p := unsafeNew(e.rtype(t))
			put(fr, p)
			*(*unsafe.Pointer)(fr.at(off)) = p
		}, load(t, func(fr *frame) unsafe.Pointer { return *(*unsafe.Pointer)(fr.at(off)) })
	}
	off := c.alloc(x.t)
	y := loadLocal(x.t, off)
	y.addr, y.local = nil, false
	return func(fr *frame) { put(fr, fr.at(off)) }, y
}

// declare gives a variable of this function its place. The caller emits the code that initialises it.
func (c *fn) declare(o types.Object, t *typ) *variable {
	v := &variable{t: t, boxed: c.boxed[o] || t.size > bigVariable}
	if v.boxed {
		v.off = c.allocPtr()
	} else {
		v.off = c.alloc(t)
	}
	if o != nil {
		c.vars[o] = v
	}
	return v
}

// fresh returns what makes a boxed variable's memory; nil for others. The memory is zero.
func (c *fn) fresh(v *variable) func(fr *frame) {
	if !v.boxed {
		return nil
	}
	e, t, off := c.e, v.t, v.off
	return func(fr *frame) { *(*unsafe.Pointer)(fr.at(off)) = unsafeNew(e.rtype(t)) }
}

// lookup finds a variable of this or an enclosing function, or of the package.
func (c *fn) lookup(o types.Object) *variable {
	if v := c.vars[o]; v != nil {
		return v
	}
	if c.parent != nil {
		if v := c.parent.lookup(o); v != nil {
			if v.global != nil {
				c.use(useGlobal, o)
				return v
			}
			mine := &variable{t: v.t, boxed: true, off: c.allocPtr()}
			c.captures = append(c.captures, capture{v.off, mine.off, o.Name(), v.t})
			c.vars[o] = mine
			return mine
		}
		return nil
	}
	v := c.e.global(o)
	if v != nil {
		c.use(useGlobal, o)
	}
	return v
}

// read returns the expression for a variable.
func (v *variable) read() *expr {
	switch {
	case v.global != nil:
		return loadGlobal(v.t, v.global)
	case v.boxed:
		return loadBoxed(v.t, v.off)
	}
	return loadLocal(v.t, v.off)
}

// address returns the address of a variable.
func (v *variable) address() ptrFn {
	if v.global != nil {
		s := v.global
		return func(fr *frame) unsafe.Pointer { return s.at(fr) }
	}
	off := v.off
	if v.boxed {
		return func(fr *frame) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(fr), off)) }
	}
	return func(fr *frame) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(fr), off) }
}

// emit appends an operation.
func (c *fn) emit(pos token.Pos, o op) {
	c.code.ops = append(c.code.ops, o)
	c.code.places = append(c.code.places, pos)
	c.acts = append(c.acts, act{})
}

// next is the index behind the operation that is emitted next.
func (c *fn) next() int { return len(c.code.ops) + 1 }

// do appends an operation that is followed by the next one.
func (c *fn) do(pos token.Pos, f func(fr *frame)) {
	if f == nil {
		return
	}
	next := c.next()
	c.emit(pos, func(fr *frame) int {
		f(fr)
		return next
	})
	c.acts[next-1] = act{f, next}
}

// bind sets a label to what is emitted next.
func (c *fn) bind(l *label) {
	l.pc = len(c.code.ops)
	c.binds = append(c.binds, l.pc)
}

// jump appends a jump.
func (c *fn) jump(pos token.Pos, l *label) {
	c.emit(pos, func(*frame) int { return l.pc })
}

// back appends the jump of a loop to its beginning: the place of a check.
func (c *fn) back(pos token.Pos, l *label) {
	c.do(pos, c.check("loop", pos))
	c.emit(pos, func(fr *frame) int {
		if fr.g.flag.Load() != 0 {
			fr.tick()
		}
		return l.pc
	})
}

// branch appends a jump to l unless cond holds.
func (c *fn) unless(pos token.Pos, cond *expr, l *label) {
	if cond.cv != nil {
		if !cond.b(nil) {
			c.jump(pos, l)
		}
		return
	}
	next, b := c.next(), cond.b
	c.emit(pos, func(fr *frame) int {
		if b(fr) {
			return next
		}
		return l.pc
	})
}

// finish makes the code whole.
func (c *fn) finish() *code {
	k := c.code
	k.mem = c.e.memType(c.size, c.ptrs)
	for w := frameSize / 8; w < uintptr(len(c.ptrs)); w++ {
		if c.ptrs[w] {
			k.clears = append(k.clears, w*8)
		}
	}
	if len(k.clears) > 12 {
		k.wipe, k.clears = c.size, nil
	}
	if len(c.captures) > 0 {
		caps := c.captures
		k.prelude = append([]func(fr *frame){func(fr *frame) {
			for i, p := range fr.clo.caps {
				*(*unsafe.Pointer)(fr.at(caps[i].to)) = p
			}
		}}, k.prelude...)
	}
	k.plain = !k.defers && len(k.prelude) == 0 && len(k.epilogue) == 0
	return k
}

// params gives the parameters and results of a function their places: parameters, results and then the
// receiver come first, so that a caller knows them from the signature alone, see layout.
func (c *fn) params(recv *types.Var, sig *types.Signature) {
	k := c.code
	lay := c.e.layout(c.e.subst(c.env, sig).(*types.Signature))
	place := func(s slot) slot {
		c.alloc(s.t)
		return s
	}
	for _, s := range lay.params {
		k.params = append(k.params, place(s))
	}
	for _, s := range lay.results {
		k.results = append(k.results, place(s))
	}
	c.size = max(c.size, lay.size)
	if recv != nil {
		t := c.typ(recv.Type())
		k.recv = slot{c.alloc(t), t}
		c.param(recv, k.recv)
	}
	for i, s := range k.params {
		c.param(sig.Params().At(i), s)
	}
	for i, s := range k.results {
		o := sig.Results().At(i)
		v := &variable{t: s.t, off: s.off}
		if o.Name() != "" && (c.boxed[o] || s.t.size > bigVariable) {
			v = c.declare(o, s.t)
		}
		c.vars[o] = v
		c.results = append(c.results, v)
		// Frames are used again: a result must not be what an earlier call left. Unnamed results are
		// only read when a return statement has set them, unless a recovered panic ended the call.
		if v.boxed {
			k.prelude = append(k.prelude, c.fresh(v))
		} else if o.Name() != "" || k.defers {
			clr, off := c.e.clear(v.t), s.off
			k.prelude = append(k.prelude, func(fr *frame) { clr(fr.at(off)) })
		}
	}
}

// param makes a parameter a variable of the function.
func (c *fn) param(o *types.Var, s slot) {
	if o.Name() == "" || o.Name() == "_" {
		return
	}
	if !c.boxed[o] {
		c.vars[o] = &variable{t: s.t, off: s.off}
		return
	}
	v := c.declare(o, s.t)
	mk, move, from, to := c.fresh(v), s.t.move, s.off, v.off
	c.code.prelude = append(c.code.prelude, func(fr *frame) {
		mk(fr)
		move(*(*unsafe.Pointer)(fr.at(to)), fr.at(from))
	})
}

// layout is where the parameters and results of a function are in its frames.
type layout struct {
	params, results []slot
	size            uintptr
}

// layout depends on nothing but the signature, without the receiver.
func (e *Engine) layout(sig *types.Signature) layout {
	l := layout{size: frameSize}
	place := func(t types.Type) slot {
		ty := e.typ(t)
		align := max(ty.align, 1)
		off := (l.size + align - 1) &^ (align - 1)
		l.size = off + max(ty.size, 1)
		return slot{off, ty}
	}
	for i := range sig.Params().Len() {
		l.params = append(l.params, place(sig.Params().At(i).Type()))
	}
	for i := range sig.Results().Len() {
		l.results = append(l.results, place(sig.Results().At(i).Type()))
	}
	return l
}
