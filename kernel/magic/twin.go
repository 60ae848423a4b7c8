package magic

// This file defines %%twin: the same program in real Pythons and in Go, side by side.

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"gilkernel/kernel/advice"
	"gilkernel/kernel/experiments"
)

// A TwinPython is a real Python that a twin runs in.
type TwinPython struct {
	Name string // "3.11", "3.13t"
	Path string
}

// A TwinTable is the results of a program in real Pythons and in Go.
type TwinTable struct {
	Title, Unit, Caption string
	Columns              []string
	Base                 *float64 // what the figures are compared with; nil: nothing
	Rows                 []TwinRow
}

// A TwinRow is the results under one version: a figure for each column, or none at all.
type TwinRow struct {
	Name                    string
	Python, Real, Simulated []float64
	Recorded                string // where and when Python's figures were measured; "" here and now
}

// free is the version that a twin shows without a GIL if no Python of its kind is there.
const free = "3.14t"

// A twinRun is what the words of %%twin ask for.
type twinRun struct {
	e       experiments.Experiment
	pythons []string // versions; nil: all that there are
	cores   int      // of the simulated machine
	rounds  int      // 0: as the experiment says
	show    bool     // the texts, instead of running them
}

// twins lists the experiments that %%twin knows, or runs one.
func twins(ctx context.Context, c call) error {
	if c.Args != "" {
		return twin(ctx, c)
	}
	var b strings.Builder
	for _, e := range experiments.All() {
		fmt.Fprintf(&b, "%-14s %s\n               %s\n", e.Name, e.Title, wrap(e.About, 80, "               "))
	}
	b.WriteString("\n%twin cpu runs one; %twin cpu --show shows its texts. %%twin runs your own.\n")
	c.print(b.String())
	return nil
}

// twin runs a registered experiment, or that of the cell.
func twin(ctx context.Context, c call) error {
	t, err := readTwin(c)
	if err != nil {
		return err
	}
	if t.show {
		c.print(fmt.Sprintf("--- python\n%s--- go\n%s", t.e.Python, t.e.Go))
		return nil
	}
	return t.run(ctx, c)
}

// readTwin reads the words and the body of a cell.
func readTwin(c call) (*twinRun, error) {
	words, err := fields(c.Args)
	if err != nil {
		return nil, err
	}
	t := &twinRun{cores: runtime.NumCPU()}
	name, threads, printed := "", "", ""
	for len(words) > 0 {
		option, value, valued := strings.Cut(words[0], "=")
		words = words[1:]
		if option == "--show" && !valued {
			t.show = true
			continue
		}
		if !strings.HasPrefix(option, "-") {
			if name != "" || valued {
				return nil, c.usage("unexpected " + quote(option))
			}
			name = option
			continue
		}
		if !valued && len(words) > 0 {
			value, words = words[0], words[1:]
		}
		if value == "" {
			return nil, c.usage(option + " needs a value")
		}
		switch option {
		case "--threads":
			threads = value
		case "--printed":
			printed = value
		case "--python":
			t.pythons = strings.Split(value, ",")
		case "--cores":
			if t.cores, err = strconv.Atoi(value); err != nil || t.cores < 1 || t.cores > 1024 {
				return nil, usagef("--cores needs a number from 1 to 1024, not %s", quote(value))
			}
		case "--rounds":
			if t.rounds, err = strconv.Atoi(value); err != nil || t.rounds < 1 || t.rounds > 100 {
				return nil, usagef("--rounds needs a number from 1 to 100, not %s", quote(value))
			}
		default:
			return nil, c.usage("there is no option " + quote(option))
		}
	}
	body := strings.TrimSpace(c.Body) != ""
	switch {
	case name == "" && !body:
		return nil,
			usagef("name an experiment (%s), or write two texts: Python's, a line \"--- go\", and Go's that does the "+
				"same", strings.Join(experiments.Names(), ", "))
	case name != "" && body:
		return nil, usagef("%s is an experiment with texts of its own; leave the name out to run the texts of the cell",
			quote(name))
	case body:
		if t.e, err = experiments.Parse(c.Body); err != nil {
			return nil, usagef("%v", err)
		}
		t.e.PythonLine += c.Line
		t.e.GoLine += c.Line
	default:
		var ok bool
		if t.e, ok = experiments.Named(name); !ok {
			say := fmt.Sprintf("there is no experiment %s", quote(name))
			if near := advice.Nearest(name, slices.Values(experiments.Names()), len(name)/3+1); near != "" {
				say += "; did you mean " + near + "?"
			}
			return nil, usagef("%s; there are %s", say, strings.Join(experiments.Names(), ", "))
		}
	}
	if printed != "" {
		t.e.Printed = printed
	}
	if threads != "" && len(t.e.Names) > 0 {
		return nil, usagef("this experiment compares %s, not numbers of threads: leave --threads out",
			strings.Join(t.e.Names, ", "))
	}
	if threads != "" {
		if t.e.Threads, err = experiments.Counts(threads); err != nil {
			return nil, usagef("--threads: %v", err)
		}
	} else if body && len(t.e.Names) == 0 && !strings.Contains(t.e.Python, "threads") &&
		!strings.Contains(t.e.Go, "threads") {
		t.e.Threads = []int{1}
	}
	return t, nil
}

