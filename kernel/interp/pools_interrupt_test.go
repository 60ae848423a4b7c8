//go:build linux

package interp_test

// This file tests interrupts of cells that wait for other processes: what a cell has started ends, and what earlier
// cells have started continues.

import (
	"testing"

	"gilkernel/kernel/link"
)

const beforeInterrupt = poolImports + `import "gilkernel/runtime/futures"
import "gilkernel/runtime/threading"
var kept = 42
var old *mp.Pool
var mapped *threading.Thread
func same(x int) int { return x }
func slow(x int) int { time.Sleep(time.Millisecond); if x == 0 { for !over.IsSet() { time.Sleep(time.Millisecond) } }; return x }
func endless(x int) int { for { time.Sleep(time.Millisecond) } }
var over *mp.Event
func keep(e *mp.Event) { over = e }
---
over = mp.NewEvent()
old = mp.NewPool(2, mp.Initializer(keep, over))
var _, _ = time.Now, futures.NewProcessPoolExecutor
mapped = threading.NewThread(func() { fmt.Println(old.Map(slow, 4)) })
mapped.Start()`

func TestInterruptOfCellsThatWait(t *testing.T) {
	both := []string{"", "simulated cores=4 seed=1"}
	for _, row := range []struct {
		name, code string
		machines   []string
	}{
		{"a loop", "fmt.Println(\"begun\")\nfor { time.Sleep(time.Millisecond) }", both},
		{"Pool.Map", "p := mp.NewPool(2); p.Map(same, 2)\nfmt.Println(\"begun\")\np.Map(endless, 4)", both},
		{"Pool.Imap", "p := mp.NewPool(2); p.Map(same, 2)\nfmt.Println(\"begun\")\np.Imap(endless, 4).Next()", both},
		{"Executor.Submit", "e := futures.NewProcessPoolExecutor(2); e.Submit(same, 1).Result()\n" +
			"fmt.Println(\"begun\")\ne.Submit(endless, 1).Result()", both},
		{"a manager's queue",
			"m := mp.NewManager(); q := m.Queue()\nfmt.Println(\"begun\")\nq.Get(mp.Timeout(time.Hour))", both},
		{"a manager's event", "e := mp.NewManager().Event()\nfmt.Println(\"begun\")\ne.Wait(mp.Timeout(time.Hour))",
			both},
		{"Process.Join", "p := mp.NewProcess(endless, mp.Args(1)); p.Start()\nfmt.Println(\"begun\")\np.Join()", both},
		{"a process's queue", "q := mp.NewQueue(); p := mp.NewProcess(endless, mp.Args(1)); p.Start()\n" +
			"fmt.Println(\"begun\")\nq.Get(mp.Timeout(time.Hour))", both},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			for _, python := range row.machines {
				p := begin(t)
				first := p.request(beforeInterrupt)
				if python != "" {
					p.machine(python)
				}
				p.send(&link.Request{Run: first})
				p.wait(first.ID).ok(t)
				p.interrupted(p.begun(poolImports + "import \"gilkernel/runtime/futures\"\n---\n" +
					"var _, _, _ = time.Now, futures.NewProcessPoolExecutor, mp.NewPool\n" + row.code).ID)
				r := p.run(poolImports + "---\nover.Set(); mapped.Join()\n" +
					"for range 1000 { if len(mp.ActiveChildren()) == 2 { break }; time.Sleep(10 * time.Millisecond) " +
					"}\n" +
					"fmt.Println(kept, old.Map(same, 3), len(mp.ActiveChildren()))").ok(t)
				if got := r.out[r.id]; got != "42 [0 1 2] 2\n" {
					t.Errorf("%q: got %q", python, got)
				}
				if got := r.out[first.ID]; got != "[0 1 2 3]\n" {
					t.Errorf("%q: the earlier cell printed %q", python, got)
				}
			}
		})
	}
}
