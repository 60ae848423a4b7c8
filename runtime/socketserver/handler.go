package socketserver

// This file defines handlers: what a server calls for a client.

import (
	"bytes"
	"reflect"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/socket"
)

// A BaseRequestHandler is what a handler knows of its client.
type BaseRequestHandler struct {
	// the connection, which the server closes after the handler; for a datagram the server's own socket
	Request       *socket.Socket
	Data          []byte // the datagram, nil for a connection: self.request[0]
	ClientAddress socket.Addr
	Server        *TCPServer // in a process of its own a copy, which knows the address
}

// A StreamRequestHandler is a BaseRequestHandler with files: RFile is buffered, what is written to WFile is sent at
// once.
type StreamRequestHandler struct {
	BaseRequestHandler
	Connection *socket.Socket // the same as Request
	RFile      *socket.File
	WFile      *socket.File
}

// A DatagramRequestHandler is a BaseRequestHandler with files: RFile reads the datagram, and what was written to WFile
// is sent to the client as one when the handler returns.
type DatagramRequestHandler struct {
	BaseRequestHandler
	RFile *bytes.Reader
	WFile *bytes.Buffer
}

// SetTimeout limits what each read and write of the connection waits: the class attribute timeout.
func (r *StreamRequestHandler) SetTimeout(d time.Duration) { r.Connection.SetTimeout(d) }

// A Handler is a handler with a state of its own, made for each client. Setup is called before Handle if there is such
// a method, and Finish after it, also if it failed.
type Handler interface{ Handle() }

// request is what a server has of a client: a connection, or a datagram and the server's own socket.
type request struct {
	conn   *socket.Socket
	data   []byte
	client socket.Addr
}

func (q request) base(s *TCPServer) BaseRequestHandler {
	return BaseRequestHandler{Request: q.conn, Data: q.data, ClientAddress: q.client, Server: s}
}

// finisher calls a handler for a client and returns the error that it returns: finish_request.
type finisher func(q request, s *TCPServer) error

// finisherOf returns what calls a handler, which may be any of the forms in the package's documentation. It panics with
// a TypeError if it is none.
func finisherOf(handler any) finisher {
	switch h := handler.(type) {
	case func(*BaseRequestHandler):
		if h != nil {
			return func(q request, s *TCPServer) error { r := q.base(s); h(&r); return nil }
		}
	case func(*BaseRequestHandler) error:
		if h != nil {
			return func(q request, s *TCPServer) error { r := q.base(s); return h(&r) }
		}
	case func(*StreamRequestHandler):
		if h != nil {
			return streaming(func(r *StreamRequestHandler) error { h(r); return nil })
		}
	case func(*StreamRequestHandler) error:
		if h != nil {
			return streaming(h)
		}
	case func(*DatagramRequestHandler):
		if h != nil {
			return datagrams(func(r *DatagramRequestHandler) error { h(r); return nil })
		}
	case func(*DatagramRequestHandler) error:
		if h != nil {
			return datagrams(h)
		}
	case func(*socket.Socket):
		if h != nil {
			return func(q request, _ *TCPServer) error { h(q.conn); return nil }
		}
	case func(*socket.Socket) error:
		if h != nil {
			return func(q request, _ *TCPServer) error { return h(q.conn) }
		}
	case func(*socket.Socket, socket.Addr):
		if h != nil {
			return func(q request, _ *TCPServer) error { h(q.conn, q.client); return nil }
		}
	case func(*socket.Socket, socket.Addr) error:
		if h != nil {
			return func(q request, _ *TCPServer) error { return h(q.conn, q.client) }
		}
	case func(*BaseRequestHandler) Handler:
		if h != nil {
			return func(q request, s *TCPServer) error { r := q.base(s); return run(h(&r)) }
		}
	}
	if f, ok := factory(handler); ok {
		return f
	}
	panic(exceptions.Type("a handler is a function of a *BaseRequestHandler, a *StreamRequestHandler or a "+
		"*socket.Socket, not %T", handler))
}

// factory returns what calls a function that returns a type of its own with a method Handle.
func factory(handler any) (finisher, bool) {
	v := reflect.ValueOf(handler)
	if v.Kind() != reflect.Func || v.IsNil() {
		return nil, false
	}
	t := v.Type()
	if t.NumIn() != 1 || t.NumOut() != 1 || t.In(0) != reflect.TypeFor[*BaseRequestHandler]() ||
		!t.Out(0).Implements(reflect.TypeFor[Handler]()) {
		return nil, false
	}
	return func(q request, s *TCPServer) error {
		r := q.base(s)
		h, _ := v.Call([]reflect.Value{reflect.ValueOf(&r)})[0].Interface().(Handler)
		return run(h)
	}, true
}

// run is BaseRequestHandler.__init__.
func run(h Handler) error {
	if h == nil {
		return exceptions.Type("'nil' object is not callable")
	}
	if s, ok := h.(interface{ Setup() }); ok {
		s.Setup()
	}
	if f, ok := h.(interface{ Finish() }); ok {
		defer f.Finish()
	}
	h.Handle()
	return nil
}

// streaming is StreamRequestHandler: its setup and finish.
func streaming(h func(*StreamRequestHandler) error) finisher {
	return func(q request, s *TCPServer) error {
		r := &StreamRequestHandler{q.base(s), q.conn, q.conn.MakeFile(), q.conn.MakeUnbufferedFile()}
		defer func() {
			_ = r.WFile.Close() // a client that has gone is no error here: as in CPython's StreamRequestHandler
			_ = r.RFile.Close()
		}()
		return h(r)
	}
}

// datagrams is DatagramRequestHandler: its setup and finish.
func datagrams(h func(*DatagramRequestHandler) error) finisher {
	return func(q request, s *TCPServer) error {
		r := &DatagramRequestHandler{q.base(s), bytes.NewReader(q.data), new(bytes.Buffer)}
		err := h(r)
		if r.WFile.Len() > 0 {
			if _, e := q.conn.SendTo(r.WFile.Bytes(), q.client.Host, q.client.Port); err == nil {
				err = e
			}
		}
		return err
	}
}
