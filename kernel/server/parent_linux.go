package server

// This file defines the watching of a process on Linux: with a descriptor that the Go runtime's poller waits for, so
// that it needs neither a thread nor polling.

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func exists(pid int) bool { return !errors.Is(unix.Kill(pid, 0), unix.ESRCH) }

// watch calls gone when the process has ended, unless stop was called before.
func watch(pid int, gone func()) (stop func(), err error) {
	fd, err := unix.PidfdOpen(pid, unix.PIDFD_NONBLOCK)
	if err != nil {
		if errors.Is(err, unix.ESRCH) {
			gone()
			return func() {}, nil
		}
		return poll(pid, gone), nil // Linux before 5.10
	}
	file := os.NewFile(uintptr(fd), "pidfd")
	conn, err := file.SyscallConn()
	if err != nil {
		file.Close()
		return func() {}, fmt.Errorf("waiting for process %d: %w", pid, err)
	}
	var wg sync.WaitGroup
	// Ends with the process or by stop, which closes the descriptor.
	wg.Go(func() {
		err := conn.Read(func(fd uintptr) bool {
			p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
			n, err := unix.Poll(p, 0)
			return n > 0 && err == nil
		})
		if err == nil {
			gone()
		}
	})
	return func() {
		file.Close()
		wg.Wait()
	}, nil
}

// poll looks at the process once a second.
func poll(pid int, gone func()) (stop func()) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	// Ends with the process or by stop.
	wg.Go(func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-done:
				return
			case <-t.C:
				if err := syscall.Kill(pid, 0); errors.Is(err, syscall.ESRCH) {
					gone()
					return
				}
			}
		}
	})
	return func() {
		close(done)
		wg.Wait()
	}
}
