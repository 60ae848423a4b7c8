package interp_test

// This file tests how the steps of a cell name the threads of processes.

import (
	"strings"
	"testing"

	"gilkernel/kernel/link"
)

func TestStepsOfSimulatedProcesses(t *testing.T) {
	p := begin(t)
	p.machine("simulated cores=4 seed=1")
	q := p.request(`import mp "gilkernel/runtime/multiprocessing"
var n int
func child() { n = 7 }
---
p := mp.NewProcess(child)
p.Start()
p.Join()
n = 8`)
	q.Step = "access"
	p.send(&link.Request{Run: q})
	r := p.wait(q.ID).ok(t)
	if got := r.out[r.id]; !strings.Contains(got, "Process-1 MainThread  In[2]:2:16") ||
		!strings.Contains(got, "the cell              In[2]:7:1 ") {
		t.Errorf("got\n%s", got)
	}
}
