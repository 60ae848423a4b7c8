package exec

// This file defines the steps of operations on what orders threads by itself: package atomic's and a sync.Map's.

import (
	"bytes"
	"go/ast"
	"go/types"
	"reflect"
	"strings"
	"unsafe"
)

// atomic returns the step of a call of such an operation, which knows the frame of the call: the operation is one
// access to what it is about, its receiver or what its first argument points to. lay is that of the call.
func (c *fn) atomic(e *ast.CallExpr, f *types.Func, lay layout) func(fr, of *frame) {
	what, t, at := c.aboutWhat(e, f, lay)
	step := func(op string) stepFn {
		return c.stepAt(&Site{Op: op, Name: types.ExprString(what), Pos: c.src.position(what.Pos()), e: c.e, t: t,
			Atomic: true})
	}
	if strings.HasPrefix(f.Name(), "Load") {
		read := step("read")
		return func(fr, of *frame) { read(fr, at(of), 1) }
	}
	write := step("write")
	if k := len(lay.params) - 2; strings.HasPrefix(f.Name(), "CompareAndSwap") && k >= 0 && isPlain(t) &&
		lay.params[k].t.size == t.size {
		read, old, size := step("read"), lay.params[k].off, t.size
		return func(fr, of *frame) { // one that fails writes nothing
			x := at(of)
			if bytes.Equal(unsafe.Slice((*byte)(x), size), unsafe.Slice((*byte)(of.at(old)), size)) {
				write(fr, x, 1)
			} else {
				read(fr, x, 1)
			}
		}
	}
	return func(fr, of *frame) { write(fr, at(of), 1) }
}

// aboutWhat returns what an operation is about, as the source has it, the type of its value, nil if there is none, and
// where it is.
func (c *fn) aboutWhat(e *ast.CallExpr, f *types.Func, lay layout) (ast.Expr, *typ, func(of *frame) unsafe.Pointer) {
	recv := f.Signature().Recv()
	if recv == nil {
		what := ast.Unparen(e.Args[0])
		if u, ok := what.(*ast.UnaryExpr); ok {
			what = u.X
		} else {
			what = &ast.StarExpr{Star: what.Pos(), X: what}
		}
		off := lay.params[0].off
		p := f.Signature().Params().At(0).Type().Underlying().(*types.Pointer)
		return what, c.typ(p.Elem()), func(of *frame) unsafe.Pointer { return *(*unsafe.Pointer)(of.at(off)) }
	}
	what := ast.Unparen(e.Fun).(*ast.SelectorExpr).X
	at := func(of *frame) unsafe.Pointer { return *(*unsafe.Pointer)(of.at(of.code.recv.off)) }
	load, _, _ := types.LookupFieldOrMethod(recv.Type(), true, f.Pkg(), "Load")
	if m, ok := load.(*types.Func); ok && m.Signature().Params().Len() == 0 {
		return what, c.typ(m.Signature().Results().At(0).Type()), at
	}
	return what, nil, at
}

// isPlain reports whether values of a type are equal if their bytes are.
func isPlain(t *typ) bool {
	return t != nil && (t.kind >= reflect.Bool && t.kind <= reflect.Uintptr || t.kind == reflect.Pointer ||
		t.kind == reflect.UnsafePointer)
}

// isAtomic reports whether a call of a function of package atomic or sync is one operation on something that has an
// address. One that calls a function meanwhile, as Range of a sync.Map does, isn't.
func (c *fn) isAtomic(e *ast.CallExpr, f *types.Func) bool {
	for v := range f.Signature().Params().Variables() {
		if _, ok := v.Type().Underlying().(*types.Signature); ok {
			return false
		}
	}
	if r := f.Signature().Recv(); r != nil {
		sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
		s := c.src.info.Selections[sel]
		n := namedOf(r.Type())
		return ok && s != nil && s.Kind() == types.MethodVal && n != nil && n.Obj().Name() != "Pool" // whose Get may
	}
	return f.Signature().Params().Len() > 0
}
