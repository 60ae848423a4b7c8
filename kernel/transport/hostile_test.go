package transport_test

// This file defines the tests of peers that break the protocol: each is disconnected, its fault is
// logged, and the next peer is served.
//
// The rows that tests here speak of are what zmq4 v0.17.0 does by itself, and what this package does
// about it:
//
//	 1 XPUB doesn't tell of subscriptions        onSubscribe, TestSubscriptions
//	 2 one deaf subscriber stops them all        a queue for each, TestNeverReadingSubscriber
//	 3 … and keeps new ones away                 a goroutine for each, TestNeverReadingSubscriber
//	 4 its queue has no bound or drops silently  QueueLimit, TestNeverReadingSubscriber
//	 5 Close throws away what is queued          drains and lingers, TestCloseDrains
//	 6 handshakes wait for each other, for ever  deadline for each, TestHostilePauses, TestFlood
//	 7 a failing accept is retried without pause TestAcceptBackOff
//	 8 an unknown socket type panics             own READY, TestHostileBytes, FuzzPeer
//	 9 a truncated READY panics                  own READY, TestHostileBytes, FuzzReady
//	10 any frame length is allocated             limits, and only what came, TestHostileBytes, FuzzPeer
//	11 one deaf client stops all answers         a queue for each, TestSlowClient
//	12 both twins of an identity are answered    newest wins, TestSameIdentity
//	13 unknown identities are silently dropped   ErrNoPeer, TestSendWithoutPeer
//	14 Send waits minutes for a first peer       never waits, TestSendWithoutPeer
//	15 two writes for each frame                 spool, TestOneWrite
//	16 a failed write leaves half a message      connection ends, TestHammerRouter
//	17 timeouts don't end writes                 write deadlines, TestStalledClient
//	18 PING is a message, and not answered       guard, TestPing, TestPingFlood
//	19 a subscriber that talks is blocked        TestSubscriptions
//	20 goroutines outlive Close                  noGoroutines in all tests
//	21 a stray message upsets REP                echo without turns, TestEchoOddMessages
//	22 stale and readable ipc sockets            TestSocketFile
//	23 ports may be 0, hosts *                   kept, TestPorts
//	24 PLAIN takes any password                  NULL only, TestHostileBytes
//	25 a failing write dials                     no reconnecting at all, clients.go
//	26 errors are printed                        zmq4's sockets alone do; Options.Logf
//	27 SO_REUSEADDR is set                       kept, TestRestart

import (
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"gilkernel/kernel/transport"
)

