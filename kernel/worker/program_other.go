//go:build !linux

package worker

// This file defines what systems other than Linux lack: /proc/self/exe, and a limit that counts stacks.

func running() string { return "" }

// SmallStacks does nothing here and returns 0: no limit counts the stacks of threads.
func SmallStacks() uint64 { return 0 }
