// Package compiled has the parts of the prelude that the Go compiler must compile: they need the garbage collector, or
// the hash of any type. The prelude's sources call them; cells can't import the package.
package compiled

import (
	_ "embed"
	"hash/maphash"
	"reflect"
	"runtime"
	"unsafe"
	"weak"
)

// Path is the import path of this package.
const Path = "gilkernel/kernel/std/prelude/compiled"

//go:embed compiled.go
var source []byte

// Source returns the text of this package, for its declarations.
func Source() []byte { return source }

// Symbol returns a function by its name; false if there is none.
func Symbol(name string) (reflect.Value, bool) {
	var f any
	switch name {
	case "MakeWeak":
		f = MakeWeak
	case "Strong":
		f = Strong
	case "AddCleanup":
		f = AddCleanup
	case "WriteComparable":
		f = WriteComparable
	}
	return reflect.ValueOf(f), f != nil
}

// word is a weak pointer's memory: package weak declares a struct with this one word.
type word struct{ u unsafe.Pointer }

// MakeWeak returns the word of a weak pointer to p, nil for nil.
func MakeWeak(p unsafe.Pointer) unsafe.Pointer {
	w := weak.Make((*byte)(p))
	return (*word)(unsafe.Pointer(&w)).u
}

// Strong returns the pointer from which MakeWeak has made a word, nil if its object is gone.
func Strong(u unsafe.Pointer) unsafe.Pointer {
	w := word{u}
	return unsafe.Pointer((*weak.Pointer[byte])(unsafe.Pointer(&w)).Value())
}

// AddCleanup has f called some time after the object at p is gone.
func AddCleanup(p unsafe.Pointer, f func()) runtime.Cleanup {
	return runtime.AddCleanup((*byte)(p), func(f func()) { f() }, f)
}

// WriteComparable adds v to the data hashed by h.
func WriteComparable(h *maphash.Hash, v any) { maphash.WriteComparable(h, v) }
