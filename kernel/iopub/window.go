package iopub

// This file defines the sliding window that keeps the output under the front end's limits.

import "time"

// A window counts the messages of the last span, as jupyter_server's _limit_rate does: all of them by
// number, stream messages by size too. (The server starts anew at each idle status; a window that
// did the same would be right for that server only.)
type window struct {
	span        time.Duration
	maxBytes    int
	maxMessages int

	slots    []slot // oldest first
	bytes    int
	messages int
}

// A slot is what was sent within one grain. Slots keep the memory small when much is sent that the
// window doesn't hold back.
type slot struct {
	start    time.Time
	bytes    int
	messages int
}

const grain = time.Millisecond

func (w *window) add(now time.Time, bytes int) {
	w.expire(now)
	w.bytes += bytes
	w.messages++
	if n := len(w.slots); n > 0 && now.Sub(w.slots[n-1].start) < grain {
		w.slots[n-1].bytes += bytes
		w.slots[n-1].messages++
		return
	}
	w.slots = append(w.slots, slot{now, bytes, 1})
}

func (w *window) expire(now time.Time) {
	n := 0
	for n < len(w.slots) && now.Sub(w.slots[n].start) >= w.span+grain {
		w.bytes -= w.slots[n].bytes
		w.messages -= w.slots[n].messages
		n++
	}
	w.slots = w.slots[n:]
	if len(w.slots) == 0 {
		w.slots = nil
	}
}

// when returns the time at which there is room for a message with so many bytes; zero: now. A message
// that is larger than the window is sent when the window is empty.
func (w *window) when(now time.Time, bytes int) time.Time {
	w.expire(now)
	haveBytes, haveMessages := w.bytes, w.messages
	var when time.Time
	for _, s := range w.slots {
		if haveMessages+1 <= w.maxMessages && (bytes == 0 || haveBytes+bytes <= w.maxBytes) {
			break
		}
		haveBytes -= s.bytes
		haveMessages -= s.messages
		when = s.start.Add(w.span + grain)
	}
	return when
}
