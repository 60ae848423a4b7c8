//go:build unix

package link

// This file defines how a ledger's memory is shared: both processes map one file.

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

// OpenLedger returns the ledger in f, which it truncates or extends to the size of a ledger; the contents remain. f may
// be closed afterwards; Close must be called. It returns an error if f can't be resized or mapped.
func OpenLedger(f *os.File) (*Ledger, error) {
	if err := f.Truncate(ledgerSize); err != nil {
		return nil, fmt.Errorf("opening the ledger: %w", err)
	}
	raw, err := f.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("opening the ledger: %w", err)
	}
	l := &Ledger{}
	var failed error
	err = raw.Control(func(fd uintptr) {
		l.memory, failed = syscall.Mmap(int(fd), 0, ledgerSize, syscall.PROT_READ|syscall.PROT_WRITE,
			syscall.MAP_SHARED)
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return nil, fmt.Errorf("mapping the ledger: %w", err)
	}
	l.notes = (*notes)(unsafe.Pointer(&l.memory[0]))
	return l, nil
}

// Close unmaps the memory. No other method may be called afterwards or at the same time. On a nil Ledger it does
// nothing.
func (l *Ledger) Close() error {
	if l == nil {
		return nil
	}
	if err := syscall.Munmap(l.memory); err != nil {
		return fmt.Errorf("closing the ledger: %w", err)
	}
	return nil
}
