package interp

// This file defines what only Linux does for a child process.

import (
	"os/exec"
	"runtime"
	"syscall"
)

// dieTogether makes a child process end when this one is killed, which can't end its group then. The
// system takes the death of the thread that started the child for ours, so the calling goroutine, which
// must start and wait for it, keeps its thread until the returned function is called.
func dieTogether(cmd *exec.Cmd) (release func()) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	runtime.LockOSThread()
	return runtime.UnlockOSThread
}
