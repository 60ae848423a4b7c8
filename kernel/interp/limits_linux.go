package interp

// This file defines the memory limit on Linux: the system refuses what is beyond it, and Go then ends
// the process with a report, before the machine is out of memory and ends something else.

import (
	"fmt"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// limitMemory limits the process, and each of its children, to bytes of data; 0 sets no limit.
func limitMemory(bytes int64) error {
	if bytes == 0 {
		return nil
	}
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_DATA, &l); err != nil {
		return fmt.Errorf("asking for the limit: %w", err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: min(uint64(bytes), l.Max), Max: l.Max}); err != nil {
		return fmt.Errorf("setting the limit: %w", err)
	}
	debug.SetMemoryLimit(bytes / 10 * 8) // the collector tries harder before that
	return nil
}
