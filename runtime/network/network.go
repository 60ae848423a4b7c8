package network

// This file defines what a network can do for sockets.

import (
	"fmt"
	"net/netip"
	"syscall"
	"time"

	"gilkernel/runtime/machine"
)

// A Network makes endpoints. Of returns a machine's. The methods take the calling thread; nil is a plain goroutine,
// which can use real networks only. All may be called concurrently.
type Network interface {
	// Open returns an endpoint of a family (AF_INET, AF_INET6) and kind (SOCK_STREAM, SOCK_DGRAM).
	Open(t *machine.Thread, family, kind int) (Endpoint, error)
	// Pair returns two endpoints of family AF_UNIX that are connected with each other.
	Pair(t *machine.Thread, kind int) (a, b Endpoint, err error)
	// Lookup returns the addresses of a host of a family. The error is a *LookupError if it has none.
	Lookup(t *machine.Thread, host string, family int) ([]netip.Addr, error)
	// Wait blocks until one of the interests is ready, for at most d; a negative d has no end. It returns what is ready
	// of each, and nil if the time is up or if stop, which may be nil, returns true: it is asked at first and after
	// each Nudge. The caller has given up its GIL. Wait panics if the thread must end.
	Wait(t *machine.Thread, list []Interest, d time.Duration, stop func() bool) []Events
	// Nudge makes the threads that wait for an endpoint call their stop functions. On a real network it may come too
	// early for one that is about to wait, so it must be repeated until that has stopped.
	Nudge(t *machine.Thread, e Endpoint)
	// Occupant says which socket of the machine occupies a port, such as "bound by Thread-1 at In[3], line 5"; "" if
	// none does or if it isn't known.
	Occupant(t *machine.Thread, kind int, addr netip.AddrPort) string
	// Adopt makes an endpoint of the calling thread's process out of what Endpoint.Share returned, there or in another
	// process; it takes it over. The error is EBADF if it was closed.
	Adopt(t *machine.Thread, s Shared, family, kind int) (Endpoint, error)
	// Forget closes all endpoints of a process of a simulated machine: its end. t is a thread of the machine.
	Forget(t *machine.Thread, in machine.Interpreter)
	// Hostname returns the host's name.
	Hostname() string
}

// An Endpoint is what a socket is for the operating system. No method blocks; the error of one that would have to
// is syscall.EAGAIN. Errors are syscall.Errnos. All may be called concurrently.
type Endpoint interface {
	FD() int
	Family() int
	Kind() int
	Bind(t *machine.Thread, addr netip.AddrPort) error
	Listen(t *machine.Thread, backlog int) error
	Accept(t *machine.Thread) (Endpoint, netip.AddrPort, error)
	// Connect returns EINPROGRESS if the peer hasn't answered yet: when the endpoint is writable, Failure says how it
	// went.
	Connect(t *machine.Thread, addr netip.AddrPort) error
	// Send sends to the peer if to is zero.
	Send(t *machine.Thread, p []byte, to netip.AddrPort) (int, error)
	// Recv returns 0 bytes of a stream that the peer has closed. flags may be MSG_PEEK.
	Recv(t *machine.Thread, p []byte, flags int) (int, netip.AddrPort, error)
	Shutdown(t *machine.Thread, how int) error
	// Close closes the endpoint in the calling thread's process; the connection ends when the last process has closed
	// it.
	Close(t *machine.Thread) error
	// Share returns another reference to what the endpoint stands for, which keeps it open: for another process.
	Share(t *machine.Thread) (Shared, error)
	LocalAddr(t *machine.Thread) netip.AddrPort // zero if it has none
	PeerAddr(t *machine.Thread) (netip.AddrPort, error)
	SetOption(t *machine.Thread, level, name, value int) error
	Option(t *machine.Thread, level, name int) (int, error)
	// SetLinger makes Close reset the connection if on is set and seconds is 0.
	SetLinger(t *machine.Thread, on bool, seconds int) error
	// Failure returns the pending error and clears it: SO_ERROR.
	Failure(t *machine.Thread) error
	// Unplug loses the peer, as if its cable was cut: from then on nothing arrives, and no error says so. Only
	// simulated networks can do that.
	Unplug(t *machine.Thread) error
}

// A Shared is a reference to an endpoint under way to another process.
type Shared interface {
	FD() int // of a real endpoint, -1 of a simulated one
	Close(t *machine.Thread) error
}

// Events are what an endpoint is ready for.
type Events uint8

// The events.
const (
	Readable Events = 1 << iota // a Recv or an Accept wouldn't block
	Writable                    // a Send wouldn't block
)

// An Interest is what a Wait waits for.
type Interest struct {
	Endpoint Endpoint
	Events   Events
	// Exclusive is set by one that takes what is ready by itself, such as accept: of several, one is woken.
	Exclusive bool
}

// A LookupError says that a host has no address: socket.gaierror.
type LookupError struct {
	Host string
	Code int // EAI_NONAME is -2
	Text string
}

// Error returns the text, as Python words it.
func (e *LookupError) Error() string { return fmt.Sprintf("[Errno %d] %s", e.Code, e.Text) }

// who returns the name of a thread, and where it is.
func who(t *machine.Thread) string {
	if site := t.Site().String(); site != "" {
		return t.Name() + " at " + site
	}
	return t.Name()
}

// networkKey is where a machine keeps its network.
type networkKey struct{}

// Of returns a machine's network: the computer's own for a real machine and for nil.
func Of(m *machine.Machine) Network {
	if m == nil {
		return newReal(nil)
	}
	return m.State(networkKey{}, func() any {
		if m.Simulated() {
			return newSimulated(m)
		}
		return newReal(m)
	}).(Network)
}

// wouldBlock is what an operation returns that can't be done now.
const wouldBlock = syscall.EAGAIN
