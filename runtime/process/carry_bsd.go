//go:build unix && !linux

package process

// This file defines what other systems lack: Go ignores SIGPIPE, and the fork lock is held while a descriptor arrives;
// sockets travel to new processes only, because sockets need addresses in a file system.

const (
	noSignal    = 0
	closeOnExec = 0
)

func (s *System) share() {}

func (s *System) fetch(Handle) Carried { return nil }
