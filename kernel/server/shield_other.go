//go:build !linux

package server

// shield does nothing: only Linux has such a protection.
func shield() {}
