package link

// This file defines what the crash reports of an interpreter process, CrashFD, don't say of themselves.

import "strings"

// OutOfSpans reports whether the collector itself used an address that is nil: Go 1.26 doesn't check whether it got the
// memory for its queue of spans (runtime/mgcmark_greenteagc.go), which it needs most when there is none left.
func OutOfSpans(report string) bool {
	head, rest, _ := strings.Cut(report, "\ngoroutine 0 ")
	_, rest, _ = strings.Cut(rest, "\n")
	return strings.Contains(head, "SIGSEGV") && strings.Contains(head, " addr=0x0\n") &&
		strings.HasPrefix(rest, "runtime.(*spanQueue).")
}
