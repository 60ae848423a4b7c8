package machine_test

import (
	"strings"
	"testing"

	"gilkernel/runtime/machine"
)

// Threads and resources of one name stay apart in the graph; one thing is one node.
func TestMermaidTellsApart(t *testing.T) {
	type thing struct{ n int }
	a, b, one, two := &thing{1}, &thing{2}, &thing{3}, &thing{4}
	d := &machine.Deadlock{Waits: []machine.Waiting{
		{Thread: "worker", For: "Lock", HeldBy: []string{"worker"}, Held: make([]machine.Site, 1),
			Same: machine.Same{Thread: one, For: a, HeldBy: []any{two}}},
		{Thread: "worker", For: "Lock", HeldBy: []string{"worker"}, Held: make([]machine.Site, 1),
			Same: machine.Same{Thread: two, For: b, HeldBy: []any{one}}},
		{Thread: "main", For: "the end of worker", HeldBy: []string{"worker"}, Held: make([]machine.Site, 1),
			Join: true, Same: machine.Same{HeldBy: []any{one}}},
	}}
	got := d.Mermaid()
	for text, want := range map[string]int{`["worker"]`: 2, `(["Lock"])`: 2, `["main"]`: 1, "t5 -->|\"joins\"| t1": 1} {
		if n := strings.Count(got, text); n != want {
			t.Errorf("%d of %s, want %d in\n%s", n, text, want, got)
		}
	}
}
