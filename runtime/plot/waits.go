package plot

// This file defines the histograms of waits.

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gilkernel/runtime/timeline"
)

const (
	perDecade   = 5 // bars of each power of ten
	maxHistos   = 5 // the GIL's and those of four locks
	histoHeight = 96
)

// A waited is what was waited for, and how long each wait took.
type waited struct {
	name  string
	state timeline.Kind
	waits []int64 // ordered
}

func (w waited) sum() (all int64) {
	for _, d := range w.waits {
		all += d
	}
	return all
}

// part returns the wait than which a part of all are not longer.
func (w waited) part(q float64) int64 {
	return w.waits[min(len(w.waits)-1, max(0, int(math.Ceil(q*float64(len(w.waits))))-1))]
}

// Waits draws how many waits there were of each length: for the GIL, and for each of the four locks, queues or threads
// that cost most. Lengths double every one and a half bars. A nil timeline is one without waits.
func Waits(tl *timeline.Timeline) *Figure {
	if tl == nil {
		tl = &timeline.Timeline{}
	}
	all, more := waitsOf(tl)
	if len(all) == 0 {
		return notice("Waits", "No thread waited for a GIL or a lock.")
	}
	from, to := math.Inf(1), 0.0
	for _, w := range all {
		from = min(from, math.Floor(math.Log10(float64(w.waits[0]))))
		to = max(to, math.Floor(math.Log10(float64(w.waits[len(w.waits)-1])))+1)
	}
	f := &Figure{}
	s := &f.scene
	*s = scene{
		title: "How long they waited",
		left:  56,
		right: 116,
		area:  page - 56 - 116,
		from:  from,
		to:    to,
		axis:  "length of a wait, each mark ten times the last",
	}
	for v := from; v <= to; v++ {
		s.ticks = append(s.ticks, tick{v, decade(v)})
	}
	var words []string
	var b strings.Builder
	for _, w := range all[:min(len(all), 3)] {
		words = append(words, w.words())
	}
	f.Caption = upper(strings.Join(words, "; ")) + "."
	s.say(f.Caption)
	if more > 0 {
		s.say(fmt.Sprintf("Waits for %d other things cost less and aren't drawn.", more))
	}
	if tl.Lost > 0 {
		s.say(timeline.Overwritten(tl.Lost) + ": waits of before are not counted.")
	}
	b.WriteString("How long they waited\n" + folded(f.Caption))
	y := 0.0
	for _, w := range all {
		y = w.draw(s, tl, y)
		w.write(&b, tl, from, to)
	}
	s.rows = y
	f.text = b.String()
	return f
}

// waitsOf returns the waits for the GIL and for what cost most, and how many other things were waited for.
func waitsOf(tl *timeline.Timeline) (all []waited, more int) {
	type what struct {
		state  timeline.Kind
		object timeline.Name
		other  int32
	}
	var gil waited
	at := map[what]int{}
	for _, lane := range tl.Lanes() {
		for _, iv := range lane {
			k := what{iv.State, iv.Object, iv.Other}
			switch iv.State {
			case timeline.WaitGIL:
				gil.waits = append(gil.waits, iv.Duration())
				continue
			case timeline.WaitLock, timeline.WaitQueue, timeline.WaitEvent:
				k.other = 0 // a lock is the same, whichever thread holds it
			case timeline.WaitJoin:
				if k.object != 0 {
					k.other = 0
				}
			default:
				continue
			}
			i, ok := at[k]
			if !ok {
				i = len(all)
				at[k] = i
				kind, _ := strings.CutPrefix(iv.State.String(), "wait for ")
				name := tl.Name(iv.Object)
				if iv.State == timeline.WaitJoin { // which machines name "the end of Thread-1"
					name = cmp.Or(name, tl.Thread(iv.Other).Name, "another thread")
					if kind = "the end of"; strings.HasPrefix(name, kind+" ") {
						kind = ""
					}
				}
				if strings.Contains(strings.ToLower(name), kind) || strings.HasPrefix(name, "the ") {
					kind = "" // the name says it
				}
				all = append(all, waited{name: strings.TrimSpace(kind + " " + name), state: iv.State})
			}
			all[i].waits = append(all[i].waits, iv.Duration())
		}
	}
	slices.SortStableFunc(all, func(a, b waited) int { return cmp.Compare(b.sum(), a.sum()) })
	if len(gil.waits) > 0 {
		gil.name, gil.state = "the GIL", timeline.WaitGIL
		all = slices.Insert(all, 0, gil)
	}
	if len(all) > maxHistos {
		all, more = all[:maxHistos], len(all)-maxHistos
	}
	for _, w := range all {
		slices.Sort(w.waits)
	}
	return all, more
}

// decade names a power of ten of nanoseconds.
func decade(exp float64) string {
	i := int(exp)
	if i < 0 || i > 14 {
		return fmt.Sprintf("1e%d ns", i)
	}
	return [...]string{"1", "10", "100"}[i%3] + " " + [...]string{"ns", "µs", "ms", "s", "000 s"}[i/3]
}

