package socketserver

// This file defines servers of datagrams.

import "gilkernel/runtime/socket"

// maxPacketSize is what is received of a datagram: UDPServer.max_packet_size.
const maxPacketSize = 8192

// NewUDPServer returns a server at an address that calls the handler for each datagram: UDPServer. A handler finds the
// datagram in BaseRequestHandler.Data and answers by Request.SendTo; a *DatagramRequestHandler has it as files.
func NewUDPServer(host string, port int, handler any, opts ...Option) (*TCPServer, error) {
	return newServer(host, port, handler, &TCPServer{process: (*TCPServer).handleHere, kind: socket.SOCK_DGRAM}, opts)
}

// NewThreadingUDPServer is NewUDPServer for a server that serves each datagram in a thread of its own:
// ThreadingUDPServer.
func NewThreadingUDPServer(host string, port int, handler any, opts ...Option) (*TCPServer, error) {
	return newServer(host, port, handler, &TCPServer{process: (*TCPServer).handleInThread, kind: socket.SOCK_DGRAM},
		opts)
}

// NewForkingUDPServer is NewUDPServer for a server that serves each datagram in a process of its own, see
// NewForkingTCPServer: ForkingUDPServer.
func NewForkingUDPServer(host string, port int, handler any, opts ...Option) (*TCPServer, error) {
	return newServer(host, port, handler, &TCPServer{process: (*TCPServer).handleInProcess, kind: socket.SOCK_DGRAM,
		forks: &forks{most: maxChildren}}, opts)
}
