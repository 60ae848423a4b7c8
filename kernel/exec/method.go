package exec

// This file defines methods: which function a selector or a call by interface means.

import (
	"go/token"
	"go/types"
	"reflect"
	"sync/atomic"
	"unsafe"

	"gilkernel/kernel/exec/rtype"
	"gilkernel/kernel/std/frees"
)

// methodImpl is a method of a dynamic type.
type methodImpl struct {
	ref     *funcRef
	setRecv func(f *frame, data unsafe.Pointer) // from an interface's data word
	copies  *typ                                // of what the data word points to, if setRecv copies that
}

// method returns the implementation of a method of a type that the engine knows.
func (e *Engine) method(dt *typ, name, pkg string) *methodImpl {
	key := pkg + "." + name
	if m, ok := dt.methods.Load(key); ok {
		return m.(*methodImpl)
	}
	e.compileMu.Lock()
	defer e.compileMu.Unlock()
	var p *types.Package
	switch {
	case pkg != "" && pkg != mainPath:
		p = types.NewPackage(pkg, "") // go/types compares paths
	case pkg != "" || !token.IsExported(name):
		p = e.pkg
	}
	m := e.newMethod(dt, name, p)
	dt.methods.Store(key, m)
	return m
}

func (e *Engine) newMethod(dt *typ, name string, pkg *types.Package) *methodImpl {
	obj, path, indirect := types.LookupFieldOrMethod(dt.t, true, pkg, name)
	fn, ok := obj.(*types.Func)
	if !ok {
		panic("exec: " + dt.t.String() + " has no method " + name)
	}
	_ = indirect
	recv := fn.Signature().Recv().Type()
	_, wantsPointer := types.Unalias(recv).(*types.Pointer)
	if len(path) == 1 && !types.IsInterface(recv) && e.isOwn(fn) {
		ref := e.methodRef(dt.t, fn)
		isPointer := dt.kind == reflect.Pointer
		if isPointer == wantsPointer {
			return &methodImpl{ref: ref, setRecv: e.recvSetter(dt)}
		}
		if isPointer { // a value method by a pointer
			elem := e.elem(dt)
			tname := types.TypeString(elem.t, e.qualifier)
			return &methodImpl{ref, func(f *frame, data unsafe.Pointer) {
				if data == nil {
					panic(wrapperError(tname, name))
				}
				elem.move(f.at(f.code.recv.off), data)
			}, elem}
		}
	}
	// A promoted or a compiled method: a function around it.
	return &methodImpl{ref: e.wrapMethod(dt, fn, path), setRecv: e.recvSetter(dt)}
}

// recvSetter puts an interface's data word into a method's frame as a receiver of the dynamic type.
func (e *Engine) recvSetter(dt *typ) func(f *frame, data unsafe.Pointer) {
	if dt.class == classPtr || dt.size > 0 && (*rtype.Descriptor)(e.rtype(dt)).Direct() {
		return func(f *frame, data unsafe.Pointer) { *(*unsafe.Pointer)(f.at(f.code.recv.off)) = data }
	}
	move := dt.move
	return func(f *frame, data unsafe.Pointer) { move(f.at(f.code.recv.off), data) }
}

// isOwn reports whether the engine has the source of a function.
func (e *Engine) isOwn(fn *types.Func) bool {
	if fn.Pkg() == nil {
		return false
	}
	if e.ours(fn.Pkg()) {
		return true
	}
	return e.preludeDecl(fn) != nil
}

// wrapMethod makes a function with a receiver of type dt that calls a method on a part of it.
func (e *Engine) wrapMethod(dt *typ, fn *types.Func, path []int) *funcRef {
	ref := &funcRef{eng: e, name: fn.Name()}
	ref.compile = func() *code {
		sig := fn.Signature()
		if n := namedOf(dt.t); n != nil && n.TypeArgs().Len() > 0 || mentions(sig, map[types.Type]bool{}) {
			if ms := types.NewMethodSet(dt.t).Lookup(fn.Pkg(), fn.Name()); ms != nil {
				sig = ms.Type().(*types.Signature)
			}
		}
		plain := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
		c := e.newFn(&source{}, nil, fn.Name(), plain, fn.Pos())
		c.code.hidden = true
		recv := types.NewParam(token.NoPos, fn.Pkg(), "recv", dt.t)
		c.params(recv, plain)
		x := loadLocal(dt, c.code.recv.off)
		x = c.receiver(x, path, fn, fn.Pos())
		if x.addr == nil {
			p := c.spill(x)
			x = loadVar(x.t, p)
		}
		var args []*expr
		for _, s := range c.code.params {
			args = append(args, loadLocal(s.t, s.off))
		}
		prep, _ := c.prepareMethod(x, fn, plain, args, fn.Pos(), pooled)
		lay := e.layout(plain)
		var moves []func(fr, f *frame)
		for i, s := range lay.results {
			to, move := c.code.results[i].off, s.t.move
			moves = append(moves, func(fr, f *frame) { move(fr.at(to), f.at(s.off)) })
		}
		c.emit(fn.Pos(), func(fr *frame) int {
			f := prep(fr)
			f.flags = fr.flags
			f.call(fr.up)
			for _, m := range moves {
				m(fr, f)
			}
			fr.g.release(f)
			return opReturn
		})
		return c.finish()
	}
	return ref
}

