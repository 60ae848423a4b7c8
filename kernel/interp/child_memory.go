package interp

// This file defines how a process that ended for want of memory is known.

import (
	"bytes"
	"os"
	"strings"

	"gilkernel/kernel/link"
	"gilkernel/runtime/process"
)

// OutOfMemory implements process.Memorial.
func (c *child) OutOfMemory() string { return c.memory }

// usedUp returns which memory was used up when the process ended with a code because of that; "" if it wasn't. The
// system kills a process without a report, but counts it. At the limit that this program sets, Go's runtime ends it,
// and says so in the crash report.
func (c *child) usedUp(code int) string {
	switch kills, ok := process.OOMKills(); {
	case code == -killSignal && !c.killed.Load() && ok && kills > c.kills:
		return "memory had run out"
	case code != 2 || len(c.words) == 0 || !outOfMemory(string(c.fatal.found)+string(c.words)):
		return ""
	}
	if limit := os.Getenv(link.MemoryVariable); limit != "" && limit != "0" {
		return "it had used up the memory that a process may have: the limit is " + limit + " (" + link.MemoryVariable +
			" or %limit memory changes it)"
	}
	return "memory had run out"
}

// A fatalLine finds the line that says why Go's runtime ended a process: the runtime prints it to stderr only, the rest
// of the report to the crash output too. Only the reader of stderr uses it until the process is over.
type fatalLine struct {
	line  []byte // the beginning of the current one
	found []byte
}

// maxFatalLine is how much of a line is looked at.
const maxFatalLine = 200

func (f *fatalLine) write(b []byte) {
	for _, c := range b {
		switch {
		case c != '\n':
			if len(f.line) < maxFatalLine {
				f.line = append(f.line, c)
			}
			continue
		case bytes.HasPrefix(f.line, []byte("fatal error: ")):
			f.found = bytes.Clone(f.line)
		}
		f.line = f.line[:0]
	}
}

// killSignal is SIGKILL, which has this number on every system and on simulated machines.
const killSignal = 9

// outOfMemory reports whether a crash report of Go's runtime says that it got no memory.
func outOfMemory(report string) bool {
	for _, words := range []string{"out of memory", "cannot allocate", "cannot map pages", "failed to allocate",
		"errno=12", "pthread_create failed"} {
		if strings.Contains(report, words) {
			return true
		}
	}
	return link.OutOfSpans(report)
}

// epitaph says how a process ended that neither its own code nor another process ended; "" of others.
func (c *child) epitaph() string {
	text := ""
	switch report := string(c.words); {
	case report != "" && !strings.HasPrefix(report, exitMark):
		text = "was ended by Go's runtime"
	case c.memory != "":
		text = "was killed by the system"
	default:
		return ""
	}
	if c.memory != "" {
		text += " because " + c.memory
	}
	return text
}
