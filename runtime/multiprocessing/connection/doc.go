// Package connection is Python's multiprocessing.connection: connections between programs, over TCP.
//
//	Python                                     Go                                               what differs, and why
//	Listener(("localhost", 0), authkey=k)      NewListener(socket.Addr{"localhost", 0}, AuthKey(k))
//	Listener()                                 NewListener(socket.Addr{})                       a port of this computer; CPython makes a file
//	Client(("localhost", 6000), authkey=k)     Client(socket.Addr{"localhost", 6000}, AuthKey(k))
//	l.accept() l.address l.last_accepted       l.Accept() l.Address() l.LastAccepted()
//	with Listener(…) as l: …                   l.With(func() { … })
//	c.send(x) c.recv() c.send_bytes(b) …       c.Send(x) c.Recv() c.SendBytes(b) …              see multiprocessing.Connection
//	Connection(sock.detach())                  multiprocessing.NewConnection(sock)
//	wait([a, b])                               multiprocessing.Wait([]any{a, b})
//	deliver_challenge(c, k)                    DeliverChallenge(c, k) AnswerChallenge(c, k)
//	AF_UNIX, AF_PIPE                           —                                                runtime/socket has neither
//
// Frames and challenges are those of all CPython versions: a Listener here and a Client of a real Python prove to
// each other that they know the key, and then exchange messages of bytes, by SendBytes and RecvBytes here, send_bytes
// and recv_bytes there. Send and Recv pickle values in another way than Python, so they work only within this program.
//
// On a simulated machine, connections use the simulated network.
package connection
