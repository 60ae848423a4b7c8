package interp_test

// This file holds how many runs it takes to explore cells in which all that threads share is their variables and locks.

import (
	"strings"
	"testing"

	"gilkernel/kernel/link"
)

// What a thread does next is known from what it has read if the cell is closed: then most schedules need no run. A cell
// that uses anything else has a run for each.
func TestExploredClosed(t *testing.T) {
	p := begin(t)
	p.run("import \"gilkernel/runtime/threading\"\nvar before = 1\nfunc add(p *int) { *p++ }").ok(t)
	two := 2
	for _, row := range []struct {
		name, declare, work string
		closed              bool
	}{
		{"a counter", "n := 0", "for range 4 { n++ }", true},
		{"a thread with a name", "n := 0\nc := threading.NewThread(nil, threading.Name(\"c\"))\nc.Start()\nc.Join()",
			"for range 4 { n++ }", true},
		{"a thread's name", "n := 0\nc := threading.NewThread(nil)", "for range 4 { n++ }; c.Name()", false},
		{"an interface", "n := 0\ntype named interface { Name() string }", "for range 4 { n++ }", false},
		{"a counter of the session", "n := 0", "for range 4 { n += before }", true},
		{"a counter in a function", "n := 0\ninc := func() { n++ }", "inc(); inc(); inc(); inc()", true},
		{"compiled code", "n := 0", "for range 4 { n++; _ = strings.Repeat(\"a\", 1) }", false},
		{"a function of another cell", "n := 0", "for range 4 { add(&n) }", false},
		{"a channel", "n := 0\nvar c chan int\n_ = c", "for range 4 { n++ }", false},
		{"a map beside an interface without methods", "n := 0\ntype pair[A, B any] struct { a A; b B }\n" +
			"var p pair[map[int]int, interface{}]\n_ = p", "for range 4 { n++ }", false},
		{"a map", "n := 0\nvar m map[int]int\n_ = m", "for range 4 { n++ }", false},
	} {
		code := "import \"strings\"\nimport \"gilkernel/runtime/threading\"\n---\n" + row.declare +
			"\nwork := func() { " + row.work + " }\n" +
			"a, b := threading.NewThread(work), threading.NewThread(work)\na.Start(); b.Start(); a.Join(); b.Join()\nn"
		if row.name != "compiled code" {
			_, code, _ = strings.Cut(code, "\n")
		}
		done := p.explore(code, link.Explore{Mode: link.ExploreSearch, Python: "3.9", Preemptions: &two, Seconds: 300})
		x := done.Explored
		if x == nil {
			t.Fatalf("%s: %s, %+v", row.name, done.Status, done.Error)
		}
		t.Logf("%s: %d runs, %d schedules", row.name, x.Runs, x.Schedules)
		if closed := x.Runs < x.Schedules; closed != row.closed {
			t.Errorf("%s: %d runs for %d schedules", row.name, x.Runs, x.Schedules)
		}
	}
}
