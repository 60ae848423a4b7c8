package network

// This file defines connections of the simulated network: what becomes of bytes between a send and a recv.

import (
	"net/netip"
	"syscall"

	"gilkernel/runtime/machine"
)

// stream is one end of a connection: tcp_sock, as far as it matters here.
type stream struct {
	other  *simEndpoint // the other end; it stays when that is closed
	server bool         // it was accepted
	queued bool         // not accepted yet

	unsent    []byte // in the send buffer
	unacked   int    // bytes that were sent and aren't acknowledged
	wire      int    // those of them that haven't arrived
	stalled   bool   // the receiver has no room
	finWanted bool   // close or shutdown
	finSent   bool
	finAcked  bool
	first     bool  // its FIN was the first: TIME_WAIT will be here
	last      int64 // when the last packet arrives

	received  []byte // in the receive buffer
	eof       bool   // the other's FIN has arrived
	shutRead  bool
	ackDue    int   // bytes that were received and not acknowledged
	ackTimer  int64 // when they will be, 0: not planned
	replies   bool  // it answers what it receives: its acknowledgements wait for an answer to ride on
	heard     bool  // it has received something since it last sent
	dead      bool  // reset, or given up
	cut       bool  // the cable is
	giving    bool  // a timeOut is planned
	abandoned bool  // the process has closed it without waiting for anything
}

// syn sends a connection request, for the tries-th time again.
func (n *simulated) syn(t *machine.Thread, e *simEndpoint, now int64, tries int) {
	again := func(now int64) {
		if e.state != simConnecting {
			return
		}
		if tries++; tries > synTries {
			e.refuse(syscall.ETIMEDOUT)
			return
		}
		n.syn(nil, e, now, tries)
	}
	retry := now + int64(synAgain)<<tries
	if !here(e.peer.Addr()) || n.o.loss > 0 && n.rng.Float64() < n.o.loss {
		n.at(t, retry, again)
		return
	}
	n.at(t, n.travel(e, 0, now), func(now int64) {
		l := n.listener(e.peer)
		switch {
		case e.state != simConnecting:
		case l == nil: // a reset comes back
			n.at(nil, now+n.delay(), func(int64) { e.refuse(syscall.ECONNREFUSED) })
		case len(l.queue) > l.backlog: // tcp_conn_request drops it, and the client tries again
			n.at(nil, max(retry, now), again)
		default:
			n.synAck(l, e, now)
		}
	})
}

// refuse ends a connection that was being made.
func (e *simEndpoint) refuse(why syscall.Errno) {
	if e.state != simConnecting {
		return
	}
	e.state, e.failure = simIdle, why
	e.n.vacate(e.bound)
	e.bound = nil
	e.local = netip.AddrPort{}
	e.notify()
}

// synAck is the answer of a listener that has room: the client is connected when it arrives, and the server when the
// client's acknowledgement does.
func (n *simulated) synAck(l, e *simEndpoint, now int64) {
	c := n.endpoint(l.family, l.kind)
	c.state, c.local, c.peer, c.reuse, c.nodelay, c.keepalive = simConnected, e.peer, e.local, l.reuse, l.nodelay,
		l.keepalive
	c.sendMax, c.receiveMax, c.server, c.queued = l.sendMax, l.receiveMax, true, true
	c.bound = &binding{key: l.bound.key, ip: e.peer.Addr(), reuse: l.reuse, by: l.bound.by, peer: e.local}
	n.occupy(c.bound)
	c.other = e
	n.at(nil, now+n.delay(), func(now int64) {
		if e.state != simConnecting {
			c.abandoned, c.dead = true, true
			n.vacate(c.bound)
			return
		}
		e.state, e.other = simConnected, c
		e.notify()
		n.established(l, c, n.travel(e, 0, now), 0)
	})
}

// established puts a connection into the listener's queue at a time, if it has room then; else the server waits for
// another acknowledgement, and the client, which considers itself connected, doesn't notice.
func (n *simulated) established(l, c *simEndpoint, at int64, tries int) {
	n.at(nil, at, func(now int64) {
		switch {
		case c.dead:
			n.vacate(c.bound)
		case l.state != simListening:
			c.abandon(nil, now)
		case len(l.queue) > l.backlog && tries >= ackTries:
			c.abandoned, c.dead = true, true // it is forgotten: data of the client's will be answered by a reset
			n.vacate(c.bound)
		case len(l.queue) > l.backlog:
			n.established(l, c, now+int64(synAgain)<<tries, tries+1)
		default:
			c.queued = false
			l.queue = append(l.queue, c)
			l.notify()
		}
	})
}

