package gil

// This file tests condition variables: no signal is lost, and who of several gets one is as in glibc.

import (
	"fmt"
	"testing"
	"time"

	"gilkernel/runtime/machine"
)

// monitor is a number behind a condition variable.
type monitor struct {
	mu mutex
	c  cond
	n  int
}

// onMachines runs a function as the first thread of a machine of each kind.
func onMachines(t *testing.T, f func(main *machine.Thread)) {
	for name, make := range map[string]func(*machine.Options) (*machine.Machine, error){"real": machine.Real,
		"simulated": machine.Simulate} {
		t.Run(name, func(t *testing.T) {
			m, err := make(&machine.Options{Cores: 2})
			if err != nil {
				t.Fatal(err)
			}
			defer time.AfterFunc(10*time.Minute, func() { panic(t.Name() + " hangs") }).Stop()
			if err := m.NewThread(nil, "main").Run(f); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// Each signal wakes a waiter, though half of the waiters time out and return: else one that waits forever hangs.
func TestConditionLosesNoSignal(t *testing.T) {
	onMachines(t, func(main *machine.Thread) {
		const each, workers = 1500, 6
		var v monitor
		var all []*machine.Thread
		for i := range workers {
			all = append(all, main.Go("taker", func(th *machine.Thread) {
				for k := range each {
					v.mu.lock(th)
					for v.n == 0 {
						d := time.Duration(-1)
						if i%2 == 0 {
							d = time.Duration(k%7) * time.Microsecond
						}
						v.c.wait(th, &v.mu, d)
					}
					v.n--
					v.mu.unlock(th)
				}
			}))
		}
		for range each * workers {
			v.mu.lock(main)
			v.n++
			v.c.signal(main)
			v.mu.unlock(main)
		}
		for _, th := range all {
			th.Join(main, -1)
		}
	})
}

// Waiters are woken in the order in which they entered. Who times out and waits again is behind all others; whoever
// enters after the first signal for a group is behind that group.
func TestConditionOrder(t *testing.T) {
	const ms = time.Millisecond
	for _, row := range []struct {
		want    string
		waiters map[string][]time.Duration // when it enters; its time-out, after which it waits without one
		signals []time.Duration
	}{
		{"abc", map[string][]time.Duration{"a": {1 * ms}, "b": {2 * ms}, "c": {3 * ms}},
			[]time.Duration{10 * ms, 11 * ms, 12 * ms}},
		{"bca", map[string][]time.Duration{"a": {1 * ms, 5 * ms}, "b": {2 * ms}, "c": {3 * ms}},
			[]time.Duration{10 * ms, 11 * ms, 12 * ms}},
		{"abcd", map[string][]time.Duration{"a": {1 * ms}, "b": {2 * ms}, "c": {3 * ms}, "d": {11 * ms}},
			[]time.Duration{10 * ms, 12 * ms, 13 * ms, 14 * ms}},
		{"acdb", map[string][]time.Duration{"a": {1 * ms}, "b": {2 * ms, 10 * ms}, "c": {3 * ms}, "d": {11 * ms}},
			[]time.Duration{10 * ms, 13 * ms, 14 * ms, 15 * ms}},
		{"ab", map[string][]time.Duration{"a": {1 * ms, 3 * ms}, "b": {20 * ms}}, []time.Duration{10 * ms, 30 * ms}},
		{"", map[string][]time.Duration{}, []time.Duration{10 * ms, 30 * ms}},
	} {
		m, err := machine.Simulate(&machine.Options{Cores: 4})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		var v monitor
		err = m.NewThread(nil, "main").Run(func(main *machine.Thread) {
			var all []*machine.Thread
			for name, times := range row.waiters {
				all = append(all, main.Go(name, func(th *machine.Thread) {
					th.Sleep(times[0] - th.Now())
					v.mu.lock(th)
					for i := 0; v.n == 0; i++ {
						d := time.Duration(-1)
						if i+1 < len(times) {
							d = times[i+1]
						}
						v.c.wait(th, &v.mu, d)
					}
					v.n--
					got += name
					v.mu.unlock(th)
				}))
			}
			for _, at := range row.signals {
				main.Sleep(at - main.Now())
				v.mu.lock(main)
				if len(row.waiters) > 0 {
					v.n++
				}
				v.c.signal(main)
				v.mu.unlock(main)
			}
			for _, th := range all {
				th.Join(main, -1)
			}
		})
		if err != nil || got != row.want {
			t.Errorf("%s: got %q, %v", fmt.Sprint(row.waiters), got, err)
		}
	}
}
