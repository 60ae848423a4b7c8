package machine

// This file defines the number of a goroutine.
//
// Go prints it and has no function for it. Printing takes a microsecond at the bottom of a stack and some 50 at the
// depth of an interpreted call, because runtime.Stack walks all frames whatever the size of its buffer. The number is a
// word of the goroutine's g, and where it is differs between Go's releases. So the place is found: it is the only one
// that holds, in each of several goroutines, what Go prints for that goroutine. If there is no such place, the number
// is read from what Go prints.

import (
	"bytes"
	"runtime"
	"strconv"
	"sync"
)

const (
	wordSize = 8
	// gWords is how many words of a g are read. In all of Go's releases a g is larger, and has the number in the first
	// half of these words.
	gWords = 32
	// gProbes is how many goroutines must agree: each has a number of its own, and nothing else of a g counts along
	// with it.
	gProbes = 4
)

// GoroutineID returns the number of the calling goroutine that Go's stack traces have. A number isn't used again. It
// takes a few nanoseconds and is safe for concurrent use.
func GoroutineID() int64 {
	if offset := goroutineIDOffset(); offset != 0 {
		return goroutineWord(offset)
	}
	return printedID()
}

// goroutineIDOffset returns where a g has its number, in bytes; 0: it isn't known.
var goroutineIDOffset = sync.OnceValue(func() uintptr {
	candidates := map[uintptr]bool{}
	for i := range gProbes {
		found := make(chan map[uintptr]bool)
		go func() { // ends at once
			id, at := printedID(), map[uintptr]bool{}
			for w := range uintptr(gWords) {
				if id != 0 && goroutineWord(w*wordSize) == id && (i == 0 || candidates[w*wordSize]) {
					at[w*wordSize] = true
				}
			}
			found <- at
		}()
		candidates = <-found
	}
	if len(candidates) != 1 {
		return 0
	}
	for offset := range candidates {
		return offset
	}
	return 0
})

// printedID reads the calling goroutine's number from what Go prints; it returns 0 if the format of that has changed.
func printedID() int64 {
	var buf [64]byte
	line := bytes.TrimPrefix(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	if i := bytes.IndexByte(line, ' '); i > 0 {
		line = line[:i]
	}
	n, _ := strconv.ParseInt(string(line), 10, 64)
	return n
}
