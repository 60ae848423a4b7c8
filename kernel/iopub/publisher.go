// Package iopub publishes a kernel's output at a pace that its front ends can handle.
//
// All that has the same parent (the header of the request that caused it) forms a lane. A lane keeps the exact order of
// its messages; lanes don't wait for each other. What a message meets on its way:
//
//	method ─ flood limit ─ lane (text is merged here) ─ window ─ Codec.Encode ─ send
//	         limit.go      lane.go                      window.go               the XPUB socket
//
// The method's own goroutine takes a message all the way if nothing holds it back, so that the first output of a cell
// isn't delayed. What is held back, for a few milliseconds to be merged or until the window has room, is sent by the
// one goroutine of the Publisher, which sleeps without a timer when nothing is.
package iopub

// This file defines the Publisher: its settings, its goroutine, and the choice of what is sent next.

import (
	"encoding/json"
	"errors"
	"sync"
	"time"

	"gilkernel/kernel/wire"
)

// ErrClosed is what Flush returns when the Publisher was closed before all was sent.
var ErrClosed = errors.New("publisher is closed")

const (
	// DefaultOutputLimit is how many bytes of output a cell may have: enough for 100,000 lines, and
	// what a browser still shows without falling over.
	DefaultOutputLimit = 10<<20 + 64<<10

	defaultMergeDelay = 5 * time.Millisecond
	defaultMergeBytes = 64 << 10

	// JupyterLab's server drops what exceeds 1,000,000 bytes/s of stream messages or 1,000
	// messages/s, both counted over 3 s (rate_limit_window, iopub_data_rate_limit and
	// iopub_msg_rate_limit of jupyter_server). The rest is room for what isn't delayed.
	defaultWindow         = 3 * time.Second
	defaultWindowBytes    = 2_800_000
	defaultWindowMessages = 2_800

	// defaultWaiting is what three cells may have at once within the default limit.
	defaultWaiting = 32 << 20

	// maxRemembered is how many lanes with nothing to send are kept for the sake of their limit. The
	// oldest is forgotten first, which gives a goroutine of a cell long ago a fresh limit.
	maxRemembered = 1024
)

// Options are the settings of a Publisher; a nil *Options or a zero field means the default.
type Options struct {
	OutputLimit    int64         // bytes of output of a cell, see Publisher.SetOutputLimit
	MergeDelay     time.Duration // how long text may wait for more text; 5 ms
	MergeBytes     int           // size from which text doesn't wait, and is split; 64 KiB
	Window         time.Duration // of the two limits below; 3 s
	WindowBytes    int           // most bytes of stream messages within Window; 2.8 MB
	WindowMessages int           // most messages within Window; 2,800
	Waiting        int64         // bytes of output that may wait before Room does; 32 MiB
	OneStream      bool          // what is for stderr is published for stdout
	Logf           func(format string, args ...any)
	// SendAll sends several messages at once, as New's send does one; nil: one after the other.
	SendAll func(messages [][][]byte) error
}

// A Publisher sends iopub messages. Its methods may be called concurrently; what one goroutine gives
// to one parent leaves in the order given. Parent is the raw header of the request, nil for none.
// After Close all methods do nothing.
type Publisher struct {
	codec   *wire.Codec
	send    func(frames [][]byte) error
	session string
	prefix  string // of topics
	opts    Options

	wake chan struct{} // 1 slot: the goroutine has something new to wait for
	quit chan struct{} // closed by Close
	done sync.WaitGroup

	mu     sync.Mutex // protects the fields below
	closed bool
	limit  int64
	window window
	lanes  map[string]*lane // by parent
	queue  []*lane          // those with something to send, in turn
	known  []*lane          // those that are remembered for their limit, oldest first
	armed  time.Time        // when the goroutine wakes by itself; zero: it doesn't
	ready  [][][]byte       // what pumpLocked sends at its end
	room   chan struct{}    // closed when there may be room again; nil while no caller waits in Room
}

