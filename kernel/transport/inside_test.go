package transport

// This file defines the tests that need the inside: what no peer is known to be able to bring about,
// and the fuzz targets of the decoders.

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-zeromq/zmq4"
)

// exhausted is a listener of a process that has no descriptors left.
type exhausted struct {
	net.Listener
	calls  int
	closed chan struct{}
}

func (e *exhausted) Accept() (net.Conn, error) {
	e.calls++
	select {
	case <-e.closed:
		return nil, net.ErrClosed
	default:
		return nil, syscall.EMFILE
	}
}

func (e *exhausted) Close() error { close(e.closed); return nil }

// Row 7.
func TestAcceptBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := &exhausted{closed: make(chan struct{})}
		b := &binding{opt: (*Options)(nil).withDefaults(), ln: ln, release: func() {}, done: make(chan struct{}),
			ended: make(chan struct{})}
		b.start(nil)
		time.Sleep(time.Minute) // of synctest's clock
		synctest.Wait()
		if ln.calls < 10 || ln.calls > 80 {
			t.Errorf("accept was tried %d times in a minute", ln.calls)
		}
		b.close()
	})
}

// The last line of defence: if zmq4 panics, the connection ends.
func TestRecovered(t *testing.T) {
	p := newPeer(nil, (*Options)(nil).withDefaults(), nil)
	if _, err := p.recv(); err == nil || !strings.Contains(err.Error(), "panic") { // conn is nil
		t.Errorf("error %v", err)
	}
}

// canned is a connection from which a peer's bytes come, some at a time.
type canned struct {
	net.Conn
	in   io.Reader
	step int
}

func (c *canned) Read(p []byte) (int, error)       { return c.in.Read(p[:min(len(p), c.step)]) }
func (c *canned) Write(p []byte) (int, error)      { return len(p), nil }
func (c *canned) Close() error                     { return nil }
func (c *canned) SetDeadline(time.Time) error      { return nil }
func (c *canned) SetReadDeadline(time.Time) error  { return nil }
func (c *canned) SetWriteDeadline(time.Time) error { return nil }

// openOn shakes hands with who sends data.
func openOn(data []byte, step int, kind zmq4.SocketType, wg *sync.WaitGroup) (*peer, error) {
	opt := (&Options{MaxFrame: 1 << 20, MaxMessage: 1 << 20, MaxFrames: 16}).withDefaults()
	p := newPeer(&canned{in: bytes.NewReader(data), step: step}, opt, wg)
	return p, p.open(kind, "", true)
}

func zmtp(parts ...string) []byte {
	greeting := make([]byte, 64)
	greeting[0], greeting[9], greeting[10] = 0xff, 0x7f, 3
	copy(greeting[12:], "NULL")
	return append(greeting, strings.Join(parts, "")...)
}

// The whole of what a peer can send, greeting first: whatever it is, zmq4 doesn't panic, and memory
// is taken for what came.
func FuzzPeer(f *testing.F) {
	hello := "\x04\x1c\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER"
	f.Add(zmtp(hello, "\x01\x01a\x00\x01b"), 1)
	f.Add(zmtp(hello, "\x04\x07\x04PING\x00\x00", "\x02\x00\x00\x00\x00\x00\x01\x00\x01xxxx"), 7)
	f.Add(zmtp(hello, "\x02\x7f\xff\xff\xff\xff\xff\xff\xff"), 100)
	f.Add(zmtp("\x04\x06\x05READY"), 3)
	f.Add(zmtp("\x04\x12\x05READY\x0bSocket-Type"), 3)
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"), 4)
	f.Fuzz(func(t *testing.T, data []byte, step int) {
		if step <= 0 || step > 1<<20 {
			return
		}
		var wg sync.WaitGroup
		defer wg.Wait()
		p, err := openOn(data, step, zmq4.Router, &wg)
		size := 0
		for err == nil {
			var frames [][]byte
			if frames, err = p.recv(); err == nil {
				for _, frame := range frames {
					size += len(frame)
				}
				if len(frames) > 16 {
					t.Fatalf("%d frames", len(frames))
				}
			}
		}
		if strings.Contains(err.Error(), "panic") {
			t.Fatal(err)
		}
		if size > len(data) {
			t.Fatalf("%d bytes of messages in %d", size, len(data))
		}
		p.fail(err)
	})
}

