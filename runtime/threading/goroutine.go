package threading

// This file defines who a plain goroutine is.

import (
	"bytes"
	"runtime"
	"strconv"
	"sync/atomic"
)

// goroutineID returns the calling goroutine's number, which is in Go's stack traces too. It takes about a
// microsecond; threads don't need it.
func goroutineID() int64 {
	var buf [64]byte
	line := bytes.TrimPrefix(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	if i := bytes.IndexByte(line, ' '); i > 0 {
		line = line[:i]
	}
	n, _ := strconv.ParseInt(string(line), 10, 64) // 0 if Go should write them otherwise one day
	return n
}

// plainOwner is the plain goroutine that has a lock, 0 for none.
type plainOwner struct{ id atomic.Int64 }

func (p *plainOwner) isMe() bool {
	id := p.id.Load()
	return id != 0 && id == goroutineID()
}

func (p *plainOwner) set()   { p.id.Store(goroutineID()) }
func (p *plainOwner) clear() { p.id.Store(0) }
