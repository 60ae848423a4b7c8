//go:build unix

package client

// This file defines the claim of a folder: a lock, which the system releases with the process, and which holds across
// containers that share the folder, where numbers of processes mean nothing.

import (
	"os"
	"syscall"
)

// tryClaim claims a folder unless a process that lives has done so. release is nil without ok.
func tryClaim(dir string) (release func(), ok bool) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, false
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, false
	}
	return func() { f.Close() }, true
}
