package worker

// This file determines which limit of the system has ended a process.

import (
	"fmt"
	"strings"
	"time"

	"gilkernel/kernel/link"
)

// rlimits are the limits that a process had at its end; zero is none, or not known.
type rlimits struct {
	cpu   time.Duration // processor time, after which it is killed (RLIMIT_CPU)
	space int64         // address space in bytes (RLIMIT_AS)
	data  int64         // data in bytes (RLIMIT_DATA), which is how an interpreter keeps the memory limit
}

// outOfTime reports whether the processor time was up. The system looks at each tick of its clock, and rounds.
func (x *exit) outOfTime() bool {
	return x.limits.cpu > 0 && (x.signal == "SIGKILL" || x.signal == "SIGXCPU") && x.cpu >= x.limits.cpu-time.Second/2
}

// reserve is what Go takes of the address space without using it, in bytes, and more.
const reserve = 1 << 30

// memoryLimits returns the limits that a process without memory can have met, as the end of a sentence, "" if there
// is none. limit is the kernel's own limit in words, "" for none.
func (x *exit) memoryLimits(limit string) string {
	data, space := x.limits.data, x.limits.space
	var all []string
	switch {
	case data > 0 && (limit == "" || link.FormatSize(data) != limit):
		all = append(all, link.FormatSize(data)+" of data (ulimit -d changes it)")
	case limit != "":
		all = append(all, limit+" (GILKERNEL_MEMORY_LIMIT or %limit memory changes it)")
	}
	if space > 0 && (data == 0 || space < data+reserve) {
		of := fmt.Sprintf("%s of address space (ulimit -v changes it)", link.FormatSize(space))
		if data == 0 || space < data {
			all = nil // it is met first
		}
		all = append(all, of)
	}
	return strings.Join(all, ", and ")
}
