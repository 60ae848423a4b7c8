package magic_test

// This file tests what is said of explorations.

import (
	"fmt"
	"strings"
	"testing"

	"gilkernel/kernel/link"
	"gilkernel/kernel/magic"
)

// Whatever was tried, the page says how much that was, and not more.
func TestWhatWasShown(t *testing.T) {
	two := []link.Outcome{{Kind: "value", Text: "2", Count: 6, Schedule: "3.9/-"},
		{Kind: "value", Text: "1", Count: 10, Preemptions: 1, Schedule: "3.9/2:abc>3"}}
	var many []link.Outcome
	for i := range 30 {
		many = append(many, link.Outcome{Kind: "value", Text: fmt.Sprintf("v%d", i), Count: 1, Schedule: "3.9/-"})
	}
	for _, row := range []struct {
		name string
		x    link.Explored
		want []string
	}{
		{"complete", link.Explored{Python: "3.12", Schedules: 412, Bound: 2, Complete: true, Broken: -1,
			Outcomes: two[:1]},
			[]string{"Under Python 3.12 no schedule breaks this cell.\n" +
				"Tried: all 412 schedules. The result is always 2.$"}},
		{"one", link.Explored{Python: "3.12", Schedules: 1, Complete: true, Broken: -1, Outcomes: two[:1]},
			[]string{"It has one schedule. The result is 2.$"}},
		{"bounded", link.Explored{Python: "3.9", Schedules: 1412, Bound: 2, Broken: -1, Outcomes: two[:1]},
			[]string{"nothing that was tried breaks this cell.\n" +
				"Tried: all 1,412 schedules with up to 2 preemptions. The result is always 2.$"}},
		{"more than are remembered", link.Explored{Python: "3.9", Schedules: 900000, Bound: 1, Broken: -1, Forgot: true,
			Outcomes: two[:1]},
			[]string{"Tried: all 900,000 schedules with up to 1 preemption; some are counted more than once, because " +
				"they are more than the search remembers. The result is always 2.$"}},
		{"sampled", link.Explored{Python: "3.9", Schedules: 20000, Bound: 1, Broken: -1, Outcomes: two[:1],
			Sample: &link.Sample{Runs: 10000, Uniform: 5000, High: 0.000768}},
			[]string{"Tried: 20,000 schedules, among them all with up to 1 preemption; none of 10,000 samples " +
				"breaks it. Of random walks, of which 5,000 were among the samples, fewer than 0.077 % break it, at " +
				"95 % confidence. The result is always 2.$"}},
		{"sampled in part", link.Explored{Python: "3.9", Schedules: 20000, Bound: 0, Broken: -1,
			Sample: &link.Sample{Runs: 1000, Broken: 70, Uniform: 500, Hits: 20, Low: 0.026, High: 0.061}},
			[]string{"among them all without a preemption; 70 of 1,000 samples break it. Of random walks, of which " +
				"20 of 500 among the samples break it, from 2.6 % to 6.1 % do, at 95 % confidence.$"}},
		{"results of samples", link.Explored{Python: "3.9", Schedules: 9, Bound: -1, Broken: 1, Outcomes: two,
			Sample: &link.Sample{Runs: 1000, Uniform: 500, High: 0.0076}},
			[]string{"Tried: 9 schedules, not even all of those without a preemption; then 1,000 samples by " +
				"chance.\n"}},
		{"many results", link.Explored{Python: "3.9", Schedules: 99, Bound: 2, Broken: 1, Outcomes: many},
			[]string{"\n  v19 ", "\nAnd 10 more results.\n"}},
		{"a long schedule", link.Explored{Python: "3.9", Schedules: 9, Bound: 2, Broken: 1, Outcomes: append(two[:2:2],
			link.Outcome{Kind: "value", Text: "7", Sampled: 3, Preemptions: 90,
				Schedule: "3.9/" + strings.Repeat("2:abc>3,", 90)})},
			[]string{"\n  7        3 sampled  90           too long to show\n"}},
		{"a deadlock", link.Explored{Python: "3.9", Schedules: 9, Bound: 0, Broken: 0, Outcomes: []link.Outcome{
			{Kind: "deadlock", Text: "3 threads wait for each other:\n  a waits\n  b waits", Schedule: "3.9/-"}}},
			[]string{"this cell breaks without any preemption: deadlock: 3 threads wait for each other.\n"}},
		{"what a run prints", link.Explored{Python: "3.9", Schedules: 9, Bound: 0, Broken: 0, Printed: "a\nb\n",
			Outcomes: []link.Outcome{{Kind: "panic", Text: "p", Schedule: "3.9/-"}}},
			[]string{"That run prints:\n    a\n    b$"}},
		{"not the same",
			link.Explored{Python: "3.9", Schedules: 1, Complete: true, Broken: -1, Notes: []link.ExploreNote{
				{Text: "two runs under the same schedule weren't the same"}}},
			[]string{"Under Python 3.9 nothing that was tried breaks this cell.\n"}},
		{"it can't be explored", link.Explored{Python: "3.9", Bound: -1, Broken: -1,
			Notes: []link.ExploreNote{{Label: "In[8]", Line: 3, Text: "a goroutine is started", Fatal: true}}},
			[]string{"This cell can't be explored: in In[8], line 3, a goroutine is started.$"}},
		{"results", link.Explored{Python: "3.9", Schedules: 16, Bound: 2, Broken: 1, Outcomes: two},
			[]string{"Under Python 3.9 the result depends on the schedule: 2, or with 1 preemption 1.",
				"\n  1        10         1            3.9/2:abc>3\n", "%%replay 3.9/2:abc>3$"}},
		{"long results", link.Explored{Python: "3.9", Schedules: 16, Bound: 2, Broken: 1, Outcomes: []link.Outcome{
			{Kind: "value", Text: strings.Repeat("x", 70) + "\na", Count: 6, Schedule: "3.9/-"},
			{Kind: "value", Text: strings.Repeat("x", 70) + "\nb", Count: 1, Preemptions: 1, Schedule: "3.9/2:abc>3"}}},
			[]string{"on the schedule: …xxxxxxxxxxxxxx a, or with 1 preemption …xxxxxxxxxxxxxx b.",
				"\n  …xxxxxxxxxxxxxx b  1 "}},
		{"assertion", link.Explored{Python: "3.9", Schedules: 7, Bound: 0, Broken: 1, Outcomes: []link.Outcome{two[0],
			{Kind: "assertion", Text: "an update is lost", Preemptions: 1, Count: 1, Line: 7,
				Schedule: "3.9/2:abc>3"}}},
			[]string{"this cell breaks with 1 preemption: an assertion fails: an update is lost (line 7).",
				"Tried: 7 schedules, the last of which breaks it; none with fewer than 1 preemption does."}},
		{"interrupted", link.Explored{Python: "3.9", Schedules: 7, Bound: -1, Broken: -1, Interrupted: true},
			[]string{"Tried: 7 schedules, not even all of those without a preemption; then it was interrupted."}},
		{"endless", link.Explored{Python: "3.9", Schedules: 1, Bound: -1, Endless: 1, Outcomes: []link.Outcome{
			{Kind: "endless", Text: "the run has no end: after 100000 steps MainThread still runs",
				Schedule: "3.9/-"}}},
			[]string{"Under Python 3.9 this cell breaks without any preemption: the run has no end: after 100000 " +
				"steps MainThread still runs.\nTried: 1 schedule, the last of which breaks it.\n"}},
		{"perhaps endless", link.Explored{Python: "3.9", Schedules: 1, Bound: -1, Endless: 1, Outcomes: []link.Outcome{
			{Kind: "endless", Text: "the run has no end: after 100000 steps MainThread still runs", Possible: true,
				Schedule: "3.9/-"}}},
			[]string{"Under Python 3.9 it isn't known whether this cell ends: after 100000 steps MainThread still " +
				"runs.\nTried: 1 schedule, the last of which didn't end.\n", "\n  no end yet: after 100000"}},
		{"a possible race", link.Explored{Python: "3.13t", Schedules: 3, Bound: 2, Complete: true, Broken: 1,
			Outcomes: []link.Outcome{two[0], {Kind: "race", Text: "a writes what b may read", Possible: true,
				Schedule: "3.13t/-"}}},
			[]string{"Under Python 3.13t this cell has a possible data race: a writes what b may read.\n"}},
		{"race", link.Explored{Python: "3.13t", Schedules: 3, Bound: 2, Complete: true, Broken: 1,
			Outcomes: []link.Outcome{two[0], {Kind: "race", Text: "a writes what b writes, and nothing orders the two",
				Schedule: "3.13t/-"}}},
			[]string{"Under Python 3.13t this cell has a data race: a writes what b writes, and nothing orders the " +
				"two.\n" +
				"Tried: all 3 schedules.\n"}},
		{"results that aren't due to the schedule", link.Explored{Python: "3.9", Schedules: 16, Bound: 2, Broken: 1,
			Outcomes: two, Varies: true},
			[]string{"Under Python 3.9 the result differs from run to run, under one schedule too: 2, or 1.",
				"3.9/2:abc>3$"}},
		{"one of several runs of a schedule", link.Explored{Python: "3.9", Schedules: 7, Bound: 0, Broken: 0, Varies: true,
			Outcomes: []link.Outcome{{Kind: "panic", Text: "p", Preemptions: 1, Schedule: "3.9/2:abc>3"}}},
			[]string{"this cell breaks in some runs: p.\nTried: 7 schedules, the last of which breaks it.\n"}},
		{"one schedule", link.Explored{Python: "3.9", Schedules: 1, Bound: 0, Broken: -1, Outcomes: two[:1]},
			[]string{"\nTried: the one schedule without a preemption. The result is 2.$"}},
		{"stuck", link.Explored{Python: "3.9", Bound: -1, Broken: -1, Notes: []link.ExploreNote{{Label: "In[2]",
			Line: 3, Text: "a go statement starts a goroutine", Fatal: true}}},
			[]string{"This cell can't be explored: in In[2], line 3, a go statement starts a goroutine."}},
		{"note", link.Explored{Python: "3.9", Schedules: 1, Complete: true, Broken: -1, Notes: []link.ExploreNote{
			{Label: "In[2]", Line: 3, Text: "rand.IntN() isn't the same in each run"}}},
			[]string{"Not repeatable: in In[2], line 3, rand.IntN() isn't the same in each run.$"}},
	} {
		f := newFake(t)
		f.found = &row.x
		if err := run(t, magic.New(), f, "%%explore\n1"); err != nil {
			t.Fatal(err)
		}
		got := f.shown[0]["text/plain"].(string) + "$"
		for _, want := range row.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q isn't in\n%s", row.name, want, got)
			}
		}
	}
}

