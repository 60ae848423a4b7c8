package machine

// This file defines the operating system that a simulated machine models.

import (
	"fmt"
	"time"
)

// An OS is what an operating system costs, and how it shares the cores out. See Linux for the figures
// of one, and simulated.go for what is done with them.
type OS struct {
	Slice         time.Duration // how long a thread runs while others want its core
	WakePreempt   time.Duration // a woken thread takes the core of one that ran so much more than it
	SleeperBonus  time.Duration // how much less a thread counts as having run after a long sleep
	ContextSwitch time.Duration // from one thread to the next on a core
	IdleWake      time.Duration // from a wake-up to the first instruction, on an idle core: the least
	IdleJitter    time.Duration // how much longer on the average, exponentially distributed
	DeepIdle      time.Duration // after how long an idle core sleeps deeper; 0: never
	DeepWake      time.Duration // how much longer it takes to wake from that: the least
	DeepJitter    time.Duration // and on the average beyond that, exponentially distributed
	Draw          int           // one wake-up in so many draws the thread to its waker's core; 0: none
	TimerSlack    time.Duration // how much later than asked for a timer fires
	Atomic        time.Duration // an atomic operation on a word that others use
	Notice        time.Duration // how long a running thread takes at most to notice a request to drop the GIL
	WaitCall      time.Duration // the way into a wait: the system call until the thread sleeps
	WakeIdle      time.Duration // waking a thread whose core is idle, for the waker
	WakeBusy      time.Duration // waking one that has to queue for a core, for the waker
	WakeNobody    time.Duration // the system call that finds nobody to wake
	SpawnCall     time.Duration // starting a thread, for the starter
	// how far a thread's clock may be ahead of another's that runs at once while neither touches anything shared; 0 is
	// 20 µs
	Quantum time.Duration
}

// Linux returns the costs of Linux 5 to 6 in a virtual machine with few cores, read from its sources
// and measured there:
//
//   - a slice of 3 ms (kernel/sched/fair.c, sysctl_sched_base_slice; min_granularity before 6.6),
//   - a timer slack of 50 µs (kernel/fork.c, init_task's timer_slack_ns), which is most of the 70 µs by which
//     time.sleep oversleeps,
//   - 6.5 µs for the call that wakes a thread on an idle virtual core, as the interrupt between cores leaves the
//     virtual machine, and 17 µs from its beginning to the woken thread's first instruction; 35 to 50 µs if the core
//     has been idle for half a millisecond or more, as it was halted then (two threads, one of which wakes the other
//     after 5 µs to 2 ms; medians of 400 each),
//   - 69 to 124 µs for a thread's start and join.
func Linux() OS {
	return OS{
		Slice:         3 * time.Millisecond,
		WakePreempt:   time.Millisecond,
		SleeperBonus:  3 * time.Millisecond,
		ContextSwitch: 2 * time.Microsecond,
		IdleWake:      9 * time.Microsecond,
		IdleJitter:    3 * time.Microsecond,
		DeepIdle:      300 * time.Microsecond,
		DeepWake:      8 * time.Microsecond,
		DeepJitter:    18 * time.Microsecond,
		Draw:          16,
		TimerSlack:    50 * time.Microsecond,
		Atomic:        10 * time.Nanosecond,
		Notice:        300 * time.Nanosecond,
		WaitCall:      500 * time.Nanosecond,
		WakeIdle:      6500 * time.Nanosecond,
		WakeBusy:      time.Microsecond,
		WakeNobody:    200 * time.Nanosecond,
		SpawnCall:     30 * time.Microsecond,
		Quantum:       20 * time.Microsecond,
	}
}

// check reports what is wrong. An atomic operation takes time: a loop that waits for one would never end
// otherwise.
func (o *OS) check() error {
	for _, d := range []time.Duration{o.WakePreempt, o.SleeperBonus, o.ContextSwitch, o.IdleWake,
		o.IdleJitter, o.DeepIdle, o.DeepWake, o.DeepJitter, o.TimerSlack, o.Notice, o.WaitCall, o.WakeIdle, o.WakeBusy,
		o.WakeNobody, o.SpawnCall, o.Quantum} {
		if d < 0 {
			return fmt.Errorf("a cost of the operating system is negative: %v", d)
		}
	}
	if o.Draw < 0 {
		return fmt.Errorf("an operating system draws one wake-up in %d", o.Draw)
	}
	if o.Slice <= 0 || o.Atomic <= 0 {
		return fmt.Errorf("an operating system's slice and atomic operation take time, not %v and %v", o.Slice,
			o.Atomic)
	}
	if o.Quantum == 0 {
		o.Quantum = 20 * time.Microsecond
	}
	return nil
}
