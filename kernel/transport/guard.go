package transport

// This file defines the guard: a net.Conn that passes zmq4 only bytes that zmq4 can handle.

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// Flags of a ZMTP frame (RFC 23, "Framing"); the other bits are reserved and must be zero.
const (
	flagMore    = 1
	flagLong    = 2
	flagCommand = 4
)

const (
	greetingSize = 64       // of ZMTP 3.x
	maxCommand   = 64 << 10 // bytes of a command; real ones have some hundred
	trusted      = 64 << 10 // bytes of a frame whose announced length is believed before they are there
	readBuffer   = 2048     // per connection; the usual request fits, and an idle peer costs no more
)

// phase says what the guard expects next.
type phase int

const (
	greeting  phase = iota // 64 bytes
	handshake              // READY
	traffic                // messages, and commands in between
)

// errProtocol is under all errors that are the peer's breach of ZMTP or of our limits.
var errProtocol = errors.New("peer breaks the protocol")

// guard checks what a peer sends and gathers what it is sent. zmq4 reads and writes through it.
//
// Reading is done by one goroutine. It sees messages only: commands are taken out and given to command. A frame longer
// than trusted is collected here before zmq4 sees its length, so that memory is allocated for what has arrived and not
// for what was announced.
//
// Writing goes to the spool; during the handshake, it leaves with the next read.
type guard struct {
	net.Conn
	opt     *Options
	command func(name string, body []byte) error // of the peer in traffic; called by the reader
	spool   spool                                // see peer for its owner

	// The reader's own.
	in    *bufio.Reader
	phase phase
	rest  []byte // checked bytes that zmq4 has yet to read
	body  int64  // bytes after rest to be passed on as they come
	armed bool   // a read deadline is set

	// The message being read.
	more   bool // its next frame is due
	frames int
	size   int64

	header [9]byte
}

func newGuard(conn net.Conn, opt *Options) *guard {
	g := &guard{Conn: conn, opt: opt, in: bufio.NewReaderSize(conn, readBuffer)}
	g.spool.init(conn)
	return g
}

// Read gives zmq4 the next checked bytes.
func (g *guard) Read(p []byte) (int, error) {
	if len(g.rest) == 0 && g.body == 0 {
		if err := g.next(); err != nil {
			return 0, err
		}
	}
	if len(g.rest) > 0 {
		n := copy(p, g.rest)
		if g.rest = g.rest[n:]; len(g.rest) == 0 {
			g.rest = nil // a big frame's memory isn't kept until the next one
		}
		return n, nil
	}
	if int64(len(p)) > g.body {
		p = p[:g.body]
	}
	g.hurry(1)
	n, err := g.in.Read(p)
	g.body -= int64(n)
	if n > 0 {
		err = nil
	}
	return n, noEOF(err)
}

// Write gathers what zmq4 sends; see spool.
func (g *guard) Write(p []byte) (int, error) {
	g.spool.add(p)
	return len(p), nil
}

// next checks what comes next, and puts it into rest and body.
func (g *guard) next() error {
	switch g.phase {
	case greeting:
		if err := g.spool.flush(g.opt.HandshakeTimeout, false); err != nil {
			return err
		}
		return g.readGreeting()
	case handshake:
		if err := g.spool.flush(g.opt.HandshakeTimeout, false); err != nil {
			return err
		}
		return g.readReady()
	}
	for {
		name, body, err := g.readFrame()
		if err != nil || name == "" {
			return err
		}
		if err := g.command(name, body); err != nil {
			return err
		}
	}
}

// readGreeting passes a greeting on when it begins and ends its signature as one. It doesn't wait
// for 64 bytes from a peer whose first one is wrong, as a browser's or a ZMTP 1 peer's would be.
func (g *guard) readGreeting() error {
	first, err := g.in.Peek(1)
	if err != nil {
		return err
	}
	if first[0] != 0xff {
		return fmt.Errorf("%w: it doesn't speak ZMTP 3", errProtocol)
	}
	signature, err := g.in.Peek(10)
	if err != nil {
		return noEOF(err)
	}
	if signature[9] != 0x7f {
		return fmt.Errorf("%w: it doesn't speak ZMTP 3", errProtocol)
	}
	b := make([]byte, greetingSize)
	if _, err := io.ReadFull(g.in, b); err != nil {
		return noEOF(err)
	}
	g.rest = b
	g.phase = handshake
	return nil
}

// readReady reads the peer's READY and gives zmq4 one that says the same and is well formed.
func (g *guard) readReady() error {
	name, body, err := g.readFrame()
	switch {
	case err != nil:
		return err
	case name == "ERROR" && len(body) > 0:
		return fmt.Errorf("%w: peer refuses: %q", errProtocol, clip(body[1:]))
	case name != "READY":
		return fmt.Errorf("%w: %q in place of READY", errProtocol, clip([]byte(name)))
	}
	r, err := parseReady(body)
	if err != nil {
		return err
	}
	g.rest = r.frame()
	g.phase = traffic
	return nil
}

