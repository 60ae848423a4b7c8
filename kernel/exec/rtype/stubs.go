//go:build !portable && (amd64 || arm64)

package rtype

// This file defines the stubs where they are assembler, in stubs_amd64.s and stubs_arm64.s.

import (
	"reflect"
	"unsafe"
)

// stubCount is the number of stubs in the assembler.
const stubCount = 32768

// slots holds the function value of each stub. It is a variable of its
// own because the stubs name it, and because the collector must see it.
var slots [stubCount]unsafe.Pointer

// stubs is the allocator of stubs.
type stubs struct {
	used int
}

// stubBase gives the address of the first stub.
func stubBase() uintptr

// take returns the address of code that calls a function value, whatever its signature, nil if no stub is left. code is
// the value's memory.
func (s *stubs) take(_, _ reflect.Type, code unsafe.Pointer) unsafe.Pointer {
	if s.used == stubCount {
		return nil
	}
	pc := stubPC(s.used)
	if pc != nil {
		slots[s.used] = code
		s.used++
	}
	return pc
}

// stubPC gives the address of stub i, nil if the code there isn't the one
// that this package wrote: an unusual build mode may load slots differently.
func stubPC(i int) unsafe.Pointer {
	pc := stubBase() + uintptr(i)*stubSize
	p := *(*unsafe.Pointer)(unsafe.Pointer(&pc))
	if !loadsContext(unsafe.Slice((*byte)(p), stubSize)) {
		return nil
	}
	if v, ok := variable(unsafe.Slice((*byte)(p), stubSize), pc); !ok || v != uintptr(unsafe.Pointer(&slots[i])) {
		return nil
	}
	return p
}
