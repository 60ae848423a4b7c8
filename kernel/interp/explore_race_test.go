package interp_test

// This file tests which accesses the view of a data race names, and which preemptions and failures a view
// shows.

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"gilkernel/kernel/link"
	"gilkernel/runtime/steps"
)

func TestRaceShown(t *testing.T) {
	p := begin(t)
	for _, row := range []struct{ name, code, sentence string }{
		{"two writes", threads("n := 0", "n", "n = 1", "n = 1"),
			"Thread-1 wrote n in line 4 and Thread-2 wrote it in line 5, and nothing orders the two"},
		{"beside a lock", threads("lock := threading.NewLock()\nx, y := 0, 0", "x",
			"lock.Acquire(); x++; lock.Release(); y = 1",
			"lock.Acquire(); x++; lock.Release(); y = 1"),
			"Thread-1 wrote y in line 5 and Thread-2 wrote it in line 6, and nothing orders the two"},
		{"at one line, of which the first is ordered", threads(
			"lock := threading.NewLock()\nx := 0\nset := func() { x = 1 }", "x",
			"lock.Acquire(); set(); lock.Release(); set()", "lock.Acquire(); set(); lock.Release()"),
			"Thread-1 wrote x in line 4 and Thread-2 wrote it in line 4, and nothing orders the two"},
		{"beside readers of a lock", "import \"sync\"\n" + threads("var mu sync.RWMutex\nx := 0", "x",
			"mu.RLock(); _ = x; mu.RUnlock()", "mu.RLock(); x++; mu.RUnlock()"),
			"Thread-1 read x in line 5 and Thread-2 wrote it in line 6, and nothing orders the two"},
		{"two keys of a map", threads("m := map[int]int{}", "len(m)", "m[1] = 1", "m[2] = 2"),
			"Thread-1 wrote m[1] in line 4 and Thread-2 wrote m[2] in line 5, and nothing orders the two"},
	} {
		x := p.search(row.code, "3.13t")
		if x.Broken < 0 || x.Outcomes[x.Broken].Kind != "race" {
			t.Fatalf("%s: %s", row.name, summary(x))
		}
		v := new(steps.View)
		if err := json.Unmarshal(x.View, v); err != nil {
			t.Fatal(err)
		}
		var list []string
		for i, s := range v.Steps {
			if i+1 == v.Outcome.First || i+1 == v.Outcome.Second {
				list = append(list, v.Threads[s.Thread].Name+" "+s.Text)
			}
		}
		if v.Sentence != row.sentence || len(list) != 2 {
			t.Errorf("%s: %s\n%s", row.name, v.Sentence, strings.Join(list, "\n"))
		}
		race := x.Outcomes[x.Broken]
		again := p.explore(row.code, link.Explore{Mode: link.ExploreReplay, Schedule: race.Schedule}).Explored
		v = new(steps.View)
		if len(again.Outcomes) < 2 || again.Outcomes[1].Text != race.Text || again.Broken >= 0 ||
			json.Unmarshal(again.View, v) != nil || v.Sentence != row.sentence {
			t.Errorf("%s: the replay doesn't say it: %s, %s", row.name, summary(again), v.Sentence)
		}
	}
}

// Each preemption is marked, also that of a thread that has done nothing yet.
func TestPreemptionsShown(t *testing.T) {
	p := begin(t)
	for _, row := range []struct {
		name, code, mark string
		n                int
	}{
		{"in the middle", threads("n := 0", `explore.Assert(n == 2, n)`, "m := n; func() {}(); n = m + 1", "n++"),
			"  ! MainThread", 1},
		{"at the beginning", threads("n := 0", `explore.Assert(n == 2, n)`, "n++", "n *= 2"),
			", preempting Thread-1", 1},
		{"both", threads("c, ready := threading.NewCondition(nil), false", "",
			"c.Acquire(); if !ready { c.Wait() }; c.Release()", "c.Acquire(); c.Notify(); c.Release(); ready = true"),
			", preempting Thread-1", 2},
		{"not what the machine does", threads("n := 0", "n", "for { n++ }"), "  ~ MainThread", 0},
	} {
		x := p.search(row.code, "3.12")
		if x.Broken < 0 || x.Outcomes[x.Broken].Preemptions != row.n {
			t.Fatalf("%s: %s", row.name, summary(x))
		}
		v := new(steps.View)
		if err := json.Unmarshal(x.View, v); err != nil {
			t.Fatal(err)
		}
		if text := v.Text(); strings.Count(text, "  ! ") != row.n || !strings.Contains(text, row.mark) {
			t.Errorf("%s: not %d marks, or no %q in\n%s", row.name, row.n, row.mark, text)
		}
	}
}

// A failure is shown in its line, also that of a thread that has done nothing else.
func TestFailureShown(t *testing.T) {
	p := begin(t)
	for _, row := range []struct {
		name, code string
		line       int
	}{
		{"MainThread alone", "---\nx := 1\n_ = x\npanic(3)", 4},
		{"a thread", threads("n := 0", "n", "n++", "func() {\npanic(3)\n}()"), 6},
	} {
		x := p.search(row.code, "3.12")
		v := new(steps.View)
		if err := json.Unmarshal(x.View, v); err != nil {
			t.Fatalf("%s: %s, %v", row.name, summary(x), err)
		}
		i := slices.IndexFunc(v.Steps, func(s steps.Step) bool { return s.Op == steps.Panic })
		if i < 0 || v.Steps[i].Line != row.line || x.Outcomes[x.Broken].Line != row.line {
			t.Errorf("%s: line %d isn't that of the failure in %s\n%s", row.name, row.line, summary(x), v.Text())
		}
	}
}
