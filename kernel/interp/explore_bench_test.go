package interp_test

// This file measures how many schedules of a cell are tried in a second.

import (
	"testing"

	"gilkernel/kernel/link"
)

// A counter of two threads with ten steps, as the search sees it: five times a read and a write.
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
	runs, schedules, seconds := 0, 0, 0.0
	for b.Loop() {
		done := p.explore(five, link.Explore{Mode: link.ExploreSearch, Python: "3.9", Preemptions: &three,
			Schedules: 1e6, Seconds: 5})
		runs += done.Explored.Runs
		schedules += done.Explored.Schedules
		seconds += done.Explored.Seconds
	}
	b.ReportMetric(float64(runs)/seconds, "runs/s")
	b.ReportMetric(float64(schedules)/seconds, "schedules/s")
}
