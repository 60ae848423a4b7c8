//go:build unix

package interp

// This file defines what the process asks of a Unix system.

import (
	"os/exec"
	"syscall"
	"time"
)

// ownGroup gives a child process a group of its own, so that its end is the end of all it started.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // it may have ended

// endGroup ends whatever this process started and didn't give a group of its own.
func endGroup() {
	if syscall.Getpgrp() == syscall.Getpid() {
		_ = syscall.Kill(0, syscall.SIGKILL) // ends this process too
	}
}

// inheritNothing keeps the kernel's descriptors from the processes that cells start.
func inheritNothing(fds ...int) {
	for _, fd := range fds {
		syscall.CloseOnExec(fd)
	}
}

// processTime returns how much of the processor the process has used.
func processTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
