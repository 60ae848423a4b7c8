package interp

// This file defines what only Linux does for a child process.

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
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

// commonTime returns the time on the clock that all processes of this computer have in common, in nanoseconds since an
// unknown moment.
func commonTime() int64 {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts) != nil {
		return time.Now().UnixNano()
	}
	return ts.Nano()
}

// coresIdle returns how long the cores of this computer have had nothing to do, all together, since it began; ok is
// false if that isn't known.
func coresIdle() (d time.Duration, ok bool) {
	b, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, false
	}
	line, _, _ := strings.Cut(string(b), "\n")
	fields := strings.Fields(line) // cpu user nice system idle …, in hundredths of a second: proc_stat(5)
	if len(fields) < 5 || fields[0] != "cpu" {
		return 0, false
	}
	n, err := strconv.ParseInt(fields[4], 10, 64)
	return time.Duration(n) * 10 * time.Millisecond, err == nil
}

// untilEnded waits until a process has ended, and leaves it a zombie, so that no other process gets its number. It
// reports false if it can't.
func untilEnded(cmd *exec.Cmd) bool {
	for {
		err := unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return err == nil
		}
	}
}

// nameProcess gives the process the name that lists of processes show: the kernel process starts it from
// /proc/self/exe, and "exe" would be its name.
func nameProcess() { _ = os.WriteFile("/proc/self/comm", []byte("gilkernel"), 0) } // or it is called exe

// childStack sets the soft limit of the stack for the processes that cells start. The C library has read its
// own when this process began.
func childStack(bytes uint64) {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_STACK, &l) == nil {
		l.Cur = min(bytes, l.Max)
		_ = unix.Setrlimit(unix.RLIMIT_STACK, &l) // what is left is small, and enough for most
	}
}
