package socket

// This file defines frames: what makes messages of TCP's stream of bytes.

import (
	"encoding/binary"
	"fmt"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/timeline"
)

// maxMessage is how long a message may be: more is garbage, or an attack.
const maxMessage = 1 << 26

// SendMessage sends a message whose end RecvMessage finds: four bytes say how long it is. Python's socket has nothing
// like that; its multiprocessing.connection does the same.
func SendMessage(s *Socket, data []byte) error {
	if len(data) > maxMessage {
		return exceptions.Value("a message of %d bytes is too long; send it in parts of at most %d", len(data),
			maxMessage)
	}
	frame := make([]byte, 4+len(data))
	binary.BigEndian.PutUint32(frame, uint32(len(data)))
	copy(frame[4:], data)
	return s.sendAll(frame, data)
}

// RecvMessage waits for a whole message of SendMessage, however it arrives. The error is an *exceptions.EOFError if the
// peer has closed the connection, with a message that says so if that was in the middle of one. What can't be a message
// is a ValueError.
func RecvMessage(s *Socket) ([]byte, error) {
	var head [4]byte
	if n, err := s.recvFull(head[:]); err != nil {
		return nil, err
	} else if n == 0 {
		return nil, &exceptions.EOFError{Message: "the peer has closed the connection"}
	} else if n < len(head) {
		return nil,
			&exceptions.EOFError{Message: fmt.Sprintf("the peer has closed the connection after %d of 4 bytes of a "+
				"message's length", n)}
	}
	size := binary.BigEndian.Uint32(head[:])
	if size > maxMessage {
		return nil, exceptions.Value("what arrives is no message: it would have %d bytes", size)
	}
	var data []byte
	for len(data) < int(size) { // in parts: a length is quickly said
		part := make([]byte, min(int(size)-len(data), 1<<16))
		n, err := s.recvFull(part)
		if err != nil {
			return nil, err
		}
		if data = append(data, part[:n]...); n < len(part) {
			return nil,
				&exceptions.EOFError{Message: fmt.Sprintf("the peer has closed the connection after %d of %d bytes "+
					"of a message", len(data), size)}
		}
	}
	c := enter("recv")
	s.flow.Load().record(c.t, timeline.Read, data, 4+len(data))
	c.leave()
	return data, nil
}

// recvFull fills p. It returns less at the end.
func (s *Socket) recvFull(p []byte) (n int, err error) {
	for n < len(p) {
		k, err := s.recv(p[n:], nil, false)
		if err != nil {
			return n, err
		}
		if k == 0 {
			return n, nil
		}
		n += k
	}
	return n, nil
}

// SendTo sends a datagram to an address. It panics with an OverflowError unless the port is 0 to 65535.
func (s *Socket) SendTo(data []byte, host string, port int) (n int, err error) {
	ep := s.endpoint()
	if ep == nil {
		return 0, badFD()
	}
	c := enter("sendto")
	defer c.leave()
	addr, err := s.resolve(c.t, "sendto", host, port)
	if err != nil {
		return 0, err
	}
	err = s.until(c, ep, writable, s.end(c.t), false, func() (err error) {
		n, err = ep.Send(c.t, data, addr)
		return err
	})
	return n, err
}

// RecvFrom waits for a datagram and returns it, at most size bytes of it, and where it came from. It panics with a
// ValueError if size is negative.
func (s *Socket) RecvFrom(size int) ([]byte, Addr, error) {
	if size < 0 {
		panic(exceptions.Value("negative buffersize in recvfrom"))
	}
	ep := s.endpoint()
	if ep == nil {
		return nil, Addr{}, badFD()
	}
	c := enter("recvfrom")
	defer c.leave()
	buf := make([]byte, min(size, maxRecv))
	n, from := 0, Addr{}
	err := s.until(c, ep, readable, s.end(c.t), false, func() error {
		k, a, err := ep.Recv(c.t, buf, 0)
		n, from = k, addrOf(a)
		return err
	})
	return shrink(buf[:n]), from, err
}
