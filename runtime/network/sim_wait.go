package network

// This file defines how threads wait for endpoints of the simulated network, and its datagrams.

import (
	"fmt"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// A watcher is a thread that waits for one of several endpoints. It is a machine.Resource.
type watcher struct {
	word machine.Word // 1 when one is ready
	list []Interest
}

// ready returns what e is ready for.
func (e *simEndpoint) ready() (ev Events) {
	switch {
	case e.kind == SOCK_DGRAM:
		ev = Writable
		if len(e.letters) > 0 || e.failure != nil {
			ev |= Readable
		}
	case e.state == simListening:
		if len(e.queue) > 0 {
			ev = Readable
		}
	case e.state == simConnecting:
	case e.state != simConnected || e.dead || e.failure != nil:
		ev = Readable | Writable
	default:
		if len(e.received) > 0 || e.eof || e.shutRead {
			ev = Readable
		}
		if room := e.sendMax - len(e.unsent) - e.unacked; e.finWanted || room > 0 && room >= e.sendMax/3 {
			ev |= Writable // sk_stream_is_writable
		}
	}
	return ev
}

// notify wakes the threads that wait for what e is ready for now. Called in an event, or by a thread on its turn.
func (e *simEndpoint) notify() { e.tell(e.ready()) }

// wakeAll wakes all threads that wait for e: it was closed, or shut down.
func (e *simEndpoint) wakeAll() { e.tell(Readable | Writable) }

func (e *simEndpoint) tell(ev Events) {
	if ev == 0 || len(e.watchers) == 0 {
		return
	}
	left := e.watchers[:0:0]
	alone := len(e.queue) // how many that want a connection for themselves may be woken
	if e.state != simListening {
		alone = len(e.watchers)
	}
	for _, w := range e.watchers {
		i := slices.IndexFunc(w.list, func(in Interest) bool { return in.Endpoint == Endpoint(e) && in.Events&ev != 0 })
		if i < 0 || w.list[i].Exclusive && alone <= 0 {
			left = append(left, w)
			continue
		}
		if w.list[i].Exclusive {
			alone--
		}
		w.word.Store(nil, 1)
		e.n.m.Rouse(&w.word, 1)
	}
	e.watchers = left
}

// Wait implements Network.
func (n *simulated) Wait(t *machine.Thread, list []Interest, d time.Duration, stop func() bool) []Events {
	now := n.enter(t)
	found := func() []Events {
		out := make([]Events, len(list))
		some := false
		for i, in := range list {
			e := in.Endpoint.(*simEndpoint)
			out[i] = e.ready() & in.Events
			if e.state == simClosed {
				out[i] = in.Events
			}
			some = some || out[i] != 0
		}
		if !some {
			return nil
		}
		return out
	}
	if out := found(); out != nil || d == 0 || stop != nil && stop() {
		return out
	}
	end := int64(-1)
	if d > 0 && int64(d) < 1<<62-now {
		end = now + int64(d)
	}
	w := &watcher{list: list}
	for _, in := range list {
		e := in.Endpoint.(*simEndpoint)
		e.user = t.Name()
		e.watchers = append(e.watchers, w)
	}
	woken := false
	defer func() {
		for _, in := range list {
			e := in.Endpoint.(*simEndpoint)
			e.watchers = slices.DeleteFunc(e.watchers, func(o *watcher) bool { return o == w })
			if !woken && w.word.Load(nil) == 1 {
				e.notify() // the thread must end: pass its wake-up on to another
			}
		}
	}()
	why := machine.Why{Kind: timeline.IO, On: w, Device: true}
	for {
		left := time.Duration(-1)
		if end >= 0 {
			left = max(time.Duration(end)-t.Now(), 0)
		}
		t.Wait(&w.word, 0, left, why)
		if out := found(); out != nil {
			woken = true
			return out
		}
		if end >= 0 && int64(t.Now()) >= end || stop != nil && stop() {
			woken = true
			return nil
		}
		w.word.Store(t, 0) // it was woken, but another was faster
		for _, in := range list {
			if e := in.Endpoint.(*simEndpoint); !slices.Contains(e.watchers, w) {
				e.watchers = append(e.watchers, w)
			}
		}
	}
}

// Nudge implements Network.
func (n *simulated) Nudge(t *machine.Thread, e Endpoint) {
	n.enter(t)
	e.(*simEndpoint).wakeAll()
}

// Label is what timelines call the wait.
func (w *watcher) Label() string {
	if len(w.list) > 1 {
		return "select"
	}
	in := w.list[0]
	e := in.Endpoint.(*simEndpoint)
	switch {
	case e.state == simListening:
		return "accept"
	case e.state == simConnecting:
		return "connect"
	case in.Events&Readable != 0:
		return "recv"
	}
	return "send"
}

// Name implements machine.Resource: what the report of a deadlock says.
func (w *watcher) Name() string {
	if len(w.list) > 1 {
		return fmt.Sprintf("one of %d sockets", len(w.list))
	}
	in := w.list[0]
	e := in.Endpoint.(*simEndpoint)
	switch {
	case e.state == simListening:
		return fmt.Sprintf("a client at %v", e.local)
	case e.state == simConnecting:
		return fmt.Sprintf("an answer of %v", e.peer)
	case e.kind == SOCK_DGRAM && e.other == nil:
		return fmt.Sprintf("a datagram at %v", e.local)
	case in.Events&Readable == 0:
		return "room to send" + e.whither()
	}
	return "data" + e.whence()
}

// whence says where data of e would come from, and what became of the other end.
func (e *simEndpoint) whence() string {
	s := " from the other end of a socket pair"
	if e.family != AF_UNIX {
		s = fmt.Sprintf(" from %v", e.peer)
	}
	x := e.other
	switch {
	case x == nil:
	case e.cut:
		s += ", whose cable is cut"
	case x.finWanted || x.state == simClosed:
		s += ", which is closed"
	case x.user != "":
		s += ", which " + x.user + " used last"
	case x.server:
		s += ", which has not accepted the connection"
	}
	return s
}

func (e *simEndpoint) whither() string {
	s := " to the other end of a socket pair"
	if e.family != AF_UNIX {
		s = fmt.Sprintf(" to %v", e.peer)
	}
	switch x := e.other; {
	case e.cut:
		s += ", whose cable is cut"
	case x != nil && x.user != "":
		s += ", which " + x.user + " used last and does not read"
	}
	return s
}

// Holders implements machine.Resource: no thread holds what hasn't been sent.
func (w *watcher) Holders() []machine.Holder { return nil }

// post sends a datagram.
func (e *simEndpoint) post(t *machine.Thread, now int64, p []byte, to netip.AddrPort) (int, error) {
	if err := e.failure; err != nil {
		e.failure = nil
		return 0, err
	}
	if !to.IsValid() && e.state != simConnected {
		return 0, syscall.EDESTADDRREQ
	}
	if len(p) > 65507 && e.family != AF_UNIX {
		return 0, syscall.EMSGSIZE
	}
	data := append([]byte(nil), p...)
	if e.family == AF_UNIX {
		x := e.other
		if x.state == simClosed {
			return 0, syscall.ECONNREFUSED
		}
		e.n.at(t, e.n.travel(e, len(p), now), func(int64) { x.take(datagram{data: data}) })
		return len(p), nil
	}
	if !to.IsValid() {
		to = e.peer
	}
	if err := e.ephemeral(t, now, to); err != nil {
		return 0, err
	}
	from, n := e.local, e.n
	if !here(to.Addr()) || n.o.loss > 0 && n.rng.Float64() < n.o.loss {
		return len(p), nil
	}
	// Datagrams overtake each other: each travels for itself.
	n.at(t, now+n.delay(), func(now int64) {
		for _, x := range n.fds {
			if x == nil || x.kind != SOCK_DGRAM || x.bound == nil || x.local.Port() != to.Port() ||
				x.local.Addr() != to.Addr() && !x.bound.ip.IsUnspecified() {
				continue
			}
			if x.state != simConnected || x.peer == from {
				x.take(datagram{data, from})
			}
			return
		}
		if e.state == simConnected { // ICMP: port unreachable
			n.at(nil, now+n.delay(), func(int64) { e.failure = syscall.ECONNREFUSED; e.notify() })
		}
	})
	return len(p), nil
}

// take is the arrival of a datagram. One for which there is no room is lost.
func (e *simEndpoint) take(d datagram) {
	if e.state == simClosed || e.waiting+len(d.data)+header > e.receiveMax {
		return
	}
	e.letters = append(e.letters, d)
	e.waiting += len(d.data) + header
	e.notify()
}

// collect receives one.
func (e *simEndpoint) collect(p []byte, flags int) (int, netip.AddrPort, error) {
	if err := e.failure; err != nil {
		e.failure = nil
		return 0, netip.AddrPort{}, err
	}
	if len(e.letters) == 0 {
		return 0, netip.AddrPort{}, wouldBlock
	}
	d := e.letters[0]
	if flags&MSG_PEEK == 0 {
		e.letters = slices.Delete(e.letters, 0, 1)
		e.waiting -= len(d.data) + header
	}
	return copy(p, d.data), d.from, nil // what doesn't fit is lost
}
