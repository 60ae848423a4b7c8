package exercise_test

// This file tests what a learner answers and what is kept of it. Solutions are checked as cells, by the kernel's tests.

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gilkernel/runtime/exercise"
)

func course(t *testing.T) (*exercise.Course, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "new", "progress.jsonl")
	return exercise.New(exercise.Host{Simulate: exercise.Simulate, File: file}), file
}

func TestPredictThenReveal(t *testing.T) {
	c, file := course(t)
	rows := []struct{ answer, predict, reveal string }{
		{"?", "Write a, b or c between the quotes, in place of the question mark",
			"You made no prediction. The answer is c: ten."},
		{"x", `"x" is not one of the answers. Write a, b or c`, "You made no prediction."},
		{" B ", "You say b: two, as the computer has two cores.", "Cores are for computing."},
		{"?", "You said b before.", "You said b"},
		{"c", "You say c: ten.", "You said c: ten. That is what happens."},
	}
	for _, r := range rows {
		if got := c.Predict("ten-waits", r.answer).String(); !strings.Contains(got, r.predict) {
			t.Errorf("Predict(%q) says %q, without %q", r.answer, got, r.predict)
		}
		// Another kernel reads the same file.
		other := exercise.New(exercise.Host{File: file})
		if got := other.Reveal("ten-waits").String(); !strings.Contains(got, r.reveal) {
			t.Errorf("Reveal after %q says %q, without %q", r.answer, got, r.reveal)
		}
	}
	c.Reset("ten-waits")
	if got := c.Reveal("ten-waits").String(); !strings.Contains(got, "no prediction") {
		t.Errorf("after Reset: %q", got)
	}
}

func TestUnknownNames(t *testing.T) {
	c, _ := course(t)
	for _, got := range []string{c.Predict("nope").String(), c.Reveal("nope").String(), c.Hint("nope").String(),
		c.Task("nope").String(),
		c.Solution("nope").String(), c.Check("nope", 1).String(), c.Reset("nope").String()} {
		if !strings.Contains(got, `"nope"`) ||
			!strings.Contains(got, "counter") && !strings.Contains(got, "ten-waits") {
			t.Errorf("an unknown name gets %q, without the names that are known", got)
		}
	}
}

func TestHintsComeOneByOne(t *testing.T) {
	c, _ := course(t)
	for _, want := range []string{"Hint 1 of 3.", "Hint 2 of 3.", "Hint 3 of 3.", "Hint 3 of 3."} {
		if got := c.Hint("counter").String(); !strings.HasPrefix(got, want) {
			t.Errorf("got %q, not %q", got, want)
		}
	}
}

func TestWrongTypeIsNamed(t *testing.T) {
	c, _ := course(t)
	for _, v := range []any{nil, 5, func() {}, (func() (func(), func() int))(nil)} {
		r := c.Check("counter", v)
		if r.Passed() || !strings.Contains(r.String(), "func() (add func(), total func() int)") {
			t.Errorf("Check(%T) says %q", v, r)
		}
	}
}

// A file that is damaged, or can't be a file, costs what it held and a sentence, nothing else.
func TestDamagedFiles(t *testing.T) {
	t.Run("lines", func(t *testing.T) {
		c, file := course(t)
		c.Predict("ten-waits", "a")
		f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		f.WriteString("{\"kind\": \"predi\nnull\n[1]\n\x00\xff\n{\"kind\":\"from the future\"}\n")
		f.Close()
		got := c.Reveal("ten-waits").String()
		if !strings.Contains(got, "You said a") || !strings.Contains(got, "damaged") {
			t.Errorf("%q", got)
		}
	})
	t.Run("a directory", func(t *testing.T) {
		c := exercise.New(exercise.Host{File: t.TempDir()})
		if got := c.Predict("ten-waits", "a").String(); !strings.Contains(got, "could not be written") ||
			!strings.Contains(got, "GILKERNEL_PROGRESS") {
			t.Errorf("%q", got)
		}
		if got := c.Progress().String(); !strings.Contains(got, "could not be read") {
			t.Errorf("%q", got)
		}
	})
	t.Run("a line without end", func(t *testing.T) {
		c, file := course(t)
		c.Predict("ten-waits", "a")
		if err := os.WriteFile(file, []byte(strings.Repeat("x", 1<<20)), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := c.Progress().String(); !strings.Contains(got, "only in part") {
			t.Errorf("%q", got)
		}
	})
}

// Several notebooks write to the file at the same time.
func TestHammerFile(t *testing.T) {
	_, file := course(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			c := exercise.New(exercise.Host{File: file})
			for range 50 {
				c.Hint("counter")
				c.Predict("ten-waits", "b")
			}
		})
	}
	all.Wait()
	got := exercise.New(exercise.Host{File: file}).Progress().String()
	if strings.Contains(got, "damaged") ||
		!strings.Contains(got, "1 of 1 predictions made") && !strings.Contains(got, "predictions made") {
		t.Errorf("%q", got)
	}
	b, err := os.ReadFile(file)
	if err != nil || strings.Count(string(b), "\n") != 8*50*2 {
		t.Errorf("%d lines, not %d: %v", strings.Count(string(b), "\n"), 8*50*2, err)
	}
}

// A check does the same on every computer: the same solution, the same words.
func TestChecksAreRepeatable(t *testing.T) {
	c, _ := course(t)
	lost := func() (func(), func() int) {
		n := 0
		return func() { n++ }, func() int { return -n } // compiled code has no checks, so the race is in the total
	}
	first := c.Check("counter", lost).String()
	if again := c.Check("counter", lost).String(); again != first || !strings.HasPrefix(first, "✘") {
		t.Errorf("%q, then %q", first, again)
	}
}

// Where nothing can be written, a Course remembers, and says for how long.
func TestNoPlaceToWrite(t *testing.T) {
	c := exercise.New(exercise.Host{Simulate: exercise.Simulate, File: t.TempDir()}) // a folder
	if got := c.Predict("ten-waits", "a").String(); !strings.Contains(got,
		"remembered only until the kernel restarts") {
		t.Errorf("Predict says %q", got)
	}
	if got := c.Reveal("ten-waits").String(); !strings.Contains(got, "You said a") {
		t.Errorf("Reveal says %q", got)
	}
	for _, want := range []string{"Hint 1 of 3.", "Hint 2 of 3."} {
		if got := c.Hint("counter").String(); !strings.HasPrefix(got, want) {
			t.Errorf("Hint says %q, not %q", got, want)
		}
	}
	if got := c.Progress().String(); !strings.Contains(got, "1 of ") || strings.Contains(got, "nowhere else") {
		t.Errorf("Progress says %q", got)
	}
	if got := exercise.New(exercise.Host{}); strings.Contains(got.Predict("ten-waits", "c").String(), "remembered") ||
		!strings.Contains(got.Reveal("ten-waits").String(), "You said c") {
		t.Error("a Course without a file remembers nothing, or complains")
	}
}
