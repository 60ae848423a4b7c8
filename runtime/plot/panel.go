package plot

// This file defines panels: what one timeline needs of a scene, lane by lane.

import (
	"cmp"
	"fmt"
	"math"
	"strconv"

	"gilkernel/runtime/timeline"
)

const (
	maxLanes  = 15
	stripRows = 36 // height of the strip of busy cores
)

// A panel draws a timeline into a scene, whose axis begins at the timeline's start.
type panel struct {
	s      *scene
	d      detail
	tl     *timeline.Timeline
	st     timeline.Stats
	gils   []timeline.GIL
	lanes  [][]timeline.Interval
	unit   float64                // nanoseconds of the axis's unit
	used   map[timeline.Kind]bool // states, and instants that have signs
	grid   bool                   // the switch interval is drawn
	notes  []string               // what can't be seen, and why
	turns  bool                   // the text has columns with several holders
	locks  []timeline.Lock
	queues []timeline.Queue
	tasks  []timeline.Task
	more   []string // what is not drawn
	// unmarked counts the hand-overs of GILs and locks of a name that aren't marked one by one.
	unmarked map[string]int
}

// newPanel reads a timeline; on makes a panel of it that can draw.
func newPanel(tl *timeline.Timeline, unit float64) panel {
	return panel{tl: tl, st: tl.Stats(), gils: tl.GILs(), lanes: tl.Lanes(), locks: tl.Locks(), queues: tl.Queues(),
		tasks: tl.Tasks(), unit: unit}
}

// on returns the panel on a scene, on which nothing is drawn yet.
func (p panel) on(s *scene, d detail) *panel {
	p.s, p.d, p.used, p.unmarked = s, d, map[timeline.Kind]bool{}, map[string]int{}
	return &p
}

// unit returns the unit of a time on an axis.
func unit(wall int64) (ns float64, name string) {
	switch {
	case wall >= 2e9:
		return 1e9, "s"
	case wall >= 2e6:
		return 1e6, "ms"
	case wall >= 2e3:
		return 1e3, "µs"
	}
	return 1, "ns"
}

// share returns a part of a whole in words. A thread with events after its end counts at most as all.
func share(part, whole int64) string { return timeline.Percent(min(part, whole), whole) }

func number(v float64) string { return fmt.Sprintf("%.6g", v) }

// at returns a time on the axis.
func (p *panel) at(t int64) float64 { return float64(t-p.tl.Start) / p.unit }

func (p *panel) end() float64 { return p.at(p.tl.End) }

// pixels returns how wide a time is.
func (p *panel) pixels(d int64) float64 { return p.s.x(p.s.from+float64(d)/p.unit, false) }

// names returns how much room the names at the left need.
func (p *panel) names(lanes int) float64 {
	w := measure("who holds the GIL", "regular")
	for _, i := range p.chosen(lanes) {
		t := p.tl.Threads[i]
		w = max(w, measure(p.tl.Label(int32(i+1)), "regular"))
		if p.ids() {
			w = max(w, measure(id(t), "regular"))
		}
	}
	for _, g := range p.gils[:min(len(p.gils), 3)] {
		w = max(w, measure(p.ribbonName(g), "regular"))
	}
	for _, l := range p.locks[:min(len(p.locks), maxLocks)] {
		w = max(w, measure("who holds "+l.Name, "regular"))
	}
	for _, t := range p.tasks[:min(len(p.tasks), maxTasks)] {
		w = max(w, measure(t.Name, "regular"))
	}
	for _, q := range p.queues[:min(len(p.queues), maxQueues)] {
		w = max(w, measure("items in "+q.Name, "regular"))
	}
	return w + 12
}

// ribbonName is what is written beside the row of a GIL's holders.
func (p *panel) ribbonName(g timeline.GIL) string {
	switch {
	case len(p.gils) == 1:
		return "who holds the " + g.Name
	case p.tl.Processes() == 1:
		return "holder of " + g.Name
	}
	return g.Name + " of " + cmp.Or(g.Process, "pid "+strconv.Itoa(g.PID))
}

// ribbons draws a row for each GIL that shows its holder, and returns where the next row begins.
func (p *panel) ribbons(y, step float64) float64 {
	gils := p.gils
	if len(gils) > 3 {
		p.notes = append(p.notes,
			fmt.Sprintf("Each of the %d interpreters has a GIL of its own: who holds it is who runs.", len(gils)))
		return y
	}
	for _, g := range gils {
		p.s.label(-8, y+9, true, "right", fit(p.ribbonName(g), p.s.left-10, "regular"))
		p.ribbon(g, y, ribbonHeight)
		y += step
	}
	return y
}

// grey is the colour of a holder. The numbers on it identify the holder, the colours only show where it changes.
func grey(thread int32) (fill, ink string) {
	i := int(max(thread, 1)-1) % 4
	return [...]string{"#686868", "#c8c8c8", "#8a8a8a", "#e4e4e4"}[i],
		[...]string{"#ffffff", "#000000", "#000000", "#000000"}[i]
}

// ribbonHeight is how high a ribbon is.
const ribbonHeight = 18

