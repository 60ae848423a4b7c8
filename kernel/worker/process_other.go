//go:build !unix

package worker

// This file replaces process groups on systems that have none: a process is killed alone.
// Interpreters need descriptors beyond 2, which only Unix passes on, so starting one fails there.

import (
	"errors"
	"os"
	"os/exec"
)

func ownGroup(*exec.Cmd) error { return errors.New("interpreter processes need Unix") }

var errNothing = errors.New("nothing waits")

func readNow(uintptr, []byte) (n int, err error) { return 0, errors.ErrUnsupported }

func writeNow(uintptr, []byte) int { return 0 }

func waiting(uintptr) int { return 0 }

func newLedgerFile() (*os.File, error) { return nil, errors.ErrUnsupported }

func killGroup(pid int) {
	if p, err := os.FindProcess(pid); err == nil {
		p.Kill()
		p.Release()
	}
}

func continueProcess(int) {}

func exitState(s *os.ProcessState) (code int, signal string, rss int64) {
	if s == nil {
		return -1, "", 0
	}
	return s.ExitCode(), "", 0
}
