package machine_test

// This file tests how much of a core's time threads are said to have used.

import (
	"testing"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// A thread that works uses a core, a thread that sleeps or waits doesn't. The timeline has the times of threads that
// have ended and of those that haven't.
func TestCPUTime(t *testing.T) {
	const work = 20 * time.Millisecond
	for _, simulated := range []bool{true, false} {
		rec := timeline.NewRecorder(0, timeline.Info{})
		make := realMachine
		if simulated {
			make = simulate
		}
		m := make(t, machine.Options{Recorder: rec})
		var worker, sleeper *machine.Thread
		ok(t, m, func(main *machine.Thread) {
			worker = main.Go("worker", func(th *machine.Thread) { th.Work(work); th.Sleep(work); th.Work(work) })
			sleeper = main.Go("sleeper", func(th *machine.Thread) { th.Sleep(3 * work) })
			join(t, main, worker)
			if used := sleeper.CPUTime(); used > work {
				t.Errorf("simulated=%v: a sleeper that still sleeps has used %v", simulated, used)
			}
			join(t, main, sleeper)
		})
		m.RecordCPUTimes()
		stats := rec.Snapshot().Stats()
		for _, row := range []struct {
			th        *machine.Thread
			low, high time.Duration
		}{{worker, 2 * work, 3 * work}, {sleeper, 1, work}} {
			used := row.th.CPUTime()
			if used < row.low || used > row.high {
				t.Errorf("simulated=%v: %s has used %v, not %v to %v", simulated, row.th.Name(), used, row.low,
					row.high)
			}
			if got := stats.Threads[row.th.Lane()-1].CPU; got != int64(used) {
				t.Errorf("simulated=%v: the timeline says %v of %s, the thread %v", simulated, time.Duration(got),
					row.th.Name(), used)
			}
		}
	}
}