// ribbon draws which thread holds a GIL; a ribbon that is too low for numbers has none.
func (p *panel) ribbon(g timeline.GIL, y, height float64) {
	holds := joined(g.Holds, int64(float64(p.tl.Wall())/p.s.area))
	if len(holds) > p.d.boxes {
		p.holders(g, y, height)
		return
	}
	for i, h := range holds {
		fill, ink := grey(h.Thread)
		x0, x1 := p.at(h.From), p.at(h.To)
		p.s.boxes = append(p.s.boxes, box{x0: x0, x1: x1, y0: y, y1: y + height, fill: fill,
			tip: p.tip("%s held the %s for %s", p.tl.Label(h.Thread), g.Name, timeline.Nanoseconds(h.Duration()))})
		if n := strconv.Itoa(int(h.Thread)); height >= 11 &&
			p.s.x(x1, false)-p.s.x(x0, false) > measure(n, "regular")+6 {
			p.s.labels = append(p.s.labels, label{(x0 + x1) / 2, y + height/2, false, n, "center", false, ink})
		}
		if i > 0 && holds[i-1].Thread != h.Thread && len(holds) <= p.d.signs {
			p.used[timeline.Switch] = true
			p.s.lines = append(p.s.lines, line{points: []point{{x0, y - height/6}, {x0, y + height*7/6}}, width: 1})
		}
	}
	if len(holds) > p.d.signs && g.Switches > p.d.signs {
		p.unmarked[g.Name] += g.Switches
	}
}

// holders draws columns in which each thread has the part of the height in which it held the GIL. One holder for each
// column would draw turns that no thread took.
func (p *panel) holders(g timeline.GIL, y, height float64) {
	n := max(20, p.d.cols*5/2)
	byThread := map[int32][]timeline.Interval{}
	for _, h := range g.Holds {
		byThread[h.Thread] = append(byThread[h.Thread], timeline.Interval{State: timeline.Run, From: h.From, To: h.To})
	}
	at := make([]float64, n)
	step := p.end() / float64(n)
	for _, t := range g.Threads {
		for i, col := range bins(byThread[t], p.tl.Start, p.tl.Wall(), n) {
			part := float64(col[timeline.Run]) * float64(n) / float64(max(p.tl.Wall(), 1))
			if part == 0 {
				continue
			}
			fill, _ := grey(t)
			x0, bottom := step*float64(i), y+height-height*at[i]
			p.s.boxes = append(p.s.boxes, box{x0: x0, x1: x0 + step, y0: bottom - height*part, y1: bottom, fill: fill,
				tip: p.tip("%s held the GIL for %.0f %% of this column", p.tl.Label(t), 100*part)})
			at[i] += part
		}
	}
}

// interval draws a dashed line at each switch interval, if they are far enough apart.
func (p *panel) interval(y0, y1 float64) {
	every := p.tl.Info.Interval
	if every <= 0 || len(p.gils) == 0 || p.tl.Wall() == 0 {
		return
	}
	if p.pixels(every) < 8 {
		p.notes = append(p.notes,
			fmt.Sprintf("The switch interval, %s, is too short for this scale.", timeline.Nanoseconds(every)))
		return
	}
	for at := every; at <= p.tl.Wall(); at += every {
		p.grid = true
		x := float64(at) / p.unit
		p.s.lines = append(p.s.lines, line{points: []point{{x, y0}, {x, y1}}, color: "#a0a0a0", width: 1, dash: dashed,
			under: true})
	}
}

// segments draws the lanes, step apart, and returns where the next row begins.
func (p *panel) segments(y, step float64, which []int) float64 {
	mids := make([]float64, len(which))
	for i := range mids {
		mids[i] = y + 10
		y += step
	}
	p.pieces(which, mids)
	if more := len(p.lanes) - len(which); more > 0 {
		p.s.label(-8, y+8, true, "right", fmt.Sprintf("… and %d more", more))
		y += 22
	}
	return y
}

// pieces draws the lanes whose middles are at mids.
func (p *panel) pieces(which []int, mids []float64) {
	var shown [][]timeline.Interval
	for _, i := range which {
		shown = append(shown, p.visible(p.lanes[i]))
	}
	total := 0
	for _, lane := range shown {
		total += len(lane)
	}
	for n, lane := range shown {
		if total > p.d.boxes {
			p.shares(lane, mids[n]-10, max(p.d.cols, p.d.boxes/len(shown)))
		} else {
			p.exact(lane, mids[n])
		}
	}
	if total > p.d.boxes {
		p.notes = append(p.notes,
			fmt.Sprintf("%d pieces are too many to draw: in each column, a state's height is its share of the time.",
				total))
	}
}

// visible returns a lane without its specks, of which not so many may follow each other that there would be a gap.
func (p *panel) visible(lane []timeline.Interval) (out []timeline.Interval) {
	var specks []timeline.Interval
	var wide float64
	for _, iv := range lane {
		w := p.pixels(iv.Duration())
		if w < p.d.speck {
			specks, wide = append(specks, iv), wide+w
			continue
		}
		if wide >= p.d.speck {
			out = append(out, specks...)
		}
		out, specks, wide = append(out, iv), nil, 0
	}
	if wide >= p.d.speck || len(out) == 0 {
		out = append(out, specks...)
	}
	return out
}

