package transport

// This file defines a peer: one connection after its handshake, with the queue of what must be sent to it.

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
)

// farewell is how long a peer may take to close its side after we closed ours. libzmq does it in well
// under a millisecond.
const farewell = 100 * time.Millisecond

// peer is one connection.
//
// Sending: a sender that finds busy false writes at once, as far as the network buffer has room. The rest is written by
// a goroutine, drain, which runs until nothing is left; meanwhile messages queue up. The spool and the writing side of
// conn belong to the holder of mu while busy is false, and to drain while it is true.
//
// Receiving: one goroutine at a time calls recv.
type peer struct {
	opt      *Options
	g        *guard
	conn     *zmq4.Conn
	identity string
	wg       *sync.WaitGroup // of the socket, counts drain
	over     chan struct{}   // closed when the reader has ended; the reader closes it

	onCommand func(name string, body []byte) error // before PING is handled; may be nil
	welcomes  int                                  // of a publisher; the reader's own

	mu       sync.Mutex // protects the fields below
	queue    [][][]byte
	queued   int64 // cost of queue
	busy     bool  // drain runs
	closing  bool  // nothing more is accepted
	closed   bool
	cause    error         // why it was closed
	pong     []byte        // body of the PONG that is due; nil for none
	drained  chan struct{} // closed by drain when it ends; made by shutdown
	unopened bool          // the handshake is not over
	unread   int64         // what waited when the peer was closed because it reads too slowly
}

// newPeer returns a peer before its handshake.
func newPeer(conn net.Conn, opt *Options, wg *sync.WaitGroup) *peer {
	p := &peer{opt: opt, g: newGuard(conn, opt), wg: wg, over: make(chan struct{}), unopened: true}
	p.g.command = p.command
	return p
}

// open shakes hands. The caller closes the connection when it fails.
func (p *peer) open(kind zmq4.SocketType, identity string, server bool) (err error) {
	if err := p.g.SetDeadline(time.Now().Add(p.opt.HandshakeTimeout)); err != nil {
		return err
	}
	// The guard lets nothing through that makes zmq4 panic, as far as is known.
	defer recovered(&err)
	conn, err := zmq4.Open(p.g, null.Security(), kind, zmq4.SocketIdentity(identity), server, nil)
	if err != nil {
		return err
	}
	// What zmq4 wrote last left when it read last; nothing is in the spool.
	if err := p.g.SetDeadline(time.Time{}); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	p.conn, p.unopened = conn, false
	p.identity = conn.Peer.Meta["Identity"]
	return nil
}

// recv returns the next message. The error is io.EOF when the peer closed in good order.
func (p *peer) recv() (frames [][]byte, err error) {
	defer recovered(&err)
	msg, err := p.conn.RecvMsg()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.EOF
		}
		return nil, err
	}
	return msg.Frames, nil
}

// recovered turns a panic into an error.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("reading from peer: panic: %v", r)
	}
}

