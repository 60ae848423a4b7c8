package worker

// This file finds the file of the program that runs, which Linux knows not only by name.

import (
	"os"

	"golang.org/x/sys/unix"
)

// running returns a path that opens the file that this process runs, also after it was removed or replaced;
// "" without /proc. The child that executes it still shares this process's memory, so "self" is right there too.
func running() string {
	const self = "/proc/self/exe"
	if _, err := os.Stat(self); err != nil {
		return ""
	}
	return self
}

const (
	// threadStack is the size of the C stacks of an interpreter's threads, in bytes. Go runs little on them: signal
	// handlers have stacks of their own, and musl's default of 128 KiB is enough for all calls into the C library.
	threadStack = 256 << 10
	// argumentShare is the part of the stack that Linux leaves to arguments and environment of a new process.
	argumentShare = 4
)

// SmallStacks lowers this process's soft limit of the stack, which its children inherit, and returns the old limit for
// Options.Stack; 0 if it hasn't changed the limit. glibc gives each thread of a new process a stack of that size, 8 MiB
// by default, all of which counts as data: with a limit of 2 GiB, 250 sleeping threads ran out of memory. The stack of
// this process's main thread can't grow beyond the limit either, which a Go program doesn't need.
func SmallStacks() uint64 {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_STACK, &l) != nil {
		return 0
	}
	size := uint64(threadStack)
	for _, kv := range os.Environ() {
		size += 2 * argumentShare * uint64(len(kv)+1)
	}
	if l.Cur <= size {
		return 0
	}
	if unix.Setrlimit(unix.RLIMIT_STACK, &unix.Rlimit{Cur: size, Max: l.Max}) != nil {
		return 0
	}
	return l.Cur
}
