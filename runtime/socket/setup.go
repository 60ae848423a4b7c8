package socket

// This file defines what comes before a connection: addresses, options, time-outs.

import (
	"encoding/binary"
	"net/netip"
	"syscall"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/network"
	"gilkernel/runtime/timeline"
)

// The numbers of families, types, options and the like, under their names in Python.
const (
	AF_UNIX      = network.AF_UNIX
	AF_INET      = network.AF_INET
	AF_INET6     = network.AF_INET6
	SOCK_STREAM  = network.SOCK_STREAM
	SOCK_DGRAM   = network.SOCK_DGRAM
	SOL_SOCKET   = network.SOL_SOCKET
	SO_REUSEADDR = network.SO_REUSEADDR
	SO_KEEPALIVE = network.SO_KEEPALIVE
	SO_BROADCAST = network.SO_BROADCAST
	SO_SNDBUF    = network.SO_SNDBUF
	SO_RCVBUF    = network.SO_RCVBUF
	SO_LINGER    = network.SO_LINGER
	SO_ERROR     = network.SO_ERROR
	SO_TYPE      = network.SO_TYPE
	IPPROTO_TCP  = network.IPPROTO_TCP
	IPPROTO_UDP  = network.IPPROTO_UDP
	TCP_NODELAY  = network.TCP_NODELAY
	SHUT_RD      = network.SHUT_RD
	SHUT_WR      = network.SHUT_WR
	SHUT_RDWR    = network.SHUT_RDWR
	MSG_PEEK     = network.MSG_PEEK
	SOMAXCONN    = network.SOMAXCONN
)

// usable reports whether t may ask an endpoint something: one of a simulated network answers only threads of its
// machine.
func usable(t *machine.Thread, ep network.Endpoint) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	ep.LocalAddr(t)
	return true
}

// resolve returns the address for a call: getsockaddrarg. It panics with an OverflowError if the port is none.
func (s *Socket) resolve(t *machine.Thread, call, host string, port int) (netip.AddrPort, error) {
	if port < 0 || port > 65535 {
		if v := minor(t); v < 308 {
			call = "getsockaddrarg"
		} else {
			call += "()"
		}
		panic(&exceptions.OverflowError{Message: call + ": port must be 0-65535."})
	}
	all, err := s.net.Lookup(t, host, s.family)
	if err != nil {
		return netip.AddrPort{}, raise(err)
	}
	return netip.AddrPortFrom(all[0], uint16(port)), nil
}

// Bind gives the socket an address. An empty host is all addresses of this computer, port 0 any free one. The error of
// a port that is in use says which socket has it, if that is known: "[Errno 98] Address already in use". It panics with
// an OverflowError unless the port is 0 to 65535.
func (s *Socket) Bind(host string, port int) error {
	ep := s.endpoint()
	if ep == nil {
		return badFD()
	}
	c := enter("bind")
	defer c.leave()
	addr, err := s.resolve(c.t, "bind", host, port)
	if err == nil {
		if err = ep.Bind(c.t, addr); s.takeOver(c.t, addr, err) {
			err = ep.Bind(c.t, addr)
		}
		if err = s.inUse(c.t, addr, err); err == nil {
			s.remember(c.t, ep.LocalAddr(c.t))
		}
	}
	s.mu.Lock()
	s.setup = err
	s.mu.Unlock()
	return err
}

// failedSetup returns the error of a Bind that failed: to listen then would be to listen somewhere else.
func (s *Socket) failedSetup() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.setup
}

// Listen lets clients connect. backlog is how many may wait to be accepted, and one more; the default is 128. It isn't
// how many clients there may be. The error after a Bind that failed is that of the Bind.
func (s *Socket) Listen(backlog ...int) error {
	ep := s.endpoint()
	if ep == nil {
		return badFD()
	}
	n := min(128, SOMAXCONN)
	if len(backlog) > 0 {
		n = max(backlog[0], 0)
	}
	if err := s.failedSetup(); err != nil {
		return err
	}
	c := enter("listen")
	defer c.leave()
	if err := ep.Listen(c.t, n); err != nil {
		return s.inUse(c.t, ep.LocalAddr(c.t), err)
	}
	return nil
}

// Connect connects the socket with a server, and waits for its answer. The error is that of Python:
// ConnectionRefusedError if no program listens there. It panics with an OverflowError unless the port is 0 to 65535.
func (s *Socket) Connect(host string, port int) error {
	ep := s.endpoint()
	if ep == nil {
		return badFD()
	}
	c := enter("connect")
	defer c.leave()
	addr, err := s.resolve(c.t, "connect", host, port)
	if err != nil {
		return err
	}
	return s.connect(c, ep, addr)
}

