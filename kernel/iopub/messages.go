package iopub

// This file defines the messages: one method for each, named as in "Messages on the IOPub
// (PUB/SUB) channel" of jupyter_client's messaging.rst.

import (
	"context"
	"encoding/json"
	"time"

	"gilkernel/kernel/wire"
)

// A Bundle is what is displayed, in one or several media types.
type Bundle struct {
	Data     map[string]json.RawMessage // by media type; nil is {}
	Metadata map[string]json.RawMessage // nil is {}
	ID       string                     // display_id; "" for none
}

// content returns the content of a display message, with an execution count if count isn't nil.
func (b Bundle) content(count *int) json.RawMessage {
	c := struct {
		Data      map[string]json.RawMessage `json:"data"`
		Metadata  map[string]json.RawMessage `json:"metadata"`
		Transient map[string]string          `json:"transient,omitempty"`
		Count     *int                       `json:"execution_count,omitempty"`
	}{Data: b.Data, Metadata: b.Metadata, Count: count}
	if c.Data == nil {
		c.Data = map[string]json.RawMessage{}
	}
	if c.Metadata == nil {
		c.Metadata = map[string]json.RawMessage{}
	}
	if b.ID != "" {
		c.Transient = map[string]string{"display_id": b.ID}
	}
	return content(c)
}

// Status publishes the state "starting", "busy" or "idle". Nothing of another parent delays it.
func (p *Publisher) Status(parent json.RawMessage, state string) {
	p.add(parent, statusItem(state))
}

func statusItem(state string) *item {
	return &item{msgType: "status", content: content(map[string]string{"execution_state": state})}
}

// Begin is Status with "busy" and ExecuteInput, which leave together: now, or if later is set with the next message of
// any parent or with Release, whichever comes first.
func (p *Publisher) Begin(parent json.RawMessage, code string, count int, later bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	l := p.laneLocked(parent)
	l.push(statusItem("busy"))
	l.push(inputItem(code, count))
	p.enqueueLocked(l)
	if !later {
		p.kickLocked(time.Now())
	}
}

// Release sends what Begin has left for later.
func (p *Publisher) Release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.kickLocked(time.Now())
	}
}

// ExecuteInput publishes the code of an execute_request, with the number that its reply will have.
func (p *Publisher) ExecuteInput(parent json.RawMessage, code string, count int) {
	p.add(parent, inputItem(code, count))
}

func inputItem(code string, count int) *item {
	return &item{msgType: "execute_input", content: content(struct {
		Code  string `json:"code"`
		Count int    `json:"execution_count"`
	}{code, count})}
}

// Stream publishes text for "stdout" or "stderr". The first text of a quiet stream leaves at once,
// what follows within MergeDelay is merged with more. What exceeds the cell's limit is dropped.
func (p *Publisher) Stream(parent json.RawMessage, name, text string) {
	if text == "" {
		return
	}
	p.output(parent, func(now time.Time, l *lane) {
		if text = l.admitText(text, p.limit); text != "" {
			l.addText(p.stream(name), text, now, p.opts.MergeDelay, p.opts.MergeBytes)
		}
	})
}

// stream is the name under which a stream's text is published.
func (p *Publisher) stream(name string) string {
	if p.opts.OneStream {
		return "stdout"
	}
	return name
}

// Display publishes a display_data.
func (p *Publisher) Display(parent json.RawMessage, b Bundle) {
	c := b.content(nil)
	p.output(parent, func(_ time.Time, l *lane) {
		if l.admitDisplay(int64(len(c)), p.limit) {
			l.push(&item{msgType: "display_data", output: true, content: c})
		}
	})
}

// Update publishes an update_display_data. It takes the place of an update of the same b.ID that
// still waits: only the last state is worth sending.
func (p *Publisher) Update(parent json.RawMessage, b Bundle) {
	c := b.content(nil)
	p.output(parent, func(_ time.Time, l *lane) {
		if !l.replaceUpdate(b.ID, c) && l.admitUpdate(int64(len(c)), p.limit) {
			l.push(&item{msgType: "update_display_data", output: true, content: c, id: b.ID})
		}
	})
}

// Result publishes an execute_result.
func (p *Publisher) Result(parent json.RawMessage, count int, b Bundle) {
	p.last(parent, "execute_result", b.content(&count))
}

// Error publishes an error: its name, its text of one line, and the lines of its traceback.
func (p *Publisher) Error(parent json.RawMessage, name, value string, traceback []string) {
	if traceback == nil {
		traceback = []string{}
	}
	p.last(parent, "error", content(struct {
		Name      string   `json:"ename"`
		Value     string   `json:"evalue"`
		Traceback []string `json:"traceback"`
	}{name, value, traceback}))
}

// last publishes what a cell may show beyond its limit.
func (p *Publisher) last(parent json.RawMessage, msgType string, c json.RawMessage) {
	p.output(parent, func(_ time.Time, l *lane) {
		if l.admitError(int64(len(c)), p.limit) {
			l.push(&item{msgType: msgType, output: true, content: c})
		}
	})
}

