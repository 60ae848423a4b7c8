package exec

// This file defines the seam for another engine that runs function bodies. This engine keeps the types, the memory of
// variables and the calls; the other engine decides what a body does next, computes what it can by itself, and requests
// the rest piece by piece.

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"
)

// Frame is one call of a function, as bodies see it: a handle that they pass on.
type Frame = frame

// Bodies compiles the bodies of functions. Compile returns what runs one in a frame of its function. One goroutine at a
// time calls it. It may call only the Body's methods, no other part of the engine, and rejects what it can't compile
// with Body.Refuse.
type Bodies interface {
	Compile(b *Body) func(fr *Frame)
}

// SetBodies makes b compile the bodies of the functions that later sources declare. Those of the standard library's
// generic functions stay the engine's own. maxCalls is how many calls may be open in a goroutine.
func (e *Engine) SetBodies(b Bodies, maxCalls int) { e.bodies, e.maxDepth = b, maxCalls }

// A Body is a function body that is being compiled, or the body of a loop over an iterator function within it.
type Body struct {
	c     *fn
	block *ast.BlockStmt
	pos   token.Pos // of the statement that is compiled
	turn  *Turn
	cases *Cases
	yield func(fr *Frame) int
}

// foreign compiles statements by the other engine. What is emitted next follows them.
func (c *fn) foreign(block *ast.BlockStmt) {
	var run func(fr *frame)
	end := &label{}
	begin := block.Pos() // where a check at the function's beginning is
	if len(block.List) > 0 {
		begin = block.List[0].Pos()
	}
	c.emit(begin, func(fr *frame) int {
		run(fr)
		fr.rethrow()
		return end.pc
	})
	c.foreignBody = &Body{c: c, block: block, pos: block.Pos()}
	run = c.e.bodies.Compile(c.foreignBody)
	c.foreignBody = nil
	c.bind(end)
}

// Block returns the body's statements.
func (b *Body) Block() *ast.BlockStmt { return b.block }

// Name returns the function's name, as a learner knows it.
func (b *Body) Name() string { return b.c.name }

// At sets the statement that is compiled next: a panic in one of its pieces is reported there.
func (b *Body) At(n ast.Node) {
	b.pos = n.Pos()
	b.c.curLine = b.c.src.line(n.Pos())
}

// Refuse ends the compilation with an error that the learner reads.
func (b *Body) Refuse(n ast.Node, text string) { b.c.fail(n.Pos(), "%s", text) }

// Typed returns what the type checker knows about an expression. Type parameters in its type are replaced by this
// instance's arguments.
func (b *Body) Typed(e ast.Expr) types.TypeAndValue {
	tv := b.c.src.info.Types[e]
	if tv.Type != nil {
		tv.Type = b.c.e.subst(b.c.env, tv.Type)
	} else if id, ok := e.(*ast.Ident); ok {
		if o := b.c.object(id); o != nil {
			tv.Type = b.c.e.subst(b.c.env, o.Type())
		}
	}
	return tv
}

// VarType returns the type of a variable in this instance.
func (b *Body) VarType(o types.Object) types.Type { return b.c.e.subst(b.c.env, o.Type()) }

// Object returns what an identifier means, nil if nothing.
func (b *Body) Object(id *ast.Ident) types.Object { return b.c.object(id) }

// Implicit returns the variable that a clause of a type switch declares, nil if none.
func (b *Body) Implicit(n ast.Node) types.Object { return b.c.src.info.Implicits[n] }

// Builtin returns the name of the builtin function that an expression denotes, "" if it is none.
func (b *Body) Builtin(fun ast.Expr) string { return b.c.builtinName(fun) }

// Boxed reports whether a variable has memory of its own because closures or pointers hold it.
func (b *Body) Boxed(o types.Object) bool { return b.c.boxed[o] }

// Param reports whether a variable is a parameter or the receiver.
func (b *Body) Param(o types.Object) bool {
	for i := range b.c.sig.Results().Len() {
		if b.c.sig.Results().At(i) == o {
			return false
		}
	}
	return b.c.vars[o] != nil
}

// Results returns the types of the results.
func (b *Body) Results() []types.Type {
	var list []types.Type
	for _, v := range b.c.results {
		list = append(list, v.t.t)
	}
	return list
}

