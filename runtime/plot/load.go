package plot

// This file defines the strip below the lanes: how many cores were busy when.

import (
	"cmp"
	"fmt"
	"slices"

	"gilkernel/runtime/timeline"
)

// A load is how many cores were busy from one time to another.
type load struct {
	from, to int64
	busy     float64
}

// loads returns how many cores were busy when, on average over each of n parts of the time if there
// would be more of them.
func loads(tl *timeline.Timeline, lanes [][]timeline.Interval, n int) (out []load) {
	type change struct {
		at int64
		by int
	}
	var changes []change
	for _, lane := range lanes {
		for _, iv := range lane {
			if iv.State.IsBusy() {
				changes = append(changes, change{iv.From, 1}, change{iv.To, -1})
			}
		}
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.by, b.by)) })
	busy, last := 0, tl.Start
	for _, c := range changes {
		if busy > 0 && c.at > last {
			if k := len(out); k > 0 && out[k-1].to == last && out[k-1].busy == float64(busy) {
				out[k-1].to = c.at
			} else {
				out = append(out, load{last, c.at, float64(busy)})
			}
		}
		busy, last = busy+c.by, c.at
	}
	if len(out) <= n {
		return out
	}
	means := make([]load, n)
	wall := tl.Wall()
	for i := range means {
		means[i].from = tl.Start + int64(float64(wall)*float64(i)/float64(n))
		means[i].to = tl.Start + int64(float64(wall)*float64(i+1)/float64(n))
	}
	for _, lane := range lanes {
		for i, col := range bins(lane, tl.Start, wall, n) {
			means[i].busy += float64(col[timeline.Run]+col[timeline.Native]+col[timeline.NativeFree]) * float64(n) /
				float64(wall)
		}
	}
	return means
}

// loads returns the loads without specks, of which each is a part of the load before it.
func (p *panel) loads() (out []load) {
	for _, l := range loads(p.tl, p.lanes, 5*p.d.cols) {
		if n := len(out) - 1; n >= 0 && l.from == out[n].to && p.pixels(l.to-l.from) < p.d.speck {
			if whole := float64(l.to - out[n].from); whole > 0 {
				out[n].busy = (out[n].busy*float64(out[n].to-out[n].from) + l.busy*float64(l.to-l.from)) / whole
			}
			out[n].to = l.to
			continue
		}
		out = append(out, l)
	}
	return out
}

// strip draws how many cores were busy, under the line of those that there are.
func (p *panel) strip(y, height float64) float64 {
	cores := p.tl.Info.Cores
	top := float64(max(cores, p.st.Peak, 1))
	bottom := y + height
	for _, l := range p.loads() {
		if l.busy > 0 {
			p.s.boxes = append(p.s.boxes, box{x0: p.at(l.from), x1: p.at(l.to),
				y0: bottom - (height-4)*min(1, l.busy/top), y1: bottom, fill: "#808080",
				tip: p.tip("%.3g cores busy", l.busy)})
		}
	}
	p.s.label(-8, y+height/2, true, "right", "cores busy")
	p.s.lines = append(p.s.lines, line{points: []point{{p.s.from, bottom}, {p.end(), bottom}}, width: 1, under: true})
	if cores > 0 {
		ceiling := bottom - (height-4)*float64(cores)/top
		p.s.lines = append(p.s.lines,
			line{points: []point{{p.s.from, ceiling}, {p.end(), ceiling}}, width: 1.5, dash: long})
		if bottom-7-ceiling-3 < 11 { // more ran than there are cores: the line is low
			p.s.label(p.s.area+8, bottom-20, true, "left", plural(cores, "core"))
		} else {
			p.s.label(p.s.area+8, ceiling+3, true, "left", plural(cores, "core"))
		}
	}
	p.s.label(p.s.area+8, bottom-7, true, "left", fmt.Sprintf("%.2f busy on average", p.st.Overlap))
	return bottom
}
