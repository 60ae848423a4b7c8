package experiments

// This file defines an experiment: its text, and what its figures are.

import (
	"embed"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed texts/*.txt
var texts embed.FS

// An Experiment is the same program in both languages.
type Experiment struct {
	Name  string // "cpu"; "" for a cell's own
	Title string // "Threads that compute"
	About string // one sentence: what it shows
	// Threads are the values that the variable threads has, one after the other.
	Threads []int
	// Printed says what the last printed number is; "" measures the time.
	Printed string
	// Each is what threads counts: "thread" if it is "".
	Each string
	// Names are what the values of Threads stand for, if they don't count anything: "one thread", "two processes".
	Names []string
	// Since is the first version of Python that can run it: "3.4"; "" is any.
	Since string
	// Python and Go are the texts, which begin in the lines PythonLine and GoLine of the whole text, from 1.
	Python, Go         string
	PythonLine, GoLine int
}

// All returns the registered experiments in the order of their names.
func All() []Experiment {
	entries, _ := texts.ReadDir("texts") // it is embedded
	var all []Experiment
	for _, entry := range entries {
		text, _ := texts.ReadFile("texts/" + entry.Name())
		e, err := Parse(string(text))
		if err != nil {
			panic(entry.Name() + ": " + err.Error()) // a test has read them all
		}
		e.Name = strings.TrimSuffix(path.Base(entry.Name()), ".txt")
		all = append(all, e)
	}
	return all
}

// Named returns a registered experiment.
func Named(name string) (Experiment, bool) {
	for _, e := range All() {
		if e.Name == name {
			return e, true
		}
	}
	return Experiment{}, false
}

// Names returns the names of the registered experiments.
func Names() []string {
	var names []string
	for _, e := range All() {
		names = append(names, e.Name)
	}
	return names
}

// separator matches the line before a text: "--- go".
var separator = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^-{3,}[ \t]*(python|go)[ \t\r]*$`)
})

// maxThreads and maxCounts bound what Threads may say.
const (
	maxThreads = 1000
	maxCounts  = 6
)

// Parse reads the text of an experiment. Settings stand before the first separator of a text that has a line "---
// python". Without that line, all that stands before "--- go" is Python: each setting, such as "names: list", is also
// an annotation in Python. The error is a sentence that says what is wrong with the text.
func Parse(text string) (Experiment, error) {
	e := Experiment{Threads: []int{1, 2, 4}}
	part := map[string]*strings.Builder{"": {}, "python": {}, "go": {}}
	first := map[string]int{}
	now := ""
	for i, line := range strings.SplitAfter(text, "\n") {
		if m := separator().FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil {
			now = strings.ToLower(m[1])
			if _, twice := first[now]; twice {
				return e, fmt.Errorf("there are two lines \"--- %s\": leave one of them out", now)
			}
			first[now] = i + 2
			continue
		}
		part[now].WriteString(line)
	}
	before := part[""].String()
	if _, settings := first["python"]; settings {
		if err := e.settings(before); err != nil {
			return e, err
		}
	} else {
		python := strings.TrimLeft(before, "\r\n")
		part["python"].WriteString(python)
		first["python"] = 1 + strings.Count(before[:len(before)-len(python)], "\n")
	}
	e.Python, e.Go, e.PythonLine, e.GoLine = part["python"].String(), part["go"].String(), first["python"], first["go"]
	if strings.TrimSpace(e.Python) == "" || strings.TrimSpace(e.Go) == "" {
		return e, errors.New("two texts are needed: Python's, then a line \"--- go\", then Go's that does the same")
	}
	return e, nil
}

// settings takes the lines before the first text.
func (e *Experiment) settings(text string) error {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		set := false
		if ok {
			var err error
			if set, err = e.set(strings.TrimSpace(name), strings.TrimSpace(value)); err != nil {
				return err
			}
		}
		if !set {
			return fmt.Errorf("%q before the first \"---\" is no setting: write title, about, printed, each, names, "+
				"since or threads and a colon, or move the line below \"--- python\"", line)
		}
	}
	return nil
}

// set takes a setting, and reports whether name is that of one.
func (e *Experiment) set(name, value string) (bool, error) {
	switch name {
	case "title":
		e.Title = value
	case "about":
		e.About = value
	case "printed":
		e.Printed = value
	case "each":
		e.Each = value
	case "since":
		if major, minor := version(value); major == 0 || minor < 0 {
			return true, fmt.Errorf("%q is no version of Python: write one such as 3.4", value)
		}
		e.Since = value
	case "names":
		for _, word := range strings.Split(value, ",") {
			e.Names = append(e.Names, strings.TrimSpace(word))
		}
		if len(e.Names) > maxCounts {
			return true, fmt.Errorf("%d names are more than a figure can show: choose at most %d", len(e.Names),
				maxCounts)
		}
		e.Threads = nil
		for i := range e.Names {
			e.Threads = append(e.Threads, i+1)
		}
	case "threads":
		list, err := Counts(value)
		if err != nil {
			return true, err
		}
		e.Threads, e.Names = list, nil
	default:
		return false, nil
	}
	return true, nil
}

// Has reports whether a version of Python, such as "3.13t", can run it.
func (e *Experiment) Has(python string) bool {
	if e.Since == "" {
		return true
	}
	major, minor := version(python)
	first, second := version(e.Since)
	return major > first || major == first && minor >= second
}

// version returns the numbers of a version; 0 and -1 if it has none.
func version(word string) (major, minor int) {
	minor = -1
	_, _ = fmt.Sscanf(word, "%d.%d", &major, &minor)
	return major, minor
}

// Counts reads numbers of threads such as "1,2,4".
func Counts(value string) ([]int, error) {
	var list []int
	for _, word := range strings.Split(value, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || n < 0 || n > maxThreads {
			return nil, fmt.Errorf("%q is no number of threads: write some with commas, such as 1,2,4, of 0 to %d",
				strings.TrimSpace(word), maxThreads)
		}
		if !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	if len(list) > maxCounts {
		return nil, fmt.Errorf("%d numbers of threads are more than a figure can show: choose at most %d", len(list),
			maxCounts)
	}
	return list, nil
}

// relative reports whether the figures are times over that with the first number of threads.
func (e *Experiment) relative() bool { return e.Printed == "" && len(e.Threads) > 1 }

// Rounds returns how often it is run if nothing else was said: times on a computer that has something else to do need
// more.
func (e *Experiment) Rounds() int {
	if e.Printed == "" {
		return 3
	}
	return 1
}

// Columns returns what the figures are of: "2 threads", or "" alone if there is only one.
func (e *Experiment) Columns() []string {
	list := e.Threads
	if e.relative() {
		list = list[1:]
	}
	if len(e.Threads) == 1 {
		return []string{""}
	}
	var columns []string
	for _, n := range list {
		columns = append(columns, e.counted(n))
	}
	return columns
}

func (e *Experiment) counted(n int) string {
	if n > 0 && n <= len(e.Names) {
		return e.Names[n-1]
	}
	each := e.Each
	if each == "" {
		each = "thread"
	}
	if n == 1 {
		return "1 " + each
	}
	if rest, ok := strings.CutSuffix(each, "process"); ok {
		return fmt.Sprintf("%d %sprocesses", n, rest)
	}
	return fmt.Sprintf("%d %ss", n, each)
}

// Unit returns what the figures are.
func (e *Experiment) Unit() string {
	switch {
	case e.Printed != "":
		return e.Printed
	case e.relative():
		return "time, as a multiple of that with " + e.counted(e.Threads[0])
	}
	return "time in ms"
}

// A Run runs one of the texts with a number of threads, and returns what it printed and how long it took in seconds, on
// its own clock.
type Run func(threads int) (printed string, seconds float64, err error)

// Measure runs the experiment in some rounds and returns a figure for each of Columns. Each round has all numbers of
// threads, one right after the other, and times are compared within it, so that what else the computer does hits all
// alike. The figure is the middle one of the rounds.
func (e *Experiment) Measure(rounds int, run Run) ([]float64, error) {
	var all [][]float64 // the figures of each round
	for range max(rounds, 1) {
		figures, err := e.round(run)
		if err != nil {
			return nil, err
		}
		all = append(all, figures)
	}
	var middle []float64
	for i := range all[0] {
		var list []float64
		for _, figures := range all {
			list = append(list, figures[i])
		}
		slices.Sort(list)
		middle = append(middle, list[len(list)/2])
	}
	return middle, nil
}

func (e *Experiment) round(run Run) ([]float64, error) {
	var figures []float64
	for _, n := range e.Threads {
		printed, seconds, err := run(n)
		if err != nil {
			return nil, err
		}
		v := seconds * 1000
		if e.Printed != "" {
			if v, err = lastNumber(printed); err != nil {
				return nil, err
			}
		}
		figures = append(figures, v)
	}
	if !e.relative() {
		return figures, nil
	}
	base := figures[0]
	if base <= 0 {
		return nil,
			&TextError{"it takes no time at all with " + e.counted(e.Threads[0]) +
				", so nothing can be compared with it: give it more to do"}
	}
	for i := range figures {
		figures[i] /= base
	}
	return figures[1:], nil
}

// A TextError says what is wrong with what a text printed, or with how long it took.
type TextError struct{ Message string }

// Error returns the message.
func (e *TextError) Error() string { return e.Message }

// lastNumber returns the last word of a text, which must be a number.
func lastNumber(text string) (float64, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return 0, &TextError{"it printed nothing: the last thing that it prints must be the figure"}
	}
	v, err := strconv.ParseFloat(words[len(words)-1], 64)
	if err != nil {
		return 0, &TextError{fmt.Sprintf("the last thing that it printed is %q, not a number", words[len(words)-1])}
	}
	return v, nil
}
