package plot

// This file defines the histogram of waits.

import (
	"fmt"
	"slices"
	"strings"

	"gilkernel/runtime/timeline"
)

// Waits draws how long threads waited for the GIL: how many waits there were of each length. A nil
// timeline is one in which nobody waited.
func Waits(tl *timeline.Timeline) *Figure {
	if tl == nil {
		tl = &timeline.Timeline{}
	}
	var waits []int64
	for _, lane := range tl.Lanes() {
		for _, iv := range lane {
			if iv.State == timeline.WaitGIL {
				waits = append(waits, iv.Duration())
			}
		}
	}
	f := &Figure{Caption: "Nobody waited for the GIL."}
	if len(waits) == 0 {
		f.text = f.Caption + "\n"
		f.scene = scene{title: "Waits for the GIL", caption: wrap(f.Caption, 600), area: 600, rows: 20}
		return f
	}
	slices.Sort(waits)
	longest, median := waits[len(waits)-1], waits[len(waits)/2]
	f.Caption = fmt.Sprintf("Of %d waits for the GIL half took %s or less; the longest took %s.", len(waits), timeline.Nanoseconds(median), timeline.Nanoseconds(longest))
	const n, rows = 20, 160.0
	var counts [n]int
	for _, w := range waits {
		counts[min(n-1, int(float64(w)*n/float64(longest)))]++
	}
	most := slices.Max(counts[:])
	unit, name := 1e3, "µs"
	if longest >= 2e6 {
		unit, name = 1e6, "ms"
	}
	s := scene{title: "Waits for the GIL", left: 40, right: 20, area: 560, rows: rows, to: float64(longest) / unit, axis: "how long (" + name + ")"}
	s.caption = wrap(f.Caption, s.left+s.area+s.right)
	fill, _, _ := looks(timeline.WaitGIL)
	var b strings.Builder
	b.WriteString("Waits for the GIL\n")
	step := s.to / n
	for i, c := range counts {
		from, to := timeline.Nanoseconds(longest*int64(i)/n), timeline.Nanoseconds(longest*int64(i+1)/n)
		fmt.Fprintf(&b, "%8s to %8s %6d %s\n", from, to, c, strings.Repeat("#", (c*50+most-1)/most))
		if c == 0 {
			continue
		}
		top := rows - (rows-18)*float64(c)/float64(most)
		s.boxes = append(s.boxes, box{x0: step * (float64(i) + 0.05), x1: step * (float64(i) + 0.95), y0: top, y1: rows, fill: fill, tip: fmt.Sprintf("%d waits of %s to %s", c, from, to)})
		s.labels = append(s.labels, label{step * (float64(i) + 0.5), top - 8, false, fmt.Sprint(c), "center", false, ""})
	}
	f.text = b.String() + f.Caption + "\n"
	f.scene = s
	return f
}
