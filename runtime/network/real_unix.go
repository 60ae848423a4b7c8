//go:build unix

package network

// This file defines the computer's own network.

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"
	"weak"

	"golang.org/x/sys/unix"

	"gilkernel/runtime/machine"
)

// realEndpoint implements Endpoint. A descriptor is closed when the last call that uses it has ended: its number could
// belong to another file by then.
type realEndpoint struct {
	n            *realNetwork
	key          weak.Pointer[realEndpoint] // of n.open
	fd           int
	family, kind int

	mu     sync.Mutex // protects the fields below; held briefly
	users  int
	gone   bool
	by     string            // the thread that bound it
	name   netip.AddrPort    // to what
	polled []*machine.Thread // that wait for it
	asked  netip.AddrPort    // what a connect that hasn't succeeded yet has asked for
}

// Open implements Network.
func (n *realNetwork) Open(_ *machine.Thread, family, kind int) (Endpoint, error) {
	fd, err := openSocket(family, kind)
	if err != nil && n.reclaim(err) {
		fd, err = openSocket(family, kind)
	}
	if err != nil {
		return nil, err
	}
	return n.add(fd, family, kind), nil
}

// Pair implements Network.
func (n *realNetwork) Pair(_ *machine.Thread, kind int) (a, b Endpoint, err error) {
	fds, err := socketPair(kind)
	if err != nil && n.reclaim(err) {
		fds, err = socketPair(kind)
	}
	if err != nil {
		return nil, nil, err
	}
	_, _ = unix.SetNonblock(fds[0], true), unix.SetNonblock(fds[1], true)
	return n.add(fds[0], AF_UNIX, kind), n.add(fds[1], AF_UNIX, kind), nil
}

// Lookup implements Network.
func (n *realNetwork) Lookup(_ *machine.Thread, host string, family int) ([]netip.Addr, error) {
	if a, ok, err := literal(host, family); ok || err != nil {
		return []netip.Addr{a}, err
	}
	found, err := net.LookupHost(host)
	if err != nil {
		var dns *net.DNSError
		if errors.As(err, &dns) && dns.IsTemporary && !dns.IsNotFound {
			return nil, &LookupError{host, -3, "Temporary failure in name resolution"}
		}
		return nil, noName(host)
	}
	var out []netip.Addr
	for _, s := range found {
		if a, err := netip.ParseAddr(s); err == nil && a.Unmap().Is4() == (family != AF_INET6) {
			out = append(out, a.Unmap())
		}
	}
	if len(out) == 0 {
		return nil, noName(host)
	}
	return out, nil
}

// Hostname implements Network.
func (n *realNetwork) Hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return "localhost"
	}
	return name
}

// Occupant implements Network.
func (n *realNetwork) Occupant(_ *machine.Thread, kind int, addr netip.AddrPort) string {
	for _, e := range n.all() {
		if e.mu.Lock(); e.by != "" && e.kind == kind && e.name.Port() == addr.Port() && !e.gone {
			by := e.by
			e.mu.Unlock()
			return "bound by " + by
		}
		e.mu.Unlock()
	}
	return ""
}

// Wait implements Network.
func (n *realNetwork) Wait(t *machine.Thread, list []Interest, d time.Duration, stop func() bool) []Events {
	fds := make([]unix.PollFd, len(list))
	for i, in := range list {
		e := in.Endpoint.(*realEndpoint)
		fds[i].Fd = -1 // poll ignores it
		if !e.hold(t) {
			continue
		}
		defer e.release(t)
		fds[i].Fd = int32(e.fd)
		if in.Events&Readable != 0 {
			fds[i].Events |= unix.POLLIN
		}
		if in.Events&Writable != 0 {
			fds[i].Events |= unix.POLLOUT
		}
	}
	limit := machine.PollLimit()
	if t == nil {
		limit = min(limit, 50*time.Millisecond) // no signal interrupts it
	}
	var end time.Time
	if d >= 0 {
		end = time.Now().Add(d)
	}
	var out []Events
	t.Await(func() bool {
		if stop != nil && stop() {
			return true
		}
		for i, in := range list { // closed meanwhile?
			if e := in.Endpoint.(*realEndpoint); e.closed() {
				out = make([]Events, len(list))
				out[i] = in.Events
				return true
			}
		}
		left := limit
		if d >= 0 {
			left = min(left, max(time.Until(end), 0))
		}
		k, err := poll(fds, left)
		if err != nil && err != unix.EINTR || k > 0 {
			out = make([]Events, len(list))
			for i, f := range fds {
				if f.Revents&(unix.POLLIN|unix.POLLHUP|unix.POLLERR|unix.POLLNVAL) != 0 {
					out[i] |= Readable
				}
				if f.Revents&(unix.POLLOUT|unix.POLLERR|unix.POLLNVAL|unix.POLLHUP) != 0 {
					out[i] |= Writable
				}
				out[i] &= list[i].Events
			}
			return true
		}
		return d >= 0 && !time.Now().Before(end)
	})
	return out
}

