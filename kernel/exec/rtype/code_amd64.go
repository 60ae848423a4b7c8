//go:build !portable

package rtype

// This file defines how the code of this processor is read: which variable an instruction is about.

import "encoding/binary"

// codeStep is the distance in bytes at which instructions may begin.
const codeStep = 1

// stubSize is the distance in bytes between two stubs: they aren't aligned, which saves 0.2 MB.
const stubSize = 9

// loadsContext reports whether code begins with a load into the register of a function value's own variables.
func loadsContext(code []byte) bool {
	return code[0] == 0x48 && code[1] == 0x8b && code[2] == 0x15 // MOVQ rel32(IP), DX
}

// variable returns the address that the instruction at the beginning of code, which lies at pc, loads from. ok is false
// if it is no load of a variable. code has at least 8 bytes.
func variable(code []byte, pc uintptr) (addr uintptr, ok bool) {
	const size = 7
	if code[0]&^4 != 0x48 || code[1] != 0x8b || code[2]&0xc7 != 0x05 { // MOVQ rel32(IP), register
		return 0, false
	}
	return pc + size + uintptr(int32(binary.LittleEndian.Uint32(code[3:]))), true
}
