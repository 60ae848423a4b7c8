package interp

// This file defines the end of the process with its parent, on Linux: a thread that waits for the end of
// link.LifeFD and needs nothing of Go's scheduler to act on it, whatever state the cells have brought
// that into, not even a world that goes again.

import (
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A guard ends the process, its group, and the groups of Commands when the kernel process has ended.
// Its methods may be called concurrently, on nil too, which guards nothing.
type guard struct {
	poll   unix.PollFd
	groups [maxGroups]int32 // the groups of Commands; 0 is a free place
	leave  *leaving         // what to remove; nil: nothing
	now    unix.Statx_t     // of the file that is looked at
	whole  bool             // the process leads its group
}

// maxGroups is how many Commands are guarded at once; all but one of them were abandoned.
const maxGroups = 16

// A leaving is a file to remove, if it is still the same: a kernel that was started meanwhile may have made
// its own there.
type leaving struct {
	next *leaving
	path *byte
	was  unix.Statx_t
	flag uintptr // AT_REMOVEDIR for a folder
}

// statMask is what makes a file the same. A folder changes with what is removed from it.
const statMask = unix.STATX_INO | unix.STATX_CTIME | unix.STATX_TYPE

// newGuard guards the process against a life after the kernel process, nil if fd isn't there.
func newGuard(fd int) *guard {
	g := &guard{poll: unix.PollFd{Fd: int32(fd)}, whole: syscall.Getpgrp() == syscall.Getpid()}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil {
		return nil
	}
	// A process that was stopped watches nothing. The system itself wakes it when the pipe ends.
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETOWN, os.Getpid()); err == nil {
		_, err = unix.FcntlInt(uintptr(fd), unix.F_SETSIG, int(unix.SIGCONT))
		if err == nil {
			_, _ = unix.FcntlInt(uintptr(fd), unix.F_SETFL, unix.O_ASYNC) // or else it stays stopped
		}
	}
	go func() { // ends the process
		runtime.LockOSThread()
		g.watch()
	}()
	return g
}

// entersyscall says that the calling thread is in a system call, and needs no processor of the scheduler.
// The runtime keeps the name for packages outside of the standard library.
//
//go:linkname entersyscall runtime.entersyscall
func entersyscall()

// watch never returns. To the scheduler it is in a system call all the time, so it may neither allocate nor
// call what could grow the stack; and it needs no leave to come back, which a stopped world wouldn't give.
//
//go:nosplit
//go:norace
func (g *guard) watch() {
	entersyscall()
	for g.poll.Revents&unix.POLLHUP == 0 {
		_, _, errno := syscall.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&g.poll)), 1, 0, 0, 0, 0)
		if errno != 0 && errno != syscall.EINTR || g.poll.Revents&unix.POLLNVAL != 0 {
			// A cell has closed the descriptor. The end of the requests remains.
			for {
				syscall.RawSyscall6(unix.SYS_PPOLL, 0, 0, 0, 0, 0, 0)
			}
		}
	}
	for l := g.leave; l != nil; l = l.next {
		here := ^uintptr(-unix.AT_FDCWD - 1)
		_, _, errno := syscall.RawSyscall6(unix.SYS_STATX, here, uintptr(unsafe.Pointer(l.path)),
			unix.AT_SYMLINK_NOFOLLOW, statMask, uintptr(unsafe.Pointer(&g.now)), 0)
		if errno == 0 && g.now.Ino == l.was.Ino && g.now.Dev_major == l.was.Dev_major &&
			g.now.Dev_minor == l.was.Dev_minor &&
			(l.flag != 0 || g.now.Ctime.Sec == l.was.Ctime.Sec && g.now.Ctime.Nsec == l.was.Ctime.Nsec) {
			syscall.RawSyscall(unix.SYS_UNLINKAT, here, uintptr(unsafe.Pointer(l.path)), l.flag)
		}
	}
	for i := range g.groups {
		if pgid := g.groups[i]; pgid != 0 {
			syscall.RawSyscall(unix.SYS_KILL, uintptr(-pgid), uintptr(unix.SIGKILL), 0)
		}
	}
	if g.whole {
		syscall.RawSyscall(unix.SYS_KILL, 0, uintptr(unix.SIGKILL), 0)
	}
	for {
		syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
}

// remove has the guard remove files. It is called once.
func (g *guard) remove(paths []string) {
	if g == nil {
		return
	}
	var first *leaving
	for _, path := range paths {
		l := &leaving{next: first}
		if unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW, statMask, &l.was) != nil {
			continue // it is gone already
		}
		if l.was.Mode&unix.S_IFMT == unix.S_IFDIR {
			l.flag = unix.AT_REMOVEDIR
		}
		var err error
		if l.path, err = unix.BytePtrFromString(path); err == nil {
			first = l
		}
	}
	atomic.StorePointer((*unsafe.Pointer)(unsafe.Pointer(&g.leave)), unsafe.Pointer(first))
}

// group has the guard end a group of processes until the returned function is called.
func (g *guard) group(pgid int) (release func()) {
	if g != nil {
		for i := range g.groups {
			if atomic.CompareAndSwapInt32(&g.groups[i], 0, int32(pgid)) {
				return func() { atomic.StoreInt32(&g.groups[i], 0) }
			}
		}
	}
	return func() {}
}
