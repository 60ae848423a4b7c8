package plot

// This file defines the figure of the same program in real Pythons and in Go.

import (
	"fmt"
	"math"
	"strings"
)

// A Twin is what the same program did under one version of Python.
type Twin struct {
	Name string // "3.11"
	// Python, Real and Simulated have a figure for each column: of the real Python, and of Go on the real and on the
	// simulated machine. A figure that is NaN or lacks isn't there.
	Python, Real, Simulated []float64
	// Recorded says that Python's figures are of another time: on which machine, and when. "" is now.
	Recorded string
}

// TwinFigures is what Twins draws.
type TwinFigures struct {
	Title   string
	Unit    string   // of the figures: "times as long as with one thread", "% lost"
	Caption string   // one sentence that says what they mean
	Columns []string // "2 threads", or a single "" if there is no more to say
	Base    float64  // where a line stands that the figures are compared with; NaN: none
	Twins   []Twin
}

const (
	twinStep = 22 // from one version to the next
	maxTwins = 24
)

// side is one of the three of a Twin: its letter, words and look.
type side struct {
	letter, words string
	shape         shape
	color         string
	of            func(t Twin) []float64
}

// sides returns the three of a Twin.
func sides() []side {
	return []side{
		{"P", "the real Python", square, "#1f86c7", func(t Twin) []float64 { return t.Python }},
		{"R", "Go, real machine", circle, "#d55e00", func(t Twin) []float64 { return t.Real }},
		{"S", "Go, simulated", diamond, "#009e73", func(t Twin) []float64 { return t.Simulated }},
	}
}

// Twins draws the figures of a program in real Pythons and in Go side by side: a row for each version, a block for each
// column.
func Twins(t TwinFigures) *Figure {
	highest, any := 0.0, false
	lowest := 0.0
	for _, twin := range t.Twins {
		for _, sd := range sides() {
			for i := range t.Columns {
				if v := figure(sd.of(twin), i); !math.IsNaN(v) {
					highest, lowest, any = max(highest, v), min(lowest, v), true
				}
			}
		}
	}
	if !any {
		return notice(t.Title, "Nothing was measured.")
	}
	if !math.IsNaN(t.Base) {
		highest = max(highest, t.Base)
	}
	twins, more := t.Twins, 0
	if len(twins) > maxTwins {
		twins, more = twins[:maxTwins], len(twins)-maxTwins
	}
	if highest == lowest {
		highest = lowest + 1
	}
	const right = 190
	s := scene{title: t.Title, left: 64, right: right, area: page - 64 - right, from: lowest,
		to: lowest + (highest-lowest)*1.06, axis: t.Unit}
	s.say(t.Caption)
	var notes []string
	for _, twin := range twins {
		if twin.Recorded != "" {
			notes = append(notes, fmt.Sprintf("%s*: recorded on %s.", twin.Name, twin.Recorded))
		}
	}
	if more > 0 {
		notes = append(notes, fmt.Sprintf("%d more versions aren't drawn.", more))
	}
	for _, n := range notes {
		s.say(n)
	}
	y := 0.0
	for i, column := range t.Columns {
		if column != "" {
			s.bold(-s.left, y+8, true, "left", column)
			y += 20
		}
		top := y
		for _, twin := range twins {
			y = twinRow(&s, twin, i, y)
		}
		if !math.IsNaN(t.Base) {
			s.lines = append(s.lines, line{points: []point{{t.Base, top}, {t.Base, y}}, color: "#808080", width: 1.2,
				dash: dashed, under: true})
		}
		y += 8
	}
	s.rows = y
	k := key{s: &s, y: s.rows + axisRoom + 10}
	for _, sd := range sides() {
		k.mark(sd.shape, 5, sd.color, sd.letter+": "+sd.words)
	}
	s.below = k.y - s.rows - axisRoom + 14
	f := &Figure{Caption: t.Caption, scene: s}
	f.text = twinText(t, twins, notes)
	return f
}

// figure returns the figure of a column, NaN if there is none.
func figure(list []float64, i int) float64 {
	if i >= len(list) || math.IsInf(list[i], 0) {
		return math.NaN()
	}
	return list[i]
}

// twinName returns a version's name with a star if its figures are of another time.
func twinName(t Twin) string {
	if t.Recorded != "" {
		return t.Name + "*"
	}
	return t.Name
}

// twinRow draws one version in one block, and returns where the next begins.
func twinRow(s *scene, t Twin, column int, y float64) float64 {
	mid := y + twinStep/2
	s.label(-8, mid, true, "right", fit(twinName(t), s.left-10, "regular"))
	s.lines = append(s.lines, line{points: []point{{s.from, mid}, {s.to, mid}}, color: "#d0d0d0", width: 1,
		under: true})
	var words []string
	for _, sd := range sides() {
		v := figure(sd.of(t), column)
		if math.IsNaN(v) {
			continue
		}
		words = append(words, sd.letter+" "+significant(v))
		s.marks = append(s.marks, mark{x: v, y: mid, shape: sd.shape, radius: 5, color: sd.color,
			tip: fmt.Sprintf("%s, %s: %s", twinName(t), sd.words, significant(v))})
	}
	if len(words) == 0 {
		words = []string{"nothing measured"}
	}
	s.label(s.area+8, mid, true, "left", strings.Join(words, "  "))
	return y + twinStep
}

// significant writes a figure with as many digits as mean something.
func significant(v float64) string {
	switch a := math.Abs(v); {
	case a >= 100 || a == 0:
		return fmt.Sprintf("%.0f", v)
	case a >= 10:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}

// twinText writes the figures as a table.
func twinText(t TwinFigures, twins []Twin, notes []string) string {
	var b strings.Builder
	b.WriteString(t.Title + "\n" + folded(t.Caption))
	for i, column := range t.Columns {
		head := t.Unit
		if column != "" {
			head = column + ": " + t.Unit
		}
		fmt.Fprintf(&b, "\n%s\n%-9s", head, "Python")
		for _, sd := range sides() {
			fmt.Fprintf(&b, " %18s", sd.words)
		}
		b.WriteString("\n")
		for _, twin := range twins {
			fmt.Fprintf(&b, "%-9s", short(twinName(twin), 9))
			for _, sd := range sides() {
				text := "-"
				if v := figure(sd.of(twin), i); !math.IsNaN(v) {
					text = significant(v)
				}
				fmt.Fprintf(&b, " %18s", text)
			}
			b.WriteString("\n")
		}
	}
	for _, n := range notes {
		b.WriteString(folded(n))
	}
	return b.String()
}
