package network_test

// This file tests the model of the simulated network: when what arrives, and what is lost.

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/network"
)

// Times are virtual, and exact but for those of system calls: about is whether got is want, or later by at most 2 %, or
// 200 µs.
func about(got, want time.Duration) string {
	if got < want || got > want+max(want/50, 200*time.Microsecond) {
		return fmt.Sprint(got)
	}
	return fmt.Sprint("about ", want)
}

func TestTimes(t *testing.T) {
	const s = time.Second
	for _, row := range []struct {
		name string
		opts []network.Option
		do   func(h *host)
		want string
	}{
		{"a connection takes a way there and back, data one way", []network.Option{network.Latency(20 * ms)},
			func(h *host) {
				l, addr := h.listen(5)
				begin := h.now()
				c := must(h.connect(addr))
				h.tell(about(h.now()-begin, 40*ms))
				srv := h.accept(l)
				begin = h.now()
				_ = h.send(c, []byte("ping"))
				h.tell(told(h.recv(srv, 9)), about(h.now()-begin, 20*ms))
				_ = h.send(srv, []byte("pong"))
				h.tell(told(h.recv(c, 9)), about(h.now()-begin, 40*ms))
			}, "about 40ms\n\"ping\" about 20ms\n\"pong\" about 40ms"},
		{"nobody listens: a way there and back", []network.Option{network.Latency(20 * ms)}, func(h *host) {
			l, addr := h.listen(5)
			_ = l.Close(h.t)
			begin := h.now()
			_, err := h.connect(addr)
			h.tell(word(err), about(h.now()-begin, 40*ms))
		}, "ECONNREFUSED about 40ms"},
		{"no host has the address: six more tries", nil, func(h *host) {
			begin := h.now()
			_, err := h.connect(netip.MustParseAddrPort("203.0.113.1:80"))
			h.tell(word(err), about(h.now()-begin, 127*s))
		}, "ETIMEDOUT about 2m7s"},
		{"bandwidth", []network.Option{network.Bandwidth(1e6), network.SegmentSize(1448)}, func(h *host) {
			c, srv := h.pair()
			begin := h.now()
			_ = h.send(c, make([]byte, 1448*100))
			h.full(srv, 1448*100)
			h.tell(about(h.now()-begin, 100*(1448+66)*time.Microsecond))
		}, "about 151.4ms"},
		{"two connections share the line of one direction, and not that of the other",
			[]network.Option{network.Bandwidth(1e6), network.SegmentSize(1448)}, func(h *host) {
				a, srvA := h.pair()
				b, srvB := h.pair()
				for _, way := range [][4]network.Endpoint{{a, srvA, b, srvB}, {a, srvA, srvB, b}} {
					begin := h.now()
					_, _ = way[0].Send(h.t, make([]byte, 14480), netip.AddrPort{})
					_, _ = way[2].Send(h.t, make([]byte, 14480), netip.AddrPort{})
					h.full(way[1], 14480)
					h.full(way[3], 14480)
					h.tell(about(h.now()-begin,
						10*(1448+66)*time.Microsecond*time.Duration(map[bool]int{true: 2, false: 1}[way[2] == b])))
				}
			}, "about 30.28ms\nabout 15.14ms"},
		{"a full backlog: the client asks again after a second, and gets in when there is room", nil, func(h *host) {
			l, addr := h.listen(1)
			for range 2 {
				must(h.connect(addr))
			}
			third := h.open(network.SOCK_STREAM)
			begin := h.now()
			h.tell(word(third.Connect(h.t, addr)), h.wait(third, network.Writable, 900*ms), "within 900ms")
			h.accept(l)
			h.tell(h.wait(third, network.Writable, -1), word(third.Failure(h.t)), about(h.now()-begin, s))
		}, "EINPROGRESS false within 900ms\ntrue ok about 1s"},
		{"a backlog that stays full", nil, func(h *host) {
			_, addr := h.listen(0)
			must(h.connect(addr))
			begin := h.now()
			_, err := h.connect(addr)
			h.tell(word(err), about(h.now()-begin, 127*s))
		}, "ETIMEDOUT about 2m7s"},
		{"the window: a sender waits until there is room", []network.Option{network.Buffers(4000, 2000)},
			func(h *host) {
				c, srv := h.pair()
				sent := 0
				for h.wait(c, network.Writable, s) {
					n, _ := c.Send(h.t, make([]byte, 3000), netip.AddrPort{})
					sent += n
				}
				h.tell("sent", sent)
				h.full(srv, 4000)
				h.tell(h.wait(c, network.Writable, s))
			}, "sent 5000\ntrue"},
		{"a lost packet is sent again after 200 ms", []network.Option{network.Loss(0.3)}, func(h *host) {
			c, srv := h.pair()
			late := 0
			for i := range 50 {
				begin := h.now()
				_ = h.send(c, []byte{byte(i)})
				if data, _ := h.full(srv, 1); data[0] != byte(i) {
					h.tell("out of order")
				}
				if d := h.now() - begin; d >= 200*ms {
					late++
				} else if d > 100*ms {
					h.tell("took", d)
				}
			}
			h.tell(late > 5, late < 45)
		}, "true true"},
		{"a lost peer: what is sent isn't acknowledged, and the connection is given up after 15 minutes", nil,
			func(h *host) {
				c, srv := h.pair()
				h.tell(word(c.Unplug(h.t)), h.wait(srv, network.Readable, 3600*s))
				begin := h.now()
				_ = h.send(c, []byte("x"))
				h.tell(told(h.recv(c, 9)), about(h.now()-begin, 924600*ms))
				h.tell(h.wait(srv, network.Readable, 3600*s))
			}, "ok false\nETIMEDOUT about 15m24.6s\nfalse"},
		{"a lost peer, with SO_KEEPALIVE", nil, func(h *host) {
			c, _ := h.pair()
			_ = c.SetOption(h.t, network.SOL_SOCKET, network.SO_KEEPALIVE, 1)
			_ = c.Unplug(h.t)
			begin := h.now()
			h.tell(told(h.recv(c, 9)), about(h.now()-begin, 2*time.Hour+9*75*s))
		}, "ETIMEDOUT about 2h11m15s"},
		{"Nagle's algorithm: the second small send waits for the acknowledgement of the first",
			[]network.Option{network.Latency(10 * ms)}, func(h *host) {
				c, srv := h.pair()
				for _, noDelay := range []int{0, 1} {
					_ = c.SetOption(h.t, network.IPPROTO_TCP, network.TCP_NODELAY, noDelay)
					begin := h.now()
					_ = h.send(c, []byte("a"))
					_ = h.send(c, []byte("b"))
					_ = h.send(c, []byte("c"))
					data, times := h.full(srv, 3)
					h.tell(data, "in", times, about(h.now()-begin, time.Duration(30-20*noDelay)*ms))
					h.t.Sleep(1000 * ms)
				}
			}, "abc in 2 about 30ms\nabc in 1 about 10ms"},
		{"TIME_WAIT on the side that closed first", []network.Option{network.TimeWait(10 * s)}, func(h *host) {
			l, addr := h.listen(5)
			c := must(h.connect(addr))
			srv := h.accept(l)
			_, _ = srv.Close(h.t), l.Close(h.t)
			h.recv(c, 1)
			_ = c.Close(h.t)
			h.t.Sleep(100 * ms)
			for _, pause := range []time.Duration{0, 9 * s, s} {
				h.t.Sleep(pause)
				again := h.open(network.SOCK_STREAM)
				h.tell(word(again.Bind(h.t, addr)), h.n.Occupant(h.t, network.SOCK_STREAM, addr))
				_ = again.Close(h.t)
			}
		}, "EADDRINUSE in TIME_WAIT after a connection of the server's that was there before\n" +
			"EADDRINUSE in TIME_WAIT after a connection of the server's that was there before\nok bound by MainThread"},
		{"descriptors", []network.Option{network.Descriptors(6)}, func(h *host) {
			l, addr := h.listen(5)
			c := must(h.connect(addr))
			other := h.open(network.SOCK_STREAM)
			_, err := h.n.Open(h.t, network.AF_INET, network.SOCK_STREAM)
			_, _, err2 := l.Accept(h.t)
			_ = other.Close(h.t)
			h.tell(word(err), word(err2), h.accept(l) != nil, c != nil)
		}, "EMFILE EMFILE true true"},
	} {
		if got := simulate(t, row.do, row.opts...); got != row.want {
			t.Errorf("%s: got\n%s\nwant\n%s", row.name, got, row.want)
		}
	}
}

