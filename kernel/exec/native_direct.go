package exec

// This file defines calls of compiled functions that need no frame of their own: their arguments and results have
// places in the caller's. A frame costs more than most of these functions do.

import (
	"go/types"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"gilkernel/kernel/std/frees"
)

// directCall is a call without a frame: run evaluates the arguments and calls, and the results are in the caller's
// frame.
type directCall struct {
	run     func(fr *frame)
	own     intFn // instead of run: it returns the result
	value   *expr // instead of run: it is the result
	results []slot
}

// directArgs is how a call's arguments get to their places.
type directArgs struct {
	params []slot
	puts   []argPut
	clears []uintptr // the pointers among them: what was passed must not live as long as the caller
}

// directFunc returns the call of a function of a compiled package; nil if it needs a frame.
func (c *fn) directFunc(now bool, o *types.Func, sig *types.Signature, args []*expr) *directCall {
	if !now || c.e.isOwn(o) {
		return nil
	}
	v, ok := c.e.symbol(o.Pkg().Path(), o.Name())
	if !ok || !c.e.fastable(v, nil, sig) {
		return nil
	}
	c.e.learn(o.Type(), v.Type(), 0)
	how, name := c.e.host.Frees(o.Pkg().Path(), o.Name()), o.Pkg().Path()+"."+o.Name()
	if d := c.directValue(v, sig, args, how, name); d != nil {
		return d
	}
	d := c.directArgs(nil, sig, args)
	results := c.directResults(sig)
	call := guarded(c.e.fast(v, d.params, results), nil, d.params, how, name)
	return &directCall{run: d.runs(call), results: results}
}

// directMethod returns the call of a compiled type's method, or of an interface of a compiled package; nil if it needs
// a frame.
func (c *fn) directMethod(now bool, x *expr, fn *types.Func, sig *types.Signature, args []*expr) *directCall {
	if !now || c.e.isOwn(fn) {
		return nil
	}
	if isInterface(x.t) {
		return c.directDynamic(x, fn, sig, args)
	}
	x = c.asReceiver(x, fn)
	if n := namedOf(x.t.t); n != nil && n.TypeArgs().Len() > 0 {
		return nil
	}
	rt := c.e.reflect(x.t)
	f, mt, ok := c.e.methodToCall(rt, fn.Name())
	if !ok || !c.e.fastable(f, x.t, sig) {
		return nil
	}
	c.e.learn(sig, withoutRecv(mt), 0)
	d := c.directArgs(x, sig, args)
	results := c.directResults(sig)
	how, full := c.e.freesMethod(rt, fn.Name())
	return &directCall{run: d.runs(guarded(c.e.fast(f, d.params, results), d.params[0].value(c.e), d.params[1:], how,
		full)), results: results}
}

// fastable reports whether fast has a way to call f. recv is nil for a function.
func (e *Engine) fastable(f reflect.Value, recv *typ, sig *types.Signature) bool {
	lay := e.layout(sig)
	params := lay.params
	if recv != nil {
		params = append([]slot{{t: recv}}, params...)
	}
	return e.fast(f, params, lay.results) != nil
}

// directArgs gives arguments their places. A variable of the frame is where it is: nothing changes it between its
// evaluation and the call, as what closures and pointers reach lies elsewhere.
func (c *fn) directArgs(recv *expr, sig *types.Signature, args []*expr) *directArgs {
	d := &directArgs{}
	add := func(x *expr, t *typ) {
		if x.local && x.t == t {
			d.params = append(d.params, slot{x.off, t})
			return
		}
		s := slot{c.alloc(t), t}
		d.params = append(d.params, s)
		if x.zero {
			return // as each frame is made, and nothing else is stored there
		}
		d.puts = append(d.puts, argPut{x.put(), s.off})
		switch {
		case x.cv != nil:
		case t.class == classPtr, t.class == classString, t.kind == reflect.Slice:
			d.clears = append(d.clears, s.off)
		case t.kind == reflect.Interface:
			d.clears = append(d.clears, s.off+unsafe.Offsetof(eface{}.data))
		}
	}
	if recv != nil {
		add(recv, recv.t)
	}
	lay := c.e.layout(sig)
	for i, x := range args {
		add(x, lay.params[i].t)
	}
	return d
}

