package timeline

// This file defines parts: how a running process sends its timeline to another one.

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// A Cursor is how far a reader has read a Recorder, for Recorder.Next. The zero Cursor has read nothing. One goroutine
// at a time may use it.
type Cursor struct {
	read  [maxRings]uint64
	lanes int
	names int
}

// A Part is what a Recorder has kept since the part before it. Parts of one Recorder, in their order, are a Timeline,
// see Assemble. It has the form in which it is sent: fields that JSON knows, and the events as bytes.
type Part struct {
	Lanes  []Thread // of all threads; nil if they are those of the part before
	Names  []string // those that the part before hasn't
	Events []byte   // 32 bytes each
	Lost   int64    // how many were overwritten before they were read
}

// Count returns how many events the part has.
func (p Part) Count() int { return len(p.Events) / eventSize }

// eventSize is how many bytes an event has in a Part.
const eventSize = 32

// Next returns what was kept since the last call with this Cursor; ok is false if that is nothing. Unlike Snapshot it
// reads each event once, so calling it often costs what the events cost. An event that is being written is in the next
// part. lanes has the part carry the lanes even if there is no new one: what is known of a thread changes. A nil
// Recorder has nothing.
func (r *Recorder) Next(c *Cursor, lanes bool) (p Part, ok bool) {
	if r == nil {
		return Part{}, false
	}
	for i := range r.rings {
		p.Events = r.rings[i].since(&c.read[i], p.Events, &p.Lost)
	}
	r.mu.Lock() // after the events: their names and lanes are there
	defer r.mu.Unlock()
	if lanes || len(r.threads) != c.lanes {
		p.Lanes, c.lanes = slices.Clone(r.threads), len(r.threads)
	}
	if c.names == 0 {
		c.names = 1 // names[0] is ""
	}
	p.Names, c.names = slices.Clone(r.names[c.names:]), len(r.names)
	return p, p.Lanes != nil || len(p.Names) > 0 || len(p.Events) > 0 || p.Lost > 0
}

// since appends a ring's events from *read on, up to the first that isn't written yet.
func (r *ring) since(read *uint64, out []byte, lost *int64) []byte {
	slots := r.slots.Load()
	if slots == nil {
		return out
	}
	end := r.next.Load()
	if n := uint64(len(*slots)); end-*read > n {
		*lost += int64(end - n - *read)
		*read = end - n
	}
	for n := *read + 1; n <= end; n++ {
		s := &(*slots)[(n-1)&uint64(len(*slots)-1)]
		turn := s.turn.Load()
		if turn < 2*n || turn == 2*n+1 || turn == 2*n && !s.turn.CompareAndSwap(turn, turn+1) {
			break // it is being written: it is in the next part
		}
		if turn != 2*n { // overwritten meanwhile
			*lost++
			*read = n
			continue
		}
		e := s.event
		s.turn.Store(turn)
		*read = n
		out = e.append(out)
	}
	return out
}

func (e Event) append(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint64(b, uint64(e.At))
	b = le.AppendUint32(b, uint32(e.Thread))
	b = le.AppendUint32(b, uint32(e.Other))
	b = le.AppendUint32(b, uint32(e.Object))
	b = le.AppendUint32(b, uint32(e.Value))
	b = le.AppendUint16(b, e.Cell)
	b = le.AppendUint16(b, e.Line)
	b = le.AppendUint16(b, e.Core)
	return append(b, byte(e.Kind), 0)
}

func eventOf(b []byte) Event {
	le := binary.LittleEndian
	return Event{At: int64(le.Uint64(b)), Thread: int32(le.Uint32(b[8:])), Other: int32(le.Uint32(b[12:])),
		Object: Name(le.Uint32(b[16:])),
		Value:  int32(le.Uint32(b[20:])), Cell: le.Uint16(b[24:]), Line: le.Uint16(b[26:]), Core: le.Uint16(b[28:]),
		Kind: Kind(b[30])}
}

// Assemble returns the timeline whose parts these are. Events that belong to no lane are left out: parts may come from
// a process that was killed while it sent them.
func Assemble(parts []Part) *Timeline {
	tl := &Timeline{Names: []string{""}}
	for _, p := range parts {
		if p.Lanes != nil {
			tl.Threads = p.Lanes
		}
		tl.Names = append(tl.Names, p.Names...)
		tl.Lost += p.Lost
	}
	for _, p := range parts {
		for b := p.Events; len(b) >= eventSize; b = b[eventSize:] {
			e := eventOf(b)
			if e.Thread <= 0 || int(e.Thread) > len(tl.Threads) || e.Kind == 0 || e.Kind >= lastKind {
				continue
			}
			if int(e.Other) > len(tl.Threads) || e.Other < 0 {
				e.Other = 0
			}
			if int(e.Object) >= len(tl.Names) || e.Object < 0 {
				e.Object = 0
			}
			tl.Events = append(tl.Events, e)
		}
	}
	slices.SortStableFunc(tl.Events, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	if n := len(tl.Events); n > 0 {
		tl.Start, tl.End = tl.Events[0].At, tl.Events[n-1].At
	}
	return tl
}
