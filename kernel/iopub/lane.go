package iopub

// This file defines a lane: the messages of one parent that wait to be sent.

import (
	"bytes"
	"encoding/json"
	"time"
	"unicode/utf8"
)

// crowded is the number of waiting messages from which text joins the latest text of its own stream even if text of the
// other stream came between. Up to there the order of stdout and stderr is kept exactly; beyond, a cell that alternates
// between them would fill the memory with messages of a few bytes each.
const crowded = 1000

// An item is a message that waits.
type item struct {
	msgType  string
	output   bool // what the window may hold back, and Discard may drop
	metadata json.RawMessage
	content  json.RawMessage
	buffers  [][]byte
	id       string // display_id of an update_display_data

	// Of stream messages only; the content is made when it is sent.
	name    string
	text    []byte
	escaped int       // size of text as JSON
	due     time.Time // until then more text may be added
}

// size is what the item weighs in memory, about.
func (it *item) size() int { return len(it.text) + len(it.content) }

// streamBytes is what the window needs room for, about.
func (it *item) streamBytes(l *lane) int {
	if it.text == nil {
		return 0
	}
	return it.escaped + len(l.parent) + 300 // header, keys, quotes
}

type lane struct {
	key    string
	parent json.RawMessage

	// All below is protected by Publisher.mu.
	pending  []*item
	bytes    int64 // the sum of the output's sizes in pending
	hurry    bool  // a caller waits in Flush: text waits for no more text
	waiters  []chan struct{}
	lastText time.Time // when the latest text was sent
	queued   bool      // is in Publisher.queue
	known    bool      // is in Publisher.known

	// The flood limit, see limit.go.
	passed   int64 // bytes of output that were let through
	flooded  bool  // the limit was reached
	dropped  int64 // bytes that weren't let through
	told     int64 // the part of dropped that was reported
	noticeAt time.Time
	pause    time.Duration
}

func (l *lane) push(it *item) {
	l.pending = append(l.pending, it)
	if it.output {
		l.bytes += int64(it.size())
	}
}

func (l *lane) pop() {
	it := l.pending[0]
	l.pending[0] = nil
	l.pending = l.pending[1:]
	if len(l.pending) == 0 {
		l.pending = nil // so that a flood's slice isn't kept
	}
	if it.output {
		l.bytes -= int64(it.size())
	}
}

// release wakes the callers of Flush: all was sent.
func (l *lane) release() {
	for _, w := range l.waiters {
		close(w)
	}
	l.waiters, l.hurry = nil, false
}

// tail returns the waiting item that text for the named stream may be added to, or nil.
func (l *lane) tail(name string, max int) *item {
	for i := len(l.pending) - 1; i >= 0 && l.pending[i].text != nil; i-- {
		if it := l.pending[i]; it.name == name {
			if it.escaped < max {
				return it
			}
			return nil
		}
		if len(l.pending) < crowded {
			return nil
		}
	}
	return nil
}

// addText adds text to the named stream, in pieces of at most max bytes. The first piece after a
// pause of delay is due now.
func (l *lane) addText(name, text string, now time.Time, delay time.Duration, max int) {
	for len(text) > 0 {
		it := l.tail(name, max)
		if it == nil {
			it = &item{msgType: "stream", output: true, name: name, text: []byte{}, due: now}
			if due := l.lastText.Add(delay); due.After(now) {
				it.due = due
			}
			l.push(it)
		}
		n := runeCut(text, max-it.escaped)
		it.text = append(it.text, text[:n]...)
		it.escaped += escapedLen(text[:n])
		l.bytes += int64(n)
		text = text[n:]
	}
}

// replaceUpdate puts content in the place of a waiting update of the same display: only the last state of a progress
// bar is worth sending. It reports whether there was one.
func (l *lane) replaceUpdate(id string, content json.RawMessage) bool {
	for i := len(l.pending) - 1; i >= 0 && l.pending[i].msgType == "update_display_data"; i-- {
		if it := l.pending[i]; it.id == id {
			l.bytes += int64(len(content) - len(it.content))
			it.content = content
			return true
		}
	}
	return false
}

// dropOutput removes the waiting output and returns how many bytes that was.
func (l *lane) dropOutput() (bytes int64) {
	bytes = l.bytes
	var keep []*item
	for _, it := range l.pending {
		if !it.output {
			keep = append(keep, it)
		}
	}
	l.pending, l.bytes = keep, 0
	return bytes
}

// runeCut returns how much of text to take so that it is at most max bytes, at least one rune, and no
// rune is cut.
func runeCut(text string, max int) int {
	if len(text) <= max {
		return len(text)
	}
	n := max
	for n > 0 && n > max-utf8.UTFMax && !utf8.RuneStart(text[n]) {
		n--
	}
	if n <= 0 {
		_, n = utf8.DecodeRuneInString(text)
	}
	return n
}

// escapedLen is the length of text inside a JSON string, about.
func escapedLen(text string) int {
	n := len(text)
	for i := range len(text) {
		switch c := text[i]; {
		case c == '\n' || c == '\t' || c == '\r' || c == '"' || c == '\\':
			n++
		case c < ' ':
			n += 5
		}
	}
	return n
}

// streamContent returns the content of a stream message. HTML isn't escaped: it would make six bytes
// of each < that a learner prints.
func streamContent(name string, text []byte) json.RawMessage {
	return content(struct {
		Name string `json:"name"`
		Text string `json:"text"`
	}{name, string(text)})
}

// content marshals v without escaping HTML. What can't be marshalled is a bug of the caller and
// becomes {}.
func content(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
