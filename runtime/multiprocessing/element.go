package multiprocessing

// This file defines what an explored machine is told of accesses to numbers in shared memory.

import (
	"runtime"
	"unsafe"

	"gilkernel/runtime/machine"
)

// An Element is a number of a Value or an Array, as its Explorer's key for an access to it: the same in all processes
// of an explored machine. Elements are comparable.
type Element struct {
	mem  unsafe.Pointer
	code typecode
	n    int
}

// touch says that the calling thread reads, or writes, number i: without a lock, an Explorer would know nothing of it.
func (s *synchronized) touch(i int, write bool) {
	if t := machine.Current(); t != nil && t.Machine().Explored() {
		t.StepOn(s.element(i), write)
	}
}

func (s *synchronized) element(i int) Element {
	return Element{s.mem.Pointer(i * s.code.size), s.code, i}
}

// Index returns the number's index in its Array, 0 if it is a Value.
func (e Element) Index() int { return e.n }

// Number returns the number as Value.Value does, but without a lock, and as no step. It must be In(of).
func (e Element) Number(of Numbers) any {
	s := of.numbers()
	defer runtime.KeepAlive(s.mem)
	return s.code.get(s.mem, e.n)
}

// In reports whether the number is one of a Value or an Array.
func (e Element) In(of Numbers) bool {
	s := of.numbers()
	return s != nil && s.mem != nil && e.n < s.n && s.element(e.n) == e
}

// Numbers is a *Value or an *Array. A nil one has no numbers.
type Numbers interface{ numbers() *synchronized }

func (v *Value) numbers() *synchronized {
	if v == nil {
		return nil
	}
	return &v.synchronized
}

func (a *Array) numbers() *synchronized {
	if a == nil {
		return nil
	}
	return &a.synchronized
}
