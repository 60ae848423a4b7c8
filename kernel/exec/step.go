package exec

// This file defines stepping: in a source that asks for it, the host hears of each access to a variable that more than
// one goroutine can see, before it happens. Lost updates come from these accesses: n++ is a read, a computation and a
// write, and another goroutine may run between any two of them.

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
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

// Stepper is implemented by hosts that can be stepped through.
type Stepper interface {
	// Step is called before what the site says is done to n values in a row from at on. at is the address of the
	// variable, or of the map for an element of one, and nil where there is none; n is 0 then. See Site.Value.
	Step(origin any, site *Site, at unsafe.Pointer, n int)
}

// Explored is implemented by threads that may be of a machine that is explored.
type Explored interface {
	Thread
	// Explores reports whether At has an effect. The answer never changes.
	Explores() bool
	// At is called, in place of the host's Step, before what the site says is done to n values in a row from at on: it
	// may let other threads run, and the access follows at once. at is the address of the variable, or of the map for
	// an element of one, and nil where there is none, or where anything may be accessed; n is 0 then.
	At(site *Site, at unsafe.Pointer, n int)
	// Compares reports whether Touched wants to be told what calls of compiled code touch.
	Compares() bool
	// Touched is called behind a call of compiled code, with the address of something that the call has touched.
	Touched(at unsafe.Pointer, how Touch)
	// Turns returns a number that differs after other threads have run.
	Turns() uint64
	// Hears reports whether Hear wants to be told of a value that has come from elsewhere: a result of compiled code,
	// or what it calls a function of a cell with.
	Hears(site *Site) bool
	// Hear is called with the address of such a value.
	Hear(site *Site, at unsafe.Pointer)
}

// stepFn is a step before an access to n values from at on.
type stepFn func(fr *frame, at unsafe.Pointer, n int)

// site returns the function that tells the host of a step, nil if there is none.
func (c *fn) site(op, name string, pos token.Pos, t *typ) stepFn {
	if c.src.steps == NoSteps || c.src.steps == StepCalls && name != "" && op != "sync" {
		return nil
	}
	return c.stepAt(&Site{Op: op, Name: name, Pos: c.src.position(pos), e: c.e, t: t})
}

// stepAt is site for one that is made already.
func (c *fn) stepAt(site *Site) stepFn {
	s, _ := c.e.host.(Stepper)
	op, t := site.Op, site.t
	if t != nil {
		var ok bool
		site.parts, ok = partsOf(t.t)
		site.whole = !ok
		if hasSync(t.t) {
			site.syncs = t.size
		}
	}
	return func(fr *frame, at unsafe.Pointer, n int) {
		g := fr.g
		switch {
		case g.explored != nil:
			g.explored.At(site, at, n)
		case s != nil && op != "range" && op != "chance" && op != "resume":
			s.Step(g.host, site, at, n)
		}
	}
}

// accesses is site in a source with a step before each access; nil in others.
func (c *fn) accesses(op, name string, pos token.Pos, t *typ) stepFn {
	if c.src.steps != StepAccess {
		return nil
	}
	return c.site(op, name, pos, t)
}

// nowhere returns a step without an address.
func (s stepFn) nowhere() func(fr *frame) {
	if s == nil {
		return nil
	}
	return func(fr *frame) { s(fr, nil, 0) }
}

// at returns a step before an access to one value, whose address is known without an effect.
func (s stepFn) at(addr ptrFn) func(fr *frame) {
	switch {
	case s == nil:
		return nil
	case addr == nil:
		return s.nowhere()
	}
	return func(fr *frame) { s(fr, addr(fr), 1) }
}

// reads returns x, with a step before it is read if e may be seen by several goroutines.
func (c *fn) reads(e ast.Expr, x *expr) *expr {
	if c.src.steps != StepAccess || x.addr == nil || !c.shared(e) {
		return x
	}
	_, variable := ast.Unparen(e).(*ast.Ident)
	return c.readAt(types.ExprString(e), e.Pos(), x, x.addr, variable)
}

