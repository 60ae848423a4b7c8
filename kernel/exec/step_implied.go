package exec

// This file defines the steps of accesses that an expression implies and doesn't spell out: the pointer of an embedded
// field, what a method by value copies, the elements of a slice that is converted, the buffer of a channel.

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"
)

// copied returns the receiver of a method call as the method takes it: where it takes a value and x is a pointer, what
// that points to, with a step before it is read. e is the receiver in the source.
func (c *fn) copied(e ast.Expr, x *expr, fn *types.Func) *expr {
	if c.src.steps != StepAccess || x.t.kind != reflect.Pointer || isInterface(x.t) {
		return x
	}
	if _, pointer := types.Unalias(fn.Signature().Recv().Type()).(*types.Pointer); pointer ||
		types.IsInterface(fn.Signature().Recv().Type()) {
		return x
	}
	y := c.derefOf(x)
	return c.readAt(types.ExprString(e), e.Pos(), y, y.addr, false)
}

// through returns x, a field on the way to another one or to a method, with a step before it is read: a pointer or an
// interface is, while what else is embedded is only a part of the whole.
func (c *fn) through(x *expr, field *types.Var, pos token.Pos) *expr {
	if c.src.steps != StepAccess || x.addr == nil || x.local || x.t.kind != reflect.Pointer && !isInterface(x.t) {
		return x
	}
	return c.readAt(field.Name(), pos, x, x.addr, false)
}

// elementsRead returns x, a slice that is converted, with a step before its elements are read.
func (c *fn) elementsRead(e ast.Expr, x *expr) *expr {
	if c.src.steps != StepAccess || x.t.kind != reflect.Slice || x.cv != nil || x.nil {
		return x
	}
	step := c.site("read", types.ExprString(e)+"[:]", e.Pos(), c.elemOf(x.t))
	hold, held := c.hold(x)
	p := held.p
	return before(func(fr *frame) {
		hold(fr)
		if s := (*slice)(p(fr)); s.len > 0 {
			step(fr, s.data, s.len)
		}
	}, held)
}

// channel returns the step before an operation on a channel; nil if there is none. Such operations order threads.
func (c *fn) channel(op string, e ast.Expr) stepFn {
	if c.src.steps != StepAccess {
		return nil
	}
	step := c.stepAt(&Site{Op: op, Name: types.ExprString(e), Pos: c.src.position(e.Pos()), e: c.e, Atomic: true})
	return func(fr *frame, at unsafe.Pointer, n int) {
		if at != nil { // an operation on a nil channel has no effect that others see
			step(fr, at, n)
		}
	}
}

// on is the step for a channel that p returns; it does nothing for a nil step.
func (s stepFn) on(fr *frame, ch unsafe.Pointer) {
	if s != nil {
		s(fr, ch, 1)
	}
}

// fieldOf returns a field of a struct, or of what a pointer to one points to.
func fieldOf(x *expr, i int) *types.Var {
	t := x.t.t.Underlying()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	return t.(*types.Struct).Field(i)
}