// run runs the experiment wherever it can, and shows the results.
func (t *twinRun) run(ctx context.Context, c call) error {
	found, err := c.k.TwinPythons(ctx)
	if err != nil {
		return err
	}
	table := &TwinTable{Title: t.e.Title, Unit: t.e.Unit(), Caption: t.e.About, Columns: t.e.Columns()}
	if table.Title == "" {
		table.Title = "The same program in Python and in Go"
	}
	if strings.HasPrefix(table.Unit, "time, as a multiple") {
		one := 1.0
		table.Base = &one
	}
	rows, err := t.rows(found)
	if err != nil {
		return err
	}
	if t.rounds == 0 {
		t.rounds = t.e.Rounds()
	}
	done := ""
	defer func() { c.k.Progress(done) }()
	for i := range rows {
		if err := t.row(ctx, c, &rows[i], found, fmt.Sprintf("%d of %d", i+1, len(rows))); err != nil {
			return err
		}
	}
	done = fmt.Sprintf("%d versions", len(rows))
	if len(rows) == 1 {
		done = "1 version"
	}
	if t.rounds > 1 {
		done += fmt.Sprintf(", the middle of %d rounds each", t.rounds)
	}
	table.Rows = rows
	if table.Caption == "" {
		table.Caption = caption(rows)
	}
	return c.k.ShowTwins(ctx, table)
}

// caption describes what was done if the texts don't.
func caption(rows []TwinRow) string {
	pythons := 0
	for _, r := range rows {
		if len(r.Python) > 0 && r.Recorded == "" {
			pythons++
		}
	}
	versions := fmt.Sprintf("%d versions", pythons)
	if pythons == 1 {
		versions = "1 version"
	}
	return fmt.Sprintf("Run here and now in %s of Python, and in Go under the lock of each.", versions)
}

// rows returns a row for each version: those that are there, those that were recorded, and one without a GIL.
func (t *twinRun) rows(found []TwinPython) ([]TwinRow, error) {
	var rows []TwinRow
	add := func(name string) *TwinRow {
		for i := range rows {
			if rows[i].Name == name {
				return &rows[i]
			}
		}
		rows = append(rows, TwinRow{Name: name})
		return &rows[len(rows)-1]
	}
	if t.pythons != nil {
		for _, name := range t.pythons {
			name = strings.TrimSpace(name)
			if !isVersion(name) {
				return nil, usagef("--python needs versions such as 2.7,3.11,3.14t, not %s", quote(name))
			}
			if !t.e.Has(name) {
				return nil, usagef("Python %s can't do this: the experiment needs %s or newer", name, t.e.Since)
			}
			add(name)
		}
	} else {
		for _, p := range found {
			if t.e.Has(p.Name) {
				add(p.Name)
			}
		}
	}
	for _, r := range experiments.Recorded(&t.e) {
		if t.pythons == nil || slices.Contains(t.pythons, r.Python) {
			row := add(r.Python)
			if !slices.ContainsFunc(found, func(p TwinPython) bool { return p.Name == r.Python }) {
				row.Python, row.Recorded = r.Figures, r.Machine+", "+r.Date
			}
		}
	}
	if t.pythons == nil {
		if !slices.ContainsFunc(rows, func(r TwinRow) bool { return strings.HasSuffix(r.Name, "t") }) {
			add(free)
		}
		slices.SortFunc(rows, func(a, b TwinRow) int { return compareVersions(a.Name, b.Name) })
	}
	return rows, nil
}

