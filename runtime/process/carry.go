package process

// This file defines what is sent beside messages and belongs to the operating system: open sockets.

import (
	"errors"
	"maps"
	"os"
	"slices"
	"sync"

	"gilkernel/runtime/machine"
)

// A Carried is a reference to something open that a message carries: an open socket, as its descriptor on a real
// machine. The reference is one of its own, so the sender may close its socket at once.
type Carried interface {
	// FD returns the descriptor, -1 on a simulated machine.
	FD() int
	// Close closes the reference; t is nil for a plain goroutine.
	Close(t *machine.Thread) error
}

// errNotCarried says that nothing can be carried here.
var errNotCarried = errors.New("a socket can't be sent to a process of this system")

// trunk holds the descriptors that a process has sent, or has received and not opened yet.
type trunk struct {
	once sync.Once // starts what hands it out

	mu   sync.Mutex // protects the fields below; held briefly
	sent map[uint32]Carried
	last uint32
	got  map[Handle]Carried // came with the start of this process
	end  func()             // ends what hands it out; nil: nothing does
}

// Carry takes over a reference and returns it as a number for one message.
func (s *System) Carry(c Carried) Handle {
	s.trunk.once.Do(s.share)
	s.trunk.mu.Lock()
	defer s.trunk.mu.Unlock()
	s.trunk.last++
	if s.trunk.sent == nil {
		s.trunk.sent = map[uint32]Carried{}
	}
	s.trunk.sent[s.trunk.last] = c
	return Handle{kind: kindCarried, n: uint32(s.self), gen: s.gen, out: s.trunk.last}
}

// carried takes the descriptor of a handle out of its trunk; it returns nil if the descriptor is gone.
func (s *System) carried(h Handle) Carried {
	s.trunk.mu.Lock()
	c := s.trunk.got[h]
	delete(s.trunk.got, h)
	s.trunk.mu.Unlock()
	if c != nil {
		return c
	}
	owner := s.arena.system(int(h.n))
	if owner == nil || owner.gen != h.gen {
		return s.fetch(h)
	}
	owner.trunk.mu.Lock()
	defer owner.trunk.mu.Unlock()
	c = owner.trunk.sent[h.out]
	delete(owner.trunk.sent, h.out)
	return c
}

// unload closes all that the process has sent and no other has opened, at its end.
func (s *System) unload(t *machine.Thread) {
	s.trunk.mu.Lock()
	list := s.trunk.sent
	s.trunk.sent = nil
	s.trunk.mu.Unlock()
	for _, n := range slices.Sorted(maps.Keys(list)) {
		_ = list[n].Close(t) // no caller waits for this error
	}
}

// load puts what has arrived for handles into the trunk. The error is that of a sender that has ended.
func (s *System) load(line *os.File, handles []Handle) error {
	for _, h := range handles {
		if h.kind != kindCarried || int(h.n) == s.self {
			continue
		}
		if line == nil {
			return errNotCarried
		}
		fd, err := receiveFD(line)
		if err != nil {
			return err
		}
		s.trunk.mu.Lock()
		if s.trunk.got == nil {
			s.trunk.got = map[Handle]Carried{}
		}
		s.trunk.got[h] = Descriptor(fd)
		s.trunk.mu.Unlock()
	}
	return nil
}

// ship sends what handles stand for, in order, and closes it here. If the receiver has ended, ship sends nothing.
func (s *System) ship(line *os.File, handles []Handle) {
	for _, h := range handles {
		if h.kind != kindCarried {
			continue
		}
		if c := s.carried(h); c != nil {
			if line != nil {
				_ = sendFD(line, c.FD()) // the receiver has ended
			}
			_ = c.Close(nil)
		}
	}
}
