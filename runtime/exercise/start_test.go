package exercise_test

// This file tests what the first notebook says about the exercises.

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gilkernel/runtime/exercise"
)

// words are the numbers that the notebook writes out.
var words = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
	"twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "twenty-one",
	"twenty-two", "twenty-three", "twenty-four", "twenty-five", "twenty-six", "twenty-seven", "twenty-eight",
	"twenty-nine", "thirty"}

// own is how many notebooks, after the first, have exercises of their own; the others are the talk's defects.
const own = 5

// The first notebook counts all exercises, those of the lessons before the one on servers, and the others.
func TestNumbersOfTheFirstNotebook(t *testing.T) {
	lessons, err := filepath.Glob("../../notebooks/[0-9]*.ipynb")
	if err != nil || len(lessons) <= own {
		t.Fatal(lessons, err)
	}
	shown := map[string]bool{}
	for _, file := range lessons[1 : own+1] {
		for _, m := range tasked.FindAllStringSubmatch(source(t, file), -1) {
			shown[m[1]] = true
		}
	}
	all, early := exercise.IDs(), 0
	for _, id := range all {
		if shown[id] {
			early++
		}
	}
	text := strings.ToLower(source(t, lessons[0]))
	for _, sentence := range []string{
		"there are " + words[len(all)] + " **exercises**.",
		"\n" + words[early] + " belong to the first " + words[own] + " notebooks. the other " +
			words[len(all)-early] + " are",
	} {
		if !strings.Contains(text, sentence) {
			t.Errorf("%s doesn't say %q", lessons[0], sentence)
		}
	}
}

// tasked matches how a lesson shows an exercise.
var tasked = regexp.MustCompile(`exercise\.Task\("(\w+)"`)

// source returns the source of all cells of a notebook.
func source(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var book struct{ Cells []struct{ Source []string } }
	if err := json.Unmarshal(data, &book); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, c := range book.Cells {
		text.WriteString(strings.Join(c.Source, "") + "\n")
	}
	return text.String()
}
