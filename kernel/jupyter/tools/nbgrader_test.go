package tools_test

// This file defines the tests that play a term with nbgrader: an instructor and ten learners.

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gilkernel/install/testenv"
)

// graded is a cell of an assignment.
type graded struct {
	Source string `json:"source"`
	ID     string `json:"id"`
	Kind   string `json:"kind"` // "", "answer" or "tests"
	Points int    `json:"points"`
}

// term is what testdata/term.py plays.
type term struct {
	Assignment string         `json:"assignment"`
	Cells      []graded       `json:"cells,omitempty"` // none: the assignment is one that is shipped
	Learners   map[string]any `json:"learners"`        // answers by cell, or "solutions"
}

// answers are a learner's, by cell.
type answers map[string]string

// play makes a course, plays a term in it, and returns each learner's points by cell.
func play(t *testing.T, env *testenv.Environment, tm *term) map[string]map[string]float64 {
	t.Helper()
	course := filepath.Join(t.TempDir(), "course")
	if out, err := env.Cmd(t, env.Program, "course", course).CombinedOutput(); err != nil {
		t.Fatalf("gilkernel course: %v\n%s", err, out)
	}
	config, err := os.OpenFile(filepath.Join(course, "nbgrader_config.py"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	config.WriteString("\nc.Execute.timeout = 15\n") // a cell that hangs takes all of it
	if err := config.Close(); err != nil {
		t.Fatal(err)
	}
	plan := filepath.Join(t.TempDir(), "plan.json")
	text, err := json.Marshal(tm)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(plan, text, 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	cmd := env.Cmd(t, "python", "testdata/term.py", course, plan)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("nbgrader: %v\n%s%s", err, errs.Bytes(), out.Bytes())
	}
	var points map[string]map[string]float64
	if err := json.Unmarshal(out.Bytes(), &points); err != nil {
		t.Fatalf("%v in %s", err, out.Bytes())
	}
	return points
}

// The points of each answer are exact, whatever it does; a cell behind one that hangs is graded; what a right answer
// prints costs nothing.
func TestNbgrader(t *testing.T) {
	const right = "newCarPark := func(places int) (enter, leave func()) {\n" +
		"\tfree := threading.NewSemaphore(places)\n" +
		"\treturn func() { free.Acquire() }, func() { free.Release() }\n}"
	park := func(enter string) string {
		return "newCarPark := func(places int) (enter, leave func()) {\n\treturn func() { " + enter + " }, func() {}\n}"
	}
	const halve = "halve := func(n int) int { return n / 2 }"
	const square = "x := 49\nsquares := []int{1, 4, 9}"
	tm := &term{Assignment: "ps1", Cells: []graded{
		{"import \"gilkernel/runtime/exercise\"\nimport \"gilkernel/runtime/threading\"", "", "", 0},
		{"newCarPark := func(places int) (enter, leave func()) {\n\t// BEGIN SOLUTION\n" +
			"\tfree := threading.NewSemaphore(places)\n" +
			"\treturn func() { free.Acquire() }, func() { free.Release() }\n\t// END SOLUTION\n}", "park", "answer", 0},
		{"exercise.Check(\"carpark\", newCarPark).Score()", "park-tests", "tests", 1},
		{"// BEGIN SOLUTION\n" + halve + "\n// END SOLUTION", "halve", "answer", 0},
		{"score := 0.0\nfor n, want := range map[int]int{4: 2, 5: 2} {\n\tif halve(n) == want {\n\t\tscore += 0.5\n" +
			"\t}\n}\nscore", "halve-tests", "tests", 1},
		{"// BEGIN SOLUTION\n" + square + "\n// END SOLUTION", "square", "answer", 0},
		{"// AUTOTEST x; squares\n// HASHED AUTOTEST x + 1", "square-tests", "tests", 1},
		{"if halve(6) != 3 {\n\tpanic(\"halve(6) is not 3\")\n}\n// BEGIN HIDDEN TESTS\nif halve(8) != 4 {\n" +
			"\tpanic(\"halve(8) is not 4\")\n}\n// END HIDDEN TESTS", "last-tests", "tests", 1},
	}, Learners: map[string]any{
		"right": answers{"park": right, "halve": halve, "square": square},
		"prints": answers{"park": strings.Replace(right, "free :=", "println(\"places:\", places)\n\tfree :=", 1),
			"halve":  "halve := func(n int) int { println(n); log.Print(n); return n / 2 }",
			"square": "x := 49\nprintln(x)\nsquares := []int{1, 4, 9}"},
		"wrong": answers{"park": park(""), "halve": "halve := func(n int) int { return n }",
			"square": "x := 48\nsquares := []int{4}"},
		"partial": answers{"park": park(""), "halve": "halve := func(n int) int { return (n + 1) / 2 }",
			"square": square},
		"hangs": answers{"park": park("for {\n}"), "halve": "for {\n}", "square": square},
		"waits": answers{"park": park("select {}"), "halve": halve,
			"square": "lock := threading.NewLock()\nlock.Acquire()\nlock.Acquire()"},
		"panics": answers{"park": park("panic(\"full\")"), "halve": "halve := func(n int) int { panic(n) }",
			"square": square},
		"exits": answers{"park": park("os.Exit(0)"), "halve": "halve := func(n int) int { os.Exit(0); return 0 }",
			"square": square},
		"misspells": answers{"park": "newCarPark := fun(places int) {}", "halve": halve,
			"square": "x := 49\nsquares := [1, 4, 9]"},
		"absent": answers{},
	}}
	// What a learner's answer does to a cell is in the row's place: park, halve, square, last.
	want := map[string][4]float64{
		"right":     {1, 1, 1, 1},
		"prints":    {1, 1, 1, 1},
		"wrong":     {0, 0, 0, 0},
		"partial":   {0, 0.5, 1, 1},
		"hangs":     {0, 0, 1, 0},
		"waits":     {0, 1, 0, 1},
		"panics":    {0, 0, 1, 0},
		"exits":     {0, 0, 1, 0},
		"misspells": {0, 1, 0, 1},
		"absent":    {0, 0, 0, 0},
	}
	points := play(t, testenv.NewTools(t), tm)
	if len(points) != len(want) {
		t.Errorf("%d learners have points, want %d", len(points), len(want))
	}
	for learner, row := range want {
		for i, id := range []string{"park-tests", "halve-tests", "square-tests", "last-tests"} {
			if got, ok := points[learner][id]; !ok || got != row[i] {
				t.Errorf("%s: %s has %v points (graded: %t), want %v", learner, id, got, ok, row[i])
			}
		}
	}
}

// A shipped assignment gives all points for its solutions, and none for what it hands out.
func TestShippedAssignment(t *testing.T) {
	points := play(t, testenv.NewTools(t), &term{Assignment: "01-concurrency",
		Learners: map[string]any{"solver": "solutions", "absent": answers{}}})
	if len(points["solver"]) < 3 {
		t.Errorf("%d exercises were graded", len(points["solver"]))
	}
	for id, got := range points["solver"] {
		if got != 1 || points["absent"][id] != 0 {
			t.Errorf("%s: %v points for the solution, %v for nothing", id, got, points["absent"][id])
		}
	}
}
