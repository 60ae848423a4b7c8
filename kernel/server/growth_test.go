package server_test

// This file tests what a cell leaves behind in both processes: a session of a day has thousands.

import (
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gilkernel/skip"
)

func TestGrowth(t *testing.T) {
	if testing.Short() {
		skip.Missing(t, "-short: it runs thousands of cells")
	}
	c := realKernel(t).client()
	n := 0
	run := func(code string) string {
		t.Helper()
		n++
		r, out := c.execute(strings.ReplaceAll(code, "N", strconv.Itoa(n)))
		if r.field("status") != "ok" {
			t.Fatalf("%s: %v", code, r)
		}
		c.forget()
		return result(out)
	}
	// The kernel process is this one, the interpreter process says it of itself.
	heap := func() int {
		t.Helper()
		there, err := strconv.Atoi(run("runtime.GC()\nruntime.GC()\nvar heap runtime.MemStats\n" +
			"runtime.ReadMemStats(&heap)\nint(heap.HeapAlloc)"))
		if err != nil {
			t.Fatal(err)
		}
		runtime.GC()
		runtime.GC()
		var here runtime.MemStats
		runtime.ReadMemStats(&here)
		return there + int(here.HeapAlloc)
	}
	// What is under way takes memory for a moment: a write, a connection, a process that is started.
	heaps := func() int { t.Helper(); return min(heap(), heap(), heap()) }
	run("x := 1")
	for range 1100 { // more than kernel/iopub remembers the output of
		run("x")
	}
	const cells = 500
	// Maps grow in steps, so the bounds are somewhat higher than the 2 kB that a cell may leave.
	for _, row := range []struct {
		code string // N is a number of its own
		most int    // bytes a cell, in both processes together
	}{
		{"x = N", 1500},
		{"fmt.Sprint(x)", 2300},
		{"x + N", 2300},
		{"xN := x", 2400},
		{"func f() int { return x + N }\nf()", 2300},
		{"func fN(a int) int { return x + a }", 5600},
	} {
		var got []int
		for len(got) < 5 && (len(got) == 0 || slices.Min(got) > row.most) {
			before := heaps()
			for range cells {
				run(row.code)
			}
			got = append(got, (heaps()-before)/cells)
		}
		if slices.Min(got) > row.most {
			t.Errorf("%q leaves %d bytes behind, in as many attempts, want at most %d", row.code, got, row.most)
		}
	}
}