func (c *fn) directResults(sig *types.Signature) []slot {
	results := c.e.layout(sig).results
	for i := range results {
		results[i].off = c.alloc(results[i].t)
	}
	return results
}

// runs returns what puts the arguments in their places, calls, and clears the places.
func (d *directArgs) runs(call fastCall) func(fr *frame) {
	puts, clears := d.puts, d.clears
	if len(puts) == 0 {
		return call
	}
	if len(puts) == 1 && len(clears) == 1 {
		put, off, at := puts[0].put, puts[0].off, clears[0]
		return func(fr *frame) {
			put(fr, fr.at(off))
			call(fr)
			*(*unsafe.Pointer)(fr.at(at)) = nil
		}
	}
	return func(fr *frame) {
		for i := range puts {
			p := &puts[i]
			p.put(fr, fr.at(p.off))
		}
		call(fr)
		for _, off := range clears {
			*(*unsafe.Pointer)(fr.at(off)) = nil
		}
	}
}

// guarded returns call as a thread does it, with a check behind it: it may have waited for long. The parameters are
// those whose sizes say how much it has to do.
func guarded(call fastCall, recv func(fr *frame) reflect.Value, params []slot, how frees.How, name string) fastCall {
	if how == frees.Knows {
		return func(fr *frame) {
			g := fr.g
			if cur := g.cur; cur != fr {
				g.cur = fr
				call(fr)
				g.cur = cur
			} else {
				call(fr)
			}
			if g.flag.Load() != 0 {
				g.returned()
			}
		}
	}
	slow := around(recv, params, how, name, call)
	return func(fr *frame) {
		g := fr.g
		cur := g.cur
		if cur != fr { // a part of this function that an iterator runs
			g.cur = fr
		}
		if g.thread == nil {
			call(fr)
		} else {
			slow(fr)
		}
		if cur != fr {
			g.cur = cur
		}
		if g.flag.Load() != 0 {
			g.returned()
		}
	}
}

// directDynamic is directMethod for a value in an interface: the way to call the method is found by its type, when
// there is one.
func (c *fn) directDynamic(x *expr, fn *types.Func, sig *types.Signature, args []*expr) *directCall {
	lay, e, name := c.e.layout(sig), c.e, fn.Name()
	in := fastArgs{in: "p"}
	for _, s := range lay.params {
		if !in.param(plain(s.t), 0) {
			return nil
		}
	}
	for _, s := range lay.results {
		if plain(s.t) == 0 {
			return nil
		}
	}
	c.use(useDynamic, name)
	recv := slot{c.allocPtr(), c.e.ptrType}
	d, results := c.directArgs(nil, sig, args), c.directResults(sig)
	d.clears = append(d.clears, recv.off)
	framePuts := c.puts(lay, args)
	from, p := isEface(x.t), x.p
	pkg := ""
	if !fn.Exported() && fn.Pkg() != nil {
		pkg = fn.Pkg().Path()
	}
	var last atomic.Pointer[directTarget]
	var known sync.Map // the runtime's pointer to a type → *directTarget
	target := func(rt unsafe.Pointer) *directTarget {
		if v, ok := known.Load(rt); ok {
			return v.(*directTarget)
		}
		t := &directTarget{rt: rt, impl: e.dynamicMethod(rt, name, pkg, sig)}
		if call := e.nativeDirect(toType(rt), t.impl, name, recv.off, d.params, results); call != nil {
			t.call = d.runs(call)
		}
		known.Store(rt, t)
		return t
	}
	run := func(fr *frame) {
		v := dynamic(p(fr), from)
		if v.typ == nil {
			nilPanic()
		}
		t := last.Load()
		if t == nil || t.rt != v.typ {
			t = target(v.typ)
			last.Store(t)
		}
		if t.call != nil {
			*(*unsafe.Pointer)(fr.at(recv.off)) = v.data
			t.call(fr)
			return
		}
		f := fr.g.frame(t.impl.ref.get())
		t.impl.setRecv(f, v.data)
		for _, p := range framePuts {
			p.put(fr, f.at(p.off))
		}
		f.call(fr)
		for i, r := range results {
			r.t.move(fr.at(r.off), f.at(lay.results[i].off))
		}
		fr.g.release(f)
	}
	return &directCall{run: run, results: results}
}

