package jupyterlab

// This file defines the table of processes as Linux's /proc shows it.

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// childAttributes puts the server into a process group of its own, so that a Ctrl-C in the terminal reaches only us;
// and has it end with us, however we end.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

func descendants(root int) []process {
	children := map[int][]process{}
	files, _ := filepath.Glob("/proc/[0-9]*")
	for _, file := range files {
		pid, err := strconv.Atoi(filepath.Base(file))
		if err != nil {
			continue
		}
		if parent, start, _, ok := stat(pid); ok {
			children[parent] = append(children[parent], process{pid: pid, start: start})
		}
	}
	return family(root, children)
}

func living(ps []process) []process {
	var alive []process
	for _, p := range ps {
		// A zombie is dead: the process that inherited it may take long to notice.
		if _, start, state, ok := stat(p.pid); ok && start == p.start && state != "Z" && state != "X" {
			alive = append(alive, p)
		}
	}
	return alive
}

// stat reads /proc/<pid>/stat, see proc_pid_stat(5). The command's name, the second field, may hold anything: the
// fields are counted from the last parenthesis.
func stat(pid int) (parent int, start, state string, ok bool) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, "", "", false
	}
	_, rest, _ := strings.Cut(string(b[strings.LastIndexByte(string(b), ')')+1:]), " ")
	fields := strings.Fields(rest)
	if len(fields) < 20 {
		return 0, "", "", false
	}
	parent, err = strconv.Atoi(fields[1])
	return parent, fields[19], fields[0], err == nil
}