func namedOf(t types.Type) *types.Named {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}

// receiver returns the part of x that has the method at the end of a path: the field that it is promoted from. An
// unexported type of a compiled package is known to that package only, and its methods may not be in the program. Then
// the receiver is the innermost part whose type is exported, which has the method too.
func (c *fn) receiver(x *expr, path []int, fn *types.Func, pos token.Pos) *expr {
	known := x
	for _, i := range path[:len(path)-1] {
		x = c.through(c.field(x, []int{i}, pos), fieldOf(x, i), pos)
		if n := namedOf(x.t.t); n == nil || n.Obj().Exported() {
			known = x
		}
	}
	if n := namedOf(x.t.t); n != nil && !n.Obj().Exported() && !isInterface(x.t) && !c.e.isOwn(fn) {
		return known
	}
	return x
}

// prepareMethod returns what makes the frame of a call of a method on x, which has an address if it is a
// variable. Arguments have the types of the parameters.
func (c *fn) prepareMethod(
	x *expr, fn *types.Func, sig *types.Signature, args []*expr, pos token.Pos, take taking,
) (func(fr *frame) *frame, layout) {
	lay := c.e.layout(sig)
	if isInterface(x.t) {
		return c.prepareDynamic(x, fn, sig, args, pos, take), lay
	}
	x = c.asReceiver(x, fn)
	if c.e.isOwn(fn) {
		ref := c.e.methodRef(x.t.t, fn)
		c.use(useFunc, ref)
		return c.prepareStatic(ref, lay, x, args, take), lay
	}
	return c.prepareNativeMethod(x, fn, sig, lay, args, pos, take), lay
}

// asReceiver returns x, or its address, or what it points to: what a method of a known type wants.
func (c *fn) asReceiver(x *expr, fn *types.Func) *expr {
	recv := fn.Signature().Recv().Type()
	_, wantsPointer := types.Unalias(recv).(*types.Pointer)
	isPointer := x.t.kind == reflect.Pointer
	switch {
	case wantsPointer && !isPointer:
		if x.addr == nil {
			p := c.spill(x)
			x = loadVar(x.t, p)
		}
		return &expr{t: c.e.typ(types.NewPointer(x.t.t)), p: x.addr}
	case !wantsPointer && isPointer:
		return c.derefOf(x)
	}
	return x
}

// prepareStatic makes the frame of a call of a known function.
func (c *fn) prepareStatic(ref *funcRef, lay layout, recv *expr, args []*expr, take taking) func(fr *frame) *frame {
	puts := c.puts(lay, args)
	if recv != nil {
		put := recv.put()
		return func(fr *frame) *frame {
			k := ref.code.Load()
			if k == nil {
				k = ref.get()
			}
			f := take.frame(fr, k)
			put(fr, f.at(k.recv.off))
			for i := range puts {
				p := &puts[i]
				p.put(fr, f.at(p.off))
			}
			return f
		}
	}
	return func(fr *frame) *frame {
		k := ref.code.Load()
		if k == nil {
			k = ref.get()
		}
		f := take.frame(fr, k)
		for i := range puts {
			p := &puts[i]
			p.put(fr, f.at(p.off))
		}
		return f
	}
}

// argPut writes an argument to its place in the callee's frame.
type argPut struct {
	put putFn
	off uintptr
}

func (c *fn) puts(lay layout, args []*expr) []argPut {
	var puts []argPut
	for i, a := range args {
		puts = append(puts, argPut{a.put(), lay.params[i].off})
	}
	return puts
}

// dynamicCache remembers the last method that was found at a place of the source.
type dynamicCache struct {
	last atomic.Pointer[dynamicMethod]
}

type dynamicMethod struct {
	rt   unsafe.Pointer
	impl *methodImpl
	step stepFn // before what the data word points to is copied; nil: there is none
}

// prepareDynamic makes the frame of a call by interface.
func (c *fn) prepareDynamic(
	x *expr, fn *types.Func, sig *types.Signature, args []*expr, pos token.Pos, take taking,
) func(fr *frame) *frame {
	from, p, e := isEface(x.t), x.p, c.e
	name, pkg := fn.Name(), ""
	if !fn.Exported() && fn.Pkg() != nil {
		pkg = fn.Pkg().Path()
	}
	c.use(useDynamic, name)
	puts := c.puts(c.e.layout(sig), args)
	cache := &dynamicCache{}
	return func(fr *frame) *frame {
		v := dynamic(p(fr), from)
		if v.typ == nil {
			nilPanic()
		}
		m := cache.last.Load()
		if m == nil || m.rt != v.typ {
			m = &dynamicMethod{rt: v.typ, impl: e.dynamicMethod(v.typ, name, pkg, sig)}
			if t := m.impl.copies; t != nil {
				m.step = c.accesses("read", name+"()", pos, t)
			}
			cache.last.Store(m)
		}
		if m.step != nil && v.data != nil {
			m.step(fr, v.data, 1)
		}
		f := take.frame(fr, m.impl.ref.get())
		m.impl.setRecv(f, v.data)
		for _, p := range puts {
			p.put(fr, f.at(p.off))
		}
		return f
	}
}