// directTarget is how a place of the source calls the method of one dynamic type.
type directTarget struct {
	rt   unsafe.Pointer
	impl *methodImpl
	call fastCall // nil: impl, with a frame
}

// nativeDirect returns the way to call a method of a compiled package's type whose receiver is a pointer in the
// caller's frame; nil if it needs a frame.
func (e *Engine) nativeDirect(
	rt reflect.Type, impl *methodImpl, name string, recv uintptr, params, results []slot,
) fastCall {
	if m, ok := e.nativeMethods.Load(nativeMethodKey{rt, name}); !ok || m != impl || rt.Kind() != reflect.Pointer {
		return nil
	}
	f, _, ok := e.methodToCall(rt, name)
	if !ok {
		return nil
	}
	call := e.fastMethod(f, recv, params, results)
	if call == nil {
		return nil
	}
	how, full := e.freesMethod(rt, name)
	return guarded(call, func(fr *frame) reflect.Value { return reflect.NewAt(rt, fr.at(recv)).Elem() }, params, how,
		full)
}

// expr is the expression of a call by the number of its results. at, which may be nil, notes that it stands on another
// line.
func (d *directCall) expr(c *fn, at func(fr *frame)) *expr {
	if own := d.own; own != nil {
		x := &expr{t: d.results[0].t, i: own}
		if at != nil {
			x.i = func(fr *frame) int64 {
				old := fr.place
				at(fr)
				n := own(fr)
				fr.place = old
				return n
			}
		}
		return x
	}
	if d.value != nil {
		return d.value.placed(at)
	}
	run := d.run
	if at != nil {
		inner := run
		run = func(fr *frame) {
			old := fr.place
			at(fr)
			inner(fr)
			fr.place = old
		}
	}
	switch len(d.results) {
	case 0:
		return &expr{t: c.e.noneType, void: run}
	case 1:
		return d.result(run)
	}
	return &expr{t: c.e.tupleType, void: run, slots: d.results}
}

// result is the expression of the only result.
func (d *directCall) result(run func(fr *frame)) *expr {
	t, off := d.results[0].t, d.results[0].off
	x := &expr{t: t}
	switch t.class {
	case classBool:
		x.b = func(fr *frame) bool { run(fr); return *(*bool)(fr.at(off)) }
	case classInt:
		x.i = func(fr *frame) int64 { run(fr); return *(*int64)(fr.at(off)) }
	case classFloat:
		x.f = func(fr *frame) float64 { run(fr); return *(*float64)(fr.at(off)) }
	case classString:
		x.s = func(fr *frame) string {
			run(fr)
			p := (*string)(fr.at(off))
			s := *p
			*p = ""
			return s
		}
	case classPtr:
		x.p = func(fr *frame) unsafe.Pointer {
			run(fr)
			p := (*unsafe.Pointer)(fr.at(off))
			v := *p
			*p = nil
			return v
		}
	default:
		move := t.move
		x.p = func(fr *frame) unsafe.Pointer { run(fr); return fr.at(off) }
		x.into = func(fr *frame, dst unsafe.Pointer) { run(fr); move(dst, fr.at(off)) }
	}
	return x
}
