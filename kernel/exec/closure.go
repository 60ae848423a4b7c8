package exec

// This file defines function values. A function of the engine is a real function of Go: its memory is what
// reflect.MakeFunc makes, so compiled code can call it, and the engine recognises its own functions and calls them
// without reflection.

import (
	"reflect"
	"runtime"
	"sync"
	"unsafe"
)

// closure is a function value, whose head mirrors reflect.makeFuncImpl.
type closure struct {
	stub    uintptr        // reflect.makeFuncStub
	stack   unsafe.Pointer // which words of the arguments on the stack hold pointers
	argLen  uintptr        // bytes of these arguments
	regPtrs uintptr        // which registers hold pointers
	ftyp    unsafe.Pointer // the function's type
	fn      unsafe.Pointer // → thunk

	thunk thunk // what reflect's stub calls

	code *code
	ref  *funcRef         // instead of code: a declared function
	caps []unsafe.Pointer // the captured variables, each boxed
	eng  *Engine
	host any  // who made it
	typ  *typ // of the function
}

// thunk is the memory of a func([]reflect.Value) []reflect.Value that has captured its closure.
type thunk struct {
	pc   uintptr  // of thunkOf's function literal
	self *closure // what that literal has captured
}

// funcHead is the head of a closure for one type of function: it mirrors reflect.makeFuncImpl.
type funcHead struct {
	stub           uintptr
	stack          unsafe.Pointer
	argLen, regPtr uintptr
	ftyp, fn       unsafe.Pointer
}

// funcHeads makes closures' heads.
type funcHeads struct {
	byType sync.Map // *typ → *funcHead
	stub   uintptr  // the same for all types
	pc     uintptr  // as a thunk's
}

// thunkOf returns the function that a closure's fn stands for.
func thunkOf(c *closure) func([]reflect.Value) []reflect.Value {
	return func(args []reflect.Value) []reflect.Value { return c.callReflect(args) }
}

func (h *funcHeads) init() {
	f := thunkOf(new(closure))
	h.pc = (*(**thunk)(unsafe.Pointer(&f))).pc
	v := reflect.MakeFunc(reflect.TypeFor[func()](), f)
	i := v.Interface()
	h.stub = (*funcHead)((*eface)(unsafe.Pointer(&i)).data).stub
}

// head returns the head for a type of function.
func (e *Engine) head(t *typ) *funcHead {
	if h, ok := e.heads.byType.Load(t); ok {
		return h.(*funcHead)
	}
	v := reflect.MakeFunc(e.reflect(t), func([]reflect.Value) []reflect.Value { return nil })
	// The value may be of a named type; its memory is a pointer to the implementation.
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	h := new(funcHead)
	*h = **(**funcHead)(p.UnsafePointer())
	e.heads.byType.Store(t, h)
	return h
}

// newClosure makes a function value of type t.
func (e *Engine) newClosure(
	h *funcHead, t *typ, k *code, ref *funcRef, caps []unsafe.Pointer, host any,
) unsafe.Pointer {
	c := &closure{stub: h.stub, stack: h.stack, argLen: h.argLen, regPtrs: h.regPtr, ftyp: h.ftyp, code: k, ref: ref,
		caps: caps, eng: e, host: host, typ: t}
	c.thunk = thunk{e.heads.pc, c}
	c.fn = unsafe.Pointer(&c.thunk)
	return unsafe.Pointer(c)
}

// closureOf returns the closure that a function value is, nil if it is compiled code's.
func (e *Engine) closureOf(p unsafe.Pointer) *closure {
	if *(*uintptr)(p) != e.heads.stub {
		return nil
	}
	c := (*closure)(p)
	if (*thunk)(c.fn).pc != e.heads.pc {
		return nil
	}
	return c
}

// target is the code that a closure runs.
func (c *closure) target() *code {
	if c.ref != nil {
		return c.ref.get()
	}
	return c.code
}

// callReflect is how compiled code calls a closure.
func (c *closure) callReflect(args []reflect.Value) []reflect.Value {
	g, done := c.eng.enter(c.host)
	defer c.eng.leaving(g)
	defer done()
	k := c.target()
	f := g.frame(k)
	f.clo = c
	for i, a := range args {
		s := k.params[i]
		setValue(c.eng, s.t, f.at(s.off), a)
	}
	if k.called(g, f) {
		runtime.Goexit()
	}
	f.call(g.cur)
	out := k.reflectResults(c.eng, f)
	g.release(f)
	return out
}

// reflectResults returns the results of a finished call.
func (k *code) reflectResults(e *Engine, f *frame) []reflect.Value {
	if len(k.results) == 0 {
		return nil
	}
	out := make([]reflect.Value, len(k.results))
	for i, s := range k.results {
		v := reflect.New(e.reflect(s.t)).Elem()
		s.t.move(v.Addr().UnsafePointer(), f.at(s.off))
		out[i] = v
	}
	return out
}

// setValue writes a compiled value to memory of type t. An interface type may have another memory there.
func setValue(e *Engine, t *typ, dst unsafe.Pointer, v reflect.Value) {
	rt := e.reflect(t)
	if v.Type() == rt {
		valueAt(rt, dst).Set(v)
		return
	}
	if isInterface(t) {
		if v.Kind() == reflect.Interface {
			v = v.Elem()
		}
		if !v.IsValid() {
			*(*eface)(dst) = eface{}
			return
		}
		if isEface(t) {
			*(*any)(dst) = v.Interface()
			return
		}
		valueAt(rt, dst).Set(v)
		return
	}
	valueAt(rt, dst).Set(v.Convert(rt))
}

// methodCall returns what calls a method of the type that pt points to, for compiled code.
func (e *Engine) methodCall(pt *typ, m interface{ Name() string }) func(recv unsafe.Pointer,
	args []reflect.Value) []reflect.Value {
	return func(recv unsafe.Pointer, args []reflect.Value) []reflect.Value {
		impl := e.method(pt, m.Name(), "")
		g, done := e.enter(nil)
		defer e.leaving(g)
		defer done()
		k := impl.ref.get()
		f := g.frame(k)
		impl.setRecv(f, recv)
		for i, a := range args {
			s := k.params[i]
			setValue(e, s.t, f.at(s.off), a)
		}
		if k.called(g, f) {
			runtime.Goexit()
		}
		f.call(g.cur)
		out := k.reflectResults(e, f)
		g.release(f)
		return out
	}
}

// FuncName returns the name of a function value as tracebacks show it, or the name of the variable to which a function
// literal was assigned; "" if the engine did not make the function.
func (e *Engine) FuncName(f any) string {
	v := reflect.ValueOf(f)
	if v.Kind() != reflect.Func || v.IsNil() {
		return ""
	}
	i := (*eface)(unsafe.Pointer(&f))
	c := e.closureOf(i.data)
	switch {
	case c == nil:
		return ""
	case c.ref != nil:
		return c.ref.name
	case c.code.assigned != "":
		return c.code.assigned
	}
	return c.code.name
}
