package worker

// This file defines what Linux has for the pipes of an interpreter and for memory that is shared with it.

import (
	"os"

	"golang.org/x/sys/unix"
)

// bytesWaiting is the request of ioctl for the number of bytes that wait in a pipe.
const bytesWaiting = unix.TIOCINQ

// newLedgerFile makes a file that has no name in any file system.
func newLedgerFile() (*os.File, error) {
	fd, err := unix.MemfdCreate("gilkernel-ledger", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), "ledger"), nil
}
