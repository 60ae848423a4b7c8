package socket

// This file defines sockets.

import (
	"fmt"
	"io"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/network"
	"gilkernel/runtime/timeline"
)

// An Addr is the address of a socket: Python's tuple of a host and a port.
type Addr struct {
	Host string
	Port int
}

// String returns Python's repr: "('127.0.0.1', 3001)".
func (a Addr) String() string { return fmt.Sprintf("('%s', %d)", a.Host, a.Port) }

func addrOf(a netip.AddrPort) Addr {
	if !a.IsValid() {
		return Addr{}
	}
	return Addr{a.Addr().String(), int(a.Port())}
}

// A Socket is socket.socket. NewSocket makes one. All methods may be called concurrently; those of a nil or zero Socket
// fail as those of a closed one, with "Bad file descriptor".
type Socket struct {
	net          network.Network
	family, kind int

	patience atomic.Int64 // the time-out, ns; less than 0 is none, 0 doesn't wait

	flow     atomic.Pointer[flow] // of a connection; nil of none
	replaced atomic.Bool          // see takeOver
	sent     atomic.Bool          // another process has it too: closing it here doesn't end the connection

	mu     sync.Mutex // protects the fields below; held briefly
	ep     network.Endpoint
	files  int   // of MakeFile, that aren't closed
	closed bool  // Close was called
	setup  error // a Bind that failed
}

// forever is the time-out of a socket that has none.
const forever = time.Duration(-1)

// NewSocket returns a socket of a family and a type, AF_INET and SOCK_STREAM if they aren't given. It panics with an
// OSError if there can be none: "[Errno 24] Too many open files".
func NewSocket(familyAndType ...int) *Socket {
	family, kind := AF_INET, SOCK_STREAM
	switch len(familyAndType) {
	case 0:
	case 1:
		family = familyAndType[0]
	case 2:
		family, kind = familyAndType[0], familyAndType[1]
	default:
		panic(exceptions.Type("socket() takes at most 2 arguments (%d given)", len(familyAndType)))
	}
	s, err := open(machine.Current(), family, kind)
	if err != nil {
		panic(err)
	}
	return s
}

func open(t *machine.Thread, family, kind int) (*Socket, error) {
	n := networkOf(t)
	ep, err := n.Open(t, family, kind)
	if err != nil {
		return nil, raise(err)
	}
	return wrap(t, n, ep), nil
}

func networkOf(t *machine.Thread) network.Network {
	if t == nil {
		return network.Of(nil)
	}
	return network.Of(t.Machine())
}

// wrap makes a Socket of an endpoint.
func wrap(t *machine.Thread, n network.Network, ep network.Endpoint) *Socket {
	s := &Socket{net: n, ep: ep, family: ep.Family(), kind: ep.Kind()}
	endWith(t, n)
	s.patience.Store(int64(defaultTimeout(t)))
	return s
}

// endpoint returns the endpoint, nil if the socket is closed.
func (s *Socket) endpoint() network.Endpoint {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ep
}

// A caller is a thread within a call: it has no GIL.
type caller struct{ t *machine.Thread }

// enter gives the GIL up, as Py_BEGIN_ALLOW_THREADS, and says in the timeline what the thread does.
func enter(name string) caller {
	t := machine.Current()
	if t == nil {
		return caller{}
	}
	if t.Interpreter() != nil {
		t.Cost(machine.CallCost)
	}
	t.Detach()
	t.Do(timeline.IO, t.ObjectName(name))
	return caller{t}
}

// leave takes it back.
func (c caller) leave() {
	c.t.Resume()
}

// now is the time on a thread's clock.
func now(t *machine.Thread) time.Duration {
	if t == nil {
		return time.Duration(time.Now().UnixNano())
	}
	return t.Now()
}

// until calls op until it needn't wait: sock_call_impl. The wait is for ev, and for no longer than up to end, a time on
// the thread's clock; less than 0 is no end. The caller has entered.
func (s *Socket) until(
	c caller, ep network.Endpoint, ev network.Events, end time.Duration, alone bool, op func() error,
) error {
	for {
		err := op()
		if err != syscall.EAGAIN && err != syscall.EWOULDBLOCK {
			return raise(err)
		}
		if s.patience.Load() == 0 {
			return raise(syscall.EAGAIN)
		}
		left := forever
		if end >= 0 {
			if left = end - now(c.t); left <= 0 {
				return timedOut(c.t)
			}
		}
		if s.net.Wait(c.t, []network.Interest{{Endpoint: ep, Events: ev, Exclusive: alone}}, left, nil) == nil &&
			end >= 0 && now(c.t) >= end {
			return timedOut(c.t)
		}
	}
}

