package builtins

// This file defines what is atomic: what a call of a list or dictionary does with the GIL, and what replaces the GIL
// where there is none.

import (
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

// object is what lists and dictionaries have in common.
//
// A method is one call into C: it looks at the eval breaker before and after, never within. So with a GIL nothing comes
// between. Without one a method that changes something holds the object's own lock, as Py_BEGIN_CRITICAL_SECTION does
// (Python/critical_section.c); while it calls back, into a key function or a Less or Equal method, the section is
// suspended.
//
// mu protects the memory from plain goroutines, which no GIL stops, and from readers without a GIL. It is held for
// short, never while anything waits, is called back or looks at the breaker.
type object struct {
	mu      sync.Mutex
	section atomic.Pointer[threading.Lock] // made when it is first needed
}

// Name implements machine.Resource, for threads that wait for the section.
func (o *object) Name() string { return "a list or dictionary" }

// Holders implements machine.Resource; the section's lock knows them.
func (o *object) Holders() []machine.Holder { return nil }

// before is what happens before a call: the instructions that load its operands. It returns the calling thread, nil for
// a plain goroutine.
func before() *machine.Thread {
	t := machine.Current()
	if t != nil {
		t.Step()
	}
	return t
}

// reading is before for a call that only reads the object, and changing for one that changes it too, and touches
// nothing else: an explored machine then tells calls of different objects apart. What it is about orders the threads,
// as the GIL or the section does.
func (o *object) reading() *machine.Thread { return o.about(false) }

func (o *object) changing() *machine.Thread { return o.about(true) }

func (o *object) about(write bool) *machine.Thread {
	t := machine.Current()
	if t != nil {
		t.StepOn(machine.Atomic{At: unsafe.Pointer(o)}, write)
	}
	return t
}

// looks is what an explored machine hears of a look at objects outside of their own methods, such as Repr's: at
// whatever they hold, too.
func looks() {
	if t := machine.Current(); t != nil && t.Machine().Explored() {
		t.Step()
	}
}

// seen is looks for the object alone.
func (o *object) seen() {
	if t := machine.Current(); t != nil && t.Machine().Explored() {
		o.about(false)
	}
}

// after is what happens at a call's end: the check of the eval breaker.
func after(t *machine.Thread) {
	if t != nil {
		t.Check()
	}
}

// free reports whether t runs without a GIL.
func free(t *machine.Thread) bool {
	in := gil.Of(t)
	return in != nil && in.Profile().Kind == gil.FreeThreaded
}

// perItem is what native code needs for an element that it looks at or moves.
const perItem = 10 * time.Nanosecond

// enter begins the critical section of a call that handles so many items, and exit ends it. With a GIL the section is
// nothing.
func (o *object) enter(t *machine.Thread, items int) {
	if free(t) {
		l := o.section.Load()
		if l == nil {
			o.section.CompareAndSwap(nil, threading.NewInnerLock(o))
			l = o.section.Load()
		}
		l.Acquire()
	}
	if t != nil {
		t.Cost(time.Duration(1+items) * perItem)
	}
}

func (o *object) exit(t *machine.Thread) {
	if free(t) {
		o.section.Load().Release()
	}
}
