//go:build unix

package process

// This file defines how Unix reports the end of a process.

import (
	"os"
	"syscall"
)

// ExitCode returns how a process ended, as Python does: its exit code, or a signal's number times -1.
func ExitCode(s *os.ProcessState) int {
	if s == nil {
		return 1
	}
	if ws, ok := s.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return -int(ws.Signal())
	}
	return s.ExitCode()
}