// Segments are split and merged, and the bytes stay as they are.
func TestSegments(t *testing.T) {
	text := strings.Repeat("0123456789", 500)
	pieces := func(opts ...network.Option) (n int) {
		simulate(t, func(h *host) {
			c, srv := h.pair()
			_ = c.SetOption(h.t, network.IPPROTO_TCP, network.TCP_NODELAY, 1)
			for i := 0; i < len(text); i += 100 {
				_ = h.send(c, []byte(text[i:i+100]))
				h.t.Sleep(20 * time.Microsecond)
			}
			data, times := h.full(srv, len(text))
			if n = times; data != text {
				t.Error("other bytes arrive")
			}
			_ = h.send(c, []byte(text))
			for data = ""; len(data) < len(text); n++ {
				s, _ := h.recv(srv, len(text))
				data += s
			}
			if data != text {
				t.Error("other bytes arrive")
			}
		}, opts...)
		return n
	}
	merged := pieces()
	if merged > 3 {
		t.Errorf("50 sends and one more arrive in %d pieces", merged)
	}
	if split := pieces(network.Split(0.9), network.SegmentSize(100), network.Latency(ms),
		network.Jitter(ms)); split <= 2*merged {
		t.Errorf("segments that are split arrive in %d pieces, whole ones in %d", split, merged)
	}
}

