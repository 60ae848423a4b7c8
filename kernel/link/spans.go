package link

// This file recognizes a lack of memory in crash reports (CrashFD) that don't mention it.

import "strings"

// OutOfSpans reports whether a crash report says that the garbage collector dereferenced nil in its queue of spans: Go
// 1.26 doesn't check whether it got the memory for that queue (runtime/mgcmark_greenteagc.go).
func OutOfSpans(report string) bool {
	head, rest, _ := strings.Cut(report, "\ngoroutine 0 ")
	_, rest, _ = strings.Cut(rest, "\n")
	return strings.Contains(head, "SIGSEGV") && strings.Contains(head, " addr=0x0\n") &&
		strings.HasPrefix(rest, "runtime.(*spanQueue).")
}
