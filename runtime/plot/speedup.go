package plot

// This file defines the speed-up curves.

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

const maxSeries = 4 // that can be told apart

// A Series is how many times as fast as one worker some numbers of workers were: Speedups[i] are the
// measured repetitions with Workers[i] workers. The zero Series is none.
type Series struct {
	Name     string
	Workers  []int
	Speedups [][]float64
	wrong    string // why there are no measurements
	law      bool   // nothing was measured: it is Amdahl's law
}

// Times returns the Series of measured times: took[i] are the repetitions of the same work with
// workers[i] workers, one of which is 1. Speed-ups are relative to the median with one worker; without
// it, or with times that aren't positive, Speedup says so.
func Times(name string, workers []int, took [][]time.Duration) Series {
	s := Series{Name: name, Workers: slices.Clone(workers)}
	base := math.NaN()
	if i := slices.Index(workers, 1); i >= 0 && i < len(took) {
		var one []float64
		for _, d := range took[i] {
			one = append(one, float64(d))
		}
		base = median(one)
	}
	for _, reps := range took {
		var out []float64
		for _, d := range reps {
			v := math.NaN()
			if d > 0 {
				v = base / float64(d)
			}
			out = append(out, v)
		}
		s.Speedups = append(s.Speedups, out)
	}
	return s
}

// problem says what is wrong with a series, or "".
func (s Series) problem() string {
	name := "series “" + s.Name + "”"
	switch {
	case s.wrong != "":
		return s.wrong
	case len(s.Workers) == 0:
		return name + " has no numbers of workers"
	case len(s.Workers) != len(s.Speedups):
		return fmt.Sprintf("%s has %s of workers, but %s of measurements", name, plural(len(s.Workers), "number"),
			plural(len(s.Speedups), "list"))
	}
	for i, w := range s.Workers {
		switch {
		case w < 1:
			return fmt.Sprintf("%s has %d workers: there must be one at least", name, w)
		case slices.Contains(s.Workers[:i], w):
			return fmt.Sprintf("%s has %s twice", name, plural(w, "worker"))
		case len(s.Speedups[i]) == 0:
			return fmt.Sprintf("%s has no measurement with %s", name, plural(w, "worker"))
		}
		for _, v := range s.Speedups[i] {
			if !(v > 0) || math.IsInf(v, 0) {
				return fmt.Sprintf("%s has a speed-up of %v with %s: it must be a positive number, and relative to a "+
					"time with 1 worker", name, v, plural(w, "worker"))
			}
		}
	}
	return ""
}

// A curve is a Series in order, with what is computed of it.
type curve struct {
	name    string
	workers []int
	reps    [][]float64
	medians []float64
	serial  float64
	fits    bool // there is a serial part
	given   bool // a law: see Series
}

func newCurve(s Series) curve {
	order := make([]int, len(s.Workers))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(s.Workers[a], s.Workers[b]) })
	c := curve{name: cmp.Or(s.Name, "measured"), given: s.law}
	for _, i := range order {
		c.workers = append(c.workers, s.Workers[i])
		c.reps = append(c.reps, s.Speedups[i])
		c.medians = append(c.medians, median(s.Speedups[i]))
	}
	return c
}

