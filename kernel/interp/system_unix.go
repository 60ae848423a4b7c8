//go:build unix

package interp

// This file defines the system calls that all Unix systems have.

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// ownGroup gives a child process a group of its own, so that it can be killed with everything that it has started.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // it may have ended

// interruptGroup interrupts a group of processes as Ctrl-C does in a terminal.
func interruptGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) } // it may have ended

// watchman waits for the end of its input, then ends the group of processes $1 and removes the directory $2.
const watchman = `read _; kill -s KILL -- "-$1"; rm -rf -- "$2"`

// watchOver starts a watchman: a process that ends the group of cmd and removes dir if this process is killed. The
// watchman has a session of its own, so that the same signal doesn't kill it, too. The returned function ends the
// watchman; call it when the group has ended. Without a shell there is no watchman, and an interpreter process that is
// killed leaves its Python and dir behind.
func watchOver(cmd *exec.Cmd, dir string) (release func()) {
	theirs, ours, err := os.Pipe()
	if err != nil {
		return func() {}
	}
	defer theirs.Close()
	w := exec.Command("/bin/sh", "-c", watchman, "gilkernel-watchman", strconv.Itoa(cmd.Process.Pid), dir)
	w.Stdin = theirs
	w.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := w.Start(); err != nil {
		ours.Close()
		return func() {}
	}
	return func() {
		_ = w.Process.Kill() // before its input ends: the number of the group may be reused by then
		_ = w.Wait()         // it was killed
		ours.Close()
	}
}

// endGroup kills the group of this process, if it leads one: everything that it has started without a group of its own.
func endGroup() {
	if syscall.Getpgrp() == syscall.Getpid() {
		_ = syscall.Kill(0, syscall.SIGKILL) // ends this process too
	}
}

// inheritNothing keeps processes that cells start from inheriting the kernel's descriptors.
func inheritNothing(fds ...int) {
	for _, fd := range fds {
		syscall.CloseOnExec(fd)
	}
}

// processTime returns the processor time that the process has used.
func processTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// signalProcess sends a signal to a child; if the child has ended, it returns nil.
func signalProcess(cmd *exec.Cmd, sig int) error {
	err := cmd.Process.Signal(syscall.Signal(sig))
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}
