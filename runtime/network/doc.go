// Package network is what sockets are made of: the computer's own network on a real machine, a simulated one on a
// simulated machine.
//
// Package socket is written once on the interfaces Network and Endpoint, and doesn't ask on which machine it is. All
// operations of an Endpoint return at once, as those of a non-blocking socket do; Network.Wait blocks until some are
// ready.
//
// # The simulated network
//
// It models TCP and UDP of Linux on one host, as far as programs notice them. Packets are events of the machine
// (machine.At), so nothing needs a thread of its own, and the same seed gives the same run:
//
//	connect ─► SYN ─► accept queue of the listener, of backlog+1 places ─► accept
//	send ─► send buffer ─► segments, as Nagle's algorithm and the receiver's window allow ─► receive buffer ─► recv
//
// What is modelled: latency with jitter, bandwidth, loss with retransmission, segments that are split or merged,
// acknowledgements that are delayed, windows and buffers, refused connections, SYNs that are dropped and repeated while
// the backlog is full, resets, half-closed connections, peers that vanish, ephemeral ports, TIME_WAIT and SO_REUSEADDR,
// and how many descriptors a process may have. What isn't: congestion control, IP fragments, routes to other hosts
// (their packets vanish), out-of-band data.
//
// A cell sets what the simulated network is like by Configure; the default is a loopback device without loss.
package network
