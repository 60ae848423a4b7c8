package exec

// This file defines the errors that interpreted code panics with where Go's own can't be raised by doing
// the same thing in compiled code.

import (
	"fmt"
	"runtime"
	"unsafe"
)

// assertError makes a *runtime.TypeAssertionError, whose fields are unexported. A test holds its words
// against those of compiled code.
func assertError(inter, concrete, asserted unsafe.Pointer, missing string) error {
	err := new(runtime.TypeAssertionError)
	*(*assertionError)(unsafe.Pointer(err)) = assertionError{inter, concrete, asserted, missing}
	return err
}

// conversionError is Go's error for a slice that is too short for an array.
type conversionError struct{ have, want int }

func (e conversionError) Error() string {
	return fmt.Sprintf("runtime error: cannot convert slice with length %d to array or pointer to array with length %d",
		e.have, e.want)
}
func (conversionError) RuntimeError() {}

// wrapperError is Go's error for a method with a value receiver that is called by a nil pointer.
func wrapperError(typ, method string) error {
	return rangeError("value method " + typ + "." + method + " called using nil *" + typ[lastDot(typ)+1:] + " pointer")
}

func lastDot(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '.' {
			return i
		}
	}
	return -1
}
