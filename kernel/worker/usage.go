package worker

// This file measures interpreters for usage_request.

import "time"

// Usage is the resource usage of one interpreter process. CPU and RSS are zero where the system has no /proc.
type Usage struct {
	PID   int
	CPU   time.Duration // processor time of all threads since its start
	RSS   int64         // resident memory now, in bytes
	Spare bool
}

// Usage returns the usage of the interpreter processes that are alive.
func (s *Supervisor) Usage() []Usage {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Usage
	for _, p := range []*process{s.current, s.spare} {
		if p != nil {
			u := Usage{PID: p.pid, Spare: p == s.spare}
			u.CPU, u.RSS = usage(p.pid)
			all = append(all, u)
		}
	}
	return all
}
