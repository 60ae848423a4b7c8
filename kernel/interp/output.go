package interp

// This file defines the output of cells: what goroutines print is gathered by cell and sent in order,
// coalesced, so that a million short lines are not a million frames.

import (
	"io"
	"sync"
	"time"
	"unicode/utf8"

	"gilkernel/kernel/interp/link"
)

const (
	// coalesce is how long text waits for more of its kind. The first text after a pause doesn't wait.
	coalesce = 4 * time.Millisecond
	// fullText is how much text is sent without waiting for more, in bytes.
	fullText = 48 << 10
)

// output gathers and sends. It is safe for concurrent use. When the kernel process doesn't read, the
// printing goroutine waits: nothing is lost here.
type output struct {
	events *link.Writer

	mu      sync.Mutex // protects the fields below, and the order of events
	cell    *cell      // whose text is pending
	name    string     // "stdout" or "stderr"
	pending []byte
	part    map[part][]byte // bytes of a rune that was cut by a Write
	last    time.Time       // when text was last sent
	timer   *time.Timer     // sends pending text; nil when none is pending
}

// part names a stream of a cell.
type part struct {
	cell int
	name string
}

func newOutput(events *link.Writer) *output {
	return &output{events: events, part: map[part][]byte{}}
}

// text adds text of a cell.
func (o *output) text(c *cell, name string, b []byte) {
	if c == nil || c.quiet || len(b) == 0 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cell != c || o.name != name {
		o.flushLocked()
		o.cell, o.name = c, name
	}
	o.pending = append(o.pending, b...)
	switch {
	case len(o.pending) >= fullText:
		o.flushLocked()
	case o.timer != nil: // it will be sent soon
	case time.Since(o.last) > coalesce:
		o.flushLocked()
	default:
		o.timer = time.AfterFunc(coalesce, func() {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.flushLocked()
		})
	}
}

// flush sends what is pending.
func (o *output) flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flushLocked()
}

func (o *output) flushLocked() {
	if o.timer != nil {
		o.timer.Stop()
		o.timer = nil
	}
	if len(o.pending) == 0 {
		return
	}
	p := part{o.cell.id, o.name}
	text := o.pending
	if rest := o.part[p]; rest != nil {
		text = append(rest, text...)
		delete(o.part, p)
	}
	if n := cutRune(text); n > 0 {
		o.part[p] = append([]byte(nil), text[len(text)-n:]...)
		text = text[:len(text)-n]
	}
	if len(text) > 0 {
		// Invalid UTF-8 becomes U+FFFD in JSON, as in a terminal.
		o.sendLocked(&link.Event{Cell: o.cell.id, Stream: &link.Stream{Name: o.name, Text: string(text)}})
	}
	o.pending = o.pending[:0]
	o.last = time.Now()
}

// cutRune returns how many bytes at the end of b are the beginning of a rune.
func cutRune(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

// send sends an event after all text that was printed before it.
func (o *output) send(ev *link.Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flushLocked()
	o.sendLocked(ev)
}

// close sends what a cell's text still lacks: the beginning of a rune that never came whole.
func (o *output) close(c *cell) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flushLocked()
	for _, name := range []string{"stdout", "stderr"} {
		p := part{c.id, name}
		if rest := o.part[p]; rest != nil {
			delete(o.part, p)
			o.sendLocked(&link.Event{Cell: c.id, Stream: &link.Stream{Name: name, Text: string(rest)}})
		}
	}
}

func (o *output) sendLocked(ev *link.Event) {
	// An error means that the kernel process is gone; serve sees it too, and ends the process.
	_ = o.events.Write(ev)
}

// stream is an io.Writer that knows who writes: text goes to the cell of the calling goroutine.
type stream struct {
	s    *session
	name string
}

var _ io.Writer = (*stream)(nil)

// Write never fails. A thread that was told to end ends here instead of printing.
func (w *stream) Write(b []byte) (int, error) {
	t := w.s.threads.current()
	if t != nil && t.cell.dying.Load() {
		w.s.tick(t)
		return len(b), nil // it is unwinding: what its deferred functions print is dropped
	}
	w.s.out.text(w.s.cellOf(t), w.name, b)
	return len(b), nil
}

// WriteString is Write for strings, as *os.File has it.
func (w *stream) WriteString(s string) (int, error) { return w.Write([]byte(s)) }
