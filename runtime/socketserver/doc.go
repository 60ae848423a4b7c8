// Package socketserver is Python's module of that name: servers that call a handler for each client.
//
// The algorithms are those of Lib/socketserver.py, on package socket: real sockets on a real machine, simulated ones on
// a simulated machine.
//
//	serve_forever ─► select ─► get_request ─► verify_request ─► process_request ─► finish_request ─► the handler ─► shutdown_request
//	                                                                 ├─ ThreadingMixIn: in a thread of its own
//	                                                                 └─ ForkingMixIn: in a process of its own
//
//	Python                                                Go                                               what differs, and why
//	class H(BaseRequestHandler):                          func handle(r *BaseRequestHandler) { … }         Go has no inheritance: a function is the handler
//	    def handle(self): self.request.recv(1024)             r.Request.Recv(1024)                         it may return an error, which is the exception
//	class H(StreamRequestHandler):                        func handle(r *StreamRequestHandler) { … }       the parameter says which handler it is
//	    self.rfile.readline() self.wfile.write(b"x")          r.RFile.ReadLine() r.WFile.WriteString("x")
//	    def setup(self): … def finish(self): …            func new(r *BaseRequestHandler) Handler          Handle, and Setup and Finish if there are
//	self.client_address self.server                       r.ClientAddress r.Server
//	—                                                     func handle(conn *socket.Socket) { … }           for the shortest of examples
//	with TCPServer(("localhost", 3001), H) as server:     server, err := NewTCPServer("localhost", 3001, handle); defer server.ServerClose()
//	ThreadingTCPServer(addr, H)                           NewThreadingTCPServer(host, port, handle)
//	ForkingTCPServer(addr, H)                             NewForkingTCPServer(host, port, handle)           Go can't fork: a process gets copies of what the handler captures
//	UDPServer, ThreadingUDPServer, ForkingUDPServer       NewUDPServer, …
//	    data, sock = self.request                             r.Data, r.Request
//	class H(DatagramRequestHandler)                       func handle(r *DatagramRequestHandler) { … }
//	server.serve_forever(poll_interval=0.5)               server.ServeForever()                            Shutdown is noticed at once: nothing is polled
//	server.handle_request()                               server.HandleRequest()
//	server.shutdown() server.server_close()               server.Shutdown() server.ServerClose()
//	server.server_address server.fileno()                 server.ServerAddress() server.FileNo()
//	allow_reuse_address = True                            AllowReuseAddress(true)                          class attributes are options of the constructor
//	request_queue_size = 5, timeout = 1                   RequestQueueSize(5), Timeout(time.Second)
//	daemon_threads = True, block_on_close = False         DaemonThreads(true), BlockOnClose(false)         block_on_close in versions before 3.7 too
//	max_children = 40                                     MaxChildren(40)
//	server.collect_children()                             server.CollectChildren()
//	bind_and_activate=False                               BindAndActivate(false), ServerBind(), ServerActivate()
//	def verify_request, handle_error, handle_timeout,     VerifyRequest(f), HandleError(f), HandleTimeout(f),
//	    service_actions                                       ServiceActions(f)
//	UnixStreamServer                                      —
//
// A handler that panics, or returns an error, ends its request and no other: HandleError prints Python's block. Where
// the process of a client is killed, Python's server says nothing; this one says which client it served, and by what it
// was ended. Where the process has no descriptor left for a client, Python's server asks again and again, at full
// speed, and says nothing; this one says so and waits a little.
package socketserver
