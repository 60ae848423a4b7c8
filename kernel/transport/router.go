package transport

// This file defines the ROUTER socket: requests from many peers, answers to each by its identity.

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"

	"github.com/go-zeromq/zmq4"
)

// inbox is how many received messages may wait for Recv before their senders must wait.
const inbox = 64

// Router is a listening ROUTER socket (RFC 28). All methods may be called concurrently.
//
// Two connections with one identity are one client that reconnected before the loss of its old
// connection was noticed: the newer one gets all that is sent from now on, the older one is closed.
// libzmq does so when ROUTER_HANDOVER is set, as ipykernel does.
type Router struct {
	*binding
	in chan [][]byte

	mu    sync.Mutex // protects the fields below
	peers map[string]*peer
	next  uint32 // for generated identities
}

// ListenRouter binds a ROUTER socket to an endpoint such as "tcp://127.0.0.1:0" or "ipc://path". The error is ErrInUse
// when another process listens there.
func ListenRouter(endpoint string, o *Options) (*Router, error) {
	b, err := bind(endpoint, zmq4.Router, o)
	if err != nil {
		return nil, err
	}
	r := &Router{
		binding: b,
		in:      make(chan [][]byte, inbox),
		peers:   make(map[string]*peer),
		next:    rand.Uint32(),
	}
	b.start((*routerHandler)(r))
	return r, nil
}

// Recv waits for the next message of any peer. Its first frame is the peer's identity. Peers take
// turns when messages come faster than Recv is called. After Close it returns io.EOF.
func (r *Router) Recv() ([][]byte, error) {
	select {
	case <-r.done:
		return nil, io.EOF
	default:
	}
	select {
	case frames := <-r.in:
		return frames, nil
	case <-r.done:
		return nil, io.EOF
	}
}

// Send sends frames[1:] to the peer whose identity is frames[0]. It doesn't wait: what the network
// doesn't take at once is queued for that peer alone. The frames must not change afterwards. A nil
// error doesn't mean that the peer got the message. The error is ErrNoPeer when no such peer is
// connected, ErrSlow when it was disconnected because too much waits for it, ErrNoFrames, or ErrClosed.
func (r *Router) Send(frames [][]byte) error {
	if len(frames) < 2 {
		return ErrNoFrames
	}
	select {
	case <-r.done:
		return ErrClosed
	default:
	}
	r.mu.Lock()
	p := r.peers[string(frames[0])]
	r.mu.Unlock()
	if p == nil {
		return fmt.Errorf("sending to %q: %w", clip(frames[0]), ErrNoPeer)
	}
	if err := p.send(frames[1:]); err != nil {
		if err == ErrClosed { // between losing the connection and noticing it
			err = ErrNoPeer
		}
		return fmt.Errorf("sending to %q: %w", clip(frames[0]), err)
	}
	return nil
}

// Close refuses new peers, gives the present ones up to Options.Linger to take what was sent, and
// returns when no goroutine of the socket is left. A second call does nothing.
func (r *Router) Close() error { return r.close() }

// routerHandler hides the handler's methods from Router's API.
type routerHandler Router

// joined makes p the owner of its identity. A peer without one, as most are, gets one that
// begins with a zero byte; therefore no peer may choose such a one (RFC 28).
func (r *routerHandler) joined(p *peer) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case p.identity == "":
		for p.identity == "" || r.peers[p.identity] != nil {
			r.next++
			p.identity = string(binary.BigEndian.AppendUint32([]byte{0}, r.next))
		}
	case p.identity[0] == 0:
		return fmt.Errorf("%w: an identity that begins with a zero byte", errProtocol)
	}
	if old := r.peers[p.identity]; old != nil {
		old.fail(errReplaced)
	}
	r.peers[p.identity] = p
	return nil
}

func (r *routerHandler) received(p *peer, frames [][]byte) error {
	select {
	case r.in <- append([][]byte{[]byte(p.identity)}, frames...):
	case <-r.done:
	}
	return nil
}

func (r *routerHandler) left(p *peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.peers[p.identity] == p {
		delete(r.peers, p.identity)
	}
}