func TestHostileBytes(t *testing.T) {
	long := func(flags byte, n uint64) []byte { return binary.BigEndian.AppendUint64([]byte{flags | 2}, n) }
	ok := append(hello(), readyAs("DEALER", "")...)
	then := func(b ...[]byte) []byte { return append([]byte(string(ok)), []byte(join(b))...) }
	plain := hello()
	copy(plain[12:], "PLAIN")
	old := hello()
	old[10], old[11] = 2, 0
	tests := []struct {
		name  string
		bytes []byte
		log   string
	}{
		{"a browser", []byte("GET / HTTP/1.1\r\n\r\n"), "doesn't speak ZMTP"},
		{"zmtp 1", []byte{1, 0}, "doesn't speak ZMTP"},
		{"zmtp 2", old, "version"},
		{"garbage after 0xff", []byte(strings.Repeat("\xff", 64)), "doesn't speak ZMTP"},
		{"another mechanism", plain, "security mechanism"},
		{"message for READY", append(hello(), frame("hi", true)...), "before the handshake"},
		{"another command for READY", append(hello(), command("HELLO", "")...), "in place of READY"},
		{"error for READY", append(hello(), command("ERROR", "\x02no")...), "peer refuses"},
		{"huge READY", append(hello(), long(4, 1<<40)...), "command of"},
		{"READY of several frames", append(hello(), 5, 1, 1), "several frames"},
		{"empty command", append(hello(), 4, 0), "without a name"},
		{"command name too long", append(hello(), 4, 2, 9, 'x'), "without a name"},
		{"row 8: unknown socket type", append(hello(), readyAs("WALRUS", "")...), "unknown socket type"},
		{"row 8: no socket type", append(hello(), command("READY", "")...), "unknown socket type"},
		{"row 8: odd name of the type", append(hello(), command("READY", property("SOCKET-type", "walrus"))...),
			"unknown socket type"},
		{"socket type that doesn't fit", append(hello(), readyAs("SUB", "")...), "not compatible"},
		{"row 9: property cut after its name", append(hello(), command("READY", "\x0bSocket-Type")...), "cut short"},
		{"row 9: property cut in its name", append(hello(), command("READY", "\x0bSock")...), "cut short"},
		{"row 9: property cut in its value",
			append(hello(), command("READY", "\x0bSocket-Type\x00\x00\x00\x09DEALER")...), "cut short"},
		{"row 9: value of 4 GiB", append(hello(), command("READY", "\x0bSocket-Type\xff\xff\xff\xffDEALER")...),
			"cut short"},
		{"row 9: nameless property", append(hello(), command("READY", "\x00\x00\x00\x00\x00")...), "cut short"},
		{"identity of 256 bytes", append(hello(), readyAs("DEALER", strings.Repeat("x", 256))...), "identity of 256"},
		{"identity with a zero", append(hello(), readyAs("DEALER", "\x00abcd")...), "zero byte"},
		{"row 10: frame of 2^63-1 bytes", then(long(0, 1<<63-1)), "at most"},
		{"row 10: frame of 2^64-1 bytes", then(long(0, 1<<64-1)), "at most"},
		{"row 10: frame over the limit", then(long(0, 1<<20+1)), "at most"},
		{"row 10: message over the limit",
			then([]byte(strings.Repeat(string(frame(strings.Repeat("x", 1<<20), false)), 3))), "message of more than"},
		{"row 10: frames without end", then([]byte(strings.Repeat("\x01\x00", 200))), "frames"},
		{"reserved flags", then([]byte{0x80, 1, 'x'}), "reserved flags"},
		{"PING too short", then(command("PING", "x")), "PING of 1"},
		{"PING too long", then(command("PING", strings.Repeat("x", 19))), "PING of 19"},
		{"huge command", then(long(4, 1<<20)), "command of"},
	}
	j := newJournal()
	r := router(t, &transport.Options{Logf: j.logf, MaxFrame: 1 << 20, MaxMessage: 2 << 20, MaxFrames: 100})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dialRaw(t, r.Addr(), tt.bytes).closed()
			j.await(t, tt.log)
			j.mu.Lock()
			j.lines = nil
			j.mu.Unlock()
		})
	}
	alive(t, r)
}

func join(b [][]byte) string {
	var s strings.Builder
	for _, x := range b {
		s.Write(x)
	}
	return s.String()
}

// Peers that stop in the middle are not waited for.
func TestHostilePauses(t *testing.T) {
	tests := []struct {
		name  string
		bytes []byte
	}{
		{"row 6: silence", nil},
		{"row 6: half a greeting", hello()[:30]},
		{"row 6: no READY", hello()},
		{"row 6: half a READY", append(hello(), 4, 40, 5, 'R')},
		{"half a frame's header", append(append(hello(), readyAs("DEALER", "")...), 2, 0, 0)},
		{"half a frame", append(append(hello(), readyAs("DEALER", "")...), 0, 5, 'x')},
		{"half a big frame", append(append(hello(), readyAs("DEALER", "")...), 2, 0, 0, 0, 0, 0, 1, 0, 0, 'x')},
		{"half a message", append(append(hello(), readyAs("DEALER", "")...), frame("x", false)...)},
		{"half a command", append(append(hello(), readyAs("DEALER", "")...), 4, 9, 4, 'P')},
	}
	// Whether they are closed at all is tested, not when. The times are enough for peers that do as they should on a
	// loaded computer.
	r := router(t, &transport.Options{HandshakeTimeout: time.Second, ReadTimeout: time.Second})
	idle := dialAs(t, r.Addr(), "DEALER", "idle")
	var peers []raw
	for _, tt := range tests {
		peers = append(peers, dialRaw(t, r.Addr(), tt.bytes))
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			peers[i].t = t
			peers[i].closed()
		})
	}
	alive(t, r)
	// A peer that is idle between messages may stay, as its timeout has been disarmed.
	idle.write(frame("a", false), frame("b", true))
	if m, err := r.Recv(); err != nil || !equal(m, msg("idle", "a", "b")) {
		t.Fatalf("%q, %v", m, err)
	}
}

