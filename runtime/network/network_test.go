package network_test

// This file tests what endpoints do, alike on the simulated network and on the computer's own.

import (
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"testing"

	"gilkernel/runtime/network"
)

func TestEndpoints(t *testing.T) {
	for _, row := range []struct {
		name string
		do   func(h *host)
		want string
	}{
		{"echo", func(h *host) {
			c, s := h.pair()
			h.tell(word(h.send(c, []byte("hello"))), told(h.recv(s, 100)), word(h.send(s, []byte("you"))),
				told(h.recv(c, 100)))
			h.tell(c.LocalAddr(h.t) == must(s.PeerAddr(h.t)), s.LocalAddr(h.t) == must(c.PeerAddr(h.t)))
		}, "ok \"hello\" ok \"you\"\ntrue true"},
		{"nobody listens", func(h *host) {
			l, addr := h.listen(5)
			_ = l.Close(h.t)
			c, err := h.connect(addr)
			h.tell(word(err), word(c.Failure(h.t)))
		}, "ECONNREFUSED ok"},
		{"two sends, one recv", func(h *host) {
			c, s := h.pair()
			h.tell(word(h.send(c, []byte("a"))), told(h.recv(s, 9)))
			h.tell(word(h.send(c, []byte("one"))), word(h.send(c, []byte("two"))),
				word(c.Shutdown(h.t, network.SHUT_WR)))
			data, _ := h.full(s, 6)
			h.tell(data, told(h.recv(s, 9)))
		}, "ok \"a\"\nok ok ok\nonetwo \"\""},
		{"peek", func(h *host) {
			c, s := h.pair()
			_ = h.send(c, []byte("abc"))
			h.wait(s, network.Readable, -1)
			p := make([]byte, 2)
			n, _, err := s.Recv(h.t, p, network.MSG_PEEK)
			h.tell(string(p[:n]), word(err), told(h.recv(s, 2)), told(h.recv(s, 2)))
		}, `ab ok "ab" "c"`},
		{"half-close", func(h *host) {
			c, s := h.pair()
			h.tell(word(c.Shutdown(h.t, network.SHUT_WR)), told(h.recv(s, 9)), word(h.send(s, []byte("still"))),
				told(h.recv(c, 9)))
			_, err := c.Send(h.t, []byte("x"), netip.AddrPort{})
			h.tell(word(err), word(s.Close(h.t)), told(h.recv(c, 9)))
		}, "ok \"\" ok \"still\"\nEPIPE ok \"\""},
		{"closed with data unread", func(h *host) {
			c, s := h.pair()
			_ = h.send(c, []byte("abc"))
			h.wait(s, network.Readable, -1)
			h.tell(word(s.Close(h.t)), told(h.recv(c, 9)))
			_, err := c.Send(h.t, []byte("x"), netip.AddrPort{})
			h.tell(word(err))
		}, "ok ECONNRESET\nEPIPE"},
		{"linger of no time", func(h *host) {
			c, s := h.pair()
			h.tell(word(s.SetLinger(h.t, true, 0)), word(s.Close(h.t)), told(h.recv(c, 9)), told(h.recv(c, 9)))
		}, `ok ok ECONNRESET ""`},
		{"a send to an end that has closed", func(h *host) {
			c, s := h.pair()
			_ = s.Close(h.t)
			h.tell(told(h.recv(c, 9)), word(h.send(c, []byte("x"))))
			var err error
			for err == nil { // the reset is under way
				h.wait(c, network.Readable, ms)
				_, err = c.Send(h.t, []byte("x"), netip.AddrPort{})
			}
			h.tell(word(err))
		}, "\"\" ok\nEPIPE"},
		{"the listener closes with connections unaccepted", func(h *host) {
			l, addr := h.listen(5)
			c := must(h.connect(addr))
			h.tell(word(l.Close(h.t)), told(h.recv(c, 9)))
		}, "ok ECONNRESET"},
		{"what is wrong with a call", func(h *host) {
			l, addr := h.listen(5)
			_, _, err := l.Accept(h.t)
			h.tell("nothing to accept:", word(err))
			e := h.open(network.SOCK_STREAM)
			_, _, err = e.Accept(h.t)
			h.tell("accept without listen:", word(err))
			_, _, err = e.Recv(h.t, make([]byte, 1), 0)
			_, err2 := e.PeerAddr(h.t)
			h.tell("not connected:", word(err), word(err2), word(e.Shutdown(h.t, network.SHUT_WR)))
			h.tell("address in use:", word(e.Bind(h.t, addr)))
			h.tell("not ours:", word(e.Bind(h.t, netip.MustParseAddrPort("203.0.113.1:0"))))
			h.tell("bound twice:", word(e.Bind(h.t, loopback(0))), word(e.Bind(h.t, loopback(0))))
			c := must(h.connect(addr))
			h.tell("connected twice:", word(c.Connect(h.t, addr)))
			_, _, err = c.Recv(h.t, make([]byte, 1), 0)
			h.tell("nothing to receive:", word(err))
			h.tell("connected and listening:", word(c.Listen(h.t, 1)))
			d := h.open(network.SOCK_DGRAM)
			_, err = d.Send(h.t, []byte("x"), netip.AddrPort{})
			h.tell("datagrams:", word(d.Listen(h.t, 1)), word(err))
			_, err = d.Send(h.t, make([]byte, 65508), addr)
			h.tell("a datagram too long:", word(err))
			h.tell("closed:", word(d.Close(h.t)), word(d.Close(h.t)), word(d.Bind(h.t, loopback(0))))
			runtime.KeepAlive(l) // it would be closed when it is garbage
		}, `nothing to accept: EAGAIN
accept without listen: EINVAL
not connected: ENOTCONN ENOTCONN ENOTCONN
address in use: EADDRINUSE
not ours: EADDRNOTAVAIL
bound twice: ok EINVAL
connected twice: EISCONN
nothing to receive: EAGAIN
connected and listening: EINVAL
datagrams: EOPNOTSUPP EDESTADDRREQ
a datagram too long: EMSGSIZE
closed: ok EBADF EBADF`},
		{"datagrams", func(h *host) {
			a, b := h.open(network.SOCK_DGRAM), h.open(network.SOCK_DGRAM)
			_ = b.Bind(h.t, loopback(0))
			for _, s := range []string{"first", "", "third"} {
				_, err := a.Send(h.t, []byte(s), b.LocalAddr(h.t))
				h.wait(b, network.Readable, -1)
				p := make([]byte, 3)
				n, from, err2 := b.Recv(h.t, p, 0)
				h.tell(word(err), string(p[:n]), word(err2), from.Port() == a.LocalAddr(h.t).Port())
			}
			to := b.LocalAddr(h.t)
			_ = b.Close(h.t)
			h.tell(word(a.Connect(h.t, to)), word(h.send(a, []byte("x"))), told(h.recv(a, 9)))
		}, "ok fir ok true\nok  ok true\nok thi ok true\nok ok ECONNREFUSED"},
		{"names", func(h *host) {
			for _, name := range []string{"localhost", "127.0.0.1", "", "1.2.3"} {
				a, err := h.n.Lookup(h.t, name, network.AF_INET)
				h.tell(fmt.Sprintf("%q", name), a, word(err))
			}
			_, err := h.n.Lookup(h.t, "no-such-host.invalid", network.AF_INET)
			var e *network.LookupError
			h.tell(errors.As(err, &e), err != nil)
			_, err = h.n.Lookup(h.t, "::1", network.AF_INET)
			h.tell(err)
		}, `"localhost" [127.0.0.1] ok
"127.0.0.1" [127.0.0.1] ok
"" [0.0.0.0] ok
"1.2.3" [] [Errno -2] Name or service not known
true true
[Errno -9] Address family for hostname not supported`},
	} {
		t.Run(row.name, func(t *testing.T) { everywhere(t, row.want, row.do) })
	}
}
