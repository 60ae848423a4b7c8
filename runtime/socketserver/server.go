package socketserver

// This file defines servers.

import (
	"errors"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/threading"
)

// A TCPServer is socketserver.TCPServer, a server that serves one client after the other, or one of its relatives,
// which serve each in a thread or a process of its own, or datagrams. NewTCPServer makes one. ServeForever and
// HandleRequest are for one thread; all other methods may be called by any thread. There is no zero TCPServer.
type TCPServer struct {
	host    string
	port    int
	kind    int // socket.SOCK_STREAM or SOCK_DGRAM
	handler any
	finish  finisher
	process processor

	reuse, later, daemons, leave bool
	backlog, family              int
	timeout                      time.Duration
	verify                       func(*socket.Socket, socket.Addr) bool
	onError                      func(*socket.Socket, socket.Addr, error)
	onTimeout, actions           func()

	socket  *socket.Socket
	stop    atomic.Bool      // Shutdown was called
	down    *threading.Event // ServeForever has ended
	serving atomic.Pointer[machine.Thread]
	full    bool         // it was said that there are no descriptors
	forks   *forks       // of a server whose clients are served by processes, nil of others
	away    *socket.Addr // of a copy in another process: the server's address

	mu      sync.Mutex // protects the field below; held briefly
	threads []*threading.Thread
}

// processor is process_request: it serves a client, and closes the connection afterwards.
type processor func(s *TCPServer, q request)

// NewTCPServer returns a server at an address that serves one client after the other. The handler has one of the forms
// in the package's documentation. The error is that of socket.Bind, such as "[Errno 98] Address already in use". It
// panics with a TypeError if the handler has none of these forms.
func NewTCPServer(host string, port int, handler any, opts ...Option) (*TCPServer, error) {
	return newServer(host, port, handler, &TCPServer{process: (*TCPServer).handleHere, kind: socket.SOCK_STREAM}, opts)
}

// NewThreadingTCPServer is NewTCPServer for a server that serves each client in a thread of its own:
// ThreadingTCPServer.
func NewThreadingTCPServer(host string, port int, handler any, opts ...Option) (*TCPServer, error) {
	return newServer(host, port, handler, &TCPServer{process: (*TCPServer).handleInThread, kind: socket.SOCK_STREAM},
		opts)
}

func newServer(host string, port int, handler any, s *TCPServer, opts []Option) (*TCPServer, error) {
	s.host, s.port, s.handler, s.finish = host, port, handler, finisherOf(handler)
	s.backlog, s.family, s.down = 5, socket.AF_INET, threading.NewEvent()
	if s.timeout = -1; s.forks != nil {
		s.timeout = forkingTimeout
	}
	for _, o := range opts {
		if o.set != nil {
			o.set(s)
		}
	}
	if s.forks != nil {
		s.checkSendable()
	}
	s.socket = socket.NewSocket(s.family, s.kind)
	if s.later {
		return s, nil
	}
	err := s.ServerBind()
	if err == nil {
		err = s.ServerActivate()
	}
	if err != nil {
		_ = s.socket.Close()
		return nil, err
	}
	return s, nil
}

// ServerBind gives the server its address. NewTCPServer does that, unless BindAndActivate(false).
func (s *TCPServer) ServerBind() error {
	s.made("ServerBind")
	if s.reuse {
		if err := s.socket.SetSockOpt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); err != nil {
			return err
		}
	}
	return s.socket.Bind(s.host, s.port)
}

// ServerActivate lets clients connect.
func (s *TCPServer) ServerActivate() error {
	s.made("ServerActivate")
	if s.kind == socket.SOCK_DGRAM {
		return nil
	}
	return s.socket.Listen(s.backlog)
}

// ServerAddress returns the address: with the port that the system has chosen, if it was 0.
func (s *TCPServer) ServerAddress() socket.Addr {
	s.made("ServerAddress")
	if s.away != nil {
		return *s.away
	}
	return s.socket.GetSockName()
}

// Socket returns the socket that listens, nil in another process.
func (s *TCPServer) Socket() *socket.Socket {
	s.made("Socket")
	return s.socket
}

// FileNo returns the descriptor of the socket that listens, -1 if the server is closed.
func (s *TCPServer) FileNo() int {
	s.made("FileNo")
	return s.socket.FileNo()
}

