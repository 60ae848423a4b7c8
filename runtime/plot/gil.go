package plot

// This file defines the GIL picture: which thread held the GIL, a lane for each thread, and how many cores were busy.

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gilkernel/runtime/timeline"
)

// GIL draws which threads ran and waited, and which held the GIL: ribbons of the holders with a tick at each hand-over,
// a lane for each thread with its figures at the right, and the busy cores under the line of those that the machine
// has. Locks and queues that matter have rows, too, which show the holders of locks and how full queues are; so do the
// tasks of an event loop. It draws up to 15 lanes and counts the others, and in a crowded picture it draws shares of
// the time: a figure takes at most 60 kB of a notebook. A nil timeline is one in which nothing happened.
func GIL(tl *timeline.Timeline) *Figure {
	title := "Who ran, and who held the GIL"
	if tl != nil {
		title = cmp.Or(tl.Info.Headline(), title)
	}
	if tl == nil || len(tl.Events) == 0 || tl.Wall() <= 0 {
		return notice(title, nothing(tl))
	}
	ns, name := unit(tl.Wall())
	read := newPanel(tl, ns)
	return fitted(func(d detail) *Figure { return gilFigure(title, name, read, d) })
}

// edges returns where the columns of figures beside the lanes end, for their heads: each is wide enough for its head,
// and for a time, in the widest font that pages use.
func edges(heads []string) (ends []float64) {
	end := 0.0
	for _, head := range heads {
		end += max(measure(head, "bold"), measure("99.9 µs", "regular"))*1.12 + 7
		ends = append(ends, end)
	}
	return ends
}

// heads returns what is written above the columns of figures.
func (p *panel) heads() []string {
	if len(p.gils) > 0 && p.tl.Processes() > 1 {
		return []string{"held GIL", "waited"}
	}
	if len(p.gils) == 0 {
		return []string{"ran", "for locks", "no core"}
	}
	return []string{"held GIL", "waited", "max wait", "turns"}
}

func gilFigure(title, name string, read panel, d detail) *Figure {
	f := &Figure{}
	s, tl := &f.scene, read.tl
	heads := read.heads()
	ends := edges(heads)
	*s = scene{title: title, right: max(ends[len(ends)-1]+2, 118), to: float64(tl.Wall()) / read.unit,
		axis: "time (" + name + ")", zoom: true}
	p := read.on(s, d)
	lanes := min(maxLanes, d.lanes)
	families := p.groups()
	s.left = min(184, p.names(lanes))
	if families != nil {
		s.left = min(184, p.groupNames(families))
	}
	s.area = page - s.left - s.right
	if slices.ContainsFunc(tl.Events,
		func(e timeline.Event) bool { return e.Kind == timeline.Failed && e.At > tl.End-tl.Wall()/100 }) {
		s.to *= 1.012 // or its sign would be cut
	}
	f.Caption = p.sentence()
	if measure(title, "title") > page && tl.Info.Title != "" { // the Python's version isn't to be cut off
		s.title = tl.Info.Title
		rest := tl.Info
		rest.Title = ""
		s.say(rest.Headline())
	}
	s.say(f.Caption)
	blocked, best := p.blocked(), p.best()
	for _, also := range []string{tl.Info.Beside(), blocked, best} {
		if also != "" {
			s.say(also)
		}
	}
	f.text = p.text(f.Caption, tl.Info.Beside(), blocked, best)

	for i, head := range heads {
		s.bold(s.area+ends[i], 6, true, "right", head)
	}
	top := 18.0
	var y float64
	if families != nil {
		y = p.lockRows(p.family(families, top), 28)
		p.handovers()
	} else {
		step := 27.0
		if p.ids() {
			step = 33
		}
		y = p.lockRows(p.ribbons(top, 28), 28)
		p.handovers()
		shown := p.chosen(lanes)
		mids := make([]float64, len(shown))
		for n, i := range shown {
			mids[n] = y + step*float64(n) + 10
			p.row(i, mids[n])
		}
		y = p.segments(y, step, shown)
		p.signs(mids, shown)
		p.brief(mids, shown)
	}
	if families == nil { // each process has intervals of its own
		p.interval(top, y-4)
	}
	s.rows = p.strip(p.queueStrips(p.taskLanes(y)+2), stripRows)
	p.unseen()

	if tl.Lost > 0 {
		p.notes = append(p.notes, timeline.Overwritten(tl.Lost)+": what threads did before is not known.")
	}
	for _, n := range p.notes {
		s.say(n)
	}
	k := &key{s: s, y: s.rows + axisRoom + 10}
	p.explain(k)
	s.below = k.y + 12 - s.rows - axisRoom
	return f
}

func nothing(tl *timeline.Timeline) string {
	if tl != nil && len(tl.Events) > 0 {
		return "All that was recorded happened at one moment: there is no time to draw."
	}
	return "Nothing was recorded."
}

