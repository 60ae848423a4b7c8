package multiprocessing

// This file defines how messages show values.

import (
	"fmt"
	"reflect"
)

// shown returns a value as fmt prints it, or the name of its type in angle brackets if the text would contain an
// address: "<chan int>".
func shown(v any) string {
	if addresses(reflect.ValueOf(v), true, 0) {
		return "<" + reflect.TypeOf(v).String() + ">"
	}
	return fmt.Sprintf("%v", v)
}

// The limits of addresses.
const (
	shownDepth = 8
	shownItems = 100 // more than fit into a message
)

// addresses reports whether fmt prints an address as part of v. outer says that v is the whole value: fmt follows the
// pointer of that only.
func addresses(v reflect.Value, outer bool, depth int) bool {
	if !v.IsValid() || depth > shownDepth {
		return false
	}
	if v.CanInterface() {
		switch v.Interface().(type) {
		case fmt.Formatter, fmt.Stringer, error:
			return false
		}
	}
	switch v.Kind() {
	case reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return !v.IsNil()
	case reflect.Pointer:
		if v.IsNil() {
			return false
		}
		switch v.Elem().Kind() {
		case reflect.Array, reflect.Slice, reflect.Struct, reflect.Map:
			return !outer || addresses(v.Elem(), false, depth+1)
		}
		return true
	case reflect.Interface:
		return addresses(v.Elem(), outer, depth+1)
	case reflect.Array, reflect.Slice:
		for i := range min(v.Len(), shownItems) {
			if addresses(v.Index(i), false, depth+1) {
				return true
			}
		}
	case reflect.Map:
		n := 0
		for i := v.MapRange(); i.Next() && n < shownItems; n++ {
			if addresses(i.Key(), false, depth+1) || addresses(i.Value(), false, depth+1) {
				return true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if addresses(v.Field(i), false, depth+1) {
				return true
			}
		}
	}
	return false
}
