//go:build unix

package jupyterlab

// This file defines how processes are asked, ended, and told alive on Unix systems.

import (
	"os"
	"slices"
	"syscall"
)

// ask asks the server to end. SIGTERM and not SIGINT, which Jupyter answers with a question.
func (s *Server) ask() {
	s.cmd.Process.Signal(syscall.SIGTERM)
}

func killGroup(p *os.Process) {
	syscall.Kill(-p.Pid, syscall.SIGKILL)
	p.Kill()
}

func kill(p process) {
	syscall.Kill(p.pid, syscall.SIGKILL)
}

// family picks the descendants of root from a table of all processes: parent number to children.
func family(root int, children map[int][]process) []process {
	var all []process
	next := []int{root}
	for len(next) > 0 {
		pid := next[0]
		next = next[1:]
		for _, c := range children[pid] {
			if !slices.Contains(all, c) {
				all = append(all, c)
				next = append(next, c.pid)
			}
		}
	}
	return all
}
