package machine_test

// This file tests the model of the operating system's scheduler where more than its costs show.

import (
	"testing"
	"time"

	"gilkernel/runtime/machine"
)

// A thread that is drawn to the core of the one that wakes it, and takes it, doesn't keep the waking thread waiting
// while another core is idle: the balancer moves one of them after a slice.
func TestDrawnThreadsAreBalanced(t *testing.T) {
	const work = 50 * time.Millisecond
	slice := machine.Linux().Slice
	together := 0
	for seed := range uint64(40) {
		m := simulate(t, machine.Options{Cores: 2, Seed: seed})
		ok(t, m, func(main *machine.Thread) {
			e := &event{name: "e"}
			var began time.Duration
			w := main.Go("w", func(th *machine.Thread) {
				e.wait(th, -1)
				began = th.Now()
				th.Work(work)
			})
			main.Sleep(time.Millisecond)
			e.set(main)
			set := main.Now()
			main.Work(work)
			join(t, main, w)
			if began-set < 5*time.Microsecond {
				together++
			}
			if took := main.Now() - set; took > work+2*slice {
				t.Errorf("seed %d: two threads that work for %v on two cores took %v", seed, work, took)
			}
		})
	}
	if together == 0 || together > 20 {
		t.Errorf("%d of 40 threads were drawn to their wakers' core; one in 16 should be", together)
	}
}

// Threads of a core that wait for almost the same time wake together: timers may be late by the slack.
func TestTimersCoalesce(t *testing.T) {
	for _, cores := range []int{1, 8} {
		m := simulate(t,
			machine.Options{Cores: cores,
				OS: &machine.OS{Slice: time.Millisecond, Atomic: 1, Quantum: 1, TimerSlack: 50 * time.Microsecond}})
		var woke [3]time.Duration
		ok(t, m, func(main *machine.Thread) {
			var all []*machine.Thread
			for i := range woke {
				all = append(all, main.Go("t", func(th *machine.Thread) {
					th.Work(10 * time.Microsecond) // each has a core then, if there are enough
					th.Sleep(time.Millisecond + time.Duration(40*i)*time.Microsecond - th.Now())
					woke[i] = th.Now()
				}))
			}
			for _, th := range all {
				join(t, main, th)
			}
		})
		apart := woke[1] - woke[0]
		if together := apart < 5*time.Microsecond; together != (cores == 1) || woke[2]-woke[0] < 40*time.Microsecond {
			t.Errorf("%d cores: they woke at %v", cores, woke)
		}
	}
}
