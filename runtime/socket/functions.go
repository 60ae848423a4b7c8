package socket

// This file defines the module's functions.

import (
	"errors"
	"fmt"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/network"
)

// An Option is an optional argument of CreateConnection and CreateServer: Timeout, SourceAddress, Backlog, Family. The
// zero Option is none.
type Option struct {
	what    optionKind
	d       time.Duration
	n       int
	address Addr
}

type optionKind uint8

const (
	_ optionKind = iota
	optTimeout
	optBacklog
	optFamily
	optSource
)

// Timeout is the time-out of the new socket, for the connection and for all that follows. A negative one is none.
func Timeout(d time.Duration) Option { return Option{what: optTimeout, d: d} }

// Backlog is that of Listen.
func Backlog(n int) Option { return Option{what: optBacklog, n: n} }

// Family is AF_INET, the default, or AF_INET6.
func Family(family int) Option { return Option{what: optFamily, n: family} }

// SourceAddress is what the client's socket is bound to.
func SourceAddress(host string, port int) Option {
	return Option{what: optSource, address: Addr{host, port}}
}

// CreateConnection returns a socket that is connected with a server, whose addresses are tried one after the other. The
// error is that of the last one.
func CreateConnection(host string, port int, opts ...Option) (*Socket, error) {
	t := machine.Current()
	family := AF_INET
	for _, o := range opts {
		if o.what == optFamily {
			family = o.n
		}
	}
	s, err := open(t, family, SOCK_STREAM)
	if err != nil {
		return nil, err
	}
	for _, o := range opts {
		switch o.what {
		case optTimeout:
			s.patience.Store(int64(max(o.d, forever)))
		case optSource:
			if err := s.Bind(o.address.Host, o.address.Port); err != nil {
				_ = s.Close()
				return nil, err
			}
		case optBacklog:
			_ = s.Close()
			panic(exceptions.Type("create_connection() got an unexpected keyword argument 'backlog'"))
		}
	}
	if err := s.Connect(host, port); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// CreateServer returns a socket that listens at an address, with SO_REUSEADDR.
func CreateServer(host string, port int, opts ...Option) (*Socket, error) {
	family, backlog := AF_INET, []int(nil)
	for _, o := range opts {
		switch o.what {
		case optFamily:
			family = o.n
		case optBacklog:
			backlog = []int{o.n}
		case optTimeout, optSource:
			panic(exceptions.Type("create_server() got an unexpected keyword argument '%s'",
				map[optionKind]string{optTimeout: "timeout", optSource: "source_address"}[o.what]))
		}
	}
	s, err := open(machine.Current(), family, SOCK_STREAM)
	if err != nil {
		return nil, err
	}
	if err = s.SetSockOpt(SOL_SOCKET, SO_REUSEADDR, 1); err == nil {
		err = s.Bind(host, port)
	}
	var system *exceptions.OSError
	if errors.As(err, &system) {
		note := fmt.Sprintf("while attempting to bind on address %v", Addr{host, port})
		if system.Note != "" {
			note += "; " + system.Note
		}
		system.Note = note
	}
	if err == nil {
		err = s.Listen(backlog...)
	}
	if err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// SocketPair returns two sockets that are connected with each other. It panics with an OSError if there can be none, as
// NewSocket.
func SocketPair() (a, b *Socket) {
	t := machine.Current()
	n := networkOf(t)
	x, y, err := n.Pair(t, SOCK_STREAM)
	if err != nil {
		panic(raise(err))
	}
	return wrap(t, n, x), wrap(t, n, y)
}

// GetHostByName returns the address of a host: "127.0.0.1". The error is a *GAIError.
func GetHostByName(host string) (string, error) {
	c := enter("gethostbyname")
	defer c.leave()
	all, err := networkOf(c.t).Lookup(c.t, host, network.AF_INET)
	if err != nil {
		return "", raise(err)
	}
	return all[0].String(), nil
}

// GetHostName returns the name of this computer, "simulated" on a simulated machine.
func GetHostName() string { return networkOf(machine.Current()).Hostname() }

// Wait waits until a client may be accepted or something may be received from s, or until stop returns true, for which
// Nudge makes it look. It is for servers, and reports whether there is something.
func (s *Socket) Wait(d time.Duration, stop func() bool) bool {
	ep := s.endpoint()
	if ep == nil {
		return true
	}
	c := enter("select")
	defer c.leave()
	return s.net.Wait(c.t, []network.Interest{{Endpoint: ep, Events: network.Readable}}, d, stop) != nil
}

// Nudge makes Waits for s look whether to stop. It may come too early, so it must be repeated until they have.
func (s *Socket) Nudge() {
	if ep := s.endpoint(); ep != nil {
		s.net.Nudge(machine.Current(), ep)
	}
}
