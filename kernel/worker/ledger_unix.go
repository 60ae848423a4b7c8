//go:build unix && !linux

package worker

// This file defines the system calls of Unix for the pipes of an interpreter and for memory shared with it.

import "os"

// bytesWaiting is the request of ioctl for the number of bytes that wait in a pipe: FIONREAD, which is the same number
// in all descendants of BSD (sys/filio.h).
const bytesWaiting = 0x4004667f

// newLedgerFile returns a new file whose name it has removed.
func newLedgerFile() (*os.File, error) {
	f, err := os.CreateTemp("", "gilkernel-ledger-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
