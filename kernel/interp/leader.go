package interp

// This file defines how a group of processes is killed, but never another group that has got its number since.

import (
	"os/exec"
	"sync"
)

// A leader is a process of ours that leads a group. Its number belongs to it until it is waited for, so nothing is sent
// to the group from then on. Its methods may be called concurrently, but wait only once.
type leader struct {
	cmd *exec.Cmd

	mu   sync.Mutex // protects the field below, and what is sent while it is false
	gone bool       // it has ended, and is being waited for
}

// wait waits until the process has ended, as exec.Cmd's Wait does.
func (l *leader) wait() error {
	if untilEnded(l.cmd) {
		l.end()
		return l.cmd.Wait()
	}
	defer l.end()
	return l.cmd.Wait()
}

func (l *leader) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gone = true
}

// kill ends the group, if its leader hasn't ended.
func (l *leader) kill() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.gone {
		killGroup(l.cmd)
	}
}
