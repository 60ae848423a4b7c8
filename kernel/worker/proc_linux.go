package worker

// This file reads what Linux reports about processes in /proc.

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
	"time"
)

// ticks is the unit of times in /proc/PID/stat: USER_HZ, which is 100 on all of Go's architectures.
const ticks = 100

// stat returns the fields of /proc/PID/stat after the name, which may contain anything: field 0 is the state, so the
// indices are those of proc(5) minus 3. It returns nil if there is no such process.
func stat(pid string) [][]byte {
	b, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return nil
	}
	if f := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:]); len(f) > 21 {
		return f
	}
	return nil
}

func number(b []byte) int64 {
	n, _ := strconv.ParseInt(string(b), 10, 64)
	return n
}

// killSession kills the processes that the dead leader of a session has left behind in groups of their own, such as the
// child of a Command. It reads all of /proc, which takes a few milliseconds.
func killSession(sid int) {
	dir, err := os.Open("/proc")
	if err != nil {
		return
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil || pid == sid {
			continue
		}
		if f := stat(name); f != nil && number(f[3]) == int64(sid) {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// usage returns the processor time and the resident memory in bytes of a process, zero if there is no such process.
func usage(pid int) (cpu time.Duration, rss int64) {
	f := stat(strconv.Itoa(pid))
	if f == nil {
		return 0, 0
	}
	return time.Duration(number(f[11])+number(f[12])) * time.Second / ticks, number(f[21]) * int64(os.Getpagesize())
}
