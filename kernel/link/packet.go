package link

// This file defines the packets that carry Requests and Events.

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// A Writer writes packets, each with one Write call, or several with one. It is safe for concurrent use.
type Writer struct {
	w io.Writer

	mu  sync.Mutex // protects buf, and keeps packets whole
	buf []byte     // packets that wait, then the one being written
}

// NewWriter returns a Writer on w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write encodes v, a *Request or *Event, and writes its packet after those that wait.
func (w *Writer) Write(v any) error { return w.add(v, w.flushLocked) }

// Gather is Write, but the packet waits for the next Write or Flush: a system call, and waking a process, take longer
// than a small packet.
func (w *Writer) Gather(v any) error { return w.add(v, func() error { return nil }) }

// Flush writes the packets that wait.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.flushLocked()
}

// add adds the packet of v to buf and calls then.
func (w *Writer) add(v any, then func() error) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encoding packet: %w", err)
	}
	if len(b) > MaxPacket {
		return fmt.Errorf("encoding packet: %d bytes are more than a packet may have", len(b))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf = binary.BigEndian.AppendUint32(w.buf, uint32(len(b)))
	w.buf = append(w.buf, b...)
	return then()
}

// flushLocked writes all packets.
func (w *Writer) flushLocked() error {
	if len(w.buf) == 0 {
		return nil
	}
	_, err := w.w.Write(w.buf)
	if w.buf = w.buf[:0]; cap(w.buf) > 1<<20 {
		w.buf = nil // one large display must not stay forever
	}
	if err != nil {
		return fmt.Errorf("writing packet: %w", err)
	}
	return nil
}

// A Reader reads packets. Only one goroutine may use it.
type Reader struct {
	r   *bufio.Reader
	buf []byte
}

// NewReader returns a Reader on r.
func NewReader(r io.Reader) *Reader { return &Reader{r: bufio.NewReaderSize(r, 16<<10)} }

// Read reads the next packet into v, a *Request or *Event that must be zero. It returns io.EOF when the other side is
// gone, io.ErrUnexpectedEOF when it ended within a packet.
func (r *Reader) Read(v any) error {
	var head [4]byte
	if _, err := io.ReadFull(r.r, head[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > MaxPacket {
		return fmt.Errorf("reading packet: %d bytes are more than a packet may have", n)
	}
	if cap(r.buf) < int(n) || cap(r.buf) > 1<<20 && n < 1<<16 {
		r.buf = make([]byte, n)
	}
	r.buf = r.buf[:n]
	if _, err := io.ReadFull(r.r, r.buf); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	if err := json.Unmarshal(r.buf, v); err != nil {
		return fmt.Errorf("decoding packet: %w", err)
	}
	return nil
}

// Size returns the size in bytes of the packet that Read has read last.
func (r *Reader) Size() int { return len(r.buf) }