// dynamicMethod finds a method of a dynamic type.
func (e *Engine) dynamicMethod(rt unsafe.Pointer, name, pkg string, sig *types.Signature) *methodImpl {
	if v, ok := e.byRtype.Load(rt); ok {
		dt := v.(*typ)
		if n := namedOf(dt.t); n == nil || e.ours(n.Obj().Pkg()) ||
			n.TypeArgs().Len() > 0 {
			return e.method(dt, name, pkg)
		}
	}
	return e.nativeDynamic(toType(rt), name, sig)
}

// nativeDynamic makes a function around a method of a compiled package's type, which is known by its
// value alone.
func (e *Engine) nativeDynamic(rt reflect.Type, name string, sig *types.Signature) *methodImpl {
	key := nativeMethodKey{rt, name}
	if m, ok := e.nativeMethods.Load(key); ok {
		return m.(*methodImpl)
	}
	f, _, ok := e.methodToCall(rt, name)
	if !ok {
		panic("exec: " + rt.String() + " has no method " + name)
	}
	how, full := e.freesMethod(rt, name)
	ref := &funcRef{eng: e, name: name}
	ref.compile = func() *code {
		c := e.newFn(&source{}, nil, name, sig, token.NoPos)
		c.code.hidden = true
		c.params(nil, sig)
		off := c.alloc(e.anyType)
		c.code.recv = slot{off, e.anyType}
		wantsG := f.Type().NumIn() == sig.Params().Len()+2 && f.Type().In(0) == reflect.TypeFor[*G]()
		if rt.Kind() == reflect.Pointer && !wantsG {
			if call := e.fastMethod(f, off+unsafe.Offsetof(eface{}.data), c.code.params, c.code.results); call != nil {
				c.emit(token.NoPos, checked(around(c.code.recv.value(e), c.code.params, how, full, call)))
				return c.finish()
			}
		}
		c.emit(token.NoPos, func(fr *frame) int {
			in := make([]reflect.Value, 0, 2+len(c.code.params))
			if wantsG {
				in = append(in, reflect.ValueOf(fr.g))
			}
			in = append(in, reflect.ValueOf(*(*any)(fr.at(off))))
			c.code.callNative(e, fr, f, in, how, full)
			return opReturn
		})
		return c.finish()
	}
	word := rtypeOf(rt)
	impl := &methodImpl{ref: ref, setRecv: func(f *frame, data unsafe.Pointer) {
		*(*eface)(f.at(f.code.recv.off)) = eface{word, data}
	}}
	e.nativeMethods.Store(key, impl)
	return impl
}

// methodToCall returns what a call of a compiled type's method calls, which may be the host's, and the method's type
// with its receiver. ok is false if there is no such method.
func (e *Engine) methodToCall(rt reflect.Type, name string) (f reflect.Value, t reflect.Type, ok bool) {
	m, ok := rt.MethodByName(name)
	if !ok {
		return f, nil, false
	}
	if own, ok := e.host.Method(rt, name); ok {
		return own, m.Type, true
	}
	return m.Func, m.Type, true
}

type nativeMethodKey struct {
	rt   reflect.Type
	name string
}

// callNative calls a compiled function with what is in a frame's parameters, behind the given values, and
// puts its results into the frame.
func (k *code) callNative(e *Engine, fr *frame, f reflect.Value, in []reflect.Value, how frees.How, name string) {
	ft := f.Type()
	for i, s := range k.params {
		v := valueAt(e.reflect(s.t), fr.at(s.off))
		if want := ft.In(len(in)); v.Type() != want {
			v = convertValue(e, s.t, v, want)
		}
		_ = i
		in = append(in, v)
	}
	var out []reflect.Value
	call := f.Call
	if ft.IsVariadic() {
		call = f.CallSlice
	}
	if fr.g.thread == nil {
		out = call(in)
	} else {
		around(k.recv.value(e), k.params, how, name, func(*frame) { out = call(in) })(fr)
	}
	if fr.g.flag.Load() != 0 { // it may have waited for long
		fr.g.returned()
	}
	for i, s := range k.results {
		setValue(e, s.t, fr.at(s.off), out[i])
	}
}

// convertValue gives a value the type that a compiled function wants: the same with another memory, for
// an interface.
func convertValue(e *Engine, t *typ, v reflect.Value, want reflect.Type) reflect.Value {
	if isInterface(t) && v.Kind() == reflect.Interface {
		out := reflect.New(want).Elem()
		if !v.IsNil() {
			out.Set(v.Elem())
		}
		return out
	}
	return v.Convert(want)
}
