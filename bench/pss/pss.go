// Package pss reads how much memory processes take.
package pss

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Of returns the proportional set size of a process in MB: a shared page counts once for all processes that share it.
// It returns 0 for a process that has ended, and on systems without Linux's /proc. It may be called concurrently.
func Of(pid int) float64 {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid)) // it ended meanwhile: nothing
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == "Pss:" {
			kB, _ := strconv.ParseFloat(f[1], 64) // the kernel wrote it
			return kB / 1024
		}
	}
	return 0
}
