package server

// This file ends a kernel whose parent dies. jupyter_client passes the process to watch in JPY_PARENT_PID.

import (
	"os"
	"strconv"
)

// watchParent calls gone when the process that started this one has ended. env is the value of JPY_PARENT_PID; without
// it no process is watched, because the kernel may have been started by hand and be meant to stay. stop ends the
// watching; it is never nil.
func watchParent(env string, gone func()) (stop func(), err error) {
	stop = func() {}
	pid, err := strconv.Atoi(env)
	if err != nil || pid <= 1 { // a launcher with process id 1 is a container's: nothing outlives it
		return stop, nil
	}
	parent := os.Getppid()
	if parent != pid && !exists(pid) {
		// It has ended before we could look; or the kernel is in a container and the number belongs to another
		// namespace. Our own parent exists in both cases, and mostly ends with it.
		pid = parent
	}
	if pid <= 1 {
		return stop, nil
	}
	return watch(pid, gone)
}
