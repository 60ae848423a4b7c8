//go:build unix

package network

// This file defines which descriptors a real network has open. Python closes a socket whose last reference is gone; the
// same is done here by the garbage collector, which is later, and at once where a call fails because descriptors or an
// address are in use.

import (
	"runtime"
	"sync"
	"syscall"
	"weak"

	"golang.org/x/sys/unix"

	"gilkernel/runtime/machine"
)

// realNetwork implements Network by system calls. One that belongs to a machine closes its endpoints when the machine
// is stopped: its threads can no longer do that.
type realNetwork struct {
	mu sync.Mutex // protects the fields below
	// open has the descriptors of the endpoints that are open. It must not keep an endpoint alive: one that nothing
	// else refers to, such as that of an interrupted cell, must be closed.
	open  map[weak.Pointer[realEndpoint]]int
	found int // how many endpoints were garbage
}

func newReal(m *machine.Machine) Network {
	n := &realNetwork{open: map[weak.Pointer[realEndpoint]]int{}}
	if m != nil {
		m.OnStop(n.closeAll)
	}
	return n
}

// add makes an endpoint of a descriptor, which it takes over. The descriptor is closed when nothing refers to the
// endpoint any more.
func (n *realNetwork) add(fd, family, kind int) *realEndpoint {
	e := &realEndpoint{n: n, fd: fd, family: family, kind: kind}
	e.key = weak.Make(e)
	n.mu.Lock()
	n.open[e.key] = fd
	n.mu.Unlock()
	runtime.AddCleanup(e, n.lost, e.key)
	return e
}

// remove takes an endpoint that its owner closes out of the open ones.
func (n *realNetwork) remove(key weak.Pointer[realEndpoint]) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.open, key)
}

// lost closes the descriptor of an endpoint that is garbage, unless it was closed before.
func (n *realNetwork) lost(key weak.Pointer[realEndpoint]) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if fd, ok := n.open[key]; ok {
		n.lostLocked(key, fd)
	}
}

// lostLocked is lost for a caller that holds mu: reclaim must not return between the entry's end and the descriptor's.
func (n *realNetwork) lostLocked(key weak.Pointer[realEndpoint], fd int) {
	delete(n.open, key)
	_ = unix.Close(fd)
	n.found++
}

// all returns the open endpoints.
func (n *realNetwork) all() []*realEndpoint {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := make([]*realEndpoint, 0, len(n.open))
	for key := range n.open {
		if e := key.Value(); e != nil {
			all = append(all, e)
		}
	}
	return all
}

func (n *realNetwork) closeAll() {
	for _, e := range n.all() {
		_ = e.Close(nil)
	}
}

// reclaim closes the endpoints that are garbage if err says that one of them may be in the way: all descriptors are in
// use, or the address is. It reports whether there were any, so that the call is worth repeating.
func (n *realNetwork) reclaim(err error) bool {
	if err != syscall.EMFILE && err != syscall.ENFILE && err != syscall.EADDRINUSE {
		return false
	}
	n.mu.Lock()
	some, before := len(n.open) > 0, n.found
	n.mu.Unlock()
	if !some { // a collection is expensive
		return false
	}
	runtime.GC()
	n.mu.Lock()
	defer n.mu.Unlock()
	for key, fd := range n.open { // those whose cleanups haven't run yet
		if key.Value() == nil {
			n.lostLocked(key, fd)
		}
	}
	return n.found > before
}

// socketPair is socketpair(2) with descriptors that an exec closes.
func socketPair(kind int) (fds [2]int, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if fds, err = unix.Socketpair(AF_UNIX, kind, 0); err == nil {
		unix.CloseOnExec(fds[0])
		unix.CloseOnExec(fds[1])
	}
	return fds, err
}
