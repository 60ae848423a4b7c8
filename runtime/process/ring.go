package process

// This file defines rings: one direction of a pipe, in the arena.

import (
	"encoding/binary"
	"io"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/timeline"
)

// ringSize is how many bytes a pipe holds: as one of Linux does, so what fits into a pipe in Python fits here. The
// heads of messages count too, as Python's do.
const ringSize = 64 << 10

// The fields of a ring's slot. head and tail count bytes that were read and written, modulo 1<<32.
const (
	ringHead    = atOwn
	ringTail    = atOwn + 4
	ringReader  = atOwn + 8  // robust lock of readers
	ringWriter  = atOwn + 12 // of writers
	ringFilled  = atOwn + 16 // changes when there is more to read, or the last writer is gone
	ringReading = atOwn + 20 // how many wait for that
	ringDrained = atOwn + 24 // changes when there is room, or the last reader is gone
	ringWriting = atOwn + 28
)

// A message is cut into chunks, each behind a head: its length, flags, how many handles stand before the bytes of a
// first chunk, and how long the message is. A writer that is killed between two chunks leaves no more than half of a
// message, which readers drop when another one begins.
const (
	chunkHead  = 16
	chunkLeast = 4096  // a chunk that doesn't end its message is no shorter
	chunkMost  = 16384 // so that one side can copy a chunk while the other copies the next one
	chunkFirst = 1
	chunkLast  = 2
)

// A ring is a slot of that kind.
type ring struct {
	slot
	head, tail      *machine.Word
	reader, writer  robust
	filled, drained signal
	full, empty     machine.Resource // what a writer and a reader wait for
}

func ringOf(v slot) *ring {
	r := &ring{slot: v, head: v.word(ringHead), tail: v.word(ringTail), reader: robust{v.word(ringReader)},
		writer:  robust{v.word(ringWriter)},
		filled:  signal{v.word(ringFilled), v.word(ringReading)},
		drained: signal{v.word(ringDrained), v.word(ringWriting)}}
	r.full, r.empty = waitFor{r, ringFull}, waitFor{r, ringEmpty}
	return r
}

// notify wakes all threads that wait: a side of the ring may have lost its last holder.
func (r *ring) notify(t *machine.Thread) {
	r.filled.notify(t, all)
	r.drained.notify(t, all)
	r.a.notifyAny(t)
}

// used returns how many bytes wait to be read.
func (r *ring) used(t *machine.Thread) uint32 {
	return r.tail.Load(t) - r.head.Load(t)
}

// readable reports whether there is something to read, or never will be.
func (r *ring) readable(t *machine.Thread) bool { return r.used(t) > 0 || !r.held(1) }

// put copies bytes to a position, get from one.
func (r *ring) put(at uint32, data []byte, b []byte) {
	n := copy(data[at%ringSize:], b)
	copy(data, b[n:])
}

func (r *ring) get(at uint32, data []byte, b []byte) {
	n := copy(b, data[at%ringSize:])
	copy(b[n:], data)
}

// The states of a ring that a writer and a reader wait for to change.
const (
	ringFull  = " (full)"
	ringEmpty = " (empty)"
)

// serving is what a server waits for: see End.Serve.
type serving struct{ waitFor }

// Serves says that the wait is no part of a deadlock.
func (serving) Serves() {}

// drain discards the messages of a ring that no process can receive: they may carry the last references to ends that
// other threads wait at.
func (s *System) drain(t *machine.Thread, r *ring) {
	if !r.reader.lock(t, s.self, forever, machine.Why{}) {
		return
	}
	var inside []Handle
	if !r.held(0) {
		inside = r.abandoned()
		r.head.Store(t, r.tail.Load(t))
	}
	r.reader.unlock(t)
	for _, h := range inside {
		s.Drop(t, h)
	}
}

// waitFor is what a thread waits for at a ring, as reports name it.
type waitFor struct {
	r     *ring
	state string
}

func (w waitFor) Name() string              { return w.r.name() + w.state }
func (w waitFor) Holders() []machine.Holder { return nil }

func (s *System) whyRing(on machine.Resource) machine.Why {
	return machine.Why{Kind: timeline.WaitQueue, On: on, Beyond: s.family()}
}

// write sends a message. It takes over the handles, even if it fails, unless p doesn't wait and there is no room: then
// it returns errFull.
func (s *System) write(t *machine.Thread, r *ring, b []byte, handles []Handle, p Patience) (err error) {
	sent := false
	defer func() {
		if !sent {
			for _, h := range handles {
				s.Drop(t, h)
			}
		}
	}()
	data, err := r.data(ringSize)
	if err != nil {
		return err
	}
	s.printed()
	why := p.why(s.whyRing(r.full))
	began := false
	halt := func() bool { return p.Stop != nil && p.Stop(began) }
	if p.now && ringSize-r.used(t) < uint32((1+len(b)/chunkMost)*chunkHead+len(handles)*handleSize+len(b)) {
		sent = true // they stay the caller's
		return errFull
	}
	r.writer.lock(t, s.self, forever, why)
	defer r.writer.unlock(t)
	var front []byte
	for _, h := range handles {
		front = h.append(front)
	}
	total := len(front) + len(b)
	flags := uint16(chunkFirst)
	for {
		rest := len(front) + len(b)
		need := uint32(chunkHead + min(rest, chunkLeast))
		room := func() bool { return ringSize-r.used(t) >= need }
		r.drained.wait(t, func() bool { return room() || !r.held(0) || halt() }, forever, why)
		if !r.held(0) {
			return ErrBroken
		}
		if !room() {
			return ErrStopped
		}
		at := r.tail.Load(t)
		n := min(rest, int(ringSize-r.used(t))-chunkHead, chunkMost)
		if n == rest {
			flags |= chunkLast
		}
		var head [chunkHead]byte
		binary.LittleEndian.PutUint32(head[:], uint32(n))
		binary.LittleEndian.PutUint16(head[4:], flags)
		binary.LittleEndian.PutUint16(head[6:], uint16(len(handles)))
		binary.LittleEndian.PutUint64(head[8:], uint64(total))
		r.put(at, data, head[:])
		at += chunkHead
		k := min(n, len(front))
		r.put(at, data, front[:k])
		r.put(at+uint32(k), data, b[:n-k])
		front, b = front[k:], b[n-k:]
		if flags&chunkFirst != 0 {
			r.record(t, timeline.Send, at-chunkHead)
		}
		r.tail.Store(t, at+uint32(n)) // now they are there, all at once
		switch {
		case flags&chunkFirst == 0:
			r.filled.notify(t, all) // the receiver of the first chunk waits among those of the next message
		case !p.Quiet:
			r.filled.notify(t, 1)
		}
		r.a.notifyAny(t)
		if !r.held(0) { // the last reader has ended meanwhile
			sent = true
			s.drain(t, r)
		}
		if flags&chunkLast != 0 { // it may have received the message before
			sent = true
			return nil
		}
		if sent {
			return ErrBroken
		}
		flags, began = 0, true
	}
}

