package transport_test

// This file defines the raw peer: a TCP connection on which a test writes whatever it likes.

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"gilkernel/kernel/transport"
)

// hello returns a greeting of ZMTP 3.1 with the NULL mechanism.
func hello() []byte {
	b := make([]byte, 64)
	b[0], b[9], b[10], b[11] = 0xff, 0x7f, 3, 1
	copy(b[12:], "NULL")
	return b
}

// property is one of READY's.
func property(name, value string) string {
	return string([]byte{byte(len(name))}) + name + string(binary.BigEndian.AppendUint32(nil, uint32(len(value)))) +
		value
}

// command is a command frame, flags and length included.
func command(name, body string) []byte {
	b := append([]byte{byte(len(name))}, name+body...)
	if len(b) < 256 {
		return append([]byte{4, byte(len(b))}, b...)
	}
	return append(binary.BigEndian.AppendUint64([]byte{4 | 2}, uint64(len(b))), b...)
}

func readyAs(socketType, identity string) []byte {
	return command("READY", property("Socket-Type", socketType)+property("Identity", identity))
}

// frame is a message frame; more frames follow unless last.
func frame(body string, last bool) []byte {
	var more byte
	if !last {
		more = 1
	}
	if len(body) < 256 {
		return append([]byte{more, byte(len(body))}, body...)
	}
	return append(binary.BigEndian.AppendUint64([]byte{more | 2}, uint64(len(body))), body...)
}

// raw is such a peer.
type raw struct {
	t testing.TB
	*net.TCPConn
}

// dialRaw connects to the address of a socket and sends pieces.
func dialRaw(t testing.TB, addr string, pieces ...[]byte) raw {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(addr, "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	r := raw{t, c.(*net.TCPConn)}
	r.write(pieces...)
	return r
}

// dialAs connects and shakes hands.
func dialAs(t testing.TB, addr, socketType, identity string) raw {
	t.Helper()
	r := dialRaw(t, addr, hello(), readyAs(socketType, identity))
	greeting := make([]byte, 64)
	if _, err := io.ReadFull(r, greeting); err != nil {
		t.Fatal(err)
	}
	if f, body := r.read(); f != 4 || !strings.HasPrefix(body, "\x05READY") {
		t.Fatalf("%#x %q in place of READY", f, body)
	}
	return r
}

// write may fail: the other side may have closed already.
func (r raw) write(pieces ...[]byte) error {
	_, err := r.Write(bytes.Join(pieces, nil))
	return err
}

// read reads a frame.
func (r raw) read() (flags byte, body string) {
	r.t.Helper()
	r.SetReadDeadline(time.Now().Add(2 * time.Minute))
	h := make([]byte, 9)
	if _, err := io.ReadFull(r, h[:2]); err != nil {
		r.t.Fatal(err)
	}
	n := uint64(h[1])
	if h[0]&2 != 0 {
		if _, err := io.ReadFull(r, h[2:]); err != nil {
			r.t.Fatal(err)
		}
		n = binary.BigEndian.Uint64(h[1:])
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		r.t.Fatal(err)
	}
	return h[0] &^ 2, string(b)
}

// closed waits until the other side closes the connection.
func (r raw) closed() {
	r.t.Helper()
	r.SetReadDeadline(time.Now().Add(2 * time.Minute))
	_, err := io.Copy(io.Discard, r)
	if e, ok := err.(net.Error); ok && e.Timeout() {
		r.t.Fatal("the connection stays open")
	}
}

// journal keeps what a socket logs.
type journal struct {
	mu    sync.Mutex // protects the fields below
	lines []string
	more  chan struct{}
}

func newJournal() *journal { return &journal{more: make(chan struct{}, 1)} }

func (j *journal) logf(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, fmt.Sprintf(format, args...))
	select {
	case j.more <- struct{}{}:
	default:
	}
}

func (j *journal) has(s string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Contains(strings.Join(j.lines, "\n"), s)
}

// await waits until a line with s was logged.
func (j *journal) await(t testing.TB, s string) {
	t.Helper()
	late := time.After(2 * time.Minute)
	for !j.has(s) {
		select {
		case <-j.more:
		case <-late:
			t.Fatalf("%q was not logged, but %q", s, j.lines)
		}
	}
}

// noGoroutines fails when a goroutine of the package is left at the end of the test. Close waits until all have said
// that they are done, after which each still needs a core to end.
func noGoroutines(t testing.TB) {
	t.Cleanup(func() {
		left := ""
		for late := time.Now().Add(time.Minute); time.Now().Before(late); time.Sleep(time.Millisecond) {
			left = ""
			buf := make([]byte, 1<<20)
			for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
				if strings.Contains(g, "kernel/transport.(") && !strings.Contains(g, "testing.tRunner") {
					left = g
				}
			}
			if left == "" {
				return
			}
		}
		t.Errorf("a goroutine is left:\n%s", left)
	})
}

// alive checks that a router serves a new client.
func alive(t testing.TB, r *transport.Router) {
	t.Helper()
	d, err := transport.DialDealer(within(t), r.Addr(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Send(msg("alive?")); err != nil {
		t.Fatal(err)
	}
	for {
		m, err := r.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if len(m) == 2 && string(m[1]) == "alive?" {
			if err := r.Send(m); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	if m, err := d.Recv(); err != nil || !equal(m, msg("alive?")) {
		t.Fatalf("%q, %v", m, err)
	}
}

func router(t testing.TB, o *transport.Options) *transport.Router {
	t.Helper()
	r, err := transport.ListenRouter("tcp://127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	noGoroutines(t)
	t.Cleanup(func() { r.Close() })
	return r
}
