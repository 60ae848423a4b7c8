package exec

// This file defines how errors that package variables hold are named: other processes of the session have the same
// variables.

import (
	"go/types"
	"reflect"
	"unsafe"
)

// ErrorName returns the name, as other processes know it, of a package variable of type error that holds a pointer to
// t, in an image; ok is false if no variable does. Of several it is the first in the alphabet. May be called
// concurrently.
func (e *Engine) ErrorName(m *Image, p unsafe.Pointer, t reflect.Type) (name string, ok bool) {
	want := rtypeOf(reflect.PointerTo(t))
	e.compileMu.Lock()
	defer e.compileMu.Unlock()
	for o, v := range e.globals {
		own := e.ids.nameOf(o)
		if v.global == nil || own == "" || ok && own >= name ||
			!types.Identical(o.Type(), types.Universe.Lookup("error").Type()) {
			continue
		}
		if held := dynamic(v.global.in(m), false); held.data == p && held.typ == want {
			name, ok = own, true
		}
	}
	return name, ok
}

// ErrorPointer returns the pointer to t that the package variable of type error with a name holds, in an image; nil if
// there is no such variable or it holds another type. May be called concurrently.
func (e *Engine) ErrorPointer(m *Image, name string, t reflect.Type) unsafe.Pointer {
	s := e.slot(name)
	if s == nil || !types.Identical(s.t.t, types.Universe.Lookup("error").Type()) {
		return nil
	}
	if held := dynamic(s.in(m), false); held.typ == rtypeOf(reflect.PointerTo(t)) {
		return held.data
	}
	return nil
}
