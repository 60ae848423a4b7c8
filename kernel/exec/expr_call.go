package exec

// This file defines calls.

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"

	"gilkernel/kernel/std/frees"
)

// callExpr compiles a call, a conversion or a builtin.
func (c *fn) callExpr(e *ast.CallExpr) *expr {
	tv := c.src.info.Types[e.Fun]
	if tv.IsType() {
		return c.conversion(e, c.typ(tv.Type))
	}
	if name := c.builtinName(e.Fun); name != "" {
		return c.builtin(e, name)
	}
	outward, announce, resumed := c.outward(e), c.announce(e), c.resumed(e)
	prep, lay, direct := c.prepareCall(e, outward == nil && announce == nil && resumed == nil)
	var x *expr
	switch {
	case direct != nil:
		x = direct.expr(c, c.atLine(e))
	case announce != nil:
		x = c.resultExpr(func(fr *frame) *frame {
			f := prep(fr)
			announce(fr, nil, 0)
			fr.g.announced = f
			f.call(fr)
			fr.g.announced = nil
			return f
		}, lay, c.atLine(e))
	case resumed != nil:
		x = c.resultExpr(func(fr *frame) *frame {
			f := prep(fr)
			f.call(fr)
			resumed(fr, f)
			return f
		}, lay, c.atLine(e))
	case outward != nil:
		step, call := outward(lay), c.compares(e)
		if call == nil {
			call = func(fr, f *frame) { f.call(fr) }
		}
		x = c.resultExpr(func(fr *frame) *frame {
			f := prep(fr)
			step(fr, f)
			call(fr, f)
			return f
		}, lay, c.atLine(e))
	default:
		x = c.resultExpr(func(fr *frame) *frame {
			f := prep(fr)
			f.call(fr)
			return f
		}, lay, c.atLine(e))
	}
	x = c.comes(e, x)
	if name := c.chancy(e); name != "" {
		return before(c.site("chance", name, e.Pos(), nil).nowhere(), x)
	}
	if name := c.synced(e); name != "" {
		return before(c.site("sync", name, e.Pos(), nil).nowhere(), x)
	}
	return x
}

// atLine returns what notes that a part of an operation on another line is computed; nil when that isn't
// needed.
func (c *fn) atLine(e ast.Node) func(fr *frame) {
	line := c.src.line(e.Pos())
	if line == c.curLine || line == 0 {
		return nil
	}
	pos := e.Pos()
	return func(fr *frame) { fr.place = pos }
}

// resultExpr is the expression of a call by the number of its results.
func (c *fn) resultExpr(call func(fr *frame) *frame, lay layout, at func(fr *frame)) *expr {
	if at != nil {
		inner := call
		call = func(fr *frame) *frame {
			old := fr.place
			at(fr)
			f := inner(fr)
			fr.place = old
			return f
		}
	}
	switch len(lay.results) {
	case 0:
		return &expr{t: c.e.noneType, void: func(fr *frame) { fr.g.release(call(fr)) }}
	case 1:
	default:
		return &expr{t: c.e.tupleType, call: call, slots: lay.results}
	}
	r := lay.results[0]
	off := r.off
	x := &expr{t: r.t}
	switch r.t.class {
	case classBool:
		x.b = func(fr *frame) bool {
			f := call(fr)
			v := *(*bool)(f.at(off))
			fr.g.release(f)
			return v
		}
	case classInt:
		if r.t.size == 8 {
			x.i = func(fr *frame) int64 {
				f := call(fr)
				v := *(*int64)(unsafe.Add(unsafe.Pointer(f), off))
				fr.g.release(f)
				return v
			}
			break
		}
		rd := loadLocal(r.t, off).i
		x.i = func(fr *frame) int64 {
			f := call(fr)
			v := rd(f)
			fr.g.release(f)
			return v
		}
	case classFloat:
		rd := loadLocal(r.t, off).f
		x.f = func(fr *frame) float64 {
			f := call(fr)
			v := rd(f)
			fr.g.release(f)
			return v
		}
	case classString:
		x.s = func(fr *frame) string {
			f := call(fr)
			v := *(*string)(f.at(off))
			fr.g.release(f)
			return v
		}
	case classPtr:
		x.p = func(fr *frame) unsafe.Pointer {
			f := call(fr)
			v := *(*unsafe.Pointer)(f.at(off))
			fr.g.release(f)
			return v
		}
	default:
		tmp, move := c.temp(r.t), r.t.move
		x.p = func(fr *frame) unsafe.Pointer {
			f := call(fr)
			p := tmp(fr)
			move(p, f.at(off))
			fr.g.release(f)
			return p
		}
		x.into = func(fr *frame, dst unsafe.Pointer) {
			f := call(fr)
			move(dst, f.at(off))
			fr.g.release(f)
		}
	}
	return x
}

