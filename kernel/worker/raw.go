package worker

// This file processes the bytes of descriptors 1 and 2: markers are cut out, runes are kept whole, and text that is
// part of a crash report is held back.

import (
	"bytes"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gilkernel/kernel/link"
)

// A piece is text, or the marker of a run, or the end.
type piece struct {
	fd     int // 0 for descriptor 1, 1 for descriptor 2
	text   string
	marker int // ID of the run whose output ends here
	end    bool
}

// A splitter cuts what comes from a descriptor into pieces.
type splitter struct {
	fd          int
	open, close string // what stands around the number of the run in a link.Marker
	rest        []byte // the beginning of a marker or of a rune
}

func newSplitter(fd int, nonce string) *splitter {
	open, rest, _ := strings.Cut(string(link.Marker(nonce, 0)), "0]")
	return &splitter{fd: fd, open: open, close: "]" + rest}
}

// split returns the pieces that end in b. The texts don't share memory with b.
func (s *splitter) split(b []byte) (pieces []piece) {
	if len(s.rest) > 0 {
		b = append(s.rest, b...)
		s.rest = nil
	}
	open, end := []byte(s.open), []byte(s.close)
	for len(b) > 0 {
		i := bytes.Index(b, open)
		if i < 0 {
			break
		}
		n := bytes.Index(b[i+len(open):], end)
		if n < 0 && len(b)-i < 64 {
			pieces = s.text(pieces, b[:i])
			s.rest = append(s.rest, b[i:]...)
			return pieces
		}
		var id int
		var err error
		if n >= 0 {
			id, err = strconv.Atoi(string(b[i+len(open) : i+len(open)+n]))
		}
		if n < 0 || err != nil { // a cell prints what looks like a marker
			pieces = s.text(pieces, b[:i+len(open)])
			b = b[i+len(open):]
			continue
		}
		pieces = s.text(pieces, b[:i])
		pieces = append(pieces, piece{fd: s.fd, marker: id})
		b = b[i+len(open)+n+len(end):]
	}
	keep := partialPrefix(b, open)
	if keep == 0 {
		keep = partialRune(b)
	}
	pieces = s.text(pieces, b[:len(b)-keep])
	s.rest = append(s.rest, b[len(b)-keep:]...)
	return pieces
}

// end returns what is left.
func (s *splitter) end() []piece {
	pieces := s.text(nil, s.rest)
	s.rest = nil
	return append(pieces, piece{fd: s.fd, end: true})
}

func (s *splitter) text(pieces []piece, b []byte) []piece {
	if len(b) == 0 {
		return pieces
	}
	return append(pieces, piece{fd: s.fd, text: strings.ToValidUTF8(string(b), "\uFFFD")})
}

// partialPrefix returns the length of the longest end of b that is a beginning of open.
func partialPrefix(b, open []byte) int {
	for n := min(len(b), len(open)-1); n > 0; n-- {
		if bytes.HasPrefix(open, b[len(b)-n:]) {
			return n
		}
	}
	return 0
}

// partialRune returns the length of the unfinished rune at the end of b.
func partialRune(b []byte) int {
	for n := 1; n <= min(len(b), utf8.UTFMax-1); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

const (
	// holdTime is how long text of descriptor 2 is held back: the runtime writes each word of a crash
	// report to descriptor 2 and then to link.CrashFD.
	holdTime = 20 * time.Millisecond
	// holdLong is how long it is held back if it reads like a crash report, on a busy computer.
	holdLong = time.Second
	// holdMost is how long and how much of it is held back at most when a report has begun.
	holdMost  = 5 * time.Second
	holdBytes = 1 << 20
)

// A held is text of descriptor 2 that may turn out to be a crash report.
type held struct {
	text  []byte
	since time.Time
}

// add holds text and returns what there is no more room for.
func (h *held) add(now time.Time, text string, crashing bool) (out string) {
	if len(h.text) == 0 {
		h.since = now
	}
	if len(h.text)+len(text) > holdBytes {
		if crashing {
			return "" // the rest of a long report
		}
		out = h.take()
		h.since = now
	}
	h.text = append(h.text, text...)
	return out
}

// due returns when to look at the text again; zero: there is none.
func (h *held) due(crashing bool) time.Time {
	switch {
	case len(h.text) == 0:
		return time.Time{}
	case crashing:
		return h.since.Add(holdMost)
	case looksFatal(string(h.text)):
		return h.since.Add(holdLong)
	}
	return h.since.Add(holdTime)
}

func (h *held) take() string {
	text := string(h.text)
	h.text = nil
	return text
}

// fatalBeginnings are the first words of the runtime's crash reports.
var fatalBeginnings = []string{"fatal error: ", "panic: ", "runtime: ", "SIG", "unexpected fault address", "[signal ",
	"fatal: ", "runtime/cgo: "}

// looksFatal reports whether a line of text begins as a crash report does.
func looksFatal(text string) bool {
	for line := range strings.Lines(text) {
		for _, b := range fatalBeginnings {
			if strings.HasPrefix(line, b) {
				return true
			}
		}
	}
	return false
}

// cutReport separates the crash report from the output of a process that ended with code: text is what was held back of
// descriptor 2, tail what came through link.CrashFD. For a fatal error the runtime begins to write to link.CrashFD only
// after the line that says which, so the whole report is found here alone. It is removed line by line, because what
// other threads wrote at the same time stands between.
func cutReport(text, tail string, cut bool, code int) (shown, report string) {
	lines := strings.SplitAfter(text, "\n")
	anchor := -1
	first := firstLine(tail)
	for i, l := range lines {
		if first != "" && strings.TrimSuffix(l, "\n") == first || tail == "" && code == 2 && looksFatal(l) {
			anchor = i
			break
		}
	}
	if anchor < 0 {
		return text, tail
	}
	start := anchor
	for i := anchor - 1; i >= 0 && (lines[i] == "\n" || looksFatal(lines[i])); i-- {
		if lines[i] != "\n" {
			start = i
		}
	}
	if tail == "" { // link.CrashFD was closed
		return strings.Join(lines[:start], ""), strings.Join(lines[start:], "")
	}
	count := make(map[string]int)
	missing := 0
	for l := range strings.Lines(tail) {
		count[l]++
		missing++
	}
	var b strings.Builder
	b.WriteString(strings.Join(lines[:start], ""))
	for _, l := range lines[anchor:] {
		switch {
		case count[l] > 0:
			count[l]--
			missing--
		case cut && missing <= 1: // the report continues, here but not there
			count = nil
		case l != "\n" && count != nil:
			b.WriteString(l)
		}
	}
	return b.String(), strings.Join(lines[start:anchor], "") + strings.TrimLeft(tail, "\n")
}

// firstLine returns the first line of text that isn't empty.
func firstLine(text string) string {
	first, _, _ := strings.Cut(strings.TrimLeft(text, "\n"), "\n")
	return first
}
