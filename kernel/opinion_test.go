package kernel_test

// This file asks for a second opinion: compiled Go can't say what a cell with threads must print, but two engines can.
// Rows of testdata/opinion.txtar and generated programs run on both, on simulated machines with the same seeds, and
// must agree in all that leaves the interpreter: output, values, errors and the timeline.

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"gilkernel/kernel/link"
)

// opinionsVariable is the environment variable with how many programs TestGeneratedOpinions makes; opinionsSeed is the
// seed of the first.
const (
	opinionsVariable = "GILKERNEL_OPINIONS"
	opinionsSeed     = "GILKERNEL_OPINIONS_SEED"
)

// varying is what no two processes have in common: the numbers of goroutines.
var varying = regexp.MustCompile(`goroutine \d+`)

// opinion runs a cell on a machine, in the words of %machine, and returns all that it leads to.
func (n *notebook) opinion(t testing.TB, code, machine string) string {
	t.Helper()
	n.count++
	p, err := n.cells.Compile(fmt.Sprintf("In[%d]", n.count), code)
	if err != nil {
		t.Fatalf("%s\n%s", code, compileErrors(err))
	}
	n.runs++
	id := n.runs
	n.ask(t,
		&link.Request{Run: &link.Run{ID: id, Label: p.Label, Source: p.Source, Expr: p.Expr, Before: p.BeforeJSON(),
			Code: p.Code, Value: "display", Python: machine}})
	watch := time.AfterFunc(patience,
		func() { _ = n.requests.Write(&link.Request{Interrupt: &link.Interrupt{ID: id}}) })
	defer watch.Stop()
	var out strings.Builder
	failed := func(e *link.Error) {
		fmt.Fprintf(&out, "%s: %s\n%s\n", e.Name, e.Value, strings.Join(e.Traceback, "\n"))
	}
	for {
		e := n.next(t)
		switch {
		case e.Started != nil:
			n.cells.Commit(p)
		case e.Stream != nil:
			out.WriteString(e.Stream.Text)
		case e.Display != nil:
			for _, mime := range sortedKeys(e.Display.Data) {
				fmt.Fprintf(&out, "%s: %s\n", mime, e.Display.Data[mime])
			}
		case e.Error != nil:
			failed(e.Error)
		case e.Done != nil && e.Cell == id:
			if e.Done.Error != nil {
				failed(e.Done.Error)
			}
			return varying.ReplaceAllString(out.String(), "goroutine N")
		}
	}
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// opinions runs a cell on both engines. Which of two threads a channel wakes first isn't always the machine's to say:
// one engine alone may lead to one of several outcomes, so that engines that differ get some more runs to come to the
// same.
func opinions(t *testing.T, exec, yaegi *notebook, cell, machine string) (a, b string) {
	t.Helper()
	seen := [2]map[string]bool{{}, {}}
	for range 10 {
		a, b = exec.opinion(t, cell, machine), yaegi.opinion(t, cell, machine)
		seen[0][a], seen[1][b] = true, true
		switch {
		case seen[1][a]:
			return a, a
		case seen[0][b]:
			return b, b
		}
	}
	return a, b
}

// agree runs the cells of a program on both engines, the last on each machine, and compares.
func agree(t *testing.T, cells []string, machines ...string) {
	t.Helper()
	both := map[string]*notebook{"exec": newNotebook(t, "exec"), "yaegi": newNotebook(t, "yaegi")}
	for _, n := range both {
		for _, c := range cells[:len(cells)-1] {
			if o := n.run(t, c); o.err != "" {
				t.Fatalf("%s\n%s", c, o.err)
			}
		}
	}
	for _, m := range machines {
		a, b := opinions(t, both["exec"], both["yaegi"], cells[len(cells)-1], m)
		if len(a) < 1000 { // a timeline is longer
			t.Errorf("on %s %s led to this alone: %s", m, cells[len(cells)-1], a)
		}
		if a != b {
			i := 0
			for i < len(a) && i < len(b) && a[i] == b[i] {
				i++
			}
			from := max(i-200, 0)
			t.Errorf("on %s the engines differ:\n%s\nexec:  %.600s\n\nyaegi: %.600s", m, strings.Join(cells, "\n"),
				a[from:], b[from:])
			return
		}
	}
}

// opinionMachines are those that rows run on.
func opinionMachines() (all []string) {
	for i, python := range []string{"2.7", "3.9", "3.13", "3.14t"} {
		all = append(all, fmt.Sprintf("simulated python=%s cores=%d seed=%d", python, 1+i, 7+i))
	}
	return all
}

// The sections of a row: "row: name", then its cells.
func TestOpinions(t *testing.T) {
	a, err := txtar.ParseFile("testdata/opinion.txtar")
	if err != nil {
		t.Fatal(err)
	}
	rows, names := map[string][]string{}, []string{}
	for _, f := range a.Files {
		if name, ok := strings.CutPrefix(f.Name, "row: "); ok {
			names = append(names, name)
			continue
		}
		last := names[len(names)-1]
		rows[last] = append(rows[last], string(f.Data))
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) { agree(t, rows[name], opinionMachines()...) })
	}
}