// Stepped reports whether the source is stepped through, and whether at each access to a variable.
func (b *Body) Stepped() (anywhere, access bool) {
	return b.c.src.steps != NoSteps, b.c.src.steps == StepAccess
}

// Shared reports whether several goroutines may see what an expression denotes.
func (b *Body) Shared(e ast.Expr) bool { return b.c.shared(e) }

// mark emits an operation that only records a place in the source, and returns its index.
func (b *Body) mark() int {
	pc := len(b.c.code.ops)
	next := b.c.next()
	b.c.emit(b.pos, func(*frame) int { return next })
	return pc
}

// elsewhere is where the indexes begin that are no operation's: a piece that returns one has ended.
const elsewhere = 1 << 30

// piece returns what runs the operations from an index on, up to those that are emitted next. It returns the index of
// the operation that follows the last one.
func (b *Body) piece(from int) func(fr *frame) int {
	k, to := b.c.code, len(b.c.code.ops)
	if to == from {
		return nil
	}
	if to == from+1 {
		op := k.ops[from]
		return func(fr *frame) int {
			fr.pc = from
			return op(fr)
		}
	}
	return func(fr *frame) int {
		pc := from
		for uint(pc-from) < uint(to-from) {
			fr.pc = pc
			pc = k.ops[pc](fr)
		}
		return pc
	}
}

// do makes a piece of what emit emits; nil if that is nothing.
func (b *Body) do(emit func()) func(fr *Frame) {
	from := len(b.c.code.ops)
	emit()
	run := b.piece(from)
	if run == nil {
		return nil
	}
	return func(fr *Frame) { run(fr) }
}

// Do returns what executes a statement that isn't about what comes next: a call, an assignment, a declaration, send,
// go, defer or return (after which the body must return). It is nil if there is nothing to do.
func (b *Body) Do(s ast.Stmt) func(fr *Frame) {
	return b.do(func() { b.c.stmt(s) })
}

// Zero returns what declares a variable without a value.
func (b *Body) Zero(o types.Object) func(fr *Frame) {
	return b.do(func() { b.c.zeroVar(o, b.pos) })
}

// Tick returns what a check does when it finds the flag raised.
func (b *Body) Tick() func(fr *Frame) {
	pc := b.mark()
	return func(fr *Frame) {
		fr.pc = pc
		fr.tick()
	}
}

// Mark returns what notes that the statement is executed, for what may panic.
func (b *Body) Mark() func(fr *Frame) {
	pc := b.mark()
	return func(fr *Frame) { fr.pc = pc }
}

// Looped returns the step at a loop's end; nil if there is none.
func (b *Body) Looped() func(fr *Frame) { return b.c.check("loop", b.pos) }

// Written returns the step before an expression that Shared is true of is written to.
func (b *Body) Written(l ast.Expr) func(fr *Frame) {
	pc := b.mark()
	w := b.c.writes(l, b.pos, nil, nil)
	if w == nil {
		return nil
	}
	return func(fr *Frame) {
		fr.pc = pc
		w(fr)
	}
}

// Flag returns the flag that checks look at, which belongs to the calling goroutine.
func (b *Body) Flag(fr *Frame) *uint32 { return (*uint32)(unsafe.Pointer(fr.g.flag)) }

// Flagged reports whether the flag is raised.
func (b *Body) Flagged(fr *Frame) bool { return fr.g.flag.Load() != 0 }

// Steps reports whether writes to shared memory have steps in the calling goroutine.
func (b *Body) Steps(fr *Frame) *bool { return &fr.g.steps }

// OutOfRange returns what panics for an index.
func (b *Body) OutOfRange() func(fr *Frame, i, n int) {
	pc := b.mark()
	return func(fr *Frame, i, n int) {
		fr.pc = pc
		indexPanic(i, n)
	}
}

// Index returns what checks an index.
func (b *Body) Index() func(fr *Frame, i, n int) int {
	pc := b.mark()
	return func(fr *Frame, i, n int) int {
		if uint(i) >= uint(n) {
			fr.pc = pc
			indexPanic(i, n)
		}
		return i
	}
}

