package network

// This file defines endpoints of the simulated network: what a process does with them. sim_stream.go has what becomes
// of it on the network.

import (
	"net/netip"
	"slices"
	"syscall"
	"time"

	"gilkernel/runtime/machine"
)

type simState uint8

const (
	simIdle simState = iota
	simListening
	simConnecting
	simConnected
	simClosed // by the process
)

// simEndpoint implements Endpoint.
type simEndpoint struct {
	n            *simulated
	fd           int
	owners       []machine.Interpreter // the processes that have it open, each as often as it does
	family, kind int
	state        simState
	local, peer  netip.AddrPort
	bound        *binding
	reuse        bool
	nodelay      bool
	keepalive    bool
	abort        bool           // SO_LINGER of 0 seconds
	options      map[[2]int]int // others, which change nothing
	sendMax      int
	receiveMax   int
	failure      error // SO_ERROR
	watchers     []*watcher
	user         string // the thread that used it last

	backlog int            // of a listener
	queue   []*simEndpoint // connections that are not accepted yet

	stream             // of a connection
	letters []datagram // that have arrived
	waiting int        // their bytes
}

type datagram struct {
	data []byte
	from netip.AddrPort
}

// Open implements Network.
func (n *simulated) Open(t *machine.Thread, family, kind int) (Endpoint, error) {
	n.enter(t)
	if family != AF_INET && family != AF_INET6 {
		return nil, syscall.EAFNOSUPPORT
	}
	if kind != SOCK_STREAM && kind != SOCK_DGRAM {
		return nil, syscall.ESOCKTNOSUPPORT
	}
	e := n.endpoint(family, kind)
	if err := n.descriptor(t, e); err != nil {
		return nil, err
	}
	return e, nil
}

func (n *simulated) endpoint(family, kind int) *simEndpoint {
	return &simEndpoint{n: n, fd: -1, family: family, kind: kind, sendMax: n.o.send, receiveMax: n.o.receive}
}

// Pair implements Network.
func (n *simulated) Pair(t *machine.Thread, kind int) (a, b Endpoint, err error) {
	n.enter(t)
	x, y := n.endpoint(AF_UNIX, kind), n.endpoint(AF_UNIX, kind)
	if err := n.descriptor(t, x); err != nil {
		return nil, nil, err
	}
	if err := n.descriptor(t, y); err != nil {
		n.disown(x, t.Interpreter())
		return nil, nil, err
	}
	x.nodelay, y.nodelay = true, true
	x.state, y.state, x.other, y.other, y.server = simConnected, simConnected, y, x, true
	return x, y, nil
}

// enter begins a call. The error is that of an endpoint which is closed.
func (e *simEndpoint) enter(t *machine.Thread) (now int64, err error) {
	now = e.n.enter(t)
	if e.state == simClosed {
		return now, syscall.EBADF
	}
	e.user = t.Name()
	return now, nil
}

// FD implements Endpoint.
func (e *simEndpoint) FD() int { return e.fd }

// Family implements Endpoint.
func (e *simEndpoint) Family() int { return e.family }

// Kind implements Endpoint.
func (e *simEndpoint) Kind() int { return e.kind }

// Bind implements Endpoint.
func (e *simEndpoint) Bind(t *machine.Thread, addr netip.AddrPort) error {
	now, err := e.enter(t)
	switch {
	case err != nil:
		return err
	case e.bound != nil || e.family == AF_UNIX || e.state != simIdle:
		return syscall.EINVAL
	case !here(addr.Addr()):
		return syscall.EADDRNOTAVAIL
	}
	return e.n.reserve(e, addr, now, who(t))
}

// anywhere is the address of an endpoint that is not bound.
func (e *simEndpoint) anywhere() netip.AddrPort {
	a, _, _ := literal("", e.family)
	return netip.AddrPortFrom(a, 0)
}

