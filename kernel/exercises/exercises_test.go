package exercises_test

// This file defines the tests of the checks.

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"gilkernel/install/testenv"
	"gilkernel/kernel/client"
	"gilkernel/kernel/notebook"
)

// patience is after how long a test gives up on a cell: a check that meets a solution that spins takes seconds.
const patience = 2 * time.Minute

// A session is a kernel that has imported what solutions need.
type session struct {
	t      *testing.T
	k      *client.Kernel
	stderr string // what the last cell wrote there
}

func open(t *testing.T) *session {
	t.Helper()
	k, err := client.Start(t.Context(), &client.StartOptions{
		Argv: []string{testenv.Program(t), "start", "-f", "{connection_file}"},
		Env:  []string{"GILKERNEL_PROGRESS=" + filepath.Join(t.TempDir(), "progress.jsonl")},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Stop)
	s := &session{t: t, k: k}
	s.run("import \"gilkernel/runtime/exercise\"\nimport \"gilkernel/runtime/threading\"\n" +
		"import \"gilkernel/runtime/explore\"\nimport \"gilkernel/runtime/futures\"\n" +
		"import \"gilkernel/runtime/queue\"\nimport \"gilkernel/runtime/gil\"")
	return s
}

// run runs a cell and returns what it shows last, and whether it is valid Go.
func (s *session) run(code string) (text string, ok bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	s.stderr = ""
	result, err := s.k.Execute(ctx, &client.Execution{Code: code, Output: func(o *notebook.Output, _ bool) {
		if o != nil && o.Type == "execute_result" {
			text, _ = o.DataText("text/plain")
		}
		if o != nil && o.Type == "stream" && o.Name == "stderr" {
			s.stderr += string(o.Text)
		}
	}})
	if err != nil {
		s.t.Fatalf("%v in\n%s", err, code)
	}
	if result.Status != "ok" {
		text = result.EName + ": " + result.EValue
	}
	return text, result.Status == "ok"
}

// slow is how many seeds are enough for exercises whose runs use a network or start processes, so that all rows take
// less than three minutes of two cores. GILKERNEL_HAMMER=1 tries as many as for the others.
var slow = map[string]int{
	"bank":         60,
	"barrier":      40,
	"buffer":       25,
	"philosophers": 30,
	"wakeup":       40,
	"once":         40,
	"readers":      30,
	"pool":         20,
	"wordcount":    10,
	"chunks":       6,
	"unsendable":   15,
	"client":       100,
	"conversation": 100,
	"frames":       100,
	"numbers":      100,
	"backlog":      60,
	"restart":      60,
	"shutdown":     100,
	"order":        20,
	"tally":        20,
	"copies":       20,
	"starve":       30,
}

// check runs a solution, which defines name, and its check.
func (s *session) check(id, name, code string, seeds int) (verdict string, ok bool) {
	s.t.Helper()
	if n := slow[id]; n > 0 && os.Getenv("GILKERNEL_HAMMER") != "1" {
		seeds = min(seeds, n)
	}
	return s.run(fmt.Sprintf("%s\nexercise.Check(%q, %s, %d)", code, id, name, seeds))
}

// each calls row for each exercise, with a session of its own, at the same time.
func each(t *testing.T, row func(t *testing.T, s *session, e *exercise)) {
	t.Helper()
	for _, e := range exercises(t) {
		t.Run(e.id, func(t *testing.T) {
			t.Parallel()
			row(t, open(t), &e)
		})
	}
}

// An exercise is an archive of testdata: files called right/… and wrong/…; what the check must say of a wrong one
// stands in the first line, behind "// want: ". A file called equivalent lists mutants that are right solutions too,
// each with the reason.
type exercise struct {
	id, name     string
	right, wrong []txtar.File
	equivalent   string
}

func exercises(t *testing.T) (all []exercise) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no exercises", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		e := exercise{id: strings.TrimSuffix(filepath.Base(file), ".txtar"), name: strings.TrimSpace(string(a.Comment))}
		for _, f := range a.Files {
			switch kind, name, _ := strings.Cut(f.Name, "/"); kind {
			case "right":
				f.Name = name
				e.right = append(e.right, f)
			case "wrong":
				f.Name = name
				e.wrong = append(e.wrong, f)
			case "equivalent":
				e.equivalent = string(f.Data)
			default:
				t.Fatalf("%s: what is %s?", file, f.Name)
			}
		}
		all = append(all, e)
	}
	return all
}

