package process

// This file defines the ends of pipes.

import (
	"errors"
	"runtime"
	"sync/atomic"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// The errors of operations on a pipe.
var (
	// ErrBroken says that no process can receive what is sent: EPIPE.
	ErrBroken = errors.New("broken pipe")
	// ErrClosed says that the end was closed in this process.
	ErrClosed = errors.New("handle is closed")
	// ErrTooLong says that a message is longer than the receiver allows. It is lost.
	ErrTooLong = errors.New("bad message length")
	// ErrOneWay says that the end of a pipe in one direction is used in the other.
	ErrOneWay = errors.New("the pipe goes in the other direction only")

	errTimeout = errors.New("timed out")
)

// What a message costs a simulated machine, beside what waking the receiver takes: Connection's Python code and a
// system call, for each side about 3 µs in CPython 3.8 through 3.13 (send_bytes and recv_bytes together 5.8 to 7.6 µs),
// and copying at 4 GB/s.
const (
	messageCost  = 3 * time.Microsecond
	bytesPerNano = 4
)

// An End is one end of a pipe: what is sent into one end of it comes out of the other, whole and in order. Its methods
// may be called concurrently; t is the calling thread, nil for a plain goroutine. The caller releases its GIL while it
// waits and copies.
type End struct {
	s       *System
	in, out *ring // nil: not in this direction
	name    string
	refs    *endRefs
}

// endRefs is what an End has of the arena, apart from it so that the garbage collector can find the End.
type endRefs struct {
	s      *System
	h      Handle
	closed atomic.Bool
}

// NewPipe makes a pipe and returns its ends. If it isn't duplex, a can only receive and b only send. The name is for
// reports.
func (s *System) NewPipe(t *machine.Thread, duplex bool, name string) (a, b *End, err error) {
	one, err := s.newSlot(t, kindRing, ringSize, name, nil)
	if err != nil {
		return nil, nil, err
	}
	if !duplex {
		return s.end(Handle{kind: kindEnd, side: canRead, n: one.n, gen: one.gen}),
			s.end(Handle{kind: kindEnd, side: canWrite, out: one.n, outOf: one.gen}), nil
	}
	two, err := s.newSlot(t, kindRing, ringSize, name, nil)
	if err != nil {
		s.give(t, one, 0)
		s.give(t, one, 1)
		return nil, nil, err
	}
	return s.end(Handle{kindEnd, canRead | canWrite, one.n, one.gen, two.n, two.gen, s.arena}),
		s.end(Handle{kindEnd, canRead | canWrite, two.n, two.gen, one.n, one.gen, s.arena}), nil
}

// end makes the End of a handle whose references this process has.
func (s *System) end(h Handle) *End {
	e := &End{s: s, refs: &endRefs{s: s, h: h}}
	if h.side&canRead != 0 {
		e.in = ringOf(slot{s.arena, h.n, h.gen})
		e.name = e.in.name()
	}
	if h.side&canWrite != 0 {
		e.out = ringOf(slot{s.arena, h.out, h.outOf})
		e.name = e.out.name()
	}
	if s.arena.collect {
		runtime.AddCleanup(e, func(r *endRefs) { r.close(nil) }, e.refs)
	}
	return e
}

func (r *endRefs) close(t *machine.Thread) {
	if r.closed.CompareAndSwap(false, true) {
		r.h.parts(r.s.arena, func(v slot, side int) { r.s.give(t, v, side) })
	}
}

// Name returns what the pipe is called in reports.
func (e *End) Name() string { return e.name }

// Readable reports whether the end can receive.
func (e *End) Readable() bool { return e.in != nil }

// Writable reports whether the end can send.
func (e *End) Writable() bool { return e.out != nil }

// Handle returns the end as a number for one message. The end stays open here.
func (e *End) Handle() Handle {
	defer runtime.KeepAlive(e)
	h := e.refs.h
	h.from = e.s.arena
	h.keep(h.from)
	return h
}

// Number returns a number that distinguishes this end from others of the arena, as a descriptor would.
func (e *End) Number() int {
	if e.in != nil {
		return int(e.in.n)
	}
	return int(e.out.n)
}

// Serve says that a server waits for requests at this end. Such a wait counts in the search for processes that wait for
// each other, but is no part of the deadlock: it is neither ended nor reported. Call Serve before any other thread uses
// the end.
func (e *End) Serve() {
	if w, ok := e.in.empty.(waitFor); ok {
		e.in.empty = serving{w}
	}
}

// Close closes the end in this process. When no process refers to it any more, the threads that wait at the other end
// are woken. Closing it again does nothing.
func (e *End) Close(t *machine.Thread) { e.refs.close(t) }

// Closed reports whether Close was called.
func (e *End) Closed() bool { return e.refs.closed.Load() }

// Send sends a message with handles, which it takes over, and waits while the pipe is full. The error is ErrClosed,
// ErrOneWay, or ErrBroken if the other end is closed everywhere.
func (e *End) Send(t *machine.Thread, b []byte, handles []Handle) error {
	return e.SendWith(t, b, handles, Patience{})
}

// Recv receives a message with its handles, which the caller opens or drops. A message of more than limit bytes is lost
// and an ErrTooLong; a negative limit is none. The error is io.EOF if the other end is closed everywhere and nothing is
// left, io.ErrUnexpectedEOF if the sender ended within a message.
func (e *End) Recv(t *machine.Thread, limit int) (b []byte, handles []Handle, err error) {
	return e.RecvInto(t, nil, limit)
}

// RecvInto is Recv for a caller that has memory for the message: b lies in into if that has room.
func (e *End) RecvInto(t *machine.Thread, into []byte, limit int) (b []byte, handles []Handle, err error) {
	defer runtime.KeepAlive(e) // this may be its last use, and the other side would find the pipe closed
	if err := e.check(e.in); err != nil {
		return nil, nil, err
	}
	t.Detach()
	defer t.Attach()
	b, handles, err = e.s.read(t, e.in, into, limit, forever, Patience{})
	e.cost(t, len(b))
	return b, handles, err
}

// Poll reports whether Recv would return at once, and waits for that for at most d; a negative d has no end.
func (e *End) Poll(t *machine.Thread, d time.Duration) (bool, error) {
	defer runtime.KeepAlive(e)
	if err := e.check(e.in); err != nil {
		return false, err
	}
	t.Detach()
	defer t.Attach()
	return e.in.filled.wait(t, func() bool { return e.in.readable(t) }, d, e.s.whyRing(e.in.empty)), nil
}

func (e *End) check(r *ring) error {
	if e.Closed() {
		return ErrClosed
	}
	if r == nil {
		return ErrOneWay
	}
	return nil
}

// cost returns the cost of n bytes.
func (e *End) cost(t *machine.Thread, n int) {
	if t != nil {
		t.Do(timeline.IO, t.ObjectName(e.name))
		t.Cost(messageCost + time.Duration(n/bytesPerNano))
	}
}

func (e *End) ready(t *machine.Thread) bool { return e.Closed() || e.in != nil && e.in.readable(t) }

// System returns the process that this object belongs to.
func (e *End) System() *System { return e.s }