// signature returns the type of what is called.
func (c *fn) signature(fun ast.Expr) *types.Signature {
	sig, _ := c.typeOf(fun).Underlying().(*types.Signature)
	if sig == nil {
		c.fail(fun.Pos(), "%s can't be called", types.ExprString(fun))
	}
	return sig
}

// prepare returns what evaluates a call's function and arguments and makes its frame, ready to be called.
func (c *fn) prepare(e *ast.CallExpr) (func(fr *frame) *frame, layout) {
	prep, lay, _ := c.prepareCall(e, false)
	return prep, lay
}

// prepareCall is prepare for a call that is done at once: if it needs no frame, a directCall is returned instead.
func (c *fn) prepareCall(e *ast.CallExpr, now bool) (func(fr *frame) *frame, layout, *directCall) {
	fun := ast.Unparen(e.Fun)
	sig := c.signature(e.Fun)
	plain := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	lay := c.e.layout(plain)
	before, args := c.callArgs(e, plain)
	with := func(prep func(fr *frame) *frame) (func(fr *frame) *frame, layout, *directCall) {
		if before == nil {
			return prep, lay, nil
		}
		return func(fr *frame) *frame {
			before(fr)
			return prep(fr)
		}, lay, nil
	}
	now = now && before == nil
	take := pooled
	if now && !calls(e) {
		take = chained
	}
	if ix, ok := fun.(*ast.IndexExpr); ok && c.isFunc(ix.X) {
		fun = ast.Unparen(ix.X)
	} else if ix, ok := fun.(*ast.IndexListExpr); ok {
		fun = ast.Unparen(ix.X)
	}
	switch f := fun.(type) {
	case *ast.Ident:
		if o, ok := c.object(f).(*types.Func); ok {
			if d := c.directFunc(now, o, plain, args); d != nil {
				return nil, lay, d
			}
			if d := c.directOwn(now, o, c.src.info.Instances[f], lay, args, e.Pos()); d != nil {
				return nil, lay, d
			}
			return with(c.prepareFunc(o, c.src.info.Instances[f], plain, lay, args, e.Pos(), take))
		}
	case *ast.SelectorExpr:
		sel := c.selection(f)
		if sel == nil {
			if o, ok := c.src.info.Uses[f.Sel].(*types.Func); ok {
				if d := c.directFunc(now, o, plain, args); d != nil {
					return nil, lay, d
				}
				return with(c.prepareFunc(o, c.src.info.Instances[f.Sel], plain, lay, args, e.Pos(), take))
			}
		} else if sel.kind == types.MethodVal {
			m := sel.obj.(*types.Func)
			x, own := c.standingMethod(f, m)
			if x != nil {
				m = own
			} else {
				x = c.copied(f.X, c.receiver(c.expr(f.X), sel.index, m, f.Pos()), m)
				if d := c.directMethod(now, x, m, plain, args); d != nil {
					return nil, lay, d
				}
			}
			prep, _ := c.prepareMethod(x, m, plain, args, e.Pos(), take)
			return with(prep)
		}
	}
	return with(c.prepareValue(c.expr(fun), plain, lay, args, take))
}

