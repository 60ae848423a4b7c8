package socketserver

// This file defines handlers: what a server calls for a client.

import (
	"reflect"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/socket"
)

// A BaseRequestHandler is what a handler knows of its client.
type BaseRequestHandler struct {
	Request       *socket.Socket // the connection; the server closes it after the handler
	ClientAddress socket.Addr
	Server        *TCPServer
}

// A StreamRequestHandler is a BaseRequestHandler with files: RFile is buffered, what is written to WFile is sent at once.
type StreamRequestHandler struct {
	BaseRequestHandler
	Connection *socket.Socket // the same as Request
	RFile      *socket.File
	WFile      *socket.File
}

// SetTimeout limits what each read and write of the connection waits: the class attribute timeout.
func (r *StreamRequestHandler) SetTimeout(d time.Duration) { r.Connection.SetTimeout(d) }

// A Handler is a handler with a state of its own, made for each client. Setup is called before Handle if there is such a method, and
// Finish after it, also if it failed.
type Handler interface{ Handle() }

// finisher calls a handler for a client and returns the error that it returns: finish_request.
type finisher func(conn *socket.Socket, client socket.Addr, s *TCPServer) error

// finisherOf returns what calls a handler, which may be any of the forms in the package's documentation. It panics with a TypeError if it
// is none.
func finisherOf(handler any) finisher {
	switch h := handler.(type) {
	case func(*BaseRequestHandler):
		if h != nil {
			return func(conn *socket.Socket, client socket.Addr, s *TCPServer) error {
				h(&BaseRequestHandler{conn, client, s})
				return nil
			}
		}
	case func(*BaseRequestHandler) error:
		if h != nil {
			return func(conn *socket.Socket, client socket.Addr, s *TCPServer) error {
				return h(&BaseRequestHandler{conn, client, s})
			}
		}
	case func(*StreamRequestHandler):
		if h != nil {
			return streaming(func(r *StreamRequestHandler) error { h(r); return nil })
		}
	case func(*StreamRequestHandler) error:
		if h != nil {
			return streaming(h)
		}
	case func(*socket.Socket):
		if h != nil {
			return func(conn *socket.Socket, _ socket.Addr, _ *TCPServer) error { h(conn); return nil }
		}
	case func(*socket.Socket) error:
		if h != nil {
			return func(conn *socket.Socket, _ socket.Addr, _ *TCPServer) error { return h(conn) }
		}
	case func(*socket.Socket, socket.Addr):
		if h != nil {
			return func(conn *socket.Socket, client socket.Addr, _ *TCPServer) error { h(conn, client); return nil }
		}
	case func(*socket.Socket, socket.Addr) error:
		if h != nil {
			return func(conn *socket.Socket, client socket.Addr, _ *TCPServer) error { return h(conn, client) }
		}
	case func(*BaseRequestHandler) Handler:
		if h != nil {
			return func(conn *socket.Socket, client socket.Addr, s *TCPServer) error {
				return run(h(&BaseRequestHandler{conn, client, s}))
			}
		}
	}
	if f, ok := factory(handler); ok {
		return f
	}
	panic(exceptions.Type("a handler is a function of a *BaseRequestHandler, a *StreamRequestHandler or a *socket.Socket, not %T", handler))
}

// factory returns what calls a function that returns a type of its own with a method Handle.
func factory(handler any) (finisher, bool) {
	v := reflect.ValueOf(handler)
	if v.Kind() != reflect.Func || v.IsNil() {
		return nil, false
	}
	t := v.Type()
	if t.NumIn() != 1 || t.NumOut() != 1 || t.In(0) != reflect.TypeFor[*BaseRequestHandler]() || !t.Out(0).Implements(reflect.TypeFor[Handler]()) {
		return nil, false
	}
	return func(conn *socket.Socket, client socket.Addr, s *TCPServer) error {
		out := v.Call([]reflect.Value{reflect.ValueOf(&BaseRequestHandler{conn, client, s})})
		h, _ := out[0].Interface().(Handler)
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
	return func(conn *socket.Socket, client socket.Addr, s *TCPServer) error {
		r := &StreamRequestHandler{BaseRequestHandler{conn, client, s}, conn, conn.MakeFile(), conn.MakeUnbufferedFile()}
		defer func() {
			_ = r.WFile.Close() // a client that has gone is no error here: StreamRequestHandler.finish
			_ = r.RFile.Close()
		}()
		return h(r)
	}
}
