package process

// This file defines what Linux has for memory that processes share.

import (
	"os"

	"golang.org/x/sys/unix"
)

// nameless makes a file that has no name in any file system.
func nameless() (*os.File, error) {
	fd, err := unix.MemfdCreate("gilkernel", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), "shared memory"), nil
}

// punch frees the pages of a part of the file, which reads as zeros afterwards.
func punch(f *os.File, offset int64, n int) {
	// or they stay
	_ = unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, offset, int64(n))
}

// physical returns how many bytes of memory the machine has.
func physical() int64 {
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) != nil {
		return unknownMemory
	}
	return int64(info.Totalram) * int64(info.Unit)
}
