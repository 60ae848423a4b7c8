// Package weak is the interpreter's own version of the generic part of the standard library's.
package weak

import (
	"unsafe"

	"gilkernel/kernel/std/prelude/compiled"
)

// Pointer is a *T that doesn't keep what it points to. Its memory is that of the standard library's.
type Pointer[T any] struct {
	_ [0]*T
	u unsafe.Pointer
}

// Make returns a weak pointer.
func Make[T any](ptr *T) Pointer[T] {
	return Pointer[T]{u: compiled.MakeWeak(unsafe.Pointer(ptr))}
}

// Value returns the pointer, nil if what it points to is gone.
func (p Pointer[T]) Value() *T { return (*T)(compiled.Strong(p.u)) }
