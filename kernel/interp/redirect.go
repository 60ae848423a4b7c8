package interp

// This file supports os.Stdin, os.Stdout and os.Stderr as variables: a cell may assign files to them, which printing
// and reading then use, as in any Go program.

import (
	"errors"
	"fmt"
	"os"
	"unicode/utf8"

	"gilkernel/kernel/link"
)

// standard holds the values of the three variables at one time.
type standard struct {
	in, out, err *os.File
}

func currentStandard() standard { return standard{os.Stdin, os.Stdout, os.Stderr} }

// currentOut, currentErr and currentIn return the present streams: those of the notebook, or of the files that a cell
// has assigned. A cell that keeps a stream keeps using it, as it would the file.

func (s *runner) currentOut() *stream { return s.standing(s.stdout, os.Stdout, s.standard.out) }

func (s *runner) currentErr() *stream { return s.standing(s.stderr, os.Stderr, s.standard.err) }

func (s *runner) standing(own *stream, now, original *os.File) *stream {
	if now == original || s.inTest(now) {
		return own
	}
	return &stream{s: s, name: own.name, redirected: true, file: now}
}

func (s *runner) currentIn() *stdin {
	now := os.Stdin
	if now == s.standard.in {
		return s.input
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.redirected == nil || s.redirected.file != now {
		s.redirected = &stdin{s: s, redirected: true, file: now} // kept, for UnreadRune
	}
	return s.redirected
}

// put writes to the file that a cell has assigned, and records the run's first failure for a note, because cells ignore
// the result of fmt.Println.
func (w *stream) put(p []byte) (int, error) {
	n, err := w.file.Write(p)
	if r := w.s.threads.current(); err != nil && r != nil {
		r.mu.Lock()
		if r.lost == "" {
			r.lost = fmt.Sprintf("what this cell printed is lost, because os.%s is a file that can't be written: %v",
				w.variable(), err)
		}
		r.mu.Unlock()
	}
	return n, err
}

// variable returns the name of the stream in package os.
func (w *stream) variable() string {
	if w.name == "stderr" {
		return "Stderr"
	}
	return "Stdout"
}

// readRune reads a rune from the file byte by byte, so that it reads no byte more.
func (in *stdin) readRune() (rune, int, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.line) > 0 { // unread
		c, n := utf8.DecodeRune(in.line)
		in.last, in.line = in.line, nil
		return c, n, nil
	}
	var b []byte
	for len(b) == 0 || !utf8.FullRune(b) {
		var one [1]byte
		n, err := in.file.Read(one[:])
		if n == 0 {
			if len(b) == 0 {
				return 0, 0, err
			}
			break
		}
		b = append(b, one[0])
	}
	c, n := utf8.DecodeRune(b)
	in.last = b
	return c, n, nil
}

// errNothingToUnread is the error of an UnreadRune without a ReadRune before it.
var errNothingToUnread = errors.New("stdin: nothing to unread")

// redirections returns the notes about standard streams that a run has changed or whose output was lost.
func (s *runner) redirections(r *run) (notes []link.Note) {
	now := currentStandard()
	for _, v := range []struct {
		name             string
		now, was, native *os.File
	}{
		{"Stdin", now.in, r.standard.in, s.standard.in},
		{"Stdout", now.out, r.standard.out, s.standard.out},
		{"Stderr", now.err, r.standard.err, s.standard.err},
	} {
		if v.now == v.was || v.now == v.native || s.tests.Owns(v.now) {
			continue
		}
		what := "what later cells print goes there"
		if v.name == "Stdin" {
			what = "later cells read from there"
		}
		notes = append(notes,
			link.Note{Text: fmt.Sprintf("os.%s is another file from here on, and %s, until its old value is assigned "+
				"to it again", v.name, what)})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lost != "" {
		notes = append(notes, link.Note{Text: r.lost})
	}
	return notes
}
