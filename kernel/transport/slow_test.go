package transport_test

// This file defines the tests of peers that don't read, of close, and of identities.

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"gilkernel/kernel/transport"
)

// Row 11: a client with a full window blocks no other, and is disconnected when too much is queued for it.
func TestSlowClient(t *testing.T) {
	r := router(t, &transport.Options{QueueLimit: 8 << 20, Linger: -1})
	slow := dialAs(t, r.Addr(), "DEALER", "slow")
	slow.write(frame("here", true))
	if _, err := r.Recv(); err != nil {
		t.Fatal(err)
	}
	big := [][]byte{[]byte("slow"), bytes.Repeat([]byte("x"), 1<<20)}
	var err error
	for n := 0; err == nil; n++ {
		if n > 1000 {
			t.Fatal("a gigabyte is queued")
		}
		err = r.Send(big)
		if n == 5 {
			alive(t, r)
		}
	}
	if !errors.Is(err, transport.ErrSlow) {
		t.Errorf("error %v", err)
	}
	alive(t, r)
	slow.closed()
}

// Row 17: a client that stops reading is noticed even if nothing more is sent.
func TestStalledClient(t *testing.T) {
	j := newJournal()
	r := router(t, &transport.Options{Logf: j.logf, WriteTimeout: time.Second, Linger: -1})
	stalled := dialAs(t, r.Addr(), "DEALER", "stalled")
	stalled.write(frame("here", true))
	if _, err := r.Recv(); err != nil {
		t.Fatal(err)
	}
	if err := r.Send([][]byte{[]byte("stalled"), make([]byte, 64<<20)}); err != nil {
		t.Fatal(err)
	}
	j.await(t, "i/o timeout")
	alive(t, r)
}