// workerMaker writes what a thread does.
type workerMaker struct {
	r *rand.Rand
	b strings.Builder
	n int
}

func (m *workerMaker) line(format string, args ...any) { fmt.Fprintf(&m.b, format+"\n", args...) }

func (m *workerMaker) stmts(depth int) {
	for range 1 + m.r.IntN(4) {
		m.stmt(depth)
	}
}

// block writes statements that are nested in one of this depth, between two texts.
func (m *workerMaker) block(before string, depth int, after string) {
	m.line("%s", before)
	m.stmts(depth - 1)
	m.line("%s", after)
}

// stmt writes one statement. What waits may wait forever: a deadlock is an outcome too.
func (m *workerMaker) stmt(depth int) {
	n := m.r.IntN(18)
	if depth == 0 {
		n %= 10
	}
	switch n {
	case 0:
		m.line("counter += %d", 1+m.r.IntN(3))
	case 1:
		m.line("fmt.Println(id, %q, counter)", string(rune('a'+m.r.IntN(26))))
	case 2:
		m.line("time.Sleep(%d * time.Millisecond)", m.r.IntN(12))
	case 3:
		m.line("jobs.Put(id*10 + %d, queue.Timeout(%d*time.Millisecond))", m.r.IntN(10), 1+m.r.IntN(20))
	case 4:
		m.line("if v, err := jobs.GetTimeout(%d * time.Millisecond); err == nil { counter += v.(int); "+
			"fmt.Println(id, \"got\", v) }", 1+m.r.IntN(20))
	case 5:
		m.line("select { case c <- id: default: fmt.Println(id, \"full\") }")
	case 6:
		m.line("select { case v, ok := <-c: fmt.Println(id, v, ok); default: counter-- }")
	case 7:
		m.line("seen[id] = append(seen[id], counter)")
	case 8:
		m.line("ready.%s", []string{"Set()", "Clear()", "Wait(threading.Timeout(5 * time.Millisecond))"}[m.r.IntN(3)])
	case 9:
		m.line("fmt.Println(id, sum(%d))", m.r.IntN(200))
	case 10:
		m.block("mu.With(func() {", depth, "})")
	case 11:
		m.block("places.Acquire()", depth, "places.Release()")
	case 12, 13:
		m.n++
		m.block(fmt.Sprintf("for i%d := range %d {\ncounter += i%d", m.n, 1+m.r.IntN(60), m.n), depth, "")
		m.line("if counter > %d { break }\n}", 500+m.r.IntN(2000))
	case 14:
		m.block(fmt.Sprintf("if counter%%%d == id%%2 {", 2+m.r.IntN(3)), depth, "} else {")
		m.block("", depth, "}")
	case 15:
		m.block("func() {\ndefer func() { if v := recover(); v != nil { fmt.Println(id, v) } }()", depth,
			"if counter%3 == 0 { panic(\"three\") }\n}()")
	case 16:
		m.block("switch counter % 4 {\ncase 0:", depth, "case 1, 2: counter++\nfallthrough\ndefault:")
		m.block("", depth, "}")
	case 17:
		m.block("func() { mu.Acquire(); defer mu.Release()", depth, "}()")
	}
}

// makeThreads returns the cells of a program whose threads do anything.
func makeThreads(r *rand.Rand) []string {
	m := &workerMaker{r: r}
	threads := 2 + r.IntN(3)
	for i := range threads {
		m.line("func worker%d(id int) {", i)
		m.stmts(2)
		m.stmts(2)
		m.line("}")
	}
	cells := []string{"import (\"fmt\"; \"time\"; \"gilkernel/runtime/queue\"; \"gilkernel/runtime/threading\")\n" +
		"func sum(n int) (s int) { for i := 0; i < n; i++ { s += i }; return s }\n"}
	shared := `mu, places, ready := threading.NewLock(), threading.NewSemaphore(2), threading.NewEvent()
jobs, c, seen := queue.NewQueue(2), make(chan int, 2), make([][]int, 9)
counter := 0
`
	work := m.b.String()
	main := "counter = 0\nvar all []*threading.Thread\n"
	for i := range threads {
		main += fmt.Sprintf("all = append(all, threading.NewThread(worker%d, threading.Args(%d)))\n", i, i)
	}
	main += "for _, t := range all { t.Start() }\nfor _, t := range all { t.Join() }\n" +
		"fmt.Println(counter, seen, jobs.Qsize(), len(c))\n"
	return append(cells, shared, work, main)
}

func TestGeneratedOpinions(t *testing.T) {
	count, seed := 8, uint64(1)
	if testing.Short() {
		count = 2
	}
	if n, err := strconv.Atoi(os.Getenv(opinionsVariable)); err == nil {
		count = n
	}
	if n, err := strconv.ParseUint(os.Getenv(opinionsSeed), 10, 64); err == nil {
		seed = n
	}
	for i := range uint64(count) {
		t.Run(strconv.FormatUint(seed+i, 10), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed+i, 0))
			cells := makeThreads(r)
			machines := opinionMachines()
			// One machine for each program: what a run leaves behind, such as a lock that a dead thread holds, is no
			// machine's.
			agree(t, cells, machines[r.IntN(len(machines))])
		})
	}
}
