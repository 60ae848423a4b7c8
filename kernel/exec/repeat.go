package exec

// This file defines how compiled code calls one function of the engine many times.

import (
	"reflect"
	"unsafe"
)

// Repeated returns what calls fn many times with one argument each, in the calling goroutine, as calls by compiled code
// one after the other do; the engine is entered once. What it returns calls the loop that it gets with a call of fn,
// which takes the argument from memory of the type of fn's parameter, writes the result, if there is one beside an
// error, to memory of its type, and returns the error. The loop must not panic by itself. Repeated returns nil if fn
// isn't a function of the engine's with one parameter, or if it has other results or interfaces than any.
func (e *Engine) Repeated(fn any) func(loop func(call func(arg, result unsafe.Pointer) error)) {
	v := reflect.ValueOf(fn)
	if v.Kind() != reflect.Func || v.IsNil() {
		return nil
	}
	c := e.closureOf((*eface)(unsafe.Pointer(&fn)).data)
	if c == nil {
		return nil
	}
	t := v.Type()
	out := t.NumOut()
	fails := out > 0 && t.Out(out-1) == reflect.TypeFor[error]()
	if fails {
		out--
	}
	simple := func(t reflect.Type) bool { return t.Kind() != reflect.Interface || t == reflect.TypeFor[any]() }
	if t.NumIn() != 1 || t.IsVariadic() || out > 1 || !simple(t.In(0)) || out == 1 && !simple(t.Out(0)) {
		return nil
	}
	if k := c.target(); e.reflect(k.params[0].t) != t.In(0) || out == 1 && e.reflect(k.results[0].t) != t.Out(0) {
		return nil
	}
	return func(loop func(call func(arg, result unsafe.Pointer) error)) {
		g, done := e.enter(c.host)
		defer e.leaving(g)
		defer done()
		loop(func(arg, result unsafe.Pointer) (err error) {
			k := c.target() // it may be compiled again meanwhile
			f := g.frame(k)
			f.clo = c
			in := k.params[0]
			in.t.move(f.at(in.off), arg)
			f.call(g.cur)
			if out == 1 {
				r := k.results[0]
				r.t.move(result, f.at(r.off))
			}
			if fails {
				r := k.results[out]
				err, _ = valueAt(e.reflect(r.t), f.at(r.off)).Interface().(error)
			}
			g.release(f)
			return err
		})
	}
}
