//go:build !unix

package transport

// This file stands in where no write is guaranteed not to block.

import "syscall"

// writeNow writes nothing; the peer's own goroutine will.
func writeNow(syscall.RawConn, []byte) (int, error) { return 0, nil }