// Right solutions pass, whatever way they go, in a thousand runs: 334 seeds in each of three kinds of world.
func TestRightSolutions(t *testing.T) {
	seeds := 334
	if testing.Short() {
		seeds = 100
	}
	each(t, func(t *testing.T, s *session, e *exercise) {
		if len(e.right) < 3 {
			t.Errorf("%d right solutions, not 3", len(e.right))
		}
		for _, f := range e.right {
			if verdict, _ := s.check(e.id, e.name, string(f.Data), seeds); !strings.HasPrefix(verdict, "✔") {
				t.Errorf("%s: %s", f.Name, verdict)
			}
			if s.stderr != "" {
				t.Errorf("%s writes to stderr: %s", f.Name, s.stderr)
			}
		}
	})
}

// The likely wrong ones get the words that name their mistake.
func TestWrongSolutions(t *testing.T) {
	each(t, func(t *testing.T, s *session, e *exercise) {
		if len(e.wrong) < 3 {
			t.Errorf("%d wrong solutions, not 3", len(e.wrong))
		}
		for _, f := range e.wrong {
			first, _, _ := strings.Cut(string(f.Data), "\n")
			want, ok := strings.CutPrefix(first, "// want: ")
			if !ok {
				t.Fatalf("%s: no line that says what the check must say", f.Name)
			}
			verdict, _ := s.check(e.id, e.name, string(f.Data), 100)
			if !strings.HasPrefix(verdict, "✘") || !strings.Contains(verdict, want) {
				t.Errorf("%s: %q, without %q", f.Name, verdict, want)
			}
			if strings.Contains(s.stderr, "machine was stopped") { // what is left of a run ends silently
				t.Errorf("%s writes to stderr: %s", f.Name, s.stderr)
			}
		}
	})
}

// Of all mutants of right solutions that are no solutions themselves, the checks catch at least 95 %. Those of each
// exercise's first solution take minutes; with GILKERNEL_HAMMER=1 it is those of all.
func TestMutants(t *testing.T) {
	var caught, all atomic.Int64
	t.Run("all", func(t *testing.T) { // returns when the parallel rows have ended
		each(t, func(t *testing.T, s *session, e *exercise) {
			c, a := tryMutants(t, s, e)
			caught.Add(int64(c))
			all.Add(int64(a))
		})
	})
	t.Logf("%d of %d mutants were caught", caught.Load(), all.Load())
	if caught.Load()*100 < all.Load()*95 {
		t.Errorf("%d of %d mutants were caught, less than 95 %%", caught.Load(), all.Load())
	}
}

// tryMutants returns how many mutants there are of an exercise's right solutions, and how many the check catches.
func tryMutants(t *testing.T, s *session, e *exercise) (caught, all int) {
	right := e.right[:1]
	if os.Getenv("GILKERNEL_HAMMER") == "1" {
		right = e.right
	}
	unused := map[string]bool{}
	for line := range strings.Lines(e.equivalent) {
		line = strings.TrimSpace(line)
		for _, f := range right {
			if strings.HasPrefix(line, f.Name+": ") {
				unused[line] = true
			}
		}
	}
	for _, f := range right {
		for _, m := range mutants(t, string(f.Data)) {
			verdict, valid := s.check(e.id, e.name, m.code, 100)
			if !valid {
				continue // the compiler catches it
			}
			excused := false
			for line := range unused {
				if strings.HasPrefix(line, f.Name+": "+m.slip+" –") {
					delete(unused, line)
					excused = true
				}
			}
			survived := strings.HasPrefix(verdict, "✔")
			switch {
			case excused && !survived:
				t.Errorf("%s: %s is listed as equivalent, and the check says %s", f.Name, m.slip, verdict)
			case excused:
				continue
			case survived:
				t.Logf("%s: not caught: %s", f.Name, m.slip)
			default:
				caught++
			}
			all++
		}
	}
	for line := range unused {
		t.Errorf("no such mutant, or it doesn't compile: %s", line)
	}
	return caught, all
}
