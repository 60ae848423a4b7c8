package exec

// This file defines methods as values.

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"
)

// methodValue compiles x.M as a value: the receiver is evaluated now.
func (c *fn) methodValue(e *ast.SelectorExpr, sel *selection) *expr {
	fn := sel.obj.(*types.Func)
	x, own := c.standingMethod(e, fn)
	if x != nil {
		fn = own
	} else {
		x = c.copied(e.X, c.receiver(c.expr(e.X), sel.index, fn, e.Pos()), fn)
	}
	return c.bind2(x, fn, c.e.subst(c.env, c.src.info.Types[e].Type).(*types.Signature), e.Pos())
}

// bind2 makes the function value of a method and its receiver.
func (c *fn) bind2(x *expr, fn *types.Func, sig *types.Signature, pos token.Pos) *expr {
	eng := c.e
	if !isInterface(x.t) {
		_, wantsPointer := types.Unalias(fn.Signature().Recv().Type()).(*types.Pointer)
		isPointer := x.t.kind == reflect.Pointer
		switch {
		case wantsPointer && !isPointer:
			if x.addr == nil {
				x = loadVar(x.t, c.spill(x))
			}
			x = &expr{t: eng.typ(types.NewPointer(x.t.t)), p: x.addr}
		case !wantsPointer && isPointer:
			x = c.derefOf(x)
		}
	}
	plain := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	t := eng.typ(plain)
	xt := x.t
	ref := eng.boundMethod(xt, fn, plain, pos)
	c.use(useFunc, ref)
	put := x.put()
	check := isInterface(x.t)
	return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
		m := unsafeNew(eng.rtype(xt))
		put(fr, m)
		if check && *(*unsafe.Pointer)(m) == nil {
			nilPanic()
		}
		return eng.newClosure(eng.head(t), t, ref.get(), nil, []unsafe.Pointer{m}, fr.g.host)
	}}
}

// boundMethod makes the function around a method whose receiver, of type xt, is the only captured variable.
func (e *Engine) boundMethod(xt *typ, fn *types.Func, plain *types.Signature, pos token.Pos) *funcRef {
	ref := &funcRef{eng: e, name: fn.Name()}
	ref.compile = func() *code {
		w := e.newFn(&source{}, nil, fn.Name(), plain, pos)
		w.code.hidden = true
		w.code.typ, w.code.bound = e.typ(plain), &boundTo{'V', xt.t, fn}
		w.code.caps = []captured{{"", xt}}
		w.params(nil, plain)
		own := w.allocPtr()
		w.captures = []capture{{to: own}}
		recv := loadVar(xt, func(fr *frame) unsafe.Pointer { return *(*unsafe.Pointer)(fr.at(own)) })
		var args []*expr
		for _, s := range w.code.params {
			args = append(args, loadLocal(s.t, s.off))
		}
		prep, lay := w.prepareMethod(recv, fn, plain, args, pos, pooled)
		results := w.code.results
		w.emit(pos, func(fr *frame) int {
			f := prep(fr)
			f.flags = fr.flags
			f.call(fr.up)
			for i, s := range lay.results {
				s.t.move(fr.at(results[i].off), f.at(s.off))
			}
			fr.g.release(f)
			return opReturn
		})
		return w.finish()
	}
	return ref
}

// methodExpr compiles T.M: a function whose first parameter is the receiver.
func (c *fn) methodExpr(e *ast.SelectorExpr, sel *selection) *expr {
	fn := sel.obj.(*types.Func)
	sig := c.e.subst(c.env, c.src.info.Types[e].Type).(*types.Signature)
	t := c.e.typ(sig)
	eng := c.e
	ref := eng.methodFunc(sig, fn, sel.index, e.Pos())
	c.use(useFunc, ref)
	return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
		return eng.newClosure(eng.head(t), t, ref.get(), nil, nil, fr.g.host)
	}}
}

// methodFunc makes the function around a method whose first parameter is the receiver.
func (e *Engine) methodFunc(sig *types.Signature, fn *types.Func, path []int, pos token.Pos) *funcRef {
	ref := &funcRef{eng: e, name: fn.Name()}
	ref.compile = func() *code {
		w := e.newFn(&source{}, nil, fn.Name(), sig, pos)
		w.code.hidden = true
		w.code.typ, w.code.bound = e.typ(sig), &boundTo{'X', sig.Params().At(0).Type(), fn}
		w.params(nil, sig)
		x := w.receiver(loadLocal(w.code.params[0].t, w.code.params[0].off), path, fn, pos)
		var args []*expr
		var ps []*types.Var
		for i, s := range w.code.params[1:] {
			args = append(args, loadLocal(s.t, s.off))
			ps = append(ps, sig.Params().At(i+1))
		}
		rest := types.NewSignatureType(nil, nil, nil, types.NewTuple(ps...), sig.Results(), sig.Variadic())
		prep, lay := w.prepareMethod(x, fn, rest, args, pos, pooled)
		results := w.code.results
		w.emit(pos, func(fr *frame) int {
			f := prep(fr)
			f.flags = fr.flags
			f.call(fr.up)
			for i, s := range lay.results {
				s.t.move(fr.at(results[i].off), f.at(s.off))
			}
			fr.g.release(f)
			return opReturn
		})
		return w.finish()
	}
	return ref
}
