package exec

// This file defines what the engine takes from the Go runtime: the operations on memory of a known type
// that package reflect itself is built on. All of them are names that the runtime keeps for packages
// outside of the standard library (they are marked so in its sources); no build flag is needed.

import (
	"reflect"
	"unsafe"

	"gilkernel/kernel/exec/rtype"
)

//go:linkname unsafeNew reflect.unsafe_New
func unsafeNew(rtype unsafe.Pointer) unsafe.Pointer

//go:linkname unsafeNewArray reflect.unsafe_NewArray
func unsafeNewArray(rtype unsafe.Pointer, n int) unsafe.Pointer

//go:linkname typedmemmove reflect.typedmemmove
func typedmemmove(rtype, dst, src unsafe.Pointer)

//go:linkname typedmemclr reflect.typedmemclr
func typedmemclr(rtype, dst unsafe.Pointer)

//go:linkname typedslicecopy reflect.typedslicecopy
func typedslicecopy(rtype unsafe.Pointer, dst, src slice) int

//go:linkname growslice reflect.growslice
func growslice(rtype unsafe.Pointer, old slice, n int) slice

//go:linkname mapaccess reflect.mapaccess
func mapaccess(rtype, m, key unsafe.Pointer) unsafe.Pointer

//go:linkname mapassign reflect.mapassign
func mapassign(rtype, m, key, value unsafe.Pointer)

//go:linkname mapdelete reflect.mapdelete
func mapdelete(rtype, m, key unsafe.Pointer)

//go:linkname maplen reflect.maplen
func maplen(m unsafe.Pointer) int

//go:linkname mapclear reflect.mapclear
func mapclear(rtype, m unsafe.Pointer)

//go:linkname makemap reflect.makemap
func makemap(rtype unsafe.Pointer, n int) unsafe.Pointer

//go:linkname makechan reflect.makechan
func makechan(rtype unsafe.Pointer, n int) unsafe.Pointer

//go:linkname chanlen reflect.chanlen
func chanlen(c unsafe.Pointer) int

//go:linkname chancap reflect.chancap
func chancap(c unsafe.Pointer) int

//go:linkname chansend reflect.chansend0
func chansend(c, value unsafe.Pointer, nonBlocking bool) bool

//go:linkname chanrecv reflect.chanrecv
func chanrecv(c unsafe.Pointer, nonBlocking bool, value unsafe.Pointer) (selected, received bool)

//go:linkname chanclose reflect.chanclose
func chanclose(c unsafe.Pointer)

//go:linkname ifaceE2I reflect.ifaceE2I
func ifaceE2I(rtype unsafe.Pointer, src any, dst unsafe.Pointer)

// slice is the memory of a slice: it mirrors runtime.slice.
type slice struct {
	data     unsafe.Pointer
	len, cap int
}

// eface is the memory of an interface{}: it mirrors internal/abi.EmptyInterface.
type eface struct {
	typ  unsafe.Pointer
	data unsafe.Pointer
}

// iface is the memory of an interface with methods: it mirrors internal/abi.NonEmptyInterface.
type iface struct {
	tab  *itab
	data unsafe.Pointer
}

// itab mirrors the head of internal/abi.ITab, the method table of an interface with methods.
type itab struct {
	inter unsafe.Pointer
	typ   unsafe.Pointer
}

// rtypeOf returns the runtime's own pointer to a type.
func rtypeOf(t reflect.Type) unsafe.Pointer { return (*eface)(unsafe.Pointer(&t)).data }

// rtypeTab is the first word of any reflect.Type.
func rtypeTab() unsafe.Pointer {
	t := reflect.TypeFor[int]()
	return (*eface)(unsafe.Pointer(&t)).typ
}

// toType makes a reflect.Type of the runtime's own pointer.
func toType(p unsafe.Pointer) (t reflect.Type) {
	if p == nil {
		return nil
	}
	*(*eface)(unsafe.Pointer(&t)) = eface{rtypeTab(), p}
	return t
}

// valueAt returns the addressable value in memory of type t.
func valueAt(t reflect.Type, p unsafe.Pointer) reflect.Value { return reflect.NewAt(t, p).Elem() }

// newMemType describes memory of size bytes for the garbage collector alone: ptrs says which words hold pointers.
func newMemType(size uintptr, ptrs []bool) *rtype.Descriptor {
	t := &rtype.Descriptor{Size: size, Align: 8, FieldAlign: 8, Kind: uint8(reflect.Struct)}
	mask := make([]byte, (size/8+7)/8+8)
	for i, p := range ptrs {
		if p {
			mask[i/8] |= 1 << (i % 8)
			t.PtrBytes = uintptr(i+1) * 8
		}
	}
	t.GCData = &mask[0]
	return t
}
