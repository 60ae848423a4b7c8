//go:build !unix

package transport

// This file stands in where sockets have no mode.

// restrictSocket does nothing.
func restrictSocket(uintptr) {}
