//go:build linux

package interp_test

import (
	"fmt"
	"strings"
	"testing"
)

// What a cell prints behind a result comes behind what the worker printed before it sent the result, on both machines;
// that holds for messages of a queue and for semaphores, and for a worker that prints so much that its output is
// gathered.
func TestWorkersPrintInOrder(t *testing.T) {
	const times, many = 200, 60
	for _, words := range []string{"real", "simulated cores=2"} {
		for _, row := range []struct {
			name, cell string
			lines      int // of the worker, before each of the parent's
		}{
			{"result", "pool := mp.NewPool(2)\nfor i := range 200 { fmt.Println(\"got\", pool.Apply(tell, i, 1)) }\n" +
				"pool.Terminate()", 1},
			{"result behind much", "pool := mp.NewPool(2)\n" +
				"for i := range 200 { fmt.Println(\"got\", pool.Apply(tell, i, 60)) }\npool.Terminate()", many},
			{"queue", "q, s := mp.NewSimpleQueue(), mp.NewSemaphore(0)\np := mp.NewProcess(put, mp.Args(q, s))\n" +
				"p.Start()\nfor range 200 { s.Release(); fmt.Println(\"got\", q.Get()) }\np.Join()", 1},
			{"semaphore", "s, back := mp.NewSemaphore(0), mp.NewSemaphore(0)\n" +
				"p := mp.NewProcess(release, mp.Args(s, back))\np.Start()\n" +
				"for i := range 200 { s.Release(); back.Acquire(); fmt.Println(\"got\", i) }\np.Join()", 1},
			{"end", "for i := range 10 { p := mp.NewProcess(tell, mp.Args(i, 60)); p.Start(); p.Join(); " +
				"fmt.Println(\"got\", i) }", many},
		} {
			t.Run(words+", "+row.name, func(t *testing.T) {
				p := begin(t)
				p.machine(words)
				r := p.run("import \"fmt\"\nimport mp \"gilkernel/runtime/multiprocessing\"\n" +
					"func tell(i, n int) int { for range n { fmt.Println(\"task\", i) }; return i }\n" +
					"func put(q *mp.SimpleQueue, s *mp.Semaphore) { for i := range 200 { s.Acquire(); " +
					"fmt.Println(\"task\", i); q.Put(i) } }\n" +
					"func release(s, back *mp.Semaphore) { for i := range 200 { s.Acquire(); fmt.Println(\"task\", " +
					"i); back.Release() } }\n---\n" + row.cell).ok(t)
				n := times
				if row.name == "end" {
					n = 10
				}
				var want strings.Builder
				for i := range n {
					want.WriteString(strings.Repeat(fmt.Sprintln("task", i), row.lines) + fmt.Sprintln("got", i))
				}
				if got := r.out[r.id]; got != want.String() {
					lines, wanted := strings.Split(got, "\n"), strings.Split(want.String(), "\n")
					for i := range min(len(lines), len(wanted)) {
						if lines[i] != wanted[i] {
							t.Fatalf("line %d is %q, want %q", i, lines[i], wanted[i])
						}
					}
					t.Fatalf("%d lines, want %d", len(lines), len(wanted))
				}
			})
		}
	}
}
