package exercise_test

// This file tests what the first notebook says about the exercises.

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"gilkernel/runtime/exercise"
)

// words are the numbers that the notebook writes out.
var words = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
	"twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "twenty-one",
	"twenty-two", "twenty-three", "twenty-four", "twenty-five", "twenty-six", "twenty-seven", "twenty-eight",
	"twenty-nine", "thirty", "thirty-one", "thirty-two", "thirty-three", "thirty-four", "thirty-five", "thirty-six",
	"thirty-seven", "thirty-eight", "thirty-nine", "forty"}

// The first notebook counts the exercises.
func TestNumbersOfTheFirstNotebook(t *testing.T) {
	const first = "../../notebooks/00-start.ipynb"
	text := strings.ToLower(source(t, first))
	if sentence := "there are " + words[len(exercise.IDs())] + " **exercises**"; !strings.Contains(text, sentence) {
		t.Errorf("%s doesn't say %q", first, sentence)
	}
}

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
