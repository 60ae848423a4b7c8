package celltest

// This file defines the pipe that package testing prints to. Package testing writes to os.Stdout, which is a file; and
// what cells print, show and log between two of its lines must stay between them. So whoever prints beside it drains
// the pipe first: reading and passing on are one step under a lock.

import (
	"os"
	"sync"
	"syscall"
)

// A pipe is what os.Stdout is while tests run.
type pipe struct {
	r, w  *os.File
	raw   syscall.RawConn
	print func([]byte)
	ended chan struct{} // closed when nothing more is read

	stdout, stderr *os.File // what was there before it; Runner.mu protects them

	mu  sync.Mutex // protects what follows, and the order of what is printed
	buf []byte
}

// newPipe returns a pipe whose text goes to print. close must be called.
func newPipe(print func([]byte)) (*pipe, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &pipe{r: r, w: w, print: print, ended: make(chan struct{}), buf: make([]byte, 64<<10)}
	if p.raw, err = r.SyscallConn(); err != nil {
		r.Close()
		w.Close()
		return nil, err
	}
	go p.loop() // ends with close
	return p, nil
}

// loop passes on what comes.
func (p *pipe) loop() {
	defer close(p.ended)
	for over := false; !over; {
		err := p.raw.Read(func(fd uintptr) bool { // called again when there is something to read
			more := false
			more, over = p.pass(fd)
			return more || over
		})
		over = over || err != nil
	}
}

// pass passes on what can be read now. more says that there was something, over that nothing will come.
func (p *pipe) pass(fd uintptr) (more, over bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		n, err := syscall.Read(int(fd), p.buf)
		switch {
		case n > 0:
			p.print(p.buf[:n])
			more = true
		case err == syscall.EINTR:
		case err == syscall.EAGAIN:
			return more, false
		default:
			return more, true
		}
	}
}

// drain passes on what was written until now.
func (p *pipe) drain() {
	_ = p.raw.Control(func(fd uintptr) { p.pass(fd) }) // an error says that it is closed, and all has passed
}

// close passes on the rest. What writes to it afterwards gets an error.
func (p *pipe) close() {
	p.w.Close()
	<-p.ended
	p.r.Close()
}
