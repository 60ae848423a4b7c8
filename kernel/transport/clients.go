package transport

// This file defines the dialling sockets: DEALER, SUB and REQ. None of them reconnects: the caller must know that a
// message may have been lost, and dial again.

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/go-zeromq/zmq4"
)

// Dealer is a dialling DEALER socket, the peer of a Router. All methods may be called concurrently.
type Dealer struct{ d *dialled }

// DialDealer connects to an endpoint, trying again until it is there or ctx ends. Afterwards ctx has
// no effect. identity is what a Router will know the socket by, of at most 255 bytes; "" leaves that
// to the Router.
func DialDealer(ctx context.Context, endpoint, identity string, o *Options) (*Dealer, error) {
	if len(identity) > 255 || identity != "" && identity[0] == 0 {
		return nil, fmt.Errorf("dialling %s: identity %q is longer than 255 bytes or begins with a zero byte", endpoint,
			identity)
	}
	d, err := connect(ctx, endpoint, zmq4.Dealer, identity, o)
	if err != nil {
		return nil, err
	}
	return &Dealer{d}, nil
}

// Send sends a message. It doesn't wait: what the network doesn't take at once is queued. The frames
// must not change afterwards. The error is ErrClosed when either side has closed, ErrSlow, or ErrNoFrames.
func (d *Dealer) Send(frames [][]byte) error { return d.d.send(frames) }

// Recv waits for the next message. It returns io.EOF when either side has closed. The connection is
// read only while Recv is called, its heartbeats included.
func (d *Dealer) Recv() ([][]byte, error) { return d.d.recv() }

// Close gives the other side up to Options.Linger to take what was sent, and ends calls of Recv. A
// second call does nothing.
func (d *Dealer) Close() error { return d.d.close() }

// Subscriber is a dialling SUB socket, the peer of a Publisher. All methods may be called
// concurrently.
type Subscriber struct{ d *dialled }

// DialSubscriber connects like DialDealer and subscribes to the messages whose first frame begins
// with topic; "" is all.
func DialSubscriber(ctx context.Context, endpoint, topic string, o *Options) (*Subscriber, error) {
	d, err := connect(ctx, endpoint, zmq4.Sub, "", o)
	if err != nil {
		return nil, err
	}
	// As a message, not as the command of ZMTP 3.1: zmq4 announces ZMTP 3.0.
	if err := d.send([][]byte{append([]byte{1}, topic...)}); err != nil {
		d.close()
		return nil, fmt.Errorf("subscribing at %s: %w", endpoint, err)
	}
	return &Subscriber{d}, nil
}

// Recv waits for the next message. It returns io.EOF when either side has closed. A subscriber must be read from all
// the time, or else the publisher eventually disconnects it.
func (s *Subscriber) Recv() ([][]byte, error) { return s.d.recv() }

// Close ends calls of Recv. A second call does nothing.
func (s *Subscriber) Close() error { return s.d.close() }

// Requester is a dialling REQ socket for heartbeats. All methods may be called concurrently.
type Requester struct {
	d    *dialled
	wg   sync.WaitGroup // of read
	dead chan struct{}  // closed when the connection is lost

	mu      sync.Mutex // protects the fields below
	last    uint64     // token of the last ping
	waiting map[uint64]chan struct{}
}

// DialRequester connects like DialDealer.
func DialRequester(ctx context.Context, endpoint string, o *Options) (*Requester, error) {
	d, err := connect(ctx, endpoint, zmq4.Req, "", o)
	if err != nil {
		return nil, err
	}
	r := &Requester{d: d, dead: make(chan struct{}), waiting: make(map[uint64]chan struct{})}
	r.wg.Go(r.read) // until the connection ends
	return r, nil
}

// Ping sends a message and waits until it comes back or ctx ends. An answer that comes too late for
// an earlier ping is not mistaken for this one's. The error is ErrClosed when either side has closed.
func (r *Requester) Ping(ctx context.Context) error {
	answer := make(chan struct{})
	r.mu.Lock()
	r.last++
	token := r.last
	r.waiting[token] = answer
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		delete(r.waiting, token)
		r.mu.Unlock()
	}()
	// REQ puts an empty frame before each message (RFC 28).
	if err := r.d.send([][]byte{{}, binary.BigEndian.AppendUint64(nil, token)}); err != nil {
		return fmt.Errorf("pinging: %w", err)
	}
	select {
	case <-answer:
		return nil
	case <-r.dead:
		return fmt.Errorf("pinging: %w", ErrClosed)
	case <-ctx.Done():
		return fmt.Errorf("pinging: %w", context.Cause(ctx))
	}
}

// read gives answers to the pings that wait for them.
func (r *Requester) read() {
	defer close(r.dead)
	for {
		frames, err := r.d.recv()
		if err != nil {
			return
		}
		if len(frames) != 2 || len(frames[1]) != 8 {
			continue
		}
		token := binary.BigEndian.Uint64(frames[1])
		r.mu.Lock()
		if answer := r.waiting[token]; answer != nil {
			close(answer)
			delete(r.waiting, token)
		}
		r.mu.Unlock()
	}
}

// Close ends calls of Ping. A second call does nothing.
func (r *Requester) Close() error {
	err := r.d.close()
	r.wg.Wait()
	return err
}