// counts returns how many waits fall on each bar between two powers of ten.
func (w waited) counts(from, to float64) []int {
	out := make([]int, int(to-from)*perDecade)
	for _, d := range w.waits {
		i := int(math.Floor((math.Log10(float64(d)) - from) * perDecade * (1 + 1e-12)))
		out[min(len(out)-1, max(0, i))]++
	}
	return out
}

// span returns a bar's limits.
func span(from float64, i int) (int64, int64) {
	edge := func(i int) int64 { return int64(math.Round(math.Pow(10, from+float64(i)/perDecade))) }
	return edge(i), edge(i + 1)
}

// words say how long the waits were.
func (w waited) words() string {
	if len(w.waits) == 1 {
		return fmt.Sprintf("one wait for %s took %s", w.name, timeline.Nanoseconds(w.waits[0]))
	}
	return fmt.Sprintf("of %d waits for %s half took %s or less, the longest %s", len(w.waits), w.name,
		timeline.Nanoseconds(w.part(0.5)), timeline.Nanoseconds(w.part(1)))
}

// lines are the lengths worth a line of their own, the shortest first: so none crosses the words of one that
// is drawn above it.
func (w waited) lines(tl *timeline.Timeline) (at []int64, names []string, dashes []dash) {
	at, names, dashes = []int64{w.part(0.5), w.part(0.99)}, []string{"median", "99 %"}, []dash{solid, dashed}
	if every := tl.Info.Interval; w.state == timeline.WaitGIL && every > 0 {
		i, _ := slices.BinarySearch(at, every)
		at, names, dashes = slices.Insert(at, i, every), slices.Insert(names, i, "switch interval"),
			slices.Insert(dashes, i, dotted)
	}
	return at, names, dashes
}

// draw draws one histogram from y on, and returns where the next begins.
func (w waited) draw(s *scene, tl *timeline.Timeline, y float64) float64 {
	l := looks(w.state)
	s.bold(-s.left, y+8, true, "left", fit(fmt.Sprintf("%s for %s: %s in all, median %s, 99 %% within %s",
		plural(len(w.waits), "wait"), w.name,
		timeline.Nanoseconds(w.sum()), timeline.Nanoseconds(w.part(0.5)), timeline.Nanoseconds(w.part(0.99))),
		s.left+s.area, "bold"))
	top, bottom := y+22, y+22+histoHeight
	counts := w.counts(s.from, s.to)
	most := slices.Max(counts)
	s.label(-8, top+39, true, "right", fmt.Sprint(most))
	s.label(-8, bottom-5, true, "right", "0")
	s.lines = append(s.lines, line{points: []point{{s.from, bottom}, {s.to, bottom}}, width: 1, under: true},
		line{points: []point{{s.from, top + 38}, {s.to, top + 38}}, color: "#a0a0a0", width: 1, under: true})
	for i, c := range counts {
		if c == 0 {
			continue
		}
		a, b := span(s.from, i)
		x := s.from + float64(i)/perDecade
		s.boxes = append(s.boxes, box{x0: x + 0.01, x1: x + 1.0/perDecade - 0.01,
			y0: bottom - (histoHeight-38)*float64(c)/float64(most), y1: bottom, fill: l.fill,
			tip: fmt.Sprintf("%s of %s to %s", plural(c, "wait"), timeline.Nanoseconds(a), timeline.Nanoseconds(b))})
	}
	at, names, dashes := w.lines(tl)
	for i, v := range at {
		x := math.Log10(float64(v))
		if x < s.from || x > s.to {
			continue
		}
		ly := top + 6 + 12*float64(i)
		s.lines = append(s.lines, line{points: []point{{x, ly - 5}, {x, bottom}}, width: 1, dash: dashes[i]})
		s.label(s.x(x, false)+4, ly, true, "left", names[i]+" "+timeline.Nanoseconds(v))
	}
	return bottom + 20
}

// write writes the histogram as text.
func (w waited) write(b *strings.Builder, tl *timeline.Timeline, from, to float64) {
	fmt.Fprintf(b, "\n%s", folded(fmt.Sprintf("%s for %s: %s in all, median %s, 99 %% within %s",
		plural(len(w.waits), "wait"), w.name,
		timeline.Nanoseconds(w.sum()), timeline.Nanoseconds(w.part(0.5)), timeline.Nanoseconds(w.part(0.99)))))
	counts := w.counts(from, to)
	first := slices.IndexFunc(counts, func(c int) bool { return c > 0 })
	last := len(counts) - 1
	for counts[last] == 0 {
		last--
	}
	most := slices.Max(counts)
	at, names, _ := w.lines(tl)
	for i := first; i <= last; i++ {
		lo, hi := span(from, i)
		line := fmt.Sprintf("%8s to %8s %6d %s", timeline.Nanoseconds(lo), timeline.Nanoseconds(hi), counts[i],
			strings.Repeat("#", (counts[i]*40+most-1)/most))
		for j, v := range at {
			if v >= lo && v < hi {
				line += " <" + names[j]
			}
		}
		b.WriteString(short(strings.TrimRight(line, " "), textWide) + "\n")
	}
}
