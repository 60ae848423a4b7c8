// Package history keeps the inputs of all sessions in one file that several kernels may share.
package history

// This file defines the history of one kernel: adding an input, and the three questions of a
// history_request (docs/messaging.rst of jupyter_client, "History").
//
// The file has one JSON document in each line. A line is appended with one write to a file opened
// with O_APPEND, so that kernels that run at the same time don't need a lock. A session is named by
// a random token in the file; its number, as Jupyter counts sessions, is the rank of the token's
// first line. That gives two kernels that start in the same instant different numbers without asking
// each other.

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

const (
	// maxOutput is the length in bytes beyond which the text of a result isn't kept.
	maxOutput = 4096
	// maxInput is the length in bytes beyond which an input isn't kept: a pasted data set isn't recalled with the arrow
	// keys, and the file is shared.
	maxInput = 256 << 10
)

// An Entry is one input.
type Entry struct {
	Session int    // 1 is the oldest session in the file
	Line    int    // the input's execution_count
	Input   string // as it was typed
	Output  string // the text of its result, "" when it had none or none was kept
}

// Options are the settings of a History; a nil *Options means the defaults.
type Options struct {
	// MaxBytes is the size of the file in bytes beyond which its older half is dropped when a session
	// writes for the first time; 0 means 4 MiB.
	MaxBytes int64
}

func (o *Options) maxBytes() int64 {
	if o == nil || o.MaxBytes == 0 {
		return 4 << 20
	}
	return o.MaxBytes
}

// A History is one session's view of the file. Its methods may be called concurrently. Nothing is
// read or written before the first call that needs it: a kernel that starts pays nothing.
type History struct {
	path  string
	max   int64
	token string

	mu      sync.Mutex // protects the fields below
	started bool       // the session has its first line in the file
	memory  []line     // this session's lines when there is no file

	together bool   // lines are gathered, see Together
	gathered []line // to be written at its end
}

// New returns the history of a new session in the file at path, which is made with its folder when
// there is something to keep. With an empty path the session is kept in memory only.
func New(path string, o *Options) *History {
	var b [9]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return &History{path: path, max: o.maxBytes(), token: hex.EncodeToString(b[:])}
}

// line is a line of the file: the first line of a session has neither input nor output, an input
// line has In, a result line Out.
type line struct {
	Token string  `json:"s"`
	Time  int64   `json:"t,omitempty"` // seconds since 1970
	N     int     `json:"n,omitempty"`
	In    *string `json:"in,omitempty"`
	Out   *string `json:"out,omitempty"`
	// Rank is the session's number when that can't be found by counting: in a file that was cut.
	Rank int `json:"rank,omitempty"`
}

// Add keeps an input, unless it is longer than 256 KiB; n is its execution_count. An error says that it is not in
// the file. A file that can't be used at all is reported once; from then on the session is kept in memory.
func (h *History) Add(n int, input string) error {
	if len(input) > maxInput {
		return nil
	}
	return h.write(line{Token: h.token, Time: time.Now().Unix(), N: n, In: &input})
}

// AddOutput keeps the text of the result of input n, unless it is very long.
func (h *History) AddOutput(n int, text string) error {
	if len(text) > maxOutput {
		return nil
	}
	return h.write(line{Token: h.token, N: n, Out: &text})
}

func (h *History) write(l line) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.path == "" {
		h.memory = append(h.memory, l)
		return nil
	}
	if !h.started {
		if err := h.begin(); err != nil {
			h.path, h.memory = "", append(h.memory, l)
			return fmt.Errorf("%w; the inputs of this session are forgotten with it", err)
		}
		h.started = true
	}
	if h.together {
		h.gathered = append(h.gathered, l)
		return nil
	}
	if err := appendLines(h.path, l); err != nil {
		return fmt.Errorf("writing the history: %w", err)
	}
	return nil
}

// Together calls add and writes all that it adds with one write, at its end: until then nothing of it is found. What
// others add meanwhile is written with it. Calls don't overlap.
func (h *History) Together(add func()) error {
	h.mu.Lock()
	h.together = true
	h.mu.Unlock()
	add()
	h.mu.Lock()
	defer h.mu.Unlock()
	lines := h.gathered
	h.together, h.gathered = false, nil
	if len(lines) == 0 {
		return nil
	}
	if err := appendLines(h.path, lines...); err != nil {
		return fmt.Errorf("writing the history: %w", err)
	}
	return nil
}