func (c *fn) isFunc(e ast.Expr) bool {
	tv, ok := c.src.info.Types[e]
	if !ok {
		return false
	}
	_, ok = tv.Type.(*types.Signature)
	return ok
}

// prepareFunc makes the frame of a call of a declared function.
func (c *fn) prepareFunc(
	o *types.Func, inst types.Instance, sig *types.Signature, lay layout, args []*expr, pos token.Pos, take taking,
) func(fr *frame) *frame {
	if c.e.isOwn(o) {
		ref := c.ownFunc(o, inst, pos)
		return c.prepareStatic(ref, lay, nil, args, take)
	}
	v, ok := c.e.symbol(o.Pkg().Path(), o.Name())
	if !ok {
		c.fail(pos, "%s.%s isn't in the interpreter's tables", o.Pkg().Name(), o.Name())
	}
	c.e.learn(o.Type(), v.Type(), 0)
	return c.prepareStatic(c.e.nativeFunc(v, o.Pkg().Path(), o.Name(), sig), lay, nil, args, take)
}

// ownFunc returns a function of the engine's own that is called, or its instance.
func (c *fn) ownFunc(o *types.Func, inst types.Instance, pos token.Pos) *funcRef {
	var targs []types.Type
	if inst.TypeArgs != nil {
		targs = c.args(inst)
	}
	ref := c.e.funcRef(o, targs, c, pos)
	c.use(useFunc, ref)
	return ref
}

// nativeFunc makes a function around a compiled one.
func (e *Engine) nativeFunc(v reflect.Value, path, name string, sig *types.Signature) *funcRef {
	ref := &funcRef{eng: e, name: name}
	c := e.newFn(&source{}, nil, name, sig, token.NoPos)
	c.code.hidden = true
	c.params(nil, sig)
	how, full := e.host.Frees(path, name), path+"."+name
	if call := e.fast(v, c.code.params, c.code.results); call != nil {
		c.emit(token.NoPos, checked(around(nil, c.code.params, how, full, call)))
		ref.code.Store(c.finish())
		return ref
	}
	wantsG := v.Type().NumIn() == sig.Params().Len()+1 && v.Type().In(0) == reflect.TypeFor[*G]()
	c.emit(token.NoPos, func(fr *frame) int {
		var in [6]reflect.Value
		if wantsG {
			in[0] = reflect.ValueOf(fr.g)
			c.code.callNative(e, fr, v, in[:1], how, full)
			return opReturn
		}
		c.code.callNative(e, fr, v, in[:0], how, full)
		return opReturn
	})
	ref.code.Store(c.finish())
	return ref
}

// checked is the operation of a compiled function's call, followed by a check: the call may have blocked for long.
func checked(call fastCall) op {
	return func(fr *frame) int {
		call(fr)
		if fr.g.flag.Load() != 0 {
			fr.g.returned()
		}
		return opReturn
	}
}

// prepareNativeMethod makes the frame of a call of a compiled method on a value whose type is known.
func (c *fn) prepareNativeMethod(
	x *expr, fn *types.Func, sig *types.Signature, lay layout, args []*expr, pos token.Pos, take taking,
) func(fr *frame) *frame {
	if n := namedOf(x.t.t); n != nil && n.TypeArgs().Len() > 0 {
		c.fail(pos, "the methods of %s, which is generic, aren't there", n.Obj().Name())
	}
	rt := c.e.reflect(x.t)
	f, mt, ok := c.e.methodToCall(rt, fn.Name())
	if !ok {
		c.fail(pos, "the method %s of %s isn't known to the interpreter", fn.Name(), x.t.t)
	}
	c.e.learn(sig, withoutRecv(mt), 0)
	eng, xt := c.e, x.t
	w := eng.newFn(&source{}, nil, fn.Name(), sig, token.NoPos)
	w.code.hidden = true
	w.params(nil, sig)
	w.code.recv = slot{w.alloc(xt), xt}
	off := w.code.recv.off
	how, full := eng.freesMethod(rt, fn.Name())
	wantsG := f.Type().NumIn() == sig.Params().Len()+2 && f.Type().In(0) == reflect.TypeFor[*G]()
	if wantsG {
		w.emit(token.NoPos, func(fr *frame) int {
			var in [7]reflect.Value
			in[0], in[1] = reflect.ValueOf(fr.g), valueAt(rt, fr.at(off))
			w.code.callNative(eng, fr, f, in[:2], how, full)
			return opReturn
		})
	} else if call := eng.fast(f, append([]slot{w.code.recv}, w.code.params...), w.code.results); call != nil {
		w.emit(token.NoPos, checked(around(w.code.recv.value(eng), w.code.params, how, full, call)))
		ref := &funcRef{eng: eng, name: fn.Name()}
		ref.code.Store(w.finish())
		return c.prepareStatic(ref, lay, x, args, take)
	} else {
		w.emit(token.NoPos, func(fr *frame) int {
			var in [6]reflect.Value
			in[0] = valueAt(rt, fr.at(off))
			w.code.callNative(eng, fr, f, in[:1], how, full)
			return opReturn
		})
	}
	ref := &funcRef{eng: eng, name: fn.Name()}
	ref.code.Store(w.finish())
	return c.prepareStatic(ref, lay, x, args, take)
}