// end is when a call that begins now has taken too long.
func (s *Socket) end(t *machine.Thread) time.Duration {
	d := time.Duration(s.patience.Load())
	if n := now(t); d > 0 && d < 1<<62-n {
		return n + d
	}
	return forever
}

// Accept waits for a client and returns the connection to it, and its address.
func (s *Socket) Accept() (*Socket, Addr, error) {
	ep := s.endpoint()
	if ep == nil {
		if s != nil {
			s.checkReplaced(machine.Current())
		}
		return nil, Addr{}, badFD()
	}
	if err := s.failedSetup(); err != nil {
		return nil, Addr{}, err
	}
	c := enter("accept")
	defer c.leave()
	var conn network.Endpoint
	var from netip.AddrPort
	err := s.until(c, ep, network.Readable, s.end(c.t), true, func() (err error) {
		conn, from, err = ep.Accept(c.t)
		return err
	})
	if err != nil {
		s.checkReplaced(c.t)
		return nil, Addr{}, err
	}
	a := wrap(c.t, s.net, conn)
	a.flow.Store(&flow{client: from, server: conn.LocalAddr(c.t)})
	a.flow.Load().record(c.t, timeline.Accept, nil, 0)
	return a, addrOf(from), nil
}

// Send sends data, or as much of it as there is room for, and returns how many bytes that were.
func (s *Socket) Send(data []byte) (int, error) { return s.send(data, true) }

func (s *Socket) send(data []byte, told bool) (n int, err error) {
	ep := s.endpoint()
	if ep == nil {
		return 0, badFD()
	}
	c := enter("send")
	defer c.leave()
	err = s.until(c, ep, network.Writable, s.end(c.t), false, func() (err error) {
		n, err = ep.Send(c.t, data, netip.AddrPort{})
		return err
	})
	if err == nil && told {
		s.flow.Load().record(c.t, timeline.Write, data[:n], n)
	}
	return n, err
}

// SendAll sends all of data. The time-out is for the whole. After an error it isn't known how much was sent.
func (s *Socket) SendAll(data []byte) error { return s.sendAll(data, data) }

