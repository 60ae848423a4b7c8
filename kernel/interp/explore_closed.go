package interp

// This file defines what a search may know of the threads of a closed cell: all that these share is variables of the
// cell, which have steps, and locks. What such a thread does next is known from what it has read, so a search needs
// fewer runs.

import (
	"unsafe"

	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/search"
)

// closing are the packages, and what of them, that a closed cell may use. What these functions know of each other, they
// know from Words: nothing in them is read that an access to one doesn't tell of. Without an entry here, a search for a
// cell only takes longer.
func closing(path, name string) bool {
	switch path {
	case "gilkernel/runtime/threading":
		switch name {
		case "NewThread", "Name", "Args", "Thread", "Thread.Start", "Thread.Join",
			"NewLock", "Lock", "Lock.Acquire", "Lock.Release", "Lock.With",
			"NewRLock", "RLock", "RLock.Acquire", "RLock.Release", "RLock.With":
			return true
		}
	case "gilkernel/runtime/explore":
		return name == "Assert"
	}
	return false
}

// valueOf is search.Options.Value.
func valueOf(t *rt.Thread, key any) search.Value {
	at, ok := key.(unsafe.Pointer)
	if !ok {
		return search.Value{}
	}
	y, _ := t.Local(pythonKey{}).(*pyThread)
	if y == nil || y.site == nil || y.stepped != at {
		return search.Value{}
	}
	size, text, ok := y.site.Basic()
	if !ok {
		return search.Value{}
	}
	return search.Value{At: at, Size: size, Text: text}
}

// localOf is search.Options.Local.
func localOf(t *rt.Thread) (hash uint64, ok bool) {
	if y, _ := t.Local(pythonKey{}).(*pyThread); y != nil {
		if g := y.g.Load(); g != nil {
			return g.Local()
		}
	}
	return 0, false
}