// Clear publishes a clear_output. It resets the cell's limit, because the front end forgets what was there; for the
// same reason a flood that still waits isn't sent any more.
func (p *Publisher) Clear(parent json.RawMessage, wait bool) {
	p.output(parent, func(_ time.Time, l *lane) {
		if l.bytes > clearAbove || len(l.pending) > crowded {
			l.dropOutput()
		}
		l.passed, l.flooded = l.bytes, false
		l.push(&item{msgType: "clear_output", output: true, content: content(map[string]bool{"wait": wait})})
	})
}

// Comm publishes comm_open, comm_msg or comm_close; c is marshalled to its content.
func (p *Publisher) Comm(parent json.RawMessage, msgType string, c any, metadata json.RawMessage, buffers [][]byte) {
	p.add(parent, &item{msgType: msgType, content: content(c), metadata: metadata, buffers: buffers})
}

// Raw publishes a message of any other type, such as shutdown_reply; c is marshalled to its content.
// Neither limits nor the window hold it back, only what its parent published before.
func (p *Publisher) Raw(parent json.RawMessage, msgType string, c any) {
	p.add(parent, &item{msgType: msgType, content: content(c)})
}

// Welcome returns the iopub_welcome that answers a subscription, nil after an error. Its topic is the subscription, and
// it has no parent. It is for the subscriber alone: other subscribers get their own.
func (p *Publisher) Welcome(subscription []byte) [][]byte {
	frames, err := p.codec.Encode(&wire.Message{
		Identities: [][]byte{subscription},
		Header:     wire.NewHeader("iopub_welcome", p.session, "kernel"),
		Content:    content(map[string]string{"subscription": string(subscription)}),
	})
	if err != nil {
		p.opts.Logf("encoding iopub_welcome: %v", err)
		return nil
	}
	return frames
}

// Notice adds a line of the kernel's own to parent's stderr. No limit applies to it.
func (p *Publisher) Notice(parent json.RawMessage, line string) {
	p.output(parent, func(now time.Time, l *lane) { p.lineLocked(now, l, line) })
}

// Room waits until less output than Options.Waiting waits to be sent, the Publisher is closed or ctx ends. A producer
// of unlimited output calls it before each piece: this is what slows a cell down to the pace of the front ends when its
// limit doesn't end it.
func (p *Publisher) Room(ctx context.Context) {
	for {
		p.mu.Lock()
		if p.closed || p.waitingLocked() < p.opts.Waiting {
			p.mu.Unlock()
			return
		}
		if p.room == nil {
			p.room = make(chan struct{})
		}
		room := p.room
		p.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
			return
		}
	}
}

// waitingLocked returns the bytes of output that wait.
func (p *Publisher) waitingLocked() (bytes int64) {
	for _, l := range p.queue {
		bytes += l.bytes
	}
	return bytes
}

// Flush waits until all that was published for parent was sent, which output above the front end's
// pace can make take seconds. If output was dropped, a last line says how much. The error is ctx's or
// ErrClosed.
func (p *Publisher) Flush(ctx context.Context, parent json.RawMessage) error {
	p.mu.Lock()
	l := p.lanes[string(parent)]
	if p.closed || l == nil {
		defer p.mu.Unlock()
		if p.closed {
			return ErrClosed
		}
		return nil
	}
	now := time.Now()
	p.noticeLocked(now, l)
	l.hurry = true
	p.kickLocked(now)
	if len(l.pending) == 0 {
		l.hurry = false
		p.mu.Unlock()
		return nil
	}
	sent := make(chan struct{})
	l.waiters = append(l.waiters, sent)
	p.mu.Unlock()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-sent:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	return nil
}

// Discard drops the output of parent that the front end's pace holds back, and says how much that was
// and why: a clause such as "the cell was interrupted". Without such output it does nothing.
func (p *Publisher) Discard(parent json.RawMessage, why string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lanes[string(parent)]
	if p.closed || l == nil {
		return
	}
	now := time.Now()
	hurry := l.hurry
	l.hurry = true // what there is room for is sent, not dropped
	p.kickLocked(now)
	if l.bytes > 0 {
		p.lineLocked(now, l, thousands(l.dropOutput())+" bytes of output were not sent: "+why)
		p.kickLocked(now)
	}
	l.hurry = hurry && len(l.pending) > 0
}

// SetOutputLimit sets how many bytes of output a cell may have, from now on. A cell that has reached the old limit
// continues if the new one is higher.
func (p *Publisher) SetOutputLimit(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.limit = n
	for _, l := range p.known {
		l.flooded = l.flooded && l.passed >= n
	}
}

// add publishes what nothing but its own lane holds back.
func (p *Publisher) add(parent json.RawMessage, it *item) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.addLocked(time.Now(), p.laneLocked(parent), it)
}

// output publishes what put adds to parent's lane, as far as the limit allows.
func (p *Publisher) output(parent json.RawMessage, put func(time.Time, *lane)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	now := time.Now()
	l := p.laneLocked(parent)
	put(now, l)
	p.rememberLocked(l)
	if len(l.pending) > 0 {
		p.enqueueLocked(l)
		p.kickLocked(now)
	}
	p.floodedLocked(now, l)
}