// New returns a Publisher that encodes messages of session with codec, with topics of the kernel
// kernelID, and hands them to send, which must not block and must not call the Publisher. Close must
// be called.
func New(codec *wire.Codec, session, kernelID string, send func(frames [][]byte) error, o *Options) *Publisher {
	p := &Publisher{
		codec: codec, send: send, session: session, prefix: "kernel." + kernelID + ".",
		wake: make(chan struct{}, 1), quit: make(chan struct{}),
		lanes: make(map[string]*lane),
	}
	if o != nil {
		p.opts = *o
	}
	setDefault(&p.opts.OutputLimit, DefaultOutputLimit)
	setDefault(&p.opts.MergeDelay, defaultMergeDelay)
	setDefault(&p.opts.MergeBytes, defaultMergeBytes)
	setDefault(&p.opts.Window, defaultWindow)
	setDefault(&p.opts.WindowBytes, defaultWindowBytes)
	setDefault(&p.opts.WindowMessages, defaultWindowMessages)
	setDefault(&p.opts.Waiting, defaultWaiting)
	if p.opts.Logf == nil {
		p.opts.Logf = func(string, ...any) {}
	}
	p.limit = p.opts.OutputLimit
	p.window = window{span: p.opts.Window, maxBytes: p.opts.WindowBytes, maxMessages: p.opts.WindowMessages}
	p.done.Add(1)
	go p.run() // ends when quit is closed; Close waits
	return p
}

func setDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// Close sends what is left except output that the window holds back, releases the callers of Flush, and waits for the
// Publisher's goroutine. Only the first call has an effect.
func (p *Publisher) Close() {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	for _, l := range p.queue {
		l.hurry = true
	}
	p.pumpLocked(time.Now())
	for _, l := range p.queue {
		for _, it := range l.pending {
			if !it.output {
				p.sendLocked(time.Now(), l, it)
			}
		}
		l.pending = nil
		l.release()
	}
	p.sendReadyLocked()
	p.queue = nil
	p.closed = true
	p.roomLocked()
	p.mu.Unlock()
	close(p.quit)
	p.done.Wait()
}

// run sends what was held back. One timer serves all lanes; it is set only while something waits.
func (p *Publisher) run() {
	defer p.done.Done()
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	defer timer.Stop()
	for {
		select {
		case <-p.quit:
			return
		case <-p.wake:
		case <-timer.C:
		}
		p.mu.Lock()
		now := time.Now()
		p.armed = p.pumpLocked(now)
		next := p.armed
		p.mu.Unlock()
		if next.IsZero() {
			timer.Stop()
		} else {
			timer.Reset(next.Sub(now))
		}
	}
}

