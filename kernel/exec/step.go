package exec

// This file defines stepping: in a source that asks for it, the host hears of each access to a variable that
// more than one goroutine can see, before it happens. That is where a lost update comes from: n++ is a
// read, a computation and a write, and another goroutine may run between any two of them.

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"
)

// Steps says where a source has steps.
type Steps int

// The places of steps.
const (
	NoSteps Steps = iota
	// StepAccess is before every access, and where StepCalls is: as CPython through 3.9, which may switch threads
	// between any two byte codes.
	StepAccess
	// StepCalls is at calls and at loop back-edges: as CPython 3.10 and newer.
	StepCalls
)

// Site is a place with a step.
type Site struct {
	Op   string // "read", "write", "call", "loop", or "sync" for a call of a lock, queue or channel
	Name string // of what is accessed, as the source has it: n, c.n, m[k], mu.Lock(); "" for calls and loops
	Pos  string // In[3]:4:2
}

// Stepper is implemented by hosts that can be stepped through.
type Stepper interface {
	// Step is called before what the site says. read returns the variable's value now; it is nil for calls
	// and loops, and for map elements.
	Step(origin any, site *Site, read func() any)
}

// site returns the function that tells the host of a step, nil if there is none.
func (c *fn) site(op, name string, pos token.Pos, t *typ, addr ptrFn) func(fr *frame) {
	s, ok := c.e.host.(Stepper)
	if !ok || c.src.steps == NoSteps || c.src.steps == StepCalls && name != "" && op != "sync" {
		return nil
	}
	site := &Site{op, name, c.src.position(pos)}
	e := c.e
	return func(fr *frame) {
		if fr.g.reading {
			return // the host reads: that is no step of the program's
		}
		var read func() any
		if addr != nil {
			read = func() any {
				fr.g.reading = true
				defer func() { fr.g.reading = false }()
				return reflect.NewAt(e.reflect(t), addr(fr)).Elem().Interface()
			}
		}
		s.Step(fr.g.host, site, read)
	}
}

// reads returns x, with a step before it is read if e may be seen by several goroutines.
func (c *fn) reads(e ast.Expr, x *expr) *expr {
	if c.src.steps != StepAccess || !c.shared(e) {
		return x
	}
	step := c.site("read", types.ExprString(e), e.Pos(), x.t, x.addr)
	if step == nil {
		return x
	}
	return before(step, x)
}

// before returns x, with a step before it is computed.
func before(step func(fr *frame), x *expr) *expr {
	y := *x
	y.local, y.bin, y.cmp, y.at = false, nil, nil, nil
	if f := x.b; f != nil {
		y.b = func(fr *frame) bool { step(fr); return f(fr) }
	}
	if f := x.i; f != nil {
		y.i = func(fr *frame) int64 { step(fr); return f(fr) }
	}
	if f := x.f; f != nil {
		y.f = func(fr *frame) float64 { step(fr); return f(fr) }
	}
	if f := x.s; f != nil {
		y.s = func(fr *frame) string { step(fr); return f(fr) }
	}
	if f := x.p; f != nil {
		y.p = func(fr *frame) unsafe.Pointer { step(fr); return f(fr) }
	}
	if f := x.into; f != nil {
		y.into = func(fr *frame, dst unsafe.Pointer) { step(fr); f(fr, dst) }
	}
	if f := x.void; f != nil {
		y.void = func(fr *frame) { step(fr); f(fr) }
	}
	if f := x.call; f != nil {
		y.call = func(fr *frame) *frame { step(fr); return f(fr) }
	}
	return &y
}

// writes emits the step before e is assigned to.
func (c *fn) writes(e ast.Expr, pos token.Pos, t *typ, addr ptrFn) func(fr *frame) {
	if c.src.native || !c.shared(e) {
		return nil
	}
	if c.src.steps != StepAccess {
		return func(fr *frame) {
			if fr.g.steps {
				fr.g.thread.Step()
			}
		}
	}
	return c.site("write", types.ExprString(e), pos, t, addr)
}

// shared reports whether several goroutines may see what an expression denotes: a package variable, a
// variable that closures or pointers hold, and what lies behind a pointer, a slice or a map.
func (c *fn) shared(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		o, ok := c.object(e).(*types.Var)
		if !ok || o.Name() == "_" {
			return false
		}
		v := c.lookup(o)
		return v != nil && (v.boxed || v.global != nil)
	case *ast.SelectorExpr:
		if c.src.info.Selections[e] == nil {
			return false
		}
		if _, ok := c.typeOf(e.X).Underlying().(*types.Pointer); ok {
			return true
		}
		return c.shared(e.X)
	case *ast.IndexExpr:
		if _, ok := c.typeOf(e.X).Underlying().(*types.Array); ok {
			return c.shared(e.X)
		}
		return true
	case *ast.StarExpr:
		return true
	}
	return false
}

// synced returns the name of a call that may wait for another goroutine, or let one go on: a method of a lock, a queue
// and the like. It is "" for other calls.
func (c *fn) synced(e *ast.CallExpr) string {
	sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	if !ok || c.src.steps == NoSteps {
		return ""
	}
	s := c.src.info.Selections[sel]
	if s == nil || s.Kind() != types.MethodVal || s.Obj().Pkg() == nil {
		return ""
	}
	switch s.Obj().Pkg().Path() {
	case "sync", "sync/atomic", "gilkernel/runtime/threading", "gilkernel/runtime/queue", "gilkernel/runtime/asyncio",
		"gilkernel/runtime/futures",
		"gilkernel/runtime/socket", "gilkernel/runtime/socketserver":
		return types.ExprString(e.Fun) + "()"
	}
	return ""
}

// check returns the step of a call or of a loop's end.
func (c *fn) check(op string, pos token.Pos) func(fr *frame) { return c.site(op, "", pos, nil, nil) }
