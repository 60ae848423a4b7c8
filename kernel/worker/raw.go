package worker

// This file processes the bytes of descriptors 1 and 2: it counts them, so that the end of a run knows how many are
// still to come, keeps runes whole, and holds back text that is part of a crash report.

import (
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode/utf8"
)

// A piece is the result of one read of a descriptor, or its end.
type piece struct {
	fd    int // 0 for descriptor 1, 1 for descriptor 2
	bytes []byte
	end   bool
}

// A descriptor is our end of the pipe for descriptor 1 or 2.
type descriptor struct {
	raw syscall.RawConn

	mu  sync.Mutex // is held from before bytes leave the pipe until they are counted
	got int64      // bytes that were read
}

func newDescriptor(f *os.File) (*descriptor, error) {
	raw, err := f.SyscallConn()
	return &descriptor{raw: raw}, err
}

// read is Read of io.Reader.
func (d *descriptor) read(b []byte) (n int, err error) {
	var failed error
	err = d.raw.Read(func(fd uintptr) (done bool) {
		d.mu.Lock()
		defer d.mu.Unlock()
		n, failed = readNow(fd, b)
		if failed == errNothing {
			return false
		}
		n = max(n, 0)
		d.got += int64(n)
		return true
	})
	switch {
	case err != nil:
		return 0, err
	case n == 0 && failed == nil:
		return 0, io.EOF
	}
	return n, failed
}

// due returns how many bytes have been written to the pipe so far: those that were read and those that wait in it.
func (d *descriptor) due() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	_ = d.raw.Control(func(fd uintptr) { n = waiting(fd) }) // it fails if the pipe is closed
	return d.got + int64(n)
}

// A speller keeps the runes of a descriptor whole.
type speller struct {
	rest []byte // the beginning of a rune
}

// add returns the text up to the last whole rune in b, and keeps the rest.
func (s *speller) add(b []byte) string {
	b = append(s.rest, b...)
	n := len(b) - partialRune(b)
	s.rest = b[n:len(b):len(b)]
	return valid(b[:n])
}

// take returns the rest as text, and forgets it.
func (s *speller) take() string {
	text := valid(s.rest)
	s.rest = nil
	return text
}

func valid(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }

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
	// holdLong is how long it is held back if it looks like a crash report: the computer may be busy.
	holdLong = time.Second
	// holdMost and holdBytes bound how long, and how much of it, is held back when a report has begun.
	holdMost  = 5 * time.Second
	holdBytes = 1 << 20
)

// A held is text of descriptor 2 that may turn out to be a crash report.
type held struct {
	text  []byte
	since time.Time
	// native is what cutNative found in text that was released: on a busy computer the runtime's report begins late.
	native string
}

// add holds text and returns the text for which there is no more room.
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

// due returns when the text must be released; zero: there is none.
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
	if _, native := cutNative(text); native != "" {
		h.native = native
	}
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

// cutReport separates the crash report from the output of a process that ended with code: text is the held text of
// descriptor 2, tail the text that came through link.CrashFD. For a fatal error the runtime begins to write to
// link.CrashFD only after the line that names the error, so only text has the whole report. The report is removed line
// by line, because lines that other threads wrote at the same time may stand between.
func cutReport(text, tail string, cut bool, code int) (shown, report string) {
	rest, native := text, ""
	if tail != "" || code == 2 || code == -1 {
		rest, native = cutNative(text)
	}
	lines := strings.SplitAfter(rest, "\n")
	first := firstLine(tail)
	anchor := slices.IndexFunc(lines, func(l string) bool {
		return first != "" && strings.HasSuffix(strings.TrimSuffix(l, "\n"), first) ||
			tail == "" && code == 2 && looksFatal(l)
	})
	switch {
	case anchor < 0 && native != "":
		return strings.TrimSuffix(rest, "\n"), native + tail
	case anchor < 0:
		return text, tail
	}
	before := ""
	if tail != "" { // the output may end within a line
		before = strings.TrimSuffix(strings.TrimSuffix(lines[anchor], "\n"), first)
	}
	start := anchor
	for i := anchor - 1; i >= 0 && (lines[i] == "\n" || looksFatal(lines[i])); i-- {
		if lines[i] != "\n" {
			start = i
		}
	}
	if native != "" { // its last piece is a newline
		for start > 0 && lines[start-1] == "\n" {
			start--
		}
	}
	if tail == "" { // link.CrashFD was closed
		return strings.Join(lines[:start], ""), native + strings.Join(lines[start:], "")
	}
	b := new(strings.Builder)
	b.WriteString(strings.Join(lines[:start], "") + before)
	lines[anchor] = lines[anchor][len(before):]
	others(b, lines[anchor:], tail, cut, native != "")
	return b.String(), native + strings.Join(lines[start:anchor], "") + strings.TrimLeft(tail, "\n")
}

// others writes to b the lines that aren't part of the report in tail. If native text was mixed with the report, its
// newlines have broken lines of it.
func others(b *strings.Builder, lines []string, tail string, cut, native bool) {
	count := make(map[string]int)
	missing := 0
	for l := range strings.Lines(tail) {
		count[l]++
		missing++
	}
	for _, l := range lines {
		switch {
		case count[l] > 0:
			count[l]--
			missing--
		case native && (cut || strings.Contains(tail, strings.TrimSuffix(l, "\n"))):
		case cut && missing <= 1: // the report continues, here but not there
			count = nil
		case l != "\n" && count != nil:
			b.WriteString(l)
		}
	}
}

// firstLine returns the first line of text that isn't empty.
func firstLine(text string) string {
	first, _, _ := strings.Cut(strings.TrimLeft(text, "\n"), "\n")
	return first
}
