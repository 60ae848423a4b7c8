package exercises_test

// This file defines the tests of the notebooks of exercises, as a learner runs them.

import (
	"path/filepath"
	"strings"
	"testing"

	"gilkernel/kernel/notebook"
)

// fewSeeds is how many seeds the checks of notebooks try here: that solutions are right for all seeds is tested beside.
const fewSeeds = ", 6)"

// All cells of all notebooks run. The cells to begin with have the defect that the check names, and hold nothing up;
// the solutions pass.
func TestNotebooksRun(t *testing.T) {
	files, err := filepath.Glob("../../notebooks/exercises/*.ipynb")
	if err != nil || len(files) == 0 {
		t.Fatal("no notebooks", err)
	}
	for _, file := range files {
		dir, name := filepath.Split(file)
		t.Run(strings.TrimSuffix(name, ".ipynb"), func(t *testing.T) {
			t.Parallel()
			for mark, file := range map[string]string{"✘": file, "✔": filepath.Join(dir, "solutions", name)} {
				runNotebook(t, file, mark)
			}
		})
	}
}

// runNotebook runs all cells of a notebook; the checks must show mark.
func runNotebook(t *testing.T, file, mark string) {
	t.Helper()
	book, err := notebook.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	s := open(t)
	for _, c := range book.Cells {
		if c.Type != "code" {
			continue
		}
		code := string(c.Source)
		check := strings.HasPrefix(code, "exercise.Check(")
		if check {
			code = strings.TrimSuffix(code, ")") + fewSeeds
		}
		text, ok := s.run(code)
		switch {
		case !ok || s.stderr != "":
			t.Errorf("%s: %s %s in\n%s", file, text, s.stderr, code)
		case check && !strings.HasPrefix(text, mark):
			t.Errorf("%s: not %s but %s in\n%s", file, mark, text, code)
		}
	}
}
