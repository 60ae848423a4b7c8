//go:build amd64 || arm64

package machine

// goroutine returns what identifies the calling goroutine while it lives: the address of its g.
func goroutine() uintptr