// What follows a good handshake comes out as it went in.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("a"), []byte(""), 1, true)
	f.Add(bytes.Repeat([]byte("x"), 70_000), []byte("y"), 1000, false)
	f.Fuzz(func(t *testing.T, a, b []byte, step int, ping bool) {
		if step <= 0 || step > 1<<20 || len(a)+len(b) > 1<<20 {
			return
		}
		step = max(step, (len(a)+len(b))/500) // not for minutes
		var out bytes.Buffer
		out.Write(zmtp("\x04\x1c\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER"))
		for i, frame := range [][]byte{a, b} {
			if ping {
				out.WriteString("\x04\x09\x04PING\x00\x00ab")
			}
			flags := byte(flagLong)
			if i == 0 {
				flags |= flagMore
			}
			out.WriteByte(flags)
			for shift := 56; shift >= 0; shift -= 8 {
				out.WriteByte(byte(len(frame) >> shift))
			}
			out.Write(frame)
		}
		var wg sync.WaitGroup
		defer wg.Wait()
		p, err := openOn(out.Bytes(), step, zmq4.Router, &wg)
		if err != nil {
			t.Fatal(err)
		}
		frames, err := p.recv()
		if err != nil || len(frames) != 2 || !bytes.Equal(frames[0], a) || !bytes.Equal(frames[1], b) {
			t.Fatalf("%.100q and %.100q became %.100q, %v", a, b, frames, err)
		}
		if _, err := p.recv(); err != io.EOF {
			t.Fatalf("at the end: %v", err)
		}
		p.fail(io.EOF)
	})
}

// READY as it is parsed and written anew is parsed as the same.
func FuzzReady(f *testing.F) {
	f.Add([]byte("\x0bSocket-Type\x00\x00\x00\x06DEALER\x08Identity\x00\x00\x00\x02me"))
	f.Add([]byte("\x0bSocket-Type"))
	f.Add([]byte("\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := parseReady(body)
		if err != nil {
			if !errors.Is(err, errProtocol) {
				t.Fatal(err)
			}
			return
		}
		frame := r.frame()
		skip := 2
		if frame[0]&flagLong != 0 {
			skip = 9
		}
		again, err := parseReady(frame[skip+len("\x05READY"):])
		if err != nil || again != r {
			t.Fatalf("%+v became %+v, %v", r, again, err)
		}
	})
}

// recorder keeps what is written to it, write by write.
type recorder struct {
	canned
	writes [][]byte
}

func (r *recorder) Write(p []byte) (int, error) {
	r.writes = append(r.writes, bytes.Clone(p))
	return len(p), nil
}

// Row 15: one write for a message, however many frames it has; big ones go a megabyte at a time.
func TestOneWrite(t *testing.T) {
	conn := new(recorder)
	var s spool
	s.init(conn)
	send := func(sizes ...int) {
		conn.writes = nil
		var want []byte
		for _, n := range sizes {
			p := bytes.Repeat([]byte{byte(n)}, n)
			want = append(want, p...)
			s.add(p)
		}
		if err := s.flush(time.Second, true); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytes.Join(conn.writes, nil), want) {
			t.Errorf("%v: other bytes than those", sizes)
		}
		if !s.empty() || cap(s.small) > keepSpool {
			t.Errorf("%v: something is kept", sizes)
		}
	}
	send(2, 10, 2, 64, 2, 200, 9, 3000)
	if len(conn.writes) != 1 {
		t.Errorf("%d writes", len(conn.writes))
	}
	send(9, byReference, 2, 5, 9, 3*oneWrite, 2, 1)
	for _, w := range conn.writes {
		if len(w) > oneWrite {
			t.Errorf("a write of %d bytes", len(w))
		}
	}
	send(9, oneWrite-9)
	send()
}