// Listen implements Endpoint.
func (e *simEndpoint) Listen(t *machine.Thread, backlog int) error {
	now, err := e.enter(t)
	switch {
	case err != nil:
		return err
	case e.kind != SOCK_STREAM:
		return syscall.EOPNOTSUPP
	case e.state != simIdle && e.state != simListening:
		return syscall.EINVAL
	}
	if e.bound == nil {
		if err := e.n.reserve(e, e.anywhere(), now, who(t)); err != nil {
			return err
		}
	}
	if e.state == simIdle {
		e.bound.reuse = e.reuse
		if e.n.conflicts(e.bound, now, true) {
			return syscall.EADDRINUSE
		}
		e.n.links = append(e.n.links, e)
	}
	if backlog < 0 || backlog > maxBacklog { // listen(-1) is a large unsigned number
		backlog = maxBacklog
	}
	e.state, e.backlog, e.bound.listening = simListening, backlog, true
	return nil
}

// Accept implements Endpoint.
func (e *simEndpoint) Accept(t *machine.Thread) (Endpoint, netip.AddrPort, error) {
	var from netip.AddrPort
	_, err := e.enter(t)
	switch {
	case err != nil:
		return nil, from, err
	case e.kind != SOCK_STREAM:
		return nil, from, syscall.EOPNOTSUPP
	case e.state != simListening:
		return nil, from, syscall.EINVAL
	}
	if len(e.queue) == 0 {
		if e.n.open[t.Interpreter()]+3 >= e.n.o.descriptors { // accept4 looks for one before it looks into the queue
			return nil, from, syscall.EMFILE
		}
		return nil, from, wouldBlock
	}
	c := e.queue[0]
	if err := e.n.descriptor(t, c); err != nil {
		return nil, from, err
	}
	e.queue = slices.Delete(e.queue, 0, 1)
	c.user = t.Name()
	return c, c.peer, nil
}

// Connect implements Endpoint.
func (e *simEndpoint) Connect(t *machine.Thread, addr netip.AddrPort) error {
	now, err := e.enter(t)
	if err != nil {
		return err
	}
	if addr.Addr().IsUnspecified() { // Linux takes it for the host itself
		self, _ := e.n.Lookup(t, "localhost", e.family)
		addr = netip.AddrPortFrom(self[0], addr.Port())
	}
	switch {
	case e.family == AF_UNIX:
		return syscall.EINVAL
	case e.kind == SOCK_DGRAM:
		if err := e.ephemeral(t, now, addr); err != nil {
			return err
		}
		e.peer, e.state = addr, simConnected
		return nil
	case e.state == simConnecting:
		return syscall.EALREADY
	case e.state == simConnected:
		return syscall.EISCONN
	case e.state == simListening:
		return syscall.EISCONN
	}
	if err := e.ephemeral(t, now, addr); err != nil {
		return err
	}
	e.peer, e.state, e.failure = addr, simConnecting, nil
	e.n.syn(t, e, now, 0)
	return syscall.EINPROGRESS
}

// ephemeral gives an endpoint that wants to send to an address of its own, if it has none.
func (e *simEndpoint) ephemeral(t *machine.Thread, now int64, to netip.AddrPort) error {
	self, _ := e.n.Lookup(t, "localhost", e.family)
	if e.bound != nil {
		if e.local.Addr().IsUnspecified() {
			e.local = netip.AddrPortFrom(self[0], e.local.Port())
		}
		return nil
	}
	port, ok := e.n.ephemeral(e.kind, now, time.Second)
	if !ok {
		return syscall.EADDRNOTAVAIL
	}
	e.bound = &binding{key: portKey{e.kind, port}, ip: self[0], reuse: e.reuse, by: who(t), peer: to}
	e.n.occupy(e.bound)
	e.local = netip.AddrPortFrom(self[0], port)
	return nil
}

// Close implements Endpoint.
func (e *simEndpoint) Close(t *machine.Thread) error {
	now, err := e.enter(t)
	if err != nil {
		return err
	}
	e.leave(t, now, t.Interpreter())
	return nil
}