// Peers that leave in the middle leave nothing.
func TestHalfMessageThenClose(t *testing.T) {
	j := newJournal()
	r := router(t, &transport.Options{Logf: j.logf})
	for _, b := range [][]byte{
		{0}, {0, 5, 'x'}, {2, 0, 0}, frame("x", false), {4, 9, 4}, {2, 0, 0, 0, 0, 0, 1, 0, 0, 'x'},
	} {
		p := dialAs(t, r.Addr(), "DEALER", "x")
		p.write(b)
		p.Close()
		j.await(t, "unexpected EOF")
		j.mu.Lock()
		j.lines = nil
		j.mu.Unlock()
	}
	alive(t, r)
}

// Row 6 and 7: peers that only connect don't keep others out, and excess ones are refused.
func TestFlood(t *testing.T) {
	j := newJournal()
	r := router(t, &transport.Options{Logf: j.logf, MaxPeers: 60, Linger: -1})
	for range 50 {
		dialRaw(t, r.Addr())
	}
	alive(t, r)
	for range 20 {
		dialRaw(t, r.Addr())
	}
	j.await(t, "refusing a connection")
}

// Row 18: libzmq's heartbeats are answered with their context, between messages and amid one, and are
// no messages.
func TestPing(t *testing.T) {
	r := router(t, nil)
	p := dialAs(t, r.Addr(), "DEALER", "p")
	p.write(command("PING", "\x00\x00"))
	if f, body := p.read(); f != 4 || body != "\x04PONG" {
		t.Errorf("%#x %q", f, body)
	}
	p.write(frame("a", false), command("PING", "\x00\x05context"), command("WHATEVER", "x"), frame("b", true))
	if f, body := p.read(); f != 4 || body != "\x04PONGcontext" {
		t.Errorf("%#x %q", f, body)
	}
	if m, err := r.Recv(); err != nil || !equal(m, msg("p", "a", "b")) {
		t.Errorf("%q, %v", m, err)
	}
}

// Pongs for a peer that doesn't read don't pile up.
func TestPingFlood(t *testing.T) {
	r := router(t, &transport.Options{QueueLimit: 1 << 20, Linger: -1})
	p := dialAs(t, r.Addr(), "DEALER", "p")
	pings := []byte(strings.Repeat(string(command("PING", "\x00\x000123456789abcdef")), 1000))
	for range 300 { // 7 MB
		if err := p.write(pings); err != nil {
			t.Fatal(err)
		}
	}
	p.write(frame("still here", true))
	if m, err := r.Recv(); err != nil || !equal(m, msg("p", "still here")) {
		t.Errorf("%q, %v", m, err)
	}
}

// A READY that is well formed but odd is understood.
func TestOddReady(t *testing.T) {
	r := router(t, nil)
	odd := command("READY", property("X-Unknown", "y")+property("IDENTITY", "me")+property("socket-TYPE", "DEALER")+
		property("Identity", "second")+property("\xff\xfe", "\x00"))
	dialRaw(t, r.Addr(), hello(), odd, frame("x", true))
	if m, err := r.Recv(); err != nil || !equal(m, msg("me", "x")) {
		t.Errorf("%q, %v", m, err)
	}
}
