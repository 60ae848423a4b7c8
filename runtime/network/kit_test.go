package network_test

// This file defines where the tests run: a thread of a machine, and what it does with endpoints until it is done.

import (
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/network"
)

const ms = time.Millisecond

// host is a thread of a machine and its network. Its methods panic on errors that no test expects.
type host struct {
	t    *machine.Thread
	n    network.Network
	tell func(...any)
}

// run runs fn on a machine and returns what it has told.
func run(tb testing.TB, simulated bool, seed uint64, fn func(h *host)) string {
	tb.Helper()
	makeIt := machine.Real
	if simulated {
		makeIt = machine.Simulate
	}
	m, err := makeIt(&machine.Options{Seed: seed})
	if err != nil {
		tb.Fatal(err)
	}
	var b strings.Builder
	h := &host{n: network.Of(m), tell: func(a ...any) { fmt.Fprintln(&b, a...) }}
	if err := m.NewThread(nil, "MainThread").Run(func(t *machine.Thread) { h.t = t; fn(h) }); err != nil {
		h.tell("ended by", err)
	}
	m.Stop(nil)
	m.Drain(time.Second)
	return strings.TrimSpace(b.String())
}

// simulate is run on the simulated machine, whose network has neither jitter nor split segments unless opts say so.
func simulate(tb testing.TB, fn func(h *host), opts ...network.Option) string {
	tb.Helper()
	return run(tb, true, 1, func(h *host) {
		network.Configure(append([]network.Option{network.Jitter(0), network.Split(0)}, opts...)...)
		fn(h)
	})
}

// everywhere runs fn on the simulated network and, where Linux is, on the computer's own; what it tells must be want.
func everywhere(t *testing.T, want string, fn func(h *host)) {
	t.Helper()
	for _, simulated := range []bool{true, false} {
		if !simulated && runtime.GOOS != "linux" {
			continue
		}
		if got, want := run(t, simulated, 1, fn), strings.TrimSpace(want); got != want {
			t.Errorf("simulated=%v: got\n%s\nwant\n%s", simulated, got, want)
		}
	}
}

// word is an error as the tests' tables name it.
func word(err error) string {
	var no syscall.Errno
	switch {
	case err == nil:
		return "ok"
	case !errors.As(err, &no):
		return err.Error()
	}
	for name, known := range map[string]syscall.Errno{"EAGAIN": syscall.EAGAIN, "EBADF": syscall.EBADF,
		"EINVAL": syscall.EINVAL, "EPIPE": syscall.EPIPE,
		"ECONNREFUSED": syscall.ECONNREFUSED, "ECONNRESET": syscall.ECONNRESET, "ETIMEDOUT": syscall.ETIMEDOUT,
		"ENOTCONN": syscall.ENOTCONN,
		"EISCONN":  syscall.EISCONN, "EADDRINUSE": syscall.EADDRINUSE, "EADDRNOTAVAIL": syscall.EADDRNOTAVAIL,
		"EOPNOTSUPP":   syscall.EOPNOTSUPP,
		"EDESTADDRREQ": syscall.EDESTADDRREQ, "EMSGSIZE": syscall.EMSGSIZE, "EMFILE": syscall.EMFILE,
		"EINPROGRESS": syscall.EINPROGRESS} {
		if no == known {
			return name
		}
	}
	return fmt.Sprint("errno ", int(no), " ", no)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (h *host) now() time.Duration { return h.t.Now() }

// wait waits until e is ready, for at most d if that isn't negative, and reports whether it is.
func (h *host) wait(e network.Endpoint, ev network.Events, d time.Duration) bool {
	return h.n.Wait(h.t, []network.Interest{{Endpoint: e, Events: ev}}, d, nil) != nil
}

func (h *host) open(kind int) network.Endpoint { return must(h.n.Open(h.t, network.AF_INET, kind)) }

// loopback is an address of the host; port 0 is any.
func loopback(port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)
}

// listen returns a listener at a free port.
func (h *host) listen(backlog int) (network.Endpoint, netip.AddrPort) {
	l := h.open(network.SOCK_STREAM)
	if err := errors.Join(l.Bind(h.t, loopback(0)), l.Listen(h.t, backlog)); err != nil {
		panic(err)
	}
	return l, l.LocalAddr(h.t)
}

// connect returns a new endpoint that has tried to connect, and how that went.
func (h *host) connect(addr netip.AddrPort) (network.Endpoint, error) {
	e := h.open(network.SOCK_STREAM)
	err := e.Connect(h.t, addr)
	if errors.Is(err, syscall.EINPROGRESS) {
		h.wait(e, network.Writable, -1)
		err = e.Failure(h.t)
	}
	return e, err
}

func (h *host) accept(l network.Endpoint) network.Endpoint {
	h.wait(l, network.Readable, -1)
	c, _, err := l.Accept(h.t)
	return must(c, err)
}

// pair returns the two ends of a connection.
func (h *host) pair() (client, server network.Endpoint) {
	l, addr := h.listen(5)
	client = must(h.connect(addr))
	server = h.accept(l)
	_ = l.Close(h.t)
	return client, server
}

// send sends all of p.
func (h *host) send(e network.Endpoint, p []byte) error {
	for len(p) > 0 {
		h.wait(e, network.Writable, -1)
		n, err := e.Send(h.t, p, netip.AddrPort{})
		if err != nil && !errors.Is(err, syscall.EAGAIN) {
			return err
		}
		p = p[max(n, 0):]
	}
	return nil
}

// recv waits until there is something to receive.
func (h *host) recv(e network.Endpoint, most int) (string, error) {
	h.wait(e, network.Readable, -1)
	p := make([]byte, most)
	n, _, err := e.Recv(h.t, p, 0)
	return string(p[:max(n, 0)]), err
}

// full receives n bytes, and returns how many recvs that took.
func (h *host) full(e network.Endpoint, n int) (data string, times int) {
	for len(data) < n {
		s, err := h.recv(e, n-len(data))
		if err != nil || s == "" {
			panic(fmt.Sprint("the connection ended: ", err))
		}
		data += s
		times++
	}
	return data, times
}

// told is what a recv returned.
func told(s string, err error) string {
	if err != nil {
		return word(err)
	}
	return fmt.Sprintf("%q", s)
}
