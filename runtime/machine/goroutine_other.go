//go:build !amd64 && !arm64

package machine

// goroutine returns what identifies the calling goroutine: its number. It takes a microsecond or more.
func goroutine() uintptr { return uintptr(GoroutineID()) }

// goroutineWord returns 0: without assembler, nothing is known of a g.
func goroutineWord(uintptr) int64 { return 0 }