// made panics with a TypeError if no server was made: a program has passed over the error of NewTCPServer, such as a
// port in use.
func (s *TCPServer) made(call string) {
	if s == nil || s.socket == nil && s.away == nil {
		panic(exceptions.Type("%s: there is no server: NewTCPServer didn't make it; look at the error that it returned",
			call))
	}
}

// ServeForever serves clients until Shutdown, or until the socket is closed. pollInterval, half a second if it isn't
// given, is how often ServiceActions is called at least; nothing else is polled.
func (s *TCPServer) ServeForever(pollInterval ...time.Duration) {
	s.made("ServeForever")
	s.here("serve_forever")
	t := machine.Current()
	s.down.Clear()
	s.serving.Store(t)
	defer func() { // after a panic too: an interrupt
		s.stop.Store(false)
		s.serving.Store(nil)
		s.down.Set()
	}()
	every := time.Duration(-1)
	if s.actions != nil {
		every = time.Second / 2
		if len(pollInterval) > 0 {
			every = max(pollInterval[0], 0)
		}
	}
	for {
		d := every
		if s.forks.any() && t != nil && !t.Machine().Simulated() && (d < 0 || d > collectTime) {
			d = collectTime // the end of a child may nudge the socket just before this thread waits
		}
		ready := s.socket.Wait(d, func() bool { return s.stop.Load() || s.forks.ended() })
		if s.stop.Load() || s.socket.FileNo() < 0 {
			return
		}
		if ready {
			s.serveOne(t)
		}
		s.CollectChildren()
		if s.actions != nil {
			s.actions()
		}
	}
}

// HandleRequest waits for one client, for no longer than Timeout says, and serves it.
func (s *TCPServer) HandleRequest() {
	s.made("HandleRequest")
	s.here("handle_request")
	d := s.timeout
	if own, ok := s.socket.GetTimeout(); ok && (d < 0 || own < d) {
		d = own
	}
	if !s.socket.Wait(d, nil) {
		s.CollectChildren()
		if s.onTimeout != nil {
			s.onTimeout()
		}
		return
	}
	s.serveOne(machine.Current())
}

// serveOne is _handle_request_noblock.
func (s *TCPServer) serveOne(t *machine.Thread) {
	q, err := s.next()
	if err != nil {
		s.refused(t, err)
		return
	}
	s.full = false
	kept := false
	defer func() {
		if !kept { // it was refused or has failed, or SystemExit or an interrupt ends the server
			s.shutdownRequest(q)
		}
	}()
	if s.verify != nil && !s.verify(q.conn, q.client) { // what it panics with ends ServeForever, as in Python
		return
	}
	var failure any
	stack := catch(&failure, func() {
		s.process(s, q)
		kept = true
	})
	if failure != nil {
		s.failed(t, q, failure, stack)
	}
}

// next is get_request. The client that made the socket ready may have gone: then it doesn't wait for the next.
func (s *TCPServer) next() (q request, err error) {
	if !s.socket.Wait(0, nil) {
		return q, exceptions.System(syscall.EAGAIN)
	}
	if s.kind == socket.SOCK_DGRAM {
		q.conn = s.socket
		q.data, q.client, err = s.socket.RecvFrom(maxPacketSize)
		return q, err
	}
	q.conn, q.client, err = s.socket.Accept()
	return q, err
}

// patience is how long a server without descriptors waits before it tries again.
const patience = 50 * time.Millisecond

// refused deals with a client that can't be accepted. Python's server ignores it, and asks again at once, at full
// speed.
func (s *TCPServer) refused(t *machine.Thread, err error) {
	for _, number := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM} {
		if !errors.Is(err, number) {
			continue
		}
		if !s.full {
			s.full = true
			threading.Report(t,
				"socketserver: can't accept a client: "+err.Error()+". Those that are connected are served; the "+
					"others wait until one of them closes its connection.\n")
		}
		if t != nil {
			t.Sleep(patience)
		} else {
			time.Sleep(patience)
		}
		return
	}
}

