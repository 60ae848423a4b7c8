package machine

// This file defines how much of a core's time threads have used.

import (
	"sync/atomic"
	"time"
)

// usage is a thread's CPU time. The thread writes it; any goroutine may read it.
type usage struct {
	used    atomic.Int64 // in former runs; on a simulated machine in all
	begun   atomic.Int64 // the clock of the operating system's thread at the beginning of this run
	running atomic.Bool  // on a real machine
}

// CPUTime returns how long the thread has used a core: CLOCK_THREAD_CPUTIME_ID (time.thread_time), on a simulated
// machine as of the last time that it lost its core. Waits for a core or for the GIL don't count. Where the operating
// system doesn't provide the clock, the time of a real thread's current run is missing. May be called by any goroutine.
func (t *Thread) CPUTime() time.Duration {
	used := t.usage.used.Load()
	if t.usage.running.Load() {
		if now, ok := threadTimeOf(t.real.tid.Load()); ok {
			used += max(now-t.usage.begun.Load(), 0)
		}
	}
	return time.Duration(used)
}

// begin and end enclose a run on a real machine, on the thread itself.
func (u *usage) begin() {
	u.begun.Store(threadTime())
	u.running.Store(true)
}

func (u *usage) end() {
	if u.running.CompareAndSwap(true, false) {
		u.used.Add(max(threadTime()-u.begun.Load(), 0))
	}
}

// RecordCPUTimes records how long each running thread has used a core. For threads that have ended this is recorded
// already. May be called by any goroutine.
func (m *Machine) RecordCPUTimes() {
	for _, t := range m.Threads() {
		m.rec.SetThread(t.lane, t.laneOf(t.Name()))
	}
}