// command handles what is no message. PING is answered with a PONG that repeats its context (RFC 37); unknown commands
// are ignored.
func (p *peer) command(name string, body []byte) error {
	if p.onCommand != nil {
		if err := p.onCommand(name, body); err != nil {
			return err
		}
	}
	if name != zmq4.CmdPing {
		return nil
	}
	if len(body) < 2 || len(body) > 2+16 { // time to live, context
		return fmt.Errorf("%w: a PING of %d bytes", errProtocol, len(body))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closing {
		p.pong = append([]byte{}, body[2:]...) // a later one replaces it: pongs don't pile up
		p.startLocked()
	}
	return nil
}

// send queues messages, or writes them if nothing is queued, with one write if they are small. It doesn't wait. The
// frames must not change afterwards.
func (p *peer) send(messages ...[][]byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.closing {
		return ErrClosed
	}
	for _, frames := range messages {
		c := cost(frames)
		if p.busy && len(p.queue) > 0 && p.queued+c > p.opt.QueueLimit {
			err := fmt.Errorf("%w: %d messages of %d bytes wait", ErrSlow, len(p.queue), p.queued)
			p.unread = p.queued
			p.failLocked(err)
			return err
		}
		p.queue = append(p.queue, frames)
		p.queued += c
	}
	p.startLocked()
	return nil
}

// startLocked sends what is due, unless drain is doing so.
func (p *peer) startLocked() {
	if p.busy || p.closed {
		return
	}
	if err := p.encodeLocked(); err != nil {
		p.failLocked(err)
		return
	}
	done, err := p.g.spool.try()
	if err != nil {
		p.failLocked(fmt.Errorf("writing: %w", err))
		return
	}
	if done {
		return
	}
	p.busy = true
	p.wg.Go(p.drain)
}

// drain writes until nothing is left, or the peer is closed, which interrupts a write.
func (p *peer) drain() {
	for {
		err := p.g.spool.flush(p.opt.WriteTimeout, true)
		p.mu.Lock()
		if err == nil && !p.closed {
			err = p.encodeLocked()
		}
		if err != nil {
			p.failLocked(fmt.Errorf("writing: %w", err))
		}
		if p.closed || p.g.spool.empty() {
			break
		}
		p.mu.Unlock()
	}
	_ = p.g.SetWriteDeadline(time.Time{})
	p.busy = false
	if p.drained != nil {
		close(p.drained)
		p.drained = nil
	}
	p.mu.Unlock()
}

// encodeLocked moves what is due to the spool: some of it, so that much stays in the queue, where it
// is counted.
func (p *peer) encodeLocked() error {
	if p.pong != nil {
		if err := p.conn.SendCmd(zmq4.CmdPong, p.pong); err != nil {
			return err
		}
		p.pong = nil
	}
	n := 0
	for size := int64(0); n < len(p.queue) && size < trusted; n++ {
		c := cost(p.queue[n])
		size += c
		p.queued -= c
		if err := p.conn.SendMsg(zmq4.NewMsgFrom(p.queue[n]...)); err != nil {
			return err
		}
		p.queue[n] = nil
	}
	if n == len(p.queue) && n > 0 {
		if cap(p.queue) > 16 {
			p.queue = nil
		}
		p.queue = p.queue[:0]
	} else {
		p.queue = p.queue[n:]
	}
	return nil
}

// fail closes the connection at once.
func (p *peer) fail(cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failLocked(cause)
}

func (p *peer) failLocked(cause error) {
	if p.closed {
		return
	}
	p.closed, p.cause = true, cause
	p.queue, p.queued, p.pong = nil, 0, nil
	_ = p.g.Conn.Close()
}

// lost returns how many bytes were dropped because the peer didn't read them in time.
func (p *peer) lost() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.unread
}

// why returns what ended the connection: the cause given to fail, or else err.
func (p *peer) why(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cause != nil {
		return p.cause
	}
	return err
}

// shutdown closes the connection in good order: it refuses new messages, waits until the queued ones are sent, tells
// the peer that this was all, and waits for the peer to say the same, because closing with unread bytes would reset the
// connection and might take away what the peer has not read yet. A peer that doesn't read at present, so doesn't see
// the end, is not waited for longer than farewell: what was sent is in the hands of the operating system, which
// delivers it. All that ends at the deadline. wait waits for the reader, which must read until the end.
func (p *peer) shutdown(deadline time.Time, wait func()) {
	p.mu.Lock()
	p.closing = true
	if p.unopened || p.closed {
		p.failLocked(ErrClosed)
		p.mu.Unlock()
		return
	}
	var drained chan struct{}
	if p.busy {
		drained = make(chan struct{})
		p.drained = drained
	}
	p.mu.Unlock()

	end := time.AfterFunc(time.Until(deadline), func() { p.fail(ErrClosed) })
	defer end.Stop()
	if drained != nil {
		<-drained // at the deadline the write is interrupted
	}
	if c, ok := p.g.Conn.(interface{ CloseWrite() error }); ok && c.CloseWrite() == nil {
		end.Reset(min(farewell, time.Until(deadline)))
		wait()
	}
	p.fail(ErrClosed)
}
