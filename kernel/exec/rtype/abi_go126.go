//go:build !go1.27

package rtype

// This file defines what Go 1.26 describes in its own way.

import "unsafe"

// abiMap mirrors internal/abi.MapType.
type abiMap struct {
	Descriptor
	Key       *Descriptor
	Elem      *Descriptor
	Group     *Descriptor
	Hasher    func(unsafe.Pointer, uintptr) uintptr
	GroupSize uintptr
	SlotSize  uintptr
	ElemOff   uintptr
	Flags     uint32
}

// hasSlots reports whether m, which describes map[string]int32, says where keys and elements are.
func (m *abiMap) hasSlots() bool { return m.SlotSize == 24 && m.ElemOff == 16 }
