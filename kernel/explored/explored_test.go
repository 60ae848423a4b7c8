package explored_test

// This file defines the tests of the cells.

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"gilkernel/kernel/client"
	"gilkernel/kernel/kerneltest"
	"gilkernel/kernel/notebook"
)

func TestMain(m *testing.M) { kerneltest.Main(m, nil) }

// patience is after how long a test gives up on a cell: later than a search gives up that is patient, and has made what
// it found shorter.
const patience = 6 * time.Minute

// A session is a kernel that has run the prelude.
type session struct {
	t *testing.T
	k *client.Kernel
}

func open(t *testing.T) *session {
	t.Helper()
	k, err := client.Start(t.Context(), &client.StartOptions{Argv: kerneltest.Kernel()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Stop)
	prelude, err := os.ReadFile("testdata/prelude.cell")
	if err != nil {
		t.Fatal(err)
	}
	s := &session{t, k}
	s.run(string(prelude))
	return s
}

// run runs a cell and returns what it shows.
func (s *session) run(code string) (text string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	result, err := s.k.Execute(ctx, &client.Execution{Code: code, Output: func(o *notebook.Output, _ bool) {
		if o != nil && (o.Type == "display_data" || o.Type == "execute_result") {
			data, _ := o.DataText("text/plain")
			text += data + "\n"
		}
	}})
	if err != nil {
		s.t.Fatalf("%v in\n%s", err, code)
	}
	if result.Status != "ok" {
		s.t.Fatalf("%s: %s in\n%s", result.EName, result.EValue, code)
	}
	return text
}

// A row is a cell that is broken.
type row struct {
	name, python, kind, why string
	preemptions             int
	broken, fixed           string
}

// rows reads the cells of a folder.
func rows(t *testing.T, folder string) (all []row) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := row{name: strings.TrimSuffix(filepath.Base(file), ".txtar"), preemptions: -1}
		for line := range strings.Lines(string(a.Comment)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			switch key {
			case "python":
				r.python = value
			case "kind":
				r.kind = value
			case "why":
				r.why = value
			case "preemptions":
				if r.preemptions, err = strconv.Atoi(value); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, f := range a.Files {
			switch f.Name {
			case "broken.go":
				r.broken = string(f.Data)
			case "fixed.go":
				r.fixed = string(f.Data)
			}
		}
		if r.python == "" || r.kind == "" || r.why == "" || r.preemptions < 0 || r.broken == "" || r.fixed == "" {
			t.Fatalf("%s lacks something", file)
		}
		all = append(all, r)
	}
	return all
}

// words are by what the verdict on a cell is known, by kind.
var words = map[string]string{
	"assertion":  `^an assertion fails: `,
	"deadlock":   `^deadlock: `,
	"panic":      `^[A-Z]\w+Error`,
	"endless":    `the run has no end`,
	"starvation": ` starves`,
}

var (
	verdict = regexp.MustCompile(
		`(?m)^Under Python (\S+) this cell breaks (?:with (\d+) preemptions?|without any preemption): (.*)`)
	// right is what is said of a cell that is right when all its schedules were tried, and bounded when those with few
	// preemptions were.
	right    = regexp.MustCompile(`(?m)^Under Python \S+ no schedule breaks this cell.\nTried: all [\d,]+ schedules\.$`)
	bounded  = regexp.MustCompile(`(?m)^Tried: all [\d,]+ schedules with up to 2 preemptions\.$`)
	schedule = regexp.MustCompile(`(?m)^ *(%%replay \S+)$`)
	numbered = regexp.MustCompile(`In\[\*\d+\]`) // each of the session's cells, which front ends don't number, is another
)

// patient are the options of a search that has the time to be complete on a busy computer.
const patient = "time=200s"

// many are the right cells that have so many schedules that they are searched with up to two preemptions only, and why.
var many = map[string]string{
	"if-instead-of-while": "three threads meet four times at one lock, and each order in which they wait is another",
}

// replays is how often each schedule is replayed; GILKERNEL_HAMMER=1 makes it a hundred times. elsewhere is how often
// that is done in another kernel.
func replays() (here, elsewhere int) {
	if os.Getenv("GILKERNEL_HAMMER") == "1" {
		return 100, 10
	}
	return 20, 2
}

// A replay is a cell under a schedule that breaks it, and what it shows.
type replay struct{ cell, shows string }

// check replays it in a session.
func (r *replay) check(s *session, times int) {
	s.t.Helper()
	for i := range times {
		again := numbered.ReplaceAllString(strings.Join(strings.Fields(s.run(r.cell)), " "), "In[*]")
		if r.shows == "" {
			r.shows = again
		}
		if again != r.shows || !strings.Contains(again, "this schedule breaks the cell: ") ||
			strings.Contains(again, "differs from the schedule") {
			s.t.Fatalf("replay %d of\n%s\n%s\nthe first was\n%s", i+1, r.cell, again, r.shows)
		}
	}
}

func TestBugs(t *testing.T)   { check(t, "bugs", 20) }
func TestLevels(t *testing.T) { check(t, "levels", 20) }

func check(t *testing.T, folder string, atLeast int) {
	all := rows(t, folder)
	if len(all) < atLeast {
		t.Errorf("there are %d %s", len(all), folder)
	}
	s := open(t)
	here, elsewhere := replays()
	var found []replay
	for _, r := range all {
		t.Run(r.name, func(t *testing.T) {
			s := &session{t, s.k}
			began := time.Now()
			said := s.run(fmt.Sprintf("%%%%explore python=%s %s\n%s", r.python, patient, r.broken))
			took := time.Since(began)
			got := verdict.FindStringSubmatch(said)
			if got == nil {
				t.Fatalf("it isn't found: %s", said)
			}
			if n, _ := strconv.Atoi(got[2]); n != r.preemptions || got[1] != r.python {
				t.Errorf("%s preemptions under %s, want %d (%s):\n%s", got[2], got[1], r.preemptions, r.why, said)
			}
			if !regexp.MustCompile(words[r.kind]).MatchString(got[3]) {
				t.Errorf("want %s: %s", r.kind, said)
			}
			line := schedule.FindStringSubmatch(said)
			if line == nil {
				t.Fatalf("there is no schedule: %s", said)
			}
			if n := len(line[1]) - len("%%replay "); n > 120 {
				t.Errorf("the schedule has %d characters: %s", n, line[1])
			}
			again := replay{cell: line[1] + "\n" + r.broken}
			again.check(s, here)
			found = append(found, again)
			options, complete := patient, right
			if many[r.name] != "" {
				options, complete = patient+" preemptions=2", bounded
			}
			good := s.run(fmt.Sprintf("%%%%explore python=%s %s\n%s", r.python, options, r.fixed))
			if !complete.MatchString(good) {
				t.Errorf("the right one: %s", good)
			}
			t.Logf("found after %v; the right one: %s", took, good)
		})
	}
	again := open(t) // other processes
	for _, r := range found {
		r.check(again, elsewhere)
	}
}