// read receives a message of at most limit bytes; a negative limit is none. It waits for the first byte for at most d.
// The message lies in into, if that has room.
func (s *System) read(
	t *machine.Thread, r *ring, into []byte, limit int, d time.Duration, p Patience,
) (b []byte, handles []Handle, err error) {
	data, err := r.data(ringSize)
	if err != nil {
		return nil, nil, err
	}
	why := p.why(s.whyRing(r.empty))
	end := machine.Deadline(t, d)
	began := false
	halt := func() bool { return p.Stop != nil && p.Stop(began) }
	if p.Idle {
		// Each message wakes one of the receivers. If they queued up for the lock, it would wake the next one in that
		// queue too.
		r.filled.wait(t, func() bool { return r.readable(t) || halt() }, d, why)
	}
	if !r.reader.lock(t, s.self, d, why) {
		return nil, nil, errTimeout
	}
	defer r.reader.unlock(t)
	first := uint32(0)
	count := 0
	for {
		if p.Idle && !began && !r.readable(t) && !halt() {
			return nil, nil, errAgain // another receiver was faster
		}
		if !r.filled.wait(t, func() bool { return r.readable(t) || halt() }, machine.Remaining(t, end), why) {
			return nil, nil, errTimeout
		}
		if !r.readable(t) {
			for _, h := range handlesOf(b, count) {
				s.Drop(t, h)
			}
			return nil, nil, ErrStopped
		}
		if r.used(t) == 0 {
			if began {
				return nil, nil, io.ErrUnexpectedEOF
			}
			return nil, nil, io.EOF
		}
		at := r.head.Load(t)
		var h [chunkHead]byte
		r.get(at, data, h[:])
		n, flags := int(binary.LittleEndian.Uint32(h[:])), binary.LittleEndian.Uint16(h[4:])
		if flags&chunkFirst != 0 {
			for _, h := range handlesOf(b, count) { // of one that was never finished
				s.Drop(t, h)
			}
			began, end, first = true, forever, at
			count = int(binary.LittleEndian.Uint16(h[6:]))
			if n := int(binary.LittleEndian.Uint64(h[8:])); n <= cap(into) {
				b = into[:0]
			} else {
				b = pickle.Uncleared(n)
			}
		}
		if began {
			b = b[:len(b)+n]
			r.get(at+chunkHead, data, b[len(b)-n:])
		}
		r.head.Store(t, at+chunkHead+uint32(n))
		r.drained.notify(t, all)
		if began && flags&chunkLast != 0 {
			break
		}
	}
	r.record(t, timeline.Receive, first)
	handles = handlesOf(b, count)
	b = b[count*handleSize:]
	if limit >= 0 && len(b) > limit {
		for _, h := range handles {
			s.Drop(t, h)
		}
		return nil, nil, ErrTooLong
	}
	return b, handles, nil
}

// record records that a message was sent or received. Its number, by which the two find each other, is made of where in
// the ring it begins, and of which ring.
func (r *ring) record(t *machine.Thread, kind timeline.Kind, at uint32) {
	if !t.Recording() {
		return
	}
	const odd = 0x9e3779b1 // 2^32 divided by the golden ratio: near rings and positions get numbers that are far apart
	t.Record(kind, nil, t.ObjectName(r.name()), int32(((r.n*odd)^r.gen)*odd^at))
}

// handlesOf returns the handles at the beginning of a message, as far as they are there.
func handlesOf(b []byte, count int) (list []Handle) {
	for ; count > 0 && len(b) >= handleSize; count-- {
		list = append(list, handleOf(b))
		b = b[handleSize:]
	}
	return list
}

// abandoned returns the handles of messages that weren't received. No process refers to the ring any more.
func (r *ring) abandoned() (list []Handle) {
	data, err := r.data(ringSize)
	if err != nil {
		return nil
	}
	at, end := r.head.Load(nil), r.tail.Load(nil)
	for end-at >= chunkHead && end-at <= ringSize {
		var h [chunkHead]byte
		r.get(at, data, h[:])
		n := binary.LittleEndian.Uint32(h[:])
		if n > end-at-chunkHead {
			return list
		}
		if binary.LittleEndian.Uint16(h[4:])&chunkFirst != 0 {
			b := make([]byte, n)
			r.get(at+chunkHead, data, b)
			list = append(list, handlesOf(b, int(binary.LittleEndian.Uint16(h[6:])))...)
		}
		at += chunkHead + n
	}
	return list
}