// explain draws the legend of what the panel has used.
func (p *panel) explain(k *key) {
	k.legend(p.used)
	if p.used[timeline.Step] {
		fill, ink := grey(2)
		x, y := k.entry(16, "step of a task")
		k.s.boxes = append(k.s.boxes,
			box{x0: x - 8, x1: x + 8, y0: y - 8, y1: y + 8, px: true, fill: fill, tip: "step of a task"})
		k.s.labels = append(k.s.labels, label{x, y, true, "T", "center", true, ink})
	}
	if p.used[timeline.Switch] {
		x, y := k.entry(4, "hand-over to another thread")
		k.s.lines = append(k.s.lines, line{points: []point{{x, y - 8}, {x, y + 8}}, px: true, width: 1})
	}
	if p.grid {
		k.line(line{color: "#a0a0a0", width: 1, dash: dashed},
			"every switch interval ("+timeline.Nanoseconds(p.tl.Info.Interval)+")")
	}
	if p.used[timeline.Spawn] {
		k.line(line{color: "#606060", width: 1, dash: dotted}, "starts a process")
	}
	if p.used[timeline.Send] {
		k.mark(triangle, 3.5, "", "a message arrives at another process")
	}
	if p.used[timeline.DropRequest] {
		k.mark(arrow, 4.5, "", "asks the holder to drop the GIL")
	}
	if p.used[timeline.Failed] {
		k.mark(cross, 5, "", "ended by an exception")
	}
	if p.used[timeline.Mark] {
		k.mark(diamond, 4.5, "", "a mark of the cell")
	}
}

// ids reports whether lanes have numbers of the operating system's that are worth a line of their own.
func (p *panel) ids() bool {
	for _, t := range p.tl.Threads {
		if t.TID != 0 {
			return true
		}
	}
	return p.tl.Processes() > 1
}

// id returns the numbers of a lane.
func id(t timeline.Thread) string {
	var parts []string
	if t.PID != 0 {
		parts = append(parts, "pid "+strconv.Itoa(t.PID))
	}
	if t.TID != 0 {
		parts = append(parts, "tid "+strconv.FormatInt(t.TID, 10))
	}
	return strings.Join(parts, " / ")
}

// row writes what is beside a lane.
func (p *panel) row(i int, mid float64) {
	name := fit(p.tl.Label(int32(i+1)), p.s.left-10, "regular")
	if p.ids() {
		p.s.label(-8, mid-6, true, "right", name)
		p.s.labels = append(p.s.labels,
			label{-8, mid + 8, true, fit(id(p.tl.Threads[i]), p.s.left-10, "regular"), "right", false, ""})
	} else {
		p.s.label(-8, mid, true, "right", name)
	}
	p.values(i, mid)
}

// values writes the figures at the right of a lane.
func (p *panel) values(i int, mid float64) {
	t := p.st.Threads[i]
	values := []string{share(t.Hold, t.Life), share(t.WaitGIL, t.Life), timeline.Nanoseconds(t.LongestWait),
		strconv.Itoa(p.switches(int32(i + 1)))}
	if len(p.gils) == 0 {
		values = []string{share(t.Busy, t.Life), share(t.WaitLock, t.Life), share(t.Ready, t.Life)}
	}
	if p.tl.Threads[i].Outside {
		values = p.outside(i)
	}
	ends := edges(p.heads())
	for c, v := range values[:min(len(values), len(ends))] {
		p.s.label(p.s.area+ends[c], mid, true, "right", v)
	}
}

// switches returns how often a thread got a GIL that another one had held.
func (p *panel) switches(id int32) (n int) {
	for _, g := range p.gils {
		for i := 1; i < len(g.Holds); i++ {
			if g.Holds[i].Thread == id && g.Holds[i-1].Thread != id {
				n++
			}
		}
	}
	return n
}

// signs draws drop requests, exceptions and the cell's own marks into the lanes that are shown, whose middles are at
// mids.
func (p *panel) signs(mids []float64, shown []int) {
	var requests []mark
	var words, ends []string
	marks := 0
	for _, e := range p.tl.Events {
		i := slices.Index(shown, int(e.Thread-1))
		if i < 0 {
			continue
		}
		x, mid := p.at(e.At), mids[i]
		switch e.Kind {
		case timeline.DropRequest:
			tip := p.tl.Label(e.Thread) + " asks for the GIL"
			if e.Other > 0 {
				tip = p.tl.Label(e.Thread) + " asks " + p.tl.Label(e.Other) + " to drop the GIL"
			}
			requests = append(requests, mark{x: x, y: mid - 9, shape: arrow, radius: 4.5, tip: tip})
		case timeline.Failed:
			p.used[timeline.Failed] = true
			name := cmp.Or(strings.TrimPrefix(p.tl.Name(e.Object), "ended by "), "exception")
			p.s.marks = append(p.s.marks,
				mark{x: x, y: mid, shape: cross, radius: 5, tip: p.tl.Label(e.Thread) + " ended by " + name})
			if len(ends) < 3 {
				ends = append(ends,
					fmt.Sprintf("T%d ended by %s at %s", e.Thread, name, timeline.Nanoseconds(e.At-p.tl.Start)))
			}
		case timeline.Mark:
			marks++
			if marks > p.d.signs {
				continue
			}
			p.used[timeline.Mark] = true
			text := p.tl.Name(e.Object)
			p.s.marks = append(p.s.marks, mark{x: x, y: mid - 9, shape: diamond, radius: 4.5, tip: text})
			if text != "" && len(words) < 5 {
				words = append(words, fmt.Sprintf("“%s” at %s in T%d", text, timeline.Nanoseconds(e.At-p.tl.Start),
					e.Thread))
			}
		}
	}
	switch {
	case len(requests) > p.d.signs:
		p.notes = append(p.notes, fmt.Sprintf("%d requests to drop the GIL are too many to mark each.", len(requests)))
	case len(requests) > 0:
		p.used[timeline.DropRequest] = true
		p.s.marks = append(p.s.marks, requests...)
	}
	if len(ends) > 0 {
		p.notes = append(p.notes, strings.Join(ends, ", ")+".")
	}
	if len(words) > 0 {
		p.notes = append(p.notes, "Marks: "+strings.Join(words, ", ")+".")
	}
}
