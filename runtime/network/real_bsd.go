//go:build unix && !linux

package network

// This file defines the calls that need several steps where there is no Linux.

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const noSignal = 0 // Go ignores SIGPIPE for other descriptors than 1 and 2

func openSocket(family, kind int) (int, error) {
	syscall.ForkLock.RLock()
	fd, err := unix.Socket(family, kind, 0)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	return fd, err
}

func acceptSocket(fd int) (int, unix.Sockaddr, error) {
	syscall.ForkLock.RLock()
	c, from, err := unix.Accept(fd)
	if err == nil {
		unix.CloseOnExec(c)
	}
	syscall.ForkLock.RUnlock()
	if err == nil {
		err = unix.SetNonblock(c, true)
	}
	return c, from, err
}

// poll waits until one is ready, for at most d.
func poll(fds []unix.PollFd, d time.Duration) (int, error) {
	ms := -1
	if d <= 24*time.Hour {
		ms = int((d + time.Millisecond - 1) / time.Millisecond)
	}
	return unix.Poll(fds, ms)
}
