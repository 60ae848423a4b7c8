package server

// This file defines what becomes of a kernel whose parent dies: it ends too. jupyter_client says in
// JPY_PARENT_PID whom to watch.

import (
	"os"
	"strconv"
)

// watchParent calls gone when the process that started this one has ended. env is the value of
// JPY_PARENT_PID; without it nobody is watched, because the kernel may have been started by hand and
// be meant to stay. stop ends the watching; it is never nil.
func watchParent(env string, gone func()) (stop func(), err error) {
	stop = func() {}
	pid, err := strconv.Atoi(env)
	if err != nil || pid <= 1 { // a launcher with process id 1 is a container's: nothing outlives it
		return stop, nil
	}
	parent := os.Getppid()
	if parent != pid && !exists(pid) {
		// It has ended before we could look; or the kernel is in a container and the number is that of
		// another world. Our own parent is there in both cases, and ends with it in most.
		pid = parent
	}
	if pid <= 1 {
		return stop, nil
	}
	return watch(pid, gone)
}