// at returns the curve's height between its points, and beyond them that of the nearest.
func (c curve) at(n float64) float64 {
	for i, w := range c.workers {
		if n <= float64(w) {
			if i == 0 {
				return c.medians[0]
			}
			a, b := float64(c.workers[i-1]), float64(w)
			return c.medians[i-1] + (c.medians[i]-c.medians[i-1])*(n-a)/(b-a)
		}
	}
	return c.medians[len(c.medians)-1]
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	v := slices.Clone(values)
	slices.Sort(v)
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

// Speedup draws up to four series, each repetition as a dot and the medians as a line, under the ideal line and the
// ceiling: what this computer's cores give at best, see Ceiling; the zero Series leaves it out. To each
// series Amdahl's law is fitted. With a ceiling its n is not the number of workers but what the
// machine gives that many: so the serial part is the program's, and a lack of cores is not taken for it. What
// can't be drawn is said in the figure.
func Speedup(ceiling Series, series ...Series) *Figure {
	const title = "Speed-up"
	roof := len(ceiling.Workers) > 0 || len(ceiling.Speedups) > 0 || ceiling.wrong != ""
	all := slices.Clone(series)
	if roof {
		all = append(all, ceiling)
	}
	switch {
	case len(all) == 0:
		return notice(title, "Nothing was measured: there is no series.")
	case len(series) > maxSeries:
		return notice(title, fmt.Sprintf("At most %d series can be told apart in one picture, and there are %d.",
			maxSeries, len(series)))
	}
	for _, s := range all {
		if p := s.problem(); p != "" {
			return notice(title, "Nothing is drawn: "+p+".")
		}
	}
	var top *curve
	if roof {
		c := newCurve(ceiling)
		top = &c
	}
	var curves []curve
	for _, s := range series {
		c := newCurve(s)
		if !c.given {
			c.serial, c.fits = c.fit(top)
		}
		curves = append(curves, c)
	}
	note := ""
	for i := range curves {
		if !curves[i].given && curves[i].above(top) {
			note = upper(curves[i].name) + " is above the ceiling: its workers wait more than they compute, or the " +
				"machine gave more while they were measured."
			curves[i].fits = false
		}
	}
	f := &Figure{Caption: gains(curves, top)}
	f.text = textSpeedup(title, f.Caption, note, curves, top)
	f.scene = speedupScene(f.Caption, note, curves, top)
	return f
}

// above reports whether a curve is higher than the ceiling, by more than noise: then it wasn't cores that bounded
// it, or not those that were measured, and it has no fit.
func (c curve) above(top *curve) bool {
	for i, w := range c.workers {
		if top != nil && c.medians[i] > 1.1*top.at(float64(w)) {
			return true
		}
	}
	return false
}

// fit returns the serial part of Amdahl's law, whose n is what the ceiling gives that many workers.
func (c curve) fit(top *curve) (serial float64, ok bool) {
	var n, v []float64
	for i, w := range c.workers {
		e := c.effective(float64(w), top)
		if e > 1.05 { // a machine that gives two workers no more than one says nothing of the program
			n, v = append(n, e), append(v, c.medians[i])
		}
	}
	return amdahl(n, v)
}

func (c curve) effective(workers float64, top *curve) float64 {
	if top == nil {
		return workers
	}
	return min(workers, top.at(workers))
}

// law returns the speed-up that the fit promises.
func (c curve) law(workers float64, top *curve) float64 {
	n := max(1, c.effective(workers, top))
	return 1 / (c.serial + (1-c.serial)/n)
}

// gains returns the sentence under the title.
func gains(curves []curve, top *curve) string {
	var parts []string
	for _, c := range curves {
		if c.given {
			continue
		}
		last := len(c.workers) - 1
		p := fmt.Sprintf("%s reached %s with %s", c.name, times(c.medians[last]), plural(c.workers[last], "worker"))
		if c.fits {
			p += fmt.Sprintf(" (Amdahl's serial part %s)", percent(c.serial))
		}
		parts = append(parts, p)
	}
	if top != nil {
		last := len(top.workers) - 1
		p := fmt.Sprintf("this machine itself gives %s with %s", times(top.medians[last]),
			plural(top.workers[last], "worker"))
		parts = append(parts, p)
	}
	return upper(strings.Join(parts, "; ")) + "."
}

func percent(v float64) string {
	if v > 0 && v < 0.005 {
		return "<1 %"
	}
	return fmt.Sprintf("%.0f %%", 100*v)
}

// seriesStyle returns the look of series i: in grey they differ by shape and dashes.
func seriesStyle(i int) (color string, sh shape, d dash) {
	return [...]string{"#1f86c7", "#d55e00", "#009e73", "#cc79a7"}[i], [...]shape{circle, square, triangle, diamond}[i],
		[...]dash{solid, long, dashed, mixed}[i]
}

func speedupScene(caption, note string, curves []curve, top *curve) scene {
	s := scene{title: "Speed-up: how many times as fast as one worker", left: 44, right: 214, area: page - 44 - 214,
		rows: 300, axis: "workers"}
	var highest float64
	most := 1
	var workers []int
	collect := func(c curve) {
		for i, w := range c.workers {
			workers = append(workers, w)
			most = max(most, w)
			for _, v := range c.reps[i] {
				highest = max(highest, v)
			}
		}
	}
	for _, c := range curves {
		collect(c)
	}
	if top != nil {
		collect(*top)
	}
	highest = max(1.2, highest*1.08)
	s.from, s.to = 1-0.04*float64(most), float64(most)*1.03
	if most == 1 {
		s.from, s.to = 0.5, 1.5
	}
	slices.Sort(workers)
	shown := math.Inf(-1)
	for _, w := range slices.Compact(workers) {
		if px := s.x(float64(w), false); px-shown > 22 {
			s.ticks = append(s.ticks, tick{float64(w), fmt.Sprint(w)})
			shown = px
		}
	}
	beside := 9 * (s.to - s.from) / s.area // the repetitions' dots are at the right of their median's sign
	y := func(v float64) float64 { return s.rows - v/highest*s.rows }
	for _, v := range ticks(0, highest) {
		s.lines = append(s.lines, line{points: []point{{s.from, y(v)}, {s.to, y(v)}}, color: "#a0a0a0", width: 1,
			under: true})
		s.label(-8, y(v), true, "right", number(v)+"×")
	}
	s.say(caption)
	if note != "" {
		s.say(note)
	}
	k := rightKey{s: &s}
	if most > 1 {
		end := min(float64(most), highest)
		ideal := line{points: []point{{1, y(1)}, {end, y(end)}}, color: "#808080", width: 1.5, dash: dotted}
		s.lines = append(s.lines, ideal)
		k.add(ideal, nil, "ideal: as many times as workers")
	}
	if top != nil {
		l := line{width: 3}
		for i, w := range top.workers {
			l.points = append(l.points, point{float64(w), y(top.medians[i])})
			for _, v := range top.reps[i] {
				s.marks = append(s.marks, mark{x: float64(w) + beside, y: y(v), shape: circle, radius: 1.8,
					color: "#808080",
					tip:   fmt.Sprintf("this machine: %s with %s", times(v), plural(w, "worker"))})
			}
		}
		s.lines = append(s.lines, l)
		k.add(l, nil, "ceiling: this machine, measured")
	}
	for i, c := range curves {
		color, sh, d := seriesStyle(i)
		l := line{color: color, width: 2, dash: d}
		for j, w := range c.workers {
			l.points = append(l.points, point{float64(w), y(c.medians[j])})
			for _, v := range c.reps[j] {
				if c.given {
					break
				}
				s.marks = append(s.marks, mark{x: float64(w) + beside, y: y(v), shape: circle, radius: 1.8,
					color: color,
					tip:   fmt.Sprintf("%s: %s with %s", c.name, times(v), plural(w, "worker"))})
			}
			s.marks = append(s.marks, mark{x: float64(w), y: y(c.medians[j]), shape: sh, radius: 5, color: color,
				tip: fmt.Sprintf("%s: median %s with %s", c.name, times(c.medians[j]), plural(w, "worker"))})
		}
		s.lines = append(s.lines, l)
		k.add(l, &mark{shape: sh, radius: 5, color: color}, c.name)
		if c.fits && len(c.workers) > 1 {
			law := line{color: color, width: 1.3, dash: dotted}
			to := float64(c.workers[len(c.workers)-1])
			for n := range 41 {
				x := 1 + (to-1)*float64(n)/40
				law.points = append(law.points, point{x, max(0, y(c.law(x, top)))})
			}
			s.lines = append(s.lines, law)
			k.add(law, nil, "its Amdahl fit, serial "+percent(c.serial))
		}
	}
	return s
}

// A rightKey is a legend beside the area.
type rightKey struct {
	s *scene
	y float64
}

func (k *rightKey) add(l line, m *mark, words string) {
	y := k.y + 8
	l.px, l.under = true, false
	l.points = []point{{k.s.area + 12, y}, {k.s.area + 40, y}}
	k.s.lines = append(k.s.lines, l)
	if m != nil {
		sign := *m
		sign.x, sign.y, sign.px, sign.tip = k.s.area+26, y, true, words
		k.s.marks = append(k.s.marks, sign)
	}
	k.s.label(k.s.area+46, y, true, "left", fit(words, k.s.right-50, "regular"))
	k.y += 20
}

// textSpeedup returns the table: a row for each number of workers.
func textSpeedup(title, caption, note string, curves []curve, top *curve) string {
	var b strings.Builder
	b.WriteString(title + ": how many times as fast as one worker, median (lowest to highest)\n" + folded(caption))
	if note != "" {
		b.WriteString(folded(note))
	}
	b.WriteByte('\n')
	columns := curves
	if top != nil {
		columns = append(slices.Clone(curves), *top)
		columns[len(columns)-1].name = "ceiling"
	}
	var workers []int
	for _, c := range columns {
		workers = append(workers, c.workers...)
	}
	slices.Sort(workers)
	const wide = 18
	fmt.Fprintf(&b, "%7s", "workers")
	for _, c := range columns {
		name := short(c.name, wide-1)
		b.WriteString(" " + pad("", wide-1-len([]rune(name))) + name)
	}
	b.WriteByte('\n')
	for _, w := range slices.Compact(workers) {
		fmt.Fprintf(&b, "%7d", w)
		for _, c := range columns {
			cell := "–"
			if i := slices.Index(c.workers, w); i >= 0 {
				cell = times(c.medians[i])
				if len(c.reps[i]) > 1 {
					cell += fmt.Sprintf(" (%.3g–%.3g)", slices.Min(c.reps[i]), slices.Max(c.reps[i]))
				}
			}
			b.WriteString(" " + pad("", wide-1-len([]rune(cell))) + cell)
		}
		b.WriteByte('\n')
	}
	if slices.ContainsFunc(curves, func(c curve) bool { return c.fits }) {
		fmt.Fprintf(&b, "%7s", "serial")
		for _, c := range curves {
			cell := "–"
			if c.fits {
				cell = percent(c.serial)
			}
			fmt.Fprintf(&b, " %17s", cell)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
