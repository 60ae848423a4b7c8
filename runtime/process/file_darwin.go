package process

// This file defines how much memory a Mac has.

import "golang.org/x/sys/unix"

// physical returns how many bytes of memory the machine has.
func physical() int64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return unknownMemory
	}
	return int64(n)
}
