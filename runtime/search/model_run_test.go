package search_test

// This file holds Search against the model.

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"gilkernel/runtime/search"
)

// modelVersions are Pythons with each kind of points, of locks and of queues.
var modelVersions = []string{"2.7", "3.9", "3.12", "3.14", "3.13t"}

const (
	modelPrograms = 500
	modelSteps    = 6       // of each thread, at most
	modelStates   = 200_000 // of a model, at most; a program with more is skipped
)

// text is a program, a line for each thread.
func text(threads [][]deed) string {
	var lines []string
	for _, list := range threads {
		lines = append(lines, fmt.Sprint(list))
	}
	return strings.Join(lines, "\n")
}

// TestModel holds the outcomes that Search finds, deadlocks too, and the fewest preemptions of each, against those of
// the model, for 500 programs of up to 3 threads of up to 6 steps: one version each, and one preemption, or any number
// where that takes few schedules. GILKERNEL_HAMMER=1 makes it all versions and two preemptions, or up to 20.
func TestModel(t *testing.T) {
	hammer := os.Getenv("GILKERNEL_HAMMER") == "1"
	bound := 1
	if hammer {
		bound = 2
	}
	gen := generated(modelSteps)
	skipped, runs, ends, complete, all := 0, 0, 0, 0, 0
	compare := func(i int, version string) {
		threads := gen.Example(i)
		m := newModel(threads, version, rightModel)
		run := python(t, version, library(threads))
		check := func(bound int, o *search.Options) (r *search.Report) {
			want := m.outcomes(bound, modelStates, resultOf)
			if want == nil {
				skipped++
				return nil
			}
			o.Preemptions, o.All = bound, true
			r = search.Search(o, run)
			if runs += r.Runs; r.Schedules >= o.Schedules {
				return r
			}
			ends += len(want)
			if got := found(r); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("program %d under %s, with up to %d preemptions:\n%s\nfound %v in %d runs\nthere are %v", i,
					version, bound, text(threads), got, r.Runs, want)
			}
			return r
		}
		const most = 20 // preemptions
		few := 6
		if hammer {
			few = 50
		}
		if r := check(bound, &search.Options{Schedules: 1e6}); r == nil || r.Schedules > few {
			return
		}
		r := search.Search(&search.Options{Preemptions: -1, Unbounded: true, All: true, Schedules: 200}, run)
		if runs += r.Runs; r.Complete {
			all++
			if got, want := found(r), m.outcomes(most, modelStates, resultOf); want != nil &&
				!slices.Equal(slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want))) {
				t.Fatalf("program %d under %s:\n%s\nfound %v in %d runs\nthere are %v", i, version, text(threads), got,
					r.Runs, want)
			}
		}
		if !hammer {
			return
		}
		if r := check(most, &search.Options{Schedules: 200}); r != nil && r.Complete {
			complete++
		}
	}
	for i := range modelPrograms {
		if !hammer {
			compare(i, modelVersions[i%len(modelVersions)])
			continue
		}
		for _, version := range modelVersions {
			compare(i, version)
		}
	}
	t.Logf("%d outcomes in %d runs; all schedules of %d programs, and of %d without a bound; %d were too large", ends,
		runs, complete, all, skipped)
	if skipped > modelPrograms/50 {
		t.Errorf("%d programs were too large", skipped)
	}
}

// TestModelMistaken shows that the comparison can fail: each mistake in the model makes it differ from Search.
func TestModelMistaken(t *testing.T) {
	gen := generated(modelSteps)
	for wrong := lastNotified; wrong < mutations; wrong++ {
		seen := false
		for i := 0; i < 3*modelPrograms && !seen; i++ {
			threads, version := gen.Example(i), modelVersions[i%len(modelVersions)]
			const bound = 1
			mistaken := newModel(threads, version, wrong).outcomes(bound, modelStates, resultOf)
			right := newModel(threads, version, rightModel).outcomes(bound, modelStates, resultOf)
			if mistaken == nil || right == nil || fmt.Sprint(mistaken) == fmt.Sprint(right) {
				continue
			}
			got := found(search.Search(&search.Options{Preemptions: bound, All: true, Schedules: 1e6},
				python(t, version, library(threads))))
			if fmt.Sprint(got) == fmt.Sprint(mistaken) {
				t.Fatalf("Search makes mistake %d too: under %s\n%s\nends as %v", wrong, version, text(threads), got)
			}
			seen = true
			t.Logf("mistake %d shows in program %d under %s", wrong, i, version)
		}
		if !seen {
			t.Errorf("no program shows mistake %d", wrong)
		}
	}
}
