//go:build !unix

package network

// This file defines the numbers that package syscall has on Unix only: those of Linux, which the simulated network
// models.

// The numbers, under the names that C, Python and package syscall give them.
const (
	SO_ERROR = 4
	SO_TYPE  = 3
	MSG_PEEK = 2
)