// Var returns a function of type func(*Frame) *t that returns the address of a variable, whose memory is that of a t.
func (b *Body) Var(o types.Object, t reflect.Type) reflect.Value {
	v := b.c.lookup(o)
	if v == nil {
		b.c.fail(b.pos, "the variable %s isn't known to the interpreter", o.Name())
	}
	return forged(v.address(), reflect.PointerTo(t))
}

// forged returns a compiled function as one that returns a value of another type with the same memory.
func forged[T any](f func(fr *frame) T, t reflect.Type) reflect.Value {
	return as(f, reflect.FuncOf([]reflect.Type{reflect.TypeFor[*Frame]()}, []reflect.Type{t}, false))
}

// as returns a function as one of type ft, whose parameters and results have the same memory.
func as[F any](f F, ft reflect.Type) reflect.Value {
	return reflect.NewAt(ft, unsafe.Pointer(&f)).Elem()
}

// Load returns a function of type func(*Frame) t that returns a variable's value.
func (b *Body) Load(o types.Object, t reflect.Type) reflect.Value {
	return b.value(b.c.lookup(o).read(), t)
}

// Value returns a function of type func(*Frame) t that computes an expression, whose memory is that of a t. If
// throwing, it sets what Thrown returns instead of a panic.
func (b *Body) Value(e ast.Expr, t reflect.Type, throwing bool) reflect.Value {
	x := b.c.expr(e)
	if throwing {
		x = caught(x)
	}
	return b.value(x, t)
}

// caught returns x with its panics caught.
func caught(x *expr) *expr {
	y := *x
	y.bin, y.cmp, y.at = nil, nil, nil
	if f := x.b; f != nil {
		y.b = func(fr *frame) (v bool) { fr.throws(func(fr *frame) { v = f(fr) }); return v }
	}
	if f := x.i; f != nil {
		y.i = func(fr *frame) (v int64) { fr.throws(func(fr *frame) { v = f(fr) }); return v }
	}
	if f := x.f; f != nil {
		y.f = func(fr *frame) (v float64) { fr.throws(func(fr *frame) { v = f(fr) }); return v }
	}
	if f := x.s; f != nil {
		y.s = func(fr *frame) (v string) { fr.throws(func(fr *frame) { v = f(fr) }); return v }
	}
	if f := x.p; f != nil {
		y.p = func(fr *frame) (v unsafe.Pointer) { fr.throws(func(fr *frame) { v = f(fr) }); return v }
	}
	return &y
}

func (b *Body) value(x *expr, t reflect.Type) reflect.Value {
	pc := b.mark()
	switch x.t.class {
	case classBool:
		v := x.b
		return forged(func(fr *frame) bool { fr.pc = pc; return v(fr) }, t)
	case classInt:
		switch v := x.i; x.t.size {
		case 1:
			return forged(func(fr *frame) int8 { fr.pc = pc; return int8(v(fr)) }, t)
		case 2:
			return forged(func(fr *frame) int16 { fr.pc = pc; return int16(v(fr)) }, t)
		case 4:
			return forged(func(fr *frame) int32 { fr.pc = pc; return int32(v(fr)) }, t)
		default:
			return forged(func(fr *frame) int64 { fr.pc = pc; return v(fr) }, t)
		}
	case classFloat:
		v := x.f
		if x.t.kind == reflect.Float32 {
			return forged(func(fr *frame) float32 { fr.pc = pc; return float32(v(fr)) }, t)
		}
		return forged(func(fr *frame) float64 { fr.pc = pc; return v(fr) }, t)
	case classString:
		v := x.s
		return forged(func(fr *frame) string { fr.pc = pc; return v(fr) }, t)
	case classPtr:
		v := x.p
		return forged(func(fr *frame) unsafe.Pointer { fr.pc = pc; return v(fr) }, t)
	case classMem:
		v := x.p
		if x.t.kind == reflect.Slice {
			return forged(func(fr *frame) (s slice) {
				fr.pc = pc
				if p := v(fr); p != nil {
					s = *(*slice)(p)
				}
				return s
			}, t)
		}
	}
	b.c.fail(b.pos, "a value of type %s can't be handed over", x.t.t)
	return reflect.Value{}
}
