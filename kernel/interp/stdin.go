package interp

// This file defines standard input: a read asks the person at the front end for a line.

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"

	"gilkernel/kernel/interp/link"
)

// errNoInput is what a read returns where nobody can be asked.
var errNoInput = errors.New("stdin is not available: this front end does not allow input requests")

// input is the standard input of cells. Reads are one at a time; each asks for one line.
type input struct {
	s       *session
	answers chan *link.Input

	reading sync.Mutex // held while a read asks

	mu   sync.Mutex // protects the fields below
	rest []byte     // of the line that was answered
	want bool       // an answer is awaited
}

func newInput(s *session) *input { return &input{s: s, answers: make(chan *link.Input, 1)} }

// reset forgets what the last cell didn't read.
func (in *input) reset() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.rest = nil
}

// answer delivers the person's answer. One that nobody waits for is dropped.
func (in *input) answer(a *link.Input) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.want {
		in.want = false
		in.answers <- a
	}
}

// Read implements io.Reader.
func (in *input) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	in.reading.Lock()
	defer in.reading.Unlock()
	in.mu.Lock()
	rest := in.rest
	in.mu.Unlock()
	if len(rest) == 0 {
		line, err := in.ask("", false)
		if err != nil {
			return 0, err
		}
		rest = append([]byte(line), '\n')
	}
	n := copy(b, rest)
	in.mu.Lock()
	in.rest = rest[n:]
	in.mu.Unlock()
	return n, nil
}

// ask asks for a line, without its newline. It returns io.EOF when the person ends the input.
func (in *input) ask(prompt string, password bool) (string, error) {
	t := in.s.threads.current()
	c := in.s.cellOf(t)
	if c == nil || !c.input {
		return "", errNoInput
	}
	in.mu.Lock()
	in.want = true
	in.mu.Unlock()
	in.s.out.send(&link.Event{Cell: c.id, Input: &link.InputRequest{Prompt: prompt, Password: password}})
	select {
	case a := <-in.answers:
		switch {
		case a.Error != "":
			return "", errors.New(a.Error)
		case a.EOF:
			return "", io.EOF
		}
		return a.Text, nil
	case <-c.done:
		in.mu.Lock()
		in.want = false
		in.mu.Unlock()
		in.s.tick(t)
		return "", io.EOF
	}
}

// The rest of *os.File's methods that code uses on standard input.

// Fd is the descriptor of the process's own standard input, which is empty.
func (in *input) Fd() uintptr { return 0 }

// Name is the name that os.Stdin has.
func (in *input) Name() string { return "/dev/stdin" }

// Close does nothing: later cells want to read too.
func (in *input) Close() error { return nil }

// Stat describes the process's own standard input.
func (in *input) Stat() (fs.FileInfo, error) { return os.Stdin.Stat() }

// Fd is the descriptor behind the stream, for code that asks whether it is a terminal.
func (w *stream) Fd() uintptr {
	if w.name == "stderr" {
		return 2
	}
	return 1
}

// Name is the name that os.Stdout or os.Stderr has.
func (w *stream) Name() string { return "/dev/" + w.name }

// Close does nothing: later cells want to write too.
func (w *stream) Close() error { return nil }

// Sync sends what was written.
func (w *stream) Sync() error {
	w.s.out.flush()
	return nil
}
