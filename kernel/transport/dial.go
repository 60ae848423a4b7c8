package transport

// This file defines the dialling sockets' common part: one connection, read by the caller of Recv.

import (
	"context"
	"io"
	"net"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
)

// dialled is a connection to a listening socket. It has no goroutine of its own for reading, so a
// message goes from the network to the caller of recv without a hop.
type dialled struct {
	opt *Options
	p   *peer
	wg  sync.WaitGroup // of the peer's drain

	reading sync.Mutex // held by the reader
	done    chan struct{}
	once    sync.Once
}

// connect dials until ctx ends; it doesn't reconnect later.
func connect(
	ctx context.Context, endpoint string, kind zmq4.SocketType, identity string, o *Options,
) (*dialled, error) {
	d := &dialled{opt: o.withDefaults(), done: make(chan struct{})}
	err := dial(ctx, endpoint, func(conn net.Conn) error {
		p := newPeer(conn, d.opt, &d.wg)
		if err := p.open(kind, identity, false); err != nil {
			return err
		}
		d.p = p
		return nil
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// recv returns the next message, and io.EOF when either side has closed.
func (d *dialled) recv() ([][]byte, error) {
	d.reading.Lock()
	defer d.reading.Unlock()
	select {
	case <-d.done:
		return nil, io.EOF
	default:
	}
	frames, err := d.p.recv()
	if err == nil {
		return frames, nil
	}
	d.p.fail(err)
	select {
	case <-d.done:
		return nil, io.EOF
	default:
		return nil, err
	}
}

// send is peer.send with a check.
func (d *dialled) send(frames [][]byte) error {
	if len(frames) == 0 {
		return ErrNoFrames
	}
	return d.p.send(frames)
}

// close sends what is queued, for Linger at most, and ends all calls of recv.
func (d *dialled) close() error {
	d.once.Do(func() {
		close(d.done)
		d.p.shutdown(time.Now().Add(d.opt.Linger), func() {
			d.reading.Lock() // a recv that waits ends when the other side closes too
			defer d.reading.Unlock()
			_, _ = io.Copy(io.Discard, d.p.g.Conn)
		})
	})
	d.wg.Wait()
	return nil
}