// Datagrams are lost, and overtake each other; none arrives twice or changed.
func TestDatagrams(t *testing.T) {
	const all = 1000
	simulate(t, func(h *host) {
		a, b := h.open(network.SOCK_DGRAM), h.open(network.SOCK_DGRAM)
		_ = b.Bind(h.t, loopback(0))
		to := b.LocalAddr(h.t)
		for i := range all {
			_, _ = a.Send(h.t, fmt.Append(nil, i), to)
		}
		came, before, last := map[string]bool{}, 0, -1
		for h.wait(b, network.Readable, time.Second) {
			p := make([]byte, 9)
			n, _, _ := b.Recv(h.t, p, 0)
			if s := string(p[:n]); came[s] {
				t.Errorf("%s arrives twice", s)
			}
			came[string(p[:n])] = true
			var i int
			if _, err := fmt.Sscan(string(p[:n]), &i); err != nil || i < 0 || i >= all {
				t.Errorf("%q arrives", p[:n])
			}
			if i < last {
				before++
			}
			last = i
		}
		if lost := all - len(came); lost < all/10 || lost > all*3/10 {
			t.Errorf("%d of %d are lost, with a probability of 0.2", lost, all)
		}
		if before == 0 {
			t.Error("none overtakes another")
		}
	}, network.Loss(0.2), network.Jitter(ms))
}

// What makes no sense is refused.
func TestConfigure(t *testing.T) {
	for _, o := range []struct {
		option network.Option
		want   string
	}{
		{network.Latency(-1), "network.Latency: -1ns is negative; use 0 or more"},
		{network.Loss(1), "network.Loss: 1 is not a probability; use 0 or more and less than 1"},
		{network.Split(-0.5), "network.Split: -0.5 is not a probability; use 0 or more and less than 1"},
		{network.Bandwidth(-1), "network.Bandwidth: -1 is negative; use 0 for no limit"},
		{network.SegmentSize(0), "network.SegmentSize: 0 is too small; use at least 1"},
		{network.Buffers(0, 5), "network.Buffers: 0 and 5 are too small; use at least 1 and 2"},
		{network.Descriptors(2), "network.Descriptors: 2 is too small; use at least 3"},
		{network.TimeWait(-1), "network.TimeWait: -1ns is negative; use 0 or more"},
		{network.Option{}, "<nil>"},
	} {
		everywhere(t, o.want, func(h *host) {
			defer func() {
				err, _ := recover().(error)
				if _, ok := err.(exceptions.Exception); err != nil && !ok {
					h.tell("no exception of Python's")
				}
				h.tell(err)
			}()
			network.Configure(o.option)
		})
	}
}
