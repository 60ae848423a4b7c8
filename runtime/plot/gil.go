package plot

// This file defines the GIL picture: a lane for each thread, and a ribbon of who holds the GIL.

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gilkernel/runtime/timeline"
)

const (
	maxLanes = 16
	maxBoxes = 400 // in exact pictures; beyond, columns say what share each state took
	columns  = 60  // of the text
	laneStep = 26
)

// looks are the states' fills, of Okabe and Ito's palette, and heights: who runs is tall, who waits
// is half as tall, who wants nothing is thin. So the picture can be read in grey.
func looks(k timeline.Kind) (fill, letter string, height float64) {
	switch k {
	case timeline.Run:
		return "#0072b2", "#ffffff", 20
	case timeline.Native:
		return "#d55e00", "#000000", 20
	case timeline.NativeFree:
		return "#009e73", "#000000", 20
	case timeline.WaitGIL:
		return "#e69f00", "#000000", 13
	case timeline.WaitLock, timeline.WaitQueue, timeline.WaitEvent, timeline.WaitJoin:
		return "#cc79a7", "#000000", 13
	case timeline.Ready:
		return "#f0e442", "#000000", 13
	case timeline.IO:
		return "#56b4e9", "#000000", 11
	case timeline.Sleep:
		return "#cccccc", "#000000", 11
	case timeline.Paused:
		return "#999999", "#000000", 13
	case timeline.Blocked:
		return "#000000", "#ffffff", 13
	}
	return "", "", 0
}

// GIL draws who ran, who waited and who held the GIL. It draws the first 16 lanes and says how many
// more there are. A nil timeline is one in which nothing happened.
func GIL(tl *timeline.Timeline) *Figure {
	if tl == nil {
		tl = &timeline.Timeline{}
	}
	st, gils := tl.Stats(), tl.GILs()
	f := &Figure{Caption: caption(tl, st)}
	f.text = text(tl, st, gils, f.Caption)
	unit, name := 1e3, "µs"
	switch w := tl.Wall(); {
	case w >= 2e9:
		unit, name = 1e9, "s"
	case w >= 2e6:
		unit, name = 1e6, "ms"
	}
	s := &f.scene
	*s = scene{title: cmp.Or(tl.Info.Headline(), "Who ran, and who held the GIL"), left: 130, right: 190, area: 520,
		from: float64(tl.Start) / unit, to: float64(tl.End) / unit, axis: "time since the start (" + name + ")"}
	s.caption = wrap(f.Caption, s.left+s.area+s.right)
	y := 14.0
	for i, head := range []string{"held GIL", "waited", "longest"} {
		s.labels = append(s.labels, label{s.area + 60*float64(i+1), 2, true, head, "right", true, ""})
	}
	if len(gils) > 3 {
		gils = nil // one for each process: nobody shares them, and the lanes say the rest
	}
	greys := []string{"#444444", "#bbbbbb", "#777777", "#dddddd"}
	for _, g := range gils {
		s.labels = append(s.labels, label{-8, y + 9, true, "who holds the " + g.Name, "right", true, ""})
		holds := joined(g.Holds, (tl.Wall()+519)/520)
		if len(holds) > 2*maxBoxes {
			holders(s, g, tl, y, greys)
			holds = nil
		}
		for _, h := range holds {
			grey := greys[int(h.Thread)%len(greys)]
			x0, x1 := float64(h.From)/unit, float64(h.To)/unit
			s.boxes = append(s.boxes, box{x0: x0, x1: x1, y0: y, y1: y + 18, fill: grey, tip: tl.Label(h.Thread) + " held the GIL for " + timeline.Nanoseconds(h.Duration())})
			if s.x(x1, false)-s.x(x0, false) > 14 {
				white := map[bool]string{true: "#ffffff", false: "#000000"}[h.Thread%4 == 0]
				s.labels = append(s.labels, label{(x0 + x1) / 2, y + 9, false, strconv.Itoa(int(h.Thread)), "center", false, white})
			}
		}
		y += laneStep
	}
	lanes := tl.Lanes()
	shown := lanes[:min(len(lanes), maxLanes)]
	total := 0
	for _, lane := range shown {
		total += len(lane)
	}
	if total > maxBoxes {
		s.caption = append(s.caption, "Too much to draw one by one: in each column, a state's height is its share of the time.")
	}
	if tl.Lost > 0 {
		s.caption = append(s.caption, fmt.Sprintf("%d earlier events were overwritten: what threads did before is not known.", tl.Lost))
	}
	used := map[timeline.Kind]bool{}
	for i, lane := range shown {
		mid := y + 10
		s.labels = append(s.labels, label{-8, mid, true, short(tl.Label(int32(i+1)), 20), "right", false, ""})
		t := st.Threads[i]
		for c, v := range []string{timeline.Percent(t.Hold, t.Life), timeline.Percent(t.WaitGIL, t.Life), timeline.Nanoseconds(t.LongestWait)} {
			s.labels = append(s.labels, label{s.area + 60*float64(c+1), mid, true, v, "right", false, ""})
		}
		if total > maxBoxes {
			shares(s, lane, tl, y, unit, used, max(40, maxBoxes/len(shown)))
			y += laneStep
			continue
		}
		for _, iv := range lane {
			fill, ink, h := looks(iv.State)
			if h == 0 {
				continue
			}
			used[iv.State] = true
			x0, x1 := float64(iv.From)/unit, float64(iv.To)/unit
			tip := fmt.Sprintf("%s: %s %s for %s", tl.Label(iv.Thread), iv.State, tl.Name(iv.Object), timeline.Nanoseconds(iv.Duration()))
			if iv.Line > 0 {
				tip += fmt.Sprintf(", In [%d] line %d", iv.Cell, iv.Line)
			}
			s.boxes = append(s.boxes, box{x0: x0, x1: x1, y0: mid - h/2, y1: mid + h/2, fill: fill, tip: tip})
			if s.x(x1, false)-s.x(x0, false) > 12 {
				s.labels = append(s.labels, label{(x0 + x1) / 2, mid, false, string(iv.State.Letter()), "center", true, ink})
			}
		}
		y += laneStep
	}
	if more := len(lanes) - len(shown); more > 0 {
		s.labels = append(s.labels, label{-8, y + 8, true, fmt.Sprintf("… and %d more", more), "right", false, ""})
		y += laneStep
	}
	s.rows = y + 28
	legend(s, used, y+12)
	return f
}