func withoutRecv(t reflect.Type) reflect.Type {
	var in, out []reflect.Type
	for i := 1; i < t.NumIn(); i++ {
		in = append(in, t.In(i))
	}
	for i := range t.NumOut() {
		out = append(out, t.Out(i))
	}
	return reflect.FuncOf(in, out, t.IsVariadic())
}

// prepareValue makes the frame of a call of a function value.
func (c *fn) prepareValue(x *expr, sig *types.Signature, lay layout, args []*expr, take taking) func(fr *frame) *frame {
	puts := c.puts(lay, args)
	p, eng := x.p, c.e
	adapter := eng.nativeAdapter(x.t, sig)
	return func(fr *frame) *frame {
		fp := p(fr)
		var f *frame
		if fp == nil {
			// Arguments are evaluated before the call fails.
			f = take.frame(fr, adapter)
			*(*unsafe.Pointer)(f.at(adapter.recv.off)) = nil
		} else if clo := eng.closureOf(fp); clo != nil {
			k := clo.code
			if k == nil {
				k = clo.ref.get()
			}
			f = take.frame(fr, k)
			f.clo = clo
		} else {
			f = take.frame(fr, adapter)
			*(*unsafe.Pointer)(f.at(adapter.recv.off)) = fp
		}
		for _, p := range puts {
			p.put(fr, f.at(p.off))
		}
		return f
	}
}

// nativeAdapter makes a function that calls the compiled function value in its receiver's place.
func (e *Engine) nativeAdapter(t *typ, sig *types.Signature) *code {
	if k, ok := e.adapters[t]; ok {
		return k
	}
	w := e.newFn(&source{}, nil, "func", sig, token.NoPos)
	w.code.hidden = true
	w.params(nil, sig)
	off := w.allocPtr()
	w.code.recv = slot{off, t}
	w.emit(token.NoPos, func(fr *frame) int {
		if *(*unsafe.Pointer)(fr.at(off)) == nil {
			nilPanic()
		}
		var in [6]reflect.Value
		w.code.callNative(e, fr, valueAt(e.reflect(t), fr.at(off)), in[:0], frees.Knows, "func")
		return opReturn
	})
	k := w.finish()
	e.adapters[t] = k
	return k
}

// nativeVar is a variable of a compiled package.
func (c *fn) nativeVar(o *types.Var, pos token.Pos) *expr {
	v, ok := c.e.symbol(o.Pkg().Path(), o.Name())
	if !ok {
		c.fail(pos, "%s.%s isn't in the interpreter's tables", o.Pkg().Name(), o.Name())
	}
	if v.CanAddr() {
		c.e.learn(o.Type(), v.Type(), 0)
		return loadFixed(c.typ(o.Type()), v.Addr().UnsafePointer())
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return loadFixed(c.typ(o.Type()), p.UnsafePointer())
}
