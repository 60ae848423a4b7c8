//go:build go1.27

package rtype

// This file defines what Go 1.27 describes in its own way.

import "unsafe"

// abiMap mirrors internal/abi.MapType.
type abiMap struct {
	Descriptor
	Key        *Descriptor
	Elem       *Descriptor
	Group      *Descriptor
	Hasher     func(unsafe.Pointer, uintptr) uintptr
	GroupSize  uintptr
	KeysOff    uintptr
	KeyStride  uintptr
	ElemsOff   uintptr
	ElemStride uintptr
	ElemOff    uintptr
	Flags      uint32
}

// hasSlots reports whether m, which describes map[string]int32, says where keys and elements are: either eight keys
// and then eight elements, or eight pairs, which GOEXPERIMENT=nomapsplitgroup chooses.
func (m *abiMap) hasSlots() bool {
	split := m.KeyStride == 16 && m.ElemsOff == 8+8*16 && m.ElemStride == 4 && m.ElemOff == 0
	pairs := m.KeyStride == 24 && m.ElemsOff == 8+16 && m.ElemStride == 24 && m.ElemOff == 16
	return m.KeysOff == 8 && (split || pairs)
}