// Nudge implements Network. A plain goroutine looks by itself.
func (n *realNetwork) Nudge(_ *machine.Thread, e Endpoint) {
	r := e.(*realEndpoint)
	r.mu.Lock()
	polled := slices.Clone(r.polled)
	r.mu.Unlock()
	for _, t := range polled {
		t.Nudge()
	}
}

// hold keeps the descriptor open until release, and reports whether it is open.
func (e *realEndpoint) hold(t *machine.Thread) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.gone {
		return false
	}
	e.users++
	e.polled = append(e.polled, t)
	return true
}

func (e *realEndpoint) release(t *machine.Thread) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if i := slices.Index(e.polled, t); i >= 0 {
		e.polled = slices.Delete(e.polled, i, i+1)
	}
	if e.users--; e.gone && e.users == 0 {
		_ = unix.Close(e.fd)
	}
}

func (e *realEndpoint) closed() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.gone
}

// Close implements Endpoint. Threads that wait for the endpoint wake up: on Linux they would wait on for a descriptor
// that is gone.
func (e *realEndpoint) Close(*machine.Thread) error {
	e.n.remove(e.key)
	e.mu.Lock()
	if e.gone {
		e.mu.Unlock()
		return syscall.EBADF
	}
	e.gone = true
	if e.users == 0 {
		defer e.mu.Unlock()
		return unix.Close(e.fd)
	}
	e.mu.Unlock()
	// A signal that comes before the system call interrupts nothing, so it is repeated. A plain goroutine looks by
	// itself.
	for pause := 50 * time.Microsecond; pause < 200*time.Millisecond; pause *= 2 {
		e.mu.Lock()
		users := e.users
		e.mu.Unlock()
		if users == 0 {
			break
		}
		e.n.Nudge(nil, e)
		time.Sleep(min(pause, 5*time.Millisecond))
	}
	return nil
}

// FD implements Endpoint.
func (e *realEndpoint) FD() int {
	if e.closed() {
		return -1
	}
	return e.fd
}

// Share implements Endpoint.
func (e *realEndpoint) Share(*machine.Thread) (Shared, error) {
	dup := -1
	err := e.with(func(fd int) (err error) {
		dup, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
		return err
	})
	if err != nil {
		return nil, err
	}
	return sharedFD(dup), nil
}

// sharedFD implements Shared.
type sharedFD int

// FD implements Shared.
func (s sharedFD) FD() int { return int(s) }

// Close implements Shared.
func (s sharedFD) Close(*machine.Thread) error { return unix.Close(int(s)) }

// Adopt implements Network.
func (n *realNetwork) Adopt(_ *machine.Thread, s Shared, family, kind int) (Endpoint, error) {
	if s.FD() < 0 {
		return nil, syscall.EBADF
	}
	return n.add(s.FD(), family, kind), nil
}

// Forget implements Network: the operating system closes what a process leaves behind.
func (n *realNetwork) Forget(*machine.Thread, machine.Interpreter) {}

// Family implements Endpoint.
func (e *realEndpoint) Family() int { return e.family }

// Kind implements Endpoint.
func (e *realEndpoint) Kind() int { return e.kind }

// with calls fn with the descriptor, again if a signal interrupted it.
func (e *realEndpoint) with(fn func(fd int) error) error {
	e.mu.Lock()
	if e.gone {
		e.mu.Unlock()
		return syscall.EBADF
	}
	e.users++
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		if e.users--; e.gone && e.users == 0 {
			_ = unix.Close(e.fd)
		}
		e.mu.Unlock()
	}()
	for {
		if err := fn(e.fd); err != unix.EINTR {
			return err
		}
	}
}

// Bind implements Endpoint.
func (e *realEndpoint) Bind(t *machine.Thread, addr netip.AddrPort) error {
	bind := func(fd int) error { return unix.Bind(fd, sockaddr(addr)) }
	err := e.with(bind)
	if err != nil && e.n.reclaim(err) {
		err = e.with(bind)
	}
	if err == nil {
		name := e.LocalAddr(t)
		e.mu.Lock()
		e.by, e.name = who(t), name
		e.mu.Unlock()
	}
	return err
}

