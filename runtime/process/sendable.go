package process

// This file defines how values travel that have a wire form of their own.

// A Sendable is a value that can't be taken apart: it stands for objects of the arena. A Codec calls its methods instead of walking
// it; they are those of the pointer to the type. The pickling of Python calls this __reduce__ and __setstate__.
type Sendable interface {
	// Reduce returns what is sent in the place of the value, which a Codec can send. keep takes a handle along and returns its number.
	// The error says why the value can't be sent, and what to do.
	Reduce(keep func(Handle) int) (state any, err error)
	// Restore makes the value, which is zero, of what Reduce returned. open returns the object of a handle: see System.Open.
	Restore(state any, open func(int) any) error
}
