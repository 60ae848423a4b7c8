//go:build !linux

package interp

// This file replaces system calls that only Linux has.

import (
	"os/exec"
	"time"
)

func dieTogether(*exec.Cmd) (release func()) { return func() {} }

// commonTime returns the time of day, the only clock in package time that processes share.
func commonTime() int64 { return time.Now().UnixNano() }

// untilEnded returns false: here it can't wait without reaping the process.
func untilEnded(*exec.Cmd) bool { return false }

func nameProcess() {}

func childStack(uint64) {}

// coresIdle returns false: the idle time isn't known here.
func coresIdle() (d time.Duration, ok bool) { return 0, false }
