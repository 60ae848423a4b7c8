package machine_test

// This file tests the seam for what decides which thread runs next, with a machine that tries all schedules of small
// programs.

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/machine"
)

// maxPreemptions bounds the schedules: most faults show with two (Musuvathi and Qadeer's CHESS).
const maxPreemptions = 2

// path is a Preempter that follows a list of decisions, then takes the first way, and notes how many there were.
type path struct {
	follow, ways []int
	preempted    int
}

func (p *path) take(n int) int {
	i := 0
	if at := len(p.ways); at < len(p.follow) {
		i = p.follow[at]
	} else {
		p.follow = append(p.follow, 0)
	}
	p.ways = append(p.ways, n)
	return i
}

func (p *path) Choose(_ time.Duration, _ machine.Moment, threads []*machine.Thread) int {
	return p.take(len(threads))
}

func (p *path) Preempt(_ time.Duration, threads []*machine.Thread) int {
	if p.preempted == maxPreemptions {
		return 0
	}
	i := p.take(len(threads))
	if i > 0 {
		p.preempted++
	}
	return i
}

// next turns to the next path, depth first, and reports whether there is one.
func (p *path) next() bool {
	for i := len(p.ways) - 1; i >= 0; i-- {
		if p.follow[i]+1 < p.ways[i] {
			p.follow = append(p.follow[:i:i], p.follow[i]+1)
			p.ways, p.preempted = nil, 0
			return true
		}
	}
	return false
}

// explore runs a program under all schedules of one core with few preemptions, and returns its different results in
// order and how many schedules there were.
func explore(t *testing.T, program func(m *machine.Machine) string) (results string, schedules int) {
	t.Helper()
	seen := map[string]bool{}
	p := &path{}
	for more := true; more; more = p.next() {
		seen[program(simulate(t, machine.Options{Cores: 1, Chooser: p}))] = true
		if schedules++; schedules > 100_000 {
			t.Fatal("there is no end of schedules")
		}
	}
	var all []string
	for r := range seen {
		all = append(all, r)
	}
	sort.Strings(all)
	return strings.Join(all, " "), schedules
}

// twoAdders is counter += 1 in two threads: read and write, with a step before each.
func twoAdders(t *testing.T, guard func(th *machine.Thread, add func())) func(m *machine.Machine) string {
	return func(m *machine.Machine) string {
		counter := 0
		ok(t, m, func(main *machine.Thread) {
			var all []*machine.Thread
			for range 2 {
				all = append(all, main.Go("adder", func(th *machine.Thread) {
					guard(th, func() {
						th.Step()
						x := counter
						th.Step()
						counter = x + 1
					})
				}))
			}
			for _, th := range all {
				join(t, main, th)
			}
		})
		return fmt.Sprint(counter)
	}
}

func TestExploreLostUpdate(t *testing.T) {
	got, n := explore(t, twoAdders(t, func(_ *machine.Thread, add func()) { add() }))
	if got != "1 2" || n < 6 {
		t.Errorf("the results of %d schedules: %s", n, got)
	}
}

func TestExploreLock(t *testing.T) {
	got, n := explore(t, func(m *machine.Machine) string {
		var l lock
		return twoAdders(t, func(th *machine.Thread, add func()) {
			l.acquire(th, forever)
			add()
			l.release(th)
		})(m)
	})
	if got != "2" || n < 6 {
		t.Errorf("the results of %d schedules: %s", n, got)
	}
}

// Each schedule of two locks in two orders ends well or is reported, and both happen.
func TestExploreDeadlock(t *testing.T) {
	got, n := explore(t, func(m *machine.Machine) string {
		a, b := &lock{name: "a", owned: true}, &lock{name: "b", owned: true}
		both := func(x, y *lock) func(*machine.Thread) {
			return func(th *machine.Thread) {
				x.acquire(th, forever)
				defer x.release(th)
				y.acquire(th, forever)
				y.release(th)
			}
		}
		err := run(t, m, func(main *machine.Thread) {
			for _, th := range []*machine.Thread{main.Go("ab", both(a, b)), main.Go("ba", both(b, a))} {
				join(t, main, th)
			}
		})
		var d *machine.Deadlock
		switch {
		case err == nil:
			return "well"
		case errors.As(err, &d):
			m.Stop(nil)
			m.Drain(forever)
			return "deadlock"
		}
		t.Fatal(err)
		return ""
	})
	if got != "deadlock well" || n < 6 {
		t.Errorf("the results of %d schedules: %s", n, got)
	}
}

// A Chooser that isn't asked to preempt sees only what is open, and its answers are what happens.
func TestFirstInOrder(t *testing.T) {
	var order []string
	m := simulate(t, machine.Options{Cores: 1, Chooser: machine.FirstInOrder{}})
	ok(t, m, func(main *machine.Thread) {
		var all []*machine.Thread
		for i := range 5 {
			all = append(all, main.Go(itoa(i), func(th *machine.Thread) { order = append(order, th.Name()) }))
		}
		for _, th := range all {
			join(t, main, th)
		}
	})
	if got := strings.Join(order, " "); got != "0 1 2 3 4" {
		t.Error(got)
	}
}
