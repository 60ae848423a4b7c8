package interp

// This file defines os.Stdin, os.Stdout and os.Stderr as variables: a cell may assign files to them, and what
// prints or reads through them then uses those, as in any Go program.

import (
	"errors"
	"fmt"
	"os"
	"unicode/utf8"

	"gilkernel/kernel/link"
)

// standard are the values of the three variables at one moment.
type standard struct {
	in, out, err *os.File
}

func currentStandard() standard { return standard{os.Stdin, os.Stdout, os.Stderr} }

// The three functions return what the variables stand for now: the notebook's stream, or the file that a cell has
// assigned. A cell that keeps what it got keeps using that, as it would the file.

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
		s.redirected = &stdin{s: s, redirected: true, file: now} // the last rune read stays known
	}
	return s.redirected
}

// put writes to the file that a cell has assigned, and remembers the first failure: cells ignore the result of
// fmt.Println.
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

// variable is the name that the stream has in package os.
func (w *stream) variable() string {
	if w.name == "stderr" {
		return "Stderr"
	}
	return "Stdout"
}

// readRune reads a character from the file byte by byte, so that what follows stays in it.
func (in *stdin) readRune() (rune, int, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.line) > 0 { // it was given back
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

// redirections are the notes about standard streams that a run has left otherwise than it found them, or has lost
// output to.
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