func TestExploreWords(t *testing.T) {
	f := newFake(t)
	f.found = &link.Explored{Broken: -1}
	if err := run(t, magic.New(), f, "%%explore python=3.9 preemptions=0 schedules=7 time=1m seed=3\nf()"); err != nil {
		t.Fatal(err)
	}
	q := f.asked
	if q.Mode != link.ExploreSearch || q.Python != "3.9" || *q.Preemptions != 0 || q.Schedules != 7 ||
		q.Seconds != 60 || q.Seed != 3 || f.ran[0] != "\nf()" {
		t.Errorf("asked for %+v of %q", q, f.ran)
	}
	for _, words := range []string{"3.9/2:abc>3", `"3.9/2:abc>3"`, "%%replay 3.9/2:abc>3"} {
		if err := run(t, magic.New(), f, "%%replay "+words+"\nf()"); err != nil {
			t.Fatal(err)
		}
		if q := f.asked; q.Mode != link.ExploreReplay || q.Schedule != "3.9/2:abc>3" {
			t.Errorf("%s asked for %+v", words, q)
		}
	}
}

// A replay that can't be made says so, and no result.
func TestStuckReplay(t *testing.T) {
	f := newFake(t)
	f.found = &link.Explored{Python: "3.9", Broken: -1, Outcomes: []link.Outcome{{Kind: "value"}},
		Notes: []link.ExploreNote{{Label: "In[2]", Line: 3, Text: "a go statement starts a goroutine", Fatal: true}}}
	if err := run(t, magic.New(), f, "%%replay 3.9/-\nf()"); err != nil {
		t.Fatal(err)
	}
	const want = "This cell can't be replayed: in In[2], line 3, a go statement starts a goroutine."
	if got := f.shown[0]["text/plain"]; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
