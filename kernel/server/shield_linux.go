package server

// This file defines the protection of the kernel process from its cells, which run as the same user.

import (
	"os"

	"golang.org/x/sys/unix"
)

// shield keeps other processes of the user from tracing this one, and so from stopping it: a cell that tries, with
// syscall.PtraceAttach(os.Getppid()), gets EPERM. It keeps debuggers away, too: GOTRACEBACK=crash, which asks for core
// dumps, leaves it off. Crash reports and the memory in lists of processes stay as they are. Against root, who may
// trace everything, there is no protection.
func shield() {
	if os.Getenv("GOTRACEBACK") != "crash" {
		_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) // or it stays as it is
	}
}
