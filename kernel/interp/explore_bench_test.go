package interp_test

// This file measures how many schedules of a cell are tried in a second, and how long one waits for an undo.

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"gilkernel/kernel/link"
	"gilkernel/runtime/steps"
)

// A counter of two threads with ten steps, as the search sees it: five times a read and a write. Of the schedules that
// are tried, most are foreseen and not run; those that differ are counted apart.
func BenchmarkExplore(b *testing.B) {
	const five = `import "gilkernel/runtime/threading"
---
counter := 0
work := func() { for range 5 { counter++ } }
a, b := threading.NewThread(work), threading.NewThread(work)
a.Start(); b.Start()
a.Join(); b.Join()
counter`
	p := begin(b)
	p.search(five, "3.9")
	three := 3
	runs, tried, schedules, seconds := 0, 0, 0, 0.0
	for b.Loop() {
		done := p.explore(five, link.Explore{Mode: link.ExploreSearch, Python: "3.9", Preemptions: &three,
			Schedules: 1e6, Seconds: 5})
		runs += done.Explored.Runs
		tried += done.Explored.Runs + done.Explored.Foreseen
		schedules += done.Explored.Schedules
		seconds += done.Explored.Seconds
	}
	b.ReportMetric(float64(runs)/seconds, "runs/s")
	b.ReportMetric(float64(tried)/seconds, "tried/s")
	b.ReportMetric(float64(schedules)/seconds, "different/s")
}

// BenchmarkUndo takes 300 choices of a cell back, one after the other, as %%schedule does: each is a run under those
// that are left, with its view.
func BenchmarkUndo(b *testing.B) {
	const most = 300
	p := begin(b)
	code := threads("n := 0", "n", "for range 50 { n++ }", "for range 50 { n++ }")
	choose := func(list []int) *link.Explored {
		r := p.request(code)
		r.Label = "In[1]" // as one cell asks for all of it
		p.send(&link.Request{Explore: &link.Explore{ID: r.ID, Label: r.Label, Source: r.Source, Code: r.Code,
			Mode: link.ExploreChoices, Python: "3.9", Choices: list}})
		done := p.wait(r.ID).done
		if done.Explored == nil {
			b.Fatalf("%v: %+v", list, done.Error)
		}
		return done.Explored
	}
	var list []int
	for len(list) < most {
		v := new(steps.View)
		if err := json.Unmarshal(choose(list).View, v); err != nil {
			b.Fatal(err)
		}
		next := 0
		for i, n := range v.Now {
			if n.Can && (next == 0 || len(list)%2 == 0) {
				next = v.Threads[i].ID
			}
		}
		if next == 0 {
			b.Fatalf("after %d choices the run is over", len(list))
		}
		list = append(list, next)
	}
	var took []float64
	for b.Loop() {
		for n := most - 1; n >= 0; n-- {
			began := time.Now()
			choose(list[:n])
			took = append(took, float64(time.Since(began).Microseconds())/1000)
		}
	}
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2], "ms-median")
	b.ReportMetric(took[len(took)*95/100], "ms-p95")
}