// Rows 2, 3 and 4: a subscriber that never reads neither keeps others from getting all messages nor
// keeps new ones from subscribing.
func TestNeverReadingSubscriber(t *testing.T) {
	noGoroutines(t)
	j := newJournal()
	subscribed, dropped := make(chan struct{}, 10), make(chan int64, 1)
	p, err := transport.ListenPublisher("tcp://127.0.0.1:0", func([]byte) [][]byte {
		subscribed <- struct{}{}
		return nil
	},
		&transport.Options{Logf: j.logf, QueueLimit: 8 << 20, Slow: func(n int64) { dropped <- n }})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	deaf := dialAs(t, p.Addr(), "SUB", "")
	deaf.write(frame("\x01", true))
	<-subscribed
	good, err := transport.DialSubscriber(within(t), p.Addr(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer good.Close()
	<-subscribed
	body := bytes.Repeat([]byte("x"), 1<<20)
	for i := range 60 {
		if err := p.Send([][]byte{[]byte(strconv.Itoa(i)), body}); err != nil {
			t.Fatal(err)
		}
		if m, err := good.Recv(); err != nil || string(m[0]) != strconv.Itoa(i) {
			t.Fatalf("message %d: %.20q, %v", i, m, err)
		}
		if i == 20 {
			late, err := transport.DialSubscriber(within(t), p.Addr(), "nothing", nil)
			if err != nil {
				t.Fatal(err)
			}
			<-subscribed
			late.Close()
		}
	}
	j.await(t, "too slowly")
	deaf.closed()
	if n := <-dropped; n < 7<<20 || n > 8<<20 {
		t.Errorf("%d bytes were dropped, want about 8 MiB", n)
	}
}

// A flood of subscriptions, which need no key, is answered to the peer that floods, and only
// up to a bound; another peer gets its own welcome and nothing else.
func TestSubscriptionFlood(t *testing.T) {
	noGoroutines(t)
	welcomes := 0 // of the flooding peer's goroutine
	p, err := transport.ListenPublisher("tcp://127.0.0.1:0", func(topic []byte) [][]byte {
		if string(topic) == "flood" {
			welcomes++
		}
		return [][]byte{[]byte("welcome " + string(topic))}
	}, &transport.Options{MaxTopics: 100})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	flood, err := transport.DialSubscriber(within(t), p.Addr(), "flood", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer flood.Close()
	hostile := dialAs(t, p.Addr(), "SUB", "")
	good, err := transport.DialSubscriber(within(t), p.Addr(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer good.Close()
	if m, err := good.Recv(); err != nil || string(m[0]) != "welcome " {
		t.Fatalf("%q, %v", m, err)
	}
	if m, err := flood.Recv(); err != nil || string(m[0]) != "welcome flood" {
		t.Fatalf("%q, %v", m, err)
	}
	hostile.write(bytes.Repeat(frame("\x01flood", true), 20_000))
	hostile.write(frame("\x01end", true))
	// The peer's goroutine reads in order: when it has seen the PING, it has seen all before it.
	hostile.write(command("PING", "\x00\x00x"))
	for pong := false; !pong; { // behind its welcomes
		flags, body := hostile.read()
		pong = flags&4 != 0 && strings.HasPrefix(body, "\x04PONG")
	}
	if err := p.Send([][]byte{[]byte("news")}); err != nil {
		t.Fatal(err)
	}
	if m, err := good.Recv(); err != nil || string(m[0]) != "news" {
		t.Errorf("the other peer got %q, %v", m, err)
	}
	if welcomes != 1+200 {
		t.Errorf("%d welcomes", welcomes)
	}
}

// Rows 1 and 19: every subscription is told, of each peer, also a repeated one; other messages are
// passed over, any number of them.
func TestSubscriptions(t *testing.T) {
	noGoroutines(t)
	topics := make(chan string, 10)
	var p *transport.Publisher
	p, err := transport.ListenPublisher("tcp://127.0.0.1:0", func(topic []byte) [][]byte {
		topics <- string(topic)
		return nil
	},
		&transport.Options{MaxTopics: 20})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	a, b := dialAs(t, p.Addr(), "SUB", ""), dialAs(t, p.Addr(), "XSUB", "")
	want := func(topic string) {
		t.Helper()
		if got := <-topics; got != topic {
			t.Errorf("topic %q, want %q", got, topic)
		}
	}
	a.write(frame("\x01", true))
	want("")
	b.write(frame("\x01", true))
	want("")
	b.write(frame("\x01", true))
	want("")
	b.write(frame("\x00", true), frame("\x00never", true), frame("\x01x", true))
	want("x")
	for range 100 {
		b.write(frame("\x02upstream", true), frame("", true), frame("\x01", false), frame("", true))
	}
	b.write(command("SUBSCRIBE", "y")) // ZMTP 3.1
	want("y")
	b.write(command("CANCEL", "x"), frame("\x01z", true))
	want("z")
	for _, topic := range []string{"x", "yes", "z"} {
		if err := p.Send(msg(topic)); err != nil {
			t.Fatal(err)
		}
	}
	for _, topic := range []string{"x", "yes", "z"} {
		if _, got := a.read(); got != topic {
			t.Errorf("a got %q, want %q", got, topic)
		}
	}
	for _, topic := range []string{"yes", "z"} {
		if _, got := b.read(); got != topic {
			t.Errorf("b got %q, want %q", got, topic)
		}
	}
	for i := range 18 { // with y and z that makes 20
		b.write(frame("\x01"+strconv.Itoa(i), true))
		want(strconv.Itoa(i))
	}
	b.write(frame("\x01one too many", true))
	b.closed()
}

// Rows 5 and 20: Close delivers what was sent, and leaves no goroutine.
func TestCloseDrains(t *testing.T) {
	for _, n := range []int{1, 1000, 20000} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			r := router(t, &transport.Options{Linger: 5 * time.Minute})
			d, err := transport.DialDealer(within(t), r.Addr(), "d", nil)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			d.Send(msg("here"))
			if _, err := r.Recv(); err != nil {
				t.Fatal(err)
			}
			// Unread requests must not turn the end into a reset that takes the answers away.
			for range 500 {
				d.Send(msg("unread"))
			}
			body := strings.Repeat("x", 1000)
			for i := range n {
				if err := r.Send(msg("d", strconv.Itoa(i), body)); err != nil {
					t.Fatal(err)
				}
			}
			closed := make(chan error)
			go func() { closed <- r.Close() }()
			for i := range n {
				m, err := d.Recv()
				if err != nil || string(m[0]) != strconv.Itoa(i) {
					t.Fatalf("message %d of %d: %.20q, %v", i, n, m, err)
				}
			}
			if _, err := d.Recv(); err != io.EOF {
				t.Errorf("at the end: %v", err)
			}
			if err := <-closed; err != nil {
				t.Error(err)
			}
			if err := r.Send(msg("d", "x")); !errors.Is(err, transport.ErrClosed) {
				t.Errorf("Send after Close: %v", err)
			}
		})
	}
}

// A dialling socket's Close delivers too.
func TestDealerCloseDrains(t *testing.T) {
	r := router(t, nil)
	d, err := transport.DialDealer(within(t), r.Addr(), "d", &transport.Options{Linger: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	const n = 5000
	body := strings.Repeat("x", 1000)
	for i := range n {
		if err := d.Send(msg(strconv.Itoa(i), body)); err != nil {
			t.Fatal(err)
		}
	}
	closed := make(chan error)
	go func() { closed <- d.Close() }()
	for i := range n {
		if m, err := r.Recv(); err != nil || string(m[1]) != strconv.Itoa(i) {
			t.Fatalf("message %d: %.20q, %v", i, m, err)
		}
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if err := d.Send(msg("x")); !errors.Is(err, transport.ErrClosed) {
		t.Errorf("Send after Close: %v", err)
	}
	if _, err := d.Recv(); err != io.EOF {
		t.Errorf("Recv after Close: %v", err)
	}
	d.Close()
}

// Close doesn't wait for peers that shake hands, nor longer than Linger for those that don't read.
func TestCloseWithSilentPeers(t *testing.T) {
	r := router(t,
		&transport.Options{HandshakeTimeout: time.Hour, WriteTimeout: time.Hour, Linger: 50 * time.Millisecond})
	silent := dialRaw(t, r.Addr())
	deaf := dialAs(t, r.Addr(), "DEALER", "deaf")
	deaf.write(frame("here", true))
	if _, err := r.Recv(); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		r.Send([][]byte{[]byte("deaf"), make([]byte, 1<<20)})
	}
	r.Close() // the test's own limit is the judge
	silent.closed()
	deaf.closed()
}

// Row 12: of two connections with one identity the newer one is answered, the older one is closed.
func TestSameIdentity(t *testing.T) {
	j := newJournal()
	r := router(t, &transport.Options{Logf: j.logf})
	before := dialAs(t, r.Addr(), "DEALER", "twin")
	before.write(frame("old", true))
	request, err := r.Recv()
	if err != nil {
		t.Fatal(err)
	}
	after := dialAs(t, r.Addr(), "DEALER", "twin")
	after.write(frame("new", true))
	if _, err := r.Recv(); err != nil {
		t.Fatal(err)
	}
	before.closed()
	j.await(t, "newer connection")
	if err := r.Send(request); err != nil {
		t.Fatal(err)
	}
	if _, got := after.read(); got != "old" {
		t.Errorf("the newer one got %q", got)
	}
	for range 100 { // a client that reconnects again and again
		p := dialAs(t, r.Addr(), "DEALER", "twin")
		p.write(frame("x", true))
		m, err := r.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Send(m); err != nil {
			t.Fatal(err)
		}
		if _, got := p.read(); got != "x" {
			t.Fatalf("got %q", got)
		}
	}
}

// Peers without an identity, as REQ sockets are, get answers apart from each other.
func TestAnonymous(t *testing.T) {
	r := router(t, nil)
	a, b := dialAs(t, r.Addr(), "REQ", ""), dialAs(t, r.Addr(), "DEALER", "")
	a.write(frame("", false), frame("a", true))
	fromA, _ := r.Recv()
	b.write(frame("b", true))
	fromB, _ := r.Recv()
	if bytes.Equal(fromA[0], fromB[0]) || len(fromA[0]) != 5 || fromA[0][0] != 0 {
		t.Errorf("identities %q and %q", fromA[0], fromB[0])
	}
	r.Send(fromB)
	r.Send(fromA)
	if _, got := b.read(); got != "b" {
		t.Errorf("b got %q", got)
	}
	a.read()
	if _, got := a.read(); got != "a" {
		t.Errorf("a got %q", got)
	}
}

// Rows 13 and 14: an absent peer is not waited for.
func TestSendWithoutPeer(t *testing.T) {
	r := router(t, nil)
	for _, m := range [][][]byte{nil, msg("x")} {
		if err := r.Send(m); !errors.Is(err, transport.ErrNoFrames) {
			t.Errorf("Send(%q): %v", m, err)
		}
	}
	if err := r.Send(msg("x", "y")); !errors.Is(err, transport.ErrNoPeer) {
		t.Errorf("Send: %v", err)
	}
	p, err := transport.ListenPublisher("tcp://127.0.0.1:0", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Send(msg("x")); err != nil {
		t.Errorf("Send: %v", err)
	}
	if err := p.Send(nil); !errors.Is(err, transport.ErrNoFrames) {
		t.Errorf("Send(nil): %v", err)
	}
	p.Close()
	if err := p.Send(msg("x")); !errors.Is(err, transport.ErrClosed) {
		t.Errorf("Send after Close: %v", err)
	}
}

// Row 21: the heartbeat has no turns that a stray message could upset.
func TestEchoOddMessages(t *testing.T) {
	noGoroutines(t)
	e, err := transport.ListenEcho("tcp://127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	p := dialAs(t, e.Addr(), "DEALER", "")
	for _, s := range []string{"no envelope", "", strings.Repeat("x", 300)} {
		p.write(frame(s, true))
		if f, got := p.read(); f != 0 || got != s {
			t.Errorf("%#x %q, want %q", f, got, s)
		}
	}
	p.write(frame("", false), frame("a", true), frame("", false), frame("b", true))
	for _, want := range []string{"", "a", "", "b"} {
		if _, got := p.read(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
