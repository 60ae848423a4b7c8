package search_test

// This file holds Search against a search without any reduction, on programs that rapid generates: with variables,
// locks, conditions and queues.

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/queue"
	"gilkernel/runtime/search"
	"gilkernel/runtime/threading"
)

// steps are what a generated thread can do.
var steps = []string{"add", "copy", "locked", "wait", "notify", "notify all", "put", "get", "take", "put simple",
	"get simple", "check"}

// act is a step: of variable, lock, condition or queue number n.
type act struct {
	what string
	n    int
}

func (a act) String() string { return fmt.Sprint(a.what, a.n) }

// world is what the threads of a generated program share.
type world struct {
	vars   []variable
	locks  []*threading.Lock
	conds  []*threading.Condition
	queues []*queue.Queue
	simple []*queue.SimpleQueue
	got    [][]any // by thread
}

func (w *world) do(t *machine.Thread, me int, a act) {
	t.Check() // as at the entry of a function: what the library does between two checks is one step
	v := &w.vars[a.n]
	switch a.what {
	case "add":
		v.store(t, v.load(t)+1)
	case "copy":
		w.vars[1-a.n].store(t, 2*v.load(t))
	case "locked":
		w.locks[a.n].With(func() { v.store(t, v.load(t)+1) })
	case "wait":
		w.conds[a.n].With(func() {
			if v.load(t) == 0 {
				w.conds[a.n].Wait()
			}
		})
	case "notify":
		w.conds[a.n].With(func() { v.store(t, v.load(t)+1); w.conds[a.n].Notify() })
	case "notify all":
		w.conds[a.n].With(func() { v.store(t, 7); w.conds[a.n].NotifyAll() })
	case "put":
		w.queues[a.n].Put(10*me + len(w.got[me]))
	case "get":
		w.got[me] = append(w.got[me], w.queues[a.n].Get())
	case "take":
		item, _ := w.queues[a.n].GetNowait()
		w.got[me] = append(w.got[me], item)
	case "put simple":
		w.simple[a.n].Put(me)
	case "get simple":
		item, _ := w.simple[a.n].GetNowait()
		w.got[me] = append(w.got[me], item)
	}
}

// program is the program of such threads on a machine.
func program(threads [][]act) func(*machine.Thread) string {
	return func(*machine.Thread) string {
		w := &world{vars: make([]variable, 2), got: make([][]any, len(threads))}
		for range 2 {
			w.locks = append(w.locks, threading.NewLock())
			w.conds = append(w.conds, threading.NewCondition(threading.NewLock()))
			w.queues = append(w.queues, queue.NewQueue(1))
			w.simple = append(w.simple, queue.NewSimpleQueue())
		}
		var all []*threading.Thread
		for me, acts := range threads {
			th := threading.NewThread(func() {
				for _, a := range acts {
					w.do(machine.Current(), me, a)
				}
			})
			th.Start()
			all = append(all, th)
		}
		for _, th := range all {
			th.Join()
		}
		return fmt.Sprint(w.vars[0].v, w.vars[1].v, w.got)
	}
}

// programs is how many are generated; GILKERNEL_HAMMER=1 makes them 500, of up to 3 threads of up to 6 steps.
func programs() (n, most int) {
	if os.Getenv("GILKERNEL_HAMMER") == "1" {
		return 500, 6
	}
	return 40, 3
}

// TestReduction holds the outcomes that Search finds, and the fewest preemptions of each, against all of them.
func TestReduction(t *testing.T) {
	n, most := programs()
	longest := 0
	var runs, reduced, skipped int
	gen := rapid.Custom(func(t *rapid.T) [][]act {
		one := rapid.Custom(func(t *rapid.T) act {
			return act{rapid.SampledFrom(steps).Draw(t, "what"), rapid.IntRange(0, 1).Draw(t, "n")}
		})
		return rapid.SliceOfN(rapid.SliceOfN(one, 1, most), 2, 3).Draw(t, "threads")
	})
	for i := range n {
		threads := gen.Example(i)
		for _, version := range []string{"3.9", "3.12", "3.13t"} {
			run := python(t, version, program(threads))
			const bound, enough = 1, 5000
			want, k := all(bound, run, enough)
			if k == enough {
				skipped++ // its outcomes aren't known
				continue
			}
			r := search.Search(&search.Options{Preemptions: bound, All: true}, run)
			got := map[string]int{}
			for _, f := range r.Outcomes {
				key := f.Value
				if f.Err != nil {
					key = f.Err.Error()
				}
				got[key] = f.Preemptions
			}
			runs, reduced, longest = runs+k, reduced+r.Runs, max(longest, k)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				var text []string
				for _, acts := range threads {
					text = append(text, fmt.Sprint(acts))
				}
				t.Fatalf("program %d under %s:\n%s\nfound %v in %d runs\nthere are %v in %d", i, version,
					strings.Join(text, "\n"), got, r.Runs, want, k)
			}
		}
	}
	t.Logf("%d runs instead of %d; the longest program has %d; %d of %d were skipped", reduced, runs, longest, skipped,
		3*n)
	if reduced >= runs || skipped > n {
		t.Errorf("%d runs instead of %d, %d skipped", reduced, runs, skipped)
	}
}

// TestFactor counts the runs for each schedule that differs in more than the order of independent steps, of the first
// programs of TestModel of which not too many are needed.
func TestFactor(t *testing.T) {
	gen := generated(modelSteps)
	for _, row := range []struct {
		o    search.Options
		most float64 // runs for each schedule; without reduction it is some hundreds
	}{
		{search.Options{Unbounded: true, Preemptions: -1, Schedules: 200}, 1.6},
		{search.Options{Preemptions: 1, Schedules: 200}, 2.7},
	} {
		runs, schedules := 0, 0
		for i := range 25 {
			o := row.o
			o.All = true
			r := search.Search(&o, python(t, modelVersions[i%len(modelVersions)], library(gen.Example(i))))
			if r.Schedules < o.Schedules {
				runs, schedules = runs+r.Runs, schedules+r.Schedules
			}
		}
		t.Logf("unbounded %v: %d runs for %d schedules", row.o.Unbounded, runs, schedules)
		if schedules < 100 || float64(runs) > row.most*float64(schedules) {
			t.Errorf("unbounded %v: %d runs for %d schedules", row.o.Unbounded, runs, schedules)
		}
	}
}
