package process

// This file defines what Linux has for descriptors that travel: flags, and addresses of sockets that are in no file
// system.

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	noSignal    = unix.MSG_NOSIGNAL
	closeOnExec = unix.MSG_CMSG_CLOEXEC
)

// counter is the address at which a process of an arena hands out what it has sent beside messages: resource_sharer.
func (a *Arena) counter(n, gen uint32) (unix.Sockaddr, bool) {
	m, ok := a.mem.(*file)
	if !ok {
		return nil, false
	}
	var st unix.Stat_t
	if unix.Fstat(int(m.f.Fd()), &st) != nil {
		return nil, false
	}
	return &unix.SockaddrUnix{Name: fmt.Sprintf("@gilkernel-%x-%x-%d-%d", st.Dev, st.Ino, n, gen)}, true
}

// share starts the counter of this process, which End ends. It does nothing on a simulated machine, whose processes are
// all here.
func (s *System) share() {
	at, ok := s.arena.counter(uint32(s.self), s.gen)
	if !ok {
		return
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return
	}
	if unix.Bind(fd, at) != nil || unix.Listen(fd, 128) != nil {
		_ = unix.Close(fd) // what is sent to a new process travels without it
		return
	}
	s.trunk.mu.Lock()
	s.trunk.end = func() { _ = unix.Shutdown(fd, unix.SHUT_RDWR) }
	s.trunk.mu.Unlock()
	go func() { // ends with the process, or with End
		for {
			c, _, err := unix.Accept4(fd, unix.SOCK_CLOEXEC)
			switch err {
			case unix.EINTR, unix.ECONNABORTED:
				continue
			case unix.EMFILE, unix.ENFILE:
				time.Sleep(10 * time.Millisecond)
				continue
			}
			if err != nil {
				_ = unix.Close(fd)
				return
			}
			s.handOut(c)
		}
	}()
}

// handOut sends a process of the family the descriptor that it requests.
func (s *System) handOut(c int) {
	line := os.NewFile(uintptr(c), "receiver")
	defer line.Close()
	peer, err := unix.GetsockoptUcred(c, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil || int(peer.Uid) != os.Getuid() {
		return
	}
	// a process that stops here stops only itself
	_ = unix.SetsockoptTimeval(c, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 1})
	b := make([]byte, handleSize)
	if n, err := unix.Read(c, b); err != nil || n != handleSize {
		return
	}
	if h := handleOf(b); h.kind == kindCarried && int(h.n) == s.self && h.gen == s.gen {
		if got := s.carried(h); got != nil {
			_ = sendFD(line, got.FD()) // a receiver that has ended gets nothing
			_ = got.Close(nil)
		}
	}
}

// fetch asks the process that sent h for what it stands for; nil if it has ended.
func (s *System) fetch(h Handle) Carried {
	at, ok := s.arena.counter(h.n, h.gen)
	if !ok || int(h.n) == s.self {
		return nil
	}
	c, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	line := os.NewFile(uintptr(c), "sender")
	defer line.Close()
	for {
		if err = unix.Connect(c, at); err != unix.EINTR {
			break
		}
	}
	if err != nil {
		return nil
	}
	if _, err := unix.Write(c, h.append(nil)); err != nil {
		return nil
	}
	fd, err := receiveFD(line)
	if err != nil {
		return nil
	}
	return Descriptor(fd)
}