// leave takes the endpoint from a process. The last one closes it.
func (e *simEndpoint) leave(t *machine.Thread, now int64, owner machine.Interpreter) {
	if !e.n.disown(e, owner) {
		return
	}
	was := e.state
	e.state = simClosed
	switch {
	case was == simListening:
		e.n.links = slices.DeleteFunc(e.n.links, func(l *simEndpoint) bool { return l == e })
		for _, c := range e.queue {
			c.state = simClosed
			c.abandon(t, now)
		}
		e.queue = nil
		e.n.vacate(e.bound)
	case e.kind == SOCK_STREAM && e.other != nil:
		e.hangUp(t, now)
	case e.kind == SOCK_STREAM && was == simConnecting:
		e.n.vacate(e.bound)
	default:
		if e.kind == SOCK_DGRAM && e.other != nil {
			e.other.notify()
		}
		e.n.vacate(e.bound)
	}
	e.wakeAll()
}

// simShared implements Shared: the endpoint belongs to no process until another adopts it.
type simShared struct{ e *simEndpoint }

// Share implements Endpoint.
func (e *simEndpoint) Share(t *machine.Thread) (Shared, error) {
	if _, err := e.enter(t); err != nil {
		return nil, err
	}
	e.n.own(e, nil)
	return &simShared{e}, nil
}

// FD implements Shared.
func (*simShared) FD() int { return -1 }

// Close implements Shared.
func (s *simShared) Close(t *machine.Thread) error {
	e := s.e
	if s.e = nil; e == nil {
		return syscall.EBADF
	}
	e.leave(t, e.n.enter(t), nil)
	return nil
}

// Adopt implements Network.
func (n *simulated) Adopt(t *machine.Thread, s Shared, _, _ int) (Endpoint, error) {
	n.enter(t)
	sim, ok := s.(*simShared)
	if !ok || sim.e == nil || sim.e.n != n {
		return nil, syscall.EBADF
	}
	e := sim.e
	sim.e = nil
	n.own(e, t.Interpreter()) // first: it must not be closed between the two
	n.disown(e, nil)
	e.user = t.Name()
	return e, nil
}

// Forget implements Network.
func (n *simulated) Forget(t *machine.Thread, in machine.Interpreter) {
	now := n.enter(t)
	for _, e := range slices.Clone(n.fds) {
		for e != nil && slices.Contains(e.owners, in) {
			e.leave(t, now, in)
		}
	}
}

// Shutdown implements Endpoint.
func (e *simEndpoint) Shutdown(t *machine.Thread, how int) error {
	now, err := e.enter(t)
	switch {
	case err != nil:
		return err
	case e.state == simListening:
		if how != SHUT_WR { // tcp_disconnect: threads that block in accept return
			e.n.links = slices.DeleteFunc(e.n.links, func(l *simEndpoint) bool { return l == e })
			e.state, e.bound.listening = simIdle, false
			e.wakeAll()
		}
		return nil
	case e.state != simConnected || e.dead:
		return syscall.ENOTCONN
	case how < SHUT_RD || how > SHUT_RDWR:
		return syscall.EINVAL
	}
	if how != SHUT_WR {
		e.shutRead = true
	}
	if how != SHUT_RD && !e.finWanted {
		e.finWanted = true
		e.transmit(t, now)
	}
	e.wakeAll()
	return nil
}

// LocalAddr implements Endpoint.
func (e *simEndpoint) LocalAddr(t *machine.Thread) netip.AddrPort {
	e.n.enter(t)
	if e.bound == nil && e.family != AF_UNIX {
		return e.anywhere()
	}
	return e.local
}

// PeerAddr implements Endpoint.
func (e *simEndpoint) PeerAddr(t *machine.Thread) (netip.AddrPort, error) {
	if _, err := e.enter(t); err != nil {
		return netip.AddrPort{}, err
	}
	if e.state != simConnected || e.dead {
		return netip.AddrPort{}, syscall.ENOTCONN
	}
	return e.peer, nil
}

