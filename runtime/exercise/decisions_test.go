package exercise_test

// This file tests the table from which a learner decides: on simulated machines, whose clocks stand still while nothing
// is done.

import (
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/exercise"
	"gilkernel/runtime/machine"
)

// on runs body as MainThread of a simulated machine.
func on(t *testing.T, w exercise.World, body func()) {
	t.Helper()
	if _, err := exercise.Simulate(w, false, body); err != nil {
		t.Fatal(err)
	}
}

// filled returns a table with a work for each way to be right or wrong. The figures are milliseconds.
func filled(t *testing.T) *exercise.Decisions {
	t.Helper()
	d := exercise.NewDecisions("neither", "threads", "processes")
	took := []struct {
		work, means string
		ms          int
	}{
		{"computes", "neither", 200}, {"computes", "threads", 203}, {"computes", "processes", 60},
		{"waits", "neither", 1000}, {"waits", "threads", 20}, {"waits", "processes", 24},
		{"small", "neither", 22}, {"small", "threads", 20}, {"small", "processes", 90},
		{"once", "threads", 10_000_000},
		{"idle", "neither", 2_500_000}, {"idle", "threads", 1700},
	}
	on(t, exercise.World{Python: "3.13", Cores: 4}, func() {
		for _, r := range took {
			want := time.Duration(r.ms) * time.Millisecond
			got := d.Run(r.work, r.means, func() { machine.Current().Work(want) })
			if got < want || got > want+time.Millisecond {
				t.Errorf("%s by %s took %v, not %v", r.work, r.means, got, want)
			}
		}
	})
	return d
}

func TestDecisions(t *testing.T) {
	d := filled(t)
	for _, r := range []struct{ work, choice, want string }{
		{"computes", "processes", "computes: right: processes took 60 ms, and nothing was faster."},
		{"computes", "threads", "computes: threads took 203 ms, and processes only 60 ms."},
		{"waits", " Threads ", "waits: right: threads took 20 ms, and nothing was faster."},
		{"waits", "processes", "waits: right: processes took 24 ms, nearly as fast as threads, which took 20 ms."},
		{"small", "threads", "small: threads took 20 ms, and neither 22 ms: nothing is gained."},
		{"small", "neither", "small: right: neither took 22 ms, and the fastest, threads, 20 ms: nothing is gained."},
		{"idle", "neither", "idle: neither took 42 min, and threads only 1.7 s."},
		{"idle", "processes", "idle: no run has measured processes."},
		{"once", "threads", "once: there is nothing to compare yet: run it by at least two means."},
		{"waits", "?", "waits: write neither, threads or processes."},
		{"waits", "", "waits: write neither, threads or processes."},
		{"waits", "thread", `waits: There is no means "thread". Did you mean "threads"?`},
		{"waits", "hope", `waits: There is no means "hope". The means are: neither, threads, processes.`},
		{"sleeps", "threads", "sleeps: no run has measured this work."},
	} {
		got := d.Decide(map[string]string{r.work: r.choice}).String()
		if !strings.Contains(got, "- "+r.want+"\n") {
			t.Errorf("%s by %q gives\n%s\nwithout %q", r.work, r.choice, got, r.want)
		}
		ok := strings.HasPrefix(r.want, r.work+": right")
		if want := map[bool]string{true: "1 of 5", false: "0 of 5"}[ok]; !strings.Contains(got, want) {
			t.Errorf("%s by %q gives\n%s\nwithout %q", r.work, r.choice, got, want)
		}
	}
}

func TestDecisionsAsATable(t *testing.T) {
	if got := exercise.NewDecisions("neither", "threads").String(); got != "There are no runs in this table yet." {
		t.Errorf("an empty table says %q", got)
	}
	want := `**4 simulated cores, Python 3.13**

| work | neither | threads | processes |
|---|---|---|---|
| computes | 200 ms | 203 ms | 60 ms |
| waits | 1.0 s | 20 ms | 24 ms |
| small | 22 ms | 20 ms | 90 ms |
| once | – | 2 h 47 min | – |
| idle | 42 min | 1.7 s | – |`
	if got := filled(t).Markdown(); got != want {
		t.Errorf("the table is\n%s\nnot\n%s", got, want)
	}
}

// What makes no sense raises an exception, and enters nothing.
func TestDecisionsMisused(t *testing.T) {
	refused := func(want string, f func()) {
		t.Helper()
		defer func() {
			if err, ok := recover().(error); !ok || !strings.Contains(err.Error(), want) {
				t.Errorf("panics with %v, without %q", err, want)
			}
		}()
		f()
	}
	refused("at least two means", func() { exercise.NewDecisions("threads") })
	refused(`"threads" is there twice`, func() { exercise.NewDecisions("threads", "threads") })
	d := exercise.NewDecisions("neither", "threads")
	refused("a plain goroutine", func() { d.Run("waits", "threads", func() {}) })
	on(t, exercise.World{Python: "3.13", Cores: 1}, func() {
		refused("There is no means", func() { d.Run("waits", "asyncio", func() {}) })
		d.Run("waits", "threads", func() {})
	})
	on(t, exercise.World{Python: "3.14t", Cores: 2}, func() {
		refused("this table is about one simulated core, Python 3.13, and this run was on 2 simulated cores, Python "+
			"3.14t", func() { d.Run("waits", "neither", func() {}) })
	})
	if got := d.Markdown(); strings.Contains(got, "asyncio") || !strings.Contains(got, "| waits | – | ") {
		t.Errorf("the table is now\n%s", got)
	}
}
