//go:build linux

package interp_test

// This file tests that the timelines of processes come back to the cell that started them.

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"gilkernel/kernel/link"
)

const relativesImports = `import "fmt"
import mp "gilkernel/runtime/multiprocessing"
import "gilkernel/runtime/threading"
import "gilkernel/runtime/timeline"
var _, _ = fmt.Print, threading.CurrentThread
`

// The figure of a cell has a group of lanes for each process, with its own GIL, of children's children and of a killed
// process too.
func TestTimelinesOfProcesses(t *testing.T) {
	const code = relativesImports + `
func spin() { for i := 0; i < 200000; i++ {} }
func answer(q, ready *mp.SimpleQueue) { spin(); q.Put("leaf"); ready.Put(1) }
func node(q, ready *mp.SimpleQueue) {
	p := mp.NewProcess(answer, mp.Args(q, ready), mp.Name("leaf"))
	p.Start(); p.Join()
	panic("node fails")
}
func endless(ready *mp.SimpleQueue) {
	go_ := threading.NewThread(func() { for {} }, threading.Name("second"))
	go_.Start()
	ready.Put(2)
	for {}
}
---
q, ready := mp.NewSimpleQueue(), mp.NewSimpleQueue()
a := mp.NewProcess(node, mp.Args(q, ready), mp.Name("node"))
a.Start()
b := mp.NewProcess(endless, mp.Args(ready), mp.Name("endless"))
b.Start()
ready.Get(); ready.Get(); q.Get()
a.Join()
b.Kill(); b.Join()
`
	for _, python := range []string{"real", "simulated cores=4 seed=1"} {
		p := begin(t)
		q := p.request(code)
		q.Python = python
		p.send(&link.Request{Run: q})
		r := p.wait(q.ID).ok(t)
		var figure string
		if err := json.Unmarshal([]byte(r.text()), &figure); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`(?m)^MainProcess .*pid \d+$`, `(?m)^node .*pid \d+ exit code 1$`,
			`(?m)^endless .*pid \d+ SIGKILL$`, `(?m)^leaf .*pid \d+$`,
			`(?m)^ T1 MainThread `, `(?m)^ T\d second `} {
			if !regexp.MustCompile(want).MatchString(figure) {
				t.Errorf("%s: no %s in\n%s", python, want, figure)
			}
		}
		// What no figure shows as text: messages, starts, and the clock.
		r = p.run(`import "fmt"
import "gilkernel/runtime/timeline"
---
tl := timeline.Last()
at := map[string]int32{}
first := map[int32]int64{}
for i, th := range tl.Threads { if th.Name == "MainThread" { at[th.Process] = int32(i+1) } }
for _, e := range tl.Events {
	if _, ok := first[e.Thread]; !ok { first[e.Thread] = e.At }
	if e.Kind == timeline.Spawn && tl.Thread(e.Other).PID != tl.Thread(e.Thread).PID {
		fmt.Println(tl.Thread(e.Thread).Process, "starts", tl.Thread(e.Other).Process)
	}
	if e.Kind == timeline.Failed { fmt.Println(tl.Thread(e.Thread).Process, "fails") }
}
for _, m := range tl.Deliveries() {
	fmt.Println(tl.Thread(m.From).Process, "sends", tl.Name(m.Object), "to", tl.Thread(m.To).Process, m.Sent <= m.Received)
}
fmt.Println(first[at["MainProcess"]] <= first[at["node"]], first[at["node"]] <= first[at["leaf"]], tl.Lost)
`).ok(t)
		got := r.out[r.id]
		for _, want := range []string{"MainProcess starts node\n", "node starts leaf\n", "MainProcess starts endless\n",
			"leaf sends SimpleQueue-1 to MainProcess true\n",
			"leaf sends SimpleQueue-2 to MainProcess true\n", "endless sends SimpleQueue-2 to MainProcess true\n",
			"endless fails\n", "node fails\n", "true true 0\n"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", python, want, got)
			}
		}
	}
}

// A cell that isn't recorded has no figure, and its processes record nothing.
func TestProcessesWithoutTimeline(t *testing.T) {
	p := begin(t)
	r := p.run(`import "fmt"
import mp "gilkernel/runtime/multiprocessing"
func child() { fmt.Println("child") }
---
p := mp.NewProcess(child)
p.Start(); p.Join()`).ok(t)
	if len(r.displays) > 0 || r.out[r.id] != "child\n" {
		t.Errorf("%d figures, %q", len(r.displays), r.out[r.id])
	}
}
