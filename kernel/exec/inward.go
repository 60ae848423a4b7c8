package exec

// This file defines which compiled functions a thread calls itself, although they wait: those that read from or write
// to a value whose own methods know of threads, such as io.ReadFull with a socket of the simulated network. The method
// releases the GIL and blocks as it does when the learner calls it, and an interrupt and the search for deadlocks see
// the same.
//
// On the computer's own threads this makes no difference, as Blocking calls the function on the thread's goroutine, and
// so it isn't done. On a simulated machine Blocking calls it on a goroutine that is no thread. If the function waits
// for something real too (io.Copy from such a socket to a file), it holds the GIL meanwhile, until the host finds the
// goroutine parked.

import (
	"io"
	"reflect"

	"gilkernel/kernel/std/frees"
)

// inwardSteps bounds how many values inward looks at: a socket in a LimitedReader in a Reader of bufio in a Scanner
// takes about ten.
const inwardSteps = 64

// inward reports whether a call reads from or writes to something that knows of threads, or to what a learner has
// written: its receiver, a parameter, or what these wrap. recv returns the receiver; it is nil for a function.
func inward(recv func(fr *frame) reflect.Value, params []slot, fr *frame) bool {
	w := &wrapped{e: fr.g.eng, left: inwardSteps}
	if recv != nil && w.find(recv(fr)) {
		return true
	}
	for _, s := range params {
		switch s.t.kind {
		case reflect.Interface, reflect.Pointer, reflect.Struct:
			if w.find(valueAt(w.e.reflect(s.t), fr.at(s.off))) {
				return true
			}
		}
	}
	return false
}

// wrapped looks through readers and writers for those that they wrap.
type wrapped struct {
	e    *Engine
	left int // how many values may still be looked at: they may refer to each other
}

func (w *wrapped) find(v reflect.Value) bool {
	if w.left == 0 {
		return false
	}
	w.left--
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		return false
	}
	t := v.Type()
	if streams(t) && w.knows(t) {
		return true
	}
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Struct:
		// Only fields that are readers and writers: others may change while this looks at them.
		for i := range v.NumField() {
			if f := v.Field(i); wraps(f.Type()) && w.find(f) {
				return true
			}
		}
	case reflect.Slice: // of a field: the readers of io.MultiReader
		for i := range min(v.Len(), w.left) {
			if w.find(v.Index(i)) {
				return true
			}
		}
	}
	return false
}

// knows reports whether the methods of a type know of threads, or are the learner's, which run as the thread does.
func (w *wrapped) knows(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	path := t.PkgPath()
	return path == mainPath || path != "" && w.e.host.Frees(path, "Read") == frees.Knows
}

// wraps reports whether a field of type t is a reader or writer, or has some.
func wraps(t reflect.Type) bool {
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Interface, reflect.Pointer, reflect.Struct:
		return streams(t)
	}
	return false
}

// streams reports whether t, or a pointer to it, can be read from or written to.
func streams(t reflect.Type) bool {
	r, w := reflect.TypeFor[io.Reader](), reflect.TypeFor[io.Writer]()
	if t.Implements(r) || t.Implements(w) {
		return true
	}
	return t.Kind() == reflect.Struct && (reflect.PointerTo(t).Implements(r) || reflect.PointerTo(t).Implements(w))
}

// value returns what reads a slot; nil for the zero slot.
func (s slot) value(e *Engine) func(fr *frame) reflect.Value {
	if s.t == nil {
		return nil
	}
	return func(fr *frame) reflect.Value { return valueAt(e.reflect(s.t), fr.at(s.off)) }
}
