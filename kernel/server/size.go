package server

// This file defines how much code a request may hold, and how more is refused.

import (
	"fmt"
	"runtime/debug"

	"gilkernel/kernel/ink"
	"gilkernel/kernel/link"
)

const (
	// maxCode is the size in bytes of the largest cell. It is compiled in about a second; a cell of 100 MB would take
	// 20 s and 2 GB, in the kernel process, which no interrupt can end.
	maxCode = 8 << 20
	// maxEcho is how much of a larger cell the front ends are shown.
	maxEcho = 4 << 10
	// bigMessage is the size in bytes from which a request is worth returning its memory to the system.
	bigMessage = 4 << 20
)

// tooLong returns the error of a cell that is larger than maxCode, nil for any other.
func tooLong(code string) *link.Error {
	if len(code) <= maxCode {
		return nil
	}
	e := &link.Error{Name: "ValueError", Value: fmt.Sprintf("this cell has %s, and at most %s can be compiled: put "+
		"data into a file and read it with os.ReadFile",
		link.FormatSize(int64(len(code))), link.FormatSize(maxCode))}
	e.Traceback = []string{ink.Kind(e.Name) + ": " + e.Value}
	return e
}

// echo returns what execute_input says of code.
func echo(code string) string {
	if len(code) <= maxCode {
		return code
	}
	return code[:byteOffset(code[:maxEcho], maxEcho-4)] + " …"
}

// short returns code, or "" if it is too long to be analysed while the user types.
func short(code string) string {
	if len(code) > maxCode {
		return ""
	}
	return code
}

// giveBack returns memory to the system after a request of so many bytes that is done. A kernel that
// idles then would otherwise keep it for minutes: nothing makes it collect.
func giveBack(size int) {
	if size >= bigMessage {
		debug.FreeOSMemory()
	}
}
