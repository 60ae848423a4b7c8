package worker

// This file determines which resource limit has ended a process.

import (
	"fmt"
	"strings"
	"time"

	"gilkernel/kernel/link"
)

// rlimits holds the resource limits that a process had at its end; zero is none, or not known.
type rlimits struct {
	cpu   time.Duration // processor time, after which it is killed (RLIMIT_CPU)
	space int64         // address space in bytes (RLIMIT_AS)
	data  int64         // data in bytes (RLIMIT_DATA), which is how an interpreter keeps the memory limit
}

// outOfTime reports whether the process has used up its processor time. The system checks that at each tick of its
// clock, and rounds, hence the half second.
func (x *exit) outOfTime() bool {
	return x.limits.cpu > 0 && (x.signal == "SIGKILL" || x.signal == "SIGXCPU") && x.cpu >= x.limits.cpu-time.Second/2
}

// reserve is at least the address space in bytes that Go reserves without using it.
const reserve = 1 << 30

// memoryLimits returns the limits that a process that ran out of memory may have reached, as the end of a sentence; ""
// if it had none. limit is the kernel's own limit as text, "" for none.
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
			all = nil // this limit is reached first
		}
		all = append(all, of)
	}
	return strings.Join(all, ", and ")
}
