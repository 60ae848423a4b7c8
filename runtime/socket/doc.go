// Package socket is the part of Python's module of that name that programs use.
//
// It is written once on package network: on a real machine these are the computer's sockets, on a simulated machine
// those of its simulated network. Every call that may wait releases the GIL, even if it doesn't wait, as
// Modules/socketmodule.c does; timelines show it as I/O.
//
//	Python                                       Go                                             what differs, and why
//	socket.socket()                              NewSocket()                                    panics with an OSError if there is no descriptor
//	socket.socket(AF_INET, SOCK_DGRAM)           NewSocket(AF_INET, SOCK_DGRAM)
//	s.bind(("localhost", 3001))                  err := s.Bind("localhost", 3001)               what goes wrong on a network is returned: right programs meet it
//	s.listen() s.listen(5)                       err := s.Listen() s.Listen(5)
//	conn, addr = s.accept()                      conn, addr, err := s.Accept()                  addr.Host, addr.Port
//	s.connect(("localhost", 3001))               err := s.Connect("localhost", 3001)
//	n = s.send(data) s.sendall(data)             n, err := s.Send(data); err := s.SendAll(data) data is a []byte
//	data = s.recv(1024)                          data, err := s.Recv(1024)                      empty, without an error, when the peer has closed
//	n = s.recv_into(buf)                         n, err := s.RecvInto(buf)
//	s.sendto(data, addr)                         n, err := s.SendTo(data, host, port)
//	data, addr = s.recvfrom(1024)                data, addr, err := s.RecvFrom(1024)
//	s.shutdown(SHUT_WR) s.close()                err := s.Shutdown(SHUT_WR); s.Close()
//	with s: …                                    s.With(func() { … }), or defer s.Close()
//	s.settimeout(1.5) s.settimeout(None)         s.SetTimeout(1500*time.Millisecond) s.SetBlocking(true)
//	s.gettimeout()                               d, ok := s.GetTimeout()                        ok is false for None
//	s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)    err := s.SetSockOpt(SOL_SOCKET, SO_REUSEADDR, 1)
//	s.getsockname() s.getpeername()              s.GetSockName(); addr, err := s.GetPeerName()
//	f = s.makefile()                             f := s.MakeFile()                              f.ReadLine() f.Write(p) f.Flush() f.Lines()
//	s.fileno() s.detach() s.family s.type        s.FileNo() s.Detach() s.Family() s.Type()
//	create_connection(addr, timeout=1)           s, err := CreateConnection(host, port, Timeout(time.Second))
//	create_server(addr, backlog=5)               s, err := CreateServer(host, port, Backlog(5))
//	a, b = socketpair()                          a, b := SocketPair()
//	gethostbyname(host) gethostname()            ip, err := GetHostByName(host); GetHostName()
//	setdefaulttimeout(1)                         SetDefaultTimeout(time.Second)
//	socket.timeout, TimeoutError                 *TimeoutError                                  its name is that of the version
//	socket.gaierror                              *GAIError
//	OSError, ConnectionResetError, …             *exceptions.OSError                            exceptions.Is(err, "ConnectionResetError")
//	—                                            SendMessage(s, data); data, err := RecvMessage(s)  frames with a length: TCP has none
//	—                                            s.Read(p) s.Write(p)                           io.Reader and io.Writer: fmt.Fprintln(s, …)
//	—                                            s.Unplug()                                     cuts the cable, on a simulated machine
//	multiprocessing.Process(args=(s,))           multiprocessing.Args(s)                        a socket of the same connection there, also through a Queue or a Pipe
//	AF_UNIX with a path, ancillary data, SSL …   —
//
// What is wrong in a program panics with Python's exception, in Python's words: "bind(): port must be 0-65535.".
//
// Everything may be used by several threads at once, on a real machine by plain goroutines too. A socket that is closed
// while a thread waits for it ends the wait with "Bad file descriptor"; in Python such a thread waits on.
//
// On a simulated machine, threads that wait for sockets when nothing more can arrive are a deadlock, whose report says
// which thread waits for what. On a real machine, another host on the network may always send something, so there it is
// none.
package socket
