package search_test

// This file holds searches against those that foresee nothing.

import (
	"fmt"
	"os"
	"testing"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/search"
)

// said is all of a report but for how many runs it took.
func said(r *search.Report) string {
	s := fmt.Sprintf("%d schedules, %d endless, bound %d, complete %v\n", r.Schedules, r.Endless, r.Bound, r.Complete)
	for _, f := range r.Outcomes {
		s += fmt.Sprintf("%q %v: %d times, first with %d by %s\n", f.Value, f.Err, f.Count, f.Preemptions, f.Schedule)
	}
	for _, x := range r.Races {
		s += fmt.Sprintf("%+v and %+v with %d by %s\n", x.First, x.Second, x.Preemptions, x.Schedule)
	}
	return s
}

// TestForeseen holds what searches say against what they say if each path is run: that is the same to the letter, and
// takes more runs. GILKERNEL_HAMMER=1 makes it 500 programs.
func TestForeseen(t *testing.T) {
	n := 60
	if os.Getenv("GILKERNEL_HAMMER") == "1" {
		n = 500
	}
	gen := generated(modelSteps)
	runs, blind := 0, 0
	for i := range n {
		threads := gen.Example(i)
		version := modelVersions[i%len(modelVersions)]
		run := python(t, version, library(threads))
		o := search.Options{Preemptions: 2, All: true, Schedules: 150}
		if i%3 == 0 {
			o.Preemptions, o.Unbounded = -1, true
		}
		got, strayed := search.SearchAlert(&o, run)
		want := search.SearchBlind(&o, run)
		runs, blind = runs+got.Runs, blind+want.Runs
		if strayed || said(got) != said(want) {
			t.Fatalf("program %d under %s:\n%s\nin %d runs:\n%s\nblind, in %d runs:\n%s", i, version, text(threads),
				got.Runs, said(got), want.Runs, said(want))
		}
	}
	t.Logf("%d runs instead of %d", runs, blind)
	if runs >= blind {
		t.Errorf("%d runs instead of %d", runs, blind)
	}
}

// TestForeseenCounter holds the same for a counter that is long enough for most paths to be foreseen.
func TestForeseenCounter(t *testing.T) {
	for _, version := range modelVersions {
		for _, main := range []func(*machine.Thread) string{adders(2, 5, false), adders(2, 2, true),
			adders(3, 2, false)} {
			run := python(t, version, main)
			o := search.Options{Preemptions: 3, All: true, Schedules: 500}
			got, strayed := search.SearchAlert(&o, run)
			want := search.SearchBlind(&o, run)
			t.Logf("%s: %d runs instead of %d for %d schedules", version, got.Runs, want.Runs, got.Schedules)
			if strayed || said(got) != said(want) {
				t.Errorf("%s: in %d runs\n%s\nblind, in %d runs\n%s", version, got.Runs, said(got), want.Runs,
					said(want))
			}
		}
	}
}
