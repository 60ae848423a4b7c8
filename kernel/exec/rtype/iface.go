package rtype

import (
	"reflect"
	"unsafe"
)

// InterfaceOf makes an unnamed type that is laid out as interface{}, with
// the given string, such as "interface { Area() float64 }".
//
// Any value can be stored in it: whether it has the methods that the string
// promises is for the interpreter to check. Equal strings give the same type.
func InterfaceOf(str string) reflect.Type {
	empty := reflect.TypeFor[any]()
	if str == empty.String() {
		return empty
	}
	f := &registry
	f.lock()
	defer f.unlock()
	if t, ok := f.ifaces[str]; ok {
		return reflectOf(t)
	}
	ea := abiOf(empty)
	own := kindWords(reflect.Interface)
	t := f.allocType(own)
	t.Size, t.PtrBytes, t.GCData = ea.Size, ea.PtrBytes, ea.GCData
	t.Align, t.FieldAlign, t.Kind = ea.Align, ea.FieldAlign, ea.Kind
	t.Equal = ea.Equal
	t.Hash = f.hash(str)
	t.Str = f.name(nameKey{name: str})
	(*abiInterface)(unsafe.Pointer(t)).Methods = nil
	f.ifaces[str] = t
	return reflectOf(t)
}
