package symbols

// This file defines package unsafe as yaegi wants it: functions where the language has built-ins,
// and the conversions between pointers.

import (
	"reflect"
	"unsafe"
)

func unsafeAdd(p unsafe.Pointer, n int) unsafe.Pointer { return unsafe.Add(p, n) }
func unsafeSizeof(x any) uintptr                       { return reflect.TypeOf(x).Size() }
func unsafeAlignof(x any) uintptr                      { return uintptr(reflect.TypeOf(x).Align()) }
func unsafeString(p *byte, n int) string               { return unsafe.String(p, n) }
func unsafeStringData(s string) *byte                  { return unsafe.StringData(s) }

// unsafeOffsetof is there for its signature; yaegi computes the offset itself.
func unsafeOffsetof(any) uintptr { return 0 }

// convert returns how to convert a value of type from to a value of type to, where one of them is
// an unsafe.Pointer, or nil if yaegi needs no help.
func convert(from, to reflect.Type) func(src, dest reflect.Value) {
	switch {
	case to.Kind() == reflect.UnsafePointer && from.Kind() == reflect.Uintptr:
		return func(src, dest reflect.Value) {
			// The bits are reinterpreted: the expression unsafe.Pointer(address) would be refused by
			// vet, and rightly so where it isn't a user's own conversion that is carried out.
			address := uintptr(src.Uint())
			dest.SetPointer(*(*unsafe.Pointer)(unsafe.Pointer(&address)))
		}
	case to.Kind() == reflect.UnsafePointer:
		return func(src, dest reflect.Value) { dest.SetPointer(src.UnsafePointer()) }
	case to.Kind() == reflect.Uintptr && from.Kind() == reflect.UnsafePointer:
		return func(src, dest reflect.Value) { dest.SetUint(uint64(uintptr(src.UnsafePointer()))) }
	case from.Kind() == reflect.UnsafePointer:
		return func(src, dest reflect.Value) {
			dest.Set(reflect.NewAt(dest.Type().Elem(), src.UnsafePointer()).Convert(dest.Type()))
		}
	}
	return nil
}