// Failure implements Endpoint.
func (e *simEndpoint) Failure(t *machine.Thread) error {
	if _, err := e.enter(t); err != nil {
		return err
	}
	err := e.failure
	e.failure = nil
	return err
}

// SetLinger implements Endpoint.
func (e *simEndpoint) SetLinger(t *machine.Thread, on bool, seconds int) error {
	if _, err := e.enter(t); err != nil {
		return err
	}
	e.abort = on && seconds == 0
	return nil
}

// SetOption implements Endpoint.
func (e *simEndpoint) SetOption(t *machine.Thread, level, name, value int) error {
	if _, err := e.enter(t); err != nil {
		return err
	}
	switch [2]int{level, name} {
	case [2]int{SOL_SOCKET, SO_REUSEADDR}:
		e.reuse = value != 0
	case [2]int{SOL_SOCKET, SO_KEEPALIVE}:
		e.keepalive = value != 0
	case [2]int{SOL_SOCKET, SO_SNDBUF}:
		e.sendMax = max(2*value, 4608) // the kernel doubles it: SOCK_MIN_SNDBUF
	case [2]int{SOL_SOCKET, SO_RCVBUF}:
		e.receiveMax = max(2*value, 2304)
	case [2]int{IPPROTO_TCP, TCP_NODELAY}:
		e.nodelay = value != 0
		if now := int64(t.Now()); e.nodelay && e.other != nil {
			e.transmit(t, now)
		}
	default:
		if level == SOL_SOCKET && name == SO_ERROR || level == SOL_SOCKET && name == SO_TYPE {
			return syscall.ENOPROTOOPT
		}
		if e.options == nil {
			e.options = map[[2]int]int{}
		}
		e.options[[2]int{level, name}] = value
	}
	return nil
}

// Option implements Endpoint.
func (e *simEndpoint) Option(t *machine.Thread, level, name int) (int, error) {
	if _, err := e.enter(t); err != nil {
		return 0, err
	}
	flag := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	switch [2]int{level, name} {
	case [2]int{SOL_SOCKET, SO_REUSEADDR}:
		return flag(e.reuse), nil
	case [2]int{SOL_SOCKET, SO_KEEPALIVE}:
		return flag(e.keepalive), nil
	case [2]int{SOL_SOCKET, SO_SNDBUF}:
		return e.sendMax, nil
	case [2]int{SOL_SOCKET, SO_RCVBUF}:
		return e.receiveMax, nil
	case [2]int{SOL_SOCKET, SO_TYPE}:
		return e.kind, nil
	case [2]int{SOL_SOCKET, SO_ERROR}:
		err, _ := e.failure.(syscall.Errno)
		e.failure = nil
		return int(err), nil
	case [2]int{IPPROTO_TCP, TCP_NODELAY}:
		return flag(e.nodelay), nil
	}
	return e.options[[2]int{level, name}], nil
}

// Unplug implements Endpoint.
func (e *simEndpoint) Unplug(t *machine.Thread) error {
	now, err := e.enter(t)
	switch {
	case err != nil:
		return err
	case e.other == nil || e.family == AF_UNIX:
		return syscall.ENOTCONN
	}
	e.cut, e.other.cut = true, true
	for _, side := range []*simEndpoint{e, e.other} {
		if side.keepalive {
			side.timeOut(t, now+int64(keepIdle+keepProbes*keepInterval))
		}
		if side.unacked > 0 || side.finSent && !side.finAcked {
			side.timeOut(t, now+int64(giveUp))
		}
	}
	return nil
}

// What Linux does with SO_KEEPALIVE: net.ipv4.tcp_keepalive_time, _probes, _intvl.
const (
	keepIdle     = 2 * time.Hour
	keepProbes   = 9
	keepInterval = 75 * time.Second
)
