package process

// This file defines what further interpreters of one process need of their host.

import (
	"sync/atomic"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/pickle"
)

// Siblings is what a host does for the sub-interpreters of an interpreter. Its methods must be safe for concurrent use.
type Siblings interface {
	// Codec returns what copies values from one interpreter to another.
	Codec() *pickle.Codec
	// Enter gives a sub-interpreter global variables of its own, which begin as they are declared. The
	// sub-interpreter's first thread calls it before anything else.
	Enter(sub *gil.Interpreter)
}

// siblingsKey is where an interpreter keeps its Siblings.
type siblingsKey struct{}

func siblingsRoom(in *gil.Interpreter) *atomic.Pointer[Siblings] {
	return in.State(siblingsKey{}, func() any { return new(atomic.Pointer[Siblings]) }).(*atomic.Pointer[Siblings])
}

// ProvideSiblings gives an interpreter its host's Siblings.
func ProvideSiblings(in *gil.Interpreter, s Siblings) { siblingsRoom(in).Store(&s) }

// SiblingsOf returns the Siblings of an interpreter, nil if its host has given it none.
func SiblingsOf(in *gil.Interpreter) Siblings {
	if s := siblingsRoom(in).Load(); s != nil {
		return *s
	}
	return nil
}
