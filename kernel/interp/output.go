package interp

// This file defines how printed text becomes Stream events.

import (
	"os"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

const (
	gatherTime  = 5 * time.Millisecond // a text waits at most this long for more
	gatherBytes = 64 << 10             // and for at most so much

	// burst is how many writes in a gatherTime leave at once, each in a frame of its own. What a
	// cell prints before it crashes the process must not be lost in a buffer; only a cell that
	// prints more than that is slowed down by the system calls enough to be worth gathering for.
	burst = 24
)

// An output gathers what the goroutines of one run print. Its methods may be called concurrently.
type output struct {
	send func(name, text string) // blocks while the kernel process doesn't read

	mu     sync.Mutex // protects the fields below and the order of what is sent
	name   string     // the stream that buf is for
	buf    []byte
	timer  *time.Timer // nil before the first use; set while buf waits
	window time.Time   // when the writes were counted from
	writes int

	waits atomic.Bool // buf isn't empty

	diverted *diverted // where text goes instead; nil if it is sent
}

// mostDiverted is how many bytes of diverted text are kept.
const mostDiverted = 64 << 10

// diverted is printed text that is kept instead of sent.
type diverted struct {
	text  []byte
	outer *diverted // what was in its place before
}

// divert keeps what is printed from now on, up to mostDiverted bytes, instead of sending it. The function that it
// returns ends that and returns the text.
func (o *output) divert() func() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flushLocked(true)
	d := &diverted{outer: o.diverted}
	o.diverted = d
	return func() string {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.diverted = d.outer
		return string(d.text[:wholeRunes(d.text)])
	}
}

// write appends p to a stream, "stdout" or "stderr".
func (o *output) write(name string, p []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(p) == 0 {
		return
	}
	if d := o.diverted; d != nil {
		d.text = append(d.text, p[:min(len(p), mostDiverted-len(d.text))]...)
		return
	}
	if name != o.name {
		o.flushLocked(true)
		o.name = name
	}
	o.buf = append(o.buf, p...)
	now := time.Now()
	if now.Sub(o.window) > gatherTime {
		o.window, o.writes = now, 0
	}
	o.writes++
	o.waits.Store(true)
	switch {
	case o.writes <= burst || len(o.buf) >= gatherBytes:
		o.flushLocked(false)
	case len(o.buf) > len(p):
		// The timer is set already.
	case o.timer == nil:
		o.timer = time.AfterFunc(gatherTime, o.tick)
	default:
		o.timer.Reset(gatherTime)
	}
}

// tick is what the timer calls.
func (o *output) tick() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flushLocked(false)
}

// settle sends what was gathered.
func (o *output) settle() {
	if o.waits.Load() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.flushLocked(true)
	}
}

// flush sends what was gathered, and frees the buffer.
func (o *output) flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flushLocked(true)
	o.buf = nil
}

// flushLocked sends the buffer up to the last whole character, or all of it.
func (o *output) flushLocked(all bool) {
	n := len(o.buf)
	if !all {
		n = wholeRunes(o.buf)
	}
	if n == 0 {
		return
	}
	defer func() { o.waits.Store(len(o.buf) > 0) }()
	// Bytes that are no UTF-8 become U+FFFD in the JSON encoder.
	o.send(o.name, string(o.buf[:n]))
	o.buf = append(o.buf[:0], o.buf[n:]...)
}

// wholeRunes returns the length of p without a character at its end that is not complete.
func wholeRunes(p []byte) int {
	for i := len(p) - 1; i >= 0 && i >= len(p)-utf8.UTFMax; i-- {
		if utf8.RuneStart(p[i]) {
			if !utf8.FullRune(p[i:]) {
				return i
			}
			break
		}
	}
	return len(p)
}

// A stream is stdout or stderr as cells see it: what is written to it goes to the cell that started
// the goroutine. Its methods may be called concurrently.
type stream struct {
	s    *runner
	name string

	redirected bool     // it is file that cells have put in the stream's place
	file       *os.File // nil is a file as well, whose methods fail
}

// Write never blocks an ended run's goroutines: their text is dropped and they get an error, which
// ends loops like io.Copy.
func (w *stream) Write(p []byte) (int, error) {
	if w.redirected {
		return w.put(p)
	}
	r := w.s.threads.current()
	if r == nil {
		return len(p), nil
	}
	if r.dying.Load() {
		return 0, errInterrupted
	}
	w.s.processes.order()
	w.s.settleTests(r)
	r.out.write(w.name, p)
	return len(p), nil
}

// WriteString is Write.
func (w *stream) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

// Fd is the descriptor behind the stream, for code that asks whether it is a terminal.
func (w *stream) Fd() uintptr {
	if w.redirected {
		return w.file.Fd()
	}
	if w.name == "stderr" {
		return 2
	}
	return 1
}

// Name is the name that os.Stdout or os.Stderr has.
func (w *stream) Name() string {
	if w.redirected {
		return w.file.Name()
	}
	return "/dev/" + w.name
}

// Close closes a file of the cell's; the notebook's stream stays open, because later cells want to write too.
func (w *stream) Close() error {
	if w.redirected {
		return w.file.Close()
	}
	return nil
}

// Sync sends what was written.
func (w *stream) Sync() error {
	if w.redirected {
		return w.file.Sync()
	}
	if r := w.s.threads.current(); r != nil {
		r.out.flush()
	}
	return nil
}
