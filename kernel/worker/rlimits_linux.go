package worker

// This file reads what Linux reports about limits and about processes that are about to end.

import (
	"bytes"
	"math"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// awaitExit waits until a process has exited, for at most patience, and reports whether it has. It doesn't reap the
// process.
func awaitExit(pid int, patience time.Duration) bool {
	for late := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		var info unix.Siginfo
		err := unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
		if err != nil && err != unix.EINTR || info.Signo != 0 {
			return true
		}
		if time.Now().After(late) {
			return false
		}
	}
}

// limitsOf returns the limits of a process that hasn't been reaped.
func limitsOf(pid int) (r rlimits) {
	hard := func(which int) uint64 {
		var l unix.Rlimit
		if unix.Prlimit(pid, which, nil, &l) != nil {
			return math.MaxUint64
		}
		if which == unix.RLIMIT_CPU {
			return l.Max // Go ignores the soft limit's signal
		}
		return l.Cur
	}
	if n := hard(unix.RLIMIT_CPU); n < math.MaxInt64/uint64(time.Second) {
		r.cpu = time.Duration(n) * time.Second
	}
	if n := hard(unix.RLIMIT_AS); n < math.MaxInt64 {
		r.space = int64(n)
	}
	if n := hard(unix.RLIMIT_DATA); n < math.MaxInt64 {
		r.data = int64(n)
	}
	return r
}

// outOfMemoryKills returns how many processes the system has killed because memory ran out since it started; 0 if it
// doesn't report that.
func outOfMemoryKills() int64 {
	b, err := os.ReadFile("/proc/vmstat")
	if err != nil {
		return 0
	}
	_, rest, ok := bytes.Cut(b, []byte("\noom_kill "))
	if !ok {
		return 0
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	return number(line)
}
