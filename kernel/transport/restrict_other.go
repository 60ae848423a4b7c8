//go:build !unix

package transport

// This file defines that elsewhere a socket has no mode.

// restrictSocket does nothing.
func restrictSocket(uintptr) {}
