package interp_test

// This file tests what is found when cells are explored.

import (
	"fmt"
	"strings"
	"testing"

	"gilkernel/kernel/link"
)

// explore has code explored; of q, the source and the number are set here.
func (p *process) explore(code string, q link.Explore) *link.Done {
	p.t.Helper()
	r := p.request(code)
	q.ID, q.Label, q.Source, q.Code = r.ID, r.Label, r.Source, r.Code
	p.send(&link.Request{Explore: &q})
	return p.wait(r.ID).done
}

// search is explore for a search that needn't say more than the version.
func (p *process) search(code, python string) *link.Explored {
	p.t.Helper()
	done := p.explore(code, link.Explore{Mode: link.ExploreSearch, Python: python})
	if done.Explored == nil {
		p.t.Fatalf("%s: the search ended with %s, %+v", code, done.Status, done.Error)
	}
	return done.Explored
}

// summary is what was found: each outcome with the fewest preemptions that lead to it.
func summary(x *link.Explored) string {
	var words []string
	for i, o := range x.Outcomes {
		word := o.Text
		if o.Kind != "value" {
			word = o.Kind
			if o.Kind != "deadlock" {
				word += " " + o.Text
			}
		}
		if i == x.Broken {
			word = "!" + word
		}
		words = append(words, fmt.Sprintf("%s@%d", word, o.Preemptions))
	}
	if x.Complete {
		words = append(words, "complete")
	}
	for _, n := range x.Notes {
		words = append(words, fmt.Sprintf("%s:%d %s", n.Label, n.Line, n.Text))
	}
	return strings.Join(words, ", ")
}

const unlocked = `import "gilkernel/runtime/threading"
---
counter := 0
work := func() { counter++ }
a, b := threading.NewThread(work), threading.NewThread(work)
a.Start(); b.Start()
a.Join(); b.Join()
counter`

func TestExploredCounter(t *testing.T) {
	p := begin(t)
	for _, row := range []struct{ python, want string }{
		{"2.7", "2@0, !1@1, complete"},
		{"3.9", "2@0, !1@1, complete"},
		{"3.10", "2@0, complete"},
		{"3.12", "2@0, complete"},
		{"3.14", "2@0, complete"},
		{"3.13t", "2@0, !1@1, complete"},
	} {
		if got := summary(p.search(unlocked, row.python)); got != row.want {
			t.Errorf("%s: %s, want %s", row.python, got, row.want)
		}
	}
}