// readAt returns x, which is read at addr, with a step before. The address is computed once, before the step, unless
// pure says that this has no effect.
func (c *fn) readAt(name string, pos token.Pos, x *expr, addr ptrFn, pure bool) *expr {
	step := c.site("read", name, pos, x.t)
	if step == nil {
		return x
	}
	if pure {
		return before(step.at(addr), x)
	}
	off := c.allocPtr()
	y := before(func(fr *frame) {
		p := addr(fr)
		*(*unsafe.Pointer)(fr.at(off)) = p
		step(fr, p, 1)
	}, load(x.t, func(fr *frame) unsafe.Pointer { return *(*unsafe.Pointer)(fr.at(off)) }))
	y.pos, y.addr = x.pos, x.addr
	return y
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

// writes returns the step before e is assigned to; addr returns its address, or that of its map, without an effect.
func (c *fn) writes(e ast.Expr, pos token.Pos, t *typ, addr ptrFn) func(fr *frame) {
	if !c.stepsBefore(e) {
		return nil
	}
	if c.src.steps != StepAccess {
		return func(fr *frame) {
			if fr.g.steps {
				fr.g.thread.Step()
			}
		}
	}
	return c.stepAt(&Site{Op: "write", Name: types.ExprString(e), Pos: c.src.position(pos), Foreign: c.foreignVar(e),
		e: c.e, t: t}).at(addr)
}

// placeWrites is writes for an operand on the left side whose parts were computed.
func (c *fn) placeWrites(l ast.Expr, b place, pos token.Pos) func(fr *frame) {
	if ix, ok := ast.Unparen(l).(*ast.IndexExpr); ok && c.isMap(ix.X) {
		return c.mapWrites(ix, pos, b.at)
	}
	return c.writes(l, pos, c.lhsType(l), b.at)
}

// mapWrites is writes for an element of a map, whose share of the map at returns.
func (c *fn) mapWrites(e *ast.IndexExpr, pos token.Pos, at ptrFn) func(fr *frame) {
	if c.src.steps != StepAccess {
		return c.writes(e, pos, nil, nil)
	}
	return c.elementStep("write", e, pos).at(at)
}

// isMap reports whether an expression is a map.
func (c *fn) isMap(e ast.Expr) bool {
	_, ok := c.typeOf(e).Underlying().(*types.Map)
	return ok
}

// stepsBefore reports whether there is a step before e is assigned to.
func (c *fn) stepsBefore(e ast.Expr) bool { return !c.src.native && c.shared(e) }

// foreignVar reports whether an expression is a variable of a compiled package.
func (c *fn) foreignVar(e ast.Expr) bool {
	var id *ast.Ident
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		if c.src.info.Selections[e] != nil {
			return false
		}
		id = e.Sel
	default:
		return false
	}
	o, ok := c.object(id).(*types.Var)
	return ok && o.Pkg() != nil && !c.e.ours(o.Pkg()) && c.lookup(o) == nil
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
		if v := c.lookup(o); v != nil {
			return v.boxed || v.global != nil
		}
		return o.Pkg() != nil && !c.e.ours(o.Pkg()) // of a dot import
	case *ast.SelectorExpr:
		if c.src.info.Selections[e] == nil {
			_, variable := c.src.info.Uses[e.Sel].(*types.Var)
			return variable // of another package
		}
		if _, ok := c.typeOf(e.X).Underlying().(*types.Pointer); ok {
			return true
		}
		return c.shared(e.X)
	case *ast.IndexExpr:
		switch c.typeOf(e.X).Underlying().(type) {
		case *types.Array:
			return c.shared(e.X)
		case *types.Basic: // what a string is made of never changes
			return false
		}
		return true
	case *ast.StarExpr:
		return true
	}
	return false
}

// synced returns the name of a call that may block on another goroutine or wake one, or that is one operation on what
// they share: a method of a lock, a queue, a list and the like. It is "" for other calls.
func (c *fn) synced(e *ast.CallExpr) string {
	sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	if !ok || c.src.steps == NoSteps {
		return ""
	}
	s := c.src.info.Selections[sel]
	if s == nil || s.Kind() != types.MethodVal || s.Obj().Pkg() == nil {
		return ""
	}
	if f, ok := s.Obj().(*types.Func); ok && c.src.steps == StepAccess && orders(f) {
		return "" // outward has a step
	}
	switch s.Obj().Pkg().Path() {
	case "sync", "sync/atomic", "gilkernel/runtime/threading", "gilkernel/runtime/queue", "gilkernel/runtime/asyncio",
		"gilkernel/runtime/futures", "gilkernel/runtime/builtins",
		"gilkernel/runtime/socket", "gilkernel/runtime/socketserver":
		return types.ExprString(e.Fun) + "()"
	}
	return ""
}