// legend draws a box with its letter and words for each state in use.
func legend(s *scene, used map[timeline.Kind]bool, y float64) {
	x, seen := -s.left, map[byte]bool{}
	for k := timeline.Start; k <= timeline.Blocked; k++ {
		fill, ink, h := looks(k)
		if !used[k] || seen[k.Letter()] {
			continue
		}
		seen[k.Letter()] = true
		words := k.String()
		if k.Letter() == 'L' {
			words = "wait for lock, queue, event, join"
		}
		s.boxes = append(s.boxes, box{x0: x, x1: x + 16, y0: y - h/2, y1: y + h/2, px: true, fill: fill, tip: words})
		s.labels = append(s.labels, label{x + 8, y, true, string(k.Letter()), "center", true, ink}, label{x + 21, y, true, words, "left", false, ""})
		x += 21 + measure(words, "regular") + 16
	}
}

// shares draws columns in which each state has the part of the height that it has of the time.
func shares(s *scene, lane []timeline.Interval, tl *timeline.Timeline, y, unit float64, used map[timeline.Kind]bool, n int) {
	for i, col := range bins(lane, tl, n) {
		var sum float64
		at := y + 20
		x0 := s.from + (s.to-s.from)*float64(i)/float64(n)
		for k, d := range col {
			fill, _, h := looks(timeline.Kind(k))
			if d == 0 || h == 0 {
				continue
			}
			used[timeline.Kind(k)] = true
			part := float64(d) / (float64(tl.Wall()) / float64(n))
			sum += part
			s.boxes = append(s.boxes, box{x0: x0, x1: x0 + (s.to-s.from)/float64(n), y0: at - 20*part, y1: at, fill: fill,
				tip: fmt.Sprintf("%s: %s %.0f %% of this column", tl.Label(lane[0].Thread), timeline.Kind(k), 100*part)})
			at -= 20 * part
		}
	}
}

// bins returns how long a lane was in each state in each of n equal parts of the timeline.
func bins(lane []timeline.Interval, tl *timeline.Timeline, n int) [][timeline.Failed + 1]int64 {
	out := make([][timeline.Failed + 1]int64, n)
	wall := max(tl.Wall(), 1)
	edge := func(i int) int64 { return tl.Start + int64(float64(wall)*float64(i)/float64(n)) }
	for _, iv := range lane {
		first := min(n-1, int(float64(iv.From-tl.Start)/float64(wall)*float64(n)))
		for i := max(0, first-1); i < n && edge(i) < iv.To; i++ {
			if d := min(iv.To, edge(i+1)) - max(iv.From, edge(i)); d > 0 {
				out[i][iv.State] += d
			}
		}
	}
	return out
}

// joined merges a thread's holds that are less than a gap apart.
func joined(holds []timeline.Hold, gap int64) (out []timeline.Hold) {
	for _, h := range holds {
		if n := len(out); n > 0 && out[n-1].Thread == h.Thread && h.From-out[n-1].To < gap {
			out[n-1].To = h.To
		} else {
			out = append(out, h)
		}
	}
	return out
}

// holders draws columns in which each thread has the part of the height in which it held the GIL. One
// holder for each column would draw turns that nobody took.
func holders(s *scene, g timeline.GIL, tl *timeline.Timeline, y float64, greys []string) {
	const n = 100
	byThread := map[int32][]timeline.Interval{}
	for _, h := range g.Holds {
		byThread[h.Thread] = append(byThread[h.Thread], timeline.Interval{State: timeline.Run, From: h.From, To: h.To})
	}
	var at [n]float64
	step := (s.to - s.from) / n
	for _, t := range g.Threads {
		for i, col := range bins(byThread[t], tl, n) {
			part := float64(col[timeline.Run]) * n / float64(max(tl.Wall(), 1))
			if part == 0 {
				continue
			}
			x0, bottom := s.from+step*float64(i), y+18-18*at[i]
			s.boxes = append(s.boxes, box{x0: x0, x1: x0 + step, y0: bottom - 18*part, y1: bottom, fill: greys[int(t)%len(greys)],
				tip: fmt.Sprintf("%s held the GIL for %.0f %% of this column", tl.Label(t), 100*part)})
			at[i] += part
		}
	}
}

