//go:build linux

package interp

// This file tests leaders from within: no test can have the system use a number again.

import (
	"os/exec"
	"syscall"
	"testing"
)

// What has ended gets no signal, whatever has its number then.
func TestLeaderThatHasEnded(t *testing.T) {
	begin := func() *exec.Cmd {
		cmd := exec.Command("sleep", "1000")
		ownGroup(cmd)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	l := &leader{cmd: begin()}
	l.kill()
	if err := l.wait(); err == nil {
		t.Error("a killed process has ended well")
	}
	l.cmd = begin() // as if its number were used again
	l.kill()
	if err := l.cmd.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the next process with the number: %v", err)
	}
	_ = l.cmd.Process.Signal(syscall.SIGTERM)
	_ = l.cmd.Wait()
	if s := l.cmd.ProcessState.Sys().(syscall.WaitStatus); s.Signal() != syscall.SIGTERM {
		t.Errorf("the next process with the number was ended by %v", s.Signal())
	}
}
