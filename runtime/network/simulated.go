package network

// This file defines the simulated network: its ports, its descriptors and the way of a packet.

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
)

// simulated is the network of a simulated machine. Its fields, and those of its endpoints, belong to the thread whose
// turn it is, or to an event of the machine.
type simulated struct {
	m     *machine.Machine
	o     settings
	rng   *rand.Rand
	order machine.Word // touched before anything is: it brings the calling thread into its place in time

	fds   []*simEndpoint              // by number; nil is free, or one of the first three
	low   int                         // no number below is free
	open  map[machine.Interpreter]int // how many descriptors each process has
	ports map[portKey]map[*binding]struct{}
	port  uint16   // where the search for an ephemeral port begins
	free  [2]int64 // when the line to the server and that to the client are free
	links []*simEndpoint
}

// callTime is the virtual time of a system call: the way into the kernel and back.
const callTime = 1500 * time.Nanosecond

type portKey struct {
	kind int
	port uint16
}

// A binding is what occupies a port.
type binding struct {
	key       portKey
	ip        netip.Addr
	reuse     bool
	listening bool
	peer      netip.AddrPort // of a connection
	by        string         // the thread that bound it
	// until is when it is over, and since is since when it will be: TIME_WAIT and FIN_WAIT_2. 0: it is in use.
	until, since int64
}

func newSimulated(m *machine.Machine) *simulated {
	// any second half
	n := &simulated{m: m, o: loopback(), rng: rand.New(rand.NewPCG(m.Seed(), 0x6e65_7477)), low: 3,
		fds: make([]*simEndpoint, 3)}
	n.ports = map[portKey]map[*binding]struct{}{}
	n.open = map[machine.Interpreter]int{}
	n.port = uint16(firstEphemeral + 2*n.rng.IntN((lastEphemeral-firstEphemeral)/2))
	return n
}

// enter is the way into the kernel. It panics with a RuntimeError if the caller is no thread of the machine.
func (n *simulated) enter(t *machine.Thread) int64 {
	if t == nil {
		panic(exceptions.Runtime("a plain goroutine can't use the simulated network; use a threading.Thread, or run " +
			"the cell under %%%%real"))
	}
	if t.Machine() != n.m {
		panic(exceptions.Runtime("the socket belongs to the simulated machine of another cell, which has ended; make " +
			"a new one in this cell"))
	}
	t.Cost(callTime)
	n.order.Touch(t)
	return int64(t.Now())
}

// at plans an event.
func (n *simulated) at(t *machine.Thread, at int64, fn func(now int64)) {
	n.m.At(t, time.Duration(at), func(now time.Duration) { fn(int64(now)) })
}

// descriptor gives an endpoint its number in the thread's process. Numbers are those of the machine: a process that is
// given an endpoint of another uses the same number, as after a fork.
func (n *simulated) descriptor(t *machine.Thread, e *simEndpoint) error {
	owner := t.Interpreter()
	if n.open[owner]+3 >= n.o.descriptors {
		return syscall.EMFILE
	}
	n.own(e, owner)
	for n.low < len(n.fds) && n.fds[n.low] != nil {
		n.low++
	}
	if n.low == len(n.fds) {
		n.fds = append(n.fds, nil)
	}
	e.fd = n.low
	n.fds[n.low] = e
	return nil
}

// own notes that a process has an endpoint once more.
func (n *simulated) own(e *simEndpoint, owner machine.Interpreter) {
	e.owners = append(e.owners, owner)
	n.open[owner]++
}

// disown undoes own, and reports whether the last process has closed the endpoint: its number is free then.
func (n *simulated) disown(e *simEndpoint, owner machine.Interpreter) (last bool) {
	i := max(slices.Index(e.owners, owner), 0) // a thread may close what another process has left to it
	if n.open[e.owners[i]]--; n.open[e.owners[i]] == 0 {
		delete(n.open, e.owners[i])
	}
	if e.owners = slices.Delete(e.owners, i, i+1); len(e.owners) > 0 {
		return false
	}
	n.fds[e.fd] = nil
	n.low = min(n.low, e.fd)
	e.fd = -1
	return true
}

// The ephemeral ports of Linux.
const firstEphemeral, lastEphemeral = 32768, 60999

// reserve occupies a port for an endpoint: the one that it asks for, or an ephemeral one for 0.
func (n *simulated) reserve(e *simEndpoint, addr netip.AddrPort, now int64, by string) error {
	b := &binding{key: portKey{e.kind, addr.Port()}, ip: addr.Addr(), reuse: e.reuse, by: by}
	if addr.Port() == 0 {
		port, ok := n.ephemeral(e.kind, now, 0)
		if !ok {
			return syscall.EADDRINUSE
		}
		b.key.port = port
	} else if n.conflicts(b, now, false) {
		return syscall.EADDRINUSE
	}
	n.occupy(b)
	e.bound = b
	e.local = netip.AddrPortFrom(addr.Addr(), b.key.port)
	return nil
}

