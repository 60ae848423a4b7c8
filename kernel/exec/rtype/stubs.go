//go:build amd64 || arm64

package rtype

// This file defines the stubs where they are assembler, in stubs_GOARCH.s.

import "unsafe"

const (
	// stubCount is the number of stubs in the assembler.
	stubCount = 32768
	// stubSize is the distance between two stubs.
	stubSize = 16
)

// stubBase gives the address of the first stub.
func stubBase() uintptr

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
