//go:build !linux

package interp

// This file defines that only Linux can end a child process with this one.

import (
	"os/exec"
	"time"
)

func dieTogether(*exec.Cmd) (release func()) { return func() {} }

// commonTime is the time of day: of the clocks that Go knows, the one that processes have in common.
func commonTime() int64 { return time.Now().UnixNano() }

// untilEnded can't wait here without taking the process's number from it.
func untilEnded(*exec.Cmd) bool { return false }

func nameProcess() {}

func childStack(uint64) {}

// coresIdle knows nothing here.
func coresIdle() (d time.Duration, ok bool) { return 0, false }
