//go:build unix

package worker

// This file defines groups and sessions of processes on Unix.

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// ownGroup makes cmd the leader of a session of its own: a Ctrl-C in the terminal isn't meant for it, and its group can
// be killed as a whole. (Pdeathsig, which would kill it when this process ends, would leave the rest of its group
// alive. The interpreter watches link.LifeFD and ends its whole group.)
func ownGroup(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return nil
}

// killGroup kills the process and all of its group. The process must not have been waited for.
func killGroup(pid int) { syscall.Kill(-pid, syscall.SIGKILL) }

// continueProcess ends the stop that SIGSTOP began. The process must not have been waited for.
func continueProcess(pid int) { syscall.Kill(pid, syscall.SIGCONT) }

// errNothing is the error of readNow when the pipe is empty.
const errNothing = syscall.EAGAIN

// readNow reads the bytes that wait in a pipe without blocking.
func readNow(fd uintptr, b []byte) (n int, err error) {
	for {
		if n, err = syscall.Read(int(fd), b); err != syscall.EINTR {
			return n, err
		}
	}
}

// writeNow writes as many bytes as a pipe has room for and returns their number, -1 for an error, which the next write
// will return, too.
func writeNow(fd uintptr, b []byte) int {
	for {
		if n, err := syscall.Write(int(fd), b); err != syscall.EINTR {
			return n
		}
	}
}

// waiting returns how many bytes wait in a pipe.
func waiting(fd uintptr) int {
	n, err := unix.IoctlGetInt(int(fd), bytesWaiting)
	if err != nil {
		return 0
	}
	return n
}

// exitState returns how a process ended: its code, or -1 and the signal, and its peak memory in bytes.
func exitState(s *os.ProcessState) (code int, signal string, rss int64) {
	if s == nil {
		return -1, "", 0
	}
	if ws, ok := s.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		if signal = unix.SignalName(ws.Signal()); signal == "" {
			signal = ws.Signal().String()
		}
	}
	if ru, ok := s.SysUsage().(*syscall.Rusage); ok {
		rss = int64(ru.Maxrss)
		if runtime.GOOS != "darwin" && runtime.GOOS != "ios" {
			rss <<= 10 // kilobytes everywhere else
		}
	}
	return s.ExitCode(), signal, rss
}
