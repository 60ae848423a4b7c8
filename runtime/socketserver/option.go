package socketserver

// This file defines the options of servers: Python's class attributes and the methods that subclasses override.

import (
	"time"

	"gilkernel/runtime/socket"
)

// An Option is an optional argument of NewTCPServer and the like. The zero Option is none.
type Option struct{ set func(*TCPServer) }

// AllowReuseAddress(true) sets SO_REUSEADDR: a server can be started again while connections of the last one are in
// TIME_WAIT, if that had it too. The default is false, as Python's.
func AllowReuseAddress(allow bool) Option {
	return Option{func(s *TCPServer) { s.reuse = allow }}
}

// RequestQueueSize is how many clients may wait to be accepted: the backlog. The default is 5.
func RequestQueueSize(n int) Option { return Option{func(s *TCPServer) { s.backlog = n }} }

// BindAndActivate(false) leaves it to ServerBind and ServerActivate to open the port.
func BindAndActivate(now bool) Option { return Option{func(s *TCPServer) { s.later = !now }} }

// DaemonThreads(true) makes the threads of a threading server daemons: neither ServerClose nor the end of the program
// waits for them. The default is false.
func DaemonThreads(daemon bool) Option { return Option{func(s *TCPServer) { s.daemons = daemon }} }

// BlockOnClose(false) makes ServerClose not wait for the threads and processes that handle requests. The default is
// true.
func BlockOnClose(wait bool) Option { return Option{func(s *TCPServer) { s.leave = !wait }} }

// Timeout is how long HandleRequest waits for a client. A negative one, the default, is no limit; the default of a
// forking server is five minutes.
func Timeout(d time.Duration) Option { return Option{func(s *TCPServer) { s.timeout = d }} }

// MaxChildren is how many processes of a forking server there may be: with the last of them it waits until one has
// ended, and accepts no client meanwhile. The default is 40.
func MaxChildren(n int) Option {
	return Option{func(s *TCPServer) {
		if s.forks != nil {
			s.forks.most = n
		}
	}}
}

// AddressFamily is socket.AF_INET, the default, or socket.AF_INET6.
func AddressFamily(family int) Option { return Option{func(s *TCPServer) { s.family = family }} }

// VerifyRequest sets what decides whether a client is served.
func VerifyRequest(ok func(conn *socket.Socket, client socket.Addr) bool) Option {
	return Option{func(s *TCPServer) { s.verify = ok }}
}

// HandleError sets what is done when a handler fails, instead of printing: exception is what it panicked with, as
// exceptions.Of says, or the error that it returned.
func HandleError(f func(conn *socket.Socket, client socket.Addr, exception error)) Option {
	return Option{func(s *TCPServer) { s.onError = f }}
}

// HandleTimeout sets what HandleRequest calls when no client came in time.
func HandleTimeout(f func()) Option { return Option{func(s *TCPServer) { s.onTimeout = f }} }

// ServiceActions sets what ServeForever calls after each client, and whenever its poll interval is over without one.
func ServiceActions(f func()) Option { return Option{func(s *TCPServer) { s.actions = f }} }
