//go:build unix && !linux

package interp

// This file defines the end of the process with its parent where only Linux's means are missing: a thread
// that waits for the end of link.LifeFD and takes no lock of ours.

import (
	"os"
	"runtime"
	"slices"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// A guard ends the process, its group, and the groups of Commands when the kernel process has ended.
// Its methods may be called concurrently, on nil too, which guards nothing.
type guard struct {
	mu     sync.Mutex // protects the fields below
	groups map[int]bool
	leave  []leaving
}

// A leaving is a file to remove, if it is still the same.
type leaving struct {
	path string
	was  os.FileInfo
}

// newGuard guards the process against a life after the kernel process, nil if fd isn't there.
func newGuard(fd int) *guard {
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil {
		return nil
	}
	g := &guard{groups: map[int]bool{}}
	go func() { // ends the process
		runtime.LockOSThread()
		p := []unix.PollFd{{Fd: int32(fd)}}
		for p[0].Revents&unix.POLLHUP == 0 {
			if _, err := unix.Poll(p, -1); err != nil && err != unix.EINTR || p[0].Revents&unix.POLLNVAL != 0 {
				return // a cell has closed it: the end of the requests remains
			}
		}
		g.mu.Lock() // it is held for an instant only
		for _, l := range slices.Backward(g.leave) {
			if now, err := os.Lstat(l.path); err == nil && os.SameFile(now, l.was) {
				_ = os.Remove(l.path)
			}
		}
		for pgid := range g.groups {
			_ = syscall.Kill(-pgid, syscall.SIGKILL)
		}
		endGroup()
		os.Exit(0)
	}()
	return g
}

// remove has the guard remove files. It is called once.
func (g *guard) remove(paths []string) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, path := range paths {
		if was, err := os.Lstat(path); err == nil {
			g.leave = append(g.leave, leaving{path, was})
		}
	}
}

// group has the guard end a group of processes until the returned function is called.
func (g *guard) group(pgid int) (release func()) {
	if g == nil {
		return func() {}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.groups[pgid] = true
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.groups, pgid)
	}
}
