//go:build !unix

package transport

// This file defines that elsewhere no write is known not to wait.

import "syscall"

// writeNow writes nothing; the peer's own goroutine will.
func writeNow(syscall.RawConn, []byte) (int, error) { return 0, nil }