// ephemeral returns a free port. One that is in TIME_WAIT for longer than patience may be taken if that is positive:
// net.ipv4.tcp_tw_reuse.
func (n *simulated) ephemeral(kind int, now int64, patience time.Duration) (uint16, bool) {
	const all = lastEphemeral - firstEphemeral + 1
	for i := range all {
		port := uint16(firstEphemeral + (int(n.port)-firstEphemeral+2*i+i/(all/2))%all)
		taken := false
		for b := range n.ports[portKey{kind, port}] {
			if b.until > 0 && (b.until <= now || patience > 0 && now-b.since >= int64(patience)) {
				continue
			}
			taken = true
		}
		if !taken {
			if n.port = port + 2; n.port > lastEphemeral {
				n.port = firstEphemeral
			}
			return port, true
		}
	}
	return 0, false
}

// conflicts reports whether a binding can't be beside those that exist: inet_csk_bind_conflict. Two can if both have
// SO_REUSEADDR and none of them listens.
func (n *simulated) conflicts(b *binding, now int64, listen bool) bool {
	all := n.ports[b.key]
	for c := range all {
		if c.until > 0 && c.until <= now {
			delete(all, c)
			continue
		}
		if c == b || c.ip != b.ip && !c.ip.IsUnspecified() && !b.ip.IsUnspecified() {
			continue
		}
		if listen && !c.listening {
			continue
		}
		if !b.reuse || !c.reuse || c.listening {
			return true
		}
	}
	return false
}

func (n *simulated) occupy(b *binding) {
	if n.ports[b.key] == nil {
		n.ports[b.key] = map[*binding]struct{}{}
	}
	n.ports[b.key][b] = struct{}{}
}

func (n *simulated) vacate(b *binding) {
	if b == nil {
		return
	}
	delete(n.ports[b.key], b)
	if len(n.ports[b.key]) == 0 {
		delete(n.ports, b.key)
	}
}

// travel returns when a packet of e that leaves now arrives. Packets of a connection arrive in order.
func (n *simulated) travel(e *simEndpoint, bytes int, now int64) int64 {
	if e.family == AF_UNIX {
		e.last = max(now+int64(2*time.Microsecond), e.last+1)
		return e.last
	}
	depart := now
	if n.o.bandwidth > 0 {
		line := &n.free[0]
		if e.server {
			line = &n.free[1]
		}
		depart = max(now, *line) + int64(float64(bytes+header)/float64(n.o.bandwidth)*1e9)
		*line = depart
	}
	arrive := depart + n.delay()
	for again := retransmit; n.o.loss > 0 && n.rng.Float64() < n.o.loss; again *= 2 {
		arrive += int64(again)
	}
	e.last = max(arrive, e.last+1)
	return e.last
}

// delay is how long a packet travels.
func (n *simulated) delay() int64 {
	d := int64(n.o.latency)
	if n.o.jitter > 0 {
		d += int64(n.rng.ExpFloat64() * float64(n.o.jitter))
	}
	return d
}

const (
	header     = 66                     // bytes of a packet beside its data
	retransmit = 200 * time.Millisecond // TCP_RTO_MIN
	synAgain   = time.Second            // TCP_TIMEOUT_INIT
	synTries   = 6                      // net.ipv4.tcp_syn_retries
	ackTries   = 5                      // net.ipv4.tcp_synack_retries
	ackDelay   = 40 * time.Millisecond  // TCP_DELACK_MIN
	giveUp     = 924600 * time.Millisecond
	finWait    = time.Minute // net.ipv4.tcp_fin_timeout
	maxBacklog = 4096        // net.core.somaxconn
)

// Hostname implements Network.
func (n *simulated) Hostname() string { return "simulated" }

// Lookup implements Network. The host knows itself and nothing else.
func (n *simulated) Lookup(t *machine.Thread, host string, family int) ([]netip.Addr, error) {
	n.enter(t)
	if a, ok, err := literal(host, family); ok || err != nil {
		return []netip.Addr{a}, err
	}
	if host == "localhost" || host == n.Hostname() {
		if family == AF_INET6 {
			return []netip.Addr{netip.IPv6Loopback()}, nil
		}
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}, nil
	}
	return nil, noName(host)
}

// here reports whether an address is one of the host's own.
func here(a netip.Addr) bool { return a.IsLoopback() || a.IsUnspecified() }

// Occupant implements Network.
func (n *simulated) Occupant(t *machine.Thread, kind int, addr netip.AddrPort) string {
	now := n.enter(t)
	waits := ""
	for b := range n.ports[portKey{kind, addr.Port()}] {
		switch {
		case b.until > 0 && b.until <= now:
		case b.listening || b.peer == (netip.AddrPort{}):
			return "bound by " + b.by
		case b.until > 0 && waits == "":
			waits = "in TIME_WAIT after a connection of the server's that was there before"
		case b.until == 0:
			waits = "used by a connection that is still open"
		}
	}
	return waits
}

// listener returns the endpoint that accepts connections to an address.
func (n *simulated) listener(addr netip.AddrPort) *simEndpoint {
	i := slices.IndexFunc(n.links, func(l *simEndpoint) bool {
		return l.kind == SOCK_STREAM && l.local.Port() == addr.Port() &&
			(l.local.Addr().IsUnspecified() || l.local.Addr() == addr.Addr())
	})
	if i < 0 {
		return nil
	}
	return n.links[i]
}
