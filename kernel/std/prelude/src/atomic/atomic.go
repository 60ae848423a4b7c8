// Package atomic is the interpreter's own version of the generic part of the standard library's.
package atomic

import (
	"sync/atomic"
	"unsafe"
)

// Pointer is a *T that is read and written as a whole. Its memory is that of the standard library's.
type Pointer[T any] struct {
	_ [0]*T
	_ struct{}
	v unsafe.Pointer
}

// Load returns the pointer.
func (x *Pointer[T]) Load() *T { return (*T)(atomic.LoadPointer(&x.v)) }

// Store sets it.
func (x *Pointer[T]) Store(val *T) { atomic.StorePointer(&x.v, unsafe.Pointer(val)) }

// Swap sets it and returns the old one.
func (x *Pointer[T]) Swap(new *T) (old *T) {
	return (*T)(atomic.SwapPointer(&x.v, unsafe.Pointer(new)))
}

// CompareAndSwap sets it if it is old.
func (x *Pointer[T]) CompareAndSwap(old, new *T) (swapped bool) {
	return atomic.CompareAndSwapPointer(&x.v, unsafe.Pointer(old), unsafe.Pointer(new))
}
