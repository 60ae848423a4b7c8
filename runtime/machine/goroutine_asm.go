//go:build amd64 || arm64

package machine

// goroutine returns what identifies the calling goroutine while it lives: the address of its g.
func goroutine() uintptr

// goroutineWord returns the 64 bits at an offset in bytes from the address of the calling goroutine's g.
func goroutineWord(offset uintptr) int64
