package socket

// This file defines how a socket is sent to another process: multiprocessing.reduction.

import (
	"fmt"
	"sync"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/network"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/process"
)

// Reduce implements pickle.Reducer: another process gets a socket of its own for the same connection, with this one's
// time-out. The connection ends when all processes have closed theirs. What a File of the socket has read already stays
// here.
func (s *Socket) Reduce(p *pickle.Pickler) (any, error) {
	ep := s.endpoint()
	if ep == nil {
		return nil, &pickle.Refusal{What: "a socket that is closed", Advice: "send it before Close"}
	}
	t := machine.Current()
	sys, err := process.Of(gil.Of(t))
	if err != nil {
		return nil, &pickle.Refusal{What: "a socket", Advice: err.Error()}
	}
	shared, err := ep.Share(t)
	if err != nil {
		return nil, raise(err)
	}
	h := sys.Carry(shared)
	n, err := p.Keep(h)
	if err != nil {
		sys.Drop(t, h)
		return nil, err
	}
	s.sent.Store(true)
	f := s.flow.Load()
	return []any{n, s.family, s.kind, s.patience.Load(), f != nil, f != nil && f.toServer}, nil
}

// Restore implements pickle.Restorer.
func (s *Socket) Restore(u *pickle.Unpickler, state any) error {
	list, ok := state.([]any)
	if !ok || len(list) != 6 {
		return fmt.Errorf("a socket can't be made of what was sent")
	}
	at := func(i int) int { n, _ := list[i].(int); return n }
	t := machine.Current()
	h, err := u.Handle(at(0))
	if err != nil {
		return err
	}
	carried, ok := h.(process.Carried)
	if !ok {
		return &exceptions.OSError{Class: "ConnectionRefusedError",
			Message: "the process that sent a socket has ended before it arrived here"}
	}
	s.net, s.family, s.kind = networkOf(t), at(1), at(2)
	ep, err := s.net.Adopt(t, carried, s.family, s.kind)
	if err != nil {
		return raise(err)
	}
	s.ep = ep
	endWith(t, s.net)
	d, _ := list[3].(int64)
	s.patience.Store(d)
	if list[4] == true {
		a, b := ep.LocalAddr(t), ep.LocalAddr(t)
		if peer, err := ep.PeerAddr(t); err == nil {
			b = peer
		}
		if list[5] == true {
			s.flow.Store(&flow{client: a, server: b, toServer: true})
		} else {
			s.flow.Store(&flow{client: b, server: a})
		}
	}
	return nil
}

// Reduce implements pickle.Reducer: a file has bytes in its buffer that another process wouldn't see.
func (f *File) Reduce(*pickle.Pickler) (any, error) {
	return nil, &pickle.Refusal{What: "a file of a socket", Advice: "send the socket and call MakeFile there"}
}

// Restore implements pickle.Restorer.
func (f *File) Restore(*pickle.Unpickler, any) error {
	return fmt.Errorf("a file of a socket can't be made of what was sent")
}

// endKey is where a process notes that its end closes its sockets.
type endKey struct{}

// endWith makes the end of a simulated process close its sockets, as the operating system does at the end of a real
// one.
func endWith(t *machine.Thread, n network.Network) {
	in := gil.Of(t)
	if in == nil || !t.Machine().Simulated() {
		return
	}
	sys := process.Made(in)
	if sys == nil {
		return
	}
	sys.State(endKey{}, func() any { return new(ending) }).(*ending).once.Do(func() {
		sys.OnEnd(func(t *machine.Thread) { n.Forget(t, t.Interpreter()) })
	})
}

// ending is what endKey keeps.
type ending struct{ once sync.Once }
