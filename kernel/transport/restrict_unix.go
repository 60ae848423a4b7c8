//go:build unix

package transport

// This file defines how a socket is given the mode of its future file.

import "syscall"

// restrictSocket sets the mode of a socket that is not bound yet. Systems that refuse it (only Linux
// is known to agree) have the mode set after binding.
func restrictSocket(fd uintptr) { _ = syscall.Fchmod(int(fd), 0o600) }
