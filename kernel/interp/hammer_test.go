package interp_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// hammerVariable is the environment variable with the number of rounds of TestHammer. Without it there is one round, of
// a few cells.
const hammerVariable = "GILKERNEL_HAMMER"

// Cells with goroutines, threads, channels and locks, of the tables and generated, are interrupted at a random moment,
// on each machine. Whatever they are in, they end, and the next cell answers.
func TestHammer(t *testing.T) {
	rounds, _ := strconv.Atoi(os.Getenv(hammerVariable))
	share := 1.0
	if rounds == 0 {
		rounds, share = 1, 0.2
	}
	for _, machine := range machines[:4] {
		t.Run(strings.ReplaceAll(machine, " ", ","), func(t *testing.T) {
			t.Parallel()
			seed := uint64(time.Now().UnixNano())
			r := rand.New(rand.NewPCG(seed, 1))
			p := begin(t)
			for range rounds {
				var cells []string
				for _, row := range endsItself {
					if !strings.Contains(row.code, "---\n") { // its types would be declared twice
						cells = append(cells, row.code)
					}
				}
				for _, row := range asleep {
					cells = append(cells, row.code)
				}
				for range 20 {
					cells = append(cells, generated(r))
				}
				for _, code := range cells {
					if r.Float64() >= share {
						continue
					}
					q := p.on(machine, code)
					// An interrupt of a run that has ended does nothing.
					timer := time.AfterFunc(time.Duration(r.IntN(120))*time.Millisecond, func() { p.interrupt(q.ID) })
					res := p.wait(q.ID)
					timer.Stop()
					if e := res.done.Error; e != nil && e.Name != "KeyboardInterrupt" && e.Name != "Deadlock" {
						t.Fatalf("seed %d: %s\nended with %s", seed, code, trace(e))
					}
					if got := p.run("7\n").ok(t).text(); got != `"7"` {
						t.Fatalf("seed %d: after\n%s\nthe next cell resulted in %s", seed, code, got)
					}
				}
			}
		})
	}
}

// generated returns a program of a few goroutines and threads, each of which does a few things that wait.
func generated(r *rand.Rand) string {
	steps := []string{
		"c <- 1", "<-c", "select { case <-c: case c <- 2: }", "select { case <-c: default: }",
		"mu.Lock(); n++; mu.Unlock()",
		"rw.RLock(); _ = n; rw.RUnlock()", "rw.Lock(); n++; rw.Unlock()", "time.Sleep(time.Millisecond)",
		"l.Acquire(); n++; l.Release()",
		"for range 1000 { n++ }", "once.Do(func() { time.Sleep(5*time.Millisecond) })", "q.Put(1)",
		"e.Wait(threading.Timeout(5*time.Millisecond))",
		"e.Set()", "fmt.Fprintln(w, n)", "mu.Lock(); cond.Signal(); mu.Unlock()",
	}
	body := func() string {
		var b strings.Builder
		for range 1 + r.IntN(4) {
			b.WriteString(steps[r.IntN(len(steps))] + "; ")
		}
		return b.String()
	}
	var b strings.Builder
	// In a block: a cell that declares its locks again zeroes them, perhaps under a thread of the cell before that
	// still ends, and Go's runtime dies of an Unlock then.
	b.WriteString("import (\"fmt\"; \"io\"; \"sync\"; \"time\"; \"gilkernel/runtime/threading\"; " +
		"\"gilkernel/runtime/queue\")\n{\n" +
		"c := make(chan int, " + strconv.Itoa(r.IntN(3)) +
		")\nn := 0\nvar mu sync.Mutex\nvar rw sync.RWMutex\nvar once sync.Once\nvar wg sync.WaitGroup\n" +
		"cond := sync.NewCond(&mu)\nl, e, q := threading.NewLock(), threading.NewEvent(), queue.NewQueue()\n" +
		"rd, w := io.Pipe()\ngo io.Copy(io.Discard, rd)\n" +
		"_, _, _, _, _, _ = c, &once, cond, l, e, q\n")
	var joins []string
	for i := range 1 + r.IntN(5) {
		if r.IntN(2) == 0 {
			fmt.Fprintf(&b, "wg.Add(1)\ngo func() { defer wg.Done(); %s }()\n", body())
			continue
		}
		fmt.Fprintf(&b, "t%d := threading.NewThread(func() { %s })\nt%d.Start()\n", i, body(), i)
		joins = append(joins, fmt.Sprintf("t%d.Join()\n", i))
	}
	b.WriteString(body() + "\n" + strings.Join(joins, "") + "wg.Wait()\ntime.Sleep(0)\nfmt.Print(n)\n}\n")
	return b.String()
}
