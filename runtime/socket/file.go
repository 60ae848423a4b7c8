package socket

// This file defines the files of sockets.

import (
	"bufio"
	"io"
	"iter"
	"sync"
	"syscall"

	"gilkernel/runtime/exceptions"
)

// A File is what socket.makefile returns: a buffered reader and writer of a socket. One thread may read and another
// write at the same time. The socket stays open until its files are closed too.
type File struct {
	s *Socket
	r *bufio.Reader
	w *bufio.Writer // nil: writes go straight to the socket

	mu     sync.Mutex // protects the field below
	closed bool
}

// MakeFile returns a file that reads from and writes to the socket. What is written is sent by Flush and Close, or when
// the buffer is full.
func (s *Socket) MakeFile() *File {
	return s.makeFile(true)
}

// MakeUnbufferedFile is MakeFile whose writes are sent at once, as those of socketserver.StreamRequestHandler's wfile
// are.
func (s *Socket) MakeUnbufferedFile() *File { return s.makeFile(false) }

func (s *Socket) makeFile(buffered bool) *File {
	f := &File{s: s, r: bufio.NewReader(s)}
	if buffered {
		f.w = bufio.NewWriter(s)
	}
	if s == nil {
		return f
	}
	s.mu.Lock()
	if s.ep != nil {
		s.files++
	} else {
		f.closed = true
	}
	s.mu.Unlock()
	return f
}

func (f *File) check() error {
	if f == nil {
		return exceptions.System(syscall.EBADF)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return exceptions.Value("I/O operation on closed file.")
	}
	return nil
}

// ReadLine returns the next line with its newline. It is what is left, without one, at the end, and "" after that, as
// Python's readline.
func (f *File) ReadLine() (string, error) {
	if err := f.check(); err != nil {
		return "", err
	}
	line, err := f.r.ReadString('\n')
	if err == io.EOF {
		err = nil
	}
	return line, err
}

// Lines returns an iterator over the lines up to the end, without their newlines: for line in f. An error ends it too.
func (f *File) Lines() iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			line, err := f.ReadLine()
			if err != nil || line == "" {
				return
			}
			if n := len(line); line[n-1] == '\n' {
				line = line[:n-1]
			}
			if !yield(line) {
				return
			}
		}
	}
}

// Read reads into p; the error at the end is io.EOF.
func (f *File) Read(p []byte) (int, error) {
	if err := f.check(); err != nil {
		return 0, err
	}
	return f.r.Read(p)
}

// ReadAll returns all up to the end: f.read().
func (f *File) ReadAll() ([]byte, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	return io.ReadAll(f.r)
}

// Write writes p.
func (f *File) Write(p []byte) (int, error) {
	if err := f.check(); err != nil {
		return 0, err
	}
	if f.w == nil {
		return f.s.Write(p)
	}
	return f.w.Write(p)
}

// WriteString writes s.
func (f *File) WriteString(s string) (int, error) { return f.Write([]byte(s)) }

// Flush sends what was written.
func (f *File) Flush() error {
	if err := f.check(); err != nil || f.w == nil {
		return err
	}
	return f.w.Flush()
}

// Close flushes and closes the file. The last one closes the socket, if that was closed before. A second Close does
// nothing.
func (f *File) Close() error {
	if f.check() != nil {
		return nil
	}
	err := f.Flush()
	f.mu.Lock()
	again := f.closed
	f.closed = true
	f.mu.Unlock()
	if again || f.s == nil {
		return nil
	}
	s := f.s
	s.mu.Lock()
	ep := s.ep
	if s.files--; s.files > 0 || !s.closed {
		ep = nil
	} else {
		s.ep = nil
	}
	s.mu.Unlock()
	if e := s.shut(ep); err == nil {
		err = e
	}
	return err
}
