package transport

// This file defines the spool: it gathers what zmq4 writes piece by piece and sends it in one write.

import (
	"net"
	"syscall"
	"time"
)

const (
	byReference = 32 << 10 // a piece of this size is not copied
	oneWrite    = 1 << 20  // bytes that must all go before the write deadline is renewed
	keepSpool   = 4 << 10  // capacity that an idle peer keeps
)

// spool holds pieces in order. It has no lock, see peer.
type spool struct {
	conn net.Conn
	raw  syscall.RawConn // nil where try isn't possible

	parts net.Buffers // finished pieces, before tail
	small []byte      // copied pieces; tail is its end from mark on
	mark  int
}

func (s *spool) init(conn net.Conn) {
	s.conn = conn
	if c, ok := conn.(syscall.Conn); ok {
		s.raw, _ = c.SyscallConn()
	}
}

// add appends p. A big p is kept by reference until the spool is flushed: zmq4 writes the frames of a
// message as they are, and those may not change until then.
func (s *spool) add(p []byte) {
	if len(p) < byReference {
		s.small = append(s.small, p...)
		return
	}
	s.cut()
	s.parts = append(s.parts, p)
}

// cut moves the tail to the finished pieces.
func (s *spool) cut() {
	if len(s.small) > s.mark {
		s.parts = append(s.parts, s.small[s.mark:len(s.small):len(s.small)])
		s.mark = len(s.small)
	}
}

func (s *spool) empty() bool { return len(s.parts) == 0 && len(s.small) == s.mark }

// reset forgets all pieces, and their memory unless it is little.
func (s *spool) reset() {
	clear(s.parts)
	s.parts, s.mark = nil, 0
	if cap(s.small) > keepSpool {
		s.small = nil
	}
	s.small = s.small[:0]
}

// try sends what the network buffer takes without waiting. done says that this was all. Big pieces are not tried: for
// these, microseconds don't matter.
func (s *spool) try() (done bool, err error) {
	if s.raw == nil || len(s.parts) > 0 {
		return false, nil
	}
	n, err := writeNow(s.raw, s.small[s.mark:])
	if err != nil {
		return false, err
	}
	s.mark += n
	if s.mark < len(s.small) {
		return false, nil
	}
	s.reset()
	return true, nil
}

// flush sends all pieces. Each megabyte has timeout to go, so a big message to a slow peer is not cut off, but a peer
// that stopped reading is noticed. timed says whether to set deadlines at all.
func (s *spool) flush(timeout time.Duration, timed bool) error {
	s.cut()
	parts := s.parts
	for len(parts) > 0 {
		var batch net.Buffers
		n := 0
		for len(parts) > 0 && n < oneWrite {
			p := parts[0]
			if len(p) > oneWrite-n {
				p = p[:oneWrite-n]
				parts[0] = parts[0][len(p):]
			} else {
				parts = parts[1:]
			}
			batch = append(batch, p)
			n += len(p)
		}
		if timed {
			_ = s.conn.SetWriteDeadline(time.Now().Add(timeout))
		}
		var err error
		if len(batch) == 1 {
			_, err = s.conn.Write(batch[0])
		} else {
			_, err = batch.WriteTo(s.conn)
		}
		if err != nil {
			return err
		}
	}
	s.reset()
	return nil
}
