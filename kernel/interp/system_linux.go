package interp

// This file defines the system calls of Linux alone.

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

// dieTogether makes a child process end when this process is killed and so can't end its group. The system sends the
// signal when the thread that started the child ends, so the calling goroutine, which must start the child and wait for
// it, keeps its thread until the returned function is called.
func dieTogether(cmd *exec.Cmd) (release func()) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	runtime.LockOSThread()
	return runtime.UnlockOSThread
}

// commonTime returns the time on a clock that all processes of this computer share, in nanoseconds since an unspecified
// time.
func commonTime() int64 {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts) != nil {
		return time.Now().UnixNano()
	}
	return ts.Nano()
}

// coresIdle returns the total idle time of all cores of this computer since it started; ok is false if that isn't
// known.
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

// untilEnded waits until a process has ended and leaves it a zombie, so that its number isn't reused. It reports
// whether the process has ended; false means that it couldn't wait.
func untilEnded(cmd *exec.Cmd) bool {
	for {
		err := unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return err == nil
		}
	}
}

// nameProcess sets the name that lists of processes show, which would be "exe", because the kernel process starts this
// one from /proc/self/exe.
func nameProcess() { _ = os.WriteFile("/proc/self/comm", []byte("gilkernel"), 0) } // on failure it stays "exe"

// childStack sets the soft limit of the stack for the processes that cells start. The limit of this process doesn't
// matter any more: the C library has read it at the start.
func childStack(bytes uint64) {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_STACK, &l) == nil {
		l.Cur = min(bytes, l.Max)
		_ = unix.Setrlimit(unix.RLIMIT_STACK, &l) // on failure the limit stays small, which is enough for most
	}
}