// window returns for how many more bytes the other end has room.
func (e *simEndpoint) window() int {
	return max(e.other.receiveMax/2, 1) - len(e.other.received) - e.wire
}

// transmit sends what may be sent: tcp_write_xmit. t is nil in an event.
func (e *simEndpoint) transmit(t *machine.Thread, now int64) {
	n := e.n
	if e.dead {
		return
	}
	mss := n.o.mss
	for len(e.unsent) > 0 {
		k := min(len(e.unsent), mss, e.window())
		if e.stalled = k <= 0; e.stalled {
			return
		}
		if !e.nodelay && e.unacked > 0 && k < mss && k == len(e.unsent) && !e.finWanted {
			return // Nagle: a small segment waits for the acknowledgement of the last one
		}
		if e.heard {
			e.replies, e.heard = true, false
		}
		data := e.unsent[:k:k]
		if e.unsent = e.unsent[k:]; len(e.unsent) == 0 {
			e.unsent = nil
		}
		e.unacked += k
		e.wire += k
		ack := e.ackDue
		e.ackDue = 0
		if e.cut {
			e.timeOut(t, now+int64(giveUp))
			continue
		}
		if k > 1 && e.family != AF_UNIX && n.o.split > 0 && n.rng.Float64() < n.o.split {
			first := 1 + n.rng.IntN(k-1)
			e.segment(t, now, data[:first:first], ack)
			e.segment(t, now+n.delay(), data[first:], 0)
			continue
		}
		e.segment(t, now, data, ack)
	}
	if e.finWanted && !e.finSent {
		e.finSent = true
		e.first = !e.eof
		if e.cut {
			e.timeOut(t, now+int64(giveUp))
			return
		}
		n.at(t, n.travel(e, 0, now), func(now int64) { e.other.fin(now) })
	}
}

// segment lets bytes travel, and with them the acknowledgement of others.
func (e *simEndpoint) segment(t *machine.Thread, now int64, data []byte, ack int) {
	x := e.other
	e.n.at(t, e.n.travel(e, len(data), now), func(now int64) {
		e.wire -= len(data)
		if x.cut {
			return
		}
		if ack > 0 {
			x.acked(now, ack)
		}
		x.arrive(now, data)
	})
}

// arrive is the arrival of bytes at e.
func (e *simEndpoint) arrive(now int64, data []byte) {
	if e.dead || e.state == simClosed { // a process that has closed it wants no data
		e.n.reset(e.other, now)
		e.dead = true
		e.settle(now)
		return
	}
	if e.shutRead {
		data = data[:0:0] // Linux takes and forgets it
	}
	n := e.n
	e.received = append(e.received, data...)
	e.ackDue += len(data)
	e.heard = true
	e.notify()
	switch {
	case !e.replies || e.ackDue >= 2*n.o.mss:
		e.acknowledge(now)
	case e.ackTimer <= now:
		e.ackTimer = now + int64(ackDelay)
		n.at(nil, e.ackTimer, func(now int64) {
			if e.ackDue > 0 {
				e.replies = false
				e.acknowledge(now)
			}
		})
	}
}

// acknowledge sends the other end an acknowledgement of what has arrived.
func (e *simEndpoint) acknowledge(now int64) {
	k := e.ackDue
	e.ackDue = 0
	if k == 0 || e.cut {
		return
	}
	x := e.other
	e.n.at(nil, now+e.n.delay(), func(now int64) { x.acked(now, k) })
}

// acked is the arrival of an acknowledgement of k bytes at e.
func (e *simEndpoint) acked(now int64, k int) {
	if e.dead || e.cut {
		return
	}
	e.unacked = max(e.unacked-k, 0)
	e.transmit(nil, now)
	e.notify()
	if e.state == simClosed {
		e.settle(now)
	}
}

// fin is the arrival of the other's end of file at e.
func (e *simEndpoint) fin(now int64) {
	if e.cut {
		return
	}
	x := e.other
	e.n.at(nil, now+e.n.delay(), func(now int64) {
		x.finAcked = true
		if x.state == simClosed {
			x.settle(now)
		}
	})
	if e.dead {
		return
	}
	e.eof = true
	e.notify()
	if e.state == simClosed {
		e.settle(now)
	}
}

// hangUp is the process's close of a connection: tcp_close.
func (e *simEndpoint) hangUp(t *machine.Thread, now int64) {
	switch {
	case e.dead:
		e.settle(now)
	case e.abort || len(e.received) > 0: // unread data: a reset tells the peer that it was lost
		e.abandon(t, now)
	default:
		if !e.finWanted {
			e.finWanted = true
			e.transmit(t, now)
		}
		e.settle(now)
	}
}

