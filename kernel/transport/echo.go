package transport

// This file defines the echo socket, the heartbeat of a kernel.

import "github.com/go-zeromq/zmq4"

// Echo is a listening socket that sends every message back to its sender. On the wire it is a ROUTER, as ipykernel's
// heartbeat is: to a REQ peer it looks like a REP, but it has no turns to be kept, so no stray message can confuse it.
// It answers by itself, whatever else the process does.
type Echo struct{ *binding }

// ListenEcho binds an echo socket.
func ListenEcho(endpoint string, o *Options) (*Echo, error) {
	b, err := bind(endpoint, zmq4.Router, o)
	if err != nil {
		return nil, err
	}
	b.start(echoHandler{})
	return &Echo{b}, nil
}

// Close disconnects all peers, and returns when no goroutine of the socket is left. A second call
// does nothing. It may be called concurrently.
func (e *Echo) Close() error { return e.close() }

type echoHandler struct{}

func (echoHandler) joined(*peer) error { return nil }

func (echoHandler) received(p *peer, frames [][]byte) error { return p.send(frames) }

func (echoHandler) left(*peer) {}
