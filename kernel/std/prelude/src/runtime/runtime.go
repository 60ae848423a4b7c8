// Package runtime is the interpreter's own version of the generic part of the standard library's.
package runtime

import (
	"runtime"
	"unsafe"

	"gilkernel/kernel/std/prelude/compiled"
)

// AddCleanup has cleanup called with arg some time after what ptr points to is gone.
func AddCleanup[T, S any](ptr *T, cleanup func(S), arg S) runtime.Cleanup {
	if ptr == nil {
		panic("runtime.AddCleanup: ptr is nil")
	}
	if same, ok := any(arg).(*T); ok && same == ptr {
		panic("runtime.AddCleanup: ptr is equal to arg, cleanup will never run")
	}
	return compiled.AddCleanup(unsafe.Pointer(ptr), func() { cleanup(arg) })
}