// kickLocked sends what can be sent now and makes sure that the goroutine wakes for the rest.
func (p *Publisher) kickLocked(now time.Time) {
	next := p.pumpLocked(now)
	if next.IsZero() || !p.armed.IsZero() && !next.Before(p.armed) {
		return
	}
	p.armed = next
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// pumpLocked sends what can be sent now, one message of each lane in turn so that a flooding cell
// takes no more than its share of the window, and returns when to try again; zero: never.
func (p *Publisher) pumpLocked(now time.Time) (next time.Time) {
	for again := true; again; {
		again, next = false, time.Time{}
		for _, l := range p.queue {
			when := p.stepLocked(now, l)
			if when.IsZero() {
				again = again || len(l.pending) > 0
			} else if next.IsZero() || when.Before(next) {
				next = when
			}
		}
	}
	p.sendReadyLocked()
	keep := p.queue[:0]
	for _, l := range p.queue {
		if len(l.pending) == 0 {
			l.release()
		}
		if len(l.pending) > 0 || !l.noticeAt.IsZero() {
			keep = append(keep, l)
			continue
		}
		l.queued = false
		if !l.known {
			delete(p.lanes, l.key) // status messages alone need no memory
		}
	}
	clear(p.queue[len(keep):])
	p.queue = keep
	p.roomLocked()
	return next
}

// roomLocked wakes the waiters in Room if there is room, or never will be.
func (p *Publisher) roomLocked() {
	if p.room != nil && (p.closed || p.waitingLocked() < p.opts.Waiting) {
		close(p.room)
		p.room = nil
	}
}

// stepLocked sends the first message of l and returns zero, or returns when to try again.
func (p *Publisher) stepLocked(now time.Time, l *lane) (when time.Time) {
	if !l.noticeAt.IsZero() && !now.Before(l.noticeAt) {
		p.noticeLocked(now, l)
	}
	if len(l.pending) == 0 {
		return l.noticeAt
	}
	it := l.pending[0]
	if it.text != nil && len(l.pending) == 1 && !l.hurry && it.escaped < p.opts.MergeBytes && now.Before(it.due) {
		return it.due
	}
	if it.output {
		if when := p.window.when(now, it.streamBytes(l)); !when.IsZero() {
			return when
		}
	}
	l.pop()
	p.sendLocked(now, l, it)
	return time.Time{}
}

// sendReadyLocked sends what sendLocked has encoded.
func (p *Publisher) sendReadyLocked() {
	if p.opts.SendAll != nil && len(p.ready) > 1 {
		if err := p.opts.SendAll(p.ready); err != nil {
			p.opts.Logf("sending %d messages: %v", len(p.ready), err)
		}
	} else {
		for _, frames := range p.ready {
			if err := p.send(frames); err != nil {
				p.opts.Logf("sending %s: %v", frames[0], err)
			}
		}
	}
	p.ready = nil
}

// sendLocked encodes it, for sendReadyLocked.
func (p *Publisher) sendLocked(now time.Time, l *lane, it *item) {
	m := &wire.Message{
		Header:       wire.NewHeader(it.msgType, p.session, "kernel"),
		ParentHeader: l.parent,
		Metadata:     it.metadata,
		Content:      it.content,
		Buffers:      it.buffers,
	}
	topic := p.prefix + it.msgType
	if it.text != nil {
		m.Content = streamContent(it.name, it.text)
		topic = "stream." + it.name
		l.lastText = now
	}
	m.Identities = [][]byte{[]byte(topic)}
	frames, err := p.codec.Encode(m)
	if err != nil {
		p.opts.Logf("encoding %s: %v", it.msgType, err)
		return
	}
	if counted(it.msgType) {
		n := 0
		if it.text != nil {
			for _, f := range frames[1:] {
				n += len(f)
			}
		}
		p.window.add(now, n)
	}
	p.ready = append(p.ready, frames)
}

// counted reports whether JupyterLab's server counts a message.
func counted(msgType string) bool {
	return msgType != "status" && msgType != "comm_open" && msgType != "execute_input"
}

// laneLocked returns the lane of parent.
func (p *Publisher) laneLocked(parent json.RawMessage) *lane {
	if l := p.lanes[string(parent)]; l != nil {
		return l
	}
	l := &lane{key: string(parent), parent: parent}
	p.lanes[l.key] = l
	return l
}

// rememberLocked keeps l for its limit and forgets the oldest that has nothing to send.
func (p *Publisher) rememberLocked(l *lane) {
	if l.known {
		return
	}
	l.known = true
	p.known = append(p.known, l)
	for i := 0; len(p.known) > maxRemembered && i < len(p.known); {
		old := p.known[i]
		if old.queued {
			i++
			continue
		}
		delete(p.lanes, old.key) // it is old itself: a known lane stays in lanes until here
		p.known = append(p.known[:i], p.known[i+1:]...)
	}
}

// addLocked puts it at the end of l and sends what can be sent.
func (p *Publisher) addLocked(now time.Time, l *lane, it *item) {
	l.push(it)
	p.enqueueLocked(l)
	p.kickLocked(now)
}

func (p *Publisher) enqueueLocked(l *lane) {
	if !l.queued {
		l.queued = true
		p.queue = append(p.queue, l)
	}
}