// sendAll is SendAll, of which the timeline shows only a part: what a frame carries.
func (s *Socket) sendAll(data, shown []byte) error {
	ep := s.endpoint()
	if ep == nil {
		return badFD()
	}
	c := enter("sendall")
	defer c.leave()
	end := s.end(c.t)
	if len(data) > 0 {
		s.flow.Load().record(c.t, timeline.Write, shown, len(data))
	}
	for first := true; first || len(data) > 0; first = false {
		var n int
		err := s.until(c, ep, network.Writable, end, false, func() (err error) {
			n, err = ep.Send(c.t, data, netip.AddrPort{})
			return err
		})
		if err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

// Recv waits until something arrives and returns it, at most size bytes: what one Send has sent may arrive in pieces,
// and what several have sent in one. It is empty, without an error, when the peer has closed its side. flags may be
// MSG_PEEK. It panics with a ValueError, "negative buffersize in recv", if size is negative, and returns nothing at
// once if it is 0.
func (s *Socket) Recv(size int, flags ...int) ([]byte, error) {
	if size < 0 {
		panic(exceptions.Value("negative buffersize in recv"))
	}
	buf := make([]byte, min(size, maxRecv))
	n, err := s.recv(buf, flags, true)
	return shrink(buf[:n]), err
}

// maxRecv bounds what is made for a Recv: no call returns more.
const maxRecv = 1 << 24

// shrink doesn't keep a large buffer for a few bytes: sock_recv resizes its result too.
func shrink(p []byte) []byte {
	if cap(p) > 2*len(p)+64 {
		return append(make([]byte, 0, len(p)), p...)
	}
	return p
}

// RecvInto is Recv into a buffer, and returns how many bytes there are.
func (s *Socket) RecvInto(buf []byte, flags ...int) (int, error) { return s.recv(buf, flags, true) }

func (s *Socket) recv(buf []byte, flags []int, told bool) (n int, err error) {
	if len(buf) == 0 { // sock_recv_guts doesn't ask the system, which may wait
		return 0, nil
	}
	ep := s.endpoint()
	if ep == nil {
		return 0, badFD()
	}
	c := enter("recv")
	defer c.leave()
	flag := 0
	for _, f := range flags {
		flag |= f
	}
	err = s.until(c, ep, network.Readable, s.end(c.t), false, func() (err error) {
		n, _, err = ep.Recv(c.t, buf, flag)
		return err
	})
	if err == nil && told && flag&MSG_PEEK == 0 && len(buf) > 0 {
		s.flow.Load().record(c.t, timeline.Read, buf[:n], n)
	}
	return n, err
}

// Read is Recv for Go's io: it returns io.EOF when the peer has closed its side.
func (s *Socket) Read(p []byte) (int, error) {
	n, err := s.recv(p, nil, true)
	if n == 0 && err == nil && len(p) > 0 {
		return 0, io.EOF
	}
	return n, err
}

// Write is SendAll for Go's io.
func (s *Socket) Write(p []byte) (int, error) {
	if err := s.SendAll(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Shutdown ends one direction of a connection, or both: SHUT_RD, SHUT_WR, SHUT_RDWR. After SHUT_WR the peer's Recv is
// empty.
func (s *Socket) Shutdown(how int) error {
	ep := s.endpoint()
	if ep == nil {
		return badFD()
	}
	c := enter("shutdown")
	defer c.leave()
	return raise(ep.Shutdown(c.t, how))
}

// Close closes the socket, unless files of MakeFile are open: then the last of them does. A second Close does nothing.
func (s *Socket) Close() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	s.closed = true
	ep := s.ep
	if s.files > 0 {
		ep = nil
	} else {
		s.ep = nil
	}
	s.mu.Unlock()
	return s.shut(ep)
}

func (s *Socket) shut(ep network.Endpoint) error {
	if ep == nil {
		return nil
	}
	c := enter("close")
	defer c.leave()
	s.forget(c.t)
	if !s.sent.Load() {
		s.flow.Load().record(c.t, timeline.Hangup, nil, 0)
	}
	err := raise(ep.Close(c.t))
	if exceptions.Is(err, "ConnectionResetError") {
		return nil // since 3.6: Modules/socketmodule.c, sock_close
	}
	return err
}

// With calls fn and closes the socket afterwards, also after a panic: with s.
func (s *Socket) With(fn func()) {
	defer func() { _ = s.Close() }()
	fn()
}

// Detach gives the descriptor away and returns it: the socket is closed, the connection isn't. It is -1 for a closed
// socket.
func (s *Socket) Detach() int {
	if s == nil {
		return -1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ep == nil {
		return -1
	}
	fd := s.ep.FD()
	s.closed, s.ep = true, nil
	return fd
}

// FileNo returns the descriptor, -1 if the socket is closed.
func (s *Socket) FileNo() int {
	if ep := s.endpoint(); ep != nil {
		return ep.FD()
	}
	return -1
}

// Family returns AF_INET and the like.
func (s *Socket) Family() int {
	if s == nil {
		return 0
	}
	return s.family
}

// Type returns SOCK_STREAM or SOCK_DGRAM.
func (s *Socket) Type() int {
	if s == nil {
		return 0
	}
	return s.kind
}

// Unplug cuts the cable between the socket and its peer: from then on nothing arrives on either side, and neither gets
// an error, as when a computer loses its power. Only simulated networks can do that; elsewhere the error is "Operation
// not supported".
func (s *Socket) Unplug() error {
	ep := s.endpoint()
	if ep == nil {
		return badFD()
	}
	return raise(ep.Unplug(machine.Current()))
}

// String returns Python's repr: "<socket.socket fd=5, family=2, type=1, proto=0, laddr=('127.0.0.1', 3001)>".
func (s *Socket) String() string {
	if s == nil {
		return "None"
	}
	ep := s.endpoint()
	closed, fd := "", -1
	if ep == nil {
		closed = " [closed]"
	} else {
		fd = ep.FD()
	}
	t := machine.Current()
	family, kind := fmt.Sprint(s.family), fmt.Sprint(s.kind)
	if v := minor(t); v > 300 && v < 311 {
		family = "AddressFamily." +
			map[int]string{AF_INET: "AF_INET", AF_INET6: "AF_INET6", AF_UNIX: "AF_UNIX"}[s.family]
		kind = "SocketKind." + map[int]string{SOCK_STREAM: "SOCK_STREAM", SOCK_DGRAM: "SOCK_DGRAM"}[s.kind]
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<socket.socket%s fd=%d, family=%s, type=%s, proto=0", closed, fd, family, kind)
	if ep != nil && s.family != AF_UNIX && usable(t, ep) {
		fmt.Fprintf(&b, ", laddr=%v", addrOf(ep.LocalAddr(t)))
		if peer, err := ep.PeerAddr(t); err == nil {
			fmt.Fprintf(&b, ", raddr=%v", addrOf(peer))
		}
	}
	return b.String() + ">"
}
