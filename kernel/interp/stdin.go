package interp

// This file defines standard input as cells see it: it asks the front end for each line.

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"gilkernel/kernel/link"
)

// Errors of reads for which the front end can't be asked.
var (
	errNoInput = errors.New("stdin is not available: this front end does not allow input requests")
	errEnded   = errors.New(link.EndedInput)
	errNoCell  = errors.New("stdin is not available: this goroutine belongs to no cell")
)

// A stdin asks the front end for lines. Its methods may be called concurrently; one question is asked at a time. The
// unread rest of a cell's line is discarded when another cell reads.
type stdin struct {
	s *runner

	redirected bool     // it reads from file, which a cell has assigned
	file       *os.File // may be nil, which is a file whose methods fail

	answers chan *link.Input // 1 slot: the answer to the present question
	turn    chan struct{}    // holds a token while no goroutine asks

	mu    sync.Mutex // protects the fields below
	asked bool
	id    int  // of the last question
	owner *run // the run that line belongs to
	line  []byte
	eof   bool   // the next read of owner is the end of file
	last  []byte // the value of line before the last ReadRune; nil: nothing to unread
}

func newStdin(s *runner) *stdin {
	in := &stdin{s: s, answers: make(chan *link.Input, 1), turn: make(chan struct{}, 1)}
	in.turn <- struct{}{}
	return in
}

// answer delivers an answer. It discards an answer to another question, or to none.
func (in *stdin) answer(a *link.Input) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.asked && a.ID == in.id {
		in.asked = false
		in.answers <- a
	}
}

// ask asks for a line on behalf of the calling goroutine's run and returns it without its newline.
func (in *stdin) ask(prompt string, password bool) (string, error) {
	text, err := in.askFor(in.s.threads.current(), nil, prompt, password)
	if err == errInterrupted {
		in.s.tick()
	}
	return text, err
}

// askFor asks for a line on behalf of a run, which may be nil. When ended is closed, it withdraws the question and
// returns io.EOF.
func (in *stdin) askFor(r *run, ended <-chan struct{}, prompt string, password bool) (string, error) {
	in.s.mu.Lock()
	current := in.s.current
	in.s.mu.Unlock()
	switch {
	case r == nil:
		return "", errNoCell
	case r.exploring.Load() != nil:
		return "", r.exploring.Load().asks()
	case !r.input:
		return "", errNoInput
	case r != current:
		return "", errEnded
	}
	select {
	case <-in.turn:
	case <-r.over:
		return "", errEnded
	case <-r.cancel:
		return "", errInterrupted
	case <-ended:
		return "", io.EOF
	}
	defer func() { in.turn <- struct{}{} }()
	in.mu.Lock()
	in.asked = true
	in.id++
	id := in.id
	in.mu.Unlock()
	r.out.flush()
	in.s.send(&link.Event{Cell: r.id, Input: &link.InputRequest{ID: id, Prompt: prompt, Password: password}})
	select {
	case a := <-in.answers:
		switch {
		case a.Error != "":
			return "", errors.New(a.Error)
		case a.EOF:
			return "", io.EOF
		}
		return a.Text, nil
	case <-r.over:
		in.withdraw()
		return "", errEnded
	case <-r.cancel:
		in.withdraw()
		return "", errInterrupted
	case <-ended:
		in.withdraw()
		return "", io.EOF
	}
}

// withdraw forgets the present question: its answer, if one comes, is discarded.
func (in *stdin) withdraw() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.asked { // the answer came at the same time
		<-in.answers
	}
	in.asked = false
}

// fill makes sure that line isn't empty: it asks for another one if necessary.
func (in *stdin) fill() error {
	r := in.s.threads.current()
	in.mu.Lock()
	if in.owner != r {
		in.owner, in.line, in.last, in.eof = r, nil, nil, false
	}
	ready := len(in.line) > 0
	in.mu.Unlock()
	if ready {
		return nil
	}
	text, err := in.ask("", false)
	if err != nil {
		return err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.line = append([]byte(strings.TrimSuffix(text, "\n")), '\n')
	in.last = nil
	return nil
}

// Fd returns the descriptor of the process's own standard input, which is empty, or of the assigned file.
func (in *stdin) Fd() uintptr {
	if in.redirected {
		return in.file.Fd()
	}
	return 0
}

// Name returns the name that os.Stdin has.
func (in *stdin) Name() string {
	if in.redirected {
		return in.file.Name()
	}
	return "/dev/stdin"
}

// Close closes an assigned file; the notebook's input stays open, because later cells may read it.
func (in *stdin) Close() error {
	if in.redirected {
		return in.file.Close()
	}
	return nil
}

// Stat describes the process's own standard input, or the assigned file.
func (in *stdin) Stat() (fs.FileInfo, error) {
	if in.redirected {
		return in.file.Stat()
	}
	return in.s.standard.in.Stat()
}

// Read reads the rest of the line, or asks for the next one.
func (in *stdin) Read(p []byte) (int, error) {
	if in.redirected {
		return in.file.Read(p)
	}
	if len(p) == 0 {
		return 0, nil
	}
	if err := in.fill(); err != nil {
		return 0, err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	n := copy(p, in.line)
	in.line, in.last = in.line[n:], nil
	return n, nil
}

// ReadRune reads a rune. With UnreadRune, it keeps fmt.Scan from losing the rune after a value.
func (in *stdin) ReadRune() (rune, int, error) {
	if in.redirected {
		return in.readRune()
	}
	if err := in.fill(); err != nil {
		return 0, 0, err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	c, n := utf8.DecodeRune(in.line)
	in.last = in.line
	in.line = in.line[n:]
	return c, n, nil
}

// UnreadRune unreads the rune of the last ReadRune.
func (in *stdin) UnreadRune() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.last == nil {
		return errNothingToUnread
	}
	in.line, in.last = in.last, nil
	return nil
}
