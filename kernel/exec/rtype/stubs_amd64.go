package rtype

import (
	"encoding/binary"
	"unsafe"
)

const (
	// stubCount is the number of stubs in stubs_amd64.s.
	stubCount = 32768
	// stubSize is the distance between two stubs, forced by PCALIGN.
	stubSize = 16
)

// stubBase gives the address of the first stub.
func stubBase() uintptr

// stubPC gives the address of stub i, nil if the code there isn't the one
// that this package wrote: an unusual build mode may load slots differently.
func stubPC(i int) unsafe.Pointer {
	pc := stubBase() + uintptr(i)*stubSize
	p := *(*unsafe.Pointer)(unsafe.Pointer(&pc))
	code := unsafe.Slice((*byte)(p), 7)
	if code[0] != 0x48 || code[1] != 0x8b || code[2] != 0x15 { // MOVQ rel32(RIP), DX
		return nil
	}
	rel := int64(int32(binary.LittleEndian.Uint32(code[3:])))
	if int64(pc)+7+rel != int64(uintptr(unsafe.Pointer(&slots[i]))) {
		return nil
	}
	return p
}
