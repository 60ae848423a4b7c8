//go:build unix

package interp

// This file defines the memory limit: the system refuses what is beyond it, and Go then ends the
// process with a report, before the machine is out of memory and ends something else.

import (
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// limitMemory limits the process to text bytes of data; "" and "0" set no limit. Only Linux counts
// what Go maps; elsewhere there is no limit.
func limitMemory(text string) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n == 0 || runtime.GOOS != "linux" {
		return
	}
	var old unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_DATA, &old) != nil {
		return
	}
	_ = unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: min(n, old.Max), Max: old.Max}) // without a limit then
}
