package network

// This file defines what Linux does in one system call where others need several.

import (
	"time"

	"golang.org/x/sys/unix"
)

const noSignal = unix.MSG_NOSIGNAL

func openSocket(family, kind int) (int, error) {
	return unix.Socket(family, kind|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
}

func acceptSocket(fd int) (int, unix.Sockaddr, error) {
	return unix.Accept4(fd, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
}

// poll waits until one is ready, for at most d.
func poll(fds []unix.PollFd, d time.Duration) (int, error) {
	if d > 24*time.Hour {
		return unix.Ppoll(fds, nil, nil)
	}
	ts := unix.NsecToTimespec(int64(d))
	return unix.Ppoll(fds, &ts, nil)
}