// isVersion reports whether a word is a minor version of Python.
func isVersion(word string) bool {
	major, minor, ok := strings.Cut(strings.TrimSuffix(word, "t"), ".")
	_, err := strconv.Atoi(minor)
	return ok && err == nil && (major == "2" || major == "3")
}

// compareVersions orders versions: 3.9, 3.13, 3.13t.
func compareVersions(a, b string) int {
	key := func(s string) int {
		major, minor, _ := strings.Cut(strings.TrimSuffix(s, "t"), ".")
		x, _ := strconv.Atoi(major) // they are versions
		y, _ := strconv.Atoi(minor)
		n := (x*1000 + y) * 2
		if strings.HasSuffix(s, "t") {
			n++
		}
		return n
	}
	return key(a) - key(b)
}

// row runs the experiment under one version. What a Python of this version can't do is reported, and the others run; an
// error in the Go text ends the experiment.
func (t *twinRun) row(ctx context.Context, c call, row *TwinRow, found []TwinPython, where string) error {
	for _, p := range found {
		if p.Name != row.Name {
			continue
		}
		c.k.Progress(fmt.Sprintf("%s: Python %s …", where, row.Name))
		var err error
		row.Python, err = t.e.Measure(t.rounds, func(threads int) (string, float64, error) {
			return c.k.RunTwin(ctx, p.Path, t.e.Python, t.e.PythonLine, threads)
		})
		if failed, ok := errors.AsType[*PythonError](err); ok && failed.Name != "KeyboardInterrupt" {
			c.k.Stream("stderr", fmt.Sprintf("Python %s: %v\n", row.Name, failed))
		} else if wrong, ok := errors.AsType[*experiments.TextError](err); ok {
			c.k.Stream("stderr", fmt.Sprintf("Python %s: %v\n", row.Name, wrong))
		} else if err != nil {
			return err
		}
	}
	for _, kind := range []string{"real", "simulated"} {
		c.k.Progress(fmt.Sprintf("%s: Go under the lock of %s, %s machine …", where, row.Name, kind))
		words := kind + " python=" + row.Name
		if kind == "simulated" {
			words += fmt.Sprintf(" cores=%d seed=1", t.cores)
		}
		rounds := t.rounds
		if kind == "simulated" {
			rounds = 1 // the same each time
		}
		list, err := t.e.Measure(rounds, func(threads int) (string, float64, error) {
			return c.k.RunGoTwin(ctx, inBlock(t.e.Go, t.e.GoLine, threads), words)
		})
		if err != nil {
			if wrong, ok := errors.AsType[*experiments.TextError](err); ok {
				return usagef("Go, %s machine: %v", kind, wrong)
			}
			return err
		}
		if kind == "real" {
			row.Real = list
		} else {
			row.Simulated = list
		}
	}
	return nil
}

// inBlock returns Go code in the lines that it has in its cell, with the variable threads. Its definitions stay in a
// block of their own, unless it declares functions, types or methods at its top level, which a block can't hold.
func inBlock(code string, line, threads int) string {
	lines := strings.SplitAfter(code, "\n")
	first, open := 0, false // the first line behind the imports
	for i, l := range lines {
		word, _ := firstWord(l)
		switch {
		case open:
			open = !strings.Contains(l, ")")
			first = i + 1
		case word == "import" || strings.HasPrefix(word, "import("):
			open = strings.Contains(l, "(") && !strings.Contains(l, ")")
			first = i + 1
		case strings.HasPrefix(l, "func ") || strings.HasPrefix(l, "func("):
			if !strings.HasPrefix(l, "func(") {
				return strings.Repeat("\n", max(line-2, 0)) + fmt.Sprintf("threads := %d; _ = threads\n", threads) +
					code
			}
		}
	}
	// The block opens in the line before the text, or behind the imports.
	head := strings.Repeat("\n", max(line-2, 0))
	start := fmt.Sprintf("{ threads := %d; _ = threads", threads)
	if first == 0 {
		return head + start + "\n" + code + "\n}"
	}
	return head + "\n" + strings.Join(lines[:first], "") + start + "; " + strings.Join(lines[first:], "") + "\n}"
}
