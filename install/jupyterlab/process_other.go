//go:build unix && !linux

package jupyterlab

// This file defines the table of processes as ps prints it.

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// childAttributes puts the server into a process group of its own, so that a Ctrl-C in the terminal reaches only us.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

func descendants(root int) []process {
	children := map[int][]process{}
	for _, row := range table() {
		children[row.parent] = append(children[row.parent], row.process)
	}
	return family(root, children)
}

func living(ps []process) []process {
	now := map[process]bool{}
	for _, row := range table() {
		now[row.process] = !strings.HasPrefix(row.state, "Z")
	}
	var alive []process
	for _, p := range ps {
		if now[p] {
			alive = append(alive, p)
		}
	}
	return alive
}

type row struct {
	process
	parent int
	state  string
}

func table() []row {
	out, err := exec.Command("ps", "-axo", "pid=,ppid=,state=,lstart=").Output()
	if err != nil {
		return nil
	}
	var rows []row
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) < 4 {
			continue
		}
		pid, err1 := strconv.Atoi(f[0])
		parent, err2 := strconv.Atoi(f[1])
		if err1 == nil && err2 == nil {
			rows = append(rows, row{process{pid, strings.Join(f[3:], " ")}, parent, f[2]})
		}
	}
	return rows
}