// begin writes the session's first line into the file.
func (h *History) begin() error {
	if err := os.MkdirAll(filepath.Dir(h.path), 0o700); err != nil {
		return fmt.Errorf("making the folder of the history: %w", err)
	}
	if err := compact(h.path, h.max); err != nil {
		return fmt.Errorf("cutting the history: %w", err)
	}
	if err := closeLastLine(h.path); err != nil {
		return fmt.Errorf("writing the history: %w", err)
	}
	if err := appendLines(h.path, line{Token: h.token, Time: time.Now().Unix()}); err != nil {
		return fmt.Errorf("writing the history: %w", err)
	}
	return nil
}

// entries returns all inputs in the order of the file, and the number of this session.
func (h *History) entries() (all []Entry, session int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	lines := h.memory
	if h.path != "" {
		if lines, err = readLines(h.path); err != nil {
			return nil, 0, fmt.Errorf("reading the history: %w", err)
		}
	}
	type key struct {
		token string
		n     int
	}
	place := map[key]int{}
	var ranks ranking
	for _, l := range lines {
		rank := ranks.of(l)
		k := key{l.Token, l.N}
		at, known := place[k]
		switch {
		case l.In != nil && !known: // a known one was written twice, see appendLines
			place[k] = len(all)
			all = append(all, Entry{Session: rank, Line: l.N, Input: *l.In})
		case l.Out != nil && known:
			all[at].Output = *l.Out
		}
	}
	return all, ranks.of(line{Token: h.token}), nil
}

// ranking gives sessions their numbers in the order in which it is shown their first lines. The zero
// value is ready to use.
type ranking struct {
	ranks map[string]int
	last  int
}

func (r *ranking) of(l line) int {
	if r.ranks == nil {
		r.ranks = map[string]int{}
	}
	n := r.ranks[l.Token]
	if n == 0 {
		if n = l.Rank; n == 0 {
			n = r.last + 1
		}
		r.ranks[l.Token], r.last = n, max(r.last, n)
	}
	return n
}

// Range returns the inputs of a session with start <= Line < stop. Session 0 is this one, a negative
// one counts back from it; stop 0 means no end. Negative start and stop count back from the session's
// end, as in IPython's get_range.
func (h *History) Range(session, start, stop int) ([]Entry, error) {
	all, current, err := h.entries()
	if session <= 0 {
		session += current
	}
	if start < 0 || stop < 0 {
		end := 1
		for _, e := range all {
			if e.Session == session {
				end = max(end, e.Line+1)
			}
		}
		if start < 0 {
			start += end
		}
		if stop < 0 {
			stop = max(stop+end, 1) // 0 would mean no end; no line is before 1
		}
	}
	return slices.DeleteFunc(all, func(e Entry) bool {
		return e.Session != session || e.Line < start || stop != 0 && e.Line >= stop
	}), err
}

// Tail returns the last n inputs of all sessions, the oldest first; none if n <= 0.
func (h *History) Tail(n int) ([]Entry, error) {
	all, _, err := h.entries()
	return tail(all, n), err
}

// Search returns the last n inputs that match the pattern as a whole, the oldest first; none if n <= 0.
// In the pattern * stands for any text and ? for one character. With unique, of equal inputs
// only the latest is returned.
func (h *History) Search(pattern string, n int, unique bool) ([]Entry, error) {
	all, _, err := h.entries()
	all = slices.DeleteFunc(all, func(e Entry) bool { return !match(pattern, e.Input) })
	if unique {
		seen := map[string]bool{}
		slices.Reverse(all)
		all = slices.DeleteFunc(all, func(e Entry) bool {
			known := seen[e.Input]
			seen[e.Input] = true
			return known
		})
		slices.Reverse(all)
	}
	return tail(all, n), err
}

func tail(all []Entry, n int) []Entry {
	return all[len(all)-min(max(n, 0), len(all)):]
}

// parse reads a line; ok is false for what is no line of ours, which readers skip.
func parse(b []byte) (l line, ok bool) {
	return l, json.Unmarshal(b, &l) == nil && l.Token != ""
}
