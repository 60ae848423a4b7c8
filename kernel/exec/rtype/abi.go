package rtype

import (
	"reflect"
	"unsafe"
)

// This file defines the descriptors of types as Go 1.26 and 1.27 have them; what differs between the two is in
// abi_go126.go and abi_go127.go.

// A Descriptor is the head of the runtime's description of a type: it mirrors internal/abi.Type, and Check compares it
// with the running toolchain's. Sizes are in bytes. It is read only, but for those that this package makes; its methods
// may be called concurrently.
type Descriptor struct {
	Size       uintptr
	PtrBytes   uintptr
	Hash       uint32
	TFlag      uint8
	Align      uint8
	FieldAlign uint8
	Kind       uint8
	Equal      func(p, q unsafe.Pointer) bool
	GCData     *byte
	Str        int32
	PtrToThis  int32
}

// Direct reports whether an interface holds values of the type in its data word itself.
func (t *Descriptor) Direct() bool { return t.TFlag&flagDirectIface != 0 }

// The flags of Descriptor.TFlag.
const (
	flagUncommon    = 1 << 0
	flagExtraStar   = 1 << 1
	flagNamed       = 1 << 2
	flagRegular     = 1 << 3
	flagMaskOnDmnd  = 1 << 4
	flagDirectIface = 1 << 5
)

// The flags in the first byte of an encoded name.
const (
	nameExported = 1 << 0
	nameTag      = 1 << 1
	namePkgPath  = 1 << 2
	nameEmbedded = 1 << 3
)

// abiUncommon mirrors internal/abi.UncommonType.
type abiUncommon struct {
	PkgPath int32
	Mcount  uint16
	Xcount  uint16
	Moff    uint32
	_       uint32
}

// abiMethod mirrors internal/abi.Method.
type abiMethod struct {
	Name int32
	Mtyp int32
	Ifn  int32
	Tfn  int32
}

// abiImethod mirrors internal/abi.Imethod.
type abiImethod struct {
	Name int32
	Typ  int32
}

// abiField mirrors internal/abi.StructField.
type abiField struct {
	Name   *byte
	Typ    *Descriptor
	Offset uintptr
}

// abiStruct mirrors internal/abi.StructType.
type abiStruct struct {
	Descriptor
	PkgPath *byte
	Fields  []abiField
}

// abiInterface mirrors internal/abi.InterfaceType.
type abiInterface struct {
	Descriptor
	PkgPath *byte
	Methods []abiImethod
}

// abiArray mirrors internal/abi.ArrayType.
type abiArray struct {
	Descriptor
	Elem  *Descriptor
	Slice *Descriptor
	Len   uintptr
}

// abiChan mirrors internal/abi.ChanType.
type abiChan struct {
	Descriptor
	Elem *Descriptor
	Dir  int
}

// abiElem mirrors internal/abi.PtrType, which is also the layout of SliceType.
type abiElem struct {
	Descriptor
	Elem *Descriptor
}

// abiFunc mirrors internal/abi.FuncType; the parameters' types follow it in memory.
type abiFunc struct {
	Descriptor
	In  uint16
	Out uint16
}

const (
	wordSize   = unsafe.Sizeof(uintptr(0))
	typeWords  = unsafe.Sizeof(Descriptor{}) / wordSize
	commonSize = unsafe.Sizeof(abiUncommon{})
)

// kindWords tells how many words of its own a kind's descriptor has after the
// Descriptor, which is also where its uncommon part begins.
func kindWords(k reflect.Kind) uintptr {
	var size uintptr
	switch k {
	case reflect.Array:
		size = unsafe.Sizeof(abiArray{})
	case reflect.Chan:
		size = unsafe.Sizeof(abiChan{})
	case reflect.Func:
		size = unsafe.Sizeof(abiFunc{})
	case reflect.Interface:
		size = unsafe.Sizeof(abiInterface{})
	case reflect.Map:
		size = unsafe.Sizeof(abiMap{})
	case reflect.Pointer, reflect.Slice:
		size = unsafe.Sizeof(abiElem{})
	case reflect.Struct:
		size = unsafe.Sizeof(abiStruct{})
	default:
		size = unsafe.Sizeof(Descriptor{})
	}
	return size/wordSize - typeWords
}

// words gives the machine words of a descriptor, n of them, for copying.
func (t *Descriptor) words(n uintptr) []uintptr {
	return unsafe.Slice((*uintptr)(unsafe.Pointer(t)), n)
}

// uncommon gives the uncommon part of t, nil when t has none.
func (t *Descriptor) uncommon() *abiUncommon {
	if t.TFlag&flagUncommon == 0 {
		return nil
	}
	return t.uncommonAt(reflect.Kind(t.Kind))
}

// uncommonAt gives the place of the uncommon part of a descriptor of kind k.
func (t *Descriptor) uncommonAt(k reflect.Kind) *abiUncommon {
	return (*abiUncommon)(unsafe.Add(unsafe.Pointer(t), (typeWords+kindWords(k))*wordSize))
}

// params gives the types of a function's parameters followed by its results.
func (t *Descriptor) params() []*Descriptor {
	f := (*abiFunc)(unsafe.Pointer(t))
	n := int(f.In) + int(f.Out&^(1<<15))
	off := unsafe.Sizeof(abiFunc{})
	if t.TFlag&flagUncommon != 0 {
		off += commonSize
	}
	return unsafe.Slice((**Descriptor)(unsafe.Add(unsafe.Pointer(t), off)), n)
}

// abiOf gives the descriptor behind a reflect.Type.
//
// It must not be inlined: the compiler would read the fields of a descriptor
// it knows at compile time, and the linker then stumbles over the reference to
// its equality function (cmd/link of Go 1.26.8: "R_USEIFACE ... references
// type:.eqfunc ... which is not a type or itab").
//
//go:noinline
func abiOf(t reflect.Type) *Descriptor {
	if t == nil {
		panic("rtype: nil reflect.Type")
	}
	return (*Descriptor)((*[2]unsafe.Pointer)(unsafe.Pointer(&t))[1])
}

// reflectOf gives the reflect.Type of a descriptor.
func reflectOf(a *Descriptor) reflect.Type {
	// Only the data word of the interface differs between two types.
	t := reflect.TypeFor[int]()
	(*[2]unsafe.Pointer)(unsafe.Pointer(&t))[1] = unsafe.Pointer(a)
	return t
}
