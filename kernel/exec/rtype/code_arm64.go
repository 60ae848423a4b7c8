//go:build !portable

package rtype

// This file defines how the code of this processor is read: which variable a pair of instructions is about.

import "encoding/binary"

// codeStep is the distance in bytes at which instructions may begin.
const codeStep = 4

// stubSize is the distance in bytes between two stubs.
const stubSize = 16

// contextRegister is the register of a function value's own variables, see internal/abi's description of the calling
// convention.
const contextRegister = 26

// loadsContext reports whether code begins with a load into the register of a function value's own variables.
func loadsContext(code []byte) bool {
	second := binary.LittleEndian.Uint32(code[4:])
	return second&0xffc00000 == loadWord && second&31 == contextRegister
}

// The instructions after ADRP, without their registers and numbers: load the word at the address, or add to have the
// address itself, as code does that loads atomically.
const (
	loadWord  = 0xf9400000 // MOVD 8*imm12(Rn), Rt
	addNumber = 0x91000000 // ADD $imm12, Rn, Rd
)

// variable returns the address that the two instructions at the beginning of code, which lies at pc, load from or
// compute. ok is false if they aren't about a variable. code has at least 8 bytes.
func variable(code []byte, pc uintptr) (addr uintptr, ok bool) {
	first, second := binary.LittleEndian.Uint32(code), binary.LittleEndian.Uint32(code[4:])
	if first&0x9f000000 != 0x90000000 || second>>5&31 != first&31 { // ADRP $page, register
		return 0, false
	}
	// The number of pages is signed and has 21 bits: two above the opcode, the others in the middle.
	pages := int64(int32(first>>5&0x7ffff<<2|first>>29&3)<<11) >> 11
	const pageSize = 4096
	addr = pc&^(pageSize-1) + uintptr(pages*pageSize)
	number := uintptr(second >> 10 & 0xfff)
	switch second & 0xffc00000 {
	case loadWord:
		return addr + 8*number, true
	case addNumber:
		return addr + number, true
	}
	return 0, false
}
