package main

// This file defines the runs of the lessons on a loaded computer: what real cells say must hold there too.

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"gilkernel/install/testenv"
)

// claims are what the text of a lesson says of the output of a real cell: by the beginning of the cell's source, the
// form of its output; of an exception, that is its name and its text.
var claims = []struct{ notebook, source, output string }{
	{"01-concurrency", "var waited time.Duration", `^([5-9]|10) waits at a time, on average\n$`},
	{"01-concurrency", "%%python\nimport sys, threading\n\ncounter",
		`^(lost some updates|lost none, which proves nothing|No Python 3 was found.*)\n$`},
	{"02-the-gil", "%%python\nimport sys\n\nbasket",
		`^(one more name, and the count grew by 1|No Python 3 was found.*)\n$`},
	{"02-the-gil", "%%python\nimport threading, time", `^(This Python has a GIL\.\nDuring one call of sorted, the ` +
		`ticker stood still\.|This Python has no GIL\.\nDuring one call of sorted, the ticker kept ticking\.|No ` +
		`Python 3 was found.*)\n$`},
	{"05-multiprocessing", `fmt.Println("times as fast`, `^.*\nwaits for 100 ms +3\.9\d +3\.8\d\n` +
		`computes for 30 ms +(0.99|1.00) +3\.5\d\ncomputes for 0.3 ms +0\.[78]\d +0\.[23]\d\n` +
		`computes for 0.03 ms +0\.[23]\d +0\.0\d\n$`},
	{"05-multiprocessing", `fmt.Println(strings.Join(rows, "\n"))`, `^chunks of    1: +6\d ms\n` +
		`chunks of   10: +1\d ms\nchunks of  100: +1\d ms\nchunks of 1000: +1\d ms\nchunks of 2000: +3\d ms\n` +
		`without a pool: +60 ms\n$`},
	{"05-multiprocessing", "%%python\nimport multiprocessing, sys\n",
		`^(parent: 5 ms\nchild:  100 ms\nparent: 5 ms|No Python 3 was found.*)\n$`},
	{"05-multiprocessing", "level = 2", `^fork: the child sees level 2\nspawn: the child sees level 1\n` +
		`forkserver: the child sees level 1\n$`},
	{"05-multiprocessing", "%%python\nimport multiprocessing\n\nlevel = 1", `^((fork: the child sees level 2\n|(spawn|` +
		`forkserver): the child sees level 1\n)+|No Python 3 was found.*\n)$`},
	{"05-multiprocessing", "lock := threading.NewLock", `^PicklingError: args\[0\]: a \*threading.Lock can't be sent ` +
		`to another process: use a multiprocessing.Lock$`},
	{"05-multiprocessing", "%%python\nimport pickle", `^(a list can be sent\na function of a module can be sent\n` +
		`(a (lambda|lock|generator) can't be sent: \w+\n|an open file can't be sent: \w+\n){4}|No Python 3 was found.*\n)$`},
	{"05-multiprocessing", "child := func(results", `^Deadlock: 3 threads wait, and no other thread can wake them\n` +
		`  MainThread waits for the end of child at In\[\d+\], line 8\n  MainThread of child waits for the end of QueueFeederThread\n  ` +
		`QueueFeederThread of child waits for Queue-\d+ \(full\)$`},
	{"05-multiprocessing", "%%python\nimport multiprocessing\n\ndef child(results)", `^(after two seconds, the child is ` +
		`alive\ngot 1000000 characters\nafter that, its exit code is 0|No Python 3 was found.*)\n$`},
	{"05-multiprocessing", "square := func(n int) int {", `^BrokenPool: Pool-\d+ is broken: \w+-\d+ \(pid \d+\) was ` +
		`ended by SIGKILL while it ran square for item 3\. Make another pool\.$`},
	{"05-multiprocessing", "%%python\nimport concurrent.futures", `^(Pool: no result, no exception\n` +
		`ProcessPoolExecutor: BrokenProcessPool|No Python 3 was found.*)\n$`},
	{"05-multiprocessing", "%%python\nimport multiprocessing\n\ndef add(counter)",
		`^(lost some updates|lost none, which proves nothing|No Python 3 was found.*)\n$`},
	{"05-multiprocessing", "block := sharedmemory", `^the parent reads 7\n$`},
	{"05-multiprocessing", "%%python\nimport multiprocessing, threading, timeit", `^((one process by (fork|spawn|` +
		`forkserver) costs as much as \d\d+ threads\n)+|No Python 3 was found.*\n)$`},
	{"06-client-server", "%%python\nimport socket, time", `^(b'1002\\nstop\\n'|No Python 3 was found.*)\n$`},
	{"06-client-server", `fmt.Println("one client")`, `^one client\nwait +3\d ms\ncompute +2\d ms\nsortAll +3\d ms\n` +
		`\n.*\nwait +9\d ms +3\d ms\ncompute +8\d ms +8\d ms\nsortAll +9\d ms +9\d ms\n$`},
	{"06-client-server", "listener, err :=", `^10 clients were connected at the same time\n$`},
	{"06-client-server", `fmt.Println("              one by one`, `^.*\nwait +9\d ms +3\d ms +3\d ms\n` +
		`compute +8\d ms +8\d ms +3\d ms\nsortAll +9\d ms +9\d ms +3\d ms\n$`},
	{"06-client-server", "%%python\nimport os, socket", `^(TCPServer: 1 process\(es\), 1 thread\(s\)\nThreadingTCPServer: ` +
		`1 process\(es\), 3 thread\(s\)\nForkingTCPServer: 3 process\(es\), 3 thread\(s\)|No Python 3 was found.*)\n$`},
	{"06-client-server", `fmt.Println("            one by one`, `^.*\nwait +0\.\d % +(9\d|10\d)\.\d % +(9\d|10\d)\.\d %\n` +
		`compute +0\.\d % +[01]\.\d % +(9\d|10\d)\.\d %\nsortAll +0\.\d % +0\.\d % +(9\d|10\d)\.\d %\n$`},
	{"06-client-server", "rows := []string{\n\tleft", `^.*\n(wait|compute|sortAll)( +\d+\.\d %){3}\n` +
		`(wait|compute|sortAll)( +\d+\.\d %){3}\n(wait|compute|sortAll)( +\d+\.\d %){3}\n$`},
	{"06-client-server", "processingOrder :=", `^(a child works on request 1\n){3}processing order: \[\]\n$`},
	{"06-client-server", "%%python\nimport multiprocessing\n\nprocessing_order",
		`^((a child works on request 1\n){3}processing order: \[\]|No Python 3 was found.*)\n$`},
	{"07-beyond", `fmt.Println("four threads, four cores`, `^.*\n.*\none counter +(0\.9|1\.0) +(0\.9|1\.0)\n` +
		`own counters +1\.0 +3\.\d\n$`},
	{"07-beyond", "%machine simulated python=3.14 cores=4\nvar visitors", `^there, the list has 2 items <nil>\n` +
		`there, the list has 3 items <nil>\nhere, it has 1\n$`},
	{"07-beyond", "func count(", `^100 of 100 sums are right\n$`},
	{"07-beyond", "%%python 3.14t --optional", `^(a GIL: False\nbusy:  (more than|no more than) one core|Not run: ` +
		`there is no Python 3.14t.*|No Python 3 was found.*)\n$`},
	{"07-beyond", "%%python 3.14 --optional", `^(the same process: True\nswitch interval there: 0\.1\nswitch ` +
		`interval here:  0\.005|Not run: there is no Python 3.14.*|No Python 3 was found.*)\n$`},
	{"07-beyond", "fmt.Println(strings.Join(rows", `^asyncio.sleep +4\d ticks\ntime.sleep +0 ticks\ntime.sleep in a ` +
		`thread +4\d ticks\ncomputing +0 ticks\ncomputing in a thread +\d ticks\ncomputing in a process +\d\d ` +
		`ticks\n$`},
	{"07-beyond", "%%python\nimport asyncio, time", `^(await asyncio.sleep +the ticker ticked\ntime.sleep +the ticker ` +
		`stood still\ntime.sleep in a thread +the ticker ticked|No Python 3 was found.*)\n$`},
}

