package experiments_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gilkernel/kernel/experiments"
)

func TestAll(t *testing.T) {
	all := experiments.All()
	for _, want := range []string{"cpu", "io", "race", "race-call", "native", "sleeper", "processes", "start",
		"servers", "servers-io", "servers-native"} {
		if e, ok := experiments.Named(want); !ok || e.Title == "" || e.About == "" || e.Python == "" || e.Go == "" {
			t.Errorf("%s: %+v", want, e)
		}
	}
	if len(all) != len(experiments.Names()) {
		t.Errorf("%d experiments, %d names", len(all), len(experiments.Names()))
	}
	if _, ok := experiments.Named("nope"); ok {
		t.Error("nope is an experiment")
	}
	for _, e := range all {
		if !strings.Contains(e.Python, "threads") || !strings.Contains(e.Go, "threads") {
			if len(e.Threads) > 1 {
				t.Errorf("%s doesn't ask how many threads", e.Name)
			}
		}
	}
}

// Records fit their experiments, and say where and when they were made.
func TestRecorded(t *testing.T) {
	b, err := os.ReadFile("recorded.json")
	if err != nil {
		t.Fatal(err)
	}
	var records []experiments.Record
	if err := json.Unmarshal(b, &records); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range records {
		e, ok := experiments.Named(r.Experiment)
		if _, err := time.Parse(time.DateOnly, r.Date); !ok || err != nil || r.Machine == "" ||
			!strings.HasPrefix(r.Version, strings.TrimSuffix(r.Python, "t")) || !slices.Equal(r.Threads, e.Threads) ||
			len(r.Figures) != len(e.Columns()) {
			t.Errorf("%+v: record it anew", r)
		}
		seen[r.Experiment+" "+r.Python] = true
	}
	for _, e := range experiments.All() {
		for _, v := range []string{"2.7", "3.9", "3.11", "3.12", "3.13"} {
			if e.Has(v) && !seen[e.Name+" "+v] {
				t.Errorf("%s isn't recorded for Python %s", e.Name, v)
			}
		}
		if got := experiments.Recorded(&e); len(got) == 0 {
			t.Errorf("%s has no records", e.Name)
		}
		e.Threads = []int{7}
		if got := experiments.Recorded(&e); len(got) > 0 {
			t.Errorf("%s with 7 threads has records: %v", e.Name, got)
		}
	}
	if got := experiments.Recorded(&experiments.Experiment{Threads: []int{1, 2, 4}}); len(got) > 0 {
		t.Errorf("a cell's own texts have records: %v", got)
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"x = 1\n--- go\nx := 1\n": `python "x = 1\n" at 1, go "x := 1\n" ` +
			`at 3, [1 2 4], ""`,
		"\n\nx = 1\n--- go\nx := 1": `python "x = 1\n" at 3, go "x := 1" at ` +
			`5, [1 2 4], ""`,
		"--- Python\nx\n----- GO  \r\ny": `python "x\n" at 2, go "y" at 4, [1 2 ` +
			`4], ""`,
		"--- go\ny\n--- python\nx": `python "x" at 4, go "y\n" at 2, [1 2 4], ""`,
		"title: T\nthreads: 2, 3\nprinted: % lost\n--- python\nx\n---go\ny": `python "x\n" at 5, go "y" at 7, [2 3], ` +
			`"% lost"`,
		"if x: pass\n--- go\ny":                          `python "if x: pass\n" at 1, go "y" at 3, [1 2 4], ""`,
		"x = 1\n--- go\n--- x\n":                         `python "x = 1\n" at 1, go "--- x\n" at 3, [1 2 4], ""`,
		"names: a, b c\n--- python\nx\n--- go\ny":        `python "x\n" at 3, go "y" at 5, [1 2], ""`,
		"names: a\nthreads: 4\n--- python\nx\n--- go\ny": `python "x\n" at 4, go "y" at 6, [4], ""`,
		"names: 1,2,3,4,5,6,7\n--- python\nx\n--- go\ny": "!choose at most 6",
		"since: 3.4\n--- python\nx\n--- go\ny":           `python "x\n" at 3, go "y" at 5, [1 2 4], ""`,
		"since: three\n--- python\nx\n--- go\ny":         "!no version of Python",
		"names: list[str] = []\nx\n--- go\ny": `python "names: list[str] = []\nx\n" at 1, go "y" at 4, [1 ` +
			`2 4], ""`,
		"\nsince: int\n--- go\ny":                 `python "since: int\n" at 2, go "y" at 4, [1 2 4], ""`,
		"--- python\nthreads: int = 3\n--- go\ny": `python "threads: int = 3\n" at 2, go "y" at 4, [1 2 4], ""`,
		"threads: 4\n--- go\ny\n--- python\nx":    `python "x" at 5, go "y\n" at 3, [4], ""`,
		"x = 1\n--- python\nx\n--- go\ny":         `!"x = 1" before the first "---" is no setting`,
		"size: 3\n--- python\nx\n--- go\ny":       "!is no setting",
		"":                                        "!two texts are needed",
		"x":                                       "!two texts are needed",
		"--- go\ny":                               "!two texts are needed",
		"x\n--- go\n  \n":                         "!two texts are needed",
		"x\n--- go\ny\n--- go\n":                  "!there are two lines",
		"threads: many\n--- python\nx\n--- go\ny": "!no number of threads",
	} {
		e, err := experiments.Parse(text)
		got := fmt.Sprintf("python %q at %d, go %q at %d, %v, %q", e.Python, e.PythonLine, e.Go, e.GoLine, e.Threads,
			e.Printed)
		if err != nil {
			got = "!" + err.Error()
		}
		if wrong, ok := strings.CutPrefix(want,
			"!"); ok && !(strings.HasPrefix(got, "!") && strings.Contains(got, wrong)) || !ok && got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	for words, want := range map[string]string{"1": "[1]", "1,2,4": "[1 2 4]", " 4 , 0,4": "[4 0]", "": "", "-1": "",
		"1,,2": "", "x": "", "1001": "", "1,2,3,4,5,6,7": ""} {
		list, err := experiments.Counts(words)
		if (err != nil) != (want == "") || err == nil && fmt.Sprint(list) != want {
			t.Errorf("%q: %v, %v", words, list, err)
		}
	}
}

func TestMeasure(t *testing.T) {
	times := map[int][]float64{1: {4, 2, 3}, 2: {6, 8, 3}, 4: {1, 1, 1}}
	calls := 0
	run := func(threads int) (string, float64, error) {
		calls++
		list := times[threads]
		times[threads] = append(list[1:], list[0])
		return fmt.Sprintf("noise\n%g", list[0]*10), list[0], nil
	}
	for _, r := range []struct {
		e             experiments.Experiment
		want          string
		unit, columns string
	}{
		{experiments.Experiment{Threads: []int{1, 2, 4}}, "[1.5 0.3333333333333333]",
			"time, as a multiple of that with 1 thread", "2 threads|4 threads"},
		{experiments.Experiment{Threads: []int{2}}, "[6000]", "time in ms", ""},
		{experiments.Experiment{Threads: []int{1, 2}, Printed: "% lost", Each: "worker process"}, "[30 60]", "% lost",
			"1 worker process|2 worker processes"},
		{experiments.Experiment{Threads: []int{4}, Printed: "ms"}, "[10]", "ms", ""},
		{experiments.Experiment{Threads: []int{1, 2}, Names: []string{"one thread", "two processes"}}, "[1.5]",
			"time, as a multiple of that with one thread", "two processes"},
		{experiments.Experiment{Threads: []int{1, 2}, Names: []string{"fork", "spawn"}, Printed: "ms"}, "[30 60]", "ms",
			"fork|spawn"},
	} {
		calls = 0
		got, err := r.e.Measure(3, run)
		if err != nil || fmt.Sprint(got) != r.want || calls != 3*len(r.e.Threads) || r.e.Unit() != r.unit ||
			strings.Join(r.e.Columns(), "|") != r.columns {
			t.Errorf("%+v: %v, %v, %d calls, %q, %q", r.e, got, err, calls, r.e.Unit(), r.e.Columns())
		}
	}
	gone := errors.New("gone")
	var wrong *experiments.TextError
	if _, err := (&experiments.Experiment{Threads: []int{1}}).Measure(1,
		func(int) (string, float64, error) { return "", 0, gone }); err != gone {
		t.Error(err)
	}
	if _, err := (&experiments.Experiment{Threads: []int{1, 2}}).Measure(1,
		func(int) (string, float64, error) { return "", 0, nil }); !errors.As(err, &wrong) {
		t.Error(err)
	}
	for _, text := range []string{"", " \n", "5 %", "x"} {
		if _, err := (&experiments.Experiment{Threads: []int{1}, Printed: "x"}).Measure(1,
			func(int) (string, float64, error) { return text, 0, nil }); !errors.As(err, &wrong) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if got, err := (&experiments.Experiment{Threads: []int{1}, Printed: "x"}).Measure(0,
		func(int) (string, float64, error) { return "nan", 0, nil }); err != nil || !math.IsNaN(got[0]) {
		t.Error(got, err)
	}
}

func TestHas(t *testing.T) {
	for words, want := range map[string]bool{" 2.7": true, "3.4 2.7": false, "3.4 3.3": false, "3.4 3.4": true,
		"3.4 3.14t": true, "2.7 3.6": true, "3.4 x": false} {
		since, python, _ := strings.Cut(words, " ")
		if got := (&experiments.Experiment{Since: since}).Has(python); got != want {
			t.Errorf("since %q, %q: %v", since, python, got)
		}
	}
}
