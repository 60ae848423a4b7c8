package interp_test

// This file tests the exploring of cells that start processes.

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"gilkernel/kernel/link"
	"gilkernel/runtime/steps"
)

const valueOfTwo = `import "gilkernel/runtime/multiprocessing"
---
total := multiprocessing.NewValue("i", 0)
add := func() { STEPS }
a, b := multiprocessing.NewProcess(add), multiprocessing.NewProcess(add)
a.Start(); b.Start()
a.Join(); b.Join()
total.Int()`

// A process of an explored cell has the cell's variables, and the shown table describes a Value without acquiring its
// lock. Accesses to its number are steps, with a lock or without one. The table calls the threads of a process by the
// name of the process.
func TestExploredProcesses(t *testing.T) {
	two := 2
	for _, row := range []struct{ name, steps, want string }{
		{"read and write", "total.SetValue(total.Int() + 1)", "2@0, !1@1"},
		{"without a lock", "raw := total.GetObj(); raw.SetValue(raw.Int() + 1)", "2@0, !1@1"},
		{"under its lock", "total.GetLock().With(func() { total.SetValue(total.Int() + 1) })", "2@0"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			p := begin(t)
			x := p.explore(strings.Replace(valueOfTwo, "STEPS", row.steps, 1), link.Explore{Mode: link.ExploreSearch,
				Python: "3.13", Preemptions: &two, Seconds: 300}).Explored
			if x == nil {
				t.Fatal("the search found nothing")
			}
			x.Complete = false // it is up to two preemptions
			if got := summary(x); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
			if x.View == nil { // nothing breaks it
				return
			}
			v := new(steps.View)
			if err := json.Unmarshal(x.View, v); err != nil {
				t.Fatal(err)
			}
			var shared []string
			for _, step := range v.Steps {
				if step.Name == "total" && !step.Quiet {
					shared = append(shared, fmt.Sprintf("%d %s", step.Thread, step.Text))
				}
			}
			const lost = "1 reads total: 0, 2 reads total: 0, 2 writes total: 0 → 1, 1 writes total: 1 → 1, " +
				"0 reads total: 1"
			if got := strings.Join(shared, ", "); got != lost {
				t.Errorf("the table shows of total: %s", got)
			}
			var names []string
			for _, th := range v.Threads {
				names = append(names, th.Name)
			}
			if got := strings.Join(names, ", "); got != "MainThread, Process-1 MainThread, Process-2 MainThread" {
				t.Errorf("the table's threads are %s", got)
			}
		})
	}
}
