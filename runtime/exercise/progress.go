package exercise

// This file defines the learner's file. Each line is a JSON document that records one thing the learner did. The file
// only grows, so several notebooks can write to it at the same time, and a truncated line loses only itself.

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// entry is a line of the file.
type entry struct {
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	ID     string    `json:"id,omitempty"` // of the question or the exercise; for a reset, "" means all
	Answer string    `json:"answer,omitempty"`
	Passed bool      `json:"passed,omitempty"`
}

// The kinds of entries.
const (
	kindPrediction = "prediction"
	kindAttempt    = "attempt"
	kindHint       = "hint"
	kindSolution   = "solution"
	kindReset      = "reset"
)

// done is what a learner did in one exercise.
type done struct {
	attempts, hints int
	solved          bool
}

// progress is the content of the file.
type progress struct {
	predictions map[string]string // the letter by the question's id
	exercises   map[string]done
	unwritten   bool   // a part of it is not in the file
	warning     string // a sentence about what is wrong with the file, for the end of a card, or ""
}

// maxLine bounds a line: longer ones weren't written by this package.
const maxLine = 1 << 16

// maxFile bounds the size of a file that is read.
const maxFile = 16 << 20

// file is the learner's file. Its methods are safe for concurrent use.
type file struct {
	path string

	mu   sync.Mutex
	rest []entry // what could not be written: it is remembered as long as the Course
}

// add appends an entry. It returns a warning for the learner if that fails, or "".
func (f *file) add(e entry) (warning string) {
	if f.path == "" {
		f.remember(e)
		return ""
	}
	e.At = time.Now().UTC().Truncate(time.Second)
	line, err := json.Marshal(e)
	if err == nil {
		err = f.append(append(line, '\n'))
	}
	if err != nil {
		f.remember(e)
		return fmt.Sprintf("\n\nThis is remembered only until the kernel restarts, because it could not be written: "+
			"%v. Set GILKERNEL_PROGRESS to the path of a writable file.", err)
	}
	return ""
}

func (f *file) remember(e entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rest = append(f.rest, e)
}

func (f *file) append(line []byte) error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o755); err != nil {
		return err
	}
	if info, err := os.Stat(f.path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", f.path)
	}
	w, err := os.OpenFile(f.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := w.Write(line); err != nil {
		w.Close()
		return err
	}
	return w.Close()
}

// read returns the content of the file, and what could not be written into it. A file that doesn't exist counts as
// empty.
func (f *file) read() progress {
	p := f.stored()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.rest {
		p.apply(e)
	}
	p.unwritten = len(f.rest) > 0
	return p
}

func (f *file) stored() progress {
	p := progress{predictions: map[string]string{}, exercises: map[string]done{}}
	if f.path == "" {
		return p
	}
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return p
	case err == nil && !info.Mode().IsRegular():
		err = fmt.Errorf("%s is not a regular file", f.path)
	case err == nil && info.Size() > maxFile:
		err = fmt.Errorf("%s is larger than %d MiB", f.path, maxFile>>20)
	}
	if err != nil {
		p.warning = fmt.Sprintf("\n\nYour progress could not be read: %v.", err)
		return p
	}
	r, err := os.Open(f.path)
	if err != nil {
		p.warning = fmt.Sprintf("\n\nYour progress could not be read: %v.", err)
		return p
	}
	defer r.Close()
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	bad := 0
	for lines.Scan() {
		var e entry
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			bad++
			continue
		}
		p.apply(e)
	}
	if err := lines.Err(); err != nil {
		p.warning = fmt.Sprintf("\n\nYour progress could be read only in part: %v.", err)
	} else if bad > 0 {
		p.warning = fmt.Sprintf("\n\n%d lines of %s are damaged and were skipped.", bad, f.path)
	}
	return p
}

// apply adds an entry.
func (p *progress) apply(e entry) {
	d := p.exercises[e.ID]
	switch e.Kind {
	case kindPrediction:
		p.predictions[e.ID] = e.Answer
		return
	case kindAttempt:
		d.attempts++
		d.solved = d.solved || e.Passed
	case kindHint:
		d.hints++
	case kindReset:
		if e.ID == "" {
			clear(p.predictions)
			clear(p.exercises)
		}
		delete(p.predictions, e.ID)
		delete(p.exercises, e.ID)
		return
	default:
		return // written by a later version
	}
	p.exercises[e.ID] = d
}
