package server

// This file defines usage_request, which ipykernel introduced and jupyter-resource-usage sends: what the kernel's
// processes use of the machine.

import (
	"os"
	"runtime"
	"sync"
	"time"
)

type usageReply struct {
	Host     string      `json:"hostname"`
	PID      int         `json:"pid"`
	CPU      *float64    `json:"kernel_cpu,omitempty"`       // percent of one core since the last request
	Memory   *int64      `json:"kernel_memory,omitempty"`    // bytes, PSS: shared pages are divided
	HostCPU  *float64    `json:"host_cpu_percent,omitempty"` // percent of all cores since the last request
	CPUCount int         `json:"cpu_count"`
	HostMem  *hostMemory `json:"host_virtual_memory,omitempty"`
}

type hostMemory struct {
	Total     int64   `json:"total"`
	Available int64   `json:"available"`
	Percent   float64 `json:"percent"`
	Used      int64   `json:"used"`
	Free      int64   `json:"free"`
}

// usage remembers the last measurement: CPU use is a difference. Its methods may be called
// concurrently.
type usage struct {
	mu      sync.Mutex // protects the fields below
	at      time.Time
	process map[int]time.Duration // CPU time by process id
	busy    time.Duration         // CPU time of the machine, all cores
}

func (s *Server) handleUsage(*request) (any, error) {
	host, _ := os.Hostname() // no name is an answer, too
	reply := usageReply{Host: host, PID: os.Getpid(), CPUCount: runtime.NumCPU()}
	s.usage.measure(&reply)
	return reply, nil
}

// interpreterCPU returns the processor time of the interpreter that runs cells.
func (s *Server) interpreterCPU() (user, system time.Duration, known bool) {
	for _, u := range s.worker.Usage() {
		if !u.Spare {
			return cpuTimes(u.PID)
		}
	}
	return 0, 0, false
}

// percents converts CPU times to percents of the time since the last measurement; the first has none to compare with
// and leaves CPU at 0 and HostCPU out, as ipykernel does.
func (u *usage) percents(process map[int]time.Duration, busy time.Duration, reply *usageReply) {
	u.mu.Lock()
	defer u.mu.Unlock()
	now := time.Now()
	cpu := 0.0
	if passed := now.Sub(u.at); !u.at.IsZero() && passed > 0 {
		for pid, t := range process {
			if before, ok := u.process[pid]; ok {
				cpu += 100 * float64(t-before) / float64(passed)
			}
		}
		host := 100 * float64(busy-u.busy) / float64(passed) / float64(runtime.NumCPU())
		reply.HostCPU = &host
	}
	reply.CPU = &cpu
	u.at, u.process, u.busy = now, process, busy
}
