//go:build unix

package process

// This file defines how descriptors are sent from one process to another: beside a byte on a pair of sockets.

import (
	"errors"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"gilkernel/runtime/machine"
)

// A Descriptor is an open file of this process, by its number. It implements Carried.
type Descriptor int

// FD implements Carried.
func (d Descriptor) FD() int { return int(d) }

// Close implements Carried.
func (d Descriptor) Close(*machine.Thread) error { return unix.Close(int(d)) }

// NewLine returns the two ends of what descriptors travel on: ours, for the parent, and theirs, which the new process
// inherits.
func NewLine() (ours, theirs *os.File, err error) {
	syscall.ForkLock.RLock()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(fds[0])
		unix.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, err
	}
	_ = unix.SetNonblock(fds[0], true) // os.File waits for it without a thread then
	return os.NewFile(uintptr(fds[0]), "line to a process"), os.NewFile(uintptr(fds[1]), "line of a process"), nil
}

// sendFD sends a descriptor. It waits while the line is full.
func sendFD(line *os.File, fd int) error {
	c, err := line.SyscallConn()
	if err != nil {
		return err
	}
	rights := unix.UnixRights(fd)
	werr := c.Write(func(to uintptr) bool {
		for {
			err = unix.Sendmsg(int(to), []byte{0}, rights, nil, noSignal)
			if err != unix.EINTR {
				return err != unix.EAGAIN
			}
		}
	})
	if werr != nil {
		return werr
	}
	return err
}

// receiveFD receives one. The error is io.EOF if the sender has ended.
func receiveFD(line *os.File) (int, error) {
	c, err := line.SyscallConn()
	if err != nil {
		return -1, err
	}
	fd := -1
	rerr := c.Read(func(from uintptr) bool {
		for {
			fd, err = receiveRights(int(from))
			if err != unix.EINTR {
				return err != unix.EAGAIN
			}
		}
	})
	if rerr != nil {
		return -1, rerr
	}
	return fd, err
}

func receiveRights(from int) (int, error) {
	var b [1]byte
	oob := make([]byte, unix.CmsgSpace(4))
	syscall.ForkLock.RLock()
	n, k, _, _, err := unix.Recvmsg(from, b[:], oob, closeOnExec)
	fd := -1
	if err == nil && n > 0 {
		fd, err = rightsOf(oob[:k])
	}
	syscall.ForkLock.RUnlock()
	if err == nil && n == 0 {
		err = io.EOF
	}
	return fd, err
}

func rightsOf(oob []byte) (int, error) {
	list, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return -1, err
	}
	for _, m := range list {
		fds, err := unix.ParseUnixRights(&m)
		if err == nil && len(fds) == 1 {
			unix.CloseOnExec(fds[0])
			return fds[0], nil
		}
	}
	return -1, errors.New("receiving a socket: too many files are open in this process")
}
