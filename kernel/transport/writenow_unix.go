//go:build unix

package transport

// This file defines the write that never waits, where there are file descriptors.

import "syscall"

// writeNow writes as much of p as the network buffer has room for; 0 when it is full. It saves the
// hop to a second goroutine (some microseconds) that a write which might block would need.
func writeNow(raw syscall.RawConn, p []byte) (n int, err error) {
	var failed error
	err = raw.Write(func(fd uintptr) bool {
		for {
			n, failed = syscall.Write(int(fd), p)
			if failed != syscall.EINTR {
				return true // never "wait until it is writable"
			}
		}
	})
	if err == nil && failed != nil {
		if n = 0; failed != syscall.EAGAIN {
			err = failed
		}
	}
	return max(n, 0), err
}
