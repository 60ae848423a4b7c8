//go:build unix

package network

import "syscall"

// This file defines the numbers that package syscall has on Unix only.

// The numbers, under the names that C, Python and package syscall give them.
const (
	SO_ERROR = syscall.SO_ERROR
	SO_TYPE  = syscall.SO_TYPE
	MSG_PEEK = syscall.MSG_PEEK
)
