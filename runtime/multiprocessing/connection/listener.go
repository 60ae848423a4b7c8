package connection

// This file defines the two sides of a new connection: Lib/multiprocessing/connection.py.

import (
	"sync"

	"gilkernel/runtime/exceptions"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/socket"
)

// An Option is an optional argument of NewListener and Client: AuthKey, Backlog. The zero Option is none.
type Option struct {
	key     []byte
	auth    bool
	backlog int
}

// AuthKey sets a secret that both sides must know; a nil key sets none. The key itself is never sent.
func AuthKey(key []byte) Option { return Option{key: key, auth: key != nil} }

// Backlog sets how many clients may wait to be accepted: by default 1, as in Python.
func Backlog(n int) Option { return Option{backlog: n} }

func options(opts []Option) (all Option) {
	all.backlog = 1
	for _, o := range opts {
		if o.auth {
			all.key, all.auth = o.key, true
		}
		if o.backlog > 0 {
			all.backlog = o.backlog
		}
	}
	return all
}

// A Listener is connection.Listener: it accepts clients. NewListener makes one; its zero value can't be used. Its
// methods may be called by several threads at once.
type Listener struct {
	sock *socket.Socket
	auth bool
	key  []byte

	mu   sync.Mutex // protects the field below
	last socket.Addr
}

// NewListener returns a listener at an address. Host "" is "localhost"; port 0 is any free port, which Address returns.
// It panics with an OSError if it can't listen there.
func NewListener(addr socket.Addr, opts ...Option) *Listener {
	o := options(opts)
	if addr.Host == "" {
		addr.Host = "localhost"
	}
	sock, err := socket.CreateServer(addr.Host, addr.Port, socket.Backlog(o.backlog))
	if err != nil {
		panic(err)
	}
	sock.SetBlocking(true)
	return &Listener{sock: sock, auth: o.auth, key: o.key}
}

func (l *Listener) check() *socket.Socket {
	if l == nil || l.sock == nil {
		panic(exceptions.Type("a Listener is made by NewListener: its zero value can't be used"))
	}
	return l.sock
}

// Accept waits for a client and returns the connection to it. With a key it returns when both sides have proved that
// they know the key; it panics with an *AuthenticationError if the client doesn't know the key or sends nothing for 20
// s, and with an EOFError if the client leaves before; then the listener can accept other clients. After Close it
// panics with an OSError, "listener is closed".
func (l *Listener) Accept() *mp.Connection {
	sock := l.check()
	if sock.FileNo() < 0 {
		panic(&exceptions.OSError{Message: "listener is closed"})
	}
	s, from, err := sock.Accept()
	if err != nil {
		if sock.FileNo() < 0 {
			err = &exceptions.OSError{Message: "listener is closed"}
		}
		panic(err)
	}
	l.mu.Lock()
	l.last = from
	l.mu.Unlock()
	c := mp.NewConnection(s)
	if l.auth {
		safely(c, func() {
			DeliverChallenge(c, l.key)
			AnswerChallenge(c, l.key)
		})
	}
	return c
}

// safely calls f and closes the connection if it panics.
func safely(c *mp.Connection, f func()) {
	done := false
	defer func() {
		if !done {
			c.Close()
		}
	}()
	f()
	done = true
}

// Address returns the listener's address. It panics with an OSError, "listener is closed", after Close.
func (l *Listener) Address() socket.Addr {
	if sock := l.check(); sock.FileNo() >= 0 {
		return sock.GetSockName()
	}
	panic(&exceptions.OSError{Message: "listener is closed"})
}

// LastAccepted returns the address of the client that was accepted last, the zero Addr if none was.
func (l *Listener) LastAccepted() socket.Addr {
	l.check()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// Close closes the listener; accepted connections stay open. Closing it again does nothing.
func (l *Listener) Close() { _ = l.check().Close() }

// With calls fn and closes the listener, also after a panic: "with l: …".
func (l *Listener) With(fn func()) {
	defer l.Close()
	fn()
}

// String returns "<Listener ('127.0.0.1', 40123)>".
func (l *Listener) String() string {
	if l == nil || l.sock == nil || l.sock.FileNo() < 0 {
		return "<Listener>"
	}
	return "<Listener " + l.Address().String() + ">"
}

// Client returns a connection to the listener at an address, whose host "" is "localhost": connection.Client. It panics
// with an OSError, such as a ConnectionRefusedError, if there is no listener, and with an *AuthenticationError if the
// two sides don't know the same key.
func Client(addr socket.Addr, opts ...Option) *mp.Connection {
	o := options(opts)
	if addr.Host == "" {
		addr.Host = "localhost"
	}
	sock, err := socket.CreateConnection(addr.Host, addr.Port, socket.Timeout(-1))
	if err != nil {
		panic(err)
	}
	c := mp.NewConnection(sock)
	if o.auth {
		safely(c, func() {
			AnswerChallenge(c, o.key)
			DeliverChallenge(c, o.key)
		})
	}
	return c
}