func (s *Socket) connect(c caller, ep network.Endpoint, addr netip.AddrPort) error {
	end := s.end(c.t)
	err := ep.Connect(c.t, addr)
	if err == syscall.EINPROGRESS && s.patience.Load() != 0 {
		left := forever
		if end >= 0 {
			left = max(end-now(c.t), 0)
		}
		if s.net.Wait(c.t, []network.Interest{{Endpoint: ep, Events: network.Writable}}, left, nil) == nil {
			return timedOut(c.t)
		}
		err = ep.Failure(c.t)
	}
	if err != nil {
		return raise(err)
	}
	if s.kind == SOCK_STREAM {
		peer, err := ep.PeerAddr(c.t)
		if err != nil {
			peer = addr
		}
		s.flow.Store(&flow{client: ep.LocalAddr(c.t), server: peer, toServer: true})
		s.flow.Load().record(c.t, timeline.Connect, nil, 0)
	}
	return nil
}

// SetTimeout limits what each call waits: a *TimeoutError, "timed out", then. 0 is SetBlocking(false). It panics with a
// ValueError, "Timeout value out of range", if d is negative; Python's None is SetBlocking(true).
func (s *Socket) SetTimeout(d time.Duration) {
	if d < 0 {
		panic(exceptions.Value("Timeout value out of range"))
	}
	if s != nil {
		s.patience.Store(int64(d))
	}
}

// GetTimeout returns the time-out, and false if there is none.
func (s *Socket) GetTimeout() (time.Duration, bool) {
	if s == nil {
		return 0, false
	}
	if d := s.patience.Load(); d >= 0 {
		return time.Duration(d), true
	}
	return 0, false
}

// SetBlocking(true) lets calls wait without an end; SetBlocking(false) lets them fail with a BlockingIOError instead of
// waiting.
func (s *Socket) SetBlocking(wait bool) {
	d := forever
	if !wait {
		d = 0
	}
	if s != nil {
		s.patience.Store(int64(d))
	}
}

// GetBlocking reports whether calls may wait.
func (s *Socket) GetBlocking() bool { return s == nil || s.patience.Load() != 0 }

// SetSockOpt sets an option of a level, such as SO_REUSEADDR of SOL_SOCKET. The value is an int, a bool, or for
// SO_LINGER 8 bytes, as struct.pack("ii", 1, 0) makes them. It panics with a TypeError if it is something else.
func (s *Socket) SetSockOpt(level, name int, value any) error {
	ep := s.endpoint()
	if ep == nil {
		return badFD()
	}
	t := machine.Current()
	switch v := value.(type) {
	case int:
		return raise(ep.SetOption(t, level, name, v))
	case bool:
		n := 0
		if v {
			n = 1
		}
		return raise(ep.SetOption(t, level, name, n))
	case []byte:
		if level == SOL_SOCKET && name == SO_LINGER && len(v) == 8 {
			return raise(ep.SetLinger(t, binary.NativeEndian.Uint32(v) != 0,
				int(int32(binary.NativeEndian.Uint32(v[4:])))))
		}
		if len(v) == 4 {
			return raise(ep.SetOption(t, level, name, int(int32(binary.NativeEndian.Uint32(v)))))
		}
		return exceptions.System(syscall.EINVAL)
	}
	panic(exceptions.Type("a bytes-like object is required, not '%T'", value))
}

// GetSockOpt returns the value of an option.
func (s *Socket) GetSockOpt(level, name int) (int, error) {
	ep := s.endpoint()
	if ep == nil {
		return 0, badFD()
	}
	v, err := ep.Option(machine.Current(), level, name)
	return v, raise(err)
}

// GetSockName returns the socket's own address, the zero Addr if it is closed or of a pair.
func (s *Socket) GetSockName() Addr {
	ep := s.endpoint()
	if ep == nil {
		return Addr{}
	}
	return addrOf(ep.LocalAddr(machine.Current()))
}

// GetPeerName returns the address of the other end. The error says that there is none: "Transport endpoint is not
// connected".
func (s *Socket) GetPeerName() (Addr, error) {
	ep := s.endpoint()
	if ep == nil {
		return Addr{}, badFD()
	}
	a, err := ep.PeerAddr(machine.Current())
	return addrOf(a), raise(err)
}

// timeoutKey is where an interpreter keeps the time-out of new sockets.
type timeoutKey struct{}

func defaultTimeouts(t *machine.Thread) *time.Duration {
	if in := gil.Of(t); in != nil {
		return in.State(timeoutKey{}, func() any { d := forever; return &d }).(*time.Duration)
	}
	return nil
}

func defaultTimeout(t *machine.Thread) time.Duration {
	if d := defaultTimeouts(t); d != nil {
		return *d
	}
	return forever
}

// SetDefaultTimeout sets the time-out of sockets that the interpreter makes from now on; a negative one is none, as
// Python's None. It must be called while no other thread makes any.
func SetDefaultTimeout(d time.Duration) {
	if p := defaultTimeouts(machine.Current()); p != nil {
		*p = max(d, forever)
	}
}

// GetDefaultTimeout returns it, and false if there is none.
func GetDefaultTimeout() (time.Duration, bool) {
	d := defaultTimeout(machine.Current())
	return max(d, 0), d >= 0
}

const readable, writable = network.Readable, network.Writable