// outward returns the step before a call that passes shared memory to a compiled function: what the function reads and
// writes isn't known, so the call counts as an access to anything. It is nil for other calls; see entered for modules.
//
// What orders threads by itself is one access to one thing, if it has an address.
func (c *fn) outward(e *ast.CallExpr) func(lay layout) func(fr, of *frame) {
	if c.src.steps != StepAccess {
		return nil
	}
	if c.callsValue(e) {
		step := c.anything(e, false)
		return func(layout) func(fr, of *frame) {
			return func(fr, of *frame) {
				if of.code.hidden { // it is compiled, as far as is known
					step(fr, nil, 0)
				}
			}
		}
	}
	f, ok := callee(c.src, e).(*types.Func)
	if !ok || c.e.ours(f.Pkg()) || f.Pkg() == nil || library(f.Pkg().Path()) {
		return nil
	}
	ordering := orders(f)
	if f.Pkg().Path() == "sync" && !ordering {
		return nil
	}
	if ordering && c.isAtomic(e, f) {
		return func(lay layout) func(fr, of *frame) { return c.atomic(e, f, lay) }
	}
	leads := false
	for _, a := range e.Args {
		leads = leads || c.leads(c.typeOf2(a))
	}
	if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok && f.Signature().Recv() != nil {
		_, pointer := f.Signature().Recv().Type().Underlying().(*types.Pointer)
		leads = leads || pointer || c.leads(c.typeOf(sel.X))
	}
	if !leads {
		return nil
	}
	step := c.anything(e, ordering)
	return func(layout) func(fr, of *frame) { return func(fr, _ *frame) { step(fr, nil, 0) } }
}

// anything returns the step before a call that counts as an access to anything.
func (c *fn) anything(e *ast.CallExpr, atomic bool) stepFn {
	return c.stepAt(&Site{Op: "write", Name: types.ExprString(e.Fun) + "()", Pos: c.src.position(e.Pos()), e: c.e,
		Atomic: atomic})
}

// callsValue reports whether a call is of a function that is a value, so that the source doesn't say which one.
func (c *fn) callsValue(e *ast.CallExpr) bool {
	switch f := ast.Unparen(e.Fun).(type) {
	case *ast.FuncLit:
		return false
	case *ast.SelectorExpr:
		if s := c.src.info.Selections[f]; s != nil {
			return s.Kind() != types.MethodVal
		}
	}
	_, declared := callee(c.src, e).(*types.Func)
	return !declared
}

// orders reports whether a function of a package orders the threads that call it: one of package atomic, or a method of
// a sync.Map or a sync.Pool.
func orders(f *types.Func) bool {
	return f.Pkg().Path() == "sync/atomic" || f.Pkg().Path() == "sync" && unordered(f)
}

// library reports whether a package is one of this program's.
func library(path string) bool { return strings.HasPrefix(path, "gilkernel/") }

// unordered reports whether a function of package sync is a method of a collection, on which no thread blocks.
func unordered(f *types.Func) bool {
	r := f.Signature().Recv()
	if r == nil {
		return false
	}
	p, ok := r.Type().(*types.Pointer)
	if !ok {
		return false
	}
	n, ok := p.Elem().(*types.Named)
	return ok && (n.Obj().Name() == "Map" || n.Obj().Name() == "Pool")
}

// chancy returns the name of a call whose result is random; "" for other calls.
func (c *fn) chancy(e *ast.CallExpr) string {
	f, ok := callee(c.src, e).(*types.Func)
	if c.src.steps != StepAccess || !ok || f.Pkg() == nil || f.Signature().Recv() != nil {
		return ""
	}
	switch f.Pkg().Path() {
	case "math/rand", "math/rand/v2":
		if strings.HasPrefix(f.Name(), "New") { // it has a seed
			return ""
		}
	case "crypto/rand", "hash/maphash":
	default:
		return ""
	}
	return types.ExprString(e.Fun) + "()"
}

// leads reports whether a value of a type leads to memory that others may see. What compiled packages' structs lead to
// is theirs, and doesn't count.
func (c *fn) leads(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map, *types.Interface:
		return true
	case *types.Array:
		return c.leads(u.Elem())
	case *types.Struct:
		if n := namedOf(t); n != nil && !ownPackage(n.Obj()) {
			return false
		}
		for i := range u.NumFields() {
			if c.leads(u.Field(i).Type()) {
				return true
			}
		}
	}
	return false
}

// check returns the step of a call or of a loop's end.
func (c *fn) check(op string, pos token.Pos) func(fr *frame) {
	return c.site(op, "", pos, nil).nowhere()
}
