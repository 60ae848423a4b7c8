// Package maphash is the interpreter's own version of the generic part of the standard library's.
package maphash

import (
	"hash/maphash"

	"gilkernel/kernel/std/prelude/compiled"
)

// Comparable returns the hash of a value.
func Comparable[T comparable](seed maphash.Seed, v T) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	compiled.WriteComparable(&h, v)
	return h.Sum64()
}

// WriteComparable adds a value to the data hashed by h.
func WriteComparable[T comparable](h *maphash.Hash, x T) { compiled.WriteComparable(h, x) }
