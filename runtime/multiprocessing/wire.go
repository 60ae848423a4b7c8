package multiprocessing

// This file defines connections over sockets.

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"syscall"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/threading"
)

// NewConnection returns a connection over a connected socket, which the connection owns from then on:
// Connection(sock.detach()). Messages are framed as in CPython, so SendBytes and RecvBytes communicate with send_bytes
// and recv_bytes of a real Python. Send and Recv communicate only with this program, because Python pickles values in
// another way. NewConnection panics with a ValueError if the socket is nil or closed. Package connection makes
// connections with authentication.
func NewConnection(sock *socket.Socket) *Connection {
	_, m := here("NewConnection")
	if sock == nil || sock.FileNo() < 0 {
		panic(exceptions.Value("invalid handle: the socket is closed"))
	}
	sock.SetBlocking(true)
	name := m.name("Connection", nil)
	w := &wire{sock: sock, name: name, number: sock.FileNo(),
		sending: threading.NewLock(name + " (send)"), receiving: threading.NewLock(name + " (receive)")}
	m.s.OnEnd(w.Close)
	return &Connection{m.s, w}
}

// A wire is a socket as a channel: Connection in Lib/multiprocessing/connection.py.
type wire struct {
	sock      *socket.Socket
	name      string
	number    int
	sending   *threading.Lock // keeps messages whole
	receiving *threading.Lock
}

// long is the first word of a message of more than 2 GiB, whose length follows in 8 bytes.
const long = math.MaxUint32

// errForeign says that an object of the family would leave the family.
var errForeign = exceptions.Type("locks, queues, pipes and shared memory can't be sent through a socket: use a Pipe, " +
	"or pass them in the Args of NewProcess")

// Send implements channel. It refuses handles, which mean nothing on the other side.
func (w *wire) Send(_ *machine.Thread, b []byte, handles []process.Handle) (err error) {
	if len(handles) > 0 {
		return errForeign
	}
	var head []byte
	if len(b) > math.MaxInt32 {
		head = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(nil, long), uint64(len(b)))
	} else {
		head = binary.BigEndian.AppendUint32(nil, uint32(len(b)))
	}
	w.sending.With(func() {
		if len(b) <= 1<<14 { // in one segment: the body doesn't wait for an acknowledgement of the head
			err = w.sock.SendAll(append(head, b...))
			return
		}
		if err = w.sock.SendAll(head); err == nil {
			err = w.sock.SendAll(b)
		}
	})
	return w.fault(err)
}

// Recv implements channel.
func (w *wire) Recv(t *machine.Thread, limit int) (b []byte, _ []process.Handle, err error) {
	return w.RecvInto(t, nil, limit)
}

// RecvInto implements channel.
func (w *wire) RecvInto(t *machine.Thread, into []byte, limit int) (b []byte, _ []process.Handle, err error) {
	w.receiving.With(func() {
		var head [8]byte
		if _, err = io.ReadFull(w.sock, head[:4]); err != nil {
			return
		}
		n := uint64(binary.BigEndian.Uint32(head[:]))
		if n == long {
			if _, err = io.ReadFull(w.sock, head[:]); err != nil {
				return
			}
			n = binary.BigEndian.Uint64(head[:])
		} else if n > math.MaxInt32 {
			n = math.MaxUint64 // a negative one
		}
		if limit >= 0 && n > uint64(limit) || n > math.MaxInt64 {
			w.Close(t) // the stream can't be parsed from here on
			err = process.ErrTooLong
			return
		}
		b = slices.Grow(into[:0], int(min(n, chunk)))
		for err == nil && uint64(len(b)) < n { // in parts: a wrong length must not allocate gigabytes
			at := len(b)
			b = append(b, make([]byte, min(n-uint64(at), chunk))...)
			_, err = io.ReadFull(w.sock, b[at:])
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
	})
	if err != nil {
		return nil, nil, w.fault(err)
	}
	return b, nil, nil
}

// chunk is how many bytes of a message are allocated at once.
const chunk = 1 << 20

// fault translates an error of the socket into one of a channel.
func (w *wire) fault(err error) error {
	var number syscall.Errno
	if errors.As(err, &number) && number == syscall.EBADF {
		return process.ErrClosed
	}
	return err
}

// Poll implements channel.
func (w *wire) Poll(_ *machine.Thread, d time.Duration) (bool, error) {
	return w.sock.Wait(d, nil), nil
}

// Close implements channel.
func (w *wire) Close(*machine.Thread) { _ = w.sock.Close() }

// Closed implements channel.
func (w *wire) Closed() bool { return w.sock.FileNo() < 0 }

// Readable implements channel.
func (w *wire) Readable() bool { return true }

// Writable implements channel.
func (w *wire) Writable() bool { return true }

// Number implements channel.
func (w *wire) Number() int { return w.number }

// Name implements channel.
func (w *wire) Name() string { return w.name }

// roundTime is how long Wait waits for pipes and processes before it polls the sockets, which have no word in the arena
// to wait for.
const roundTime = 5 * time.Millisecond

// waitSockets is Wait for a list that contains connections over sockets.
func (m *module) waitSockets(t *machine.Thread, objects []any, d time.Duration) []any {
	end := machine.Deadline(t, d)
	var pipes []process.Waitable
	for _, o := range objects {
		switch o := o.(type) {
		case *Connection:
			if e, ok := o.check().(*process.End); ok {
				pipes = append(pipes, e)
			}
		case Sentinel:
			pipes = append(pipes, o.p)
		default:
			panic(exceptions.Type("Wait takes connections and sentinels, not %T", o))
		}
	}
	for {
		ready := []any{}
		for _, o := range objects {
			ok := false
			if c, conn := o.(*Connection); conn {
				ok, _ = c.check().Poll(t, 0)
			} else {
				_, ok = o.(Sentinel).p.Exit(t)
			}
			if ok {
				ready = append(ready, o)
			}
		}
		rest := machine.Remaining(t, end)
		if len(ready) > 0 || rest == 0 {
			return ready
		}
		if rest < 0 || rest > roundTime {
			rest = roundTime
		}
		if first, ok := objects[0].(*Connection); ok && len(pipes) == 0 {
			_, _ = first.check().Poll(t, rest) // the next round finds what is ready
			continue
		}
		m.s.WaitAny(t, pipes, rest)
	}
}
