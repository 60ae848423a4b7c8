package rtype

import (
	"reflect"
	"unsafe"
)

// This file defines the descriptors of types as Go 1.26 and 1.27 have them; what differs between the two is in
// abi_go126.go and abi_go127.go.

// abiType mirrors internal/abi.Type; Check compares it with the running toolchain's.
type abiType struct {
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

// The flags of abiType.TFlag.
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
	Typ    *abiType
	Offset uintptr
}

// abiStruct mirrors internal/abi.StructType.
type abiStruct struct {
	abiType
	PkgPath *byte
	Fields  []abiField
}

// abiInterface mirrors internal/abi.InterfaceType.
type abiInterface struct {
	abiType
	PkgPath *byte
	Methods []abiImethod
}

// abiArray mirrors internal/abi.ArrayType.
type abiArray struct {
	abiType
	Elem  *abiType
	Slice *abiType
	Len   uintptr
}

// abiChan mirrors internal/abi.ChanType.
type abiChan struct {
	abiType
	Elem *abiType
	Dir  int
}

// abiElem mirrors internal/abi.PtrType, which is also the layout of SliceType.
type abiElem struct {
	abiType
	Elem *abiType
}

// abiFunc mirrors internal/abi.FuncType; the parameters' types follow it in memory.
type abiFunc struct {
	abiType
	In  uint16
	Out uint16
}

const (
	wordSize   = unsafe.Sizeof(uintptr(0))
	typeWords  = unsafe.Sizeof(abiType{}) / wordSize
	commonSize = unsafe.Sizeof(abiUncommon{})
)

// kindWords tells how many words of its own a kind's descriptor has after the
// abiType, which is also where its uncommon part begins.
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
		size = unsafe.Sizeof(abiType{})
	}
	return size/wordSize - typeWords
}

// words gives the machine words of a descriptor, n of them, for copying.
func (t *abiType) words(n uintptr) []uintptr {
	return unsafe.Slice((*uintptr)(unsafe.Pointer(t)), n)
}

// uncommon gives the uncommon part of t, nil when t has none.
func (t *abiType) uncommon() *abiUncommon {
	if t.TFlag&flagUncommon == 0 {
		return nil
	}
	return t.uncommonAt(reflect.Kind(t.Kind))
}

// uncommonAt gives the place of the uncommon part of a descriptor of kind k.
func (t *abiType) uncommonAt(k reflect.Kind) *abiUncommon {
	return (*abiUncommon)(unsafe.Add(unsafe.Pointer(t), (typeWords+kindWords(k))*wordSize))
}

// params gives the types of a function's parameters followed by its results.
func (t *abiType) params() []*abiType {
	f := (*abiFunc)(unsafe.Pointer(t))
	n := int(f.In) + int(f.Out&^(1<<15))
	off := unsafe.Sizeof(abiFunc{})
	if t.TFlag&flagUncommon != 0 {
		off += commonSize
	}
	return unsafe.Slice((**abiType)(unsafe.Add(unsafe.Pointer(t), off)), n)
}

// abiOf gives the descriptor behind a reflect.Type.
//
// It must not be inlined: the compiler would read the fields of a descriptor
// it knows at compile time, and the linker then stumbles over the reference to
// its equality function (cmd/link of Go 1.26.8: "R_USEIFACE ... references
// type:.eqfunc ... which is not a type or itab").
//
//go:noinline
func abiOf(t reflect.Type) *abiType {
	if t == nil {
		panic("rtype: nil reflect.Type")
	}
	return (*abiType)((*[2]unsafe.Pointer)(unsafe.Pointer(&t))[1])
}

// reflectOf gives the reflect.Type of a descriptor.
func reflectOf(a *abiType) reflect.Type {
	// Only the data word of the interface differs between two types.
	t := reflect.TypeFor[int]()
	(*[2]unsafe.Pointer)(unsafe.Pointer(&t))[1] = unsafe.Pointer(a)
	return t
}
