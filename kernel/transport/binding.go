package transport

// This file defines a binding: what the listening sockets have in common.

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
)

// binding listens, shakes hands with new peers, and reads from them, each in a goroutine of its own. Its handler
// decides what is done with peers and messages.
type binding struct {
	opt     *Options
	kind    zmq4.SocketType
	handler handler
	ln      net.Listener
	addr    string
	release func()         // removes the socket file
	done    chan struct{}  // closed by close
	wg      sync.WaitGroup // of all goroutines

	mu     sync.Mutex // protects the fields below
	peers  map[*peer]struct{}
	closed bool
	ended  chan struct{} // closed when the first close has returned
}

// handler is the part of a binding that is a Router, Publisher or Echo. The methods are called by the
// goroutine of the peer, in the order joined, received…, left. received may wait only for the
// binding's done; an error from joined or received disconnects the peer.
type handler interface {
	joined(p *peer) error
	received(p *peer, frames [][]byte) error
	left(p *peer)
}

// bind starts to listen.
func bind(endpoint string, kind zmq4.SocketType, o *Options) (*binding, error) {
	ln, addr, release, err := listen(endpoint)
	if err != nil {
		return nil, err
	}
	return &binding{
		opt: o.withDefaults(), kind: kind, ln: ln, addr: addr, release: release,
		done: make(chan struct{}), ended: make(chan struct{}),
		peers: make(map[*peer]struct{}),
	}, nil
}

// start accepts peers. It is apart from bind so that the handler can be complete before.
func (b *binding) start(h handler) {
	b.handler = h
	b.wg.Go(b.accept) // until the listener is closed
}

func (b *binding) accept() {
	var pause time.Duration
	for {
		conn, err := b.ln.Accept()
		if err == nil {
			pause = 0
			b.admit(conn)
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		// The process has no descriptors left, or a peer left between connecting and now.
		pause = min(max(2*pause, 5*time.Millisecond), time.Second)
		b.opt.Logf("%s: accepting: %v; next try in %v", b.addr, err, pause)
		select {
		case <-time.After(pause):
		case <-b.done:
			return
		}
	}
}

// admit starts the goroutine of a connection, unless there are too many.
func (b *binding) admit(conn net.Conn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || len(b.peers) >= b.opt.MaxPeers {
		if !b.closed {
			b.opt.Logf("%s: refusing a connection: there are %d", b.addr, len(b.peers))
		}
		conn.Close()
		return
	}
	p := newPeer(conn, b.opt, &b.wg)
	b.peers[p] = struct{}{}
	b.wg.Go(func() { b.serve(p) }) // until the connection is closed
}

// serve is the life of a connection.
func (b *binding) serve(p *peer) {
	err := p.open(b.kind, "", true)
	if err == nil {
		if err = b.handler.joined(p); err == nil {
			err = b.read(p)
		}
		b.handler.left(p)
	}
	if err = p.why(err); err != io.EOF && !errors.Is(err, ErrClosed) {
		b.opt.Logf("%s: peer %q at %s: %v", b.addr, p.identity, p.g.RemoteAddr(), err)
	}
	p.fail(err)
	b.mu.Lock()
	delete(b.peers, p)
	b.mu.Unlock()
	close(p.over)
}

// read reads until the connection ends. Once the socket is closed, it reads on without looking, so
// that the peer can see the end of what was sent to it; see peer.shutdown.
func (b *binding) read(p *peer) error {
	for {
		frames, err := p.recv()
		if err != nil {
			return err
		}
		select {
		case <-b.done:
			continue
		default:
		}
		if err := b.handler.received(p, frames); err != nil {
			return err
		}
	}
}

// Addr returns the endpoint that is listened on, with its real port.
func (b *binding) Addr() string { return b.addr }

// close refuses new peers, sends the present ones what is queued for them as long as Linger allows, and waits for all
// goroutines. A second call waits for the first one.
func (b *binding) close() error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		<-b.ended
		return nil
	}
	b.closed = true
	close(b.done)
	peers := make([]*peer, 0, len(b.peers))
	for p := range b.peers {
		peers = append(peers, p)
	}
	b.mu.Unlock()
	defer close(b.ended)

	err := b.ln.Close()
	b.release()
	deadline := time.Now().Add(b.opt.Linger)
	for _, p := range peers {
		b.wg.Go(func() { p.shutdown(deadline, func() { <-p.over }) }) // until the deadline
	}
	b.wg.Wait()
	return err
}