func short(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// wrap breaks a text into lines of at most width.
func wrap(s string, width float64) (lines []string) {
	line := ""
	for _, w := range strings.Fields(s) {
		if line != "" && measure(line+" "+w, "regular") > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + w)
	}
	return append(lines, line)
}

// text returns the text twin: at most 100 columns. A small letter is a column with several states, of
// which this one took most.
func text(tl *timeline.Timeline, st timeline.Stats, gils []timeline.GIL, caption string) string {
	var b strings.Builder
	if h := tl.Info.Headline(); h != "" {
		b.WriteString(h + "\n")
	}
	if len(tl.Events) == 0 {
		return b.String() + caption + "\n"
	}
	fmt.Fprintf(&b, "%-18s %-60s %5s %6s\n", "", "0 to "+timeline.Nanoseconds(tl.Wall()), "held", "waited")
	for n, g := range gils {
		if n == 3 {
			break
		}
		row := slices.Repeat([]byte{' '}, columns)
		most, all := make([]int64, columns), make([]int64, columns)
		for _, t := range g.Threads {
			var lane []timeline.Interval
			for _, h := range g.Holds {
				if h.Thread == t {
					lane = append(lane, timeline.Interval{State: timeline.Run, From: h.From, To: h.To})
				}
			}
			for i, c := range bins(lane, tl, columns) {
				all[i] += c[timeline.Run]
				if c[timeline.Run] > most[i] {
					most[i], row[i] = c[timeline.Run], strconv.FormatInt(int64(t)%36, 36)[0]
				}
			}
		}
		for i := range row {
			if most[i]*5 < all[i]*3 {
				row[i] = '*' // several took turns in this column: none is its holder
			}
		}
		fmt.Fprintf(&b, "%-18s %s\n", short("holds "+g.Name, 18), row)
	}
	for i, lane := range tl.Lanes() {
		if i == maxLanes {
			fmt.Fprintf(&b, "… and %d more\n", len(tl.Threads)-i)
			break
		}
		row := slices.Repeat([]byte{' '}, columns)
		for c, col := range bins(lane, tl, columns) {
			var most, all int64
			for k, d := range col {
				if all += d; d > most {
					most, row[c] = d, timeline.Kind(k).Letter()
				}
			}
			if most < all && row[c] != ' ' {
				row[c] |= 0x20
			}
		}
		t := st.Threads[i]
		fmt.Fprintf(&b, "%-18s %s %5s %6s\n", short(tl.Label(int32(i+1)), 18), row, timeline.Percent(t.Hold, t.Life), timeline.Percent(t.WaitGIL, t.Life))
	}
	b.WriteString("R run  N native call  F native call without the GIL  W wait for GIL  L wait for lock, queue, join\nI I/O  S sleep  Q wait for core  P world stopped  X blocked for ever; small: not all the time; *: several\n")
	if tl.Lost > 0 {
		fmt.Fprintf(&b, "%d earlier events were overwritten: what threads did before is not known.\n", tl.Lost)
	}
	return b.String() + caption + "\n"
}

// caption returns the sentence that says what the timeline means.
func caption(tl *timeline.Timeline, st timeline.Stats) string {
	var runs, stuck, waiters int
	var life, wait int64
	for _, t := range st.Threads {
		if t.Blocked > 0 {
			stuck++
		}
		if t.Busy*20 > st.Wall || t.WaitGIL*20 > st.Wall {
			runs++
		}
		if t.WaitGIL*20 > st.Wall {
			waiters++
			life += t.Life
			wait += t.WaitGIL
		}
	}
	many := func(n int, what string) string {
		words := []string{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight"}
		if n < len(words) {
			return words[n] + " " + what + map[bool]string{true: "", false: "s"}[n == 1]
		}
		return fmt.Sprintf("%d %ss", n, what)
	}
	switch {
	case len(tl.Events) == 0 || st.Wall == 0:
		return "Nothing was recorded."
	case stuck > 0:
		return many(stuck, "thread") + " will never go on: each waits for what another one has."
	case runs <= 1:
		return fmt.Sprintf("At most one thread had work at a time: %s cores were busy on average, and nobody waited long for the GIL.", fmt.Sprintf("%.2f", st.Overlap))
	case waiters > 1 && len(tl.GILs()) == 1:
		return fmt.Sprintf("%s took turns: at any moment at most one held the GIL, and they waited for it %s of the time.", many(waiters, "thread"), timeline.Percent(wait, life))
	}
	return fmt.Sprintf("%s ran side by side: %.2f cores were busy on average, and they waited for a GIL %s of the time.", many(runs, "thread"), st.Overlap, timeline.Percent(wait, life))
}
