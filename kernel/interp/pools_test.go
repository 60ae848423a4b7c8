//go:build linux

package interp_test

// This file tests the pools of processes that cells make.

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gilkernel/kernel/link"
)

const poolImports = "import \"fmt\"\nimport \"time\"\nimport mp \"gilkernel/runtime/multiprocessing\"\n"

// A pool lives as long as the session. Its workers know the functions and types of later cells, and print into the cell
// that gives them tasks, all of it before that ends.
func TestPoolOverCells(t *testing.T) {
	p := begin(t, "GILKERNEL_TEST_FAMILY=pool")
	for _, cell := range []struct{ code, want string }{
		{poolImports + "var p *mp.Pool\nvar n = 7\nfunc square(x int) int { fmt.Println(\"square\"); return x * x }\n" +
			"---\n_ = time.Now\np = mp.NewPool(2)\nfmt.Println(p.Map(square, []int{3, 4}, mp.Chunksize(2)))",
			"square\nsquare\n[9 16]\n"},
		{"import \"fmt\"\ntype pair struct { a, b int }\n" +
			"func swap(x pair) pair { fmt.Println(\"swap\", x); return pair{x.b, x.a} }\n---\n" +
			"fmt.Println(p.Apply(swap, pair{1, 2}), n)",
			"swap {1 2}\n{2 1} 7\n"},
		{"import \"fmt\"\nfunc negate(x int) int { return -x }\n---\n" +
			"fmt.Println(p.Map(negate, 3), p.Apply(func(s string) string { return s + \"!\" }, \"hey\"))",
			"[0 -1 -2] hey!\n"},
	} {
		r := p.run(cell.code).ok(t)
		got, want := strings.Split(r.out[r.id], "\n"), strings.Split(cell.want, "\n")
		slices.Sort(got) // processes print side by side
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	r := p.run("func invert(x int) int { return 1 / x }\n---\np.Map(invert, []int{1, 0})")
	if r.done.Error == nil || r.done.Error.Name != "ZeroDivisionError" {
		t.Fatalf("%+v", r.done)
	}
	text := trace(r.done.Error)
	for _, part := range []string{"RemoteTraceback: \n\"\"\"\nTraceback (most recent call last):\n",
		", line 1, in invert\n    func invert(x int) int { return 1 / x }\n",
		"The above exception was the direct cause of the following exception:"} {
		if !strings.Contains(text, part) {
			t.Errorf("%s\nhas no %q", text, part)
		}
	}
	p.closeIn()
	none(t, "GILKERNEL_TEST_FAMILY=pool")
}

const endlessMap = poolImports + `
var p *mp.Pool
var kept = 42
func forever(x int) int { for { time.Sleep(time.Millisecond) } }
func same(x int) int { return x }
---
p = mp.NewPool(2)
fmt.Println("begun", p.Map(same, 2))
p.Map(forever, 8)
`

// An interrupt of the cell that has made a pool ends the pool; variables stay, and another pool works.
func TestInterruptEndsPool(t *testing.T) {
	p := begin(t, "GILKERNEL_TEST_FAMILY=endless")
	p.interrupted(p.begun(endlessMap).ID)
	r := p.run("import \"fmt\"\nimport mp \"gilkernel/runtime/multiprocessing\"\n" +
		"import \"gilkernel/runtime/exceptions\"\n---\n" +
		"fmt.Println(kept, exceptions.Try(func() { p.Map(same, 2) }) != nil)\np.Terminate()\np = mp.NewPool(2)\n" +
		"fmt.Println(p.Map(same, 3), len(mp.ActiveChildren()))").ok(t)
	if got := r.out[r.id]; got != "42 true\n[0 1 2] 2\n" {
		t.Errorf("got %q", got)
	}
	p.closeIn()
	none(t, "GILKERNEL_TEST_FAMILY=endless")
}

const busyPool = poolImports + `
func step(x int) int { if x%100 == 0 { time.Sleep(time.Millisecond) }; return x }
---
p := mp.NewPool(3)
for _, w := range p.Processes() { fmt.Print(w.PID(), " ") }
fmt.Println("begun")
for { p.Map(step, 1000, mp.Chunksize(10)) }
`

// Whatever process of a pool is killed, whenever: the cell gets an error, or nothing is left if the parent was killed.
func TestPoolKilledAnywhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range 15 {
		variable := fmt.Sprintf("GILKERNEL_TEST_FAMILY=pool%d-%d", os.Getpid(), i)
		p := begin(t, variable)
		q := p.request(busyPool)
		p.send(&link.Request{Run: q})
		out := p.until(func(r *result) bool { return strings.Contains(r.out[q.ID], "begun") }).out[q.ID]
		workers := strings.Fields(out)[:3]
		time.Sleep(time.Duration(rng.IntN(30)) * time.Millisecond) // any point will do
		victim, _ := strconv.Atoi(workers[rng.IntN(len(workers))])
		if i%3 == 0 {
			victim = p.cmd.Process.Pid
		}
		if err := syscall.Kill(victim, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if victim != p.cmd.Process.Pid {
			r := p.wait(q.ID)
			if r.done.Error == nil || r.done.Error.Name != "BrokenPool" ||
				!strings.Contains(r.done.Error.Value, fmt.Sprintf("(pid %d) was ended by SIGKILL", victim)) {
				t.Fatalf("%+v", r.done)
			}
			p.run("import \"fmt\"\n---\nfmt.Println()").ok(t)
			p.closeIn()
		}
		none(t, variable)
	}
}
