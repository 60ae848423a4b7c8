package timeline

// This file defines the texts: one run's figures, and two runs side by side.

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Nanoseconds returns a time in words, with three digits and the unit that fits: "5.13 ms".
func Nanoseconds(ns int64) string {
	v := float64(ns)
	for _, u := range []struct {
		size float64
		name string
	}{{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}} {
		if math.Abs(v) >= u.size*0.9995 {
			return digits(v/u.size) + " " + u.name
		}
	}
	return strconv.FormatInt(ns, 10) + " ns"
}

// digits returns a number with three digits, or more if it is 1000 or more.
func digits(v float64) string {
	places := 2
	for limit := 9.995; places > 0 && math.Abs(v) >= limit; limit *= 10 {
		places--
	}
	return strconv.FormatFloat(v, 'f', places, 64)
}

// Percent returns a part of a whole such as "49 %". Nothing that isn't nothing is "0 %", and only the
// whole is "100 %".
func Percent(part, whole int64) string {
	switch {
	case part <= 0 || whole <= 0:
		return "0 %"
	case part*200 < whole: // would be rounded to 0
		return "<1 %"
	case part < whole && float64(part)/float64(whole) >= 0.995:
		return ">99 %"
	}
	return strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 0, 64) + " %"
}

// Label returns how texts and pictures call a lane: "T2 worker-b", with the process where there are
// several.
func (tl *Timeline) Label(id int32) string {
	t := tl.Thread(id)
	s := "T" + strconv.Itoa(int(id))
	if t.Name != "" {
		s += " " + t.Name
	}
	if name := cmp.Or(t.Process, "pid "+strconv.Itoa(t.PID)); tl.Processes() > 1 && name != t.Name {
		s += " (" + name + ")"
	}
	return s
}

// Processes returns how many processes the lanes belong to.
func (tl *Timeline) Processes() int {
	seen := map[string]bool{}
	for _, t := range tl.Threads {
		seen[strconv.Itoa(t.PID)+t.Process] = true
	}
	return len(seen)
}

// Headline returns what was run where, such as "two workers: Python 3.13, 2 cores, switch interval 5.00
// ms, simulated".
func (i Info) Headline() string {
	var parts []string
	if i.Python != "" {
		parts = append(parts, "Python "+i.Python)
	}
	if i.Model != "" {
		parts = append(parts, i.Model+" GIL")
		if i.Model == "free-threaded" {
			parts[len(parts)-1] = "free-threaded, no GIL"
		}
	}
	switch {
	case i.Cores == 1:
		parts = append(parts, "1 core")
	case i.Cores > 1:
		parts = append(parts, strconv.Itoa(i.Cores)+" cores")
	}
	if i.Interval > 0 {
		parts = append(parts, "switch interval "+Nanoseconds(i.Interval))
	}
	if i.Virtual {
		parts = append(parts, "simulated")
	}
	if i.Title != "" && len(parts) > 0 {
		return i.Title + ": " + strings.Join(parts, ", ")
	}
	return i.Title + strings.Join(parts, ", ")
}

// maxRows is how many threads and locks a text names; 10,000 lines wouldn't help.
const maxRows = 20

// String returns the timeline's figures as text: a line for the whole, and one for each thread and
// lock.
func (tl *Timeline) String() string {
	s := tl.Stats()
	var b strings.Builder
	if h := tl.Info.Headline(); h != "" {
		fmt.Fprintln(&b, h)
	}
	if len(tl.Events) == 0 {
		return b.String() + "nothing was recorded\n"
	}
	s.whole(&b)
	if said := tl.Info.Beside(); said != "" {
		b.WriteString(said + "\n")
	}
	rows := [][]string{{"thread", "ran", "held GIL", "waited for GIL", "longest", "for locks", "I/O, sleep", "no core"}}
	for i, t := range s.Threads {
		if i == maxRows {
			rows = append(rows, []string{fmt.Sprintf("… and %d more", len(s.Threads)-i)})
			break
		}
		rows = append(rows, []string{tl.Label(t.Thread), Percent(t.Busy, t.Life), Percent(t.Hold, t.Life),
			Percent(t.WaitGIL, t.Life),
			Nanoseconds(t.LongestWait), Percent(t.WaitLock, t.Life), Percent(t.IO+t.Sleep, t.Life),
			Percent(t.Ready, t.Life)})
	}
	table(&b, rows)
	s.lockTable(&b)
	if tl.Lost > 0 {
		fmt.Fprintf(&b, "\n%s.\n", Overwritten(tl.Lost))
	}
	return b.String()
}

// table writes rows with the first column flush left and the others flush right.
func table(b *strings.Builder, rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				line.WriteString(cell + pad)
			} else {
				line.WriteString("  " + pad + cell)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
}

// A Comparison is two runs side by side.
type Comparison struct {
	A, B   string // their names
	SA, SB Stats
}

// Compare sets two runs side by side. They are called by their Info's titles, or by what is known of
// them.
func Compare(a, b *Timeline) Comparison {
	c := Comparison{a.Info.Headline(), b.Info.Headline(), a.Stats(), b.Stats()}
	if a.Info.Title != "" && b.Info.Title != "" && a.Info.Title != b.Info.Title {
		c.A, c.B = a.Info.Title, b.Info.Title
	}
	if c.A == c.B {
		c.A, c.B = "A", "B"
	}
	return c
}

// String returns the table: a row for each figure, with how many times the first run's the second's
// is.
func (c Comparison) String() string {
	rows := [][]string{{"", c.A, c.B, "ratio"}}
	row := func(name string, a, b float64, format func(float64) string) {
		ratio := "–"
		if a > 0 {
			ratio = digits(b/a) + "×"
		}
		rows = append(rows, []string{name, format(a), format(b), ratio})
	}
	ns := func(v float64) string { return Nanoseconds(int64(v)) }
	count := func(v float64) string { return strconv.FormatFloat(v, 'f', 0, 64) }
	for _, r := range []struct {
		name   string
		get    func(Stats) float64
		format func(float64) string
	}{
		{"wall time", func(s Stats) float64 { return float64(s.Wall) }, ns},
		{"busy time, all threads", func(s Stats) float64 { return float64(s.Busy) }, ns},
		{"overlap: cores busy on average", func(s Stats) float64 { return s.Overlap }, digits},
		{"cores busy at most", func(s Stats) float64 { return float64(s.Peak) }, count},
		{"waited for the GIL, all threads", func(s Stats) float64 { return float64(s.WaitGIL) }, ns},
		{"longest wait for the GIL", func(s Stats) float64 { return float64(s.LongestWait.Duration()) }, ns},
		{"longest hold of the GIL", func(s Stats) float64 { return float64(s.LongestHold.Duration()) }, ns},
		{"switches", func(s Stats) float64 { return float64(s.Switches) }, count},
		{"switches a second", func(s Stats) float64 { return s.SwitchesPerSec }, digits},
		{"waited for locks and joins", func(s Stats) float64 { return float64(s.WaitLock) }, ns},
		{"fairness (1: all alike)", func(s Stats) float64 { return s.Fairness }, digits},
	} {
		row(r.name, r.get(c.SA), r.get(c.SB), r.format)
	}
	var b strings.Builder
	table(&b, rows)
	return b.String()
}