// catch calls fn. If that panics with an Exception, failure is it, and the result where it came from; what ends the
// thread passes through, as KeyboardInterrupt and SystemExit do in Python.
func catch(failure *any, fn func()) (stack []byte) {
	returned := false
	defer func() {
		if returned {
			return
		}
		v := recover()
		if v == nil {
			return // runtime.Goexit
		}
		stack = debug.Stack()
		if exceptions.Uncatchable(v) || !exceptions.Is(v, "Exception") {
			panic(v)
		}
		var dead *machine.Deadlock
		var deadly *machine.Deadlocked
		if err, ok := v.(error); ok && (errors.As(err, &dead) || errors.As(err, &deadly)) {
			panic(v)
		}
		*failure = v
	}()
	fn()
	returned = true
	return nil
}

// handleHere is BaseServer.process_request.
func (s *TCPServer) handleHere(q request) {
	if err := s.finish(q, s); err != nil {
		s.failed(machine.Current(), q, err, nil)
	}
	s.shutdownRequest(q)
}

// handleInThread is ThreadingMixIn.process_request.
func (s *TCPServer) handleInThread(q request) {
	th := threading.NewThread(processRequestThread, threading.Args(s, q), threading.Daemon(s.daemons),
		threading.Name(threading.ThreadName(machine.Current(), "process_request_thread")))
	if !s.daemons && !s.leave {
		s.mu.Lock()
		kept := s.threads[:0]
		for _, o := range s.threads { // reap
			if o.IsAlive() || o.Ident() == 0 {
				kept = append(kept, o)
			}
		}
		s.threads = append(kept, th)
		s.mu.Unlock()
	}
	th.Start()
}

// processRequestThread is ThreadingMixIn.process_request_thread.
func processRequestThread(s *TCPServer, q request) {
	defer s.shutdownRequest(q)
	s.attempt(q)
}

// attempt calls the handler and reports whether it succeeded; it has printed the failure otherwise.
func (s *TCPServer) attempt(q request) bool {
	var failure any
	var err error
	stack := catch(&failure, func() { err = s.finish(q, s) })
	if err != nil {
		failure = err
	}
	if failure != nil {
		s.failed(machine.Current(), q, failure, stack)
	}
	return failure == nil
}

// failed is handle_error: it prints a block, or calls what HandleError has set.
func (s *TCPServer) failed(t *machine.Thread, q request, failure any, stack []byte) {
	if s.onError != nil {
		s.onError(q.conn, q.client, exceptions.Of(failure))
		return
	}
	const dashes = "----------------------------------------\n"
	threading.Report(t, dashes+"Exception occurred during processing of request from "+q.client.String()+"\n"+
		threading.FormatException(t, failure, stack)+dashes)
}

// shutdownRequest closes a connection: the client's Recv is empty then.
func (s *TCPServer) shutdownRequest(q request) {
	if s.kind == socket.SOCK_DGRAM {
		return
	}
	_ = q.conn.Shutdown(socket.SHUT_WR) // a client that has gone is no error here
	_ = q.conn.Close()
}

// Shutdown ends ServeForever and waits until it has ended; requests that are being served in threads and processes
// continue. It panics with a RuntimeError if ServeForever runs in the calling thread, which would wait for itself
// forever. If ServeForever was never called, it waits for it, as in Python.
func (s *TCPServer) Shutdown() {
	s.made("Shutdown")
	s.here("shutdown")
	t := machine.Current()
	if serving := s.serving.Load(); serving != nil && serving == t {
		panic(exceptions.Runtime("shutdown() would wait for itself: ServeForever runs in this thread; call it in " +
			"another one"))
	}
	s.stop.Store(true)
	for pause := time.Millisecond; s.serving.Load() != nil; pause = min(2*pause, 100*time.Millisecond) {
		s.socket.Nudge()
		if s.down.Wait(threading.Timeout(pause)) {
			return
		}
	}
	s.down.Wait()
}

// ServerClose closes the socket that listens. A threading server waits for its threads, unless they are daemons or
// BlockOnClose(false), a forking one for its processes, unless BlockOnClose(false).
func (s *TCPServer) ServerClose() {
	s.made("ServerClose")
	_ = s.socket.Close()
	s.mu.Lock()
	threads := s.threads
	s.threads = nil
	s.mu.Unlock()
	for _, th := range threads {
		if th.Ident() != 0 {
			th.Join()
		}
	}
	s.collect(!s.leave)
}

// With calls fn and closes the server afterwards, also after a panic: with server.
func (s *TCPServer) With(fn func()) {
	s.made("With")
	defer s.ServerClose()
	fn()
}