// readFrame reads and checks the header of a frame. A command is read whole and returned; the header
// of a message's frame is put into rest, and its body into rest or body. Commands may not be split,
// but may stand between the frames of a message: libzmq sends its PING even there.
func (g *guard) readFrame() (command string, body []byte, err error) {
	if g.more {
		g.hurry(1)
	} else {
		g.relax()
		g.frames, g.size = 0, 0
	}
	if _, err := g.in.Peek(1); err != nil { // here an idle peer is waited for
		if g.more {
			err = noEOF(err)
		}
		return "", nil, err
	}
	flags, size, header, err := g.readHeader()
	if err != nil {
		return "", nil, err
	}
	if flags&flagCommand != 0 {
		if flags&flagMore != 0 {
			return "", nil, fmt.Errorf("%w: a command in several frames", errProtocol)
		}
		if size > maxCommand {
			return "", nil, fmt.Errorf("%w: a command of %d bytes", errProtocol, size)
		}
		return g.readCommand(int(size))
	}
	if g.phase != traffic {
		return "", nil, fmt.Errorf("%w: a message before the handshake", errProtocol)
	}
	g.frames++
	switch {
	case size > uint64(g.opt.MaxFrame):
		return "", nil, fmt.Errorf("%w: a frame of %d bytes, at most %d are accepted", errProtocol, size,
			g.opt.MaxFrame)
	case int64(size) > g.opt.MaxMessage-g.size:
		return "", nil, fmt.Errorf("%w: a message of more than %d bytes", errProtocol, g.opt.MaxMessage)
	case g.frames > g.opt.MaxFrames:
		return "", nil, fmt.Errorf("%w: a message of more than %d frames", errProtocol, g.opt.MaxFrames)
	}
	g.size += int64(size)
	g.more = flags&flagMore != 0
	if size <= trusted {
		g.rest, g.body = header, int64(size)
		return "", nil, nil
	}
	g.rest, err = g.collect(header, int64(size))
	return "", nil, err
}

// readHeader reads flags and length. header is valid until the next call.
func (g *guard) readHeader() (flags byte, size uint64, header []byte, err error) {
	header = g.header[:2]
	if err := g.readFull(header); err != nil {
		return 0, 0, nil, err
	}
	flags = header[0]
	if flags&^(flagMore|flagLong|flagCommand) != 0 {
		return 0, 0, nil, fmt.Errorf("%w: reserved flags %#x", errProtocol, flags)
	}
	if flags&flagLong == 0 {
		return flags, uint64(header[1]), header, nil
	}
	header = g.header[:9]
	if err := g.readFull(header[2:]); err != nil {
		return 0, 0, nil, err
	}
	return flags, binary.BigEndian.Uint64(header[1:]), header, nil
}

// readCommand reads a command of size bytes: a length, a name, a body.
func (g *guard) readCommand(size int) (name string, body []byte, err error) {
	b := make([]byte, size)
	if err := g.readFull(b); err != nil {
		return "", nil, err
	}
	if size == 0 || b[0] == 0 || int(b[0]) > size-1 {
		return "", nil, fmt.Errorf("%w: a command without a name", errProtocol)
	}
	return string(b[1 : 1+b[0]]), b[1+b[0]:], nil
}

// collect returns header and the size bytes after it, in memory that grows as they arrive.
func (g *guard) collect(header []byte, size int64) ([]byte, error) {
	total := int64(len(header)) + size
	b := make([]byte, len(header), min(total, 2*trusted))
	copy(b, header)
	for int64(len(b)) < total {
		if len(b) == cap(b) {
			grown := make([]byte, len(b), min(total, 2*int64(cap(b))))
			copy(grown, b)
			b = grown
		}
		g.hurry(1)
		n, err := g.in.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err != nil && n == 0 {
			return nil, noEOF(err)
		}
	}
	return b, nil
}

// readFull fills p, which is within a message or command: the peer must no longer pause.
func (g *guard) readFull(p []byte) error {
	g.hurry(len(p))
	_, err := io.ReadFull(g.in, p)
	return noEOF(err)
}

// hurry sets a read deadline, unless n bytes are there already. In the handshake there is a deadline
// for the whole of it, which must stay.
func (g *guard) hurry(n int) {
	if g.phase == traffic && g.in.Buffered() < n {
		_ = g.Conn.SetReadDeadline(time.Now().Add(g.opt.ReadTimeout))
		g.armed = true
	}
}

// relax removes the deadline that hurry set.
func (g *guard) relax() {
	if g.armed {
		_ = g.Conn.SetReadDeadline(time.Time{})
		g.armed = false
	}
}

// noEOF says that an end of the stream within a message is not an orderly one.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// clip shortens what a peer sent, to be quoted in the log.
func clip(b []byte) []byte {
	if len(b) > 64 {
		b = b[:64]
	}
	return b
}
