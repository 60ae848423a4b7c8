package multiprocessing

// This file defines connections: the ends of pipes.

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
)

// A Connection is multiprocessing.connection.Connection: one end of a Pipe, or what package connection makes of a
// socket. Values that are sent are copied. Its methods may be called by any thread, and messages stay whole; if two
// threads receive from the same end, chance decides which gets which message.
type Connection struct {
	s   *process.System
	end channel
}

// A channel carries messages: the end of a pipe or a socket. See process.End for what its methods do.
type channel interface {
	Send(t *machine.Thread, b []byte, handles []process.Handle) error
	Recv(t *machine.Thread, limit int) (b []byte, handles []process.Handle, err error)
	RecvInto(t *machine.Thread, into []byte, limit int) (b []byte, handles []process.Handle, err error)
	Poll(t *machine.Thread, d time.Duration) (bool, error)
	Close(t *machine.Thread)
	Closed() bool
	Readable() bool
	Writable() bool
	Number() int
	Name() string
}

// A PipeOption is an optional argument of Pipe: Duplex.
type PipeOption struct{ oneWay bool }

// Duplex(false) makes a pipe in one direction: Pipe(duplex=False).
func Duplex(both bool) PipeOption { return PipeOption{!both} }

// Pipe returns the two ends of a pipe. With Duplex(false) the first can only receive and the second only send:
// Pipe(False).
func Pipe(opts ...PipeOption) (a, b *Connection) {
	t, m := here("Pipe")
	return m.pipe(t, opts, m.name("Pipe", nil))
}

func (m *module) pipe(t *machine.Thread, opts []PipeOption, name string) (a, b *Connection) {
	duplex := true
	for _, o := range opts {
		duplex = !o.oneWay
	}
	x, y, err := m.s.NewPipe(t, duplex, name)
	if err != nil {
		panic(&exceptions.OSError{Message: err.Error()})
	}
	return &Connection{m.s, x}, &Connection{m.s, y}
}

// check returns the end; it panics with an OSError if the connection is closed.
func (c *Connection) check() channel {
	if c == nil || c.end == nil {
		panic(exceptions.Type("a Connection is made by Pipe"))
	}
	if c.end.Closed() {
		panic(closed())
	}
	return c.end
}

func closed() error { return &exceptions.OSError{Message: "handle is closed"} }

// fault converts an error of an end to Python's exception.
func (c *Connection) fault(err error, sending bool) error {
	switch {
	case err == nil, errors.As(err, new(exceptions.Exception)):
		return err
	case errors.Is(err, io.EOF):
		return &exceptions.EOFError{}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &exceptions.OSError{Message: "got end of file during message"}
	case errors.Is(err, process.ErrBroken):
		return &exceptions.OSError{Class: "BrokenPipeError", Message: "[Errno 32] Broken pipe"}
	case errors.Is(err, process.ErrClosed):
		return closed()
	case errors.Is(err, process.ErrOneWay) && sending:
		return &exceptions.OSError{Message: "connection is read-only"}
	case errors.Is(err, process.ErrOneWay):
		return &exceptions.OSError{Message: "connection is write-only"}
	}
	return &exceptions.OSError{Message: err.Error()}
}

// Send sends a copy of a value, and waits while the pipe is full (64 KiB). It panics with an OSError if the connection
// is closed or can only receive, with a BrokenPipeError if the other end is closed, and if the value can't be sent.
func (c *Connection) Send(v any) {
	e := c.check()
	t := machine.Current()
	if !e.Writable() {
		panic(c.fault(process.ErrOneWay, true))
	}
	b, handles, err := c.s.Dumps(t, v)
	if err != nil {
		panic(unsendable(err))
	}
	err = e.Send(t, b, handles)
	c.s.Recycle(b)
	if err != nil {
		panic(c.fault(err, true))
	}
}

// Recv returns the next value, and waits for one. It panics with an EOFError if the other end is closed and nothing is
// left, and with an OSError if this one is closed or can only send.
func (c *Connection) Recv() any {
	v, err := c.receive()
	if err != nil {
		panic(err)
	}
	return v
}

// RecvOK is Recv for a receiver that expects the end: ok is false if the other end is closed and nothing is left, where
// Recv panics with an EOFError.
func (c *Connection) RecvOK() (v any, ok bool) {
	v, err := c.receive()
	if errors.As(err, new(*exceptions.EOFError)) {
		return nil, false
	}
	if err != nil {
		panic(err)
	}
	return v, true
}

// All yields what Recv returns until the other end is closed.
func (c *Connection) All() iter.Seq[any] {
	return func(yield func(any) bool) {
		for {
			v, ok := c.RecvOK()
			if !ok || !yield(v) {
				return
			}
		}
	}
}

func (c *Connection) receive() (any, error) {
	c.check()
	return c.next(machine.Current())
}