// abandon ends a connection at once, and resets the other end.
func (e *simEndpoint) abandon(t *machine.Thread, now int64) {
	e.dead, e.abandoned = true, true
	e.unsent, e.received = nil, nil
	e.n.vacate(e.bound)
	if !e.cut {
		x := e.other
		e.n.at(t, e.n.travel(e, 0, now), func(int64) { x.lose(syscall.ECONNRESET) })
	}
}

// reset sends a reset to e, whose data this side refuses.
func (n *simulated) reset(e *simEndpoint, now int64) {
	n.at(nil, now+n.delay(), func(int64) { e.lose(syscall.ECONNRESET) })
}

// lose is the end of a connection that failed: tcp_reset.
func (e *simEndpoint) lose(why syscall.Errno) {
	if e.dead || e.cut && why != syscall.ETIMEDOUT {
		return
	}
	if e.eof && why == syscall.ECONNRESET {
		why = syscall.EPIPE // the other end had closed
	}
	e.dead, e.failure = true, why
	e.unsent, e.unacked, e.ackDue = nil, 0, 0
	e.n.vacate(e.bound)
	e.notify()
}

// timeOut gives e up at a time, as nothing that it sends is acknowledged.
func (e *simEndpoint) timeOut(t *machine.Thread, at int64) {
	if e.giving || e.dead {
		return
	}
	e.giving = true
	e.n.at(t, at, func(int64) { e.lose(syscall.ETIMEDOUT) })
}

// settle sets how long the port of a connection that the process has closed stays in use.
func (e *simEndpoint) settle(now int64) {
	b := e.bound
	if e.state != simClosed || b == nil {
		return
	}
	switch {
	case e.dead:
		e.n.vacate(b)
	case e.eof && e.finSent && e.first:
		if b.since == 0 || b.until != b.since+int64(e.n.o.timeWait) {
			b.since, b.until = now, now+int64(e.n.o.timeWait)
		}
	case e.eof && e.finSent && e.finAcked:
		e.n.vacate(b)
	case e.finSent && b.until == 0:
		b.since, b.until = now, now+int64(finWait)
	}
}

// Send implements Endpoint.
func (e *simEndpoint) Send(t *machine.Thread, p []byte, to netip.AddrPort) (int, error) {
	now, err := e.enter(t)
	if err != nil {
		return 0, err
	}
	if e.kind == SOCK_DGRAM {
		return e.post(t, now, p, to)
	}
	switch {
	case e.failure != nil:
		err, e.failure = e.failure, nil
		return 0, err
	case e.state == simConnecting:
		return 0, wouldBlock
	case e.state != simConnected || e.dead || e.finWanted:
		return 0, syscall.EPIPE
	case len(p) == 0:
		return 0, nil
	case e.family == AF_UNIX && e.other.state == simClosed:
		return 0, syscall.EPIPE
	}
	k := min(len(p), e.sendMax-len(e.unsent)-e.unacked)
	if k <= 0 {
		return 0, wouldBlock
	}
	e.unsent = append(e.unsent, p[:k]...)
	e.transmit(t, now)
	return k, nil
}

// Recv implements Endpoint.
func (e *simEndpoint) Recv(t *machine.Thread, p []byte, flags int) (int, netip.AddrPort, error) {
	var from netip.AddrPort
	now, err := e.enter(t)
	if err != nil {
		return 0, from, err
	}
	if e.kind == SOCK_DGRAM {
		return e.collect(p, flags)
	}
	switch {
	case len(e.received) > 0:
		k := copy(p, e.received)
		if flags&MSG_PEEK == 0 {
			if e.received = e.received[k:]; len(e.received) == 0 {
				e.received = nil
			}
			if x := e.other; x.stalled && k > 0 && !e.cut { // announce that there is room again
				x.stalled = false
				e.n.at(t, now+e.n.delay(), func(now int64) { x.transmit(nil, now) })
			}
		}
		return k, from, nil
	case e.state == simConnected && e.eof:
		return 0, from, nil
	case e.failure != nil:
		err, e.failure = e.failure, nil
		return 0, from, err
	case e.state != simConnected:
		return 0, from, syscall.ENOTCONN
	case e.shutRead || e.dead:
		return 0, from, nil
	case len(p) == 0:
		return 0, from, nil
	}
	return 0, from, wouldBlock
}
