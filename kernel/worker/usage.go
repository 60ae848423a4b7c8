package worker

// This file defines what a usage_request asks of interpreters.

import "time"

// Usage is what one interpreter process has used. CPU and RSS are zero where the system has no /proc.
type Usage struct {
	PID   int
	CPU   time.Duration // processor time, of all threads, since its start
	RSS   int64         // resident memory now, in bytes
	Spare bool
}

// Usage returns the usage of the interpreter processes that are alive.
func (e *Supervisor) Usage() []Usage {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []Usage
	for _, p := range []*process{e.current, e.spare} {
		if p != nil {
			u := Usage{PID: p.pid, Spare: p == e.spare}
			u.CPU, u.RSS = usage(p.pid)
			all = append(all, u)
		}
	}
	return all
}

// PIDs returns the process ids of the interpreters that are alive.
func (e *Supervisor) PIDs() []int {
	var pids []int
	for _, u := range e.Usage() {
		pids = append(pids, u.PID)
	}
	return pids
}
