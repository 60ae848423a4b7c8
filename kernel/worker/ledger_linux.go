package worker

// This file defines the system calls of Linux for the pipes of an interpreter and for memory shared with it.

import (
	"os"

	"golang.org/x/sys/unix"
)

// bytesWaiting is the request of ioctl for the number of bytes that wait in a pipe.
const bytesWaiting = unix.TIOCINQ

// newLedgerFile returns a new file that has no name in any file system.
func newLedgerFile() (*os.File, error) {
	fd, err := unix.MemfdCreate("gilkernel-ledger", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), "ledger"), nil
}