// loads is how many goroutines compute beside the lessons.
const loads = 4

// GILKERNEL_LESSON_RUNS=20 runs all lessons twenty times beside busy loops, with GILKERNEL_LESSONS=05-* those whose
// names match. It takes minutes, so it is asked for:
// TestSimulatedOutputsAreStored runs each lesson once, and TestLessonClaims looks at what is stored.
func TestLessonsOnALoadedMachine(t *testing.T) {
	runs, _ := strconv.Atoi(os.Getenv("GILKERNEL_LESSON_RUNS"))
	if runs <= 0 {
		return
	}
	program := testenv.Program(t)
	for range loads {
		go func() { // ends with the test
			for t.Context().Err() == nil {
				continue
			}
		}()
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("notebooks")); err != nil {
		t.Fatal(err)
	}
	pattern := cmp.Or(os.Getenv("GILKERNEL_LESSONS"), "*") + ".ipynb"
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(files) == 0 {
		t.Fatal("no lessons", err)
	}
	for n := range runs {
		for _, file := range files {
			name := filepath.Base(file)
			cmd := exec.CommandContext(t.Context(), program, "run", name)
			cmd.Dir, cmd.Env = dir,
				append(os.Environ(), "GILKERNEL_PROGRESS="+filepath.Join(dir, fmt.Sprintf("progress-%d.jsonl", n)))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("run %d of %s: %v\n%s", n+1, name, err, out)
				continue
			}
			holds(t, readLesson(t, filepath.Join(dir, "executed", name)))
		}
	}
}

// The claims hold of what is stored, too, and each is about a cell that is there.
func TestLessonClaims(t *testing.T) {
	found := 0
	for _, l := range readLessons(t) {
		found += holds(t, l)
	}
	if found != len(claims) {
		t.Errorf("%d claims are about cells that are there, of %d", found, len(claims))
	}
}

// holds checks the claims about an executed lesson, and returns how many there are.
func holds(t *testing.T, l *lessonFile) (found int) {
	t.Helper()
	for _, c := range claims {
		if c.notebook != l.name {
			continue
		}
		for i, cell := range l.Cells {
			if !strings.HasPrefix(strings.Join(cell.Source, ""), c.source) {
				continue
			}
			found++
			text := ""
			for _, o := range cell.Outputs {
				text += strings.Join(o.Text, "")
				if o.Type == "error" {
					text += o.EName + ": " + o.EValue
				}
			}
			if !regexp.MustCompile(c.output).MatchString(text) {
				t.Errorf("%s, cell %d says %q", l.name, i, text)
			}
		}
	}
	return found
}