func (p *panel) exact(lane []timeline.Interval, mid float64) {
	for _, iv := range lane {
		l := looks(iv.State)
		if l.height == 0 {
			continue
		}
		p.used[iv.State] = true
		x0, x1 := p.at(iv.From), p.at(iv.To)
		p.s.boxes = append(p.s.boxes, box{x0: x0, x1: x1, y0: mid - l.height/2, y1: mid + l.height/2, fill: l.fill,
			texture: l.texture, tip: p.describe(iv)})
		if wide := p.s.x(x1, false) - p.s.x(x0, false); wide > p.d.least {
			text := string(iv.State.Letter())
			if name := p.tl.Name(iv.Object); name != "" && l.height >= 14 &&
				measure(text+" "+name, "bold")*1.15+8 < wide {
				text += " " + name
			}
			p.s.labels = append(p.s.labels,
				label{(x0 + x1) / 2, mid + l.texture.below(), false, text, "center", true, l.ink})
		}
	}
}

// describe returns the tip of a piece of a lane.
func (p *panel) describe(iv timeline.Interval) string {
	tip := iv.State.String()
	if p.d.words {
		tip = p.tl.Label(iv.Thread) + ": " + tip
	}
	if name := p.tl.Name(iv.Object); name != "" {
		tip += " " + name
	}
	if other := p.holder(iv); iv.State.IsWait() && other > 0 && p.d.words {
		if tip += " (" + p.tl.Label(other); iv.State == timeline.WaitLock {
			tip += " holds it"
		}
		tip += ")"
	}
	tip += " for " + timeline.Nanoseconds(iv.Duration())
	if iv.Line > 0 && p.d.words {
		tip += fmt.Sprintf(", In [%d] line %d", iv.Cell, iv.Line)
	}
	return p.tip("%s", tip)
}

// tip returns the words that a piece shows under the pointer, if the chart has room for them.
func (p *panel) tip(format string, args ...any) string {
	if !p.d.tips {
		return ""
	}
	return fmt.Sprintf(format, args...)
}

// shares draws columns in which each state has the part of the height that it has of the time.
func (p *panel) shares(lane []timeline.Interval, y float64, n int) {
	step := p.end() / float64(n)
	first := len(p.s.boxes)
	last := [timeline.Failed + 1]int{} // the state's latest box, from 1: one that continues has no seam
	kinds := map[int]timeline.Kind{}
	for i, col := range bins(lane, p.tl.Start, p.tl.Wall(), n) {
		at := y + 20
		for k, d := range col {
			kind := timeline.Kind(k)
			l := looks(kind)
			if d == 0 || l.height == 0 {
				continue
			}
			p.used[kind] = true
			part := min(1, float64(d)*float64(n)/float64(p.tl.Wall()))
			next := box{x0: step * float64(i), x1: step * float64(i+1), y0: at - 20*part, y1: at, fill: l.fill,
				tip: p.tip("%s %.0f %% of this column", kind, 100*part)}
			at -= 20 * part
			if b := last[k]; b > 0 && p.s.boxes[b-1].continues(next, p.slack()) {
				p.s.boxes[b-1].x1 = next.x1
				continue
			}
			if next.y1-next.y0 >= 6 {
				next.texture = l.texture
			}
			kinds[len(p.s.boxes)] = kind
			p.s.boxes = append(p.s.boxes, next)
			last[k] = len(p.s.boxes)
		}
	}
	for i := first; i < len(p.s.boxes); i++ {
		if b := p.s.boxes[i]; b.y1-b.y0 >= 9.5 && p.s.x(b.x1, false)-p.s.x(b.x0, false) > p.d.least {
			p.s.labels = append(p.s.labels,
				label{(b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2, false, string(kinds[i].Letter()), "center", true,
					looks(kinds[i]).ink})
		}
	}
}

// slack is by how many pixels neighbours in columns may differ to be drawn as one.
func (p *panel) slack() float64 {
	if p.d.tips {
		return 0.05
	}
	return 0.6
}

// continues reports whether a box is the first one's other half, as far as can be seen.
func (b box) continues(next box, slack float64) bool {
	return math.Abs(b.x1-next.x0) < 1e-9*math.Abs(next.x1) && math.Abs(b.y0-next.y0) < slack &&
		math.Abs(b.y1-next.y1) < slack
}

// bins returns how long a lane was in each state in each of n equal parts of a time.
func bins(lane []timeline.Interval, start, wall int64, n int) [][timeline.Failed + 1]int64 {
	out := make([][timeline.Failed + 1]int64, n)
	wall = max(wall, 1)
	edge := func(i int) int64 { return start + int64(float64(wall)*float64(i)/float64(n)) }
	for _, iv := range lane {
		first := min(n-1, int(float64(iv.From-start)/float64(wall)*float64(n)))
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

// plural returns a number of things in words.
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