// Listen implements Endpoint.
func (e *realEndpoint) Listen(_ *machine.Thread, backlog int) error {
	return e.with(func(fd int) error { return unix.Listen(fd, backlog) })
}

// Accept implements Endpoint.
func (e *realEndpoint) Accept(*machine.Thread) (Endpoint, netip.AddrPort, error) {
	var c int
	var from unix.Sockaddr
	accept := func(fd int) (err error) { c, from, err = acceptSocket(fd); return err }
	err := e.with(accept)
	if err != nil && e.n.reclaim(err) {
		err = e.with(accept)
	}
	if err != nil {
		return nil, netip.AddrPort{}, err
	}
	return e.n.add(c, e.family, e.kind), addrOf(from), nil
}

// Connect implements Endpoint.
func (e *realEndpoint) Connect(_ *machine.Thread, addr netip.AddrPort) error {
	return e.with(func(fd int) error {
		err := unix.Connect(fd, sockaddr(addr))
		if err == unix.EINTR {
			err = unix.EINPROGRESS
		}
		if err == unix.EINPROGRESS {
			e.mu.Lock()
			e.asked = addr
			e.mu.Unlock()
		}
		return err
	})
}

// Send implements Endpoint.
func (e *realEndpoint) Send(_ *machine.Thread, p []byte, to netip.AddrPort) (n int, err error) {
	err = e.with(func(fd int) (err error) {
		var sa unix.Sockaddr
		if to.IsValid() {
			sa = sockaddr(to)
		}
		n, err = unix.SendmsgN(fd, p, nil, sa, noSignal)
		return err
	})
	return max(n, 0), err
}

// Recv implements Endpoint.
func (e *realEndpoint) Recv(_ *machine.Thread, p []byte, flags int) (n int, from netip.AddrPort, err error) {
	err = e.with(func(fd int) (err error) {
		var sa unix.Sockaddr
		n, sa, err = unix.Recvfrom(fd, p, flags)
		from = addrOf(sa)
		return err
	})
	runtime.KeepAlive(p)
	return max(n, 0), from, err
}

// Shutdown implements Endpoint.
func (e *realEndpoint) Shutdown(_ *machine.Thread, how int) error {
	return e.with(func(fd int) error { return unix.Shutdown(fd, how) })
}

// LocalAddr implements Endpoint.
func (e *realEndpoint) LocalAddr(*machine.Thread) (a netip.AddrPort) {
	_ = e.with(func(fd int) error {
		sa, err := unix.Getsockname(fd)
		a = addrOf(sa)
		return err
	})
	return a
}

// PeerAddr implements Endpoint.
func (e *realEndpoint) PeerAddr(*machine.Thread) (a netip.AddrPort, err error) {
	err = e.with(func(fd int) error {
		sa, err := unix.Getpeername(fd)
		a = addrOf(sa)
		return err
	})
	return a, err
}

// SetOption implements Endpoint.
func (e *realEndpoint) SetOption(_ *machine.Thread, level, name, value int) error {
	return e.with(func(fd int) error { return unix.SetsockoptInt(fd, level, name, value) })
}

// Option implements Endpoint.
func (e *realEndpoint) Option(_ *machine.Thread, level, name int) (v int, err error) {
	err = e.with(func(fd int) (err error) { v, err = unix.GetsockoptInt(fd, level, name); return err })
	return v, err
}

// SetLinger implements Endpoint.
func (e *realEndpoint) SetLinger(_ *machine.Thread, on bool, seconds int) error {
	l := &unix.Linger{Linger: int32(seconds)}
	if on {
		l.Onoff = 1
	}
	return e.with(func(fd int) error { return unix.SetsockoptLinger(fd, SOL_SOCKET, SO_LINGER, l) })
}

// Failure implements Endpoint.
func (e *realEndpoint) Failure(t *machine.Thread) error {
	v, err := e.Option(t, SOL_SOCKET, SO_ERROR)
	if err == nil && v != 0 {
		return syscall.Errno(v)
	}
	e.mu.Lock()
	asked := e.asked
	e.asked = netip.AddrPort{}
	e.mu.Unlock()
	if asked.IsValid() {
		// Linux says once that a connect has succeeded, and only later ones fail with EISCONN; one that blocks has
		// heard it
		_ = e.with(func(fd int) error { return unix.Connect(fd, sockaddr(asked)) })
	}
	return err
}

// Unplug implements Endpoint: cables of real networks can't be cut from here.
func (e *realEndpoint) Unplug(*machine.Thread) error { return syscall.EOPNOTSUPP }

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
}

func addrOf(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port))
	}
	return netip.AddrPort{}
}