// next returns the next value.
func (c *Connection) next(t *machine.Thread) (any, error) {
	b, handles, err := c.end.RecvInto(t, c.s.Buffer(), -1)
	if err != nil {
		return nil, c.fault(err, false)
	}
	v, err := c.s.Loads(t, b, handles)
	c.s.Recycle(b)
	if _, ok := c.end.(*wire); ok && err != nil {
		return nil, exceptions.Value("what was received is no value that this program has sent; exchange bytes with "+
			"other programs, by SendBytes and RecvBytes: %v", err)
	}
	return v, err
}

// SendBytes sends bytes as one message. It panics as Send does.
func (c *Connection) SendBytes(b []byte) {
	e := c.check()
	if err := e.Send(machine.Current(), b, nil); err != nil {
		panic(c.fault(err, true))
	}
}

// RecvBytes returns the next message of SendBytes. A message of more than maxlength bytes, if that is given, is an
// OSError, and lost. It panics as Recv does.
func (c *Connection) RecvBytes(maxlength ...int) []byte {
	e := c.check()
	limit := -1
	if len(maxlength) > 0 {
		if limit = maxlength[0]; limit < 0 {
			panic(exceptions.Value("negative maxlength"))
		}
	}
	b, handles, err := e.Recv(machine.Current(), limit)
	if err != nil {
		panic(c.fault(err, false))
	}
	for _, h := range handles {
		c.s.Drop(machine.Current(), h)
	}
	return b
}

// A BufferTooShort is what RecvBytesInto panics with if a message is longer than the buffer. It has the whole message.
type BufferTooShort struct{ Message []byte }

// Error says how long the message is.
func (e *BufferTooShort) Error() string {
	return fmt.Sprintf("the buffer is shorter than the message, which has %d bytes", len(e.Message))
}

// Exception returns "BufferTooShort".
func (*BufferTooShort) Exception() string { return "BufferTooShort" }

// Bases returns the names of the exceptions from which it is derived.
func (*BufferTooShort) Bases() []string { return []string{"ProcessError"} }

// RecvBytesInto copies the next message of SendBytes into buf, from an offset on if one is given, and returns its
// length. It panics with a *BufferTooShort if there is no room, and as Recv does.
func (c *Connection) RecvBytesInto(buf []byte, offset ...int) int {
	from := 0
	if len(offset) > 0 {
		from = offset[0]
	}
	switch {
	case from < 0:
		panic(exceptions.Value("negative offset"))
	case from > len(buf):
		panic(exceptions.Value("offset too large"))
	}
	b := c.RecvBytes()
	if len(b) > len(buf)-from {
		panic(&BufferTooShort{b})
	}
	return copy(buf[from:], b)
}

// Poll reports whether there is something to receive, or the other end is closed. It doesn't wait: poll(); with
// Timeout(d) it waits for at most d: poll(d); with Block(true) without an end: poll(None).
func (c *Connection) Poll(opts ...WaitOption) bool {
	e := c.check()
	d := patience(opts)
	if len(opts) == 0 {
		d = 0
	}
	ok, err := e.Poll(machine.Current(), d)
	if err != nil {
		panic(c.fault(err, false))
	}
	return ok
}

// Close closes this end in this process. When it is closed in all processes, the other end gets an EOFError. Closing it
// again does nothing.
func (c *Connection) Close() {
	if c == nil || c.end == nil {
		c.check()
	}
	c.end.Close(machine.Current())
}

// Closed reports whether Close was called.
func (c *Connection) Closed() bool { return c == nil || c.end == nil || c.end.Closed() }

// Readable and Writable report in which directions the connection can be used.
func (c *Connection) Readable() bool { return c.check().Readable() }

// Writable reports whether the connection can send.
func (c *Connection) Writable() bool { return c.check().Writable() }

// Fileno returns a number that distinguishes this end from others. It stands for a descriptor, which these pipes don't
// have.
func (c *Connection) Fileno() int { return c.check().Number() }

// String returns "<Connection Pipe-1>".
func (c *Connection) String() string {
	if c == nil || c.end == nil {
		return "<Connection>"
	}
	return "<Connection " + c.end.Name() + ">"
}

// Wait returns those of a list that are ready, in their order, and waits for the first:
// multiprocessing.connection.wait. A *Connection is ready when there is something to receive or the other end is
// closed, a Sentinel when its process has ended. With Timeout(d) it waits for at most d. It panics with a TypeError for
// anything else.
func Wait(objects []any, opts ...WaitOption) []any {
	t, m := here("Wait")
	d := timeout("wait", opts)
	list := make([]process.Waitable, len(objects))
	for i, o := range objects {
		switch o := o.(type) {
		case *Connection:
			end, ok := o.check().(*process.End)
			if !ok {
				return m.waitSockets(t, objects, d)
			}
			list[i] = end
		case Sentinel:
			list[i] = o.p
		default:
			panic(exceptions.Type("Wait takes connections and sentinels, not %T", o))
		}
	}
	ready := []any{}
	if len(list) == 0 {
		return ready
	}
	for _, w := range m.s.WaitAny(t, list, d) {
		for i := range list {
			if list[i] == w {
				ready = append(ready, objects[i])
				break
			}
		}
	}
	return ready
}
