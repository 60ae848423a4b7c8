// Package transport carries multipart frames over ZeroMQ sockets.
//
// The sockets are our own; below them github.com/go-zeromq/zmq4 does the wire: zmq4.Open shakes
// hands, zmq4.Conn frames what is sent and received. That module's sockets are not used, because one
// peer that is slow, dead or hostile stops them for all. Its Open and RecvMsg trust the peer too, and
// panic or allocate without end on bytes that a stranger can send. So between the network and a
// zmq4.Conn stands a guard (guard.go), through which no byte passes that was not checked: frame
// lengths, flags, the greeting, and the READY command, which is parsed here and written anew. What
// zmq4 still got wrong would be caught by a recover in peer.go.
//
// A connection, from the network up:
//
//	net.Conn ⇄ guard (limits, commands, PONG) ⇄ zmq4.Conn ⇄ peer (queue, deadlines) ⇄ Router, Publisher, Echo,
//	           spool (one write per message)                                          Dealer, Subscriber, Requester
//
// One goroutine per accepted connection shakes hands and reads. A second exists only while a peer
// has unsent messages that its network buffer didn't take at once; otherwise the sender's own
// goroutine writes. No peer waits for another one.
package transport

// This file defines what all sockets share: options and errors.

import (
	"errors"
	"time"
)

// Errors that callers distinguish with errors.Is.
var (
	ErrClosed   = errors.New("socket is closed")
	ErrNoPeer   = errors.New("no peer has this identity")
	ErrNoFrames = errors.New("message without frames")
	ErrSlow     = errors.New("peer reads too slowly and is disconnected")
	ErrInUse    = errors.New("address already in use")
)

// errReplaced ends a connection whose identity another one took over.
var errReplaced = errors.New("a newer connection has the same identity")

// Options are the limits of a socket. A nil *Options, and each field that is zero, means the default.
// A socket copies them when it is made.
type Options struct {
	// Logf reports problems with peers, a line at a time. It may be called concurrently. nil discards them; nothing is
	// ever printed, because standard error may be a cell's output.
	Logf func(format string, args ...any)

	HandshakeTimeout time.Duration // for the whole handshake of a connection; 10 s
	WriteTimeout     time.Duration // without any progress, before a peer that doesn't read is dropped; 60 s
	// without any progress in the middle of a message; 60 s. Idle peers may stay forever
	ReadTimeout time.Duration
	Linger      time.Duration // that Close gives to what is still to be sent; 1 s; negative is none

	MaxFrame   int64 // bytes of a frame that is received; 256 MiB
	MaxMessage int64 // bytes of a message that is received; 256 MiB
	MaxFrames  int   // frames of a message that is received; 4,096
	MaxPeers   int   // connections, those that are shaking hands included; 1,024
	MaxTopics  int   // subscriptions of one peer; 1,024

	// QueueLimit is how many bytes may wait for one peer, apart from the message that is on its way;
	// a peer for which more would have to wait is disconnected. 64 MiB.
	QueueLimit int64

	// Slow is called when a subscriber was disconnected because more than QueueLimit waited for it, with
	// the number of bytes that were dropped; nil: it isn't. It is called by the peer's goroutine.
	Slow func(dropped int64)
}

// frameCost is counted for each queued or received frame besides its bytes, so that empty frames are
// not free.
const frameCost = 32

// withDefaults returns a copy of o with the defaults filled in.
func (o *Options) withDefaults() *Options {
	var c Options
	if o != nil {
		c = *o
	}
	if c.Logf == nil {
		c.Logf = func(string, ...any) {}
	}
	orDefault(&c.HandshakeTimeout, 10*time.Second)
	orDefault(&c.WriteTimeout, 60*time.Second)
	orDefault(&c.ReadTimeout, 60*time.Second)
	orDefault(&c.Linger, time.Second)
	orDefault(&c.MaxFrame, 256<<20)
	orDefault(&c.MaxMessage, 256<<20)
	orDefault(&c.MaxFrames, 4096)
	orDefault(&c.MaxPeers, 1024)
	orDefault(&c.MaxTopics, 1024)
	orDefault(&c.QueueLimit, 64<<20)
	return &c
}

func orDefault[T comparable](p *T, v T) {
	var zero T
	if *p == zero {
		*p = v
	}
}

// cost is what a message counts against QueueLimit.
func cost(frames [][]byte) int64 {
	n := int64(len(frames)) * frameCost
	for _, f := range frames {
		n += int64(len(f))
	}
	return n
}
